"""The values behind the miniatures of Home: all from the shipped embedding and the engine's own formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.arrays import FloatArray

_SHOWN = {
    "en": {"name": "small-world-en", "ask": ("king", "paris", "dog", "science", "rain"), "named": 14},
    "zh": {"name": "small-world-zh", "ask": ("国王", "巴黎", "小狗", "科学", "大雨"), "named": 14},
}
# Cosines of the ready encoder, which Home need not load; tests/dashboard/test_page_home.py holds them to it.
READERS = {
    "en": ("science", (("technology", 0.521), ("cooking", 0.374))),
    "zh": ("科学", (("科技", 0.637), ("烹饪", 0.296))),
}


@st.cache_data(show_spinner=False)
def scenes(language: str) -> dict[str, Any]:
    """What each miniature draws, ready for the browser."""
    from core.demo import load
    from core.figures.board import typed
    from core.figures.palette import group
    from core.positions import sinusoidal

    shown = _SHOWN[language]
    reader, articles = READERS[language]
    demo = load(str(shown["name"]))
    embedding = demo.embedding
    rows = np.arange(min(420, len(demo.rows)))
    classes = [embedding.metadata["class"][at] for at in demo.rows[rows]]
    _, colours, codes = group(classes, "others", "none")
    asked = [word for word in shown["ask"] if word in embedding]
    codes32 = sinusoidal(64, 32)
    return {
        "words": {
            "frames": typed(_unit(demo.frames[:, rows])),
            "colors": [colours[code] for code in codes],
            "named": [[int(at), embedding.labels[demo.rows[at]]] for at in _spread(classes, int(shown["named"]))],
        },
        "patches": {"rows": 4, "columns": 6},
        "positions": {"codes": typed(codes32), "rates": [float(10_000 ** (-2 * k / 12)) for k in range(6)]},
        "neighbours": [
            {"word": word, "near": [[near.label, round(near.score, 3)] for near in embedding.nearest(word, 5)]}
            for word in asked
        ],
        "readers": {
            "reader": reader,
            "articles": [{"tag": tag, "cosine": cosine, "found": at == 0} for at, (tag, cosine) in enumerate(articles)],
        },
        "table": _table(embedding.vectors, [embedding.index(word) for word in asked], asked),
    }


def _unit(frames: FloatArray) -> FloatArray:
    """Frames scaled as one so that the last fills the square from -1 to 1."""
    reach = np.quantile(np.abs(frames[-1]), 0.995)
    return np.clip(frames / reach, -1.1, 1.1).astype(np.float32)


def _spread(classes: list[str], count: int) -> list[int]:
    """The first row of each class in turn: labels that show every class before any class twice."""
    seen: dict[str, int] = {}
    for at, name in enumerate(classes):
        if name and name not in seen:
            seen[name] = at
    return list(seen.values())[:count]


def _table(vectors: FloatArray, rows: list[int], labels: list[str]) -> dict[str, Any]:
    from core.figures.board import typed

    part = vectors[rows]
    return {"labels": labels, "vectors": typed(part / np.abs(part).max())}


@st.cache_data(show_spinner=False)
def photo() -> tuple[bytes, str]:
    """The picture that falls into patches, as (JPEG bytes, media type): drawn by us."""
    from io import BytesIO

    from PIL import Image

    from core.images import load_sample

    packed = BytesIO()
    sample = load_sample("china")
    Image.fromarray(sample.pixels).resize((480, 320)).save(packed, "JPEG", quality=85)
    return packed.getvalue(), "image/jpeg"
