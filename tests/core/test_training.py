"""Training as a caller sees it; every objective goes through the same expectations."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
from queue import Queue

import numpy as np
import pytest

from core.embedding import Embedding
from core.errors import JobCancelled, ParameterError
from core.measures import class_gap, neighbour_purity
from core.progress import Step
from core.projection.align import align
from core.text import corpus_classes, load_corpus
from core.training import OBJECTIVES, History, loop, suggested_epochs, train
from tests.core.training_texts import class_of, small_text, zipf_text

each_objective = pytest.mark.parametrize("objective", OBJECTIVES.names())
CURVES = ("loss", "held_out_loss", "held_out_accuracy", "held_out_auc")
TEXT = small_text()


def _history(embedding: Embedding) -> History:
    assert isinstance(embedding.history, History)
    return embedding.history


def _same(first: Embedding, second: Embedding) -> bool:
    """Vectors, curves and frames, bit for bit."""
    one, two = _history(first), _history(second)
    return (
        first.labels == second.labels
        and first.vectors.tobytes() == second.vectors.tobytes()
        and all(np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True) for name in CURVES)
        and len(one.frames) == len(two.frames)
        and all(a.coordinates.tobytes() == b.coordinates.tobytes() for a, b in zip(one.frames, two.frames, strict=True))
    )


@pytest.fixture(scope="module", params=OBJECTIVES.names())
def trained(request: pytest.FixtureRequest) -> Embedding:
    return train(TEXT, request.param, dim=16, epochs=6)


def test_there_is_a_vector_for_every_word_the_commonest_first(trained: Embedding) -> None:
    assert trained.vectors.shape == (len({word for sentence in TEXT for word in sentence}), 16)
    assert trained.vectors.dtype == np.float32
    assert trained.labels[0] == "the"


def test_every_curve_has_a_value_an_epoch_and_one_from_before(trained: Embedding) -> None:
    history = _history(trained)
    assert history.epochs == [0, 1, 2, 3, 4, 5, 6]
    for name in CURVES:
        assert len(getattr(history, name)) == 7
        assert np.isfinite(getattr(history, name)).all()
    assert history.loss[0] == pytest.approx(np.log(2), abs=0.01)
    assert history.held_out_auc[0] == pytest.approx(0.5, abs=0.12)
    assert history.loss[-1] < history.loss[1] < history.loss[0]


def test_what_is_told_about_the_run_is_there(trained: Embedding) -> None:
    history = _history(trained)
    assert 0.4 < history.frequency_auc < 1
    assert 0 < history.held_out_windows < history.windows
    assert history.scored > 6 * history.windows
    assert history.windows_per_second > 0
    assert history.seconds > 0
    assert not history.stopped
    assert history.settings["dim"] == 16
    assert history.settings["epochs"] == 6
    assert history.settings["held_out"] == 0.1


def test_frames_show_the_commonest_words_and_grow_without_turning(trained: Embedding) -> None:
    history = _history(trained)
    assert [frame.epoch for frame in history.frames] == history.epochs
    assert history.frame_rows.tolist() == list(range(len(trained)))
    for before, after in zip(history.frames, history.frames[1:], strict=False):
        assert after.coordinates.shape == (len(trained), 2)
        assert after.coordinates == pytest.approx(align(after.coordinates, before.coordinates), abs=1e-4)
    spread = [frame.coordinates.std() for frame in history.frames]
    assert spread[-1] > spread[0]


def test_a_frame_is_the_best_flat_picture_of_the_vectors(trained: Embedding) -> None:
    last = _history(trained).frames[-1].coordinates.astype(float)
    centred = trained.vectors - trained.vectors.mean(axis=0, dtype=float)
    strengths = np.linalg.svd(centred, compute_uv=False)
    assert np.square(last).sum() == pytest.approx(np.square(strengths[:2]).sum(), rel=1e-4)


def test_a_large_vocabulary_is_shown_by_its_two_thousand_commonest_words() -> None:
    embedding = train(zipf_text(12_000, 6_000), dim=4, epochs=1)
    assert len(embedding) > 2_000
    assert _history(embedding).frame_rows.tolist() == list(range(2_000))
    assert _history(embedding).frames[-1].coordinates.shape == (2_000, 2)


def test_long_trainings_keep_two_hundred_frames_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "MOST_FRAMES", 4)
    history = _history(train(small_text(100), dim=4, epochs=10))
    assert len(history.epochs) == 11
    assert [frame.epoch for frame in history.frames] == [0, 3, 6, 9, 10]


@each_objective
def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(objective: str) -> None:
    first, second, other = (train(TEXT, objective, dim=8, epochs=2, seed=seed) for seed in (1, 1, 2))
    assert _same(first, second)
    assert not _same(first, other)


def test_a_training_in_another_thread_gives_the_same_bits() -> None:
    here, there = train(TEXT, dim=8, epochs=2), Queue[Embedding]()
    other = threading.Thread(target=lambda: there.put(train(TEXT, dim=8, epochs=2)))
    other.start()
    other.join()
    assert _same(here, there.get_nowait())


@each_objective
def test_being_watched_changes_nothing(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports come by the clock; the result must not."""
    alone = train(TEXT, objective, dim=8, epochs=3)
    monkeypatch.setattr(loop, "PAUSE", 0.0)
    steps: list[Step] = []
    watched = train(TEXT, objective, dim=8, epochs=3, on_progress=lambda step: steps.append(step))
    assert len(steps) > 4
    assert _same(alone, watched)


