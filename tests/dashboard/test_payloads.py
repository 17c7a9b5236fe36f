"""What the browser fetches: packed where that saves something, and never packed twice."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import MutableMapping
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware

from core.positions import sinusoidal
from dashboard import payloads


def fetched(content: bytes, media: str, takes: bytes = b"gzip") -> tuple[str, bytes]:
    """The encoding and the body as they travel, behind the packing of everything that Streamlit's server does."""
    app = Starlette(routes=payloads.routes())
    app.add_middleware(GZipMiddleware, minimum_size=500)
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/" + payloads.put(content, media), "query_string": b"", "root_path": "",
        "headers": [(b"accept-encoding", takes)],
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert said[0]["status"] == 200
    headers = {name.decode().lower(): value.decode() for name, value in said[0]["headers"]}
    body = b"".join(one.get("body", b"") for one in said[1:])
    assert int(headers["content-length"]) == len(body)
    return headers["content-encoding"], body


CODES = sinusoidal(512, 512).astype(np.float32).tobytes()


@pytest.mark.parametrize(
    ("content", "media", "encoding"),
    [
        (CODES, "application/octet-stream", "identity"),
        (bytes(100_000), "application/octet-stream", "gzip"),
        (bytes(5 * 2**20), "application/octet-stream", "identity"),
        (b"[" + b"1," * 4000 + b"1]", "application/json", "gzip"),
        (b"[1]" + b" " * 600, "application/json", "identity"),
        (bytes(100_000), "image/png", "identity"),
    ],
    ids=["numbers that hardly pack", "zeros", "very long", "json", "short", "a picture"],
)
def test_what_is_fetched_is_packed_once_and_where_that_saves_something(
    content: bytes, media: str, encoding: str
) -> None:
    told, body = fetched(content, media)
    assert told == encoding
    assert (gzip.decompress(body) if encoding == "gzip" else body) == content


def test_a_browser_that_takes_no_packing_gets_none() -> None:
    assert fetched(bytes(100_000), "application/json", takes=b"") == ("identity", bytes(100_000))
