"""A map that forms under the reader's eye: paused, wound back, resumed, cancelled; labels as one comes nearer."""

from __future__ import annotations

import io
import re

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.test_explore import ask, at_rest, explore, point, rows_in_view, wait, zoom
from tests.browser.test_main_job import BOARD, status

COORDINATES = "Array.from(board.panels[0].x.slice(0, 40)).join()"
FRAME = "Array.from(board.matrices.x.slice(board.values.frame * board.matrices.x.shape[1]).slice(0, 40)).join()"  # what the run kept of it
SHOWN = """board.panels[0].overlay.written.map(({ row, box }) => [row, ...box])"""


def bring(page: Page, rows: int) -> None:
    """A file of vectors in forty clouds, opened from its upload."""
    rng = np.random.default_rng(0)
    clouds = rng.normal(size=(40, 1, 8)) * 4 + rng.normal(size=(40, rows // 40, 8))
    file = io.BytesIO()
    np.save(file, clouds.reshape(-1, 8).astype(np.float32))
    page.locator("summary", has_text="Bring your own").click()
    page.locator(".st-key-own_files input[type=file]").set_input_files(
        {"name": "clouds.npy", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    )
    expect(status(page)).to_contain_text(f"all {rows:,} rows drawn", timeout=60_000)
    at_rest(page)


def method(page: Page, name: str) -> None:
    page.locator(".st-key-ex_method").get_by_text(name, exact=True).click()


def test_a_run_is_paused_wound_back_resumed_and_cancelled_to_the_picture_before(page: Page, server: str) -> None:
    explore(page, server, "ex_tsne_iterations=2000")
    bring(page, 9_000)
    method(page, "t-SNE")
    page.get_by_role("button", name="Draw").click()
    expect(page.locator(f".st-key-ex_live {BOARD}")).to_be_visible(timeout=60_000)
    expect(status(page)).to_contain_text("t-SNE, perplexity 30")
    first = ask(page, "ex_live", COORDINATES)
    wait(page, "ex_live", f"{COORDINATES} !== '{first}'")

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile("^Paused"))).to_be_visible()
    slider = page.locator(".st-key-ex_live input[data-slider=frame]")
    expect(slider).to_be_visible()
    slider.focus()
    slider.press("Home")
    wait(page, "ex_live", f"board.values.frame === 0 && {COORDINATES} === {FRAME}")
    slider.press("End")
    wait(page, "ex_live", f"board.values.frame === Number(board.inputs.frame.input.max) && {COORDINATES} === {FRAME}")
    last = ask(page, "ex_live", COORDINATES)

    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile("^iteration"))).to_be_visible()
    expect(slider).to_have_count(0)
    wait(page, "ex_live", f"{COORDINATES} !== '{last}'")

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This is the earlier picture: PCA.")).to_be_visible()
    expect(page.locator(f".st-key-ex_map {BOARD}")).to_be_visible()
    expect(status(page)).to_contain_text("· PCA ·")
    expect(page.locator(".st-key-es_reading")).to_contain_text("widest directions")
    expect(page.locator(".st-key-es_reading")).not_to_contain_text("pulled together")
    expect(page.locator(".st-key-ex_live")).to_have_count(0)


def test_a_reload_joins_the_picture_that_is_being_drawn(page: Page, server: str) -> None:
    def iteration(shape: str = r"[\d,]+") -> int:
        told = page.get_by_text(re.compile(f"^iteration {shape} of"))
        expect(told).to_be_visible(timeout=60_000)
        return int(re.sub(r"\D", "", told.inner_text().split(" of ")[0]))

    explore(page, server, "ex_tsne_iterations=2000")
    bring(page, 6_000)
    method(page, "t-SNE")
    page.get_by_role("button", name="Draw").click()
    before = iteration(r"[1-9]\d\d")
    page.reload()
    assert iteration() >= before
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Draw")).to_be_enabled(timeout=60_000)
    page.reload()  # what was cancelled is not begun again
    expect(page.get_by_role("button", name="Draw")).to_be_enabled(timeout=60_000)
    expect(page.get_by_text("Press Draw to make this picture.")).to_be_visible()


def test_a_finished_run_is_wound_back_to_its_start_in_at_least_twenty_steps(page: Page, server: str) -> None:
    explore(page, server, "src=list-everyday-en&ex_method=tsne")
    expect(status(page)).to_contain_text("t-SNE, perplexity 30", timeout=60_000)
    slider = page.locator(".st-key-ex_map input[data-slider=frame]")
    assert int(slider.get_attribute("max") or 0) >= 20
    last = ask(page, "ex_map", COORDINATES)
    slider.focus()
    slider.press("Home")
    wait(page, "ex_map", f"{COORDINATES} !== '{last}'")
    expect(page.locator(".st-key-ex_map .es-slider-value")).to_have_text("0")
    slider.press("End")
    wait(page, "ex_map", f"{COORDINATES} === '{last}'")


def test_another_embedding_or_setting_lets_go_of_the_run_under_way(page: Page, server: str) -> None:
    explore(page, server, "ex_tsne_iterations=2000")
    bring(page, 9_000)
    method(page, "t-SNE")
    page.get_by_role("button", name="Draw").click()
    expect(page.locator(f".st-key-ex_live {BOARD}")).to_be_visible(timeout=60_000)
    method(page, "PCA")
    expect(page.locator(f".st-key-ex_map {BOARD}")).to_be_visible()
    expect(status(page)).to_contain_text("· PCA ·")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_more_labels_stand_as_one_comes_nearer_and_none_over_another(page: Page, server: str) -> None:
    explore(page, server, "src=small-world-en")
    seen = [labels(page)]
    for nearer in (1.5, 2.5):
        while float(str(ask(page, "ex_map", "board.panels[0].overlay.closeness()"))) < nearer:
            zoom(page)
            at_rest(page)
        seen.append(labels(page))
    assert [over for _, _, over in seen] == [0, 0, 0]
    assert seen[0][0] * 1.3 < seen[1][0] < seen[2][0] / 1.3
    assert seen[0][0] / seen[0][1] < seen[1][0] / seen[1][1] < seen[2][0] / seen[2][1]


def labels(page: Page) -> tuple[int, int, int]:
    """(labels written, rows in view, pairs of labels that overlap)"""
    boxes = ask(page, "ex_map", SHOWN)
    rows = ask(page, "ex_map", "Array.from(board.panels[0].x.keys()).filter((row) => board.panels[0].overlay.inside(...board.panels[0].overlay.at(row))).length")  # fmt: skip
    assert isinstance(boxes, list)
    assert isinstance(rows, int)
    over = sum(
        a[1] < b[1] + b[3] and b[1] < a[1] + a[3] and a[2] < b[2] + b[4] and b[2] < a[2] + a[4]
        for at, a in enumerate(boxes)
        for b in boxes[:at]
    )
    return len(boxes), rows, over


def test_the_row_under_a_resting_pointer_keeps_its_name_when_the_picture_is_drawn_anew(page: Page, server: str) -> None:
    explore(page, server, "src=list-everyday-en")
    row = rows_in_view(page, 1)[0]
    page.mouse.move(*point(page, row))
    wait(page, "ex_map", f"board.marked.hovered === {row}")
    first = ask(page, "ex_map", "board.url")
    page.get_by_role("combobox", name="Colour by").focus()
    for key in ("ArrowDown", "Enter"):  # own error
        page.keyboard.press(key)
    wait(page, "ex_map", f"board.url !== '{first}' && board.box.dataset.ready === board.url")
    wait(page, "ex_map", f"board.marked.hovered === {row}")
