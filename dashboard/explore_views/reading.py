"""The words beside a picture: what it shows, what not to conclude, what to try, and its receipt."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import N_
from dashboard import exports, frame, sources
from dashboard.explore_views import wishes
from dashboard.explore_views.drawing import Drawn
from dashboard.explore_views.wishes import Wish
from dashboard.i18n import _, origin, shape

_TEXTS = {
    "pca": (
        N_("Every point is a row, at its two or three widest directions. Straight lines stay straight, and the axes say what share of the variance they hold."),
        N_("What lies in the other directions is folded flat: two points on one spot may be far apart in the table."),
    ),
    "tsne": (
        N_("Rows that are near each other in the table are pulled together, all others pushed apart."),
        N_("The sizes of clusters, the gaps between them and the axes carry no meaning. Another seed or perplexity draws another picture of the same table."),
    ),
    "umap": (
        N_("A graph of near rows, laid out: linked rows attract, others repel."),
        N_("Gaps and densities are the method's, not the data's. Its large-scale shape comes mostly from where the points started."),
    ),
    "axes": (
        N_("Every row lies where it points along the axes you named; an axis that you did not name is the widest direction of the rest."),
        N_("A word far out on an axis shares that direction of the data. It need not mean what the axis is called."),
    ),
}  # fmt: skip


def texts(wish: Wish) -> None:
    """What this kind of picture shows, and what it does not."""
    see, doubt = _TEXTS.get(wish.method, _TEXTS["pca"])
    frame.reading(_(see), _(doubt))


def of_several() -> None:
    """The same for maps side by side."""
    frame.reading(
        _("The same rows in every map: what you point at, click or choose in one is so in all. The bar under each says how many of its drawn neighbours are real."),
        _("Maps that agree need not be right, and a map that is turned or stretched is no other map: look at who is near whom."),
    )  # fmt: skip


def tries(wish: Wish, view: str) -> None:
    """Buttons that change one thing."""
    frame.tries()
    if view != "trust":
        _offer("trust", _("How far can I trust this?"), ex_view="trust")
    else:
        _offer("map", _("Back to the map"), ex_view="map")
    if view != "compare":
        _offer("compare", _("The same table, three methods"), ex_view="compare", ex_cmp="methods")
    if wish.method == "axes":
        _offer("axis", _("An axis from man to woman"), ex_axis_x="woman - man")
    else:
        other = "tsne" if wish.method != "tsne" else "umap"
        label = _("The same as t-SNE") if other == "tsne" else _("The same as UMAP")
        _offer("method", label, ex_method=other, ex_view="map")
    _offer("dims", _("Turn it in 3-D") if wish.components == 2 else _("Back to 2-D"), ex_dims=str(5 - wish.components))


def _offer(key: str, label: str, **widgets: Any) -> None:
    st.button(label, key=f"ex_try_{key}", width="stretch", on_click=_set, args=(widgets,))


def _set(widgets: dict[str, Any]) -> None:
    for key, value in widgets.items():
        st.session_state[key] = value


def take_away(source: sources.Source, drawn: Drawn) -> None:
    """The coordinates of the picture with their labels, made when they are asked for, and how it was made."""
    from dataclasses import asdict, is_dataclass

    quality = drawn.result.quality

    def columns() -> dict[str, Any]:
        places = {axis: drawn.coordinates[:, at] for at, axis in enumerate("xyz"[: drawn.coordinates.shape[1]])}
        return {"label": source.embedding.labels} | places

    def about() -> dict[str, Any]:
        measured = {name: value for name, value in asdict(quality).items() if isinstance(value, (int, float))} if is_dataclass(quality) else {}  # fmt: skip
        return {"embedding": source.title, "origin": origin(source.origin), "quality": measured}  # fmt: skip

    st.caption(_("Coordinates of the picture"))
    exports.table(columns, "coordinates", about, key="ex_xy")
    with st.popover(_("Download the embedding"), width="stretch"):
        made = {"name": source.title, "origin": origin(source.origin), "rows": len(source.embedding), "dimensions": source.embedding.dim}  # fmt: skip
        exports.embedding(
            source.title, lambda: source.embedding, made | {"settings": sources.settings_of(source.id)}, key="ex_emb"
        )


def receipt(source: sources.Source, wish: Wish, drawn: Drawn | None) -> tuple[str, ...]:
    """Of the picture that is shown, or while there is none of the one wished for."""
    shown = wish if drawn is None else drawn.wish
    quality = None if drawn is None else drawn.result.quality
    sampled = getattr(quality, "sampled", None)
    return (
        *about(source),
        shown.title,
        _("all {count} rows drawn").format(count=f"{len(source.embedding):,}") if drawn is not None else "",
        *wishes.said(shown),
        _("trust measured on {count} rows").format(count=f"{sampled:,}") if sampled else "",
        _("{seconds} s").format(seconds=f"{drawn.result.seconds:.1f}") if drawn is not None else "",
    )


def about(source: sources.Source) -> tuple[str, ...]:
    """Of the table itself."""
    return (
        source.title,
        shape(len(source.embedding), source.embedding.dim),
        origin(source.origin) if source.origin != source.title else "",
    )
