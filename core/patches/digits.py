"""A small vision transformer learns handwritten digits, and with them a table of where each patch stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.arrays import DoubleArray, FloatArray
from core.errors import N_
from core.params import require, require_whole
from core.progress import OnStep, never_stop

Places = Literal["learned", "sinusoidal", "none"]
PLACES: tuple[Places, ...] = get_args(Places)
SIDE = 8  # pixels of a digit
HELD_OUT = 360  # of scikit-learn's 1,797 digits; the same ones for every seed
EPOCHS = {2: 20, 4: 20, 1: 30}  # patch side -> epochs that suit it


@dataclass(frozen=True, slots=True, eq=False)
class DigitTraining:
    """What was learned. `table` (places, dim) holds the position of each patch, row by row on `grid` (rows, columns).

    One entry an epoch, epoch 0 (before training) first: `accuracy` (k) on digits never trained on, `loss` (k) on those
    trained on (epoch 0: NaN), `frames` (k, places, dim) the table forming. `shuffled` is the held-out accuracy at the end
    when the patches of each digit are laid in another order, the same for all: a model without positions cannot tell.
    """

    places: Places
    grid: tuple[int, int]
    table: FloatArray
    frames: FloatArray
    accuracy: DoubleArray
    loss: DoubleArray
    shuffled: float
    parameters: int
    seconds: float
    stopped: bool


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """(n, places, patch * patch) values from -1 to 1 and the digit (n,) of each image, to learn from and held out."""

    seen: FloatArray
    seen_labels: NDArray[np.int64]
    held: FloatArray
    held_labels: NDArray[np.int64]


def train_digits(
    patch: int = 2,
    places: Places = "learned",
    seed: int = 0,
    on_step: OnStep = never_stop,
    *,
    dim: int = 32,
    layers: int = 2,
    epochs: int | None = None,
) -> DigitTraining:
    """Train a vision transformer (Dosovitskiy et al. 2021) on scikit-learn's 1,797 digits of 8 x 8 pixels, 360 held out.

    Each digit is cut into patches of `patch` pixels; a linear layer makes tokens of them, `places` are added ("learned", from
    N(0, 0.02); "sinusoidal", the fixed code of row and column; or "none"), and transformer layers of 4 heads and a mean
    over the tokens tell the digit. AdamW, one cycle. `on_step` gets the table as `coordinates` at once, before torch is
    loaded, then each epoch with loss and held-out accuracy. Raises ParameterError unless patch is 1, 2 or 4 and dim is
    a multiple of 4.
    """
    patch, dim = require_whole("patch", patch, 1), require_whole("dim", dim, 4)
    require("patch", patch, patch in EPOCHS, N_("1, 2 or 4, which cut a digit of 8 pixels into whole patches"))
    require("dim", dim, dim % 4 == 0, N_("a multiple of 4, the number of heads"))
    require("places", places, places in PLACES, N_("one of: {known}"), known=", ".join(PLACES))
    layers, seed = require_whole("layers", layers, 1), require_whole("seed", seed, 0)
    epochs = EPOCHS[patch] if epochs is None else require_whole("epochs", epochs, 1)
    table = first_table(SIDE // patch, dim, places, seed)
    from core.patches._digit_transformer import train

    return train(patch, places, table, layers, epochs, seed, on_step)


def first_table(side: int, dim: int, places: Places, seed: int) -> FloatArray:
    """(side * side, dim): the positions as the training begins."""
    from core.positions import sinusoidal_2d

    if places == "none":
        return np.zeros((side * side, dim), dtype=np.float32)
    if places == "sinusoidal":
        return sinusoidal_2d(side, side, dim).astype(np.float32)
    return np.random.default_rng(seed).normal(0.0, 0.02, (side * side, dim)).astype(np.float32)


def digit_patches(patch: int) -> Digits:
    """scikit-learn's digits cut into patches; which are held out does not depend on the seed of a training."""
    from core.images import digit_images

    images, labels = digit_images()
    side = SIDE // patch
    cut = (images.astype(np.float32) / 8 - 1).reshape(-1, side, patch, side, patch).transpose(0, 1, 3, 2, 4)
    values = np.ascontiguousarray(cut.reshape(len(images), side * side, patch * patch), dtype=np.float32)
    order = np.random.default_rng(0).permutation(len(images))
    held, seen = order[:HELD_OUT], order[HELD_OUT:]
    wide = labels.astype(np.int64)
    return Digits(values[seen], wide[seen], values[held], wide[held])
