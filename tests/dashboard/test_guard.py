"""Who may ask this server."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from dashboard import settings, workspaces
from dashboard.guard import Guard, refusal


def asked(**headers: str) -> str:
    return refusal({name.replace("_", "-").encode(): value for name, value in headers.items()})


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501", "192.168.1.7", "LOCALHOST", "a.localhost"]
)
def test_addresses_and_this_machine_are_answered(host: str) -> None:
    assert asked(host=host) == ""
    assert asked(host=host, origin=f"http://{host}") == ""


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "localhost.evil.example", "", "<script>"]
)
def test_a_name_that_merely_leads_here_is_refused_with_the_way_out(host: str) -> None:
    """Else a page elsewhere could have its own name resolve to this machine and read what is here."""
    assert "--allow-host" in asked(host=host)
    assert "<" not in asked(host=host)


def test_a_name_that_was_allowed_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.HOSTS, "lecture.example,other.example")
    assert asked(host="Lecture.example:8501", origin="http://lecture.example:8501") == ""
    assert asked(host="lecture.example", origin="https://evil.example") != ""


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://127.0.0.1:8501.evil.example",
        "http://[",
        "file://",
    ],
)
def test_what_comes_from_elsewhere_is_refused(origin: str) -> None:
    assert "other sites" in asked(host="127.0.0.1:8501", origin=origin)


def test_a_link_on_another_site_may_lead_here_but_its_scripts_may_not_ask() -> None:
    assert asked(host="localhost", sec_fetch_site="cross-site", sec_fetch_mode="navigate") == ""
    assert asked(host="localhost", sec_fetch_site="cross-site", sec_fetch_mode="no-cors") != ""


def through(kind: str, headers: list[tuple[bytes, bytes]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(what the app behind the guard was asked, what came back)."""
    scopes: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html; charset=utf-8")]}
        )

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def receive() -> Any:
        return {}

    asyncio.run(Guard(app)({"type": kind, "headers": headers}, receive, send))
    return scopes, sent


def test_a_refused_request_never_reaches_the_app() -> None:
    assert through("http", [(b"host", b"evil.example")])[0] == []
    scopes, sent = through("websocket", [(b"host", b"localhost"), (b"origin", b"http://evil.example")])
    assert (scopes, sent) == ([], [{"type": "websocket.close", "code": 1008}])


def test_a_page_comes_with_a_policy_and_a_new_browser_with_a_cookie_no_script_can_read() -> None:
    scopes, sent = through("http", [(b"host", b"localhost"), (b"origin", b"http://localhost")])
    assert b"origin" not in dict(scopes[0]["headers"])  # an origin it does not know makes Streamlit ask another host
    headers = dict(sent[0]["headers"])
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert b"frame-ancestors 'self'" in headers[b"content-security-policy"]
    cookie = headers[b"set-cookie"].decode()
    assert re.fullmatch(rf"{workspaces.COOKIE}=[\w-]{{32}}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", cookie)
    again = through("http", [(b"host", b"localhost"), (b"cookie", cookie.partition(";")[0].encode())])[1]
    assert b"set-cookie" not in dict(again[0]["headers"])
