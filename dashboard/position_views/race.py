"""Learned against fixed positions on a text: the controls, the training as it runs, and what is kept of it for two views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.errors import N_
from dashboard import frame, jobs
from dashboard.components.plot import Curve, Heat, Live, hold, plot
from dashboard.i18n import _, language
from dashboard.links import choice, setting

if TYPE_CHECKING:
    from core.figures.board import Board
    from core.figures.position_race import Race, RaceWords
    from core.jobs import Event
    from core.positions import Comparison

SLOT = "positions"
_HELD = "pos_races"  # settings -> Outcome, for this visitor
_ASKED = "pos_asked"  # what the job in the slot was asked
_LAST = "pos_last"  # the settings of the outcome shown last
_BOARD = "pos_race_board"  # (job key, address of its board)
_KEPT = 4
OWN = "own"
SCHEMES = {
    "none": N_("no positions"),
    "fixed": N_("fixed"),
    "learned": N_("learned"),
    "rotary": N_("rotary (extra)"),
    "alibi": N_("ALiBi (extra)"),
}


@dataclass(frozen=True)
class Asked:
    """One training as it was asked for: the title of its text (in English, translated where it is shown), what the worker
    gets, and the settings."""

    title: str
    source: tuple[str, str]
    length: int
    dim: int
    seed: int
    word_length: float

    def start(self) -> None:
        settings = {"length": self.length, "dim": self.dim, "seed": self.seed, "word_length": self.word_length}
        jobs.start(SLOT, "compare_positions", dict([self.source]), **settings)


@dataclass(frozen=True)
class Outcome:
    asked: Asked
    comparison: Comparison


def outcome(view: frame.View) -> Outcome | None:
    """The controls, and the outcome to draw. None while there is none to draw: then the picture and the status say why."""
    with view.controls:
        found = _controls()
    if running():
        with view.picture:
            _live_board()
        view.status(_("training now"))
        return None
    if found is None:
        with view.picture:
            st.info(_("Nothing is trained yet. Press Train: it takes some ten seconds."))
    return found


def _controls() -> Outcome | None:
    """Draw the controls, start what is asked for and take what is finished. The outcome to show, or None before the first."""
    asked = _settings()
    held: dict[Asked, Outcome] = st.session_state.setdefault(_HELD, {})
    _take(held)
    if asked is not None and asked not in held and _ASKED not in st.session_state:
        _start(asked)  # the first visit needs no press
    busy = asked is None or jobs.running(SLOT)
    pressed = st.button(_("Train"), type="primary", width="stretch", disabled=busy, key="pos_train")
    if pressed and asked is not None and asked not in held:
        _start(asked)
        st.rerun()  # so that the button shows that it was heard
    jobs.progress(SLOT, stop=_("Cancel"))
    if jobs.current(SLOT) is not None and not jobs.running(SLOT):
        st.rerun()  # it ended just now, before anything watched it
    if asked in held:
        st.session_state[_LAST] = asked
    shown = held.get(st.session_state.get(_LAST))
    if shown is not None and shown.asked != asked and not jobs.running(SLOT):
        st.caption(_("The picture still shows the training before. Press Train for these settings."))
    return shown


def _start(asked: Asked) -> None:
    st.session_state[_ASKED] = asked
    asked.start()


def _settings() -> Asked | None:
    """The controls; None while there is no text."""
    text = _text()
    length = setting(
        st.slider, _("Positions to learn"), key="pos_rows", default=32, low=8, high=48, step=4,
        help=_("Words in a passage trained on. The learned table has one row for each, and none beyond."),
    )  # fmt: skip
    with st.expander(_("More")):
        dim = setting(
            st.slider, _("Dimensions of the tables"), key="pos_width", default=64, low=16, high=96, step=16,
            help=_("How many numbers a word, and its position, gets."),
        )  # fmt: skip
        seed = setting(
            st.number_input, _("Seed"), key="pos_seed", default=0, low=0, high=9999,
            help=_("Three runs of each kind are drawn from it; the same seed gives the same picture."),
        )  # fmt: skip
        share = setting(
            st.slider, _("Length of a word vector, in √d"), key="pos_words", default=0.25, low=0.0, high=1.0, step=0.05,
            help=_("Words are random vectors of this length and do not learn. A fixed code has the length 0.71 √d: long words drown it, a learned table may outgrow them."),
        )  # fmt: skip
    if text is None:
        return None
    return Asked(*text, length, dim, int(seed), float(share))


def _text() -> tuple[str, tuple[str, str]] | None:
    from core.text import corpora

    titles = {info.name: info.title for info in corpora() if info.available}
    name = choice(
        st.selectbox, _("Text"), titles | {OWN: N_("Your own text")}, key="pos_corpus", default=f"small-world-{language()}"
    )  # fmt: skip
    if name != OWN:
        return titles[name], ("corpus", name)
    own = st.text_area(
        _("Your text"), height=140, key="pos_own", persist_state="session", max_chars=2_000_000,
        placeholder=_("A few pages of running text, in English, Chinese or both. A link carries the settings, not the text."),
    )  # fmt: skip
    return (N_("Pasted text"), ("text", own)) if own.strip() else None


def _take(held: dict[Asked, Outcome]) -> None:
    """Hold the training that has just finished, and let go of the oldest."""
    finished = jobs.take(SLOT)
    if finished is not None:
        asked = st.session_state[_ASKED]
        held[asked] = Outcome(asked, finished)
        st.session_state[_LAST] = asked
        while len(held) > _KEPT:
            held.pop(next(iter(held)))


def running() -> bool:
    return jobs.running(SLOT)


def names() -> dict[str, str]:
    return {scheme: _(title) for scheme, title in SCHEMES.items()}


def _live_board() -> None:
    """The curves and the learned table of the training now running; redraws itself while it runs."""
    st.fragment(_live, run_every=jobs.BEAT)()


def _live() -> None:
    job = jobs.current(SLOT)
    if job is None or job.over:
        st.rerun()
    for _look in range(10):  # the first point is usually there within a moment: wait for it, not for the next beat
        if job.frame is not None or job.wait(0.05):
            break
    held: tuple[str, str] = st.session_state.get(_BOARD, ("", ""))
    if held[0] != job.key:
        asked: Asked = st.session_state[_ASKED]
        held = job.key, hold(_start_board(asked.length, asked.dim))
        st.session_state[_BOARD] = held
    events, picture = [event for event in job.history if "fixed" in event.figures], job.frame
    now = None
    if events and picture is not None and picture.coordinates is not None:
        now = Live(seq=events[-1].seq, curves=_moved(events), heats=_heats(picture.coordinates))
    alt = _("How often each kind of position was right so far, and the learned table as it is now")
    plot(held[1], key="pos_live", alt=alt, live=now)


def _start_board(length: int, dim: int) -> Board:
    """The board before its first point: the fixed code, and room for what is to come."""
    from core.figures.position_race import Race, race_board
    from core.positions import SCHEMES as KNOWN
    from core.positions import STEPS, similarities, sinusoidal

    fixed, nothing = sinusoidal(length, dim), np.full((len(KNOWN), 1), np.nan)
    race = Race(
        schemes=KNOWN, steps=[0], mean=nothing, spread=nothing, fixed=fixed, frames=np.full((1, length, dim), np.nan),
        fixed_near=similarities(fixed), frames_near=np.full((1, length, length), np.nan), looks={}, last=STEPS,
    )  # fmt: skip
    return race_board(race, words())


def _shares(events: list[Event]) -> tuple[Any, Any]:
    """(schemes, events) means and spreads, in percent."""
    from core.positions import SCHEMES as KNOWN

    mean, apart = (
        [[100 * event.figures.get(f"{name}{end}", np.nan) for event in events] for name in KNOWN]
        for end in ("", "_spread")
    )
    return np.array(mean), np.array(apart)


def _moved(events: list[Event]) -> list[Curve]:
    from core.figures.position_race import ACCURACY, PARTS, bands

    mean, apart = _shares(events)
    curves = []
    for at in range(len(mean)):
        lines = bands([event.done for event in events], mean[at], apart[at])
        curves += [Curve(ACCURACY, len(PARTS) * at + part, *lines[name]) for part, name in enumerate(PARTS)]
    return curves


def _heats(table: Any) -> list[Heat]:
    from core.figures.position_race import LEARNED_NEAR, LEARNED_TABLE
    from core.positions import similarities

    near = similarities(table).astype(np.float32)
    return [Heat(LEARNED_TABLE, 0, table), Heat(LEARNED_NEAR, 0, near)]


def words() -> RaceWords:
    from core.figures.position_race import RaceWords

    return RaceWords(
        position=_("position pos"),
        dimension=_("dimension i"),
        step=_("training step"),
        accuracy=_("The word before, named: mean of the seeds, and their spread as a band"),
        right=_("right"),
        fixed=_("Fixed: the sinusoidal code"),
        learned=_("Learned: one free row a position"),
        fixed_near=_("Fixed: cosine of every two positions"),
        learned_near=_("Learned: cosine of every two positions"),
        looks=_("Where position pos looks: its attention to every place. Fixed solid, learned dashed"),
        missing=_("no row"),
        schemes=names(),
    )


def race(comparison: Comparison, rows: int) -> Race:
    """A finished training for its board, with the fixed code up to `rows`."""
    from core.figures.position_race import Race
    from core.positions import similarities, sinusoidal, spread

    mean, apart = spread(comparison.accuracy)
    fixed = sinusoidal(rows, comparison.frames.shape[2])
    schemes = comparison.schemes
    return Race(
        schemes=schemes,
        steps=[int(step) for step in comparison.steps],
        mean=100 * mean,
        spread=100 * apart,
        fixed=fixed,
        frames=comparison.frames,
        fixed_near=similarities(fixed),
        frames_near=np.stack([similarities(table) for table in comparison.frames]),
        looks={name: comparison.attention[:, schemes.index(name)] for name in ("fixed", "learned")},
        last=int(comparison.steps[-1]),
    )


def receipt(outcome: Outcome) -> list[str]:
    asked, comparison = outcome.asked, outcome.comparison
    facts = [
        _(asked.title),
        _("{words} words, {vocabulary} different, a tenth of the sentences kept back").format(words=f"{comparison.words:,}", vocabulary=f"{comparison.vocabulary:,}"),
        _("passages of {length} words, {dim} dimensions").format(length=asked.length, dim=asked.dim),
        _("{seeds} seeds from {seed}, {steps} steps of 16 passages").format(seeds=comparison.seeds, seed=asked.seed, steps=int(comparison.steps[-1])),
        _("words held at {share} √d").format(share=f"{asked.word_length:g}"),
        _("{seconds} s").format(seconds=f"{comparison.seconds:.1f}"),
    ]  # fmt: skip
    if comparison.cut:
        facts.append(_("only the first {words} words were read").format(words=f"{comparison.words:,}"))
    return facts


def plain_table(rows: list[tuple[str, ...]]) -> str:
    """A markdown table of our own words and numbers; the first row is its head."""
    head, *body = ["| " + " | ".join(frame.plain(cell) for cell in row) + " |" for row in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])
