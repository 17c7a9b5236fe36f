"""The picture of a training: the map over the curves of loss and held-out AUC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.arrays import FloatArray
from core.figures.board import Board, Panel, Slider, WordList
from core.figures.maps import embedding_map
from core.figures.palette import ERROR, FIXED, LEARNED, OTHERS

MAP, LOSS, AUC = 0, 1, 2  # panels
HELD_OUT, TRAINED = 0, 1  # traces of both curve panels: in the second, TRAINED is what word frequency reaches
ACCURACY = 2  # of the second
_NOW = {LOSS: 2, AUC: 3}  # the trace that marks the epoch shown


def training_board(
    coordinates: FloatArray,
    labels: Sequence[str],
    curves: dict[str, Sequence[float]],
    words: dict[str, str],
    *,
    classes: Sequence[str] | None = None,
    frames: FloatArray | None = None,
    frame_epochs: Sequence[float] = (),
    lists: Sequence[WordList] = (),
) -> Board:
    """coordinates (m, 2) of `labels`; `curves` holds epochs, loss, held_out_loss, held_out_accuracy, held_out_auc and frequency_auc.

    Where nothing was held out there is only the curve of the loss in training. With `frames` (k, m, 2) a slider, "epoch", goes back through the epochs `frame_epochs`, and `lists` may follow it. `words` are
    the titles in the reader's language: loss, held_out, trained, apart, auc, accuracy, frequency, epoch, others, none.
    """
    scrub = frames is not None and len(frames) > 1
    checked = held_out(curves)
    start = coordinates if frames is None else frames[-1]
    panels = [
        _wide(embedding_map(start, labels, classes=classes, others=words["others"], none=words["none"], height=370)),
        _loss(curves, words, scrub) if checked else _alone(_loss(curves, words, scrub)),
        *([_auc(curves, words, scrub)] if checked else []),
    ]
    if frames is None:  # it is still being trained: more points come, and a line joins them
        for curve in panels[LOSS:]:
            curve.figure.update_traces(mode="lines", selector=lambda trace: trace.showlegend is not False)
    if not scrub or frames is None:
        return Board(panels=panels, lists=lists, columns="1fr 1fr")
    epochs = np.asarray(frame_epochs, dtype=np.float32).reshape(-1, 1)
    at = [int(np.argmin(np.abs(np.asarray(curves["epochs"]) - float(epoch)))) for epoch in epochs[:, 0]]
    last = len(frames) - 1
    slider = Slider(
        name="epoch",
        label=words["epoch"],
        low=0,
        high=last,
        value=last,
        labels=[f"{epoch:.4g}" for epoch in epochs[:, 0]],
        play=True,
    )
    matrices: dict[str, Any] = {"x": frames[:, :, 0], "y": frames[:, :, 1], "epochs": epochs}
    bindings: list[dict[str, Any]] = [
        {"panel": MAP, "trace": 0, "attr": axis, "matrix": axis, "axis": 0, "control": "epoch"} for axis in "xy"
    ]
    for panel, name in ((LOSS, "held_out_loss"), (AUC, "held_out_auc")) if checked else ((LOSS, "loss"),):
        matrices[name] = np.asarray(curves[name], dtype=np.float32)[at].reshape(-1, 1)
        bindings += [
            {"panel": panel, "trace": _NOW[panel], "attr": "x", "matrix": "epochs", "axis": 0, "control": "epoch"},
            {"panel": panel, "trace": _NOW[panel], "attr": "y", "matrix": name, "axis": 0, "control": "epoch"},
        ]
    return Board(panels=panels, sliders=[slider], matrices=matrices, bindings=bindings, lists=lists, columns="1fr 1fr")


def held_out(curves: dict[str, Sequence[float]]) -> bool:
    """Whether anything was held out to check on; unknown yet, it is taken to be so."""
    seen = np.asarray(curves["held_out_auc"], dtype=float)
    return not len(seen) or bool(np.isfinite(seen).any())


def watched_list(word: str, seen: Sequence[Sequence[tuple[str, float]]], slider: str | None = None) -> WordList:
    """The nearest words of one word with their scores, at each value of the slider (without one: the last)."""
    names = list(dict.fromkeys(label for near in seen for label, _score in near))
    place = {label: at for at, label in enumerate(names)}
    most = max(map(len, seen), default=0)
    rows, scores = np.full((len(seen), most), -1, np.int32), np.full((len(seen), most), np.nan, np.float32)
    for at, near in enumerate(seen):
        rows[at, : len(near)] = [place[label] for label, _score in near]
        scores[at, : len(near)] = [score for _label, score in near]
    return WordList(title=word, names=names, rows=rows, scores=scores, slider=slider)


def _alone(panel: Panel) -> Panel:
    """The curve of the loss where nothing was held out: over the whole width, the line of what was is not named."""
    panel.figure.data[HELD_OUT].showlegend = False
    return _wide(panel)


def _wide(panel: Panel) -> Panel:
    return replace(panel, wide=True)


def _loss(curves: dict[str, Sequence[float]], words: dict[str, str], scrub: bool) -> Panel:
    figure = go.Figure(
        [
            _line(curves["epochs"], curves["held_out_loss"], words["held_out"], LEARNED),
            _line(curves["epochs"], curves["loss"], words["trained"], OTHERS),
            _now(LEARNED),
        ]
    )
    panel = _curve_panel(figure, words["loss"], {"rangemode": "tozero"}, words["epoch"])
    return _still(panel, curves, ("loss", "held_out_loss"), 0.0) if scrub else panel


def _auc(curves: dict[str, Sequence[float]], words: dict[str, str], scrub: bool) -> Panel:
    epochs, baseline = curves["epochs"], curves["frequency_auc"]
    figure = go.Figure(
        [
            _line(epochs, curves["held_out_auc"], words["auc"], LEARNED),
            _line(epochs, [baseline[0]] * len(epochs) if len(baseline) else [], words["frequency"], ERROR, dash="dash"),
            _line(epochs, curves["held_out_accuracy"], words["accuracy"], FIXED, dash="dot"),
            _now(LEARNED),
        ]
    )
    panel = _curve_panel(figure, words["apart"], {}, words["epoch"])
    return _still(panel, curves, ("held_out_auc", "frequency_auc", "held_out_accuracy"), 0.45) if scrub else panel


def _still(panel: Panel, curves: dict[str, Sequence[float]], names: Sequence[str], least: float) -> Panel:
    """The finished curves, on fixed axes, so that only the mark of the epoch is drawn again under the finger."""
    values = np.concatenate([np.asarray(curves[name], dtype=float) for name in names])
    known = values[np.isfinite(values)]
    low, high = (min(least, known.min()), known.max()) if len(known) else (0.0, 1.0)
    room = 0.05 * (high - low)
    panel.figure.update_layout(
        xaxis={"range": [0, max(1.0, float(curves["epochs"][-1])) * 1.02]}, yaxis={"range": [low, high + room]}
    )
    return replace(panel, fast=True)


def _line(x: Sequence[float], y: Sequence[float], name: str, colour: str, dash: str = "solid") -> go.Scatter:
    return go.Scatter(
        x=np.asarray(x, dtype=np.float32), y=np.asarray(y, dtype=np.float32), name=name, mode="lines" if len(x) > 1 else "markers",
        line={"color": colour, "width": 2.2, "dash": dash}, hovertemplate="%{y:.3f}<extra>" + name + "</extra>",
    )  # fmt: skip


def _now(colour: str) -> go.Scatter:
    return go.Scatter(
        x=[], y=[], mode="markers", marker={"size": 10, "color": colour}, hoverinfo="skip", showlegend=False
    )


def _curve_panel(figure: go.Figure, title: str, yaxis: dict[str, Any], epoch: str) -> Panel:
    figure.update_layout(
        margin={"l": 40, "r": 8, "t": 4, "b": 34},
        xaxis={"title": {"text": epoch, "standoff": 4, "font": {"size": 13}}, "zeroline": False, "rangemode": "tozero"},
        yaxis={"nticks": 5, "zeroline": False, **yaxis},
        showlegend=True,
        legend={
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 0,
            "bgcolor": "rgba(0,0,0,0)",
            "font": {"size": 12},
        },
        hovermode="x",
    )
    figure.update_layout(margin_t=26)
    return Panel(figure=figure, height=150, title=title)
