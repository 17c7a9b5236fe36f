"""Cutting a photo, training on it, and the page that shows it, beside what others would use."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np

from core.images import load_sample, read_image
from core.patches import fit_image, learn_projection, patchify, train_digits
from core.progress import Step
from tests.benchmarks import _servers
from tests.benchmarks._hand import visitor
from tests.benchmarks._row import Row, seconds

# What the page keeps of ten pictures of 12 megapixels, read one after the other; prints the peak in megabytes.
_TEN = """
import io
import numpy as np
from PIL import Image
from dashboard import photos
out = io.BytesIO()
small = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
Image.fromarray(small).resize((4000, 3000)).save(out, "PNG")
kept = [photos.read(out.getvalue(), f"{k}.png")[0] for k in range(10)]
print(int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024)
"""
# From a step of the slider of sides until the grid is repainted, and from letting go until the new board is there.
_GRID = """async (value) => {
  const board = [...document.querySelectorAll('*')].find((element) => element.__embedscope).__embedscope;
  const input = document.querySelector('input[data-slider=side]'), frame = () => new Promise(requestAnimationFrame);
  const before = board.box.dataset.repaints, url = board.url, began = performance.now();
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  while (board.box.dataset.repaints === before) await frame();
  const moved = performance.now() - began;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  while (board.box.dataset.ready === url) await frame();
  return [moved, performance.now() - began];
}"""


def rows() -> Iterator[Row]:
    photo = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    yield _cut(photo)
    yield _restore(photo)
    yield _read(photo)
    yield from _learn()
    yield from _digits()
    yield _ten_photos()
    yield from _new_grid()


def _cut(photo: np.ndarray) -> Row:
    import torch

    # torch's unfold takes floats only, and channels first
    batch = torch.from_numpy(photo.transpose(2, 0, 1).astype(np.float32))[None]
    median, least = seconds(lambda: patchify(photo, 20))
    peer, _ = seconds(lambda: torch.nn.functional.unfold(batch, 20, stride=20))
    return Row(
        "patch a 4,000 x 3,000 photo, patches of 20", median, "torch unfold", peer,
        target=0.5, note=f"minimum {least:.3f} s; torch's input was already float",
    )  # fmt: skip


def _restore(photo: np.ndarray) -> Row:
    import torch

    patches = patchify(photo, 20)
    unfolded = torch.from_numpy(patches.vectors.T.astype(np.float32))[None]
    median, least = seconds(patches.restore)
    peer, _ = seconds(lambda: torch.nn.functional.fold(unfolded, (3000, 4000), 20, stride=20))
    return Row("put it together again", median, "torch fold", peer, target=0.5, note=f"minimum {least:.3f} s")


def _read(photo: np.ndarray) -> Row:
    from PIL import Image

    buffer = io.BytesIO()
    # a smooth picture: noise would measure the entropy coder
    Image.fromarray(photo[:300, :400]).resize((4000, 3000)).save(buffer, "JPEG", quality=90)
    data = buffer.getvalue()
    median, least = seconds(lambda: read_image(data, "photo.jpg"))
    peer, _ = seconds(lambda: np.array(Image.open(io.BytesIO(data))))
    return Row("read a 12-megapixel JPEG", median, "Pillow alone", peer, note=f"minimum {least:.3f} s")


def _learn() -> Iterator[Row]:
    from sklearn.decomposition import PCA

    vectors = patchify(fit_image(load_sample("china").pixels, 16, "crop").image, 16).vectors
    began, visible = perf_counter(), []

    def tell(step: Step) -> None:
        # 1.5 times the least error, root mean square: buildings, trees and sky can be told apart
        if not visible and step.figures["error"] <= 1.5**2 * step.figures["optimum"]:
            visible.append(perf_counter() - began)

    made = learn_projection(vectors, 32, on_step=tell)
    peer, _ = seconds(lambda: PCA(32).fit(vectors / 255), repeats=3)
    yield Row(
        "autoencoder 768-32-768 visibly reconstructs a photo", visible[0], target=10.0, note="error within 1.5 of PCA's"
    )
    yield Row(
        "the same, trained to its end", made.seconds, "scikit-learn PCA", peer,
        note=f"PCA is exact; 1,000 steps end {np.sqrt(made.error[-1] / made.optimum[31]) - 1:.1%} above its error",
    )  # fmt: skip


def _digits() -> Iterator[Row]:
    began, first, reached = perf_counter(), [], []

    def tell(step: Step) -> None:
        first.append(perf_counter() - began)
        if not reached and step.figures.get("held_out_accuracy", 0) >= 0.9:
            reached.append(perf_counter() - began)

    made = train_digits(on_step=tell)
    yield Row("digit transformer -> first frame", first[0], target=2.0)
    yield Row("digit transformer -> 90 % of held-out digits", reached[0] if reached else float("inf"), target=40.0, note=f"ends at {made.accuracy[-1]:.1%} after {made.seconds:.1f} s, torch loaded within")  # fmt: skip


def _ten_photos() -> Row:
    done = subprocess.run([sys.executable, "-c", _TEN], capture_output=True, text=True, check=True)
    return Row("ten photos of 12 megapixels, peak memory", float(done.stdout), unit="MB", target=1000.0, note="PNG, one process, all its libraries in it")  # fmt: skip


def _new_grid() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, _servers.embedscope(Path(folder)) as server, _servers.chromium() as browser, visitor(browser) as page:  # fmt: skip
        page.goto(f"{server.url}/patches?lang=en")
        page.locator(".es-board[data-ready]").wait_for()
        taken = [page.evaluate(_GRID, value) for value in (8, 5, 9, 4, 7)]
    moved, whole = (sorted(column)[2] for column in zip(*taken, strict=True))
    yield Row("slider of patch sizes -> new grid", moved, unit="ms", target=200.0)
    yield Row("slider let go -> photo cut anew, map and sequence drawn", whole, unit="ms")
