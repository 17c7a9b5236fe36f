"""The parts of the Mapping page: the tolerance, the board, what was found, and the story in presets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from core.arrays import DoubleArray
from core.errors import N_
from core.formats import csv_table
from core.mapping import DOMAINS, MapReport
from dashboard import exports, frame, links, session, sources
from dashboard.components.plot import hold
from dashboard.exports import CSV, File
from dashboard.i18n import _, language
from dashboard.mapping_make import TYPED, Made
from dashboard.words_views.trained import RESULT

_WIDEST = 64  # numbers of an output that go into a table
PLOT = "map_plot"  # the key of the picture
_TOLD = "es_map_told"
_FIRST = "es_map_first"  # the board that was opened by the link
_UNKNOWN = {"en": "cat, dog, zyxt, qorp, king, vlim, queen", "zh": "小猫, 小狗, 魑魅, 饕餮, 国王, 踟蹰, 女王"}


def tolerance(steps: Sequence[float], url: str) -> int:
    """The step at which the slider of this board stands, or, before anybody moved one, what a first link asks for; else 0."""
    state = st.session_state.get(PLOT)
    sliders = state.get("sliders") if isinstance(state, Mapping) else None
    moved = sliders.get("tolerance") if isinstance(sliders, Mapping) and sliders.get("board") == url else None
    if isinstance(moved, int):
        return min(max(moved, 0), len(steps) - 1)
    first = st.session_state.setdefault(_FIRST, url)
    asked = _asked() if first == url else 0.0
    return min(range(len(steps)), key=lambda at: abs(steps[at] - asked))


def _asked() -> float:
    try:
        asked = float(st.query_params.get("map_tol", "0")[:20])
    except ValueError:
        return 0.0
    return asked if 0 <= asked < 1e12 else 0.0


def board(made: Made) -> tuple[str, list[float]]:
    """(the address of the board, steps of the tolerance)."""
    from core.figures.mapping import MapWords, map_board, tolerances

    rows, domain = made.rows, made.domain
    outputs = np.asarray(made.outputs[rows], np.float64)
    flat = outputs.shape[1] == 1
    places = np.stack([np.zeros(len(rows)), outputs[:, 0]], axis=1) if flat else _plane(made.kind, outputs)
    steps = tolerances(made.report.separations, made.outputs)
    left = domain.places[rows] if len(rows) == len(domain) else np.stack([np.zeros(len(rows)), -np.arange(len(rows))], axis=1)  # fmt: skip
    labels = [domain.labels[row] for row in rows]
    images = [f"{value[0]:.4g}" for value in outputs] if flat else labels
    place = {row: at for at, row in enumerate(rows)}
    drawn = map_board(
        (left, places), (domain.line, flat), (labels, images),
        [(place[a], place[b]) for a, b in domain.edges if a in place and b in place],
        made.report.separations[rows], steps, [_verdict(made, step) for step in steps],
        MapWords(tolerance=_("tolerance"), domain=_("X: {domain}").format(domain=_(DOMAINS[domain.name])), image=_image(made, flat), collides=_("collision")),
    )  # fmt: skip
    return hold(drawn), steps


def _plane(kind: str, outputs: DoubleArray) -> DoubleArray:
    if kind == "one-hot":  # all equally far from each other: no flat picture can show that, a circle pretends least
        turn = np.linspace(0, 2 * np.pi, len(outputs), endpoint=False)
        return np.stack([np.cos(turn), np.sin(turn)], axis=1)
    if outputs.shape[1] == 2:
        return outputs
    centred = outputs - outputs.mean(axis=0)
    _left, _size, axes = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes[:2].T
    return flat if flat.shape[1] == 2 else np.pad(flat, ((0, 0), (0, 1)))


def _image(made: Made, flat: bool) -> str:
    dim = made.outputs.shape[1]
    if flat:
        return _("f(x) on a number line")
    if dim == 2:
        return _("f(x) in the plane")
    if made.kind == "one-hot":
        return _("f(x) in {dim} dimensions, drawn on a circle").format(dim=dim)
    return _("f(x): two of {dim} dimensions (PCA)").format(dim=dim)


def written(item: object) -> str:
    """An input as text: numbers short, points in parentheses."""
    if isinstance(item, float):
        return f"{item:g}"
    if isinstance(item, tuple):
        return "(" + ", ".join(written(part) for part in item) + ")"
    return str(item)[:40]


def _verdict(made: Made, tolerance: float) -> str:
    report = made.report
    struck = int((report.separations <= tolerance).sum())
    if not struck:
        return _("Injective: every output has one input. The closest two lie {gap} apart.").format(
            gap=f"{report.smallest_separation:.3g}"
        )
    one, other = report.closest or ("", "")
    return _("Not injective: {one} and {other} have the same output, and so have {count} of {all} inputs one with another.").format(
        one=written(one), other=written(other), count=struck, all=len(made.domain)
    )  # fmt: skip


def found(made: Made, report: MapReport) -> None:
    """The properties as a table, each with the pair that shows it."""
    rows = [
        (_("Injective"), _yes(report.injective), _same(report) if report.collision else ""),
        (_("Smallest separation"), _figure(report.smallest_separation), _between(report.closest)),
        (_("Order kept"), _turned(report), _turn(made, report)),
        (_("Least stretch"), _figure(report.least_stretch), _between(report.least_pair)),
        (_("Greatest stretch"), _figure(report.greatest_stretch), _between(report.greatest_pair)),
        (_("Neighbourhoods kept"), _share(report.neighbourhoods_kept, report.neighbourhoods_by_chance), ""),
    ]
    cells = "".join(
        f"<tr><td>{escape(name)}{_fine(shown)}</td><td>{escape(value)}</td></tr>" for name, value, shown in rows
    )
    st.html(f'<table class="es-figures">{cells}</table>')
    if report.groups:
        named = "; ".join(" = ".join(f"f({written(item)})" for item in group[:6]) + (" = …" if len(group) > 6 else "") for group in report.groups[:8])  # fmt: skip
        st.caption(_("Same output exactly: {groups}").format(groups=frame.plain(named)))


def _fine(shown: str) -> str:
    return f'<br><span class="es-fine" dir="auto">{escape(shown)}</span>' if shown else ""


def _same(report: MapReport) -> str:
    one, other = (written(item) for item in report.collision or ("", ""))
    apart = report.smallest_separation or 0.0
    return f"f({one}) = f({other})" if not apart else f"|f({one}) − f({other})| = {apart:.3g} ≤ {report.tolerance:.3g}"


def _between(pair: tuple[Any, Any] | None) -> str:
    return "" if pair is None else f"{written(pair[0])} · {written(pair[1])}"


def _turned(report: MapReport) -> str:
    return _("turned round") if report.order_reversing else _yes(report.order_preserving)


def _turn(made: Made, report: MapReport) -> str:
    """The counterexample with its values: -5 < -4, f: 25, 16."""
    if report.counterexample is None or report.order_reversing:
        return ""
    low, high = report.counterexample
    values = (f"{made.outputs[made.domain.inputs.index(item), 0]:.4g}" for item in (low, high))
    return f"{written(low)} < {written(high)}, f: " + ", ".join(values)


def _yes(value: bool | None) -> str:
    return _("not defined") if value is None else _("yes") if value else _("no")


def _figure(value: float | None) -> str:
    return _("not defined") if value is None else f"{value:.3g}"


def _share(value: float | None, chance: float | None) -> str:
    if value is None or chance is None:
        return _("not defined")
    return _("{share}, by chance {chance}").format(share=f"{value:.0%}", chance=f"{chance:.0%}")


_STORY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (N_("1 · A lookup table"), N_("One-hot gives each word a column of its own: injective, and nothing else. All outputs are equally far apart, so no neighbourhood is kept beyond chance."), {"map_domain": "words", "map_kind": "one-hot"}),
    (N_("2 · Random vectors"), N_("Random rows are injective too, with probability one. That a map is injective says nothing about meaning: this is W before any training."), {"map_domain": "words", "map_kind": "random"}),
    (N_("3 · A hash into 8 boxes"), N_("More words than boxes must collide. The pairs are named and crossed in the picture."), {"map_domain": "words", "map_kind": "hash", "map_m": 8}),
    (N_("4 · x squared"), N_("-5 and 5 have the same square, so this is not injective; and -5 < -4 while 25 > 16, so order is not kept either."), {"map_domain": "integers", "map_kind": "square", "map_range": (-5, 5)}),
    (N_("5 · Unknown words"), N_("Words that W does not hold all get one row, that of the unknown word: many words, one vector. An embedding with such a row is not injective."), {"map_domain": "words", "map_kind": "trained", "map_all": False, "map_words": _UNKNOWN}),
    (N_("6 · A grid in one line"), N_("x + 5 y numbers the points: injective, but points above each other land 5 apart. Of the neighbourhoods about half survive."), {"map_domain": "grid", "map_kind": "linear", "map_side": 5, "map_a": 1.0, "map_b": 5.0, "map_c": 0.0}),
    (N_("7 · A trained table W"), N_("Every row of W against every other. Training makes words of one class neighbours far beyond chance; that is the structure it keeps. Nothing in it promises that rows differ: that was measured."), {"map_domain": "words", "map_kind": "trained", "map_all": True}),
    (N_("8 · 2 x + 1: structure kept"), N_("Injective, order kept, all neighbourhoods kept, every distance stretched by 2. It is a bijection onto its image, the odd numbers here, and not onto all integers."), {"map_domain": "integers", "map_kind": "linear", "map_range": (-5, 5), "map_a": 2.0, "map_b": 0.0, "map_c": 1.0}),
)  # fmt: skip


def told() -> None:
    """What the preset pressed last has shown, until the next change."""
    note = st.session_state.pop(_TOLD, None)
    if note:
        st.info(_(note))


def story() -> None:
    """The presets, each a step from a lookup table to a map that keeps structure."""
    frame.tries()
    for at, (title, _told, _state) in enumerate(_STORY):
        st.button(_(title), key=f"map_try_{at}", width="stretch", on_click=_tell, args=(at, language()))
    trained = st.session_state.get(RESULT)
    if trained in session.embeddings():
        st.button(_("Check the W trained on Words"), key="map_try_w", width="stretch", on_click=_own, args=(trained,))


def _tell(at: int, code: str) -> None:
    _title, told, state = _STORY[at]
    words = {"map_words": TYPED} if state["map_domain"] == "words" else {}
    links.put({key: value[code] if isinstance(value, dict) else value for key, value in (words | state).items()})
    st.session_state[_TOLD] = told


def _own(trained: str) -> None:
    _tell(6, language())
    sources.show_next(trained)


def same_output(made: Made, place: int, tolerance: float) -> list[int]:
    """Places, among the inputs drawn, whose outputs lie within the tolerance of the output of this one."""
    drawn = np.asarray(made.outputs[made.rows], np.float64)
    away = np.linalg.norm(drawn - drawn[place], axis=1)
    return [int(other) for other in np.flatnonzero(away <= tolerance) if other != place]


def take_away(made: Made, report: MapReport) -> None:
    """The map and what was found, as CSV."""
    several = [
        File(_("The map as CSV"), "embedscope-map.csv", CSV, lambda _about: csv_table(_map(made, report))),
        File(_("What it keeps as CSV"), "embedscope-map-found.csv", CSV, lambda _about: csv_table(_found(report))),
    ]
    exports.files(several, key="map_csv", width="stretch")


def _map(made: Made, report: MapReport) -> dict[str, list[Any]]:
    """A row an input: how it is written, its output where that has few numbers, and the closest other output."""
    labels, dim = made.domain.labels, made.outputs.shape[1]
    numbers = all(isinstance(item, (int, float)) for item in made.domain.inputs)
    table: dict[str, list[Any]] = {"input": list(made.domain.inputs) if numbers else labels}
    if dim <= _WIDEST:
        table |= {f"output {at + 1}" if dim > 1 else "output": made.outputs[:, at].tolist() for at in range(dim)}
    table["closest other"] = [labels[row] for row in report.partners]
    table["apart"] = report.separations.tolist()
    table["in collision"] = ["yes" if struck else "no" for struck in report.colliding]
    return table


def _found(report: MapReport) -> dict[str, list[Any]]:
    """A row a property: its value, "" where it is not defined, and the pair that shows it."""
    shown = {"injective": report.collision, "smallest_separation": report.closest, "order_preserving": report.counterexample, "least_stretch": report.least_pair, "greatest_stretch": report.greatest_pair, "neighbourhoods_kept": None, "neighbourhoods_by_chance": None, "tolerance": None}  # fmt: skip
    values = [getattr(report, name) for name in shown]
    table: dict[str, list[Any]] = {"property": list(shown), "value": ["" if value is None else str(value) if isinstance(value, bool) else value for value in values]}  # fmt: skip
    for at, name in enumerate(("one", "other")):
        table[name] = ["" if pair is None else written(pair[at]) for pair in shown.values()]
    return table
