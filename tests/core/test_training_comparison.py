"""The objectives side by side: trained alike, measured alike, told as they go."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import JobCancelled, ParameterError
from core.jobs import tasks
from core.measures import class_gap
from core.progress import Step
from core.training import OBJECTIVES, Comparison, compare, comparison, train
from tests.core.training_texts import CLASSES, small_text

TEXT = small_text(600)
KNOWN = {word: name for name, words in CLASSES.items() for word in words}
GENDER = {
    "gender": [("king", "queen", "man", "woman"), ("man", "woman", "king", "queen"), ("king", "queen", "hat", "cap")]
}


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(TEXT, classes=KNOWN, analogies=GENDER, dim=8, epochs=8, seed=3)


def test_every_objective_is_trained_as_it_would_be_alone(compared: Comparison) -> None:
    assert [row.objective for row in compared.rows] == OBJECTIVES.names()
    for row in compared.rows:
        alone = train(TEXT, row.objective, dim=8, epochs=8, seed=3)
        assert row.embedding.vectors.tobytes() == alone.vectors.tobytes()
        assert row.title == OBJECTIVES.get(row.objective).title
        assert row.class_gap == class_gap(alone.vectors, [KNOWN.get(label) for label in alone.labels])
        assert row.held_out_auc == alone.history.held_out_auc[-1]
        assert row.frequency_auc == alone.history.frequency_auc
        assert set(row.purity_by_class) == set(CLASSES)
        assert row.purity == pytest.approx(np.mean(list(row.purity_by_class.values())))
        assert (row.epochs, row.seconds > 0, row.words_per_second > 1000) == (8, True, True)


def test_analogies_are_counted_by_relation_and_in_all(compared: Comparison) -> None:
    for row in compared.rows:
        assert row.analogies is not None
        assert row.analogies == row.analogies_by_relation["gender"]
        assert (row.analogies.covered, row.analogies.total) == (2, 3)
        assert row.analogies.right_unfiltered <= row.analogies.right <= 2


def test_what_a_text_cannot_be_measured_by_is_none_with_the_reason(compared: Comparison) -> None:
    assert [row.wordsim for row in compared.rows] == [None] * 3
    assert [str(note) for note in compared.notes] == [
        f"Both words of only {_covered('wordsim353.tsv')} pairs of WordSim-353, an English list, are in this text: too few to measure by.",
        f"Both words of only {_covered('simlex999.txt')} pairs of SimLex-999, an English list, are in this text: too few to measure by.",
    ]
    bare = compare(TEXT, ["cbow"], analogies={}, dim=4, epochs=1)
    assert (bare.rows[0].class_gap, bare.rows[0].purity, bare.rows[0].analogies) == (None, None, None)
    assert [str(note)[:20] for note in bare.notes][0::3] == ["The true classes of ", "No analogy question "]


def _covered(file: str) -> int:
    words = {word for sentence in TEXT for word in sentence}
    return sum(one in words and other in words for one, other, _ in comparison._pairs(file))


def test_without_gensim_the_lists_of_people_are_missing_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "find_spec", lambda name: None)
    found = compare(TEXT, ["skip-gram"], classes=KNOWN, dim=4, epochs=1)
    assert (found.rows[0].wordsim, found.rows[0].simlex, found.rows[0].analogies) == (None, None, None)
    assert "WordSim-353 comes with gensim, which is not installed here" in str(found.notes[0])


def test_english_text_is_measured_by_the_lists_that_gensim_brings() -> None:
    pytest.importorskip("gensim", reason="brings the lists of word pairs")
    pairs = [("king", "queen"), ("tiger", "cat"), ("book", "paper"), ("computer", "keyboard"), ("plane", "car")]
    pairs += [
        ("train", "car"),
        ("media", "radio"),
        ("bread", "butter"),
        ("doctor", "nurse"),
        ("coast", "shore"),
        ("food", "fruit"),
    ]
    capitals = [
        ["athens", "lies", "in", "greece"],
        ["berlin", "lies", "in", "germany"],
        ["bangkok", "lies", "in", "thailand"],
    ]
    text = [*([one, "and", other, "again"] for one, other in pairs), *capitals] * 20
    row = compare(text, ["skip-gram"], dim=8, epochs=2).rows[0]
    assert row.wordsim is not None
    assert row.wordsim.covered >= 10
    assert row.wordsim.total == 353
    assert row.wordsim.rho is not None
    assert row.analogies is not None
    assert row.analogies_by_relation["capital-common-countries"].covered == 6


def test_one_bar_goes_from_nothing_to_a_hundred_over_all_trainings() -> None:
    steps: list[Step] = []
    compare(TEXT, dim=4, epochs=2, on_progress=steps.append)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert {(step.total, step.unit) for step in steps} == {(100, "percent")}
    assert (steps[0].done, steps[-1].done) == (0, 100)
    assert sorted({step.figures["objective"] for step in steps}) == [0, 1, 2]
    assert all(step.coordinates is not None and "loss" in step.figures for step in steps)


def test_stopping_keeps_the_lines_there_are_and_a_snapshot_has_them_too() -> None:
    seen: list[int] = []

    def stop_in_the_second(step: Step) -> bool:
        assert step.snapshot is not None
        seen.append(len(step.snapshot().rows))
        return step.figures["objective"] == 1

    found = compare(TEXT, dim=4, epochs=2, on_progress=stop_in_the_second)
    assert [row.objective for row in found.rows] == OBJECTIVES.names()[:2]
    assert found.rows[1].embedding.history.stopped
    assert (seen[0], seen[-1]) == (0, 1)


def test_a_text_that_earns_a_warning_can_be_stopped_and_a_leap_of_one_task_does_not_stop_the_others() -> None:
    roomy = [["a", "b", "c", "d", "e"], ["b", "a", "d", "c", "e"]]
    stopped = compare(roomy, dim=8, epochs=2, on_progress=lambda step: step.figures["objective"] == 1)
    assert [len(row.embedding.history.warnings) for row in stopped.rows] == [1, 1]
    leapt = compare(TEXT, dim=4, epochs=2, settings={"five-gram": {"learning_rate": 1e12}})
    assert [row.embedding.history.stopped for row in leapt.rows] == [True, False, False]


def test_a_cancel_passes_through() -> None:
    def cancel(step: Step) -> bool:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        compare(TEXT, dim=4, epochs=1, on_progress=cancel)


def test_one_objective_can_have_settings_of_its_own() -> None:
    rows = compare(TEXT, ["five-gram", "cbow"], dim=4, epochs=1, settings={"five-gram": {"window": 7}}).rows
    assert [row.embedding.history.settings["window"] for row in rows] == [7, 5]


@pytest.mark.parametrize(
    ("objectives", "settings"), [([], {}), (["glove"], {}), (None, {"glove": {}}), (None, {"cbow": {"slot": "any"}})]
)
def test_what_cannot_be_compared_is_refused(
    objectives: list[str] | None, settings: dict[str, dict[str, object]]
) -> None:
    with pytest.raises(ParameterError):
        compare(TEXT, objectives, dim=4, epochs=1, settings=settings)


def test_a_job_compares_with_the_classes_and_analogies_of_a_built_in_corpus() -> None:
    found = tasks.compare_objectives(lambda step: None, {"corpus": "small-world-zh"}, epochs=1, dim=8)
    assert isinstance(found, Comparison)
    assert [row.class_gap is not None for row in found.rows] == [True] * 3
    assert found.rows[0].analogies_by_relation["gender"].covered > 500
    assert found.rows[0].wordsim is None
