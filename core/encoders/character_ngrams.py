"""Spelling as a vector: the character n-grams of a label, each a random direction."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field

import numpy as np

from core.arrays import FloatArray
from core.encoders._base import ENCODERS, Encoder
from core.errors import N_
from core.params import control, require, require_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterNgramsParams:
    shortest: int = field(
        default=2, metadata=control(N_("Shortest n-gram"), 1, 6, help=N_("Characters in the shortest piece of a word."), folded=True)
    )  # fmt: skip
    longest: int = field(
        default=5, metadata=control(N_("Longest n-gram"), 1, 8, help=N_("Characters in the longest piece of a word."), folded=True)
    )  # fmt: skip
    seed: int = 0

    def __post_init__(self) -> None:
        require_whole("shortest", self.shortest, 1)
        require_whole("longest", self.longest, 1)
        seed = require_whole("seed", self.seed, 0)
        require("seed", seed, seed < 2**63, N_("below 2 to the 63rd"))
        require("longest", self.longest, self.shortest <= self.longest <= 8, N_("from {low} to {high}"), low=self.shortest, high=8)  # fmt: skip


@ENCODERS.register(
    "character-ngrams",
    title=N_("Character n-grams"),
    params=CharacterNgramsParams,
    about=N_("Knows spelling only, no meaning: words that share letters in a row lie close, so cat is near cart and far from dog. Needs nothing installed."),
    rank=20,
)  # fmt: skip
class CharacterNgrams(Encoder):
    """The bag of n-grams of Bojanowski et al. 2017 (arXiv:1607.04606), untrained: each n-gram is a fixed
    row of random signs (Achlioptas 2003), which a keyed hash yields without a table. So the cosine of two
    labels is, give or take 1 / sqrt(dim), the cosine of their n-gram counts."""

    dim = 256

    def encode(self, batch: list[str]) -> FloatArray:
        return np.stack([self._row(label) for label in batch])

    def _row(self, label: str) -> FloatArray:
        signs = np.frombuffer(b"".join(map(self._signs, self._ngrams(label))), dtype=np.uint8)
        bits = np.unpackbits(signs.reshape(-1, self.dim // 8), axis=1)
        total = 2.0 * bits.sum(axis=0, dtype=np.int64) - len(bits)
        return (total / np.sqrt(self.dim * len(bits))).astype(np.float32)

    def _ngrams(self, label: str) -> list[str]:
        """Pieces of the label with its ends marked; case and width do not count."""
        marked = f"<{unicodedata.normalize('NFKC', label).casefold()}>"
        lengths = range(self.params.shortest, self.params.longest + 1)
        pieces = [marked[at : at + n] for n in lengths for at in range(len(marked) - n + 1)]
        return pieces or [marked]

    def _signs(self, piece: str) -> bytes:
        key = self.params.seed.to_bytes(16, "little")
        return hashlib.blake2b(piece.encode(), digest_size=self.dim // 8, key=key).digest()
