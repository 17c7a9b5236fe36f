"""Patch vectors to tokens by a matrix that nobody trained: random, or the principal components of these very patches."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core._threads import OneThread
from core.arrays import DoubleArray, FloatArray
from core.errors import N_, DataError
from core.params import require, require_whole

PatchProjection = Literal["random", "pca"]
PATCH_PROJECTIONS: tuple[PatchProjection, ...] = get_args(PatchProjection)

_ROWS_FITTED = 4096  # of more patches a seeded sample decides the directions; all of them are projected
_EXACT_SIDE = 1024  # up to here an eigenproblem is solved exactly, beyond it by subspace iteration
_FEW, _EXACT_SIDE_OF_FEW = 16, 256  # a map's two components come 5 to 15 times sooner that way, the same to six digits
_ROWS_AT_ONCE = 8192
_LARGE = 200_000_000  # multiplications, from where on all threads are used
_ALONE = threading.Lock()
_ABOUT = {
    "random": N_(
        "A random matrix: what a linear layer does before any training. With enough dimensions it roughly keeps distances."
    ),
    "pca": N_(
        "The principal components of these patches: the directions in which they differ most. Computed, not trained."
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Projected:
    """`tokens` (n, dim) = scale * vectors @ weights.T + bias, with `weights` (dim, d) and `bias` (dim,), all float32.

    `scale` brings 8-bit pixels to 0 to 1; `mean` (d,) is the average scaled patch. `about` is an English sentence that
    says what the weights are. `variance_share` is the part of the patches' variance that the tokens still tell
    (1 if the patches do not vary); `rank` counts the weights that carry any; `fitted_rows` is how many patches were measured;
    `back` (dim, d) is the learned way back of trained weights.
    """

    how: PatchProjection | Literal["trained"]
    about: str
    tokens: FloatArray
    weights: FloatArray
    bias: FloatArray
    mean: FloatArray
    scale: float
    variance_share: float
    rank: int
    fitted_rows: int
    back: FloatArray | None = None

    def reconstruct(self, tokens: FloatArray | None = None) -> FloatArray:
        """(n, dim) -> (n, d): patches put together from tokens, in the units of the input: by the learned way back, or else
        the vectors nearest to the mean patch that have these tokens."""
        given = self.tokens if tokens is None else tokens
        if self.back is not None:
            return ((self.mean + given @ self.back) / self.scale).astype(np.float32)
        back = np.linalg.pinv(self.weights.astype(np.float64)).astype(np.float32)
        centre = self.weights @ self.mean + self.bias
        return ((self.mean + (given - centre) @ back.T) / self.scale).astype(np.float32)


def project_patches(vectors: NDArray[Any], dim: int, how: PatchProjection = "random", seed: int = 0) -> Projected:
    """(n, d) patch vectors -> tokens (n, dim), without training.

    "random": weights N(0, 1 / d), no bias. "pca": principal components, largest variance first, each turned so that its
    greatest weight is positive; of more than 4,096 patches a seeded sample is measured. Where the patches span fewer
    than `dim` directions the rest of the weights, and of the tokens, are zero. Raises ParameterError, DataError.
    """
    dim = require_whole("dim", dim, 1)
    seed = require_whole("seed", seed, 0)
    require("how", how, how in PATCH_PROJECTIONS, N_("one of: {known}"), known=", ".join(PATCH_PROJECTIONS))
    if vectors.ndim != 2 or vectors.size == 0:
        raise DataError(N_("Patch vectors must be a table of rows; got shape {shape}."), shape=str(vectors.shape))
    with _few_threads(vectors.size * dim):
        return _projected(vectors, dim, how, seed)


@contextmanager
def _few_threads(products: int) -> Iterator[None]:
    """One BLAS thread for small products: two of them gain little on an idle machine, and on a busy one took ten times as
    long. One caller at a time, so that each leaves the number of threads as it was."""
    if products > _LARGE:
        yield
        return
    with _ALONE, OneThread():
        yield


def _projected(vectors: NDArray[Any], dim: int, how: PatchProjection, seed: int) -> Projected:
    rng = np.random.default_rng(seed)
    scale = 1 / 255 if vectors.dtype == np.uint8 else 1.0
    mean = vectors.mean(axis=0, dtype=np.float64) * scale
    sample = (
        vectors if len(vectors) <= _ROWS_FITTED else vectors[np.sort(rng.choice(len(vectors), _ROWS_FITTED, False))]
    )
    centred = sample * scale - mean
    if how == "pca":
        basis = _principal_directions(centred, dim, rng)
        weights = np.vstack([basis, np.zeros((dim - len(basis), vectors.shape[1]))])
        bias = -weights @ mean
    else:
        basis = weights = random_weights(dim, vectors.shape[1], seed)
        bias = np.zeros(dim)
    return Projected(
        how=how,
        about=_ABOUT[how],
        tokens=tokens_of(vectors, weights * scale, bias),
        weights=weights.astype(np.float32),
        bias=bias.astype(np.float32),
        mean=mean.astype(np.float32),
        scale=scale,
        variance_share=_variance_share(centred, basis),
        rank=min(len(basis), vectors.shape[1]),
        fitted_rows=len(sample),
    )


def random_weights(dim: int, values: int, seed: int) -> DoubleArray:
    """(dim, values) N(0, 1 / values): a layer before any training."""
    return np.random.default_rng(seed).normal(0.0, values**-0.5, (dim, values))


def tokens_of(vectors: NDArray[Any], weights: DoubleArray, bias: DoubleArray) -> FloatArray:
    """A block of rows at a time: a photo's float copy would be four times the photo."""
    narrow, tokens = weights.T.astype(np.float32), np.empty((len(vectors), len(bias)), dtype=np.float32)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        tokens[start : start + _ROWS_AT_ONCE] = vectors[start : start + _ROWS_AT_ONCE].astype(np.float32) @ narrow
    return tokens + bias.astype(np.float32)


