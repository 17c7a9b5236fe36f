"""The frames of a run that are kept."""

from __future__ import annotations

import numpy as np
import pytest

from core.projection.reel import MOST_BYTES, MOST_FRAMES, Reel


@pytest.mark.parametrize("count", [2, 10, 47, 48, 49, 1000])
def test_frames_are_spread_evenly_over_the_run_and_end_with_the_picture(count: int) -> None:
    reel = Reel()
    for done in range(count):
        reel.add(done, np.full((3, 2), done, np.float32))
    last = np.full((3, 2), -1, np.float32)
    steps, frames = reel.closed(count, last)
    assert len(steps) == len(frames) <= MOST_FRAMES + 1
    assert steps[0] == 0
    assert len(set(np.diff(steps[:-1]))) <= 1
    np.testing.assert_array_equal(frames[-1], last)
    assert [frame[0, 0] for frame in frames[:-1]] == steps[:-1]


def test_large_pictures_keep_few_frames() -> None:
    reel = Reel()
    for done in range(100):
        reel.add(done, np.zeros((100_000, 2), np.float32))
    _, frames = reel.closed(100, np.zeros((100_000, 2), np.float32))
    assert frames.nbytes <= MOST_BYTES + frames[0].nbytes


def test_a_run_without_steps_has_no_frames() -> None:
    reel = Reel()
    reel.add(1, np.zeros((3, 2), np.float32))
    assert reel.closed(1, np.zeros((3, 2), np.float32))[0] == []
