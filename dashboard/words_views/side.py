"""The objectives side by side: trained on the same text with the same seed, measured alike, in one table over their maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.arrays import fingerprint
from core.errors import N_, CoreError
from dashboard import frame, jobs
from dashboard.components.plot import Live, hold, plot
from dashboard.frame import View
from dashboard.i18n import _, language
from dashboard.words_views import compared, trained
from dashboard.words_views.task import Task
from dashboard.words_views.text import DEMO, Text, classes

if TYPE_CHECKING:
    from core.training.comparison import Compared, Comparison

TITLE = N_("Side by side")
SLOT = "objectives"
RUN = "w_all"  # the link parameter that names a comparison of a built-in text, as `trained.RUN` names a training
_HELD = "es_objectives"  # what was compared last
_BEGUN = "es_objectives_begun"
_RUN = "es_objectives_run"  # key of the one begun last; None where none was
_MAPS = "es_objectives_maps"  # (the embeddings and the language, address of the board)
_LIVE = "es_objectives_live"  # ((job key, number of the objective, language), address of its board)


@dataclass(frozen=True)
class _Asked:
    text: Text
    settings: dict[str, Any]


def primary(task: Task) -> None:
    """The primary button of this view, or what runs."""
    if _rejoin(task) or jobs.running(SLOT):
        jobs.progress(SLOT, stop=_("Stop and keep"), keeps=True, pausable=True)
        begun: _Asked = st.session_state[_BEGUN]
        if task.text is None or (begun.text.source, begun.settings) != (task.text.source, _settings(task)):
            st.caption(_("What is being trained keeps the text and the settings it was begun with. Stop it and press “Train them all” to train with those set now."))  # fmt: skip
        return
    pressed = st.button(
        _("Train them all"), type="primary", width="stretch", disabled=task.text is None, key="w_train_all"
    )
    if pressed and task.text is not None and _begin(task, task.text):
        st.rerun()


def _rejoin(task: Task) -> bool:
    """After a reload, or from a link: take up the comparison that the link names, if it is that of these settings; as
    `trained.rejoin` does for a training. The link names a comparison only while the controls are its own."""
    now = None
    if task.text is not None and "corpus" in task.text.source:
        now = fingerprint("compare_objectives", (task.text.source,), _settings(task))
    return trained.named(RUN, _RUN, now) and task.text is not None and _begin(task, task.text)


def _begin(task: Task, text: Text) -> bool:
    """Start the comparison, or join the same one; where it cannot be started, say why and answer False."""
    try:
        st.session_state[_RUN] = jobs.start(SLOT, "compare_objectives", text.source, **_settings(task)).key
    except CoreError as error:
        frame.show(error)
        return False
    st.session_state[_BEGUN] = _Asked(text, _settings(task))
    return True


def _settings(task: Task) -> dict[str, Any]:
    """What `core.training.compare` gets: the task of the controls with their settings, the others with their own."""
    plain = {name: task.settings[name] for name in ("dim", "epochs", "seed", "min_count")}
    given = ("objective", "watch", "start", *plain)
    own = {name: value for name, value in task.settings.items() if name not in given}
    return {"settings": {task.objective: own}, **plain}


def render(view: View, task: Task) -> None:
    if not jobs.running(SLOT):
        with view.controls:
            found = jobs.take(SLOT)
        if found is not None:
            st.session_state[_HELD] = st.session_state[_BEGUN], found
    held: tuple[_Asked, Comparison] | None = st.session_state.get(_HELD)
    asked, found = held or _shipped()
    with view.picture:
        if jobs.running(SLOT):
            st.fragment(_live, run_every=jobs.BEAT)()
        else:
            _picture(asked, found)
    with view.reading:
        frame.reading(
            _("One line a measure, one column a task. Class gap and purity ask whether words of one class are near; the lists of word pairs ask whether people agree; analogies are counted with the asked words left out, and in brackets without leaving any out."),
            _("The AUC of one task cannot be set against that of another: each answers its own question. And a text this small favours whoever reads it more often; look at the epochs."),
        )  # fmt: skip
        if held is None and not jobs.running(SLOT):
            st.caption(_("Press “Train them all”: every task is trained on the chosen text with the same seed, and what comes of each is measured in the same way."))  # fmt: skip
        st.caption(_("Each task has its default settings; the one chosen on the left has the settings there."))
    if jobs.running(SLOT):
        view.status(task.text.title if task.text else "", _("training now"))
        return
    view.status(
        asked.text.title if held else _("An example that comes with Embedscope: {corpus}").format(corpus=asked.text.title),
        _("{dim} dimensions").format(dim=asked.settings["dim"]), _("seed {seed}").format(seed=asked.settings["seed"]),
        "" if held else _("seconds and rates of the machine it was made on"),
        *(_(note.template).format(**note.values) for note in found.notes),
    )  # fmt: skip


def _shipped() -> tuple[_Asked, Comparison]:
    """The comparison that is shown until one is made here: it comes with us, in the reader's language."""
    from core.text import corpora

    name = DEMO[language()]
    title = next(info.title for info in corpora() if info.name == name)
    return _Asked(Text(title, {"corpus": name}), {"dim": 32, "seed": 0}), _compared(name)


