"""Maps to try on a domain: from a lookup table that keeps nothing to one that keeps everything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.arrays import DoubleArray
from core.embedding import Embedding
from core.errors import N_, DataError, ParameterError
from core.mapping.domains import Domain
from core.mapping.formula import parse
from core.params import require_whole

UNKNOWN = "<unk>"

MAPS = {
    "one-hot": N_("One-hot: a column of its own for each"),
    "random": N_("Random vectors"),
    "linear": N_("Linear: a x + b y + c"),
    "square": N_("x squared"),
    "hash": N_("Hash mod m"),
    "formula": N_("A formula"),
    "trained": N_("A trained table W"),
}


def apply_map(
    domain: Domain,
    name: str,
    *,
    a: float = 2.0,
    b: float = 0.0,
    c: float = 0.0,
    modulus: int = 8,
    formula: str = "x",
    seed: int = 0,
    embedding: Embedding | None = None,
    row: Sequence[float] | None = None,
) -> DoubleArray:
    """(n, d) what the map of that name (of `MAPS`) makes of the domain. A file of pairs brings its own outputs.

    linear: a x + b y + c; square: the square of x (and of y on a grid); hash: FNV-1a of the label, mod `modulus`;
    random: n rows of two normal numbers from `seed`; trained: rows of `embedding`, and for a word that it does
    not hold the one `row` of unknown words (without it the word is an error).
    """
    x = domain.variables["x"]
    if domain.outputs is not None:
        return domain.outputs
    if name == "one-hot":
        return np.eye(len(domain))
    if name == "random":
        return np.random.default_rng(require_whole("seed", seed, 0)).normal(size=(len(domain), 2))
    if name == "linear":
        return (a * x + b * domain.variables.get("y", np.zeros(len(x))) + c)[:, None]
    if name == "square":
        return np.stack([x, domain.variables["y"]], axis=1) ** 2 if domain.name == "grid" else x[:, None] ** 2
    if name == "hash":
        modulus = require_whole("modulus", modulus, 1)
        return np.array([[_fnv(label) % modulus] for label in domain.labels], np.float64)
    if name == "formula":
        return parse(formula)(domain.variables)
    if name == "trained":
        return _trained(domain, embedding, row)
    raise ParameterError("map", name, N_("one of: {known}"), known=", ".join(MAPS))


def _trained(domain: Domain, embedding: Embedding | None, row: Sequence[float] | None) -> DoubleArray:
    if embedding is None:
        raise DataError(N_("A trained table maps words: choose words as the domain and an embedding."))
    rows = [row if row is not None and label not in embedding else embedding.vector(label) for label in domain.labels]
    return np.asarray(rows, np.float64)


def _fnv(label: str) -> int:
    """FNV-1a, 32 bits (Fowler, Noll & Vo): the same on every machine, unlike hash()."""
    value = 2166136261
    for byte in label.encode("utf-8", "surrogatepass"):
        value = (value ^ byte) * 16777619 % 2**32
    return value
