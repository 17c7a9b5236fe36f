"""The Mapping page in Chromium: the tolerance under the finger, collisions named, both languages, a link."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def open_page(page: Page, server: str) -> Callable[..., Page]:
    def visit(link: str = "") -> Page:
        page.goto(f"{server}/mapping{link}")
        ready(page)
        return page

    return visit


def ready(page: Page) -> None:
    expect(page.locator(".es-board[data-ready]")).to_be_visible(timeout=60_000)


def test_the_tolerance_moves_in_the_picture_and_stands_in_the_link(open_page: Callable[..., Page]) -> None:
    page = open_page("?map_domain=integers&map_kind=linear")
    expect(page.locator(".es-text")).to_contain_text("Injective: every output has one input")
    page.locator("input[data-slider=tolerance]").focus()
    page.keyboard.press("End")
    expect(page.locator(".es-text")).to_contain_text("Not injective")
    expect(page).to_have_url(re.compile("map_tol="))
    expect(page.locator(".es-figures").first).to_contain_text("no")


def test_the_story_is_told_in_chinese_too(browser: Browser, server: str) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server}/mapping")
    ready(page)
    page.get_by_role("button", name="4 · x 的平方").click()
    expect(page.locator(".es-text")).to_contain_text("不是单射：-5 与 5 的输出相同")
    page.get_by_role("button", name="8 · 2 x + 1：结构保留").click()
    expect(page.locator(".es-text")).to_contain_text("单射：每个输出只有一个输入")
    expect(page.locator(".es-figures").first).to_contain_text("100%")
    context.close()


def test_a_formula_that_divides_by_zero_is_said_and_the_page_goes_on(open_page: Callable[..., Page]) -> None:
    page = open_page("?map_domain=integers&map_kind=formula")
    field = page.get_by_role("textbox", name="f(x, y)")
    field.fill("1 / x")
    field.press("Enter")
    expect(page.get_by_text("divides by zero at x = 0")).to_be_visible()
    expect(page.locator(".es-board[data-ready]")).to_be_visible()
    expect(page.locator(".st-key-es_status")).to_contain_text("the map before")
    field.fill("x^3")
    field.press("Enter")
    expect(page.locator(".es-text")).to_contain_text("Injective")


def test_pairs_of_a_file_are_read_and_their_collision_is_named(open_page: Callable[..., Page]) -> None:
    page = open_page("?map_domain=pairs")
    expect(page.locator(".st-key-es_status")).to_contain_text("10 inputs")
    given = page.locator(".st-key-map_file input[type=file]")
    given.set_input_files({"name": "p.csv", "mimeType": "text/csv", "buffer": b"x;f\n1;2,5\n2;3,5\n3;2,5\n"})
    expect(page.locator(".es-figures").first).to_contain_text("f(1) = f(3)", timeout=60_000)
    given.set_input_files({"name": "q.csv", "mimeType": "text/csv", "buffer": b"1,2\n1,3\n"})
    expect(page.get_by_text("input 1.0 stands in lines 1 and 2 with different outputs")).to_be_visible(timeout=60_000)


def test_the_whole_shipped_table_is_checked_in_one_click(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.get_by_role("button", name="7 · A trained table W").click()
    expect(page.locator(".st-key-es_status")).to_contain_text("all were checked", timeout=60_000)
    expect(page.locator(".es-figures").first).to_contain_text("by chance")


def test_the_table_trained_on_words_is_checked_in_one_click(page: Page, server: str) -> None:
    page.goto(f"{server}/words?w_epochs=1")
    page.get_by_role("button", name="Train", exact=True).click(timeout=60_000)
    expect(page.locator(".st-key-es_status")).to_contain_text("1 epoch", timeout=90_000)
    page.get_by_role("button", name="Do two words share a row? See Mapping").click()
    expect(page).to_have_url(re.compile("/mapping"))
    expect(page.locator(".st-key-es_status")).to_contain_text("W: Trained", timeout=60_000)
    expect(page.locator(".st-key-es_status")).to_contain_text("all were checked")


def test_a_tap_on_a_phone_follows_one_arrow(browser: Browser, server: str) -> None:
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{server}/mapping?map_domain=integers&map_kind=square")
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    context.close()
