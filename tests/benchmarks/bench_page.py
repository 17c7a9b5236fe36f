"""The real server and a real browser: starting, first visit, paste, train, drag, click, and a control beside somebody's UMAP.

Browser and server share the machine, so these figures hold the browser's own work too.
"""

from __future__ import annotations

import io
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import numpy as np
from playwright.sync_api import Browser, Locator, Page

from tests.benchmarks._hand import NEVER, drag, first_visit, other_board, press, visitor
from tests.benchmarks._map import ANSWERS, click_row, rows_in_view, zoom
from tests.benchmarks._row import Row, often
from tests.benchmarks._servers import Server, bare_streamlit, chromium, embedscope, loaded, until_idle
from tests.benchmarks._table import spread

HOME, BARE_PAGE = ".es-home[data-ready]", "[data-testid=stMarkdown]"
HEAVY = ("torch", "numba", "llvmlite", "sklearn", "scipy", "distributed")


def rows() -> Iterator[Row]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(chromium())
        yield from _first_start(folder, browser)
        yield from _starts(folder, browser)
        server = stack.enter_context(embedscope(folder))
        until_idle(server)
        yield _paste(server, browser)
        yield from _train(server, browser)
        yield from _sliders(server, browser)
        yield from _click(server, browser)
        yield from _neighbour_visitor(server, browser)


def _first_start(folder: Path, browser: Browser) -> Iterator[Row]:
    """On a machine that has compiled nothing yet. The workers compile while the first visitor comes."""
    with bare_streamlit(folder) as bare:
        first_visit(browser, bare.url, BARE_PAGE)  # warms the browser up
    with embedscope(folder) as server:
        usable = first_visit(browser, server.url, HOME)
        there = loaded(server, HEAVY)
        compiled = until_idle(server)
        yield Row("first start of a machine: server", server.seconds, target=1.5)
        yield Row(
            "first start of a machine: visit to usable page", usable, target=2.0, note="the workers compile meanwhile"
        )
        yield Row(
            "torch and numba in the first page's process", len({"torch", "numba"} & set(there)), unit="of 2", target=0,
            note=f"of {', '.join(HEAVY)} it has loaded: {', '.join(there) or 'none'}",
        )  # fmt: skip
        yield Row("first start of a machine: workers have compiled everything", usable + compiled)


def _starts(folder: Path, browser: Browser) -> Iterator[Row]:
    """Ours and the bare one by turns; a visitor who comes the moment the server answers."""
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for _ in range(often(3, quick=1)):
        with bare_streamlit(folder) as bare:
            theirs.append((bare.seconds, first_visit(browser, bare.url, BARE_PAGE)))
        with embedscope(folder) as server:
            ours.append((server.seconds, first_visit(browser, server.url, HOME)))
    for at, (what, target) in enumerate((("server start", 1.5), ("first visit, from a start to the usable page", 2.0))):
        taken = [one[at] for one in ours]
        yield Row(
            what, statistics.median(taken), "bare Streamlit, one line", statistics.median(one[at] for one in theirs),
            target=target, note=spread(taken),
        )  # fmt: skip


def _paste(server: Server, browser: Browser) -> Row:
    """From the press on "Make vectors" to the first picture; other words each time, or the answer would be at hand."""
    words = _distinct_words()
    taken = []
    for turn in range(often(3, quick=1)):
        with visitor(browser) as page:
            page.goto(f"{server.url}/explore?lang=en")
            page.wait_for_selector(".st-key-ex_map .es-board[data-ready]")
            page.locator("summary", has_text="Bring your own").click()
            chosen = np.random.default_rng(turn).permutation(words)[:200]
            page.locator(".st-key-own_words textarea").fill("\n".join(chosen))
            taken.append(press(page, _form(page, "own_form").click, seen=other_board(page))["seen"] / 1000)
    return Row(
        "paste 200 words -> first picture", statistics.median(taken), target=3.0,
        note=f"from the press on the button; {spread(taken)}",
    )  # fmt: skip


def _distinct_words() -> list[str]:
    from core.text import load_corpus

    return sorted({word for sentence in load_corpus("small-world-en").sentences for word in sentence if word.isalpha()})


def _train(server: Server, browser: Browser) -> Iterator[Row]:
    """Another seed each time, or the answer would be at hand."""
    taken = []
    for turn in range(often(3, quick=1)):
        with visitor(browser) as page:
            page.goto(f"{server.url}/words?lang=en&w_seed={turn + 1}")
            page.wait_for_selector(".st-key-w_map .es-board[data-ready]")
            first = 'document.querySelector(".st-key-w_live .es-board[data-ready]")'
            whole = f'!document.querySelector(".st-key-w_live") && {other_board(page)}'
            taken.append(press(page, page.locator(".st-key-w_train button").click, first=first, whole=whole))
    firsts, wholes = ([one[name] / 1000 for one in taken] for name in ("first", "whole"))
    yield Row("Train in the page -> first frame", statistics.median(firsts), target=1.0, note=spread(firsts))
    yield Row(
        "Train in the page -> trained, small world", statistics.median(wholes), target=10.0,
        note=f"all epochs; when words of one class are together is a row of the training benchmark; {spread(wholes)}",
    )  # fmt: skip


