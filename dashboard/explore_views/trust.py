"""How far a picture may be trusted: one sentence, a meter, curves over k, pairs, and seeds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard import controls, jobs, sources
from dashboard.components.plot import Highlight, Meter, plot
from dashboard.explore_views import asking, choosing, colouring, drawing
from dashboard.explore_views.drawing import Drawn
from dashboard.explore_views.wishes import Look
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.embedding import Neighbour
    from core.figures.trust import TrustWords

SLOT, SEEDS_SLOT = "ex_curves", "ex_seeds"
SEEDS = 4
_JUDGED, _SEEDS = "es_ex_judged", "es_ex_stability"


def sentence(drawn: Drawn) -> str:
    """'7 of 10 neighbours you see are real.'"""
    quality = drawn.result.quality
    if quality is None:
        return ""
    if no_distances(drawn):
        return _("All distances are equal, so there is no near and far that a picture could keep.")
    if quality.k < 10:
        return _("{share} of the neighbours you see are real.").format(share=f"{quality.neighbour_recall:.0%}")
    kept = round(quality.k * quality.neighbour_recall)
    return _("{kept} of {k} neighbours you see are real.").format(kept=kept, k=quality.k)


def no_distances(drawn: Drawn) -> bool:
    """Whether the picture cannot be judged, because all distances are equal and every order of neighbours is a tie."""
    quality = drawn.result.quality
    return quality is not None and math.isnan(quality.distance_spearman)


def measured(drawn: Drawn, rows: int) -> Meter | None:
    """The share of real neighbours beside what chance would give, for the bar under the picture."""
    quality = drawn.result.quality
    if quality is None or no_distances(drawn):
        return None
    share, chance = quality.neighbour_recall, min(1.0, quality.k / max(1, rows - 1))
    about = _("share of real neighbours, {share}; by chance {chance}").format(share=f"{share:.0%}", chance=f"{chance:.1%}")  # fmt: skip
    return Meter(share=share, chance=chance, text=sentence(drawn), about=about)


def figures(drawn: Drawn) -> None:
    """The sentence, and the figures after it."""
    quality = drawn.result.quality
    if quality is None:
        return
    st.markdown(f"**{_('How far to trust it.')}** {sentence(drawn)}")
    if no_distances(drawn):
        return
    rows = (
        (_("trustworthiness"), quality.trustworthiness), (_("continuity"), quality.continuity),
        (_("neighbour recall"), quality.neighbour_recall), (_("distances, Spearman"), quality.distance_spearman),
    )  # fmt: skip
    body = "".join(f"<tr><td>{label}</td><td>{_figure(value)}</td></tr>" for label, value in rows)
    fine = _("1 is a perfect picture; k = {k}, distances in the table: {metric}").format(
        k=quality.k, metric=controls.choice(drawn.wish.metric)
    )
    st.html(f'<table class="es-figures">{body}</table><p class="es-fine">{fine}</p>')
    if quality.trustworthiness > max(0.75, quality.neighbour_recall + 0.3):  # half is what chance gives
        st.caption(_("Recall asks whether drawn neighbours are among the {k} nearest; trustworthiness asks how far down the true order of all {rows} rows the false ones stand. So it can be high where recall is low.").format(rows=f"{len(drawn.coordinates):,}", k=quality.k))  # fmt: skip


def _figure(value: float) -> str:
    """Three digits; a dash where the figure is not defined."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def thrown_far(drawn: Drawn, row: int, near: list[Neighbour], k: int) -> list[int]:
    """Those of the true neighbours that the picture drew behind more than 5 k other points."""
    import numpy as np

    picture = drawn.coordinates
    away = np.square(picture - picture[row]).sum(axis=1)
    return [one.index for one in near if int((away < away[one.index]).sum()) > 5 * k]


def lit(source: sources.Source, drawn: Drawn, asked: asking.Asked, look: Look, *more: Drawn) -> Highlight:
    """The row asked about with lines to its true neighbours, dashed to those thrown far away in each picture."""
    embedding = source.embedding
    mask = choosing.mask(embedding)
    if asked.row is None:
        return Highlight(None, asked.rows, focus=asking.focus_found(), chosen=mask)
    far = [thrown_far(one, asked.row, asked.near, look.k) for one in (drawn, *more)]
    return Highlight(asked.row, asked.rows, focus=asking.focus(asked.row), far=far, chosen=mask)


def far_words(highlight: Highlight, look: Look) -> str:
    """What a dashed line means, where there is one."""
    count = len(highlight.far[0]) if highlight.far else 0
    if not count:
        return ""
    return _("Dashed: {count} true neighbours that the picture drew far away, each behind more than {behind} other points.").format(count=count, behind=5 * look.k)  # fmt: skip


