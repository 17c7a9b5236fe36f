"""What the Explore page is made of: the wish for a picture, the picture as it forms, and its trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_, CoreError
from dashboard import controls, frame, jobs, links, sources
from dashboard.components.plot import Live, hold, plot
from dashboard.i18n import _, language

if TYPE_CHECKING:
    from core.embedding import Embedding

SLOT = "explore"
AT_ONCE = 4_000  # rows up to which a slow method starts by itself
_DRAWN, _LIVE, _LAST = "es_ex_drawn", "es_ex_live", "es_ex_last"
_KEPT = 8


@dataclass(frozen=True)
class Wish:
    """The picture asked for. `key` names it: the same embedding and settings, the same picture."""

    method: str
    components: int
    seed: int
    params: dict[str, Any]
    metric: str
    k: int
    colour: str | None
    key: str
    changes: tuple[str, ...]


def choose(source: sources.Source) -> Wish:
    """The controls of the picture."""
    from core.arrays import fingerprint
    from core.embedding import METRICS
    from core.projection import METHODS

    titles = {variant.name: variant.title for variant in METHODS}
    method = links.choice(st.segmented_control, _("Method"), titles, key="ex_method", default="pca", required=True)
    solid = (
        st.segmented_control(
            _("Dimensions of the picture"), [2, 3], default=2, required=True, key="ex_dims", bind="query-params"
        )
        or 2
    )
    variant = METHODS.get(method)
    st.caption(_(variant.about))
    params = controls.settings(variant.params, f"ex_{method}")
    with st.expander(_("More")):
        params |= controls.settings(variant.params, f"ex_{method}", folded=True)
        seed = st.number_input(_("Seed"), 0, 2**31 - 1, 0, key="ex_seed", bind="query-params")
        metric = links.choice(
            st.selectbox, _("Measure of the neighbours"), controls.choices(METRICS), key="ex_metric", default="cosine"
        )
        k = st.slider(_("Neighbours"), 1, 50, 10, key="ex_k", bind="query-params")
        columns = list(source.embedding.metadata)
        colour = st.selectbox(_("Colour"), columns, format_func=_column, key="ex_colour") if columns else None
    key = fingerprint(source.embedding.fingerprint, method, int(solid), int(seed), params)
    wish = Wish(
        method, int(solid), int(seed), params, metric, k, colour, key, _changes(source, method, int(solid), params)
    )
    _draw_button(source, wish)
    return wish


def _changes(source: sources.Source, method: str, components: int, params: dict[str, Any]) -> tuple[str, ...]:
    """What the data forces: settings that the engine will clamp, said before and after."""
    from core.projection import effective

    notes = effective(method, len(source.embedding), params, components=components)
    return tuple(_(note.template).format(**note.values) for note in notes)


def _draw_button(source: sources.Source, wish: Wish) -> None:
    """Progress and Cancel while it runs; the button else. Quick pictures start by themselves."""
    quick = wish.method == "pca" or len(source.embedding) <= AT_ONCE
    failed = st.session_state.get("es_ex_failed") == wish.key
    if quick and not failed and wish.key not in _drawn() and jobs.current(SLOT) is None:
        _start(source, wish)
    if jobs.running(SLOT):
        jobs.progress(SLOT, stop=_("Cancel"))
    elif st.button(_("Draw"), type="primary", width="stretch", key="ex_draw", disabled=wish.key in _drawn()):
        _start(source, wish)


def _start(source: sources.Source, wish: Wish) -> None:
    try:
        job = jobs.start(
            SLOT, "project", source.embedding.vectors, wish.method, wish.components, wish.seed, wish.params
        )
    except CoreError as error:
        frame.show(error)
        return
    st.session_state["es_ex_wish"] = wish.key
    if job.wait(jobs.PATIENCE):
        _take()
    else:
        st.rerun()


def _take() -> None:
    """Keep a finished picture; note a failed one so that it is not tried again by itself."""
    key = st.session_state.get("es_ex_wish", "")
    result = jobs.take(SLOT)
    if result is None:
        st.session_state["es_ex_failed"] = key
        return
    drawn = _drawn()
    while len(drawn) >= _KEPT:
        drawn.pop(next(iter(drawn)))
    drawn[key] = result


def _drawn() -> dict[str, Any]:
    held: dict[str, Any] = st.session_state.setdefault(_DRAWN, {})
    return held


def finished(source: sources.Source, wish: Wish) -> Any | None:
    if jobs.current(SLOT) is not None and not jobs.running(SLOT):
        _take()
    return _drawn().get(wish.key)


def board(source: sources.Source, wish: Wish) -> tuple[str | None, bool]:
    """(address of the board to show, whether it is the one wished for): the finished picture, else an
    earlier one of the same embedding, else None."""
    done = finished(source, wish)
    if done is None:
        kept, address = st.session_state.get(_LAST, ("", None))
        return (address, False) if kept == source.embedding.fingerprint else (None, False)
    address = _hold(done.coordinates, source, wish, done.axes)
    st.session_state[_LAST] = source.embedding.fingerprint, address
    return address, True


def _hold(coordinates: Any, source: sources.Source, wish: Wish, axes: Sequence[str]) -> str:
    key = (wish.key, wish.colour, language(), len(axes))
    held: dict[Any, str] = st.session_state.setdefault("es_ex_boards", {})
    if key not in held:
        while len(held) >= _KEPT:
            held.pop(next(iter(held)))
        held[key] = hold(_board(coordinates, source.embedding, wish.colour, axes))
    return held[key]


def _board(coordinates: Any, embedding: Embedding, colour: str | None, axes: Sequence[str]) -> Any:
    from core.figures.board import Board
    from core.figures.maps import embedding_map

    column = embedding.metadata.get(colour) if colour else None
    panel = embedding_map(
        coordinates, embedding.labels, classes=column, others=_("others"), none=_("no class"), axes=axes, height=660
    )
    return Board(panels=[panel])


def live(source: sources.Source) -> None:
    """The picture as it forms."""
    st.fragment(_live, run_every=jobs.BEAT)(source)


def _live(source: sources.Source) -> None:
    job = jobs.current(SLOT)
    if job is None or job.over:
        st.rerun()
    frame_now = job.frame
    if frame_now is None:
        st.html(f'<div class="es-waiting">{_("Measuring distances")}</div>')
        return
    held: tuple[str, str] = st.session_state.get(_LIVE, ("", ""))
    if held[0] != job.key:
        colour = st.session_state.get("ex_colour")
        held = job.key, hold(_board(frame_now.coordinates, source.embedding, colour, ()))
        st.session_state[_LIVE] = held
    plot(
        held[1],
        key="ex_live",
        alt=_("The map as it forms"),
        live=Live(seq=frame_now.seq, coordinates=frame_now.coordinates),
    )


def spelled(embedding: Embedding, word: str) -> str:
    """The label meant by a word typed in another case; the word itself when there is none."""
    return next((form for form in (word.lower(), word.upper(), word.title()) if form in embedding), word)


def name(source: sources.Source, row: int) -> None:
    """The chosen word and what is known of it."""
    embedding = source.embedding
    facts = [
        f"{_column(column)}: {values[row]}"
        for column, values in embedding.metadata.items()
        if values[row] not in (None, "")
    ]
    st.markdown(
        f"**{frame.plain(embedding.labels[row])}**" + (f"  \n{frame.plain(' · '.join(facts))}" if facts else "")
    )


def _column(name: str) -> str:
    """The title of a column of metadata: ours in the reader's language, others as they came."""
    return _("class") if name == "class" else name


