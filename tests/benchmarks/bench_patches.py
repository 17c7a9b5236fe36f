"""Cutting a photo, training on it, and the page that shows it, beside what others would use."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from playwright.sync_api import Page

from core.images import load_sample, read_image
from core.patches import fit_image, learn_projection, patchify, train_digits
from core.progress import Step
from tests.benchmarks import _servers
from tests.benchmarks._hand import other_board, press, visitor
from tests.benchmarks._row import Row, often, seconds

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


def rows() -> Iterator[Row]:
    photo = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    yield _cut(photo)
    yield _restore(photo)
    yield _read(photo)
    yield from _learn()
    yield from _digits()
    yield _ten_photos()
    yield from _in_the_page()


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


def _in_the_page() -> Iterator[Row]:
    """What a visitor's hand feels: the page is open, the workers are warm, the pointer presses."""
    with tempfile.TemporaryDirectory() as folder, _servers.embedscope(Path(folder)) as server, _servers.chromium() as browser:  # fmt: skip
        with visitor(browser) as page:
            page.goto(f"{server.url}/patches?lang=en")
            page.locator(".es-board[data-ready]").wait_for()
            _servers.until_idle(server)  # the workers begin once the first page is there
            taken = [_new_side(page, share) for share in (0.5, 0.3, 0.7, 0.4, 0.8, 0.55, 0.9)[: often(7)]]
        grid, whole = (median(times[name] for times in taken) for name in ("grid", "whole"))
        yield Row("press on the slider of patch sizes -> new grid over the photo", grid, unit="ms", target=200.0)
        yield Row("the same -> photo cut anew, map, sequence, token drawn", whole, unit="ms", note=f"from {min(times['whole'] for times in taken):.0f} to {max(times['whole'] for times in taken):.0f} ms")  # fmt: skip
        with visitor(browser) as page:
            page.goto(f"{server.url}/patches?lang=en&pat_view=places")
            page.locator(".es-board[data-ready]").wait_for()
            learned = page.get_by_role("radio", name="learned", exact=True)
            first = press(page, lambda: learned.locator("xpath=..").click(), first=other_board(page))["first"]
        yield Row("press on Places, learned -> first picture of the digit transformer", first / 1000, target=2.0)


def _new_side(page: Page, share: float) -> dict[str, float]:
    """Press on the slider at this share of its length: milliseconds until the grid, and until the whole board is the new one."""
    box = page.locator("input[data-slider=side]").bounding_box()
    assert box is not None
    painted = page.locator(".es-board").get_attribute("data-repaints")
    moved = f"document.querySelector('.es-board').dataset.repaints !== {json.dumps(painted)}"
    x, y = box["x"] + share * box["width"], box["y"] + box["height"] / 2
    return press(page, lambda: page.mouse.click(x, y), grid=moved, whole=other_board(page))
