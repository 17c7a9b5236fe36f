"""One head of attention for many runs at once, its gradients by hand: small enough to train fifteen side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import FloatArray, IntArray
from core.positions.schemes import Scheme, alibi, rotary

CREDIT = {0: 0.125, 1: 0.75, 2: 0.125}  # places back -> share of the credit
Weights = dict[str, FloatArray]


@dataclass(eq=False)
class Pointers:
    """`weights` begin with two axes, (schemes k, seeds s): "table" (k, s, longest, d) added to the words, "q" and "k" (d, d) with
    biases. Only the first `length` rows of the "learned" tables are trained; `words` (s, vocabulary, d) are held.
    """

    schemes: Sequence[Scheme]
    words: FloatArray
    length: int
    weights: Weights
    _moments: tuple[Weights, Weights] = field(init=False)

    def __post_init__(self) -> None:
        self._moments = tuple({name: np.zeros_like(value) for name, value in self.weights.items()} for _ in range(2))  # type: ignore[assignment]

    def attention(self, tokens: IntArray, table: FloatArray | None = None) -> FloatArray:
        """(s, b, n) tokens -> (k, s, b, n, n): how much each word attends to each, after the softmax."""
        return self._forward(tokens, self.weights["table"] if table is None else table)[-1]

    def _forward(self, tokens: IntArray, table: FloatArray) -> tuple[NDArray[Any], ...]:
        """(k, s, b, n, ...): what is read, queries, keys and attention."""
        w, n = self.weights, tokens.shape[-1]
        seeds = np.arange(len(tokens))[:, None, None]
        read = self.words[seeds, tokens] + table[:, :, None, :n]  # (k, s, b, n, d)
        query = self._turned(read @ w["q"][:, :, None] + w["q_bias"], 1)
        key = self._turned(read @ w["k"][:, :, None] + w["k_bias"], 1)
        scores = query @ key.swapaxes(-1, -2)
        scores *= read.shape[-1] ** -0.5
        if "alibi" in self.schemes:
            scores[self.schemes.index("alibi")] += alibi(n).astype(scores.dtype)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        return read, query, key, scores

    def _turned(self, vectors: NDArray[Any], way: int) -> NDArray[Any]:
        """Queries or keys as the rotary scheme turns them; way -1 turns gradients back."""
        if "rotary" in self.schemes:
            at = self.schemes.index("rotary")
            vectors[at] = rotary(vectors[at], way * np.arange(vectors.shape[-2]))
        return vectors

    def gradients(self, tokens: IntArray) -> tuple[FloatArray, Weights]:
        """The loss (k, s), in nats a word, of (s, b, n) passages, and its gradients."""
        w, (seeds, batch, n) = self.weights, tokens.shape
        read, query, key, attention = self._forward(tokens, w["table"])
        wanted = credit(n).astype(attention.dtype)
        loss = -(np.log(np.maximum(attention, 1e-30)) * wanted).sum(axis=(-1, -2)).mean(axis=-1) / (n - 1)
        push = attention - wanted
        push[..., 0, :] = 0  # nothing stands before the first word
        push *= read.shape[-1] ** -0.5 / (batch * (n - 1))
        to_query, to_key = self._turned(push @ key, -1), self._turned(push.swapaxes(-1, -2) @ query, -1)
        flat = (len(self.schemes), seeds, batch * n, -1)
        words = read.reshape(flat).swapaxes(-1, -2)
        to_table = np.zeros_like(w["table"])
        if "learned" in self.schemes:
            at = self.schemes.index("learned")
            to_read = to_query[at].sum(axis=1) @ w["q"][at].swapaxes(-1, -2)
            to_table[at, :, :n] = to_read + to_key[at].sum(axis=1) @ w["k"][at].swapaxes(-1, -2)
        return loss, {
            "table": to_table,
            "q": words @ to_query.reshape(flat),
            "k": words @ to_key.reshape(flat),
            "q_bias": to_query.sum(axis=(2, 3))[:, :, None, None],
            "k_bias": to_key.sum(axis=(2, 3))[:, :, None, None],
        }

    def step(self, tokens: IntArray, rate: float, number: int) -> FloatArray:
        """One step of Adam (Kingma and Ba 2015), `number` from 1; the loss (k, s) before it."""
        loss, gradients = self.gradients(tokens)
        first, second = self._moments
        for name, gradient in gradients.items():
            first[name] += 0.1 * (gradient - first[name])
            second[name] += 0.02 * (np.square(gradient) - second[name])
            scaled = first[name] / (1 - 0.9**number) / (np.sqrt(second[name] / (1 - 0.98**number)) + 1e-8)
            self.weights[name] -= np.float32(rate) * scaled
        return loss


def credit(length: int) -> NDArray[np.float64]:
    """(length, length): how the credit of each word is shared; a row sums to 1, the first to 0, as nothing stands before it."""
    shares = np.zeros((length, length))
    for back, share in CREDIT.items():
        shares[np.arange(back, length), np.arange(length - back)] = share
    shares[0] = 0
    return shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)


def named(attention: FloatArray, tokens: IntArray) -> NDArray[np.bool_]:
    """(k, s, b, n, n) attention on (s, b, n) tokens -> (k, s, b, n - 1): is the word most attended to the one before?"""
    chosen = attention.argmax(axis=-1)
    words = np.take_along_axis(np.broadcast_to(tokens, chosen.shape), chosen, axis=-1)
    return words[..., 1:] == tokens[..., :-1]
