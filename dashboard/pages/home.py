from __future__ import annotations

import numpy as np
import streamlit as st

from core.errors import N_
from dashboard import frame
from dashboard.components.plot import Highlight, plot

TITLE = N_("Home")
RANK = 0


def render() -> None:
    import plotly.graph_objects as go

    from core.figures.board import Board, Panel, Slider

    rng = np.random.default_rng(0)
    n = 400
    xy = rng.normal(size=(n, 2)).astype(np.float32)
    codes = rng.integers(0, 3, n).astype(np.uint8)
    figure = go.Figure(go.Scattergl(x=xy[:, 0], y=xy[:, 1], mode="markers", marker={"size": 6, "color": codes}))
    heat = go.Figure(go.Heatmap(z=np.sin(np.arange(64 * 64).reshape(64, 64) / 50)))
    curve = go.Figure(go.Scatter(y=np.zeros(64)))
    board = Board(
        panels=[
            Panel(figure=figure, points=0, labels=[f"word{i}" for i in range(n)], groups=(["a", "b", "c"], ["#E69F00", "#56B4E9", "#009E73"], codes), square=True),
            Panel(figure=heat, cross=("i", "pos"), height=400),
            Panel(figure=curve, height=200),
        ],
        sliders=[Slider(name="pos", label="pos", low=0, high=63, value=2), Slider(name="i", label="i", low=0, high=63, value=1)],
        matrices={"m": np.sin(np.arange(64 * 64, dtype=np.float32).reshape(64, 64) / 50)},
        bindings=[{"panel": 2, "trace": 0, "attr": "y", "matrix": "m", "axis": 0, "control": "pos"}],
        text=["PE(", {"value": "pos"}, ") = ", {"matrix": "m", "cell": ["pos", "i"]}],
    )
    with frame.page("Which words does the model think are alike?") as view:
        with view.controls:
            st.slider("Neighbours", 1, 50, 10, key="nbr_k", bind="query-params")
            st.button("Train", type="primary")
        with view.picture:
            event = plot(board, key="demo", alt="demo", highlight=Highlight(point=3, near=[1, 2, 5]))
        with view.reading:
            st.markdown("**What you see.** A thing.")
            st.write(event)
        view.status("400 points")
