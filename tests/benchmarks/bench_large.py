"""Very large maps in a real browser: from a saved table to the picture, painting it, dragging it, and a click in it."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
from playwright.sync_api import Browser, Page

from core.embedding import Embedding
from core.library import Library
from tests.benchmarks._hand import visitor
from tests.benchmarks._map import MAP, click_row, rows_in_view, zoom
from tests.benchmarks._row import Row, often
from tests.benchmarks._servers import Server, chromium, embedscope, until_idle
from tests.benchmarks._table import spread

DIM = 64
_SHOWN = {100_000: None, 200_000: None, 1_000_000: 6.0}  # seconds a picture may take
_CLICKED = {100_000: None, 200_000: 500.0, 1_000_000: None}  # milliseconds a click may take
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"

# How long one painting of all points takes, ours and Plotly's own for very many points.
_OURS = f"() => {{ const {{ raster, gd }} = {MAP}.panels[0], began = performance.now(); raster.changed(false); {MAP}.panels[0].overlay.draw(); return performance.now() - began; }}"  # fmt: skip
_THEIRS = f"""async () => {{
  const {{ x, y }} = {MAP}.panels[0], place = document.body.appendChild(document.createElement("div"));
  place.style.cssText = "position: fixed; left: 0; top: 0; width: 800px; height: 640px";
  const began = performance.now();
  await Plotly.newPlot(place, [{{ type: "scattergl", mode: "markers", x, y, marker: {{ size: 2 }} }}]);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const taken = performance.now() - began;
  Plotly.purge(place);
  place.remove();
  return taken;
}}"""
_COUNTED = f"() => {{ const {{ raster }} = {MAP}.panels[0], paint = raster.paint; window.__paints = 0; raster.paint = function (...given) {{ window.__paints++; return paint.apply(this, given); }}; }}"  # fmt: skip


def rows() -> Iterator[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        saved = {count: _saved(folder, count) for count in _SHOWN}
        server = stack.enter_context(embedscope(folder))
        browser = stack.enter_context(chromium())
        _open(server, browser, "small-world-en")
        until_idle(server)  # the workers have compiled what they need, and the browser is warm
        for count, key in saved.items():
            yield from _one(server, browser, count, f"lib-{key}")


def _saved(folder: Path, count: int) -> str:
    """100 clouds with 15 classes, in the library."""
    rng = np.random.default_rng(0)
    centres, cloud = 2 * rng.normal(size=(100, DIM)), rng.integers(100, size=count)
    vectors = (centres[cloud] + rng.normal(size=(count, DIM))).astype(np.float32)
    classes = {"class": [f"group {one % 15}" for one in cloud.tolist()]}
    return Library(folder).save(Embedding([f"word{row}" for row in range(count)], vectors, classes), f"{count} rows")


def _open(server: Server, browser: Browser, source: str) -> None:
    with visitor(browser) as page:
        page.goto(f"{server.url}/explore?lang=en&src={source}")
        page.wait_for_selector(".st-key-ex_map .es-board[data-ready]")


def _one(server: Server, browser: Browser, count: int, source: str) -> Iterator[Row]:
    with visitor(browser) as page:
        began = perf_counter()
        page.goto(f"{server.url}/explore?lang=en&src={source}", wait_until="commit")
        page.wait_for_selector(".st-key-ex_map .es-board[data-ready]")
        page.evaluate(_PAINTED)
        shown = perf_counter() - began
        page.wait_for_selector(".st-key-ex_map .es-board[data-labels]")
        yield Row(
            f"link to a saved {count:,} x {DIM} -> on the screen (PCA)", shown, target=_SHOWN[count],
            note=f"labels after {perf_counter() - began:.1f} s",
        )  # fmt: skip
        page.wait_for_selector(".es-figures", timeout=240_000)
        yield Row(f"... and measured on 1,000 of {count:,} rows", perf_counter() - began)
        paint = statistics.median(page.evaluate(_OURS) for _ in range(5))
        yield Row(f"paint {count:,} points", paint, "Plotly scattergl", page.evaluate(_THEIRS), unit="ms")
        yield _drag(page, count)
        zoom(page)
        clicks = [click_row(page, row) for row in rows_in_view(page, often(12, quick=4))]
        lit, kept = [times["lit"] for times, _ in clicks], sum(kept for _, kept in clicks)
        yield Row(
            f"click a point of {count:,} -> neighbours lit in the map", statistics.median(lit), unit="ms", target=_CLICKED[count],
            note=f"{spread(lit, 'ms')}; zoom kept {kept} of {len(clicks)} times",
        )  # fmt: skip


def _drag(page: Page, count: int) -> Row:
    """The whole map under a hand that moves 60 times a second."""
    box = page.locator(".st-key-ex_map .es-figure").bounding_box()
    assert box is not None
    page.evaluate(_COUNTED)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    began = perf_counter()
    for move in range(1, 61):
        sleep(max(0.0, began + move / 60 - perf_counter()))
        page.mouse.move(x + 2 * move, y + move % 7)
    taken = perf_counter() - began
    painted = page.evaluate("() => window.__paints")
    page.mouse.up()
    return Row(f"drag a map of {count:,} points", painted / taken, unit="repaints/s", bigger_is_better=True)