@each_objective
def test_a_generator_will_do_and_lists_come_back_as_they_were(objective: str) -> None:
    text = small_text(200)
    before = copy.deepcopy(text)
    assert _same(train(text, objective, dim=4, epochs=1), train(iter(text), objective, dim=4, epochs=1))
    assert text == before


@each_objective
def test_nothing_held_out_trains_on_everything_and_measures_nothing(objective: str) -> None:
    history = _history(train(TEXT, objective, dim=4, epochs=1, held_out=0.0))
    assert history.held_out_windows == 0
    assert np.isnan([history.frequency_auc, *history.held_out_auc, *history.held_out_loss]).all()
    assert np.isfinite(history.loss).all()


@each_objective
def test_rare_words_can_be_left_without_a_vector(objective: str) -> None:
    text = [*TEXT, ["the", "cow", "unheard", "sleeps", "in", "the", "barn", "beside", "us"]]
    embedding = train(text, objective, dim=4, epochs=1, min_count=2)
    assert "cow" in embedding
    assert "unheard" not in embedding


# ---- while it trains


@each_objective
def test_the_untrained_map_is_reported_first_and_the_whole_last(objective: str) -> None:
    steps: list[Step] = []
    embedding = train(TEXT, objective, dim=8, epochs=2, on_progress=lambda step: steps.append(step))
    history = _history(embedding)
    assert (steps[0].done, steps[0].total) == (0, 2 * history.windows)
    assert steps[-1].done == steps[-1].total
    assert steps[0].unit == history.unit
    assert set(steps[0].figures) == {
        "epoch", "loss", "held_out_loss", "held_out_accuracy", "held_out_auc", "frequency_auc", "windows_per_second",
    }  # fmt: skip
    assert steps[0].figures["loss"] == history.loss[0]
    assert steps[-1].figures["held_out_auc"] == history.held_out_auc[-1]
    assert steps[0].coordinates is not None
    assert steps[0].coordinates == pytest.approx(history.frames[0].coordinates, abs=1e-6)


