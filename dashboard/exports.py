"""What is taken away: an embedding in every format, with how it was made beside it, so that it can be repeated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import CoreError
from dashboard.i18n import _, tell

if TYPE_CHECKING:
    from core.embedding import Embedding


def embedding(name: str, load: Callable[[], Embedding], about: Mapping[str, Any], *, key: str) -> None:
    """The choice of a format and the button that makes the file, when it is pressed."""
    from core.formats import formats

    known = {facts.name: facts for facts in formats()}
    chosen = st.selectbox(_("Format"), list(known), format_func=lambda one: _(known[one].title), key=f"{key}_format")
    facts = known[chosen]
    st.caption(_(facts.about))
    with_settings = st.toggle(
        _("With its settings"), value=True, key=f"{key}_with",
        help=_("A zip of the file and settings.json: origin, settings, seed and size, so that it can be made again."),
    )  # fmt: skip

    def make() -> bytes:
        return _made(load, chosen, filename, about, with_settings)

    filename = f"{stem(name)}{facts.extension}"
    shown, media = (f"{stem(name)}.settings.zip", "application/zip") if with_settings else (filename, facts.media)
    st.download_button(_("Download"), make, shown, media, key=f"{key}_download", width="stretch", on_click="ignore")


def _made(load: Callable[[], Embedding], form: str, filename: str, about: Mapping[str, Any], with_settings: bool) -> bytes:  # fmt: skip
    """The bytes of the download; a labelled sentence in their place where the format cannot hold the labels."""
    from core._archive import pack
    from core.formats import write_embedding

    try:
        data = write_embedding(load(), form)
    except CoreError as error:
        raise RuntimeError(tell(error)) from error  # shown by the browser as a failed download
    return pack({filename: data, "settings.json": settings(about)}, squeeze=False) if with_settings else data


def table(
    columns: Callable[[], Mapping[str, Sequence[Any]]], name: str, about: Callable[[], Mapping[str, Any]], *, key: str
) -> None:
    """The buttons that take a table away: CSV, Parquet (which carries its settings), and the settings alone."""

    def csv() -> bytes:
        from core.formats import csv_table

        return csv_table(columns())

    def parquet() -> bytes:
        from core.formats import parquet_table

        return parquet_table(columns(), about())

    with st.container(horizontal=True, gap="xsmall"):
        for title, make, ending, media in (
            (_("CSV"), csv, "csv", "text/csv"),
            (_("Parquet"), parquet, "parquet", "application/vnd.apache.parquet"),
            (_("Settings"), lambda: settings(about()), "settings.json", "application/json"),
        ):
            st.download_button(title, make, f"{name}.{ending}", media, key=f"{key}_{ending[:3]}", on_click="ignore")


def settings(about: Mapping[str, Any]) -> bytes:
    """What was made and how, as JSON, with the version that made it."""
    whole = {"embedscope": version("embedscope"), **about}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=str).encode()


def stem(name: str) -> str:
    """A file name on every system out of any title."""
    kept = re.sub(r"[^\w.-]+", "-", name).strip("-._")[:60]
    return kept or "embedding"
