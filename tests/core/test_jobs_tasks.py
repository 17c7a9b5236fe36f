"""The list of tasks, and the tasks that the other tests of jobs submit."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from core.errors import DataError, JobCancelled, ParameterError
from core.jobs import judging, tasks
from core.progress import OnStep, Step


@tasks.task("test count")
def count(report: OnStep, total: int, ledger: str | None = None) -> int:
    """Count to total; a line in the ledger each time it is really carried out."""
    if ledger is not None:
        with Path(ledger).open("a") as file:
            file.write(f"{total}\n")
    for done in range(1, total + 1):
        picture = np.full((3, 2), done, dtype=np.float32)
        if report(Step(done=done, total=total, unit="number", figures={"pid": os.getpid()}, coordinates=picture)):
            return done
    return total


@tasks.task("test until")
def until(report: OnStep, gate: str, name: str = "") -> str:
    """Step until the gate (a file) exists or somebody stops it."""
    done, pause = 0, threading.Event()
    while not Path(gate).exists():
        done += 1
        step = Step(
            done=done,
            total=1_000_000,
            unit="look",
            figures={"pid": os.getpid()},
            coordinates=np.full((2, 2), done, dtype=np.float32),
            snapshot=lambda: "as it stands",
        )
        if report(step):
            return "as it was stopped"
        pause.wait(0.002)
    return "to the end"


@tasks.task("test refuse")
def refuse(report: OnStep, kind: str) -> None:
    """Fail on purpose (a CoreError), by a slip, or for want of memory."""
    if kind == "on purpose":
        raise DataError("Row {row} is empty.", row=7)
    if kind == "memory":
        raise MemoryError
    raise IndexError("list index out of range")


@tasks.task("test unsendable")
def unsendable(report: OnStep) -> object:
    return threading.Lock()


@tasks.task("test array")
def array(report: OnStep, values: np.ndarray) -> np.ndarray:
    return values * 2


@tasks.task("test mapped")
def mapped(report: OnStep, values: np.ndarray, factor: int = 1) -> tuple[float, bool]:
    """Their sum, and whether they lie in a file rather than in this process."""
    return float(values.sum()) * factor, isinstance(values.base, np.memmap)


@tasks.task("test die")
def die(report: OnStep) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_an_unknown_task_is_refused_with_the_list_of_what_there_is() -> None:
    with pytest.raises(ParameterError, match=r"test count.*warm"):
        tasks.find("os.system")


def test_a_worker_finds_a_task_by_importing_the_module_that_registered_it() -> None:
    assert tasks.find_in(__name__, "test count") is tasks.find("test count")


def test_every_engine_task_lives_in_a_module_that_workers_have() -> None:
    ours = [name for name in tasks.names() if not name.startswith("test ")]
    assert "warm" in ours
    homes = {tasks.find(name).__module__ for name in ours}
    assert homes >= {"core.jobs.tasks", "core.jobs.judging"}
    assert all(home.startswith("core.") for home in homes)


class Listener:
    """A callback that remembers the steps and stops at one of them."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.steps: list[Step] = []
        self.stop_at = stop_at

    def __call__(self, step: Step) -> bool:
        self.steps.append(step)
        return len(self.steps) == self.stop_at


