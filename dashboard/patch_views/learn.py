"""Learn: a projection trains on the photo's own patches, and the photo comes back out of its tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.errors import N_
from dashboard import frame, jobs, payloads, photos
from dashboard.components.plot import hold, plot
from dashboard.frame import View
from dashboard.i18n import _, language
from dashboard.patch_views import grid as places
from dashboard.patch_views import learned, lesson, parts, together, work
from dashboard.patch_views.learned import SLOT, Wish, levels

if TYPE_CHECKING:
    from core.arrays import FloatArray
    from core.figures.board import Board
    from core.patches import LearnedProjection
    from dashboard.patch_views.grid import Grid
    from dashboard.patch_views.work import Cut

TITLE = N_("Learn")
WAY, STEPS, PLOT = "pat_way", "pat_steps", "pat_learn"
_SIDE, _BOARD = "pat_learn_side", "pat_learn_board"
_BEGUN = "pat_learn_begun"  # the scene in which the running training was started
_WAYS = {"plain": N_("whole patches"), "masked": N_("half hidden")}
_LENGTHS = (250, 500, 1000, 2000, 4000)


def render(view: View) -> None:
    with view.controls:
        shown = photos.choose()
        of, size, asked, button = st.container(), st.container(), parts.dim(), st.container()
        way = parts.choose(_("What it is given"), _WAYS, WAY, _("Whole patches, to put together again; or patches with half of their pixels hidden, to fill in."))  # fmt: skip
        with st.expander(_("More")):
            fit = parts.fit()
            steps = parts.slide(_("Training steps"), _LENGTHS, 1000, STEPS, _("Each step looks at 256 patches and changes every weight a little."))  # fmt: skip
            chosen = parts.Settings(fit, asked, parts.size(), parts.seed(), parts.wide())
    made = work.working(shown.photo, chosen.longest)
    with view.picture:
        grid = places.find(shown.id, made.photo, fit, shown.side, chosen.wide)
    with size:
        side_slider(grid, grid.sides)
    done = work.cut(made, grid.patch, fit)
    row = places.chosen(made.photo, grid.lattice, done.vectors)
    with of:
        taught = lesson.lesson(lesson.choose(shown), done, chosen.longest)
    with button:
        wish = Wish(taught, _narrowed(done.first.shape[1], asked), way, chosen.seed, steps)
        found = _trained(wish, Scene(done, grid))
    with view.picture:
        link = parts.link(shown, chosen, grid, row, **{WAY: way, STEPS: steps, **lesson.link(shown)})
        if jobs.running(SLOT):
            st.fragment(_live, run_every=jobs.BEAT)(Scene(done, grid))
        else:
            _finished(wish, found, Scene(done, grid), link)
    with view.reading:
        _reading(wish, found is not None, photos.beside(shown), chosen.longest)
    view.status(*parts.photo_facts(shown, made, done), *_receipt(wish, found, done, grid))


@dataclass(frozen=True, slots=True)
class Scene:
    """The photo that is put together again: its cut, and the grid it was cut by."""

    done: Cut
    grid: Grid


def side_slider(grid: Grid, sides: Sequence[int]) -> None:
    """The patch size that all views share, where it is not moved in the figure."""
    st.session_state[_SIDE] = grid.side
    if len(sides) == 1:
        st.caption(_("Patches of {side} pixels are shown.").format(side=grid.side))
        return
    st.select_slider(
        _("Patch size"), sides, key=_SIDE, format_func=lambda side: f"{grid.wide or side} × {side}",
        on_change=lambda: places.turn_to(st.session_state[_SIDE]),
    )  # fmt: skip


def _narrowed(values: int, dim: int) -> int:
    """The numbers a token that are trained, and a sentence where they are fewer than asked for."""
    used = max(1, min(dim, values, learned.MOST_WEIGHTS // values))
    if used < dim:
        st.caption(_("Trained to {used} numbers a token: a patch has {values} values, and at most {most} weights are trained here.").format(used=used, values=f"{values:,}", most=f"{learned.MOST_WEIGHTS:,}"))  # fmt: skip
    return used


def _trained(wish: Wish, scene: Scene) -> LearnedProjection | None:
    """Train, its progress and its Stop; the first training of a visit begins by itself."""
    found = learned.found(wish)
    first = learned.asked() is None
    pressed = st.button(_("Train"), type="primary", width="stretch", key="pat_train", disabled=jobs.running(SLOT))
    if found is None and (first or pressed):
        st.session_state[_BEGUN] = scene
        learned.start(wish).wait(jobs.PATIENCE)
        found = learned.found(wish)
    jobs.progress(SLOT, stop=_("Stop"), keeps=True)
    return found


def _live(scene: Scene) -> None:
    """The photo as the running training puts it together; redraws itself while it runs."""
    job, wish = jobs.current(SLOT), learned.asked()
    if job is None or job.over or wish is None:
        st.rerun()
    picture = job.frame
    if picture is None:
        st.html(f'<div class="es-waiting">{_("Cutting the photo")}</div>')
        return
    if scene.done.patch != wish.lesson.patch:  # the reader looks at patches of another size by now
        scene = st.session_state[_BEGUN]
    events = [event for event in job.history if "error" in event.figures]
    both = picture.coordinates[:-1].reshape(1, 2, wish.dim, -1)
    error = [event.figures["error"] for event in events]
    learning = Learnt(both, picture.coordinates[-1], [event.done for event in events], error, least=events[-1].figures["optimum"])  # fmt: skip
    plot(_board(wish, scene, learning), key=PLOT, alt=_alt(wish))


def _finished(wish: Wish, found: LearnedProjection | None, scene: Scene, link: dict[str, str | int]) -> None:
    key = (wish.key, found is None, scene.done.key, tuple(learned.tried(wish.lesson)), language())
    held: tuple[Any, str] = st.session_state.get(_BOARD, (None, ""))
    if held[0] != key or payloads.get(held[1].removeprefix("payload/")) is None:
        held = key, hold(_board(wish, scene, _untrained(wish) if found is None else _learnt(found)))
        st.session_state[_BOARD] = held
    if found is None:
        st.caption(_("Not trained at these settings yet: every patch comes back as the mean patch. Press Train."))
    plot(held[1], key=PLOT, alt=_alt(wish), link=link)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A training so far: `frames` (f, 2, dim, d) weights around the mean patch `mean` (d,); `steps` and `error` a record each, more
    than frames while it runs: then the newest picture stands for all. `optimum` as in `LearnedProjection`, or only the `least`."""

    frames: FloatArray
    mean: FloatArray
    steps: Sequence[int]
    error: Sequence[float]
    optimum: Sequence[float] = ()
    least: float = np.nan


