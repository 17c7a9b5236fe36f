"""The pages, found in `dashboard/pages`: a new page is a new file there.

A page module has TITLE and RANK and a function render(); its file name is its address. It is loaded when somebody goes
there: the navigation reads the two facts out of its text, so that a first visit loads one page and not all of them.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from dashboard import frame, pages
from dashboard.i18n import _


@dataclass(frozen=True, slots=True)
class Known:
    """What the navigation says of a page: its file name, its English title and its rank."""

    name: str
    title: str
    rank: int


@cache
def known() -> list[Known]:
    """Every page, in the order of its RANK."""
    files = [path for folder in pages.__path__ for path in Path(folder).glob("[!_]*.py")]
    return sorted(map(_read, files), key=lambda page: page.rank)


def _read(path: Path) -> Known:
    facts = {
        target.id: line.value
        for line in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
    title, rank = facts["TITLE"], facts["RANK"]
    marked = title.args[0] if isinstance(title, ast.Call) else title  # N_("...") marks it for translation
    return Known(path.stem, str(ast.literal_eval(marked)), int(ast.literal_eval(rank)))


def load(name: str) -> Callable[[], None]:
    """The page's own render(), its module loaded now if it was not yet."""
    render: Callable[[], None] = importlib.import_module(f"dashboard.pages.{name}").render
    return render


def page(name: str) -> st.Page:
    """The page of that module, as Streamlit knows it."""
    at, facts = next((at, each) for at, each in enumerate(known()) if each.name == name)
    return st.Page(
        frame.guarded(lambda: load(name)(), name),
        title=_(facts.title),
        url_path="" if at == 0 else name,
        default=at == 0,
    )


def run() -> None:
    """Show the navigation and the current page."""
    chosen = st.navigation([page(each.name) for each in known()], position="top")
    frame.header()
    chosen.run()
