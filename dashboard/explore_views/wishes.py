"""The picture asked for: its controls, and what names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.errors import N_, CoreError
from core.notes import Note
from dashboard import controls, frame, links, sources
from dashboard.explore_views import colouring
from dashboard.i18n import _


@dataclass(frozen=True)
class Wish:
    """A picture of one embedding. `key` names it: the same embedding and settings, the same picture; `table` is the
    fingerprint of the embedding."""

    method: str
    components: int
    seed: int
    params: dict[str, Any]
    key: str
    table: str
    axes: tuple[str, ...] = ()
    notes: tuple[Note, ...] = field(default=(), compare=False)

    @property
    def metric(self) -> str:
        """The measure in which the picture was drawn, and so is judged."""
        from core.projection import judged_in

        return judged_in(self.method, self.params, components=self.components)

    @property
    def title(self) -> str:
        """'t-SNE, perplexity 30, seed 0'"""
        from core.projection import METHODS

        names = {"perplexity": _("perplexity {value}"), "n_neighbors": _("{value} neighbours")}
        said = [names[name].format(value=f"{value:g}") for name, value in self.params.items() if name in names]
        seed = [_("seed {seed}").format(seed=self.seed)] if self.method in ("tsne", "umap") else []
        return ", ".join([_(METHODS.get(self.method).title), *said, *seed])


@dataclass(frozen=True)
class Look:
    """What is shown of a picture beside its points."""

    colour: str
    size: str
    metric: str
    k: int


def make(
    source: sources.Source, method: str, components: int, seed: int, params: dict[str, Any], axes: tuple[str, ...] = ()
) -> Wish:
    """The wish of these settings, and what the data will change of them."""
    from core.arrays import fingerprint
    from core.projection import effective

    key = fingerprint(source.embedding.fingerprint, method, components, seed, params, list(axes))
    notes = effective(method, len(source.embedding), params, components=components)
    return Wish(method, components, seed, params, key, source.embedding.fingerprint, axes, notes)


def choose(source: sources.Source, coloured: bool) -> tuple[Wish, Look]:
    """The controls of the picture: what is always seen, and the rest under More. Not `coloured`: its colours are not to be chosen."""
    from core.embedding import METRICS
    from core.params import controls as describe
    from core.projection import METHODS

    titles = {variant.name: variant.title for variant in METHODS} | {"axes": N_("Axes")}
    method = links.choice(st.segmented_control, _("Method"), titles, key="ex_method", default="pca", required=True)
    variant = METHODS.get(method)
    st.caption(_(variant.about))
    dims = links.choice(
        st.segmented_control, _("Dimensions of the picture"), {"2": N_("2-D"), "3": N_("3-D")}, key="ex_dims", default="2", required=True,
    )  # fmt: skip
    components = int(dims)
    axes, directions = _named_axes(source, components) if method == "axes" else ((), ())
    seen = [name for name, _default, one in describe(variant.params) if not one.folded]
    seen.sort(key=lambda name: name in ("metric", "iterations", "epochs"))  # what shapes the picture most comes first
    params = controls.settings(variant.params, f"ex_{method}", skip=seen[1:])
    colour = colouring.choose(source, coloured)
    with st.expander(_("More")):
        params |= controls.settings(variant.params, f"ex_{method}", skip=seen[:1])
        params |= controls.settings(variant.params, f"ex_{method}", folded=True)
        seed = links.setting(
            st.number_input, _("Seed"), key="ex_seed", default=0, low=0, high=2**31 - 1,
            help=_("What is left to chance starts from this number: the same seed, the same picture."),
        )  # fmt: skip
        metric = links.choice(
            st.selectbox, _("Measure of the neighbours"), controls.choices(METRICS), key="ex_metric", default="cosine",
            help=_("How near two rows of the table are. It is asked of the table, never of the picture."),
        )  # fmt: skip
        k = links.setting(
            st.slider, _("Neighbours"), key="ex_k", default=10, low=1, high=50,
            help=_("How many are lit and listed around a word."),
        )  # fmt: skip
        size = colouring.choose_size(source)
    if method == "axes":
        params["axes"] = directions
    return make(source, method, components, int(seed), params, axes), Look(colour, size, metric, int(k))


def _named_axes(source: sources.Source, components: int) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """(titles, directions) of the axes a person named by words; what cannot be read is said, and left to the data."""
    from core.projection.axes import axis_rows

    questions = ((_("Horizontal axis"), "ex_axis_x"), (_("Vertical axis"), "ex_axis_y"), (_("Third axis"), "ex_axis_z"))
    titles, directions = [], []
    for title, key in questions[:components]:
        line = links.setting(
            st.text_input, title, key=key, default="", placeholder=_("woman - man"),
            help=_("Words of this embedding: those to point at, and after a minus those to point away from."),
        ).strip()  # fmt: skip
        if not line:
            continue
        try:
            directions.append(axis_rows(source.embedding, line))
            titles.append(line)
        except CoreError as error:
            frame.show(error)
    titles += [_("widest direction of the rest")] * (components - len(titles))
    return tuple(titles), tuple(directions)


def said(wish: Wish) -> list[str]:
    """What the data changed of the settings, in the reader's language."""
    return [_(note.template).format(**note.values) for note in wish.notes]