@each_objective
def test_a_snapshot_is_the_whole_embedding_and_stays_as_it_was(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PAUSE", 0.0)
    taken: list[tuple[Embedding, bytes]] = []

    def take(step: Step) -> None:
        assert step.snapshot is not None
        embedding = step.snapshot()
        taken.append((embedding, embedding.vectors.tobytes()))

    final = train(TEXT, objective, dim=8, epochs=2, on_progress=take)
    assert taken[0][0].labels == final.labels
    assert _history(taken[0][0]).epochs == [0]
    assert len({vectors for _, vectors in taken}) > 2
    assert all(embedding.vectors.tobytes() == vectors for embedding, vectors in taken)
    assert taken[-1][1] == final.vectors.tobytes()
    assert_same_course(_history(taken[-1][0]), _history(final))


def assert_same_course(one: History, other: History) -> None:
    """What somebody keeps who stops while others go on is what one gets who stops alone."""
    assert one.stopped == other.stopped
    assert all(getattr(one, name) == getattr(other, name) for name in (*CURVES, "epochs", "watched"))
    assert [(frame.epoch, frame.coordinates.tobytes()) for frame in one.frames] == [(frame.epoch, frame.coordinates.tobytes()) for frame in other.frames]  # fmt: skip


@each_objective
def test_answering_true_in_mid_epoch_stops_there_and_keeps_what_there_is(
    objective: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "PAUSE", 0.0)
    shown: list[Embedding] = []

    def third(step: Step) -> bool:
        assert step.snapshot is not None
        shown.append(step.snapshot())
        return len(shown) == 3

    history_of = train(small_text(6_000), objective, dim=8, epochs=50, on_progress=third)
    history = _history(history_of)
    assert len(shown) == 3
    assert history.stopped
    assert 0 < history.epochs[-1] < 2
    assert history.epochs[-1] != round(history.epochs[-1])
    assert history.frames[-1].epoch == history.epochs[-1]
    assert all(len(getattr(history, name)) == len(history.epochs) for name in CURVES)
    assert history_of.vectors.tobytes() == shown[-1].vectors.tobytes()
    assert_same_course(_history(shown[-1]), history)


def test_stopping_at_the_first_picture_returns_the_untrained_words() -> None:
    history = _history(train(TEXT, dim=8, epochs=5, on_progress=lambda step: True))
    assert (history.stopped, history.epochs, history.scored) == (True, [0], 0)


def test_stopping_at_the_very_end_is_no_stop() -> None:
    history = _history(train(TEXT, dim=8, epochs=1, on_progress=lambda step: step.done == step.total))
    assert not history.stopped


@each_objective
def test_a_cancel_passes_through(objective: str) -> None:
    def cancel(step: Step) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        train(TEXT, objective, dim=4, epochs=1, on_progress=cancel)


# ---- what it learns


@pytest.mark.parametrize(
    ("objective", "settings"),
    [("five-gram", {}), ("five-gram", {"loss": "hinge"}), ("skip-gram", {"epochs": 40}), ("cbow", {"epochs": 40})],
)
def test_words_of_one_class_come_together(objective: str, settings: dict[str, object]) -> None:
    seen: list[Embedding] = []

    def keep_first(step: Step) -> None:
        if not seen and step.snapshot is not None:
            seen.append(step.snapshot())

    embedding = train(TEXT, objective, on_progress=keep_first, **{"epochs": 25, **settings})
    classes = class_of(embedding.labels)
    assert class_gap(embedding.vectors, classes) > class_gap(seen[0].vectors, classes) + 0.2
    assert neighbour_purity(embedding.vectors, classes, 5) > 0.9


def test_king_minus_man_plus_woman_is_queen_and_unseen_windows_are_judged_well() -> None:
    embedding = train(TEXT, epochs=25)
    assert embedding.analogy(["king", "woman"], ["man"], k=1)[0].label == "queen"
    assert _history(embedding).held_out_auc[-1] > 0.9
    assert _history(embedding).held_out_auc[-1] > _history(embedding).frequency_auc + 0.2


@pytest.mark.parametrize("seed", [0, 1])
def test_where_there_is_nothing_to_learn_the_held_out_auc_stays_at_a_half(seed: int) -> None:
    """Words in no order, swapped by the text's own frequencies: a valid window is a broken one."""
    history = _history(train(zipf_text(30_000, 300, seed), epochs=3, seed=seed, power=1.0, held_out=0.3))
    assert history.held_out_auc[-1] == pytest.approx(0.5, abs=0.05)
    assert history.held_out_windows > 1_000


@pytest.mark.parametrize("settings", [{"slot": "middle"}, {"slot": "last"}, {"window": 3}, {"window": 8}, {"redraw_attested": True}, {"sampler": "uniform"}])  # fmt: skip
def test_every_variant_of_the_five_gram_task_learns(settings: dict[str, object]) -> None:
    history = _history(train(TEXT, dim=16, epochs=6, **settings))
    assert history.loss[-1] < 0.5


def test_attested_windows_are_rarer_when_they_are_drawn_again() -> None:
    kept, redrawn = (
        _history(train(TEXT, dim=4, epochs=2, redraw_attested=again)).attested_share for again in (False, True)
    )
    assert 0 <= redrawn < kept < 0.2


# ---- a leap too far, and other things to be told


@each_objective
@pytest.mark.parametrize("rate", [1e3, 1e12, 1e30])
def test_a_wild_learning_rate_gives_the_last_good_state_and_says_what_to_do(objective: str, rate: float) -> None:
    embedding = train(TEXT, objective, dim=8, epochs=5, learning_rate=rate)
    history = _history(embedding)
    assert history.stopped
    assert "smaller learning rate" in str(history.warning)
    assert f"epoch {len(history.epochs) - 1}" in str(history.warning)
    assert np.isfinite(embedding.vectors).all()
    assert np.isfinite(history.loss).all()
    assert history.in_vain == (history.epochs == [0.0])


@pytest.mark.parametrize(("loss", "unfinished"), [([0.7, 0.6, 0.5], True), ([0.7, 0.5, 0.6], False), ([0.7], False), ([np.nan] * 3, False)])  # fmt: skip
def test_a_training_is_unfinished_while_the_loss_on_held_out_text_still_falls(loss: list[float], unfinished: bool) -> None:  # fmt: skip
    history = _history(train(TEXT, dim=4, epochs=1))
    history.epochs, history.held_out_loss = [float(at) for at in range(len(loss))], loss
    assert history.unfinished == unfinished


def test_a_training_stopped_before_its_first_epoch_was_not_in_vain_for_its_learning_rate() -> None:
    history = _history(train(TEXT, dim=8, epochs=5, on_progress=lambda _step: True))
    assert (history.epochs, history.in_vain) == ([0.0], False)


def test_more_dimensions_than_words_are_allowed_and_remarked_upon() -> None:
    history = _history(train([["a", "b", "c", "d", "e"], ["b", "a", "d", "c", "e"]], epochs=1))
    assert "dimensions (32) than words (5)" in str(history.warning)


def test_an_ordinary_training_has_no_warning(trained: Embedding) -> None:
    assert _history(trained).warning is None or "dimensions" in str(_history(trained).warning)


def test_an_embedding_with_its_history_crosses_process_borders(trained: Embedding) -> None:
    assert _same(pickle.loads(pickle.dumps(trained)), trained)


@pytest.mark.parametrize(
    ("objective", "words", "expected"),
    [("five-gram", 100_000, 100), ("five-gram", 60_000, 167), ("five-gram", 200_000, 100), ("five-gram", 1_000_000, 20), ("five-gram", 10, 200), ("skip-gram", 100_000, 50), ("skip-gram", 50_000_000, 3), ("cbow", 100_000, 50)],
)  # fmt: skip
def test_a_longer_text_is_read_fewer_times_by_default(objective: str, words: int, expected: int) -> None:
    assert suggested_epochs(objective, words) == expected


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("objective", {"objective": "glove"}), ("dim", {"dim": 1}), ("dim", {"dim": 2.5}), ("dim", {"dim": 1025}),
        ("epochs", {"epochs": 0}), ("seed", {"seed": -1}), ("windw", {"windw": 5}), ("window", {"window": 1}),
        ("slot", {"slot": "first"}), ("loss", {"loss": "square"}), ("sampler", {"sampler": "zipf"}),
        ("power", {"power": float("nan")}), ("learning_rate", {"learning_rate": 0}), ("batch", {"batch": 0}),
        ("learning_rate", {"learning_rate": float("inf")}), ("width", {"width": 0}), ("held_out", {"held_out": 1}),
        ("min_count", {"min_count": 0}), ("negatives", {"objective": "skip-gram", "negatives": 0}),
        ("subsample", {"objective": "skip-gram", "subsample": -1}), ("window", {"objective": "skip-gram", "window": 0}),
    ],
)  # fmt: skip
def test_a_setting_out_of_range_is_named(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=f"^{name} must be"):
        train(TEXT, **settings)


