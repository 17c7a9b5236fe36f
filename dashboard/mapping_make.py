"""A map at work on the Mapping page: its domain and its settings as the controls say, applied and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from core.arrays import DoubleArray, FloatArray, fingerprint
from core.errors import N_
from core.mapping import DOMAINS, MAPS, Domain, MapReport, apply_map, check_map, grid, integers, pairs, tree, words
from core.mapping.tasks import READ
from dashboard import jobs, links, sources, uploads
from dashboard.i18n import _, counted, language

_CHECKED = "es_map_checked"  # (what was checked last in a worker, its report)
SHOWN = 48  # words drawn at most; all are checked
GIVEN = N_("given by the file")
MOST_TYPED = 200
_SMALL = 400  # inputs checked at once, more go to a worker
_LEGIBLE = 60  # of more than that those are drawn that lie closest to another
_CLASSED = 5_000  # words whose classes are compared pair by pair
TYPED = {
    "en": "animal: cat, dog, horse, wolf\nfood: apple, bread, cheese, rice\nroyalty: king, queen, prince, princess",
    "zh": "动物: 小猫, 小狗, 山羊, 老虎\n食物: 苹果, 面包, 奶酪, 米饭\n王室: 国王, 女王, 王子, 公主",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A map at work: its domain and outputs (n, d), what was found, and the rows that are drawn."""

    domain: Domain
    kind: str
    outputs: DoubleArray | FloatArray
    report: MapReport
    rows: list[int]
    title: str
    notes: tuple[str, ...] = ()


def choose() -> tuple[str, str]:
    """Domain and map, by name."""
    domain = links.choice(st.selectbox, _("From X"), DOMAINS, key="map_domain", default="words")
    if domain == "pairs":
        others = {name: title for name, title in MAPS.items() if name not in ("trained", "one-hot")}
        return domain, links.choice(st.selectbox, _("The map f"), {"given": GIVEN, **others}, key="map_given", default="given")  # fmt: skip
    kinds = {name: title for name, title in MAPS.items() if name != "trained" or domain == "words"}
    return domain, links.choice(st.selectbox, _("The map f"), kinds, key="map_kind", default="one-hot")


def make(domain_name: str, kind: str) -> Made:
    """Read the controls of this domain and map, apply the map and check it. Raises CoreError for what cannot be."""
    if domain_name == "words" and kind == "trained":
        return _table()
    domain = _domain(domain_name)
    if kind != "given":
        domain = replace(domain, outputs=None)  # of a file of pairs only the inputs count then
    outputs = apply_map(domain, kind, **({} if kind == "given" else _settings(kind)))
    report = _checked(domain, outputs)
    rows, said = _drawn(report, len(domain))
    return Made(
        domain=domain, kind=kind, outputs=outputs, report=report, rows=rows, notes=said,
        title=_(GIVEN if kind == "given" else MAPS[kind]),
    )  # fmt: skip


def _drawn(report: MapReport, count: int, most: int = 0) -> tuple[list[int], tuple[str, ...]]:
    """The rows that are drawn, all or those whose outputs lie closest to another, and what is said of that."""
    if count <= (most or _SMALL):
        return list(range(count)), ()
    most = most or _LEGIBLE
    first = np.argsort(report.separations, kind="stable")[:most]
    closest = dict.fromkeys(int(one) for row in first for one in (row, report.partners[row]))
    rows = list(closest)[:most]
    return rows, (
        _("drawn: the {shown} inputs whose outputs lie closest, of {count}; all were checked").format(shown=len(rows), count=f"{count:,}"),
    )  # fmt: skip


def _domain(name: str) -> Domain:
    if name == "integers":
        low, high = links.setting(st.slider, _("From, to"), key="map_range", default=(-5, 5), low=-50, high=50)
        if low == high:  # one number has no distance to any other
            low, high = (low, high + 1) if high < 50 else (low - 1, high)
            st.caption(_("One number is no domain: {low} and {high} are taken.").format(low=low, high=high))
        return integers(low, high)
    if name == "grid":
        return grid(links.setting(st.slider, _("Points a side"), key="map_side", default=5, low=2, high=12))
    if name == "tree":
        return tree(links.setting(st.slider, _("Depth"), key="map_depth", default=3, low=1, high=6))
    if name == "pairs":
        return _file()
    return words(*_typed())


