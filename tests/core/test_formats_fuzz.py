"""Twenty thousand damaged files: each is read or refused with a sentence, and memory stays where it was."""

from __future__ import annotations

import pytest

from tests.core.fuzzing import KEPT_SEEDS, fuzz

FILES = 20_400  # over all seeds


@pytest.mark.parametrize("seed", KEPT_SEEDS)
def test_no_reader_ever_fails_in_another_way_than_ours(seed: int) -> None:
    told = fuzz(FILES // len(KEPT_SEEDS), seed)
    assert told.faults == []
    assert told.grown < 500 * 2**20
    assert min(told.refused.values()) > 0
    assert sum(told.read.values()) > told.files / 20
