"""What is taken away: files of any kind, each with how it was made inside or beside it, so that it can be repeated.

Every file that a page hands out leaves through here. What is said of it is the receipt of the page (its status
line), the settings of its link with the source it is of, and what the page adds. A file that has no place for that (CSV, NPY) comes as a
zip with settings.json beside it, unless the reader wants it bare; into a file that is a zip settings.json is put.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from core.errors import CoreError
from dashboard import frame
from dashboard.i18n import _, tell

if TYPE_CHECKING:
    from core.embedding import Embedding

About = Mapping[str, Any]
_NOTHING: About = {}
CSV, PARQUET, NPY = "text/csv", "application/vnd.apache.parquet", "application/octet-stream"
ZIP = "application/zip"


@dataclass(frozen=True)
class File:
    """One file to take away: the word on its button, its name, and how it is made once it is asked for.

    `make` is given what is said of the file; where `carries` is True it writes that into the file.
    """

    title: str
    name: str
    media: str
    make: Callable[[About], bytes]
    carries: bool = False


def files(
    several: Sequence[File],
    about: Callable[[], About] | About = _NOTHING,
    *,
    key: str,
    width: Literal["content", "stretch"] = "content",
) -> None:
    """A button a file; above them, where one needs it, whether the settings come along in a zip."""
    said, address, chosen = frame.said(), st.query_params.to_dict(), frame.linked()
    no_link = _(
        "No link opens this elsewhere: it shows what only this browser holds. Save the embedding to the library, or bring the same file again, and set what stands under view."
    )
    beside = _beside(several, key)

    def whole() -> dict[str, Any]:  # called when a button is pressed, long after this run, without a session
        given = about() if callable(about) else about
        view = address | chosen
        own = [name for name, value in view.items() if _private(value)]
        opens = {"link": view} if not own else {"link": None, "no_link": no_link, "view": {name: value for name, value in view.items() if name not in own}}  # fmt: skip
        return {"embedscope": version("embedscope"), "made": list(said), **opens, **dict(given)}

    with st.container(horizontal=width == "content", gap="xsmall"):
        for file in several:
            packed = beside and not file.carries and file.media != ZIP
            name, media = (f"{file.name}.zip", ZIP) if packed else (file.name, file.media)
            st.download_button(
                file.title,
                _maker(file, whole, beside),
                name,
                media,
                key=f"{key}_{file.name}",
                on_click="ignore",
                width=width,
            )


def _private(value: str) -> bool:
    """Whether a value of a link names what one browser brought, which opens nowhere else."""
    return any(part == "own" or part.startswith("own-") for part in value.split(","))


def _beside(several: Sequence[File], key: str) -> bool:
    if all(file.carries for file in several):
        return False
    return st.toggle(
        _("With settings"), value=True, key=f"{key}_with",
        help=_("How it was made, so that it can be made again. A file without a place for that comes in a zip with settings.json; the others hold it inside."),
    )  # fmt: skip


def _maker(file: File, whole: Callable[[], dict[str, Any]], beside: bool) -> Callable[[], bytes]:
    def make() -> bytes:
        about = whole()
        try:
            data = file.make(about)
        except CoreError as error:
            raise RuntimeError(tell(error)) from error  # shown by the browser as a failed download
        if file.carries or not beside:
            return data
        from core._archive import added, pack

        if file.media == ZIP:
            return added(data, "settings.json", settings(about))
        return pack({file.name: data, "settings.json": settings(about)}, squeeze=False)

    return make


def embedding(name: str, load: Callable[[], Embedding], about: About, *, key: str) -> None:
    """The choice of a format and the button that makes the file, when it is pressed."""
    from core.formats import check_writable, formats, write_embedding

    known = {facts.name: facts for facts in formats()}
    first = list(known).index("csv")  # what everybody can open
    chosen = st.selectbox(
        _("Format"), list(known), first, format_func=lambda one: _(known[one].title), key=f"{key}_format"
    )
    facts = known[chosen]
    st.caption(_(facts.about))
    if chosen != "csv":  # which holds everything; a file is asked for only once it can be made
        try:
            check_writable(load(), chosen)
        except CoreError as error:
            frame.show(error)
            return

    def make(said: About) -> bytes:
        return write_embedding(load(), chosen, said if facts.keeps_settings else None)

    bare = without(name, [".gz", ".tsv", ".json", *(one.extension for one in known.values())])
    file = File(_("Download"), f"{stem(bare)}{facts.extension}", facts.media, make, facts.keeps_settings)
    files([file], about, key=key, width="stretch")


def table(
    columns: Callable[[], Mapping[str, Sequence[Any]]],
    name: str,
    about: Callable[[], About] | About = _NOTHING,
    *,
    key: str,
) -> None:
    """The buttons that take a table away, as CSV and as Parquet."""
    files(table_files(columns, name), about, key=key)


def table_files(columns: Callable[[], Mapping[str, Sequence[Any]]], name: str) -> list[File]:
    """A table as CSV, whose cells no spreadsheet runs, and as Parquet, which holds its settings."""
    from core.formats import csv_table, parquet_table

    return [
        File(_("CSV"), f"{name}.csv", CSV, lambda _about: csv_table(columns())),
        File(_("Parquet"), f"{name}.parquet", PARQUET, lambda about: parquet_table(columns(), about), carries=True),
    ]


def settings(about: About) -> bytes:
    """What was made and how, as JSON."""
    return json.dumps(about, ensure_ascii=False, indent=1, default=str).encode()


def without(name: str, extensions: Sequence[str]) -> str:
    """A title that is the name of a file, without what it ends in, so that no download is named x.csv.csv."""
    while name.lower().endswith(tuple(extensions)):
        name = name.rpartition(".")[0]
    return name


def stem(name: str) -> str:
    """A file name on every system out of any title."""
    kept = re.sub(r"[^\w.-]+", "-", name).strip("-._")[:60]
    return kept or "embedding"
