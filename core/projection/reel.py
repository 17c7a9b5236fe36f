"""The frames of one run, few enough to keep."""

from __future__ import annotations

import numpy as np

from core.arrays import FloatArray

MOST_FRAMES = 48
MOST_BYTES = 8 * 2**20


class Reel:
    """Every frame at first; when it is full, every second one is let go, and from then on as many are passed over.

    So the frames kept are spread evenly over the run, however long it is. A picture too large for a handful of frames
    is not kept at all.
    """

    def __init__(self) -> None:
        self._frames: list[tuple[int, FloatArray]] = []
        self._stride, self._seen = 1, 0

    def add(self, done: int, coordinates: FloatArray) -> None:
        """The picture (n, c) after `done` steps."""
        if self._seen % self._stride == 0:
            self._frames.append((done, coordinates))
        self._seen += 1
        if len(self._frames) > min(MOST_FRAMES, MOST_BYTES // max(1, coordinates.nbytes)):
            self._frames = self._frames[::2]
            self._stride *= 2

    def closed(self, done: int, last: FloatArray) -> tuple[list[int], FloatArray]:
        """Steps (f,) and frames (f, n, c), the finished picture `last` as the last; none where there was nothing to see."""
        kept = [frame for frame in self._frames if frame[0] < done]
        if len(kept) < 2:
            return [], np.empty((0, *last.shape), np.float32)
        steps, pictures = zip(*kept, strict=True)
        return [*steps, done], np.stack([*pictures, last])
