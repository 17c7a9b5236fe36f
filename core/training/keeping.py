"""The history of a training as bytes and back: an .npz of plain arrays, and the rest as JSON.

What comes back may have been changed by anybody, so whatever a page or a later training would stumble over is
checked here; nothing is unpickled.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import _archive
from core.errors import N_, CoreError, DataError
from core.formats import _npy
from core.notes import Note
from core.training.history import Frame, History

MOST_FRAMES = 60  # kept of the moving map, evenly over the training
_CURVES = ("epochs", "loss", "held_out_loss", "held_out_accuracy", "held_out_auc")
_FACTS = ("objective", "unit", "settings", "windows", "held_out_windows", "frequency_auc", "attested_share", "joined", "scored", "windows_per_second", "training_seconds", "seconds", "stopped", "watched", *_CURVES)  # fmt: skip
_ABOUT, _WEIGHT, _MEMORY = "about", "weight_", "memory_"


def history_to_bytes(history: History) -> bytes:
    """Everything but frames beyond MOST_FRAMES, of which every so many-th is kept and the last."""
    every = np.linspace(0, len(history.frames) - 1, MOST_FRAMES if history.frames else 0)
    frames = [history.frames[at] for at in np.unique(every.round().astype(int))]
    about = {name: getattr(history, name) for name in _FACTS}
    about |= {"at": [float(one.epoch) for one in frames], "warnings": [asdict(note) for note in history.warnings]}
    arrays: dict[str, NDArray[Any]] = {
        _ABOUT: np.frombuffer(json.dumps(about, default=_plain).encode(), np.uint8),
        "frames": np.array([one.coordinates for one in frames], np.float32).reshape(len(frames), -1, 2),
        "frame_rows": np.asarray(history.frame_rows, np.int64),
    }
    if history.counts is not None:
        arrays["counts"] = np.asarray(history.counts, np.int64)
    arrays |= {_WEIGHT + name: array for name, array in history.weights.items()}
    arrays |= {_MEMORY + name: array for name, array in history.memory.items()}
    filled = {f"{name}.npy": _npy.to_bytes(array) for name, array in arrays.items() if array.size}
    return _archive.pack(filled, squeeze=True)


def history_from_bytes(data: bytes, name: str, rows: int) -> History:
    """The history of an embedding of so many rows. DataError, naming `name`, where it is damaged or not of that embedding."""
    try:
        return _built(data, name, rows)
    except CoreError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise DataError(N_("The history of the training saved with {name} is damaged."), name=name) from error


def _built(data: bytes, name: str, rows: int) -> History:
    members = _archive.read_members(data, name)
    arrays = {key.removesuffix(".npy"): _npy.read_array(content, name) for key, content in members.items()}
    about = json.loads(arrays.pop(_ABOUT).tobytes())
    at, warnings = about.pop("at"), about.pop("warnings")
    seen = arrays.pop("frame_rows", np.empty(0, np.int64)).astype(np.int64)
    frames = arrays.pop("frames", np.empty((0, len(seen), 2), np.float32)).astype(np.float32)
    counts = arrays.pop("counts", None)
    _agree(
        set(about) == set(_FACTS) and isinstance(about["settings"], dict),
        seen.ndim == 1 and (not len(seen) or 0 <= seen.min() <= seen.max() < rows),
        frames.shape == (len(at), len(seen), 2) and bool(np.isfinite(frames).all()),
        all(isinstance(one, (int, float)) for one in at) and len({len(about[curve]) for curve in _CURVES}) == 1,
        all(isinstance(one, (int, float)) for curve in _CURVES for one in about[curve]),
        all(array.dtype.kind == "f" and np.isfinite(array).all() for array in arrays.values()),
        counts is None or (counts.shape == (rows,) and counts.dtype.kind in "iu"),
    )
    about["watched"] = {word: [tuple((str(near), float(score)) for near, score in found) for found in seen_then] for word, seen_then in about["watched"].items()}  # fmt: skip
    return History(
        **about, frame_rows=seen, counts=counts, warnings=[Note(one["template"], one["values"]) for one in warnings],
        frames=[Frame(epoch, frame) for epoch, frame in zip(at, frames, strict=True)],
        weights=_parts(arrays, _WEIGHT), memory=_parts(arrays, _MEMORY),
    )  # fmt: skip


def _agree(*facts: bool) -> None:
    if not all(facts):
        raise ValueError("its parts do not agree")


def _parts(arrays: dict[str, NDArray[Any]], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else str(value)
