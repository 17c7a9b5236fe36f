"""The map under the hand: zoom and camera are kept, a lasso chooses in every panel, many points answer."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.browser.test_main_job import BOARD, status, visit

PLACE = """([key, panel, row]) => {
  const board = document.querySelector(`.st-key-${key} .es-board`).parentElement.__embedscope, one = board.panels[panel];
  const box = one.gd.getBoundingClientRect(), [x, y] = one.overlay.at(row);
  return [box.left + x, box.top + y];
}"""
VIEW = """(key) => document.querySelector(`.st-key-${key} .es-figure`)._fullLayout.xaxis.range.join()"""
CAMERA = """(key) => {
  const scene = document.querySelector(`.st-key-${key} .es-figure`)._fullLayout.scene._scene;
  return Array.from(scene.glplot.cameraParams.view, (value) => value.toFixed(3)).join();
}"""
BOARDS = """(key) => document.querySelector(`.st-key-${key} .es-board`)?.parentElement.__embedscope"""

DEPTHS = """(() => {
  const { canvas } = board.panels[0].raster, { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data.filter((_, at) => at % 4 === 3)).size;
})()"""


def explore(page: Page, server: str, link: str = "", key: str = "ex_map") -> None:
    visit(page, server, f"explore?lang=en&{link}", f".st-key-{key} {BOARD}")
    at_rest(page)


def at_rest(page: Page) -> None:
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=60_000
    )


def ask(page: Page, key: str, expression: str) -> object:
    """What an expression of the board says."""
    return page.evaluate(f"(key) => {{ const board = ({BOARDS})(key); return {expression}; }}", key)


def wait(page: Page, key: str, condition: str) -> None:
    until(page, f"(() => {{ const board = ({BOARDS})(arg); return {condition}; }})()", key)


def point(page: Page, row: int, key: str = "ex_map", panel: int = 0) -> tuple[float, float]:
    x, y = page.evaluate(PLACE, [key, panel, row])
    return float(x), float(y)


def zoom(page: Page, key: str = "ex_map") -> None:
    box = page.locator(f".st-key-{key} .es-figure").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -300)
    wait(page, key, "board.panels[0].zoomed")


def rows_in_view(page: Page, count: int, key: str = "ex_map") -> list[int]:
    """Rows in the middle of the picture that lie on top of no other, so that a click means them."""
    found: list[int] = page.evaluate(
        f"""([key, count]) => {{
          const panel = ({BOARDS})(key).panels[0], [left, top, width, height] = panel.overlay.box;
          const all = Array.from(panel.x, (_, row) => [row, ...panel.overlay.at(row)]);
          const seen = all.filter(([, x, y]) => Math.abs(x - left - width / 2) < width / 3 && Math.abs(y - top - height / 2) < height / 3);
          const alone = seen.filter(([row, x, y]) => all.every(([other, a, b]) => other === row || Math.hypot(a - x, b - y) > 7));
          return alone.slice(0, count).map(([row]) => row);
        }}""",
        [key, count],
    )
    return found


def lasso(page: Page, key: str, panel: int = 0) -> None:
    """Round the right half of a panel."""
    page.locator(f".st-key-{key}").get_by_role("button", name="Lasso").click()
    box = page.locator(f".st-key-{key} .es-holder").nth(panel).bounding_box()
    assert box is not None
    left, right, top, bottom = box["x"] + box["width"] / 2, box["x"] + box["width"] - 4, box["y"] + 4, box["y"] + box["height"] - 4  # fmt: skip
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 2)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def test_twelve_quick_clicks_light_neighbours_and_leave_the_zoom_alone(page: Page, server: str) -> None:
    explore(page, server, "src=list-everyday-en")
    zoom(page)
    view = page.evaluate(VIEW, "ex_map")
    rows = rows_in_view(page, 6)
    assert len(rows) >= 3
    for row in (rows * 4)[:12]:  # with no pause, so that the browser might take two of them for a double click
        page.mouse.click(*point(page, row))
        assert page.evaluate(VIEW, "ex_map") == view
    at_rest(page)
    page.mouse.move(*point(page, rows[1]))
    wait(page, "ex_map", f"board.marked.hovered === {rows[1]}")
    page.mouse.click(*point(page, rows[1]))
    wait(page, "ex_map", f"board.marked.point === {rows[1]} && board.marked.near.length === 10")
    assert page.evaluate(VIEW, "ex_map") == view


def test_two_clicks_on_empty_ground_show_the_whole_again(page: Page, server: str) -> None:
    explore(page, server, "src=list-everyday-en")
    whole = page.evaluate(VIEW, "ex_map")
    zoom(page)
    box = page.locator(".st-key-ex_map .es-figure").bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 60, box["y"] + 12)
    until(page, f"({VIEW})('ex_map') === arg", whole)


def test_rows_that_a_pattern_finds_are_shown_in_the_whole_picture(page: Page, server: str) -> None:
    explore(page, server)
    whole = page.evaluate(VIEW, "ex_map")
    zoom(page)
    assert page.evaluate(VIEW, "ex_map") != whole
    find = page.get_by_role("textbox", name="Find")
    find.fill("/^d/")
    find.press("Enter")
    expect(page.get_by_text(re.compile(r"^\d+ rows match$"))).to_be_visible()
    until(page, f"({VIEW})('ex_map') === arg", whole)


def test_zoom_is_kept_while_the_run_is_wound_back(page: Page, server: str) -> None:
    explore(page, server, "src=small-world-en&ex_method=tsne")
    zoom(page)
    view, last = page.evaluate(VIEW, "ex_map"), ask(page, "ex_map", "Array.from(board.panels[0].x.slice(0, 5)).join()")
    slider = page.locator(".st-key-ex_map input[data-slider=frame]")
    slider.focus()
    slider.press("ArrowLeft")
    wait(page, "ex_map", f"Array.from(board.panels[0].x.slice(0, 5)).join() !== '{last}'")
    slider.press("End")
    wait(page, "ex_map", f"Array.from(board.panels[0].x.slice(0, 5)).join() === '{last}'")
    assert page.evaluate(VIEW, "ex_map") == view


def test_the_camera_is_kept_over_clicks_sliders_and_reruns_and_a_lasso_chooses_in_space(
    page: Page, server: str
) -> None:
    explore(page, server, "src=list-everyday-en&ex_dims=3")
    wait(page, "ex_map", "board.panels[0].overlay.scene")
    box = page.locator(".st-key-ex_map .es-figure").bounding_box()
    assert box is not None
    first = page.evaluate(CAMERA, "ex_map")
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 330, box["y"] + 260, steps=8)
    page.mouse.up()
    until(page, f"({CAMERA})('ex_map') !== arg", first)
    camera = page.evaluate(CAMERA, "ex_map")
    find = page.get_by_label("Find", exact=True)
    find.fill("cat")
    find.press("Enter")
    wait(page, "ex_map", "board.marked.near.length === 10")
    assert page.evaluate(CAMERA, "ex_map") == camera
    page.locator("summary", has_text="More").click()
    page.get_by_role("slider", name="Neighbours").press("ArrowRight")
    wait(page, "ex_map", "board.marked.near.length === 11")
    assert page.evaluate(CAMERA, "ex_map") == camera
    lasso(page, "ex_map")
    expect(page.get_by_text(re.compile(r"^\d+ rows chosen$"))).to_be_visible()
    inside = ask(page, "ex_map", "board.panels[0].faintness().filter((out) => !out).length")
    expect(page.get_by_text(f"{inside} rows chosen")).to_be_visible()
    assert page.evaluate(CAMERA, "ex_map") == camera


def test_a_lasso_in_one_map_greys_the_same_rows_in_all_until_undone(page: Page, server: str) -> None:
    explore(page, server, "src=list-everyday-en&ex_view=compare", "ex_linked")
    wait(page, "ex_linked", "board.panels.length === 3")
    lasso(page, "ex_linked", 1)
    wait(page, "ex_linked", "board.panels.every((panel) => panel.faintness())")
    same = "board.panels.map((panel) => panel.faintness().join('')).every((one, _, all) => one === all[0])"
    assert ask(page, "ex_linked", same)
    outside = ask(page, "ex_linked", "board.panels[0].faintness().filter(Boolean).length")
    assert isinstance(outside, int)
    assert 0 < outside < 202
    expect(page.get_by_text(f"{202 - outside} rows chosen")).to_be_visible()
    expect(page).to_have_url(re.compile("ex_rows="))
    page.reload()
    expect(page.get_by_text(f"{202 - outside} rows chosen")).to_be_visible()
    wait(page, "ex_linked", f"board.panels[0].faintness().filter(Boolean).length === {outside}")
    page.get_by_role("button", name="Undo").click()
    wait(page, "ex_linked", "board.panels.every((panel) => !panel.faintness())")


def test_what_is_pointed_at_or_clicked_in_one_map_is_so_in_all(page: Page, server: str) -> None:
    explore(page, server, "src=list-everyday-en&ex_view=compare", "ex_linked")
    wait(page, "ex_linked", "board.panels.length === 3")
    row = rows_in_view(page, 1, "ex_linked")[0]
    page.mouse.move(*point(page, row, "ex_linked"))
    wait(page, "ex_linked", f"board.marked.hovered === {row}")
    page.mouse.click(*point(page, row, "ex_linked"))
    wait(page, "ex_linked", f"board.marked.point === {row} && board.marked.near.length === 10")
    assert ask(page, "ex_linked", "board.panels.every((panel) => panel.overlay.outlines().length >= 11)")


@pytest.mark.parametrize("rows", [100_000])
def test_a_hundred_thousand_points_are_drawn_pointed_at_clicked_and_brushed(page: Page, server: str, rows: int) -> None:
    explore(page, server)
    clouds = np.random.default_rng(0).normal(size=(40, 1, 8)) * 4 + np.random.default_rng(1).normal(
        size=(40, rows // 40, 8)
    )
    file = io.BytesIO()
    np.save(file, clouds.reshape(-1, 8).astype(np.float32))
    page.locator("summary", has_text="Bring your own").click()
    page.locator(".st-key-own_files input[type=file]").set_input_files(
        {"name": "clouds.npy", "mimeType": "application/octet-stream", "buffer": file.getvalue()}
    )
    expect(status(page)).to_contain_text("all 100,000 rows drawn", timeout=120_000)
    wait(page, "ex_map", f"board.panels[0]?.x.length === {rows} && board.panels[0].labels.length === {rows}")
    at_rest(page)
    assert int(str(ask(page, "ex_map", DEPTHS))) > 20  # a crowd of one colour is deeper where there are more
    zoom(page)
    view = page.evaluate(VIEW, "ex_map")
    x, y = point(page, int(str(ask(page, "ex_map", "board.panels[0].raster.at(300, 300, 200)"))))
    page.mouse.move(x, y)
    wait(page, "ex_map", "board.marked.hovered !== null")
    page.mouse.click(x, y)
    wait(page, "ex_map", "board.marked.near.length === 10")
    assert page.evaluate(VIEW, "ex_map") == view
    lasso(page, "ex_map")
    expect(page.get_by_text(re.compile(r"^[\d,]+ rows chosen$"))).to_be_visible(timeout=60_000)
    wait(page, "ex_map", "board.panels[0].faintness()")
    # The picture did not wait for its measures: they follow.
    expect(page.get_by_role("row", name="trustworthiness")).to_be_visible(timeout=60_000)


def test_settings_are_kept_when_the_reader_comes_back(page: Page, server: str) -> None:
    explore(page, server, "src=list-everyday-en")
    page.get_by_role("radio", name="t-SNE").or_(page.get_by_role("button", name="t-SNE")).first.click()
    expect(status(page)).to_contain_text("t-SNE, perplexity 30", timeout=60_000)
    page.get_by_role("slider", name="Perplexity").press("ArrowRight")
    expect(status(page)).to_contain_text("t-SNE, perplexity 31", timeout=60_000)
    page.get_by_role("link", name="Neighbours").first.click()
    expect(page).to_have_url(re.compile("/neighbours"))
    expect(page.locator(".es-answers").first).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("src=list-everyday-en"))  # what a page writes of itself is no step to go back
    page.go_back()
    expect(page).to_have_url(re.compile("/explore"))
    expect(status(page)).to_contain_text("t-SNE, perplexity 31", timeout=60_000)
