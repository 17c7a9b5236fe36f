"""Who may ask this server: only under a name it knows, and only a page of its own.

A page elsewhere could have its name resolve to this machine and read everything here, or send
requests that carry the visitor's cookies. So the Host must be an address, this machine's name or one
given with --allow-host, and whatever says where it comes from must come from the same place. The
Origin goes no further: Streamlit, when it does not know one, asks another host for our address.

Visitors are given a cookie of random letters; it names their browser's private workspace.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from dashboard import settings, workspaces

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Everything a page shows comes from here: a label that became markup after all could not call home.
_POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Guard:
    """ASGI middleware, the outermost one."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        reason = refusal(headers)
        if reason:
            await _refuse(scope, send, reason)
            return
        inner = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() != b"origin"]}
        await self._app(inner, receive, _Sealed(send, headers).send if scope["type"] == "http" else send)


class _Sealed:
    """Adds our headers to an answer, and the cookie to a page for who has none."""

    def __init__(self, send: Send, headers: dict[bytes, str]) -> None:
        self._send, self._headers = send, headers

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            told = {name.lower(): value for name, value in message.get("headers", ())}
            more = [pair for pair in _HEADERS if pair[0] not in told]
            if told.get(b"content-type", b"").startswith(b"text/html") and not _known_browser(self._headers):
                more.append((b"set-cookie", _cookie().encode()))
            message = {**message, "headers": [*message.get("headers", ()), *more]}
        await self._send(message)


def refusal(headers: dict[bytes, str]) -> str:
    """Why these request headers are refused, in a sentence; "" where they are not."""
    host = headers.get(b"host", "")
    if not _is_ours(_name(host)):
        name = "".join(char for char in _name(host)[:80] if char.isalnum() or char in ".-")
        return f"This server does not answer to the name {name}. Start it with --allow-host {name} if it should."
    origin = headers.get(b"origin")
    if origin is not None and not _same(origin, host):
        return "Pages of other sites may not ask this server."
    navigates = headers.get(b"sec-fetch-mode") == "navigate"
    if headers.get(b"sec-fetch-site") == "cross-site" and not navigates:
        return "Pages of other sites may not ask this server."
    return ""


def _same(origin: str, host: str) -> bool:
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    return place == host or _name(place) in settings.hosts()


def _name(host: str) -> str:
    """Without port and brackets, in small letters."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _is_ours(name: str) -> bool:
    if name in settings.hosts() or name in _own_names() or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)  # nobody else's name leads here
    except ValueError:
        return False
    return True


@cache
def _own_names() -> frozenset[str]:
    machine = socket.gethostname().lower()
    return frozenset({"localhost", machine, f"{machine}.local", f"{machine.partition('.')[0]}.local"})


def _known_browser(headers: dict[bytes, str]) -> bool:
    try:
        return workspaces.COOKIE in SimpleCookie(headers.get(b"cookie", ""))
    except CookieError:
        return False


def _cookie() -> str:
    """For a year, never shown to scripts, and not sent along with what other sites ask for."""
    return f"{workspaces.COOKIE}={secrets.token_urlsafe(24)}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"


async def _refuse(scope: Scope, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
