"""A position table learned in a second, on a task that needs order and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, FloatArray, IntArray
from core.params import require_whole
from core.positions.learned import LearnedPositions
from core.progress import OnStep, Step, never_stop

HELD_OUT = 0.2
_RATE, _DECAY = 0.02, 0.1  # Adam's step, and how fast unused weight fades (Loshchilov and Hutter 2019)
_RECORDS = 60  # frames kept, and callbacks made, over the whole training
_WIDTH = 1.0  # places: how much credit an answer near the right one gets

Weights = dict[str, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class TrainedTable:
    """`positions` is the learned table. One entry a record, step 0 first: `steps`, `loss` (cross-entropy in nats on the pairs
    trained on), `held_out_accuracy` (share of pairs never trained on whose offset is told exactly; `chance` is that of the
    commonest answer) and `frames` (records, length, dim), the table forming."""

    positions: LearnedPositions
    steps: IntArray
    loss: DoubleArray
    held_out_accuracy: DoubleArray
    frames: FloatArray
    chance: float


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """All pairs of n positions: the right `answer` (n, n), the soft `target` (n, n, answers), and which are `held` out (n, n)."""

    answer: IntArray
    target: FloatArray
    held: NDArray[np.bool_]


def train_table(
    length: int, dim: int, seed: int = 0, on_step: OnStep = never_stop, *, steps: int = 300, reach: int = 32
) -> TrainedTable:
    """Train a (length, dim) table, from N(0, 0.1), to tell how far apart two positions are and which comes first.

    The task, exactly: R sees rows a and b of the table and names the offset b - a, from -reach (or less) to reach (or more).
    R is bilinear: two matrices make q = Q p_a and k = K p_b, and a linear layer reads the answer off the products q_i k_i.
    Answers one place off earn part of the credit (a Gaussian, one place wide). A fifth of the pairs is held out of the
    loss; they can only be answered if the table has learned what a shift is. No text is involved: this shows what a
    table learns when order is all that matters, not what a language model's table looks like.

    `on_step` gets the loss, the held-out accuracy and the table as `coordinates`, some 60 times; True stops it there.
    Length 64, dim 32: half a second on a free core. Raises ParameterError unless length >= 4 and dim, steps, reach >= 1.
    """
    length, dim = require_whole("length", length, 4), require_whole("dim", dim, 1)
    steps, reach = require_whole("steps", steps, 1), min(require_whole("reach", reach, 1), length - 1)
    rng = np.random.default_rng(require_whole("seed", seed, 0))
    task = _task(length, reach, rng)
    weights = _start(LearnedPositions(length, dim, seed).table, 2 * reach + 1, rng)
    moments: list[Weights] = [{name: np.zeros_like(value) for name, value in weights.items()} for _ in range(2)]
    every, records = max(1, steps // _RECORDS), []
    for step in range(steps + 1):
        loss, accuracy, gradients = _evaluate(weights, task)
        if step % every == 0 or step == steps:
            table = weights["table"].copy()
            records.append((step, loss, accuracy, table))
            if _told_to_stop(on_step, step, steps, loss, accuracy, table):
                break
        _adam(weights, gradients, moments, step + 1)
    taken, losses, accuracies, frames = zip(*records, strict=True)
    return TrainedTable(
        positions=LearnedPositions.from_table(frames[-1]),
        steps=np.array(taken),
        loss=np.array(losses),
        held_out_accuracy=np.array(accuracies),
        frames=np.stack(frames),
        chance=float(np.bincount(task.answer[task.held]).max() / task.held.sum()),
    )


def _told_to_stop(on_step: OnStep, step: int, steps: int, loss: float, accuracy: float, table: FloatArray) -> bool:
    figures = {"loss": loss, "held_out_accuracy": accuracy}

    def snapshot() -> LearnedPositions:
        return LearnedPositions.from_table(table)

    return bool(
        on_step(Step(done=step, total=steps, unit="step", figures=figures, coordinates=table, snapshot=snapshot))
    )


def _task(length: int, reach: int, rng: np.random.Generator) -> _Task:
    places = np.arange(length)
    offset = np.clip(places[None, :] - places[:, None], -reach, reach)
    credit = np.exp(-np.square((offset[..., None] - np.arange(-reach, reach + 1)) / _WIDTH) / 2)
    held = np.zeros(length**2, dtype=bool)
    held[rng.choice(length**2, max(1, round(HELD_OUT * length**2)), replace=False)] = True
    target = credit / credit.sum(axis=-1, keepdims=True)
    return _Task(offset + reach, target.astype(np.float32), held.reshape(length, length))


def _start(table: FloatArray, answers: int, rng: np.random.Generator) -> Weights:
    dim = table.shape[1]
    return {
        "table": table.copy(),
        "q": rng.normal(0.0, dim**-0.5, (dim, dim)).astype(np.float32),
        "k": rng.normal(0.0, dim**-0.5, (dim, dim)).astype(np.float32),
        "read": rng.normal(0.0, 1.0, (dim, answers)).astype(np.float32),
        "bias": np.zeros(answers, dtype=np.float32),
    }


def _evaluate(weights: Weights, task: _Task) -> tuple[float, float, Weights]:
    """Loss on the training pairs, accuracy on the held-out ones, and the gradient of the loss. n positions, (n, n) pairs.

    Pairs stay a stack of n small matrices: one large product would be split over threads, which costs more than
    it gives as soon as somebody else uses the processor.
    """
    table = weights["table"]
    q, k = table @ weights["q"], table @ weights["k"]  # (n, dim)
    products = q[:, None, :] * k[None, :, :]  # (n, n, dim)
    scores = products @ weights["read"] + weights["bias"]  # (n, n, answers)
    accuracy = float(np.mean(scores[task.held].argmax(axis=-1) == task.answer[task.held]))
    scores -= scores.max(axis=-1, keepdims=True)
    likely = np.exp(scores)
    total = likely.sum(axis=-1, keepdims=True)
    trained = ~task.held
    count = int(trained.sum())
    cross = np.log(total[..., 0]) - np.einsum("xya,xya->xy", task.target, scores)
    loss = float(cross[trained].sum(dtype=np.float64) / count)

    push = (likely / total - task.target) * (trained[..., None] / np.float32(count))  # d loss / d scores
    back = push @ weights["read"].T  # (n, n, dim)
    to_q, to_k = np.einsum("xyd,yd->xd", back, k), np.einsum("xyd,xd->yd", back, q)
    gradients = {
        "table": to_q @ weights["q"].T + to_k @ weights["k"].T,
        "q": table.T @ to_q,
        "k": table.T @ to_k,
        "read": (products.transpose(0, 2, 1) @ push).sum(axis=0),
        "bias": push.sum(axis=(0, 1)),
    }
    return loss, accuracy, gradients


def _adam(weights: Weights, gradients: Weights, moments: list[Weights], step: int) -> None:
    """One step in place (Kingma and Ba 2015), with decay apart from the gradient."""
    for name, value in weights.items():
        first, second, gradient = moments[0][name], moments[1][name], gradients[name]
        first += 0.1 * (gradient - first)
        second += 0.001 * (np.square(gradient) - second)
        scaled = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        value -= _RATE * (scaled + _DECAY * value)
