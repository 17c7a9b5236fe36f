"""Going on from an embedding that is there, and following a few words while a training runs."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from core.arrays import fingerprint
from core.embedding import Embedding
from core.errors import ParameterError
from core.jobs import worker
from core.jobs.run import Run
from core.jobs.worker import Order, Reporter
from core.measures import class_gap
from core.progress import Step
from core.training import OBJECTIVES, History, Judge, train
from tests.core.training_texts import class_of, small_text

each_objective = pytest.mark.parametrize("objective", OBJECTIVES.names())
TEXT = small_text(600)
MORE = [
    [{"cow": "yak", "bread": "flatbread"}.get(word, word) for word in sentence] for sentence in small_text(600, seed=9)
]


def _history(embedding: Embedding) -> History:
    assert isinstance(embedding.history, History)
    return embedding.history


@each_objective
def test_known_words_keep_their_vectors_new_ones_join_and_counts_add_up(objective: str) -> None:
    first = train(TEXT, objective, dim=8, epochs=3)
    untrained: list[Embedding] = []

    def stop_at_once(step: Step) -> bool:
        assert step.snapshot is not None
        untrained.append(step.snapshot())
        return True

    train(MORE, objective, epochs=3, start=first, on_progress=stop_at_once)
    joined = untrained[0]
    assert set(joined.labels) == set(first.labels) | {"yak", "flatbread"}
    assert joined.dim == 8
    for label in first.labels:
        assert (joined.vector(label) == first.vector(label)).all()
    history, before = _history(joined), _history(first)
    assert history.joined == 2
    assert history.warning is None
    assert history.counts is not None
    assert before.counts is not None
    assert (np.diff(history.counts) <= 0).all()
    for label in ("the", "cow", "yak"):
        old = before.counts[first.index(label)] if label in first else 0
        assert history.counts[joined.index(label)] == old + sum(sentence.count(label) for sentence in MORE)
    for name, array in before.weights.items():
        if name != "contexts":
            assert (history.weights[name] == array).all()
        else:
            assert (history.weights[name][[joined.index(label) for label in first.labels]] == array).all()


def test_going_on_where_it_left_off_loses_nothing_of_what_was_learned() -> None:
    first = train(TEXT, dim=16, epochs=10)
    further = train(TEXT, dim=16, epochs=2, start=first)
    history, before = _history(further), _history(first)
    assert history.loss[0] == pytest.approx(before.loss[-1], abs=0.05)
    assert history.held_out_loss[1] < before.held_out_loss[0] / 2
    assert max(history.loss[1:]) < before.loss[5]


@each_objective
def test_a_word_that_joins_finds_its_class(objective: str) -> None:
    first = train(small_text(), objective, dim=16, epochs=25)
    second = train([*TEXT, *MORE], objective, epochs=25, start=first)
    assert class_gap(second.vectors, class_of(second.labels)) > 0.2
    animals = {"cow", "horse", "goat", "hen", "pig", "duck", "sheep", "dog"}
    assert {near.label for near in second.nearest("yak", 4)} <= animals


def test_rare_new_words_stay_out_and_old_ones_stay_in() -> None:
    first = train(TEXT, dim=4, epochs=1)
    second = train([[*"XYZVWX"], *TEXT[:30]], dim=4, epochs=1, start=first, min_count=2)
    assert "X" in second
    assert "Y" not in second
    assert set(first.labels) < set(second.labels)


def test_vectors_from_a_file_can_be_gone_on_from_and_r_starts_afresh() -> None:
    rng = np.random.default_rng(0)
    first = Embedding(["cow", "horse", "zebra"], rng.normal(size=(3, 6)))
    second = train(TEXT, epochs=2, start=first)
    assert _history(second).joined == len({word for sentence in TEXT for word in sentence}) - 2
    near = first.vector("zebra") @ second.vector("zebra")
    assert near > 0.9 * np.linalg.norm(first.vector("zebra")) * np.linalg.norm(second.vector("zebra"))
    assert "started afresh" in str(_history(second).warning)


def test_the_same_vectors_with_and_without_their_r_are_two_beginnings() -> None:
    """Or a job that goes on from one would be answered with what the other became."""
    trained = train(TEXT, dim=4, epochs=1)
    bare = Embedding(trained.labels, trained.vectors)
    assert trained.fingerprint == bare.fingerprint
    assert fingerprint(trained) != fingerprint(bare)
    assert fingerprint(trained) == fingerprint(pickle.loads(pickle.dumps(trained)))


def test_another_objective_or_shape_keeps_the_vectors_and_says_what_starts_afresh() -> None:
    first = train(TEXT, dim=8, epochs=2)
    for objective, settings in (("skip-gram", {}), ("five-gram", {"window": 7}), ("five-gram", {"width": 16})):
        history = _history(train(TEXT, objective, epochs=1, start=first, **settings))
        assert "started afresh" in str(history.warning)
        assert history.joined == 0
    assert _history(train(TEXT, epochs=1, start=first, loss="hinge", slot="last")).warning is None


def test_another_dimension_is_refused_with_the_one_it_must_be() -> None:
    with pytest.raises(ParameterError, match="dim must be 8, as in the embedding"):
        train(TEXT, dim=16, start=train(TEXT, dim=8, epochs=1))


def test_what_was_continued_can_be_asked_and_continued_again() -> None:
    second = train(MORE, epochs=1, start=train(TEXT, dim=8, epochs=1))
    third = train(TEXT, epochs=1, start=second)
    assert _history(third).joined == 0
    assert np.isfinite(Judge(third).score(["we", "cook", "flatbread", "with", "fine"]))


# ---- words that are followed


@each_objective
def test_the_neighbours_of_watched_words_are_told_with_every_step_and_kept_by_epoch(objective: str) -> None:
    steps: list[Step] = []
    embedding = train(TEXT, objective, dim=8, epochs=4, watch=("horse", "bread"), on_progress=steps.append)
    history = _history(embedding)
    assert list(history.watched) == ["horse", "bread"]
    assert [len(seen) for seen in history.watched.values()] == [len(history.epochs)] * 2
    for word, seen in history.watched.items():
        expected = [(near.label, pytest.approx(near.score, abs=1e-5)) for near in embedding.nearest(word, 5)]
        assert list(seen[-1]) == expected
        assert all(word not in dict(near) for near in seen)
    assert all(list(step.watched) == ["horse", "bread"] for step in steps)
    assert steps[-1].watched["bread"] == history.watched["bread"][-1]
    assert steps[0].watched["bread"] == history.watched["bread"][0]


def test_watching_changes_nothing_else() -> None:
    watched, plain = (train(TEXT, dim=8, epochs=3, watch=words) for words in (("horse",), ()))
    assert watched.vectors.tobytes() == plain.vectors.tobytes()
    assert _history(plain).watched == {}


def test_a_word_the_text_has_not_is_named_with_its_spellings_and_the_training_goes_on() -> None:
    history = _history(train(TEXT, dim=8, epochs=1, watch=("hosre", "Bread", "☃")))
    notes = [str(note) for note in history.warnings]
    assert notes[0].startswith("hosre is not in this text, so it cannot be watched. Nearest spellings: horse")
    assert notes[1] == "☃ is not in this text, so it cannot be watched."
    assert list(history.watched) == ["bread"]


@pytest.mark.parametrize("words", ["horse", ("a", "b", "c", "d", "e", "f")])
def test_more_than_five_words_or_a_bare_string_are_refused(words: object) -> None:
    with pytest.raises(ParameterError, match="watch must be a list of at most 5 words"):
        train(TEXT, watch=words)


def test_a_text_of_two_words_has_one_neighbour_to_show() -> None:
    history = _history(train([["a", "b"]], "skip-gram", dim=2, epochs=1, held_out=0.0, watch=("a",)))
    assert [[label for label, _ in seen] for seen in history.watched["a"]] == [["b"], ["b"]]


def test_watched_neighbours_cross_the_process_border_with_their_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "STEPS_A_SECOND", 1e9)
    run = Run("key", Order("watched", "train", "core.jobs.tasks"))
    report = Reporter("watched", lambda message: run.add(message))
    history = _history(train(TEXT, dim=8, epochs=2, watch=("horse",), on_progress=report))
    report.flush()
    assert run.history[0].watched == {"horse": history.watched["horse"][0]}
    assert run.history[-1].watched == {"horse": history.watched["horse"][-1]}


@each_objective
def test_a_wild_learning_rate_leaves_what_was_gone_on_from(objective: str) -> None:
    first = train(TEXT, objective, dim=8, epochs=2)
    second = train(TEXT, objective, epochs=2, start=first, learning_rate=1e30)
    assert "smaller learning rate" in str(_history(second).warning)
    assert (second.vectors == first.vectors).all()