def _sliders(server: Server, browser: Browser) -> Iterator[Row]:
    """A hand that moves 60 times a second, each time to another step."""
    for where, slider in (("positions", "pos"), ("positions", "i"), ("words", "epoch")):
        with visitor(browser) as page:
            page.goto(f"{server.url}/{where}?lang=en")
            page.wait_for_selector(".es-board[data-ready]")
            drag(page, slider, 10)
            painted, moved = zip(*(drag(page, slider, 120) for _ in range(often(3, quick=1))), strict=True)
            yield Row(
                f"drag {slider} on {where.title()}", statistics.median(painted), unit="repaints/s", target=50, bigger_is_better=True,
                note=f"{statistics.median(moved):.0f} moves of the hand a second",
            )  # fmt: skip


def _click(server: Server, browser: Browser) -> Iterator[Row]:
    """In a zoomed map of 20,000 points: the neighbours in the picture, and in the list beside it."""
    with visitor(browser) as page:
        page.goto(f"{server.url}/explore?lang=en")
        page.wait_for_selector(".st-key-ex_map .es-board[data-ready]")
        yield Row("20,000 x 50 from file -> first picture (PCA)", _upload(page) / 1000)
        zoom(page)
        clicks = [click_row(page, row) for row in rows_in_view(page, often(12, quick=4))]
    kept = sum(kept for _, kept in clicks)
    for what, name in (("neighbours lit in the map", "lit"), ("neighbours listed", "listed")):
        taken = [times[name] for times, _ in clicks]
        yield Row(
            f"click a point of 20,000 -> {what}", statistics.median(taken), unit="ms", target=250,
            note=f"{spread(taken, 'ms')}; zoom kept {kept} of {len(clicks)} times",
        )  # fmt: skip


def _neighbour_visitor(server: Server, browser: Browser) -> Iterator[Row]:
    """One visitor changes the measure on the Neighbours page; another runs UMAP on 20,000 points, and watches it form.

    The watcher's browser is on another machine in life, so here it is sent the pictures but does not draw them.
    """
    with visitor(browser) as calm, visitor(browser) as busy:
        calm.goto(f"{server.url}/neighbours?lang=en")
        calm.wait_for_selector(".es-answers")
        _change_measure(calm, 0)
        idle = [_change_measure(calm, turn) for turn in range(1, 1 + often(40, quick=6))]
        busy.goto(f"{server.url}/explore?lang=en&ex_umap_epochs=1000")
        busy.wait_for_selector(".st-key-ex_map .es-board[data-ready]")
        _upload(busy)
        busy.locator(".st-key-ex_method button", has_text="UMAP").click()
        busy.locator(".st-key-ex_draw button:enabled").click()
        busy.wait_for_selector(".st-key-ex_live .es-board[data-ready]")
        busy.evaluate("() => { Plotly.update = async () => {}; }")
        beside = []
        for turn in range(1 + len(idle), 1 + 2 * len(idle)):
            taken = _change_measure(calm, turn)
            if not busy.locator(".st-key-explore_stop").count():
                break
            beside.append(taken)
        stop = busy.locator(".st-key-explore_stop button")
        if stop.count():  # the other visitor's picture may be finished by now
            stop.click()
    note = f"{len(beside)} of {len(idle)} clicks while UMAP ran on 20,000 points"
    for name, place in (("median", 50), ("95th percentile", 95)):
        yield Row(
            f"a control while another visitor runs UMAP: {name}", _percentile(beside, place), "the same, nobody computing",
            _percentile(idle, place), unit="ms", note=note,
        )  # fmt: skip


def _percentile(values: list[float], place: int) -> float:
    return float(np.percentile(values, place)) if values else float("nan")


def _change_measure(page: Page, turn: int) -> float:
    """Milliseconds from the press on another measure until the answers have changed."""
    old = json.dumps(page.evaluate(f"() => {ANSWERS}"))
    button = page.locator(".st-key-nb_metric button").nth((1, 0)[turn % 2])
    return press(page, button.click, seen=f"({ANSWERS} ?? {old}) !== {old}")["seen"]


def _form(page: Page, name: str) -> Locator:
    return page.locator(f"[class*='st-key-FormSubmitter-{name}-'] button")


def _upload(page: Page) -> float:
    """Bring 20,000 vectors as a file; milliseconds from the drop to their first picture."""
    page.locator("summary", has_text="Bring your own").click()
    field = page.locator(".st-key-own_files input[type=file]")
    file = {"name": "vectors.npy", "mimeType": "application/octet-stream", "buffer": _vectors()}
    there = 'document.querySelector(".st-key-es_status").innerText.includes("20,000 rows")'
    condition, began = f"() => {there} && {other_board(page)}", perf_counter()
    field.set_input_files(file)
    page.wait_for_function(condition, timeout=NEVER)
    taken = 1000 * (perf_counter() - began)
    page.wait_for_selector(".st-key-explore_stop", state="detached")
    page.wait_for_selector(".st-key-ex_map .es-board[data-ready]")
    return taken


def _vectors() -> bytes:
    """40 clouds of 500 points in 50 dimensions, as a .npy file."""
    rng = np.random.default_rng(0)
    points = (4 * rng.normal(size=(40, 1, 50)) + rng.normal(size=(40, 500, 50))).reshape(-1, 50)
    file = io.BytesIO()
    np.save(file, points.astype(np.float32))
    return file.getvalue()