@st.cache_resource(show_spinner=False)
def _compared(name: str) -> Comparison:
    from core.demo import compared

    return compared(name)


def _live() -> None:
    from core.figures.board import Board
    from core.figures.maps import embedding_map
    from core.training import OBJECTIVES

    job = jobs.current(SLOT)
    if job is None or job.over:
        st.rerun()
    picture = job.frame
    first = next((event for event in job.history if event.labels), None)
    if picture is None or first is None or picture.coordinates is None:
        st.html(f'<div class="es-waiting">{_("Reading the text")}</div>')
        return
    names = list(OBJECTIVES.names())
    number = int(picture.figures.get("objective", 0))
    st.markdown(
        f"**{_(OBJECTIVES.get(names[number]).title)}** · "
        + _("{number} of {count}").format(number=number + 1, count=len(names))
    )
    held: tuple[Any, str] = st.session_state.get(_LIVE, (None, ""))
    wanted = job.key, number, language()
    if held[0] != wanted:
        known = classes(st.session_state[_BEGUN].text)
        shown = [known.get(label, "") for label in first.labels or ()] if known else None
        panel = embedding_map(picture.coordinates, list(first.labels or ()), classes=shown, others=_("others"), none=_("no class"), height=560)  # fmt: skip
        held = wanted, hold(Board(panels=[panel]))
        st.session_state[_LIVE] = held
    plot(held[1], key=f"w_side_live_{number}", alt=_("Map of the words as they are being trained"), live=Live(seq=picture.seq, coordinates=picture.coordinates))  # fmt: skip


def _picture(asked: _Asked, found: Comparison) -> None:
    if not found.rows:
        st.info(_("It was stopped before the first task was done."))
        return
    compared.table(found)
    plot(
        _maps(asked, found), key="w_side", alt=_("Small maps of the same words, one for each task")
    )  # fmt: skip
    for place, row in zip(st.columns(len(found.rows)), found.rows, strict=True):
        place.button(
            _("Look closer: {task}").format(task=compared.short(row)), key=f"w_closer_{row.objective}", width="stretch",
            on_click=_closer, args=(row, asked, found),
        )  # fmt: skip


def _closer(row: Compared, asked: _Asked, found: Comparison) -> None:
    ours = found is _compared(DEMO[language()])
    title = f"{asked.text.title}, {compared.short(row)}" if ours else ""
    trained.adopt(row.embedding, asked.text, classes(asked.text), title)
    st.session_state[trained.TO_MAP] = True


def _maps(asked: _Asked, found: Comparison) -> str:
    """The address of the board of the small maps, made once for each language."""
    from core.figures.board import Board
    from core.figures.maps import embedding_map

    wanted = *(row.embedding.fingerprint for row in found.rows), language()
    held: tuple[Any, str] = st.session_state.get(_MAPS, (None, ""))
    if held[0] == wanted:
        return held[1]
    known, panels = classes(asked.text), []
    for row in found.rows:
        history: Any = row.embedding.history
        labels = [row.embedding.labels[at] for at in history.frame_rows]
        panels.append(
            embedding_map(
                history.frames[-1].coordinates, labels, title=_(row.title), height=320, others=_("others"), none=_("no class"),
                classes=[known.get(label, "") for label in labels] if known else None,
            )
        )  # fmt: skip
    st.session_state[_MAPS] = wanted, hold(Board(panels=panels, columns=f"repeat({len(panels)}, 1fr)"))
    return str(st.session_state[_MAPS][1])