def _typed(help_: str = "") -> tuple[list[str], list[str] | None]:
    """The words of the text field, each once, and their classes where some are given."""
    from core.text import labelled_words

    text = links.setting(
        st.text_area, _("Words"), key="map_words", default=TYPED[language()], height=90, max_chars=4000,
        help=help_ or _("One a line, or with commas. A line may begin with a class and a colon; words of one class count as neighbours."),
    )  # fmt: skip
    found, classes = labelled_words(text)
    pairs_ = dict(zip(found, classes or [""] * len(found), strict=True))
    labels = list(pairs_)[:MOST_TYPED]
    if len(pairs_) > MOST_TYPED:
        st.caption(_("The first {limit} of {count} words are taken.").format(limit=MOST_TYPED, count=len(pairs_)))
    return labels, [str(pairs_[label] or "") for label in labels] if any(pairs_.values()) else None


def _file() -> Domain:
    """The pairs of the visitor's file as a worker has read them; an example before any, and meanwhile."""
    file = st.file_uploader(_("Pairs: x, f(x)"), key="map_file", max_upload_size=20)
    uploads.words("map_file", _("Choose a file"), _("or drop it here"))
    if file is not None:
        found: Domain | None = uploads.read("map_read", file.file_id, READ, file)
        if found is not None:
            return found
    st.caption(_("Until a file is there: ten days and the hours of daylight."))
    return pairs("0,8.0\n1,8.6\n2,9.9\n3,11.8\n4,13.7\n5,15.4\n6,16.6\n7,16.3\n8,14.8\n9,12.7\n", "example.csv")


def _settings(kind: str) -> dict[str, Any]:
    if kind == "linear":
        left, middle, right = st.columns(3)
        return {
            name: links.setting(column.number_input, name, key=f"map_{name}", default=start, low=-1000.0, high=1000.0, step=0.5)
            for column, name, start in ((left, "a", 2.0), (middle, "b", 0.0), (right, "c", 1.0))
        }  # fmt: skip
    if kind == "hash":
        return {"modulus": links.setting(st.slider, "m", key="map_m", default=8, low=2, high=64)}
    if kind == "random":
        return {
            "seed": int(links.setting(st.number_input, _("Seed"), key="map_seed", default=0, low=0, high=2**31 - 1))
        }
    if kind == "formula":
        return {
            "formula": links.setting(
                st.text_input, "f(x, y)", key="map_f", default="x^3 - 4*x", max_chars=200,
                help=_("Numbers, x, y, + - * / ^ %, parentheses, abs sqrt sin cos exp log floor round sign min max, pi. A comma makes a point of the plane."),
            )
        }  # fmt: skip
    return {}


def _table() -> Made:
    """The words, or all rows, of a trained table W."""
    source = sources.choose()
    embedding = source.embedding
    everything = links.setting(st.toggle, _("All rows of W"), key="map_all", default=False)
    if everything:
        return _whole(source)
    typed, classes = _typed(
        _("Words that W does not hold share one row, the mean of all, as a model's unknown word does.")
    )
    domain = words(typed, classes)
    outputs = apply_map(domain, "trained", embedding=embedding, row=embedding.vectors.mean(axis=0).tolist())
    missing = sum(label not in embedding for label in typed)
    note = (
        counted(
            missing,
            _("1 word is not in W and has its unknown row"),
            _("{count} words are not in W and share its unknown row"),
        )
        if missing
        else ""
    )
    return Made(
        domain=domain, kind="trained", outputs=outputs, report=_checked(domain, outputs), rows=list(range(len(domain))),
        title=_("W: {source}").format(source=source.title), notes=(note,) if note else (),
    )  # fmt: skip


def _whole(source: sources.Source) -> Made:
    embedding = source.embedding
    column = embedding.metadata.get("class") if len(embedding) <= _CLASSED else None
    classes = [str(value or "") for value in column] if column else None
    report = _in_worker(embedding.fingerprint, embedding.labels, embedding.vectors, 0.0, classes)
    rows, said = _drawn(report, len(embedding), SHOWN)
    domain = words(embedding.labels)
    return Made(
        domain=domain, kind="trained", outputs=embedding.vectors, report=report, rows=rows,
        title=_("W: {source}").format(source=source.title), notes=said,
    )  # fmt: skip


def _checked(domain: Domain, outputs: DoubleArray) -> MapReport:
    if len(domain) <= _SMALL:
        return check_map(domain.inputs, outputs, distances=domain.distances, neighbours=domain.neighbours)
    return _in_worker(fingerprint(domain.labels, outputs), domain.inputs, outputs)


def _in_worker(token: str, *args: Any) -> MapReport:
    """The report of a worker, kept for this token."""
    known, report = st.session_state.get(_CHECKED, ("", None))
    if known != token:
        report = jobs.result_of("map_check", token, "check_map", *args)
        st.session_state[_CHECKED] = token, report
    found: MapReport = report
    return found
