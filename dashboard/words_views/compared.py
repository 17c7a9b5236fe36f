"""The table of the objectives side by side, and the finer ones folded under it: by class, and by relation of the analogies."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import frame
from dashboard.i18n import _, rate

if TYPE_CHECKING:
    from core.training.comparison import Agreement, AnalogyScore, Compared, Comparison

Line = tuple[str, list[str], list[float | None]]  # what is measured, as shown and as numbers by task


def table(found: Comparison) -> None:
    """Measures down, tasks across; below it, folded, neighbours of the same class by class and analogies by relation."""
    rows = found.rows
    st.html(_html(rows, _measures(rows)))
    for row in rows:
        for note in row.embedding.history.warnings:
            st.warning(frame.plain(f"{short(row)}: {_(note.template).format(**note.values)}"))
    finer = _by_class(rows), _by_relation(rows)
    if any(finer):
        with st.expander(_("By class and by relation")):
            for title, lines in zip((_("neighbours of the same class"), _("analogies right")), finer, strict=True):
                if lines:
                    st.html(_html(rows, lines, title))


def _measures(rows: Sequence[Compared]) -> list[Line]:
    return [
        (_("class gap"), [_number(row.class_gap) for row in rows], [row.class_gap for row in rows]),
        (_("neighbours of the same class"), [_share(row.purity) for row in rows], [row.purity for row in rows]),
        (_("WordSim-353, rho"), [_agreement(row.wordsim) for row in rows], [row.wordsim.rho if row.wordsim else None for row in rows]),
        (_("SimLex-999, rho"), [_agreement(row.simlex) for row in rows], [row.simlex.rho if row.simlex else None for row in rows]),
        (_("analogies right"), [_analogies(row.analogies) for row in rows], [row.analogies.right if row.analogies else None for row in rows]),
        (_("held-out AUC (counts alone)"), [f"{row.held_out_auc:.3f} ({row.frequency_auc:.3f})" for row in rows], []),
        (_("epochs"), [_epochs(row) for row in rows], []),
        (_("seconds of training"), [f"{row.seconds:.1f}" for row in rows], []),
        (_("words a second"), [rate(row.words_per_second) for row in rows], []),
    ]  # fmt: skip


def _by_class(rows: Sequence[Compared]) -> list[Line]:
    shares = {name: [row.purity_by_class.get(name) for row in rows] for name in rows[0].purity_by_class}
    return [(str(name), [_share(value) for value in values], values) for name, values in shares.items()]


def _by_relation(rows: Sequence[Compared]) -> list[Line]:
    return [
        (
            relation.replace("-", " "), [_analogies(row.analogies_by_relation[relation]) for row in rows],
            [row.analogies_by_relation[relation].right for row in rows],
        )
        for relation, first in rows[0].analogies_by_relation.items() if first.covered
    ]  # fmt: skip


def _html(rows: Sequence[Compared], lines: Sequence[Line], title: str = "") -> str:
    head = "".join(f"<th>{escape(short(row))}</th>" for row in rows)
    body = "".join(_line(rows, *line) for line in lines)
    return f'<div class="es-scroll"><table class="es-compare" style="--tasks:{len(rows)}"><thead><tr><th>{escape(title)}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def short(row: Compared) -> str:
    """The name of the task alone."""
    return _(row.title).partition(":")[0].partition("：")[0]


def _line(rows: Sequence[Compared], name: str, shown: list[str], values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    best = max(known) if len(known) > 1 and max(known) > min(known) else None
    cells = "".join(
        f'<td data-task="{escape(short(row))}">{f"<b>★ {text}</b>" if values and values[at] is not None and values[at] == best else text}</td>'
        for at, (row, text) in enumerate(zip(rows, shown, strict=True))
    )  # fmt: skip
    return f"<tr><th>{escape(name)}</th>{cells}</tr>"


def _epochs(row: Compared) -> str:
    shown = f"{row.epochs:.3g}"
    return _("{epochs}, stopped early").format(epochs=shown) if row.embedding.history.stopped else shown


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _agreement(found: Agreement | None) -> str:
    if found is None:
        return "–"
    return _("{rho}, {covered} of {total} pairs").format(
        rho=_number(found.rho), covered=found.covered, total=found.total
    )


def _analogies(found: AnalogyScore | None) -> str:
    if found is None:
        return "–"
    return _("{right} ({unfiltered}) of {covered}").format(
        right=found.right, unfiltered=found.right_unfiltered, covered=found.covered
    )
