"""The embeddings that are shipped, so that no first view is blank: trained here, from our own corpora.

`python -m core.demo` trains them anew; the same code and seed give the same
files on the same kind of processor, but for the seconds it took.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.arrays import FloatArray, IntArray
from core.embedding import Embedding

if TYPE_CHECKING:
    from core.training.comparison import Compared, Comparison

NAMES = ("small-world-en", "small-world-zh")
WATCHED = {
    "small-world-en": ("king", "dog", "paris", "apple", "science"),
    "small-world-zh": ("国王", "小狗", "巴黎", "苹果", "科学"),
}  # words whose neighbours are followed through the training
_FIRST = "five-gram"
_FRAMES = 24
_CURVES = ("epochs", "loss", "held_out_loss", "held_out_accuracy", "held_out_auc")
_FACTS = ("objective", "unit", "settings", "windows", "held_out_windows", "frequency_auc", "attested_share")


@dataclass(frozen=True, slots=True)
class Demo:
    """A shipped embedding, with the history of its training; frames (k, m, 2) of the rows in `rows` (m,) are its maps."""

    embedding: Embedding
    frames: FloatArray
    rows: IntArray


def load(name: str, objective: str = "") -> Demo:
    """Read a shipped embedding; its metadata has the class of each word. Without an objective, that of the five-gram."""
    from core.training import Frame, History

    raw = _file(name, objective).read_bytes()
    with np.load(BytesIO(raw), allow_pickle=False) as held:
        about = json.loads(held["about"].tobytes().decode())
        embedding = Embedding(about["labels"], held["vectors"], {"class": about["classes"]})
        frames, rows = held["frames"].astype(np.float32), held["rows"].astype(np.int64)
        embedding.history = History(
            **about["history"], frame_rows=rows,
            frames=[Frame(epoch, frame) for epoch, frame in zip(about["epochs"], frames, strict=True)],
            weights=_parts(held, "weight_"), memory=_parts(held, "memory_"), counts=held["counts"],
            first=held["first"].astype(np.float32),
        )  # fmt: skip
        return Demo(embedding, frames, rows)


def compared(name: str) -> Comparison:
    """The objectives side by side on that corpus, as `core.training.compare` measured them with the default settings.
    Seconds and rates are those of the machine it was made on."""
    from core.measures import Agreement, AnalogyScore
    from core.notes import Note
    from core.training.comparison import Compared, Comparison

    found = Comparison()
    about = json.loads(_file(name, "compared", "json").read_text(encoding="utf-8"))
    found.notes.extend(Note(**note) for note in about["notes"])
    for row in about["rows"]:
        for part, kind in (("wordsim", Agreement), ("simlex", Agreement), ("analogies", AnalogyScore)):
            row[part] = row[part] and kind(**row[part])
        row["analogies_by_relation"] = {
            relation: AnalogyScore(**score) for relation, score in row["analogies_by_relation"].items()
        }
        objective = "" if row["objective"] == _FIRST else row["objective"]
        found.rows.append(Compared(**row, embedding=load(name, objective).embedding))
    return found


def _file(name: str, part: str = "", ending: str = "npz") -> Any:
    return files("assets") / "embeddings" / f"{'-'.join(filter(None, (name, part)))}.{ending}"


def _parts(held: Any, prefix: str) -> dict[str, FloatArray]:
    return {part.removeprefix(prefix): held[part] for part in held.files if part.startswith(prefix)}


def build(name: str) -> dict[str, bytes]:
    """Train on the corpus of that name with the default settings: the files that Home and the pages need, by name."""
    from core.text import corpus_analogies, load_corpus
    from core.training import compare, train

    corpus = load_corpus(name)
    found = compare(corpus.sentences, classes=corpus.classes, analogies=corpus_analogies(name) or None)
    told = {"rows": [_measures(row) for row in found.rows], "notes": [asdict(note) for note in found.notes]}
    made = {f"{name}-compared.json": json.dumps(told, ensure_ascii=False, indent=1).encode()}
    for row in found.rows:
        made[f"{name}-{row.objective}.npz"] = _packed(row.embedding, corpus.classes)
    del made[f"{name}-{_FIRST}.npz"]  # the same training is here with its watched words
    return made | {f"{name}.npz": _packed(train(corpus.sentences, watch=WATCHED[name]), corpus.classes)}


def _measures(row: Compared) -> dict[str, Any]:
    """A line of the comparison without its embedding."""
    told = {part.name: getattr(row, part.name) for part in fields(row) if part.name != "embedding"}
    told["analogies_by_relation"] = {relation: asdict(score) for relation, score in row.analogies_by_relation.items()}
    for name in ("wordsim", "simlex", "analogies"):
        told[name] = told[name] and asdict(told[name])
    return told


def _packed(embedding: Embedding, classes: Mapping[str, str]) -> bytes:
    history = embedding.history
    chosen = np.unique(np.linspace(0, len(history.frames) - 1, _FRAMES).round().astype(int))
    frames = [history.frames[at] for at in chosen]
    about = {
        "labels": embedding.labels,
        "classes": [classes.get(label, "") for label in embedding.labels],
        "epochs": [round(float(frame.epoch), 3) for frame in frames],
        "history": _told(history),
    }
    packed = BytesIO()
    np.savez_compressed(
        packed,
        vectors=embedding.vectors.astype(np.float32),
        frames=np.stack([frame.coordinates for frame in frames]).astype(np.float16),
        rows=np.asarray(history.frame_rows, dtype=np.int32),
        about=np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
        counts=history.counts, first=history.first.astype(np.float16),
        **{f"weight_{part}": array for part, array in history.weights.items()},
        **{f"memory_{part}": array for part, array in history.memory.items()},
    )  # fmt: skip
    return packed.getvalue()


def _told(history: Any) -> dict[str, Any]:
    """The curves and facts of a training as plain numbers and words."""
    curves = {curve: [round(float(value), 5) for value in getattr(history, curve)] for curve in _CURVES}
    facts = {fact: getattr(history, fact) for fact in _FACTS}
    watched = {
        word: [[(label, round(score, 3)) for label, score in near] for near in seen]
        for word, seen in history.watched.items()
    }
    return {
        "watched": watched,
        **curves,
        **{fact: round(value, 5) if isinstance(value, float) else value for fact, value in facts.items()},
    }


if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "assets" / "embeddings"
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        for file, content in build(name).items():
            (folder / file).write_bytes(content)
