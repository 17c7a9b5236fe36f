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


def run() -> None:
    """Show the navigation and the current page."""
    known = modules()
    shown = [
        st.Page(
            frame.guarded(module.render),
            title=_(module.TITLE),
            url_path="" if position == 0 else module.__name__.rpartition(".")[2],
            default=position == 0,
        )
        for position, module in enumerate(known)
    ]
    page = st.navigation(shown, position="top")
    frame.header()
    page.run()


def link(name: str, label: str, *, key: str | None = None) -> None:
    """A door to another page, in this visitor's language."""
    module = next(module for module in modules() if module.__name__.endswith(f".{name}"))
    st.page_link(st.Page(module.render, title=_(module.TITLE), url_path=name), label=label)
