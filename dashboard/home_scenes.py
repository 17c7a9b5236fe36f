"""The values behind the miniatures of Home: all from the shipped embedding and the engine's own formulas."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from core.arrays import FloatArray

_SHOWN = {
    "en": {"name": "small-world-en", "ask": ("king", "paris", "dog", "science", "rain"), "named": 14},
    "zh": {"name": "small-world-zh", "ask": ("国王", "巴黎", "小狗", "科学", "大雨"), "named": 14},
}
CREDIT = "Photo by danielbuechele on Flickr, CC BY 2.0, from scikit-learn"  # translated with the samples
# Cosines of the ready encoder, which Home need not load; tests/dashboard/test_page_home.py holds them to it.
READERS = {
    "en": ("science", (("technology", 0.521), ("cooking", 0.374))),
    "zh": ("科学", (("科技", 0.637), ("烹饪", 0.296))),
}


@cache
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
    rows = np.array([at for at, row in enumerate(demo.rows) if embedding.metadata["class"][row]])
    classes = [embedding.metadata["class"][row] for row in demo.rows[rows]]
    frames = _unit(demo.frames[:, rows])
    _, colours, codes = group(classes, "others", "none")
    asked = [word for word in shown["ask"] if word in embedding]
    codes32 = sinusoidal(64, 32)
    return {
        "words": {
            "frames": typed(frames),
            "colors": [colours[code] for code in codes],
            "named": [
                [int(at), embedding.labels[demo.rows[rows[at]]]] for at in _apart(frames[-1], int(shown["named"]))
            ],
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
    """Frames centred on the last, which fills the rectangle from -1 to 1; nothing leaves it."""
    centred = frames - np.median(frames[-1], axis=0)
    return np.clip(centred / np.quantile(np.abs(centred[-1]), 0.98, axis=0), -1, 1).astype(np.float32)


def _apart(points: FloatArray, count: int, across: float = 0.34, down: float = 0.16) -> list[int]:
    """Rows whose labels have room: no two nearer than a label is wide and tall."""
    chosen: list[int] = []
    for at, (x, y) in enumerate(points):
        if x < 0.75 and all(abs(x - points[one][0]) > across or abs(y - points[one][1]) > down for one in chosen):
            chosen.append(at)
    return chosen[:count]


def _table(vectors: FloatArray, rows: list[int], labels: list[str]) -> dict[str, Any]:
    from core.figures.board import typed

    part = vectors[rows]
    return {"labels": labels, "vectors": typed(part / np.abs(part).max())}


@cache
def photo() -> tuple[bytes, str]:
    """The picture that falls into patches, as (JPEG bytes, media type): drawn by us."""
    from io import BytesIO

    from PIL import Image

    from core.images import load_sample

    packed = BytesIO()
    sample = load_sample("china")
    Image.fromarray(sample.pixels).resize((480, 320)).save(packed, "JPEG", quality=85)
    return packed.getvalue(), "image/jpeg"
