"""What a training left behind is kept beside its embedding: it can be looked at again, and gone on with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core import _archive
from core.embedding import Embedding
from core.errors import DataError
from core.formats import _npy
from core.library import Library, read_workspace
from core.training import OBJECTIVES, train
from core.training.keeping import MOST_FRAMES, history_from_bytes, history_to_bytes
from tests.core.training_texts import small_text

SENTENCES = small_text(300)
SETTINGS = {"dim": 6, "epochs": 2, "seed": 3}


def trained(objective: str = "five-gram", **more: object) -> Embedding:
    return train(SENTENCES, objective, **{**SETTINGS, **more})


@pytest.mark.parametrize("objective", [item.name for item in OBJECTIVES])
def test_a_saved_training_opens_with_its_history_and_goes_on_as_if_never_saved(tmp_path: Path, objective: str) -> None:
    made = trained(objective, watch=("cow",))
    library = Library(tmp_path)
    back = Library(tmp_path).open(library.save(made, "trained"))
    assert back.notes == []
    for name in ("objective", "settings", "epochs", "loss", "held_out_auc", "watched", "windows", "seconds"):
        np.testing.assert_equal(getattr(back.history, name), getattr(made.history, name))
    assert [one.epoch for one in back.history.frames] == [one.epoch for one in made.history.frames]
    assert back.history.frames[-1].coordinates.tobytes() == made.history.frames[-1].coordinates.tobytes()
    assert set(back.history.weights) == set(made.history.weights)
    further = [train(SENTENCES, objective, **SETTINGS, start=start) for start in (made, back)]
    assert further[0].vectors.tobytes() == further[1].vectors.tobytes()


def test_the_quota_counts_the_history_and_a_workspace_brings_it_along(tmp_path: Path) -> None:
    here, there = Library(tmp_path / "here"), Library(tmp_path / "there")
    key = here.save(trained(), "trained")
    assert here.entry(key).bytes == sum(path.stat().st_size for path in (tmp_path / "here/embeddings" / key).iterdir())
    found, damaged = read_workspace(here.pack(), "w.zip")
    assert damaged == []
    again = there.open(there.add(found[0]))
    assert again.history.objective == "five-gram"
    assert again.history.weights["R"].tobytes() == here.open(key).history.weights["R"].tobytes()


def test_an_entry_of_before_and_one_that_was_never_trained_have_none(tmp_path: Path) -> None:
    library = Library(tmp_path)
    key = library.save(trained(), "old")
    (tmp_path / "embeddings" / key / "history.npz").unlink()
    plain = library.save(Embedding(["a", "b"], np.eye(2)), "plain")
    assert (library.open(key).history, library.open(plain).history) == (None, None)


@pytest.mark.parametrize("harm", [lambda data: data[:-40], lambda data: data[:99], lambda _data: b"junk"])
def test_a_damaged_history_is_left_out_and_told_and_the_embedding_opens(tmp_path: Path, harm: object) -> None:
    library, made = Library(tmp_path), trained()
    key = library.save(made, "harmed")
    file = tmp_path / "embeddings" / key / "history.npz"
    file.write_bytes(harm(file.read_bytes()))  # type: ignore[operator]
    back = library.open(key)
    assert back.vectors.tobytes() == made.vectors.tobytes()
    assert back.history is None
    assert len(back.notes) == 1


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("frame_rows", np.array([0, 10**9])),
        ("frame_rows", np.array([-1, 0])),
        ("frames", np.zeros((1, 2, 2), np.float32)),
        ("counts", np.zeros(3, np.int64)),
        ("weight_R", np.array([np.nan], np.float32)),
        ("weight_R", np.array(["text"])),
        ("about", np.frombuffer(b'{"objective": "five-gram"}', np.uint8)),
        ("about", np.frombuffer(b"[" * 200_000, np.uint8)),
    ],
)
def test_a_history_by_somebody_else_is_looked_at_before_it_is_believed(part: str, value: np.ndarray) -> None:
    made = trained()
    members = _archive.read_members(history_to_bytes(made.history), "h")
    members[f"{part}.npy"] = _npy.to_bytes(value)
    with pytest.raises(DataError, match="history of the training saved with mine"):
        history_from_bytes(_archive.pack(members, squeeze=True), "mine", len(made))


def test_of_very_many_frames_some_are_kept_and_the_last() -> None:
    made = trained(epochs=1)
    made.history.frames = made.history.frames * 200
    last = made.history.frames[-1].coordinates
    kept = history_from_bytes(history_to_bytes(made.history), "h", len(made)).frames
    assert len(kept) == MOST_FRAMES
    assert kept[-1].coordinates.tobytes() == last.tobytes()