def best_errors(centred: FloatArray, rng: np.random.Generator, most: int = 256) -> DoubleArray:
    """(n, d) with mean 0 -> the least mean square error a value of any linear squeeze to 1, 2, ... `most` numbers.

    Principal components reach it (Eckart and Young 1936). Fewer entries where fewer directions carry variance, one at least.
    """
    wide = centred.astype(np.float64)
    directions = _principal_directions(wide, min(most, *wide.shape), rng)
    kept = np.square(wide @ directions.T).sum(axis=0) if len(directions) else np.zeros(1)
    return np.maximum(0.0, np.square(wide).sum() - np.cumsum(kept)) / wide.size


def _principal_directions(centred: DoubleArray, dim: int, rng: np.random.Generator) -> DoubleArray:
    """(n, d) with mean 0 -> at most `dim` orthonormal rows (r, d), the least of which still carries variance."""
    if min(centred.shape) > (_EXACT_SIDE_OF_FEW if dim <= _FEW else _EXACT_SIDE):
        centred = _sketch(centred, dim, rng)
    if len(centred) < centred.shape[1]:
        values, left = np.linalg.eigh(centred @ centred.T)
        keep = _carrying(values, dim)
        directions = (left[:, keep].T @ centred) / np.sqrt(values[keep])[:, None]
    else:
        values, right = np.linalg.eigh(centred.T @ centred)
        directions = right[:, _carrying(values, dim)].T
    greatest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), greatest])
    return directions * signs[:, None]


def _carrying(values: DoubleArray, dim: int) -> NDArray[np.intp]:
    """Places of the greatest `dim` eigenvalues, greatest first, without those that are rounding noise."""
    ranked = np.argsort(values, kind="stable")[::-1][:dim]
    return ranked[values[ranked] > max(values.max(), 0.0) * 1e-10]


def _sketch(centred: DoubleArray, dim: int, rng: np.random.Generator) -> DoubleArray:
    """Few rows with nearly the same leading directions (Halko, Martinsson, Tropp 2011, algorithm 4.4 on the transpose)."""
    width = min(dim + 16, *centred.shape)
    basis = np.linalg.qr(centred @ rng.normal(size=(centred.shape[1], width)))[0]
    for _ in range(3):
        basis = np.linalg.qr(centred @ np.linalg.qr(centred.T @ basis)[0])[0]
    return basis.T @ centred


def _variance_share(centred: DoubleArray, basis: DoubleArray) -> float:
    """The part of the variance inside the span of independent rows; 1 where nothing varies."""
    total = float(np.square(centred).sum())
    if total == 0 or len(basis) >= centred.shape[1]:
        return 1.0
    inside = centred @ basis.T
    # by the rows' products with each other: an orthonormal basis of them (QR) takes up to ten times as long
    return min(1.0, float((np.linalg.solve(basis @ basis.T, inside.T) * inside.T).sum()) / total)
