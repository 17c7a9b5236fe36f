"""The Patches page under the finger: what moves at once, what follows, what a link and a phone keep."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from core.images import load_sample
from core.patches import fit_image, nearest_patches, patchify
from tests.browser.conftest import until

PHOTO, MAP, SEQUENCE, LENS, VECTOR, TOKEN = range(6)
BOARD = "[...document.querySelectorAll('*')].find((element) => element.__embedscope).__embedscope"
# One step of a slider a frame, as a finger makes them; answers how many repaints they made and how often Plotly drew.
DRAG = f"""async ([name, from, steps]) => {{
  const board = {BOARD}, input = document.querySelector(`input[data-slider=${{name}}]`);
  const frame = () => new Promise(requestAnimationFrame);
  let drawn = 0;
  for (const panel of board.panels) panel.gd.on('plotly_afterplot', () => {{ drawn++; }});
  const move = (value) => {{ input.value = value; input.dispatchEvent(new Event('input', {{ bubbles: true }})); }};
  move(from);
  await frame(); await frame();
  await Promise.all(board.panels.map((panel) => panel.working));  // what that first move has begun is no part of the drag
  const before = Number(board.box.dataset.repaints);
  drawn = 0;
  for (let k = 1; k <= steps; k++) {{ move(from + k); await frame(); }}
  await frame();
  return [Number(board.box.dataset.repaints) - before, drawn];
}}"""


@pytest.fixture
def open_page(page: Page, server: str) -> Callable[..., Page]:
    def visit(link: str = "") -> Page:
        page.goto(f"{server}/patches?lang=en{link}")
        ready(page)
        return page

    return visit


def ready(page: Page) -> None:
    expect(page.locator(".es-board[data-ready]")).to_be_visible(timeout=60_000)
    # What is written beside the picture may still change the room it has.
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=60_000
    )


def marked(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"() => ({{ ...{BOARD}.marked }})")
    return found


def wait(page: Page, condition: str) -> None:
    """Until this holds of the board and what is marked in it."""
    until(page, f"(() => {{ const board = {BOARD}, marked = board.marked; return {condition}; }})()")


def pixel(page: Page, panel: int, row: int) -> tuple[float, float]:
    """Where a patch is on the screen."""
    x, y = page.evaluate(
        f"""([index, row]) => {{
          const panel = {BOARD}.panels[index], box = panel.gd.getBoundingClientRect();
          const [x, y] = panel.overlay.place(panel.x[row], panel.y[row]);
          return [box.left + x, box.top + y];
        }}""",
        [panel, row],
    )
    return float(x), float(y)


def status(page: Page) -> Locator:
    return page.locator(".st-key-es_status")


def slider(page: Page, name: str) -> Locator:
    return page.locator(f"input[data-slider={name}]")


def picture(height: int, width: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)).save(out, "JPEG")
    return out.getvalue()


def upload(page: Page, name: str, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "image/jpeg", "buffer": data}])


@pytest.mark.parametrize(("name", "start"), [("patch", 100), ("side", 0)])
def test_every_step_of_a_slider_repaints_without_plotting_again(
    open_page: Callable[..., Page], name: str, start: int
) -> None:
    """Vector, token, grid and marks are drawn over the figures; only the sequence may scroll a row into view."""
    page = open_page()
    steps = 14
    repaints, drawn = page.evaluate(DRAG, [name, start, steps])
    assert repaints == steps
    assert drawn <= 1


@pytest.mark.parametrize("panel", [PHOTO, MAP, SEQUENCE])
def test_a_click_on_a_patch_selects_it_everywhere_and_lights_its_nearest(
    open_page: Callable[..., Page], panel: int
) -> None:
    page = open_page("&pat_photo=tiles&pat_side=32&pat_patch=3")
    page.mouse.click(*pixel(page, panel, 30))
    vectors = patchify(fit_image(load_sample("tiles").pixels, 32, "crop").image, 32).vectors
    row = marked(page)["point"]
    assert panel == MAP or row == 30  # pictures in the map may lie over each other
    wait(page, "marked.near.length === 8")
    assert marked(page)["near"] == nearest_patches(vectors, row, 8)[0].tolist()
    expect(page.locator(".es-text")).to_contain_text(
        f"Patch {row}, row {row // 7}, column {row % 7}: 32 × 32 × 3 = 3,072"
    )
    expect(page).to_have_url(re.compile(f"pat_patch={row}(&|$)"))


def test_a_patch_under_the_pointer_is_lit_in_every_panel(open_page: Callable[..., Page]) -> None:
    page = open_page("&pat_photo=tiles&pat_side=32")
    page.mouse.move(*pixel(page, SEQUENCE, 12))
    wait(page, "marked.hovered === 12")
    page.mouse.move(*pixel(page, PHOTO, 40))
    wait(page, "marked.hovered === 40")


def test_the_vector_and_the_token_of_the_slider_are_those_of_that_patch(open_page: Callable[..., Page]) -> None:
    page = open_page("&pat_photo=tiles&pat_side=16&pat_patch=0")
    page.evaluate(DRAG, ["patch", 60, 1])
    vectors = patchify(load_sample("tiles").pixels, 16, "channels_last").vectors
    drawn = page.evaluate(f"() => [0, 1, 2].map((trace) => Array.from({BOARD}.panels[{VECTOR}].moved[trace].y))")
    assert np.array_equal(np.array(drawn), vectors[61].reshape(-1, 3).T)
    assert len(page.evaluate(f"() => Array.from({BOARD}.panels[{TOKEN}].moved[0].y)")) == 64


def test_the_keyboard_changes_the_grid_and_keeps_its_hold_on_the_slider(open_page: Callable[..., Page]) -> None:
    page = open_page()
    side = slider(page, "side")
    side.focus()
    for expected in (20, 24, 28):
        side.press("ArrowRight")
        expect(page).to_have_url(re.compile(f"pat_side={expected}&"))
    expect(side).to_be_focused()
    expect(status(page)).to_contain_text("patches of 28 × 28")


def test_moves_add_no_steps_to_the_history_so_back_leaves_the_page(page: Page, server: str) -> None:
    page.goto(f"{server}/?lang=en")
    page.get_by_role("link", name="Patches").first.click()
    ready(page)
    before = page.evaluate("history.length")
    slider(page, "patch").focus()
    slider(page, "patch").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"pat_patch=487(&|$)"))
    assert page.evaluate("history.length") == before
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?lang=en$"))


def test_a_link_shows_another_visitor_the_same(open_page: Callable[..., Page], browser: Browser) -> None:
    page = open_page("&pat_photo=flower&pat_fit=pad&pat_order=channels_last&pat_how=pca&pat_side=40&pat_patch=77")
    wait(page, "marked.near.length === 8")
    other = browser.new_context()
    theirs = other.new_page()
    theirs.goto(page.url)
    ready(theirs)
    wait(theirs, "marked.near.length === 8")
    assert theirs.url == page.url
    assert marked(theirs) == marked(page)
    assert theirs.locator(".es-text").inner_text() == page.locator(".es-text").inner_text()
    other.close()


def test_a_large_photo_is_cut_and_a_bad_file_after_it_leaves_it_in_place(open_page: Callable[..., Page]) -> None:
    page = open_page()
    upload(page, "mine.jpg", picture(3000, 4000))
    expect(status(page)).to_contain_text("mine.jpg, 4,000 × 3,000 pixels · worked on at 640 × 480")
    wait(
        page, "board.panels[0].x.length === 1200 && board.box.dataset.ready === board.url"
    )  # the new photo's own board
    shown = page.locator(".es-board").get_attribute("data-ready")
    upload(page, "notes.jpg", b"not a picture")
    expect(page.get_by_role("alert").filter(has_text="notes.jpg is not a picture")).to_be_visible()
    expect(status(page)).to_contain_text("mine.jpg")
    expect(page.locator(".es-board")).to_have_attribute("data-ready", str(shown))


def test_a_photo_stays_over_a_visit_to_another_page(open_page: Callable[..., Page]) -> None:
    page = open_page()
    upload(page, "mine.jpg", picture(96, 128))
    expect(status(page)).to_contain_text("mine.jpg, 128 × 96 pixels")
    page.get_by_role("link", name="Positions").first.click()
    expect(page).to_have_url(re.compile("/positions"))
    ready(page)
    page.get_by_role("link", name="Patches").first.click()
    expect(status(page)).to_contain_text("mine.jpg, 128 × 96 pixels")


def test_a_lasso_in_the_map_lights_its_patches_in_the_photo(open_page: Callable[..., Page], page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 1300})  # the buttons below the picture and the map at once
    open_page("&pat_photo=tiles&pat_side=32")
    page.get_by_role("button", name="Lasso").click()
    box = page.locator(".es-panel").nth(MAP).locator(".es-figure").bounding_box()
    assert box is not None
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in ((0.02, 0.02), (0.02, 0.98), (0.5, 0.98), (0.5, 0.02))]  # fmt: skip
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in (*corners[1:], corners[0]):
        page.mouse.move(*corner, steps=6)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"Patches in the lasso: \d+"))).to_be_visible()
    middle = page.evaluate(
        f"() => {{ const {{ xaxis }} = {BOARD}.panels[{MAP}].gd._fullLayout; return xaxis.p2l(xaxis._length / 2); }}"
    )
    inside = page.evaluate(f"(middle) => Array.from({BOARD}.panels[{MAP}].x).flatMap((x, row) => (x < middle ? [row] : []))", middle)  # fmt: skip
    assert len(set(marked(page)["near"]) ^ set(inside)) <= 2  # the lasso's edge is some pixels wide


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_the_picture_is_saved_with_its_thumbnails_and_marks(open_page: Callable[..., Page], kind: str) -> None:
    page = open_page("&pat_photo=tiles")
    with page.expect_download() as download:
        page.get_by_role("button", name=kind).click()
    file = download.value.path().read_bytes()
    if kind == "PNG":
        assert len(np.unique(np.asarray(Image.open(io.BytesIO(file)).convert("RGB")).reshape(-1, 3), axis=0)) > 1000
    else:
        assert file.count(b"<image") >= 4  # photo, map, sequence, lens


def test_on_a_phone_nothing_is_wider_than_the_screen_and_a_finger_scrolls_over_the_picture(browser: Browser, server: str) -> None:  # fmt: skip
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{server}/patches?lang=en")
    ready(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    x, y = pixel(page, PHOTO, 500)
    touch = context.new_cdp_session(page)

    def finger(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", x, y)
    for step in range(1, 12):
        finger("touchMove", x, y - 20 * step)
    finger("touchEnd")
    until(page, "document.querySelector('[data-testid=stMain]').scrollTop > 50")
    context.close()
