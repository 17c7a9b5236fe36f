"""The server: `app` with its start-up, shut-down and own routes. What `streamlit run` and the command start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from dashboard import ahead, payloads, shelf, work
from dashboard.document import Document
from dashboard.guard import Guard

# Our `pages` folder is not Streamlit's old one. `st.navigation` says so as well, but too late for a first visit
# that comes by a link to one of the pages: that visitor would get the bare module.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, object]]:
    """Workers start in a thread beside the server, once its first page is there: that page never waits for them."""
    ahead.start()
    shelf.start()
    try:
        yield {}
    finally:
        work.stop()


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=lifespan,
    routes=payloads.routes(),
    middleware=[Middleware(Guard), Middleware(Document)],
)
