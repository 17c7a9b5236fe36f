"""The Positions page under the finger: what moves, what the link keeps, what a phone shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from core.positions import sinusoidal
from tests.browser.conftest import until

HEAT = 2  # panels of the code: row curve, clock, heat map, column curve, clocks
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 8, 42  # its margins

# One move of the finger a frame, each to another cell; answers how many repaints they made.
DRAG = """async ([index, moves, x0, y0, dx, dy]) => {
  const board = document.querySelector('.es-board'), figure = board.querySelectorAll('.es-figure')[index];
  const box = figure.getBoundingClientRect();
  figure.setPointerCapture = () => {};
  const fire = (kind, k) => figure.dispatchEvent(new PointerEvent(kind, {
    clientX: box.left + x0 + k * dx, clientY: box.top + y0 + k * dy, pointerId: 1, bubbles: true, cancelable: true }));
  const frame = () => new Promise(requestAnimationFrame);
  fire('pointerdown', 0);
  await frame(); await frame();
  const before = Number(board.dataset.repaints);
  for (let k = 1; k <= moves; k++) { fire('pointermove', k); await frame(); }
  await frame();
  const made = Number(board.dataset.repaints) - before;
  fire('pointerup', moves);
  return made;
}"""


@pytest.fixture
def open_page(page: Page, server: str) -> Callable[..., Page]:
    def visit(link: str = "") -> Page:
        page.goto(f"{server}/positions{link}")
        ready(page)
        return page

    return visit


def ready(page: Page) -> None:
    expect(page.locator(".es-board[data-ready]")).to_be_visible(timeout=60_000)


def line(page: Page) -> Locator:
    return page.locator(".es-text")


def status(page: Page) -> Locator:
    return page.locator(".st-key-es_status")


def middle(figure: Locator, row: int, column: int, rows: int, columns: int) -> tuple[float, float]:
    """The pixel in the middle of a cell of the heat map."""
    box = figure.bounding_box()
    assert box is not None
    wide, high = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
    return box["x"] + LEFT + (column + 0.5) * wide / columns, box["y"] + TOP + (row + 0.5) * high / rows


def written(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")


def test_the_crosshair_is_dragged_and_formula_and_link_follow(open_page: Callable[..., Page]) -> None:
    page = open_page()
    codes = sinusoidal(64, 64)
    expect(line(page)).to_contain_text(f"= {written(codes[5, 6])}")
    figure = page.locator(".es-figure").nth(HEAT)
    page.mouse.move(*middle(figure, 5, 6, 64, 64))
    page.mouse.down()
    page.mouse.move(*middle(figure, 40, 21, 64, 64), steps=4)
    expect(line(page)).to_contain_text("PE(40, 21) = cos(40 / 1000020/64)")
    expect(line(page)).to_contain_text(f"= {written(codes[40, 21])}")
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"pos=40&i=21|i=21.*pos=40"))


def test_every_move_of_the_finger_repaints_at_length_512_and_d_512(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos_length=512&pos_dim=512")
    assert page.evaluate(DRAG, [HEAT, 60, 120, 60, 4, 3]) == 60


# The colour of every cell of the heat map as [row][column][red, green, blue], read from the middle of the cell.
COLOURS = """() => {
  const { overlay, cells } = document.querySelector('.es-board').parentElement.__embedscope.panels[2], rows = [...cells.values()][0].rows;
  const pen = overlay.canvas.getContext('2d'), scale = overlay.canvas.width / overlay.canvas.clientWidth;
  return rows.map((row, r) => Array.from(row, (_, c) => {
    const [x, y] = overlay.place(c, r);
    return Array.from(pen.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data).slice(0, 3);
  }));
}"""


def test_the_painted_cells_are_red_above_zero_and_blue_below_and_follow_a_change(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("?pos_dim=8&pos_length=8&pos=0&i=0")
    for length in (8, 7):
        expect(status(page)).to_contain_text(f"{length} positions × 8 dimensions")
        until(page, f"({COLOURS})().length === {length}")
        seen, codes = np.array(page.evaluate(COLOURS)), sinusoidal(length, 8)
        redder = (seen[..., 0] - seen[..., 2])[1:, 1:]  # row 0 and column 0 lie under the crosshair
        told = np.abs(codes[1:, 1:]) > 0.2
        assert (np.sign(redder) == np.sign(codes[1:, 1:]))[told].all()
        page.locator(".st-key-pos_length input[type=range]").focus()
        page.keyboard.press("ArrowLeft")


def test_a_drag_leaves_the_heat_map_itself_alone(open_page: Callable[..., Page]) -> None:
    """Only the overlay is drawn again: Plotly is not asked to plot anything."""
    page = open_page()
    figures = page.locator(".es-figure")
    drawn = figures.evaluate_all(
        "all => { window.plots = 0; all.forEach(one => one.on('plotly_afterplot', () => window.plots++)); return all.length }"
    )
    assert drawn == 5
    page.evaluate(DRAG, [HEAT, 10, 120, 60, 20, 16])
    expect(page).to_have_url(re.compile("pos="))
    assert page.evaluate("window.plots") == 0


def test_the_curves_on_the_edges_move_one_slider_each(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos=5&i=6")
    page.evaluate(DRAG, [0, 3, 120, 40, 30, 10])
    expect(page.locator("input[data-slider=pos]")).to_have_value("5")
    expect(page.locator("input[data-slider=i]")).not_to_have_value("6")
    page.evaluate(DRAG, [3, 3, 40, 60, 10, 30])
    expect(page.locator("input[data-slider=pos]")).not_to_have_value("5")


def test_sliders_move_by_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos=5&i=6")
    page.locator("input[data-slider=pos]").focus()
    page.keyboard.press("ArrowRight")
    expect(line(page)).to_contain_text("PE(6, 6)")
    expect(page).to_have_url(re.compile("pos=6"))


def test_moving_a_slider_adds_no_step_to_the_history_so_back_leaves_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos=5&i=6&lang=en")
    steps = page.evaluate("history.length")
    for place in (6, 7, 8):
        page.locator("input[data-slider=pos]").focus()
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(f"pos={place}"))
    assert page.evaluate("history.length") == steps


def test_a_click_on_a_clock_chooses_its_frequency(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos_dim=8")
    page.locator(".es-figure").nth(4).click()
    expect(page.locator("input[data-slider=i]")).not_to_have_value("6")


def test_the_misprint_is_shown_with_its_own_numbers(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos=2&i=2&pos_dim=4")
    expect(line(page)).to_contain_text("PE(2, 2) = sin(2 / 100002/4) = sin(0.0200) = 0.0200")
    page.get_by_role("button", name="Put the bracket wrong").click()
    expect(line(page)).to_contain_text("PE(2, 2) = sin((2 / 10000)2/4) = sin(0.0141) = 0.0141")
    expect(page).to_have_url(re.compile("pos_misprint=true"))


def test_the_link_reopens_the_view_for_somebody_else(open_page: Callable[..., Page], browser: Browser) -> None:
    page = open_page("?pos=40&i=21&pos_layout=concatenated&pos_length=100")
    expect(line(page)).to_contain_text("PE(40, 21) = sin(40 / 1000042/64)")
    other = browser.new_context(viewport={"width": 1400, "height": 900}, locale="zh-CN")
    try:
        theirs = other.new_page()
        theirs.goto(page.url.replace("lang=en", "lang=zh"))
        ready(theirs)
        expect(line(theirs)).to_contain_text("PE(40, 21) = sin(40 / 1000042/64)")
        expect(status(theirs)).to_contain_text("100 个位置")
    finally:
        other.close()


def test_learned_and_fixed_are_trained_live_and_the_table_forms(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos_view=learned&pos_rows=8&pos_width=16")
    expect(page.locator(".st-key-pos_learned .es-board[data-ready]")).to_be_visible(timeout=120_000)
    expect(status(page)).to_contain_text("3 seeds from 0, 400 steps")
    expect(line(page)).to_contain_text(re.compile(r"fixed \d+\.\d %, learned \d+\.\d %, no positions \d+\.\d % right"))
    page.get_by_role("button", name="A position beyond the table").click()
    expect(line(page)).to_contain_text("learned no row")
    expect(page.get_by_text("Position 9 has no row: this table was learned for positions 0 to 7.")).to_be_visible()
    page.get_by_role("button", name="Back to the random start").click()
    expect(page.locator("input[data-slider=step]")).to_have_value("0")
    page.get_by_text("Beyond", exact=True).click()
    expect(page.locator(".st-key-pos_beyond .es-board[data-ready]")).to_be_visible()
    page.get_by_role("button", name="Go just behind the line").click()
    expect(page.locator("input[data-slider=block]")).to_have_value("2")


def test_the_same_word_at_two_places_gets_two_vectors(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos_view=sum")
    page.get_by_role("textbox", name="Sentence").fill("猫追<b>狗，狗追猫")
    page.keyboard.press("Control+Enter")
    expect(line(page)).to_contain_text("cosine of the words 1.000 · of the sums 0.")
    expect(page.locator(".es-slider output").first).to_have_text(re.compile("猫|狗"))
    expect(page.locator(".es-board b")).to_have_count(0)


def test_the_dot_product_is_followed_to_its_first_rise(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos_view=shift&k=20")
    page.get_by_role("button", name="Go to the first rise").click()
    expect(line(page)).to_contain_text("code(p + 5)")
    expect(page.get_by_text("From here one place further looks nearer, not farther.")).to_be_visible()


def test_the_board_is_saved_as_one_file(open_page: Callable[..., Page]) -> None:
    page = open_page("?pos_dim=8&pos_length=8")
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    content = saved.value.path().read_text(encoding="utf-8")
    assert content.startswith("<svg")
    assert content.count('class="main-svg"') >= 5, "every panel is in it"
    assert content.count("<image") == 1, "and the heat map, which the page paints itself"
    assert "Every code: a row a position, a column a dimension" in content
    with page.expect_download() as picture:
        page.get_by_role("button", name="PNG").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("view", ["code", "sum", "shift", "relative", "grid"])
def test_nothing_is_wider_than_a_phone(browser: Browser, server: str, view: str) -> None:
    phone: BrowserContext = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="en-US")
    try:
        page = phone.new_page()
        page.goto(f"{server}/positions?pos_view={view}")
        ready(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.locator(".es-panel").evaluate_all(
            "all => all.every(one => one.getBoundingClientRect().right <= 390)"
        )
    finally:
        phone.close()