def trust(done: Any, wish: Wish) -> None:
    """How far this picture may be trusted, in words first and figures after."""
    quality = done.quality
    if quality is None:
        return
    kept = round(quality.k * quality.neighbour_recall)
    st.markdown(
        f"**{_('How far to trust it.')}** "
        + _("Of the {k} nearest points you see around a word, {kept} are on average among its {k} nearest in the table.").format(k=quality.k, kept=kept)
    )  # fmt: skip
    rows = (
        (_("trustworthiness"), quality.trustworthiness), (_("continuity"), quality.continuity),
        (_("neighbour recall"), quality.neighbour_recall), (_("distances, Spearman"), quality.distance_spearman),
    )  # fmt: skip
    body = "".join(f"<tr><td>{label}</td><td>{value:.3f}</td></tr>" for label, value in rows)
    metric = controls.choice(str(wish.params.get("metric", "euclidean")))
    fine = _("1 is a perfect picture; k = {k}, distances in the table: {metric}").format(k=quality.k, metric=metric)
    st.html(f'<table class="es-figures">{body}</table><p class="es-fine">{fine}</p>')


def reading(wish: Wish) -> None:
    """What this kind of picture shows, and what it does not."""
    texts = {
        "pca": (
            N_("Every point is a row, at its two or three widest directions. Straight lines stay straight, and the axes say what share of the variance they hold."),
            N_("What lies in the other directions is folded flat: two points on one spot may be far apart in the table."),
        ),
        "tsne": (
            N_("Rows that are near each other in the table are pulled together, all others pushed apart."),
            N_("The sizes of clusters, the gaps between them and the axes carry no meaning. Another seed or perplexity draws another picture of the same table."),
        ),
        "umap": (
            N_("A graph of near rows, laid out flat: linked rows attract, others repel."),
            N_("Gaps and densities are the method's, not the data's. Its large-scale shape comes mostly from where the points started."),
        ),
    }  # fmt: skip
    see, doubt = texts.get(wish.method, texts["pca"])
    frame.reading(_(see), _(doubt))


