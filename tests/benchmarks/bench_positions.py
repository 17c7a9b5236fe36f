"""Positions: the table of codes beside torch, learned against fixed with its first point, and the page under the hand at 512 x 512."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
from playwright.sync_api import Browser

from core.positions import compare_positions, sinusoidal
from core.progress import Step
from core.text import load_corpus
from tests.benchmarks._hand import drag, other_board, press, visitor
from tests.benchmarks._row import Row, often, seconds
from tests.benchmarks._servers import Server, chromium, embedscope, until_idle

CURVE = 'document.querySelector(".st-key-pos_live .es-board")?.parentElement.__embedscope?.panels[0]?.gd?.data?.[2]?.y'
LARGE = "pos_length=512&pos_dim=512"


def rows() -> Iterator[Row]:
    yield _codes()
    yield from _compare()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(chromium())
        server = stack.enter_context(embedscope(folder))
        until_idle(server)
        yield from _drags(server, browser)
        yield from _changes(server, browser)
        yield from _train(server, browser)


def _codes() -> Row:
    import torch

    def as_in_torch_tutorials() -> object:
        place = torch.arange(512).unsqueeze(1)
        speed = torch.exp(torch.arange(0, 512, 2) * (-np.log(10_000.0) / 512))
        codes = torch.zeros(512, 512)
        codes[:, 0::2], codes[:, 1::2] = torch.sin(place * speed), torch.cos(place * speed)
        return codes

    median, least = seconds(lambda: sinusoidal(512, 512), repeats=20)
    peer, _ = seconds(as_in_torch_tutorials, repeats=20)
    return Row(
        "sinusoidal codes, 512 x 512", median * 1000, "torch, float32", peer * 1000,
        unit="ms", target=300.0, note=f"float64; minimum {least * 1000:.1f} ms",
    )  # fmt: skip


def _compare() -> Iterator[Row]:
    """Five kinds of positions, three seeds each, on the small world; the text has been read, as a warm worker has."""
    sentences = load_corpus("small-world-en").sentences
    firsts, wholes = [], []
    for seed in range(often(3, quick=1)):
        seen: list[float] = []

        def watch(step: Step, seen: list[float] = seen) -> None:
            seen.append(perf_counter())

        began = perf_counter()
        compare_positions(sentences, seed=seed, on_step=watch)
        wholes.append(perf_counter() - began)
        firsts.append(seen[0] - began)
    yield Row("learned against fixed, engine -> first point", statistics.median(firsts), target=2.0)
    yield Row("learned against fixed, engine, five kinds x three seeds", statistics.median(wholes), target=30.0)


def _drags(server: Server, browser: Browser) -> Iterator[Row]:
    for slider in ("pos", "i"):
        with visitor(browser) as page:
            page.goto(f"{server.url}/positions?lang=en&{LARGE}")
            page.wait_for_selector(".es-board[data-ready]")
            drag(page, slider, 10)
            painted, moved = zip(*(drag(page, slider, 120) for _ in range(often(3, quick=1))), strict=True)
            yield Row(
                f"drag {slider} at length 512, d 512", statistics.median(painted), unit="repaints/s", target=50, bigger_is_better=True,
                note=f"{statistics.median(moved):.0f} moves of the hand a second",
            )  # fmt: skip


def _changes(server: Server, browser: Browser) -> Iterator[Row]:
    """A step of a slider by its key, until the new picture is drawn: length and d from 512 down, another value each time."""
    for key, what in (("pos_length", "length"), ("pos_dim", "d")):
        with visitor(browser) as page:
            page.goto(f"{server.url}/positions?lang=en&{LARGE}")
            page.wait_for_selector(".es-board[data-ready]")
            slider = page.locator(f".st-key-{key} input[type=range]")
            slider.focus()
            taken = []
            for _ in range(often(10, quick=3)):
                taken.append(press(page, partial(slider.press, "ArrowLeft"), "keydown", seen=other_board(page))["seen"])
                page.wait_for_selector("[data-test-script-state=notRunning]")
            yield Row(
                f"change {what} near 512 x 512 -> new picture", statistics.median(taken[1:] or taken), unit="ms", target=300,
                note=f"{min(taken):.0f} to {max(taken):.0f} ms",
            )  # fmt: skip


def _train(server: Server, browser: Browser) -> Iterator[Row]:
    """From the press on "Learned", which begins to train, until its first points and its end; another seed each time."""
    taken = []
    for turn in range(often(3, quick=1)):
        with visitor(browser) as page:
            page.goto(f"{server.url}/positions?lang=en&pos_seed={turn + 1}")
            page.wait_for_selector(".es-board[data-ready]")
            first = f"Array.from({CURVE} || []).some(Number.isFinite)"
            whole = 'document.querySelector(".st-key-pos_learned .es-board[data-ready]")'
            view = page.get_by_role("radio", name="Learned")
            taken.append(press(page, view.click, first=f"{first} || {whole}", whole=whole))
    for name, what, target in (("first", "first point", 2.0), ("whole", "trained and measured", 30.0)):
        times = [one[name] / 1000 for one in taken]
        yield Row(f"learned against fixed in the page -> {what}", statistics.median(times), target=target, note=f"{min(times):.1f} to {max(times):.1f} s")  # fmt: skip