def _learnt(found: LearnedProjection) -> Learnt:
    at = np.searchsorted(found.steps, found.frame_steps)
    return Learnt(found.frames, found.mean, found.frame_steps.tolist(), found.error[at].tolist(), found.optimum.tolist())  # fmt: skip


def _untrained(wish: Wish) -> Learnt:
    """The start, as the training itself would begin."""
    from core.patches.projecting import random_weights

    weights = random_weights(wish.dim, len(wish.lesson.mean), wish.seed).astype(np.float32)
    return Learnt(np.stack([weights, np.zeros_like(weights)])[None], wish.lesson.mean, [0], [wish.lesson.spread])


def _board(wish: Wish, scene: Scene, learning: Learnt) -> Board:
    from core.figures.learned_patches import LearnScene, Strip, learned_board

    optimum, least, steps = np.array(learning.optimum), learning.least, learning.steps
    if len(optimum):
        least = optimum[min(wish.dim, len(optimum)) - 1]
    image, file = learned.given(wish.how, scene.done, learning.mean)
    made, reading, writing = learned.strips(wish.how, scene.done, learning.frames, learning.mean)
    live = len(learning.frames) < len(steps)
    drawn = LearnScene(
        given=Strip(url=payloads.put(*file), width=image.shape[1], height=image.shape[0]),
        made=made, reading=reading, writing=writing, lattice=scene.grid.lattice, pixels=image.shape[:2],
        steps=steps[-1:] if live else steps, told=steps, error=levels(np.asarray(learning.error)), least=float(levels(least)),
        optimum=levels(optimum), dim=wish.dim, tried=learned.tried(wish.lesson),
    )  # fmt: skip
    return learned_board(drawn, _words(wish), _line(wish, drawn.least))


def _words(wish: Wish) -> Any:
    from core.figures.learned_patches import LearnWords

    shown = min(wish.dim, 64)
    return LearnWords(
        step=_("Training step"),
        given=_("The photo") if wish.how == "plain" else _("What it is given: half of the pixels hidden"),
        made=_("Put together from {dim} numbers a patch").format(dim=wish.dim),
        reading=_("Filters that read, {count} of {dim}: weights, not pixels").format(count=shown, dim=wish.dim),
        writing=_("Filters that write, {count} of {dim}: weights, not pixels").format(count=shown, dim=wish.dim),
        error=_("Typical error while it trains, in grey levels of 255: record by record, not evenly by step"),
        against=_("Error against numbers a token"),
        dims=_("numbers a token"),
        pca=_("least possible, PCA"),
        trained=_("trained"),
    )