def tries(wish: Wish) -> None:
    frame.tries()
    other = "tsne" if wish.method != "tsne" else "umap"
    label = _("The same as t-SNE") if other == "tsne" else _("The same as UMAP")
    st.button(label, key="ex_try_method", width="stretch", on_click=_set, args=("ex_method", other))
    st.button(
        _("Turn it in 3-D") if wish.components == 2 else _("Back to 2-D"),
        key="ex_try_dims",
        width="stretch",
        on_click=_set,
        args=("ex_dims", 5 - wish.components),
    )


def take_away(source: sources.Source, done: Any) -> None:
    """The coordinates of the picture with their labels, made when they are asked for."""

    def table() -> bytes:
        from core.embedding import Embedding
        from core.formats import write_embedding

        return write_embedding(Embedding(source.embedding.labels, done.coordinates), "csv")

    st.download_button(
        _("Coordinates as CSV"), table, "coordinates.csv", "text/csv", key="ex_csv", width="stretch", on_click="ignore"
    )


def _set(key: str, value: Any) -> None:
    st.session_state[key] = value


def lassoed(source: sources.Source, rows: Sequence[int]) -> None:
    """The rows inside the lasso, as a list to take away."""
    embedding = source.embedding
    chosen = [row for row in rows if row < len(embedding)]
    st.caption(_("{count} rows in the lasso").format(count=f"{len(chosen):,}"))
    st.dataframe({_("label"): [embedding.labels[row] for row in chosen]}, height=180, hide_index=True)


def receipt(source: sources.Source, wish: Wish, done: Any | None) -> tuple[str, ...]:
    from core.projection import METHODS

    quality = getattr(done, "quality", None)
    sampled = getattr(quality, "sampled", None)
    return (
        source.title,
        _("{count} rows of {dim} dimensions").format(count=f"{len(source.embedding):,}", dim=source.embedding.dim),
        source.origin if source.origin != source.title else "",
        _(METHODS.get(wish.method).title),
        _("all {count} rows drawn").format(count=f"{len(source.embedding):,}") if done is not None else "",
        _("seed {seed}").format(seed=wish.seed),
        *wish.changes,
        _("trust measured on {count} rows").format(count=f"{sampled:,}") if sampled else "",
        _("{seconds} s").format(seconds=f"{done.seconds:.1f}") if done is not None else "",
    )
