"""The rows nearest to a point, exactly, at the cost of one float32 matrix product.

A float32 product may be off by its rounding, so it only nominates: every row that could be
among the answers, given the error bound of the product, is scored again in double precision.
Ranks are therefore those of exact arithmetic, and equal scores keep the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.arrays import DoubleArray, FloatArray, IntArray
from core.errors import N_, DataError

_BLOCK = 8192  # rows taken to double precision at a time: bounds the copy
_HALF_ULP = 2.0**-24  # unit roundoff of float32
_NARROW = 1e-12  # rows shorter than this, or longer than its inverse, take the way of double precision
_LINE = 1024  # scores
_PART = 64 * _LINE  # rows scored at a time
_UNDERFLOW = 1e-37  # what a float32 sum of denormals may lose


@dataclass(frozen=True, slots=True)
class Norms:
    """What a search needs to know of n rows beforehand: their lengths (n,), in single precision one over each (for cosine)
    and half of its square (for Euclidean distance), and the least and the greatest length."""

    exact: DoubleArray
    inverse: FloatArray
    half_square: FloatArray
    least: float
    greatest: float

    @classmethod
    def of(cls, vectors: FloatArray) -> Norms:
        exact = row_norms(vectors)
        with np.errstate(
            divide="ignore", over="ignore"
        ):  # lengths as extreme as that are not searched in single precision
            inverse, half_square = (1 / exact).astype(np.float32), (exact * exact / 2).astype(np.float32)
        return cls(exact, inverse, half_square, float(exact.min()), float(exact.max()))


def rank(
    vectors: FloatArray, norms: Norms, target: DoubleArray, k: int, metric: str, left_out: Iterable[int]
) -> tuple[IntArray, DoubleArray]:
    """(rows, scores) of the k nearest, nearest first: `vectors` (n, d), their `norms`, `target` (d,).

    In cosine the target must be a unit vector, and rows of zeros are never answers.
    """
    k, away = min(k, len(vectors)), list(left_out)
    rows = _shortlist(vectors, norms, target, k, metric, away)
    if rows is None:
        score, slack = _nominate(vectors, norms.exact, target, metric)
        score[away] = -np.inf
        rows = _candidates(score, slack, k)
    exact = _rescore(vectors, rows, target, metric)
    nearest_first = np.lexsort((rows, exact if metric == "euclidean" else -exact))[:k]
    return rows[nearest_first], exact[nearest_first]


def row_norms(vectors: FloatArray) -> DoubleArray:
    """(n,) Euclidean norms in double precision, where the square of a float32 always fits."""
    norms = np.empty(len(vectors))
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK].astype(np.float64)
        norms[start : start + _BLOCK] = np.sqrt((block * block).sum(axis=1))
    return norms


def unit(vector: DoubleArray) -> DoubleArray:
    """The vector at length 1; DataError for a vector of zeros."""
    norm = float(np.linalg.norm(vector))
    if norm < 1e-100:  # float32 values cannot make a vector this short unless all are zero
        raise DataError(N_("A zero vector has no direction, so no cosine; use another label, or euclidean or dot."))
    return vector / norm


def scores(rows: DoubleArray, target: DoubleArray, metric: str) -> DoubleArray:
    """(m, d), (d,) -> (m,); in cosine both are unit vectors. Summed row by row, so that equal rows score equally."""
    if metric == "euclidean":
        return np.sqrt(((rows - target) ** 2).sum(axis=1))
    products: DoubleArray = (rows * target).sum(axis=1)
    return np.clip(products, -1.0, 1.0) if metric == "cosine" else products


def _shortlist(
    vectors: FloatArray, norms: Norms, target: DoubleArray, k: int, metric: str, left_out: list[int]
) -> IntArray | None:
    """Every row that may be among the k nearest, found in one reading of the vectors; None where float32 is too narrow.

    One bound holds for the error of every score (see `_nominate`), so a few passes over n numbers are all that is added.
    """
    longest, size = norms.greatest, float(np.linalg.norm(target))
    if not _NARROW < longest < 1 / _NARROW or size > 1 / _NARROW or (metric == "cosine" and norms.least < _NARROW):
        return None
    slack = (vectors.shape[1] + 8) * _HALF_ULP * longest * size
    if metric == "cosine":
        slack = (vectors.shape[1] + 8) * _HALF_ULP
    elif metric == "euclidean":
        slack += 4 * _HALF_ULP * longest * longest
    score, tops = _scored(vectors, norms, target.astype(np.float32), metric, left_out)
    threshold = float(_kth_highest(score, tops, k)) - 2 * slack - _UNDERFLOW
    if not np.isfinite(threshold):
        return None
    least = np.float32(threshold - _HALF_ULP * abs(threshold))
    lines = np.flatnonzero(tops >= least)
    where, place = np.nonzero(score[lines] >= least)
    return lines[where] * _LINE + place


def _scored(
    vectors: FloatArray, norms: Norms, target: FloatArray, metric: str, left_out: list[int]
) -> tuple[FloatArray, FloatArray]:
    """Scores of all rows in lines of _LINE, the last filled up with -inf, and the highest of each line.

    A part at a time, so that what follows the product finds its scores in the processor's cache.
    """
    rows = len(vectors)
    score = np.empty((-(-rows // _LINE), _LINE), np.float32)
    flat, tops = score.reshape(-1), np.empty(len(score), np.float32)
    flat[rows:] = -np.inf
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, rows, _PART):
            part = slice(start, min(rows, start + _PART))
            out = np.matmul(vectors[part], target, out=flat[part])
            if metric == "cosine":
                out *= norms.inverse[part]
            elif metric == "euclidean":
                out -= norms.half_square[part]
            taken = [row for row in left_out if part.start <= row < part.stop]
            out[np.asarray(taken, np.int64) - start] = -np.inf
            lines = slice(start // _LINE, -(-part.stop // _LINE))
            score[lines].max(axis=1, out=tops[lines])
    return score, tops


def _kth_highest(score: FloatArray, tops: FloatArray, k: int) -> np.float32:
    """Only lines whose highest is among the k highest of the lines can hold one of the k highest of all."""
    held = score[tops >= np.partition(tops, len(tops) - k)[len(tops) - k]] if len(tops) > k else score
    highest: np.float32 = np.partition(held, held.size - k, axis=None)[held.size - k]
    return highest


def _nominate(
    vectors: FloatArray, norms: DoubleArray, target: DoubleArray, metric: str
) -> tuple[DoubleArray, DoubleArray]:
    """Scores of all rows, higher is nearer, each with how far it may be off; -inf: never an answer.

    The error of a float32 product of length d is at most about d u |x| |q| in any order of summation
    (Higham 2002, section 3.1). A target of length 1 keeps the product from overflowing early.
    """
    length = float(np.linalg.norm(target))
    direction = target / length if length > 0 else target
    with np.errstate(over="ignore", invalid="ignore"):
        along = (vectors @ direction.astype(np.float32)).astype(np.float64)
    if not np.isfinite(along).all():
        along = _rescore(vectors, np.arange(len(vectors)), direction, "dot")
    slack = (vectors.shape[1] + 4) * _HALF_ULP * norms + _UNDERFLOW
    if metric == "euclidean":  # |x - q|^2 falls as x.q - |x|^2 / 2 rises
        return along * length - norms * norms / 2, slack * length + 1e-14 * norms * norms
    if metric == "dot":
        return along * length, slack * length
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(norms > 0, along / norms, -np.inf), np.where(norms > 0, slack / norms, 0.0)


def _candidates(score: DoubleArray, slack: DoubleArray, k: int) -> IntArray:
    """Every row that may be among the k highest when each score is off by at most its slack."""
    low = score - slack
    threshold = np.partition(low, len(low) - k)[len(low) - k]
    return np.flatnonzero((score + slack >= threshold) & (score > -np.inf))


def _rescore(vectors: FloatArray, rows: IntArray, target: DoubleArray, metric: str) -> DoubleArray:
    """Scores of chosen rows in double precision."""
    result = np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        block = vectors[rows[start : start + _BLOCK]].astype(np.float64)
        if metric == "cosine":
            block /= np.sqrt((block * block).sum(axis=1, keepdims=True))
        result[start : start + _BLOCK] = scores(block, target, metric)
    return result
