"""The map growing over the curves: while the training runs, and afterwards under the finger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_
from dashboard import frame, jobs, links, sources
from dashboard.asking import question
from dashboard.components.plot import Curve, Highlight, Live, hold, plot
from dashboard.frame import View
from dashboard.i18n import _, language
from dashboard.words_views import trained
from dashboard.words_views.task import Task
from dashboard.words_views.trained import SLOT, Trained

if TYPE_CHECKING:
    from core.figures.board import Board, WordList
    from core.jobs import Event
    from core.progress import Nearby

TITLE = N_("Map")
_LINE = "w_word"
_FINISHED = "es_finished_board"  # ((id of a training, language), address of its board)
_BOARD = "es_live_board"  # ((job key, language), address of its board)
_MOST_FRAMES = 60
_EXAMPLES = {"en": ("dog", "king - man + woman"), "zh": ("小狗", "国王 - 男人 + 女人")}


def render(view: View, task: Task) -> None:
    if jobs.running(SLOT):
        with view.picture:
            st.fragment(_live, run_every=jobs.BEAT)(trained.begun()[1])
        with view.reading:
            from core.training import OBJECTIVES

            objective = trained.objective()
            frame.reading(
                _("R is shown windows of words, half of them with one word swapped, and says which are valid. Each answer moves the rows of W that were looked up, and only those.")
                if objective == "five-gram" else _(OBJECTIVES.get(objective).about),
                _("A falling loss on the text it trains on proves little. Watch the held-out curve, and how far it rises above the dashed line.")
                if trained.holds_out() else _("A falling loss on the text it trains on proves little."),
            )  # fmt: skip
        view.status(trained.begun()[0].title, _("training now"))
        return
    held = trained.shown()
    with view.reading:
        lit = _ask(held)
        _reading(held)
    with view.picture:
        labels = held.labels
        plot(
            _finished(held),
            key="w_map",
            alt=_("Map of the trained words over the curves of loss and AUC"),
            highlight=lit,
            on_pick=lambda row: _put(labels[row]) if row < len(labels) else None,
        )
    view.status(*held.receipt)


# ---- while it runs


def _live(classes: dict[str, str]) -> None:
    job = jobs.current(SLOT)
    if job is None or job.over:
        st.rerun()
    for _look in range(
        10
    ):  # the first picture is usually there within half a second: wait for it, not for the next beat
        if job.frame is not None or job.wait(0.05):
            break
    events = job.history
    first = next((event for event in events if event.labels), None)
    picture = job.frame
    if first is None or picture is None:
        st.html(f'<div class="es-waiting">{_("Reading the text")}</div>')
        return
    curves = _so_far([event for event in events if event.figures])
    wanted = job.key, language()
    held: tuple[tuple[str, str], str] = st.session_state.get(_BOARD, (("", ""), ""))
    if held[0] != wanted:
        held = (
            wanted,
            hold(_board(picture.coordinates, list(first.labels), curves, classes, lists=_lists(first.watched))),
        )
        st.session_state[_BOARD] = held
    told = next((event.watched for event in reversed(events) if event.watched), {})
    live = Live(
        seq=events[-1].seq, coordinates=picture.coordinates, curves=_moved(curves), lists=list(told.values())
    )  # fmt: skip
    plot(held[1], key="w_live", alt=_("Map of the words as they are being trained"), live=live)


def _lists(watched: Mapping[str, Nearby]) -> list[WordList]:
    from core.figures.training import watched_list

    return [watched_list(word, [near]) for word, near in watched.items()]


def _so_far(events: Sequence[Event]) -> dict[str, list[float]]:
    """The curves so far, from the figures that each step told."""
    names = ("loss", "held_out_loss", "held_out_accuracy", "held_out_auc", "frequency_auc")
    curves = {name: [float(event.figures.get(name, "nan")) for event in events] for name in names}
    return {"epochs": [float(event.figures.get("epoch", event.done)) for event in events], **curves}


def _moved(curves: dict[str, list[float]]) -> list[Curve]:
    from core.figures.training import ACCURACY, AUC, HELD_OUT, LOSS, TRAINED, held_out

    x = curves["epochs"]
    trained = Curve(LOSS, TRAINED, x, curves["loss"])
    if not held_out(curves):
        return [trained]
    return [
        Curve(LOSS, HELD_OUT, x, curves["held_out_loss"]),
        trained,
        Curve(AUC, HELD_OUT, x, curves["held_out_auc"]),
        Curve(AUC, TRAINED, x, curves["frequency_auc"]),
        Curve(AUC, ACCURACY, x, curves["held_out_accuracy"]),
    ]


def _board(
    coordinates: Any, labels: list[str], curves: dict[str, Any], classes: dict[str, str], **frames: Any
) -> Board:
    """The board of a training in the reader's language. `classes` maps words to their class, where it is known."""
    from core.figures.training import training_board

    words = {
        "loss": _("Loss"), "held_out": _("held out"), "trained": _("in training"),
        "apart": _("Told apart in held-out text"), "auc": _("AUC"), "accuracy": _("accuracy"),
        "frequency": _("counts alone"), "epoch": _("Epoch"), "others": _("others"), "none": _("no class"),
    }  # fmt: skip
    shown = [classes.get(label, "") for label in labels] if classes else None
    return training_board(coordinates, labels, curves, words, classes=shown, **frames)


