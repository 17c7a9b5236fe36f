"""R's eye: windows one by one with the rows they look up, a window of one's own, every word ranked for a slot, one step of gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core.errors import N_, CoreError
from dashboard import frame
from dashboard.components.plot import hold, plot
from dashboard.frame import View
from dashboard.i18n import _, language
from dashboard.words_views import aside, judged, trained
from dashboard.words_views.task import Task
from dashboard.words_views.trained import Trained
from dashboard.words_views.windows import SETTINGS

if TYPE_CHECKING:
    from core.training import Judge, Preview

TITLE = N_("R's eye")
SLOT = "eye"
_BOARD = "es_eye_board"  # ((id of a training, token of its windows, language), address of the board)
_PAIRS = 20


def render(view: View, task: Task) -> None:
    held = trained.shown()
    try:
        from core.training import Judge

        judge = Judge(held.embedding)
    except CoreError as error:
        with view.picture:
            frame.show(error)
        view.status(*held.receipt)
        return
    with view.picture:
        pairs = _pairs(held)
        if pairs is not None:
            plot(_board(held, judge, pairs), key="w_eye_map", alt=_("Windows of the text; the map and the table show the rows of the chosen one"))  # fmt: skip
    example = pairs.pairs[0] if pairs is not None and pairs.pairs else None
    judged.window(view, held, judge, example)
    with view.reading:
        frame.reading(
            _("Point at a window, or step through them: the rows of W that it looks up light up in the map, and stand as a strip beside it. R reads these numbers, one after the other, and nothing else."),
            _("R was trained to tell swapped words, not to judge sense or truth. It may call a sentence broken that anybody could say, where the text has nothing like it."),
        )  # fmt: skip
    view.status(
        *held.receipt,
        _("{shown} windows shown, drawn at random").format(shown=len(pairs.pairs)) if pairs is not None else "",
    )


def _pairs(held: Trained) -> Preview | None:
    """Windows of the text it was trained on, with their twins, drawn as its training drew them."""
    if not held.source:
        st.info(_("The text this was trained on is no longer at hand, so there are no windows to step through. Type one on the right."))  # fmt: skip
        return None
    settings = {name: value for name, value in held.history.settings.items() if name in SETTINGS}
    answer = aside.fetch(SLOT, "preview", held.source, count=_PAIRS, seed=held.history.settings["seed"], **settings)
    return answer.found if answer.fresh else None


def _board(held: Trained, judge: Judge, found: Preview) -> str:
    wanted = held.id, held.source.get("corpus", ""), language()
    board: tuple[Any, str] = st.session_state.get(_BOARD, (None, ""))
    if board[0] != wanted:
        board = wanted, hold(_made(held, judge, found))
        st.session_state[_BOARD] = board
    return board[1]


def _made(held: Trained, judge: Judge, found: Preview) -> Any:
    from core.figures.eye import Seen, eye_board
    from core.figures.maps import embedding_map

    embedding = held.embedding
    lines: list[tuple[tuple[str, ...], int]] = []
    for pair in found.pairs:
        if all(word in embedding for word in (*pair.words, pair.swap)):
            lines += [(pair.words, -1), (pair.broken, pair.slot)]
    verdicts = [judge.verdict(words) for words, _slot in lines]
    sure = verdicts[0].probability is not None
    seen = Seen(
        words=[words for words, _slot in lines],
        rows=np.array([[embedding.index(word) for word in words] for words, _slot in lines]),
        slots=np.array([slot for _words, slot in lines]),
        answers=np.array([100 * (one.probability or 0) if sure else one.score for one in verdicts], np.float32),
    )
    picture = embedding_map(
        held.history.frames[-1].coordinates, held.labels, others=_("others"), none=_("no class"),
        classes=[held.classes.get(label, "") for label in held.labels] if held.classes else None,
    )  # fmt: skip
    tags = [_("✓ valid") if slot < 0 else _("✗ broken") for _words, slot in lines]
    words = {"window": _("Window"), "strip": _("The rows of W it looks up"), "dimension": _("dimension")}
    places = {int(row): at for at, row in enumerate(held.history.frame_rows)}
    return eye_board(picture, places, embedding.vectors, seen, tags, _text(sure), words)


def _text(sure: bool) -> list[Any]:
    """The line over the picture that follows the slider: what R says of the window, and what is true."""
    answer = {"matrix": "answer", "cell": ["window"]}
    truth = {"choose": {"matrix": "truth", "cell": ["window"]}, "of": [[_("it is broken")], [_("it is valid")]]}
    if sure:
        return [_("R gives it "), {"number": answer, "digits": 1}, _(" % to be valid; "), truth]
    return [_("R scores it "), {"number": answer, "digits": 2}, "; ", truth]
