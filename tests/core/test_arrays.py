"""The identity of arrays."""

from __future__ import annotations

import numpy as np
import pytest

from core import arrays


def read_only(count: int) -> np.ndarray:
    made = np.arange(count, dtype=np.float32)
    made.flags.writeable = False
    return made


def test_a_key_knows_content_and_nothing_else() -> None:
    large = read_only(300_000)
    assert (
        arrays.key_of("task", large) == arrays.key_of("task", read_only(300_000)) == arrays.key_of("task", large.copy())
    )
    assert arrays.key_of("task", large) != arrays.key_of("task", large + 1)
    assert arrays.key_of("task", large) != arrays.key_of("task", large.reshape(-1, 2))
    assert arrays.key_of({"a": [large]}) != arrays.key_of({"a": large})


def test_a_large_array_that_nobody_may_write_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    large, read, plain = read_only(300_000), [], arrays.fingerprint
    monkeypatch.setattr(arrays, "fingerprint", lambda part: read.append(part) or plain(part))
    assert arrays.key_of(large) == arrays.key_of(large)
    assert len(read) == 1
    changed = large.copy()
    before = arrays.key_of(changed)
    changed[0] = 1
    assert arrays.key_of(changed) != before
