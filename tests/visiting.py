"""A visitor without a picture: speaks the server's own protocol over its socket, and presses what a page offers.

For tests of the server itself, where a browser would only be slow. Widgets are known by the keys of the program.
"""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Any
from urllib.parse import urlparse

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from dashboard.workspaces import COOKIE


class Visitor:
    """One browser at one server. Everything raises OSError or WebSocketException once the server is gone."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        place = urlparse(url).netloc
        cookie = f"{COOKIE}={secrets.token_urlsafe(24)}"
        self._opening = connect(
            f"ws://{place}/_stcore/stream", subprotocols=["streamlit"], additional_headers={"Cookie": cookie},  # type: ignore[list-item]  # a plain word
            max_size=None, compression=None, proxy=None, close_timeout=0.2,
        )  # fmt: skip
        self._timeout = timeout
        self._widgets: dict[str, str] = {}  # key -> id, of the page as it stands
        self._page, self._query, self._hash = "", "", ""

    def __enter__(self) -> Visitor:
        self._socket = self._opening.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:  # fmt: skip
        self._opening.__exit__(kind, error, trace)

    def visit(self, page: str, query: str = "") -> set[str]:
        """Open a page by its link; the keys of its widgets."""
        self._page, self._query, self._hash = page, query, ""
        return self.look()

    def look(self) -> set[str]:
        """Have the page drawn once more; the keys of its widgets."""
        return self._run()

    def press(self, key: str) -> set[str]:
        """Press the button of that key, and wait until the page has answered; the keys of its widgets then."""
        return self._run((key, "trigger_value", True))

    def has(self, key: str) -> bool:
        return key in self._widgets

    def first(self, beginning: str) -> str | None:
        """The first widget whose key begins so."""
        return next((key for key in self._widgets if key.startswith(beginning)), None)

    def _run(self, given: tuple[str, str, Any] | None = None) -> set[str]:
        asked = BackMsg()
        asked.rerun_script.query_string = self._query
        asked.rerun_script.page_script_hash = self._hash
        asked.rerun_script.page_name = "" if self._hash else self._page
        if given is not None:
            key, field, value = given
            state = asked.rerun_script.widget_states.widgets.add()
            state.id = self._widgets[key]
            setattr(state, field, value)
        self._socket.send(asked.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(self._timeout))  # type: ignore[arg-type]  # all frames are binary
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._widgets = {}
            elif kind == "navigation":
                self._hash = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string
            elif kind == "delta":
                self._know(message)
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return set(self._widgets)

    def _know(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        name = element.WhichOneof("type")
        identity = getattr(getattr(element, name), "id", "") if name else ""
        parts = str(identity).split("-", 2)  # $$ID, a hash, the key
        if len(parts) == 3:
            self._widgets[parts[2]] = identity
