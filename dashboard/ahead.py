"""What a fresh server does ahead: at once what its first page shows, and once that page is there the workers and whatever
other pages will load, since two cores are busy enough with the first."""

from __future__ import annotations

import gc
import inspect
import threading

from dashboard import home_scenes, i18n, navigation, payloads, work

ALONE = 3.0  # seconds without a visitor after which the server begins all the same
_LIBRARIES = ("plotly.graph_objects", "pyarrow.csv", "core.figures.board", "core.formats", "core.projection")
_shown = threading.Event()


def start() -> None:
    """Called as the server starts. A page that needs the workers sooner starts them itself (`work.runner`).

    What is loaded until now is kept out of the collector's way, as `load` does with the rest.
    """
    gc.freeze()
    threading.Thread(target=_begin, name="read-ahead", daemon=True).start()


def shown() -> None:
    """Called when a page has run to its end."""
    _shown.set()


def _begin() -> None:
    inspect.stack()  # Streamlit asks this of its first page; the answer takes long the first time
    home_scenes.photo()
    home_scenes.scenes("en")
    _shown.wait(ALONE)
    work.start()
    load()
    work.settled()
    gc.freeze()  # what the connection to the workers has loaded as well


def load() -> None:
    """Load every page and what they load in their turn, and keep it all out of the collector's way: Streamlit has it look
    through every object after each run of a page, and what is loaded once is never garbage."""
    from importlib import import_module

    for page in navigation.known():
        navigation.load(page.name)
    for library in _LIBRARIES:
        import_module(library)
    payloads.plotly()
    _draw()
    for language in i18n.TRANSLATED:
        i18n.catalogue(language)
        home_scenes.scenes(language)
    gc.freeze()


def _draw() -> None:
    """One picture with curves, cells and axes: Plotly loads what checks them as they come."""
    from core.figures.positions import CodeWords, code_board, formula_text
    from core.positions import sinusoidal
    from core.positions.sinusoidal import code_columns

    columns = code_columns(2, "interleaved")
    words = CodeWords(position="", dimension="", row="", column="", table="", clock="", clocks="")
    text, vectors = formula_text(2, 10_000.0, *columns, (2, 2), misprint=False)
    code_board(sinusoidal(2, 2), *columns, words, text, vectors).to_json()
