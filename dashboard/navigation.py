"""The pages, found in `dashboard/pages`: a new page is a new file there.

A page module has TITLE and RANK and a function render(); its file name is its address.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

import streamlit as st

from dashboard import frame, pages
from dashboard.i18n import _


@cache
def modules() -> list[ModuleType]:
    """Every page module, in the order of its RANK."""
    names = [found.name for found in pkgutil.iter_modules(pages.__path__) if not found.name.startswith("_")]
    found = [importlib.import_module(f"dashboard.pages.{name}") for name in names]
    return sorted(found, key=lambda module: module.RANK)


def page(name: str) -> st.Page:
    """The page of that module, as Streamlit knows it."""
    known = modules()
    at = next(at for at, module in enumerate(known) if module.__name__.endswith(f".{name}"))
    module = known[at]
    return st.Page(
        frame.guarded(module.render), title=_(module.TITLE), url_path="" if at == 0 else name, default=at == 0
    )


def run() -> None:
    """Show the navigation and the current page."""
    chosen = st.navigation([page(module.__name__.rpartition(".")[2]) for module in modules()], position="top")
    frame.header()
    chosen.run()