def test_warming_up_compiles_what_a_training_needs() -> None:
    script = (
        "from core.training import _random, train, warm; warm();"
        "from core.training import _cbow_kernels, _five_gram_kernels, _skip_gram_kernels, _windows;"
        "rooms = (_random, _cbow_kernels, _five_gram_kernels, _skip_gram_kernels, _windows);"
        "compiled = lambda: sum(len(loop.signatures) for room in rooms for loop in vars(room).values() if hasattr(loop, 'signatures'));"
        "before = compiled();"
        "text = [list('abcdefgh'), list('hgfedcba'), list('badcfehg')];"
        "[train(text, objective, epochs=1, loss='hinge') if objective == 'five-gram' else train(text, objective, epochs=1) for objective in ('five-gram', 'skip-gram', 'cbow')];"
        "assert 0 < before == compiled(), (before, compiled())"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# ---- on the built-in corpora


@pytest.mark.parametrize("seed", [0, 1])
def test_the_small_world_finds_its_classes_and_its_queen(seed: int) -> None:
    corpus, classes = load_corpus("small-world-en"), corpus_classes("small-world-en")
    first: list[Embedding] = []

    def keep_first(step: Step) -> None:
        if not first and step.snapshot is not None:
            first.append(step.snapshot())

    embedding = train(corpus.sentences, epochs=40, seed=seed, on_progress=keep_first)
    known = [classes.get(label) for label in embedding.labels]
    assert class_gap(embedding.vectors, known) > class_gap(first[0].vectors, known) + 0.2
    assert neighbour_purity(embedding.vectors, known) > 0.8
    assert embedding.analogy(["king", "woman"], ["man"], k=1)[0].label == "queen"


@pytest.mark.parametrize("name", ["small-world-en", "small-world-zh"])
@pytest.mark.parametrize("window", [3, 9])
def test_the_small_worlds_can_be_trained_with_every_window(name: str, window: int) -> None:
    history = _history(train(load_corpus(name).sentences, dim=8, epochs=1, window=window))
    assert history.held_out_windows > 50


def test_who_watches_finds_blas_as_it_was_for_they_may_wait_long_while_others_compute() -> None:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    before = [library.num_threads for library in libraries]
    for library in libraries:
        library.set_num_threads(2)
    seen = []

    def look(step: Step) -> bool:
        seen.append([library.num_threads for library in libraries])
        for library in libraries:
            library.set_num_threads(3)  # what others leave behind is theirs
        raise JobCancelled

    try:
        with pytest.raises(JobCancelled):
            train(TEXT, dim=4, epochs=1, on_progress=look)
        assert seen == [[2] * len(libraries)]
        assert [library.num_threads for library in libraries] == [3] * len(libraries)
    finally:
        for library, number in zip(libraries, before, strict=True):
            library.set_num_threads(number)
