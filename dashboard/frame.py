"""The anatomy of every page: header, question, controls, picture, reading, status line.

Widths, the order on a phone, type and present mode live in `styles.css`; containers carry
the keys it speaks of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from html import escape
from pathlib import Path
from urllib.parse import quote

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import CoreError
from dashboard import i18n
from dashboard.i18n import _, tell

PRESENT = "present"
_SAID = "es_said"  # what the status line says
_LINKED = "es_linked"  # what the choices of the page are, by their parameter in its link
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class View:
    """The places a page fills."""

    controls: DeltaGenerator
    picture: DeltaGenerator
    reading: DeltaGenerator
    _status: DeltaGenerator
    _said: list[str]

    def status(self, *facts: str) -> None:
        """The receipt of the picture: data, settings, seed, quality, time, what was sampled."""
        self._said[:] = filter(None, facts)
        self._status.caption(" · ".join(plain(fact) for fact in facts if fact))


def plain(text: object) -> str:
    """Data as text inside markdown: nothing in it is markup, a formula, an icon or a colour."""
    return "".join(f"\\{char}" if char in r"\`*_{}[]()<>#+-.!|~$:" else char for char in str(text))


@cache
def _css() -> str:
    return Path(__file__).with_name("styles.css").read_text(encoding="utf-8")


@cache
def _mark() -> str:
    return (Path(__file__).with_name("mark.svg")).read_text(encoding="utf-8")


def begin() -> None:
    """Page settings, styles, and the two things every link carries: language and present mode."""
    st.set_page_config(page_title="Embedscope", page_icon="data:image/svg+xml," + quote(_mark()), layout="wide")
    if i18n.KEY not in st.session_state:
        asked = st.query_params.get(i18n.KEY)
        st.session_state[i18n.KEY] = asked if asked in i18n.LANGUAGES else i18n.browser_language()
    if PRESENT not in st.session_state:
        st.session_state[PRESENT] = st.query_params.get(PRESENT) == "1"
    if st.query_params.get(i18n.KEY) != i18n.language():
        st.query_params[i18n.KEY] = i18n.language()
    if st.session_state[PRESENT]:
        st.query_params[PRESENT] = "1"
    elif PRESENT in st.query_params:
        del st.query_params[PRESENT]
    extra = _PRESENT_CSS if st.session_state[PRESENT] else ""
    st.html(f"<style>{_css()}{extra}</style>")


_PRESENT_CSS = """
html { font-size: 140% !important; }
.st-key-es_body > :has(> .st-key-es_controls), .st-key-es_body > :has(> .st-key-es_reading) { display: none !important; }
"""


# The address says what is shown; where the browser keeps the clipboard closed, it is offered to be copied by hand.
_COPY = """
for (const button of document.querySelectorAll(".es-link")) button.onclick = async () => {
  try { await navigator.clipboard.writeText(location.href); } catch (closed) { window.prompt("", location.href); return; }
  const word = button.textContent;
  if (word === button.dataset.copied) return;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = word; }, 1500);
};
"""


def header() -> None:
    """Language, present mode and the link of the view, in the top bar."""
    with st.container(key="es_header", horizontal=True, gap="small"):
        other = "en" if i18n.language() == "zh" else "zh"
        st.button(i18n.LANGUAGES[other], key="es_language", type="tertiary", on_click=_set, args=(i18n.KEY, other))
        st.button(
            _("Leave present mode") if st.session_state[PRESENT] else _("Present"),
            key="es_present",
            type="tertiary",
            help=_("Hides controls and reading and enlarges the type, for a projector."),
            on_click=_set,
            args=(PRESENT, not st.session_state[PRESENT]),
        )
        st.html(
            f'<button type="button" class="es-link" data-copied="{_("Copied")}">{_("Link")}</button><script>{_COPY}</script>',
            unsafe_allow_javascript=True,
        )


def _set(key: str, value: object) -> None:
    st.session_state[key] = value


@contextmanager
def page(question: str) -> Iterator[View]:
    """Lay out a page under its question."""
    st.html(f'<h1 class="es-question">{question}</h1>')
    st.session_state[_SAID], st.session_state[_LINKED] = [], {}
    body = st.container(key="es_body", horizontal=True, gap="medium")
    view = View(
        controls=body.container(key="es_controls", width=280),
        picture=body.container(key="es_picture", width="stretch"),
        reading=body.container(key="es_reading", width=300),
        _status=st.container(key="es_status"),
        _said=said(),
    )
    yield view


def said() -> list[str]:
    """What the status line of this run says. It is written last: keep the list, and read it later."""
    held: list[str] = st.session_state.setdefault(_SAID, [])
    return held


def linked() -> dict[str, str]:
    """Link parameter -> value of every choice of this run, defaults too, which the address leaves out. Keep it, and read it later."""
    held: dict[str, str] = st.session_state.setdefault(_LINKED, {})
    return held


def guarded(render: Callable[[], None], name: str = "") -> Callable[[], None]:
    """The page, with every failure told as a sentence where it happened, never a traceback."""

    @wraps(render)
    def run() -> None:
        try:
            render()
        except CoreError as error:
            show(error)
        except Exception:
            _LOG.exception("page %s failed", name or render.__module__)
            st.error(
                _("Something in this page failed; it has been noted in the server's log. Reload the page to go on.")
            )

    return run


@contextmanager
def told() -> Iterator[None]:
    """A part of a page whose failure is a sentence in its place, and leaves the rest alone."""
    try:
        yield
    except CoreError as error:
        show(error)


def show(error: CoreError) -> None:
    """One sentence with the mend, in place."""
    st.error(plain(tell(error)))


def reading(see: str, doubt: str) -> None:
    """The two texts of every picture: what it shows, and what not to conclude from it. Static sentences only."""
    st.markdown(f"**{_('What you see.')}** {see}")
    st.markdown(f"**{_('What not to conclude.')}** {doubt}")


def waiting(picture: DeltaGenerator, sentence: str) -> None:
    """In the place of a picture that is not there yet: why."""
    picture.html(f'<div class="es-waiting">{escape(sentence)}</div>')


def tries() -> None:
    """The heading above the buttons that change one thing."""
    st.markdown(f"**{_('Try')}**")
