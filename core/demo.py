"""The embeddings that are shipped, so that no first view is blank: trained here, from our own corpora.

`python -m core.demo` trains them anew; the same code and seed give the same files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np

from core.arrays import FloatArray, IntArray
from core.embedding import Embedding

NAMES = ("small-world-en", "small-world-zh")
_FRAMES = 24


@dataclass(frozen=True, slots=True)
class Demo:
    """A shipped embedding with the pictures of its training: frames (k, m, 2) of the rows in `rows` (m,)."""

    embedding: Embedding
    epochs: list[float]
    frames: FloatArray
    rows: IntArray
    figures: dict[str, list[float]]


def load(name: str) -> Demo:
    """Read a shipped embedding; its metadata has the class of each word."""
    raw = (files("assets") / "embeddings" / f"{name}.npz").read_bytes()
    with np.load(BytesIO(raw), allow_pickle=False) as held:
        about = json.loads(held["about"].tobytes().decode())
        embedding = Embedding(about["labels"], held["vectors"], {"class": about["classes"]})
        frames = held["frames"].astype(np.float32)
        return Demo(embedding, about["epochs"], frames, held["rows"].astype(np.int64), about["figures"])


def build(name: str) -> bytes:
    """Train on the corpus of that name with the default settings and pack what Home and the pages need."""
    from core.text import load_corpus
    from core.training import train

    corpus = load_corpus(name)
    embedding = train(corpus.sentences)
    history = embedding.history
    chosen = np.unique(np.linspace(0, len(history.frames) - 1, _FRAMES).round().astype(int))
    frames = [history.frames[at] for at in chosen]
    about = {
        "labels": embedding.labels,
        "classes": [corpus.classes.get(label, "") for label in embedding.labels],
        "epochs": [round(float(frame.epoch), 3) for frame in frames],
        "figures": {
            "epochs": _rounded(history.epochs),
            "loss": _rounded(history.loss),
            "held_out_loss": _rounded(history.held_out_loss),
            "held_out_auc": _rounded(history.held_out_auc),
            "frequency_auc": [round(float(history.frequency_auc), 5)] * len(history.epochs),
        },
    }
    packed = BytesIO()
    np.savez_compressed(
        packed,
        vectors=embedding.vectors.astype(np.float32),
        frames=np.stack([frame.coordinates for frame in frames]).astype(np.float16),
        rows=np.asarray(history.frame_rows, dtype=np.int32),
        about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
    )
    return packed.getvalue()


def _rounded(values: list[float]) -> list[float]:
    return [round(float(value), 5) for value in values]


if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "assets" / "embeddings"
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / f"{name}.npz").write_bytes(build(name))
