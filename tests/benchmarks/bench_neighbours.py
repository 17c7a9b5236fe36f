"""Exact neighbours: one question to a large table beside torch, scikit-learn and gensim, and the neighbours of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

import numba
import numpy as np

from core.arrays import FloatArray
from core.embedding import METRICS, Embedding
from core.neighbours import nearest_rows
from tests.benchmarks._row import Row, often, seconds

ROWS, DIM, K = 200_000, 64, 10
_EVERY, _EVERY_DIM, _EVERY_K = 10_000, 50, 15


_MILLION = 1_000_000


def rows() -> Iterator[Row]:
    yield from _one_question()
    yield from _a_million()
    yield from _every_row()


def _one_question() -> Iterator[Row]:
    """The neighbours of a label, by cosine, each side prepared as it likes beforehand."""
    vectors = _clouds(ROWS, DIM)
    embedding = Embedding([f"w{row}" for row in range(ROWS)], vectors)
    asked = 123
    ours = [answer.index for answer in embedding.nearest(f"w{asked}", K)]
    taken, least = seconds(lambda: embedding.nearest(f"w{asked}", K), repeats=20)
    for name, ask in (
        ("torch, unit rows at hand", _torch(vectors, asked)),
        ("scikit-learn, brute force", _scikit(vectors, asked)),
        ("gensim most_similar", _gensim(embedding, asked)),
    ):
        same = sum(one == other for one, other in zip(ours, ask(), strict=True))
        peer, _ = seconds(ask, repeats=20)
        yield Row(
            f"{K} nearest of {ROWS:,} x {DIM}, cosine", taken * 1000, name, peer * 1000, unit="ms",
            note=f"minimum {least * 1000:.1f} ms; {same} of {K} answers in the same place",
        )  # fmt: skip


def _a_million() -> Iterator[Row]:
    """One question to a million rows beside reading them once: the sum of every number, by a compiled loop on all cores."""
    vectors = _clouds(_MILLION, DIM)
    embedding = Embedding([f"w{row}" for row in range(_MILLION)], vectors)
    asked: dict[str, Callable[[], object]] = {"": lambda: _total(vectors)}
    asked |= {metric: lambda metric=metric: embedding.nearest("w123", K, metric) for metric in METRICS}
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(often(5)):  # by turns: a machine that slows down slows all of them
        for name, question in asked.items():
            question()
            taken[name] += [seconds(question, repeats=1)[0] for _ in range(5)]
    reading = median(taken.pop(""))
    for metric, times in taken.items():
        yield Row(
            f"{K} nearest of {_MILLION:,} x {DIM}, {metric}", median(times) * 1000, "reading the matrix once", reading * 1000,
            unit="ms", target=1.3 * reading * 1000, note=f"minimum {min(times) * 1000:.1f} ms; {median(times) / reading:.2f} readings",
        )  # fmt: skip


@numba.njit(parallel=True, fastmath=True)
def _total(vectors: FloatArray) -> float:
    total = 0.0
    for row in numba.prange(vectors.shape[0]):
        part = np.float32(0.0)
        for column in range(vectors.shape[1]):
            part += vectors[row, column]
        total += part
    return total


def _clouds(rows: int, dim: int) -> FloatArray:
    rng = np.random.default_rng(0)
    centres = 2 * rng.normal(size=(100, dim))
    return (centres[rng.integers(100, size=rows)] + rng.normal(size=(rows, dim))).astype(np.float32)


def _torch(vectors: FloatArray, asked: int) -> Callable[[], Sequence[int]]:
    import torch

    units = torch.nn.functional.normalize(torch.from_numpy(vectors), dim=1)
    return lambda: torch.topk(units @ units[asked], K + 1).indices[1:].tolist()


def _scikit(vectors: FloatArray, asked: int) -> Callable[[], Sequence[int]]:
    from sklearn.neighbors import NearestNeighbors

    searcher = NearestNeighbors(n_neighbors=K + 1, metric="cosine", algorithm="brute").fit(vectors)
    return lambda: searcher.kneighbors(vectors[asked : asked + 1], return_distance=False)[0, 1:].tolist()


def _gensim(embedding: Embedding, asked: int) -> Callable[[], Sequence[int]]:
    from gensim.models import KeyedVectors

    keyed = KeyedVectors(DIM)
    keyed.add_vectors(embedding.labels, embedding.vectors)
    return lambda: [int(label[1:]) for label, _ in keyed.most_similar(f"w{asked}", topn=K)]


def _every_row() -> Iterator[Row]:
    """What t-SNE and UMAP begin with."""
    import torch
    from sklearn.neighbors import NearestNeighbors

    vectors = _clouds(_EVERY, _EVERY_DIM)
    tensor = torch.from_numpy(vectors)

    def in_torch() -> object:
        return torch.cat(
            [torch.cdist(part, tensor).topk(_EVERY_K + 1, largest=False).indices for part in tensor.split(2_000)]
        )

    def in_scikit() -> object:
        return NearestNeighbors(n_neighbors=_EVERY_K, algorithm="brute").fit(vectors).kneighbors(return_distance=False)

    taken, least = seconds(lambda: nearest_rows(vectors, _EVERY_K, "euclidean"), repeats=often(5))
    for name, search in (("torch cdist, topk", in_torch), ("scikit-learn, brute force", in_scikit)):
        peer, _ = seconds(search, repeats=often(3))
        yield Row(
            f"{_EVERY_K} nearest of each of {_EVERY:,} x {_EVERY_DIM}",
            taken,
            name,
            peer,
            note=f"minimum {least:.2f} s, all cores",
        )
