"""Two languages: every string a person sees is `_("...")`, English as the source.

Catalogues are `locales/<language>/*.po`, one file a room or page, read once when the
language is first asked for.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from core.errors import CoreError

LANGUAGES = {"en": "English", "zh": "中文"}
_FOLDERS = {"zh": Path(__file__).with_name("locales") / "zh_CN"}
TRANSLATED = tuple(_FOLDERS)
KEY = "lang"


def language() -> str:
    """The language of this visitor: chosen, in the link, or the browser's."""
    chosen = st.session_state.get(KEY)
    return chosen if chosen in LANGUAGES else browser_language()


def browser_language() -> str:
    locale = (st.context.locale or "en") if hasattr(st, "context") else "en"
    return "zh" if str(locale).lower().startswith("zh") else "en"


def _(sentence: str) -> str:
    """The sentence in this visitor's language; a sentence without a translation stays English."""
    code = language()
    return sentence if code == "en" else catalogue(code).get(sentence, sentence)


def origin(stored: str) -> str:
    """Where an embedding came from, in this visitor's language. It is stored in English, whole sentences and names of files
    with " · " between them; a name, and what was stored in another language, stays as it is."""
    return " · ".join(_(part) for part in stored.split(" · "))


def counted(count: int, one: str, several: str, **values: str) -> str:
    """Of two translated sentences the one for this count, `{count}` and what else is named filled in; English tells one from several."""
    return (one if count == 1 else several).format(count=f"{count:,}", **values)


def large(number: float, *, least: float = 1e6, digits: int = 1) -> str:
    """A count in the unit of this visitor's language: from `least` on in millions with `digits`, in Chinese in ten thousands."""
    if language() == "zh":
        return f"{number:,.0f}" if number < 10_000 else f"{number / 10_000:,.{int(number < 1e6)}f} 万"
    return f"{number:,.0f}" if number < least else f"{number / 1e6:.{digits}f} M"


def rate(a_second: float) -> str:
    """So many a second, of what is done by the thousand or the million."""
    return large(a_second, least=10_000, digits=2)


def shape(rows: int, dim: int) -> str:
    """How large an embedding is."""
    if rows == 1:
        return _("1 row of 1 dimension") if dim == 1 else _("1 row of {dim} dimensions").format(dim=dim)
    told = _("{count} rows of 1 dimension") if dim == 1 else _("{count} rows of {dim} dimensions")
    return told.format(count=f"{rows:,}", dim=dim)


@cache
def catalogue(code: str) -> dict[str, str]:
    """English sentence -> translation, from every .po file of the language."""
    from babel.messages.pofile import read_po

    found: dict[str, str] = {}
    for path in sorted(_FOLDERS[code].glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.string and not message.fuzzy:
                    found[str(message.id)] = str(message.string)
    return found


def tell(error: CoreError) -> str:
    """An error of the engine in this visitor's language, its rule phrase and the error that is its reason included."""
    values = {name: tell(value) if isinstance(value, CoreError) else value for name, value in error.values.items()}
    if "want" in values:
        values["want"] = _(str(values["want"])).format(**values)
    return _(error.template).format(**values)
