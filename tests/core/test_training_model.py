"""The arithmetic of one step, against plain models written out."""

from __future__ import annotations

import numpy as np
import pytest

from core.training._cbow_kernels import train_pieces as cbow_pieces
from core.training._encode import encode
from core.training._five_gram_model import FiveGramModel, score
from core.training._five_gram_text import prepare_text, slots_of
from core.training._measuring import auc
from core.training._random import start_state
from core.training._skip_gram_kernels import logistic_tables, train_pieces
from core.training.five_gram import FiveGramParams
from core.training.windows import slot_groups
from tests.core.training_texts import small_text

VOCABULARY, DIM, WINDOW, WIDTH, PAIRS = 40, 7, 5, 6, 23


def _model() -> FiveGramModel:
    model = FiveGramModel(VOCABULARY, DIM, WINDOW, WIDTH, PAIRS, np.random.default_rng(3))
    model.weights["bias"][:] = np.random.default_rng(4).normal(0, 0.3, WIDTH)
    model.weights["offset"][:] = 0.2
    return model


def _batch(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(windows, swaps, borders, broken windows); only the first 30 words occur."""
    rng = np.random.default_rng(seed)
    windows = rng.integers(0, 30, (PAIRS, WINDOW)).astype(np.int32)
    borders = slot_groups(PAIRS, WINDOW, "any", turn=2)
    slots = np.repeat(np.arange(WINDOW), np.diff(borders))
    swaps = ((windows[np.arange(PAIRS), slots] + rng.integers(1, 30, PAIRS)) % 30).astype(np.int32)
    broken = windows.copy()
    broken[np.arange(PAIRS), slots] = swaps
    return windows, swaps, borders, broken


def _plain_torch(model: FiveGramModel, ranking: bool):
    """The same model and loss in torch: a sparse embedding, two linear layers and nothing shared between twins."""
    import torch

    windows, _, _, broken = _batch()
    table = torch.nn.Embedding.from_pretrained(torch.tensor(model.table), freeze=False, sparse=True)
    weights = {name: torch.tensor(array, requires_grad=True) for name, array in model.weights.items()}

    def judge(batch: np.ndarray) -> torch.Tensor:
        rows = table(torch.tensor(batch, dtype=torch.long)).reshape(len(batch), -1)
        return torch.relu(rows @ weights["R"] + weights["bias"]) @ weights["out"] + weights["offset"]

    valid, wrong = judge(windows), judge(broken)
    if ranking:
        loss = torch.relu(1 - valid + wrong).mean()
    else:
        truth = torch.cat([torch.ones(PAIRS), torch.zeros(PAIRS)])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.cat([valid, wrong]), truth)
    loss.backward()
    gradients = {name: weight.grad.numpy() for name, weight in weights.items()}
    return loss.item(), table.weight.grad.coalesce(), gradients, (valid.detach().numpy(), wrong.detach().numpy())


@pytest.mark.parametrize("ranking", [False, True])
def test_loss_and_gradients_are_those_of_a_plain_torch_model(ranking: bool) -> None:
    model = _model()
    windows, swaps, borders, _ = _batch()
    loss, touched, sums = model.gradients(windows, swaps, borders, ranking)
    mean, rows, gradients, _ = _plain_torch(model, ranking)
    assert loss / (PAIRS if ranking else 2 * PAIRS) == pytest.approx(mean, rel=1e-5)
    order = np.argsort(touched)
    assert touched[order].tolist() == rows.indices()[0].tolist()
    assert sums[order] == pytest.approx(rows.values().numpy(), abs=1e-6)
    for name, gradient in gradients.items():
        assert model.gradient[name] == pytest.approx(gradient, abs=1e-6), name


def test_scores_are_those_of_a_plain_torch_model() -> None:
    model = _model()
    windows, _, _, broken = _batch()
    valid, wrong = _plain_torch(model, False)[3]
    assert score(model.table, model.weights, windows) == pytest.approx(valid, abs=1e-6)
    assert score(model.table, model.weights, broken) == pytest.approx(wrong, abs=1e-6)


def test_gradients_agree_with_finite_differences() -> None:
    model = _model()
    windows, swaps, borders, broken = _batch()

    def loss() -> float:
        table, weights = model.table.astype(float), {name: array.astype(float) for name, array in model.weights.items()}
        valid, wrong = score(table, weights, windows), score(table, weights, broken)
        return float(np.concatenate([np.logaddexp(0, -valid), np.logaddexp(0, wrong)]).mean())

    _, touched, sums = model.gradients(windows, swaps, borders)
    for k in (0, 5, len(touched) - 1):
        for column in (0, DIM - 1):
            model.table[touched[k], column] += 1e-3
            above = loss()
            model.table[touched[k], column] -= 2e-3
            below = loss()
            model.table[touched[k], column] += 1e-3
            assert (above - below) / 2e-3 == pytest.approx(sums[k, column], rel=0.02, abs=2e-5)


def test_two_steps_are_adagrad_and_rows_outside_the_batch_do_not_move() -> None:
    model, plain = _model(), _model()
    energy = np.zeros(VOCABULARY)
    own_energy = {name: np.zeros(array.shape) for name, array in plain.weights.items()}
    for seed in (0, 1):
        windows, swaps, borders, _ = _batch(seed)
        _, touched, sums = plain.gradients(windows, swaps, borders)
        for row, gradient in zip(touched, sums, strict=True):
            energy[row] += np.square(gradient).mean()
            plain.table[row] -= 0.1 * gradient / np.sqrt(energy[row])
        for name, gradient in plain.gradient.items():
            own_energy[name] += np.square(gradient)
            moved = np.divide(
                gradient, np.sqrt(own_energy[name]), where=own_energy[name] > 0, out=np.zeros(gradient.shape)
            )
            plain.weights[name] -= (0.01 * moved).astype(np.float32)
        model.step(windows, swaps, borders, 0.1)
    assert model.table == pytest.approx(plain.table, abs=1e-5)
    for name, array in plain.weights.items():
        assert model.weights[name] == pytest.approx(array, abs=1e-5), name
    assert (model.table[30:] == _model().table[30:]).all()


def test_a_batch_of_one_pair_is_a_batch_too() -> None:
    model = _model()
    windows, swaps, _, _ = _batch()
    loss, touched, _ = model.gradients(windows[:1], swaps[:1], np.array([0, 1, 1, 1, 1, 1]))
    assert np.isfinite(loss)
    assert set(touched.tolist()) == {*windows[0].tolist(), int(swaps[0])}


def _skip_gram_steps(words, contexts, sentence, negative: int, rate: float) -> float:
    """word2vec's updates, one after another, with a window of 1 and one fixed negative word."""
    loss = 0.0
    for centre, word in enumerate(sentence):
        for place in (centre - 1, centre + 1):
            if not 0 <= place < len(sentence):
                continue
            near = sentence[place]
            step = np.zeros(words.shape[1])
            for target, label in ((word, 1), (negative, 0)):
                chance = 1 / (1 + np.exp(-words[near] @ contexts[target]))
                loss -= np.log(chance if label else 1 - chance)
                pull = (label - chance) * rate
                step += pull * contexts[target]
                contexts[target] += pull * words[near]
            words[near] += step
    return loss


def test_skip_gram_makes_the_updates_of_word2vec_in_its_order() -> None:
    rng = np.random.default_rng(0)
    words, contexts = rng.normal(0, 0.5, (2, 6, 9)).astype(np.float32)
    sentence = np.array([0, 1, 2, 1, 3], np.int32)
    always_five = (np.zeros(6, np.float32), np.full(6, 5, np.int32))
    expected, untouched = (words.astype(float), contexts.astype(float)), words[4:].copy()
    expected_loss = _skip_gram_steps(*expected, sentence, 5, 0.1)
    loss, scored = train_pieces(
        sentence, np.array([0]), np.array([5]), words, contexts, np.ones(6, np.float32), *always_five,
        1, 1, 0.1, *logistic_tables(), start_state(0), np.empty(5, np.int32), np.empty((2, 9), np.float32),
    )  # fmt: skip
    assert scored == 16
    assert loss == pytest.approx(expected_loss, rel=1e-3)
    assert words == pytest.approx(expected[0], abs=1e-3)
    assert contexts == pytest.approx(expected[1], abs=1e-3)
    assert (words[4:] == untouched).all()


def _cbow_steps(words, contexts, sentence, negative: int, rate: float) -> float:
    """word2vec's updates of the mean of the words around, with a window of 1 and one fixed negative word."""
    loss = 0.0
    for centre, word in enumerate(sentence):
        near = [sentence[place] for place in (centre - 1, centre + 1) if 0 <= place < len(sentence)]
        mean, step = words[near].mean(axis=0), np.zeros(words.shape[1])
        for target, label in ((word, 1), (negative, 0)):
            chance = 1 / (1 + np.exp(-mean @ contexts[target]))
            loss -= np.log(chance if label else 1 - chance)
            pull = (label - chance) * rate
            step += pull * contexts[target]
            contexts[target] += pull * mean
        for row in near:
            words[row] += step
    return loss


def test_cbow_makes_the_updates_of_word2vec_in_its_order() -> None:
    rng = np.random.default_rng(0)
    words, contexts = rng.normal(0, 0.5, (2, 6, 9)).astype(np.float32)
    sentence = np.array([0, 1, 2, 1, 3], np.int32)
    always_five = (np.zeros(6, np.float32), np.full(6, 5, np.int32))
    expected, untouched = (words.astype(float), contexts.astype(float)), words[4:].copy()
    expected_loss = _cbow_steps(*expected, sentence, 5, 0.1)
    loss, scored = cbow_pieces(
        sentence, np.array([0]), np.array([5]), words, contexts, np.ones(6, np.float32), *always_five,
        1, 1, 0.1, *logistic_tables(), start_state(0), np.empty(5, np.int32), np.empty((2, 9), np.float32),
    )  # fmt: skip
    assert scored == 10
    assert loss == pytest.approx(expected_loss, rel=1e-3)
    assert words == pytest.approx(expected[0], abs=1e-3)
    assert contexts == pytest.approx(expected[1], abs=1e-3)
    assert (words[4:] == untouched).all()


def test_a_score_beyond_the_table_or_not_a_number_reads_inside_it() -> None:
    words = np.array([[1e30], [np.nan], [-1e30]], np.float32)
    loss, scored = train_pieces(
        np.array([0, 1, 2], np.int32), np.array([0]), np.array([3]), words, np.ones((3, 1), np.float32),
        np.ones(3, np.float32), np.ones(3, np.float32), np.arange(3, dtype=np.int32),
        1, 2, 0.1, *logistic_tables(), start_state(0), np.empty(3, np.int32), np.empty((2, 1), np.float32),
    )  # fmt: skip
    assert scored > 0
    assert loss >= 0


@pytest.mark.parametrize("shuffled", [True, False])
def test_shuffled_labels_teach_nothing_and_the_true_ones_do(shuffled: bool) -> None:
    """With half of the pairs turned round at random, valid held-out windows score as broken ones do."""
    rng = np.random.default_rng(0)
    corpus = encode(small_text(2_000))
    text = prepare_text(corpus, FiveGramParams(held_out=0.3, power=1.0), 0, rng)
    model = FiveGramModel(len(corpus.labels), 16, 5, 32, 256, rng)
    for starts in (batch for _ in range(4) for batch in np.split(rng.permutation(text.starts), range(256, len(text.starts), 256))):  # fmt: skip
        borders = slot_groups(len(starts), 5, "any")
        slots = slots_of(borders)
        windows, swaps = text.breaker.break_windows(starts, slots)
        turned = np.flatnonzero(rng.random(len(starts)) < 0.5 * shuffled)
        words = windows[turned, slots[turned]].copy()
        windows[turned, slots[turned]], swaps[turned] = swaps[turned], words
        model.step(windows, swaps, borders, 0.1)
    valid, broken = (score(model.table, model.weights, windows) for windows in text.checked)
    assert len(valid) > 500
    assert auc(valid, broken) == pytest.approx(0.5 if shuffled else 1.0, abs=0.05)
