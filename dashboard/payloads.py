"""Large things a page needs once: figures and pictures, fetched by the browser over our own route.

A rerun then sends a short address instead of megabytes, and the browser keeps what it has.
The address is a keyed hash of the content: nobody can guess one, so no visitor reads another's.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

LIMIT = 512 * 2**20  # bytes held for all visitors; the longest unused go first
_LONGEST_PACKED = 4 * 2**20  # bytes; beyond, packing arrays takes longer than sending them, and coordinates hardly pack
_SAMPLE, _GAIN = 2**14, 0.8  # bytes looked at, and what packing must make of them
_FOREVER = {"Cache-Control": "private, max-age=86400, immutable", "X-Content-Type-Options": "nosniff"}

_PLOTLY = "vendor/plotly.js"

_secret = secrets.token_bytes(32)
_lock = threading.Lock()
_held: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
_modules: dict[str, bytes] = {}


def put(content: bytes, media_type: str = "application/json") -> str:
    """Hold the content and return its path on this server."""
    token = hashlib.blake2b(content, digest_size=20, key=_secret).hexdigest()
    with _lock:
        _held[token] = (content, media_type)
        _held.move_to_end(token)
        while sum(len(held) for held, _ in _held.values()) > LIMIT and len(_held) > 1:
            _held.popitem(last=False)
    return f"payload/{token}"


def module(name: str, script: str) -> str:
    """The script of a component that loads `script` from this server, where the browser keeps it.

    Streamlit sends the script of a component with every change of its data: 123 kB with each click in a map.
    """
    content = script.encode()
    address = f"vendor/{name}-{hashlib.blake2b(content, digest_size=8).hexdigest()}.js"
    _modules[address] = gzip.compress(content, 9)
    # two lines: Streamlit takes a text of one line for the name of a file
    return f'const loaded = await import(new URL("/{address}", location.origin).href);\nexport default loaded.default;'


def as_text(data: Mapping[str, Any]) -> dict[str, str]:
    """The data of a component as one text, {"json": ...}. Streamlit would look whether each of its values is a data frame,
    and load pandas for that: a third of a second on a first visit."""
    return {"json": json.dumps(data, ensure_ascii=False)}


def get(token: str) -> tuple[bytes, str] | None:
    with _lock:
        if token in _held:
            _held.move_to_end(token)
        return _held.get(token)


@cache
def plotly_version() -> str:
    from importlib.metadata import version

    return version("plotly")


@cache
def plotly() -> bytes:
    """Plotly's own script out of its package, packed."""
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    return gzip.compress((Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes(), 6)


def _serve_script(request: Request) -> Response:
    from starlette.responses import Response

    address = request.url.path.lstrip("/")
    packed = plotly() if address == _PLOTLY else _modules.get(address)
    if packed is None:
        return Response("There is no such script.", status_code=404)
    return Response(packed, media_type="text/javascript", headers={**_FOREVER, "Content-Encoding": "gzip"})


def _serve_payload(request: Request) -> Response:
    from starlette.responses import Response

    held = get(request.path_params["token"])
    if held is None:
        return Response("This picture is no longer held; reload the page.", status_code=404)
    content, media_type = held
    # said, or the server packs it on the thread that serves everybody, as tightly as it can
    headers = _FOREVER | {"Content-Encoding": "identity"}
    if "image" not in media_type and _takes_gzip(request) and _packs(content, media_type):
        content, headers["Content-Encoding"] = gzip.compress(content, 1), "gzip"
    return Response(content, media_type=media_type, headers=headers)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _packs(content: bytes, media_type: str) -> bool:
    """Whether packing is worth its time: numbers of a formula hardly pack, which a piece from the middle tells."""
    if "json" in media_type or len(content) <= 4096:
        return len(content) > 4096
    middle = max(0, (len(content) - _SAMPLE) // 2)
    sample = content[middle : middle + _SAMPLE]
    return len(content) <= _LONGEST_PACKED and len(gzip.compress(sample, 1)) < _GAIN * len(sample)


def routes() -> list[BaseRoute]:
    from starlette.routing import Route

    return [
        Route("/vendor/{script}", _serve_script),
        Route("/payload/{token}", _serve_payload),
    ]
