"""Pictures of one visitor: started, watched as they form, kept, and turned onto the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import CoreError
from dashboard import frame, jobs, payloads, sources, workspaces
from dashboard.components.plot import Live, hold, plot
from dashboard.explore_views import colouring
from dashboard.explore_views.wishes import Wish
from dashboard.i18n import _, language

if TYPE_CHECKING:
    from core.arrays import FloatArray
    from core.figures.board import Panel
    from core.jobs import Event, Job

SLOT = "explore"
AT_ONCE = 4_000  # rows up to which a slow method starts by itself
MEASURED_ALONG = 50_000  # rows up to which a picture comes with its measures; beyond, it is shown before it is measured
QUICK = ("pca", "axes")
MEASURE_SLOT = "ex_measure"
_DRAWN, _LIVE, _REEL, _LAST, _WISH, _FAILED, _BOARDS = "es_ex_drawn", "es_ex_live", "es_ex_reel", "es_ex_last", "es_ex_wish", "es_ex_failed", "es_ex_boards"  # fmt: skip
_KEPT = 12
_BROWSERS = 32
_asked: dict[str, tuple[str, tuple[Any, ...]]] = {}  # browser -> (key of its last wish, its arguments)


@dataclass(frozen=True)
class Drawn:
    """A finished picture and the wish it answers."""

    wish: Wish
    result: Any

    @property
    def coordinates(self) -> FloatArray:
        found: FloatArray = self.result.coordinates
        return found

    @property
    def axes(self) -> tuple[str, ...]:
        """The titles of its axes, where they mean something."""
        return self.wish.axes or tuple(self.result.axes)


def button(source: sources.Source, wish: Wish) -> None:
    """Progress, Pause and Cancel while it runs; the button else. Quick pictures start by themselves."""
    quick = wish.method in QUICK or len(source.embedding) <= AT_ONCE
    if _astray(wish, quick):
        jobs.let_go(SLOT)
    running = jobs.running(SLOT)  # asked once: what ends meanwhile is taken when the progress notices
    if not running:
        finished(wish)
        failed = st.session_state.get(_FAILED) == wish.key
        if (quick or _left(wish) is not None) and not failed and wish.key not in _drawn():
            start(source, wish)
            running = jobs.running(SLOT)
    if running:
        jobs.progress(SLOT, stop=_("Cancel"), pausable=True)
    elif st.button(_("Draw"), type="primary", width="stretch", key="ex_draw", disabled=wish.key in _drawn()):
        start(source, wish)


def _left(wish: Wish) -> tuple[Any, ...] | None:
    """How this browser asked for that picture before a reload, if it did and did not cancel it: who asks so again joins the run."""
    key, work = _asked.get(workspaces.browser(), ("", ()))
    return work if key == wish.key and _WISH not in st.session_state else None


def _astray(wish: Wish, quick: bool) -> bool:
    """Whether what is being drawn is of another embedding, or of other settings where the ones set now are drawn at once."""
    under_way = begun()
    return under_way is not None and under_way.key != wish.key and (quick or under_way.table != wish.table)


def begun() -> Wish | None:
    """The wish whose picture is being drawn."""
    wish: Wish | None = st.session_state.get(_WISH)
    return wish if jobs.running(SLOT) else None


def start(source: sources.Source, wish: Wish) -> None:
    """Submit the picture, to be turned onto the one shown before, and wait a moment for it."""
    work = _left(wish) or arguments(source, wish, measure=len(source.embedding) <= MEASURED_ALONG)
    try:
        job = jobs.start(SLOT, "project", source.embedding.vectors, *work)
    except CoreError as error:
        frame.show(error)
        return
    st.session_state[_WISH] = wish
    _remember(wish, work)
    if job.wait(jobs.PATIENCE):
        _take()
    else:
        st.rerun()


def _remember(wish: Wish, work: tuple[Any, ...]) -> None:
    """The last picture of this browser, and how it was asked for, so that a reload joins its run."""
    name = workspaces.browser()
    if name:
        _asked.pop(name, None)
        _asked[name] = wish.key, work
        while len(_asked) > _BROWSERS:
            _asked.pop(next(iter(_asked)))


def arguments(source: sources.Source, wish: Wish, *, measure: bool = True) -> tuple[Any, ...]:
    """Of the task "project", after the vectors: to be turned onto the picture that this embedding had last."""
    before = earlier(source)
    onto = None if before is None else before.coordinates
    return wish.method, wish.components, wish.seed, wish.params, measure, onto


def _take() -> None:
    """Keep a finished picture; note a failed or cancelled one so that it is not tried again by itself."""
    wish: Wish = st.session_state[_WISH]
    result = jobs.take(SLOT)
    if result is None:
        st.session_state[_FAILED] = wish.key
        _asked.pop(workspaces.browser(), None)
        return
    keep(Drawn(wish, result))


def keep(drawn: Drawn) -> None:
    held = _drawn()
    while len(held) >= _KEPT:
        held.pop(next(iter(held)))
    held[drawn.wish.key] = drawn


def measure(source: sources.Source, drawn: Drawn) -> None:
    """Measure a picture that was shown first; the page runs again with its figures."""
    if drawn.result.quality is not None:
        return
    work = "quality", source.embedding.vectors, drawn.coordinates, 10, drawn.wish.metric
    found = jobs.beside(MEASURE_SLOT, drawn.wish.key, *work)
    if found is not None:
        keep(replace(drawn, result=replace(drawn.result, quality=found)))
        st.rerun()
    if jobs.current(MEASURE_SLOT) is None:
        st.button(_("Measure how far to trust it"), key="ex_measure_go", width="stretch", on_click=jobs.start, args=(MEASURE_SLOT, *work))  # fmt: skip


def _drawn() -> dict[str, Drawn]:
    held: dict[str, Drawn] = st.session_state.setdefault(_DRAWN, {})
    return held


def of(wish: Wish) -> Drawn | None:
    """The picture of that wish, if it is kept."""
    return _drawn().get(wish.key)


def finished(wish: Wish) -> Drawn | None:
    """The picture of that wish, if it is there."""
    if jobs.current(SLOT) is not None and not jobs.running(SLOT):
        _take()
    return of(wish)


def earlier(source: sources.Source) -> Drawn | None:
    """The picture of this embedding that was shown last."""
    kept, key = st.session_state.get(_LAST, ("", ""))
    return _drawn().get(key) if kept == source.embedding.fingerprint else None


def shown(source: sources.Source, wish: Wish) -> Drawn | None:
    """The picture to show: the one wished for, else the one before, else none."""
    done = finished(wish)
    if done is not None:
        st.session_state[_LAST] = source.embedding.fingerprint, wish.key
        return done
    return earlier(source)


def held_board(key: Any, make: Any) -> str:
    """The address of a board made once for each key and language."""
    held: dict[Any, str] = st.session_state.setdefault(_BOARDS, {})
    full = key, language()
    if full not in held:
        while len(held) >= _KEPT:
            held.pop(next(iter(held)))
        held[full] = hold(make())
    return held[full]


def panel(source: sources.Source, drawn: Drawn, dress: dict[str, Any], *, height: int = 640, title: str = "") -> Panel:
    """The map of a picture, in its colours."""
    return _panel(source, drawn.coordinates, drawn.axes, dress, height, title)


def _panel(
    source: sources.Source, coordinates: Any, axes: Any, dress: dict[str, Any], height: int, title: str
) -> Panel:
    from core.figures.maps import embedding_map

    dress = dress | _sprites(source, coordinates, dress)
    return embedding_map(
        coordinates, source.embedding.labels, others=_("others"), none=_("no class"), axes=axes, height=height, title=title, **dress
    )  # fmt: skip


def _sprites(source: sources.Source, coordinates: Any, dress: dict[str, Any]) -> dict[str, Any]:
    """The pictures of the rows, where there are some and the map is flat and shows no number by its colours."""
    from core.figures.board import Sprites

    pictures = source.embedding.pictures
    if pictures is None or coordinates.shape[1] != 2 or "numbers" in dress:
        return {}
    size = next(size for most, size in ((250, 20), (900, 13), (2000, 10), (10**9, 8)) if len(coordinates) <= most)
    high, wide = pictures.tile
    url = payloads.put(pictures.sheet, pictures.media)
    return {"sprites": Sprites(url=url, tile=wide, tall=high, columns=pictures.columns, size=size)}


def live(source: sources.Source, by: str, size: str) -> None:
    """The picture as it forms; while it is paused, it can be wound back through what was seen of it."""
    st.fragment(_live, run_every=jobs.BEAT)(source, by, size)


def _live(source: sources.Source, by: str, size: str) -> None:
    from core.figures.explore import map_board

    job = jobs.current(SLOT)
    if job is None or job.over:
        st.rerun()
    now, wish = job.frame, st.session_state[_WISH]
    if now is None or wish.method in QUICK:
        st.html(f'<div class="es-waiting">{_("Drawing") if wish.method in QUICK else _("Measuring distances")}</div>')
        return
    steps, frames = _so_far(job, now)
    # A step that was under way when it was paused still arrives: it is not shown, or it would take the slider from the hand.
    wanted = job.key, by, size, language(), bool(steps)
    key, board, seq = st.session_state.get(_LIVE, (None, "", -1))
    if key != wanted:
        dress = colouring.dress(source, by, size, None, None)
        panel = _panel(source, now.coordinates, (), dress, 640, "")
        board, seq = hold(map_board(panel, steps, frames, _("Step"))), now.seq
    moving = None if seq == now.seq or steps else Live(seq=now.seq, coordinates=now.coordinates)  # a frame is sent once
    st.session_state[_LIVE] = wanted, board, now.seq
    plot(board, key="ex_live", alt=_("The map as it forms"), live=moving)


def _so_far(job: Job, now: Event) -> tuple[Sequence[int], FloatArray | None]:
    """Steps and frames of the run, as far as they were shown here, while it is paused; none while it goes on."""
    from core.projection.reel import Reel

    key, last, reel = st.session_state.get(_REEL, ("", -1, None))
    if key != job.key or reel is None:
        last, reel = -1, Reel()
    if now.seq > last and now.coordinates is not None:
        reel.add(now.done, now.coordinates)
    st.session_state[_REEL] = job.key, now.seq, reel
    return reel.closed(now.done, now.coordinates) if job.paused else ([], None)
