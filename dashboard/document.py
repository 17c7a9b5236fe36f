"""The HTML page around Streamlit: its title, language and icon, and where the server is.

Streamlit's page calls itself "Streamlit" in English whatever the reader's language, and a link to
an inner page first asks two addresses that do not exist. Every setting that a page writes into its
link would be a step of the browser's history, so that Back stays on the page. All mended as the page is sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_LANGUAGES = {"en": "en", "zh": "zh-Hans"}

# Back leaves the page: an address that differs in its settings alone takes the place of the one before.
# What draws the figures is fetched and read where the server is still preparing the page: a first page that needs none of it
# is there by then, and is not held up.
_SCRIPT = b"""<script>
window.__streamlit={BACKEND_BASE_URL:location.origin};
{const push=history.pushState;
history.pushState=function(state,title,url){
const same=url!=null&&new URL(url,location.href).pathname===location.pathname;
return(same?history.replaceState:push).call(history,state,title,url);};
const early=()=>{if(window.__embedscopePlotly)return;
const script=document.createElement("script");
Object.assign(script,{id:"es-plotly",src:"/vendor/plotly.js",onerror:()=>script.remove()});
document.head.append(script);};
addEventListener("load",()=>setTimeout(early,700));}
</script>"""


class Document:
    """ASGI middleware: the page itself is rewritten, everything else passes untouched."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        if scope["type"] != "http" or scope["method"] != "GET" or b"text/html" not in headers.get(b"accept", b""):
            await self._app(scope, receive, send)
            return
        plain = [
            (name, value)
            for name, value in scope["headers"]
            if name not in (b"accept-encoding", b"if-none-match", b"if-modified-since")
        ]
        rewriter = _Rewriter(send, _language(scope, headers))
        await self._app({**scope, "headers": plain}, receive, rewriter.send)


class _Rewriter:
    """Holds the start of an HTML response until its whole body is there."""

    def __init__(self, send: Send, language: str) -> None:
        self._send, self._language = send, language
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = next((value for name, value in message["headers"] if name.lower() == b"content-type"), b"")
            if kind.startswith(b"text/html") and message["status"] == 200:
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = rewrite(self._body, self._language)
        left_out = (b"content-length", b"etag", b"last-modified")
        headers = [(name, value) for name, value in self._start["headers"] if name.lower() not in left_out]
        await self._send({**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


def rewrite(page: bytes, language: str) -> bytes:
    """The page with our title, icon and language, told where its server is. Unknown pages stay as they are."""
    for old, new in (
        (b'<html lang="en">', f'<html lang="{language}">'.encode()),
        (b"<title>Streamlit</title>", b"<title>Embedscope</title>" + _SCRIPT),
        (b'href="./favicon.png"', f'type="image/svg+xml" href="{_icon()}"'.encode()),
    ):
        page = page.replace(old, new, 1)
    return page


def _language(scope: MutableMapping[str, Any], headers: dict[bytes, bytes]) -> str:
    """The language of the link, or the browser's first."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    accepted = headers.get(b"accept-language", b"").decode("latin-1").strip().lower()
    return _LANGUAGES.get(asked) or ("zh-Hans" if accepted.startswith("zh") else "en")


@cache
def _icon() -> str:
    return "data:image/svg+xml," + quote(Path(__file__).with_name("mark.svg").read_text(encoding="utf-8"))