def _line(wish: Wish, least: float) -> list[Any]:
    """The line above the picture, which follows the slider."""
    if np.isnan(least):  # nothing was trained yet
        sentence = _("Step {step}: values off by {error} of 255 levels")
    else:
        sentence = _("Step {step}: values off by {error} of 255 levels; with {dim} numbers the least possible is {least}")  # fmt: skip
    parts: dict[str, Any] = {
        "step": {"label": "frame"},
        "error": {"number": {"matrix": "error", "cell": ["frame"]}, "digits": 1},
        "dim": str(wish.dim),
        "least": f"{least:.1f}",
    }
    if len(wish.lesson.keys) > 1:
        sentence += " · " + _("over all {count} photos").format(count=len(wish.lesson.keys))
    return [parts.get(piece[1:-1], piece) for piece in re.split(r"(\{\w+\})", sentence) if piece]


def _alt(wish: Wish) -> str:
    return _("The photo, beside it the photo put together from {dim} numbers a patch; below, the learned filters, the error while training, and the error against the numbers a token.").format(dim=wish.dim)  # fmt: skip


def _reading(wish: Wish, trained: bool, together_shown: Sequence[photos.Shown], longest: int) -> None:
    see = _("One layer squeezes each patch into {dim} numbers, a second puts it together again. At first every patch comes back as the mean patch; the training changes both layers until what comes out is like what went in. A filter that reads makes one number of a patch; a filter that writes says what that number adds to the picture.").format(dim=wish.dim)  # fmt: skip
    hidden = _("Half of the pixels of each patch are hidden and the layers must fill them in; the error is measured with nothing hidden.") + " " if wish.how == "masked" else ""  # fmt: skip
    frame.reading(
        hidden + see,
        _("Filters are weights drawn as colours, each scaled to its own greatest; grey is zero. They are not parts of the photo. The layer has learned what these patches look like, nothing about what they show, and of any other photo it has seen nothing. Both layers are linear, so PCA is the best they can reach."),
    )  # fmt: skip
    frame.tries()
    few, many = (4, 128) if wish.dim != 4 else (64, 128)
    parts.offer("few", _("{dim} numbers a token").format(dim=few), _("Press Train. The point of each training stays in the chart, beside the least error possible."), {parts.DIM: few})  # fmt: skip
    if wish.dim != many:
        parts.offer("many", _("{dim} numbers a token").format(dim=many), _("Press Train. More numbers keep finer detail."), {parts.DIM: many})  # fmt: skip
    if wish.how == "plain":
        parts.offer("mask", _("Hide half of the pixels"), _("Press Train. What is hidden has to be guessed from the pixels around it."), {WAY: "masked"})  # fmt: skip
    if trained:
        parts.offer("use", _("Use this layer on the photo"), _("Tokens are now made by the trained layer."), {parts.VIEW: "cut", "pat_how": "trained"})  # fmt: skip
    if trained and len(wish.lesson.keys) > 1:
        side = wish.lesson.patch[0]
        parts.offer("map", _("Map all photos by this layer"), _("Patches are near each other now where the layer gives them like tokens."), {parts.VIEW: "several", "pat_map": "trained", "pat_all_side": side, "pat_all_size": together.size_for(together_shown, side, longest)})  # fmt: skip
    parts.told()


def _receipt(wish: Wish, found: LearnedProjection | None, done: Cut, grid: Grid) -> list[str]:
    several, count = len(wish.lesson.keys), wish.lesson.patches
    facts = [parts.patches(count, grid.told), _("of {count} photos").format(count=several) if several > 1 else ""]
    if found is None:
        return [*facts, _("training now") if jobs.running(SLOT) else _("not trained yet")]
    own = _("this photo {error}").format(error=f"{levels(found.error_of(done.first)):.1f}") if several > 1 else ""
    return [
        *facts,
        _("trained on {count} of them").format(count=f"{found.rows:,}") if found.rows < count else _("trained on all of them, none held out"),
        _("{steps} steps, seed {seed}").format(steps=f"{found.steps[-1]:,}", seed=wish.seed),
        _("stopped early") if found.stopped else "",
        _("error {error}, at best {least}").format(error=f"{levels(found.error[-1]):.1f}", least=f"{levels(found.optimum[min(wish.dim, len(found.optimum)) - 1]):.1f}"),
        own,
        _("{seconds} s").format(seconds=f"{found.seconds:.1f}"),
    ]  # fmt: skip