def render(source: sources.Source, drawn: Drawn, asked: asking.Asked, look: Look) -> None:
    """The map coloured by its own error over the curves and the pairs; computed in a worker."""
    from core.figures.explore import trust_board
    from core.figures.trust import curves_panel, pairs_panel

    judged = _judged(source, drawn, look.k)
    error = _error(source, judged)
    words = _words()
    spearman = _("Distances pair by pair: Spearman {value}").format(value=_figure(judged.curves.distance_spearman))

    def make() -> Any:
        dress = colouring.dress(source, colouring.ERROR, look.size, error, None)
        below = curves_panel(judged.curves, judged.quality.k, words), pairs_panel(judged.pairs, words, spearman)
        return trust_board(drawing.panel(source, drawn, dress, height=430), *below)

    highlight = lit(source, drawn, asked, look)
    plot(
        drawing.held_board(("trust", drawn.wish.key, look), make), key="ex_trust", highlight=highlight,
        meters=[measured(drawn, len(source.embedding))],
        alt=_("The map coloured by the error of each point, curves of trust over the number of neighbours, and distances pair by pair"),
        on_pick=lambda row: asking.clicked(source.embedding.labels, row),
        on_lasso=lambda rows: choosing.choose(source.embedding, rows),
    )  # fmt: skip
    st.caption(far_words(highlight, look) or _said(judged))
    _seeds(source, drawn, look.k)


def _judged(source: sources.Source, drawn: Drawn, k: int) -> Any:
    held: dict[Any, Any] = st.session_state.setdefault(_JUDGED, {})
    key = drawn.wish.key, k
    if key not in held:
        found = jobs.result_of(
            SLOT, repr(key), "curves", source.embedding.vectors, drawn.coordinates, k, drawn.wish.metric
        )
        while len(held) >= 6:
            held.pop(next(iter(held)))
        held[key] = found
    return held[key]


def _error(source: sources.Source, judged: Any) -> Any:
    """(n,) the share of each point's drawn neighbours that are false; NaN where it was not judged."""
    import numpy as np

    error = np.full(len(source.embedding), np.nan, np.float32)
    error[judged.quality.points] = 1 - judged.quality.neighbour_recall_per_point
    return error


def _words() -> TrustWords:
    from core.figures.trust import TrustWords

    return TrustWords(
        curves=_("Trust over the number of neighbours k; dotted: a random picture"), trustworthiness=_("trustworthiness"),
        continuity=_("continuity"), recall=_("neighbour recall"), chance=_("by chance"), neighbours=_("k, the number of neighbours"),
        pairs=_("Distances pair by pair"), table=_("distance in the table"), picture=_("distance in the picture"),
    )  # fmt: skip


def _said(judged: Any) -> str:
    """What was sampled for these figures, and how."""
    parts = []
    if judged.curves.sampled:
        parts.append(_("curves: {count} of {of} rows, drawn by chance, each compared with all").format(count=f"{judged.curves.sampled:,}", of=f"{judged.curves.of:,}"))  # fmt: skip
    if judged.quality.sampled:
        parts.append(_("own error: {count} rows, the others are grey").format(count=f"{judged.quality.sampled:,}"))
    if judged.pairs.sampled:
        parts.append(_("pairs: {count} of {of}, drawn by chance").format(count=f"{judged.pairs.sampled:,}", of=f"{judged.pairs.of:,}"))  # fmt: skip
    return " · ".join(parts)


def _seeds(source: sources.Source, drawn: Drawn, k: int) -> None:
    """Whether other seeds would draw the same neighbours: asked for, because it draws the picture several times."""
    if drawn.wish.method in drawing.QUICK:
        st.caption(_("This method has no seed: it draws the same picture every time."))
        return
    held: dict[Any, Any] = st.session_state.setdefault(_SEEDS, {})
    key = drawn.wish.key, k
    if jobs.running(SEEDS_SLOT):
        jobs.progress(SEEDS_SLOT, stop=_("Cancel"))
        return
    found = jobs.take(SEEDS_SLOT)
    if found is not None:
        held[st.session_state["es_ex_seeds_for"]] = found.stability
    if key in held:
        stable = held[key]
        st.markdown(
            _("**Stability.** Over {pictures} seeds, {kept} of {k} drawn neighbours stay the same; of random pictures {chance} would.")
            .format(pictures=stable.pictures, kept=f"{stable.mean * stable.k:.1f}", k=stable.k, chance=f"{stable.by_chance * stable.k:.1f}")
        )  # fmt: skip
        if stable.sampled:
            st.caption(_("measured on {count} rows").format(count=f"{stable.sampled:,}"))
    elif st.button(
        _("Draw with {count} seeds and compare").format(count=SEEDS), key="ex_seeds", help=_("Says how much of this picture is chance.")
    ):  # fmt: skip
        wish = drawn.wish
        seeds = [wish.seed + at for at in range(SEEDS)]
        st.session_state["es_ex_seeds_for"] = key
        jobs.start(SEEDS_SLOT, "stability", source.embedding.vectors, wish.method, wish.components, seeds, wish.params, k)  # fmt: skip
        st.rerun()