# ---- afterwards


def _finished(held: Trained) -> str:
    """The address of the board of a finished training, made once for each language."""
    wanted = held.id, language()
    board: tuple[tuple[str, str], str] = st.session_state.get(_FINISHED, (("", ""), ""))
    if board[0] != wanted:
        import numpy as np

        from core.figures.training import watched_list

        history = held.history
        frames, epochs = _thinned(history)
        curves = {
            name: getattr(history, name)
            for name in ("epochs", "loss", "held_out_loss", "held_out_accuracy", "held_out_auc")
        }
        curves["frequency_auc"] = [history.frequency_auc] * len(history.epochs)
        at = np.searchsorted(history.epochs, np.asarray(epochs) - 1e-3).clip(max=len(history.epochs) - 1)
        lists = [
            watched_list(word, [seen[one] for one in at], slider="epoch" if len(at) > 1 else None)
            for word, seen in history.watched.items()
        ]
        made = _board(
            frames[-1], held.labels, curves, held.classes, frames=frames, frame_epochs=epochs, lists=lists
        )  # fmt: skip
        board = wanted, hold(made)
        st.session_state[_FINISHED] = board
    return board[1]


def _thinned(history: Any) -> tuple[Any, list[float]]:
    """At most so many frames, evenly spread, the first and the last among them."""
    import numpy as np

    at = np.unique(np.linspace(0, len(history.frames) - 1, _MOST_FRAMES).round().astype(int))
    return np.stack([history.frames[one].coordinates for one in at]), [history.frames[one].epoch for one in at]


def _ask(held: Trained) -> Highlight | None:
    """A question and its answer; returns what to light in the map."""
    answer = question.line(held.embedding, _("A word, and its neighbours"), held.labels[0], key=_LINE, k=8, blank=True)
    if answer is None:
        return None
    question.told(answer, "cosine")
    question.close_up(answer, held.embedding, "cosine", key="w_close")
    return question.lit(answer, held.embedding, {int(row): at for at, row in enumerate(held.history.frame_rows)})


def _put(line: str) -> None:
    st.session_state[_LINE] = f'"{line}"' if " " in line else line


def _reading(held: Trained) -> None:
    warnings = [*(_(note.template).format(**note.values) for note in held.history.warnings), trained.doubt(held)]
    if any(warnings):
        st.warning("\n\n".join(frame.plain(said) for said in warnings if said))
    frame.reading(
        _("Every point is a word, at its vector's two widest directions (PCA). The curves below tell how well what stands in held-out sentences is told apart from random swaps; the dashed line is what word counts alone reach.")
        if held.history.held_out_windows else
        _("Every point is a word, at its vector's two widest directions (PCA). The curve below is the loss on the text it trains on."),
        _("Two words near each other here may be far apart in the table: the map keeps two of its dimensions. And a word is near another because it is used alike, which opposites often are."),
    )  # fmt: skip
    known = [
        line
        for lines in _EXAMPLES.values()
        for line in lines
        if all(word in held.embedding for word in line.split()[::2])
    ]
    frame.tries()
    for at, line in enumerate(known or held.labels[:1]):
        st.button(frame.plain(line), key=f"w_try_{at}", width="stretch", on_click=_put, args=(line,))
    _door(held, _("Words against each other: matrix, odd one out"), "neighbours", nb_view="among")
    _door(
        held,
        _("Do two words share a row? See Mapping"),
        "mapping",
        map_domain="words",
        map_kind="trained",
        map_all="true",
    )
    st.caption(_("Drag the epoch back to 0: the untrained table knows nothing, and the map shows it."))


def _door(held: Trained, label: str, page: str, **link: str) -> None:
    """A button to another page that opens with this embedding."""
    if st.button(label, key=f"w_{page}", width="stretch"):
        from dashboard import navigation

        sources.show_next(held.id)
        st.switch_page(navigation.page(page), query_params=links.anew(link))