@pytest.fixture
def read_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training that returns what it was given to read."""
    monkeypatch.setattr("core.training.train", lambda sentences, on_progress, **settings: list(sentences))


LONG = "A cat sat on the mat. " * 5000


@pytest.mark.usefixtures("read_sentences")
@pytest.mark.parametrize(
    "source", [{"text": "The cat sat.\n\nThe dog ran."}, [["the", "cat", "sat"], ["the", "dog", "ran"]]]
)
def test_training_reads_a_text_or_takes_sentences(source: object) -> None:
    assert tasks.train(Listener(), source) == [["the", "cat", "sat"], ["the", "dog", "ran"]]  # type: ignore[arg-type]


@pytest.mark.usefixtures("read_sentences")
def test_training_takes_a_built_in_corpus_by_name() -> None:
    from core.text import load_corpus

    assert tasks.train(Listener(), {"corpus": "small-world-en"}) == load_corpus("small-world-en").sentences  # type: ignore[comparison-overlap]


@pytest.mark.usefixtures("read_sentences")
def test_reading_a_long_text_is_told_and_can_be_stopped() -> None:
    listener = Listener()
    assert len(tasks.train(listener, {"text": LONG})) == 5000
    assert [step.unit for step in listener.steps] == ["character"] * 5
    assert [step.done for step in listener.steps] == sorted({step.done for step in listener.steps})
    assert all(step.done <= step.total == len(LONG) for step in listener.steps)
    assert len(tasks.train(Listener(stop_at=3), {"text": LONG})) == 2000


def test_a_picture_comes_with_its_axes_and_how_far_to_trust_it() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    projected = tasks.project(Listener(), vectors, "pca", 3)
    assert projected.coordinates.shape == (30, 3)
    assert projected.quality is not None
    assert 0.5 < projected.quality.trustworthiness <= 1.0
    assert [axis.split()[0] for axis in projected.axes] == ["PC"] * 3
    assert tasks.project(Listener(), vectors, "pca", measure=False).quality is None


@pytest.mark.parametrize("rows", [3, 4, 5])
def test_the_smallest_tables_have_a_measured_picture_too(rows: int) -> None:
    quality = tasks.project(Listener(), np.eye(rows, dtype=np.float32), "pca").quality
    assert quality is not None
    assert np.isfinite(quality.trustworthiness)


def test_a_picture_is_judged_in_the_metric_it_was_drawn_in(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    vectors = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
    monkeypatch.setattr("core.projection.project", lambda vectors, method, **settings: vectors[:, :2])
    monkeypatch.setattr("core.projection.quality", lambda *args, k, metric: asked.append((k, metric)))
    tasks.project(Listener(), vectors, "umap", 2, 0, {"metric": "cosine"})
    tasks.project(Listener(), vectors, "umap")
    assert asked == [(4, "cosine"), (4, "euclidean")]


def test_a_snapshot_of_a_picture_is_a_picture_as_the_result_is() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    listener = Listener()
    tasks.project(listener, vectors, "pca")
    shown = [step for step in listener.steps if step.coordinates is not None]
    assert shown
    for step in shown:
        assert step.snapshot is not None
        assert step.snapshot().coordinates.shape == (30, 2)


def test_positions_are_compared_on_a_text_with_the_learned_table_a_step() -> None:
    listener = Listener()
    settings = {"length": 4, "dim": 8, "seeds": 2, "steps": 3}
    compared = tasks.compare_positions(listener, {"corpus": "small-world-en"}, **settings)
    assert compared.accuracy.shape == (5, 2, 4)
    steps = [step for step in listener.steps if step.unit == "step"]
    assert [step.done for step in steps] == [0, 1, 2, 3]
    assert all(step.coordinates.shape == (4, 8) and {"fixed", "fixed_spread"} <= step.figures.keys() for step in steps)


def test_a_file_is_read_into_an_embedding() -> None:
    embedding = tasks.read(Listener(), b"label,x,y\ncat,1,2\ndog,3,4\n", "words.csv")
    assert embedding.labels == ["cat", "dog"]


def test_words_are_encoded_with_the_encoder_asked_for() -> None:
    listener = Listener()
    embedding = tasks.encode(listener, ["cat", "cats"], "character-ngrams")
    assert embedding.labels == ["cat", "cats"]
    assert [step.unit for step in listener.steps] == ["word"]


def test_a_picture_is_judged_over_k_row_by_row_and_pair_by_pair() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    judged = judging.curves(Listener(), vectors, vectors[:, :2], k=20, pairs=50)
    assert judged.quality.k == 14  # the most that 30 rows have a measure for
    assert len(judged.quality.neighbour_recall_per_point) == 30
    assert judged.curves.ks[-1] == 14
    assert len(judged.pairs.table) == 50


def test_a_picture_shown_before_it_is_measured_gets_the_same_measures_after() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    along = tasks.project(Listener(), vectors, "pca").quality
    after = judging.quality(Listener(), vectors, tasks.project(Listener(), vectors, "pca", measure=False).coordinates)
    assert along is not None
    assert (after.k, after.trustworthiness, after.distance_spearman) == (along.k, along.trustworthiness, along.distance_spearman)  # fmt: skip


def test_seeds_are_drawn_one_after_the_other_and_turned_onto_the_first() -> None:
    vectors = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    listener = Listener()
    seeds = judging.stability(listener, vectors, "tsne", seeds=(3, 4, 5), params={"iterations": 30}, k=5)
    assert len(seeds.pictures) == seeds.stability.pictures == 3
    assert 0 < seeds.stability.mean <= 1
    shown = [step for step in listener.steps if step.coordinates is not None]
    assert {step.total for step in shown} == {90}
    assert [step.done for step in shown] == sorted(step.done for step in shown)


def test_work_without_halves_is_cancelled_when_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.neighbours._TELL_EVERY", 0.0)
    vectors = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    for work in (
        lambda: judging.curves(Listener(stop_at=1), vectors, vectors[:, :2]),
        lambda: judging.changed(Listener(stop_at=1), vectors, vectors[:, :2]),
        lambda: judging.stability(Listener(stop_at=2), vectors, "umap"),
    ):
        with pytest.raises(JobCancelled):
            work()


def test_what_changed_between_two_tables_is_a_task() -> None:
    vectors = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    assert judging.changed(Listener(), vectors, vectors, k=10).k == 7
