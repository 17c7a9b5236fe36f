"""The Recommend page in Chromium: two lists, presets, reading an item, many readers, the loop, the way to Explore."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

SLOW = 90_000  # the first visit waits for workers and tag vectors


@pytest.fixture
def open_page(page: Page, server: str) -> Callable[..., Page]:
    def visit(link: str = "") -> Page:
        page.goto(f"{server}/recommend{link}")
        ready(page)
        return page

    return visit


def ready(page: Page) -> None:
    expect(page.locator(".es-board[data-ready]")).to_be_visible(timeout=SLOW)


def panes(page: Page) -> tuple[Locator, Locator]:
    found = page.locator(".es-panes section")
    return found.nth(0), found.nth(1)


def test_the_same_reader_gets_two_lists_and_badges_say_what_each_misses(open_page: Callable[..., Page]) -> None:
    page = open_page()
    exact, fuzzy = panes(page)
    expect(exact).to_contain_text("science→")
    expect(fuzzy).to_contain_text("technology is")
    expect(fuzzy.locator("em").first).to_have_text("exact misses it")
    page.get_by_role("button", name="What fuzzy misses").click()
    expect(exact.locator("em").first).to_have_text("fuzzy misses it")
    expect(page).to_have_url(re.compile("rc_likes=science"))


def test_a_chinese_reader_of_science_is_shown_technology(browser: Browser, server: str) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server}/recommend")
    ready(page)
    exact, fuzzy = panes(page)
    expect(exact).not_to_contain_text("科技")
    expect(fuzzy).to_contain_text("科技 与 科学 相距")
    page.get_by_role("button", name="模糊出错的地方").click()
    expect(fuzzy).to_contain_text("水果 与 苹果 相距")
    context.close()


def test_a_link_opens_the_same_reader_in_a_fresh_browser(open_page: Callable[..., Page]) -> None:
    page = open_page("?rc_likes=tea,coffee&rc_k=4")
    exact, _ = panes(page)
    expect(exact.locator("li")).to_have_count(4)
    expect(exact).to_contain_text("Tea from one hillside")


def test_many_readers_stand_beside_the_baselines(open_page: Callable[..., Page]) -> None:
    page = open_page("?rc_view=many")
    table = page.locator(".es-wide-figures").first
    expect(table).to_contain_text("Popularity")
    expect(table.locator("tbody tr")).to_have_count(9)


def test_the_loop_runs_with_progress_and_can_be_stopped(open_page: Callable[..., Page]) -> None:
    page = open_page("?rc_view=loop&rl_seeds=10&rl_readers=400&rl_rounds=40")
    expect(page.locator(".st-key-es_status")).to_contain_text("2 seeds", timeout=SLOW)
    page.get_by_role("button", name="Run the loop").click()
    stop = page.get_by_role("button", name="Stop and keep what there is")
    expect(stop).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(re.compile(r"round \d+ of 400"))).to_be_visible(timeout=SLOW)
    stop.click()
    expect(page.locator(".st-key-es_status")).to_contain_text(
        "stopped: 40 rounds and 10 seeds were asked for", timeout=SLOW
    )


def test_a_reload_joins_the_run_that_the_link_names(open_page: Callable[..., Page]) -> None:
    page = open_page("?rc_view=loop&rl_seeds=2&rl_readers=40&rl_rounds=10")
    page.get_by_role("button", name="Run the loop").click()
    told = page.locator(".st-key-es_status")
    expect(told).to_contain_text("40 made-up readers, 10 rounds, 2 seeds", timeout=SLOW)
    expect(page).to_have_url(re.compile("rl_run=[0-9a-f]{12}"))
    page.reload()
    ready(page)
    expect(told).to_contain_text("40 made-up readers, 10 rounds, 2 seeds", timeout=SLOW)
    expect(page.locator(".es-verdict")).to_contain_text("Exact within a list")


def test_both_directions_of_the_argument_are_a_click_away(open_page: Callable[..., Page]) -> None:
    page = open_page("?rc_view=loop&rl_seeds=2&rl_readers=60&rl_rounds=10")
    verdict = page.locator(".es-verdict")
    page.get_by_role("button", name="Many items a tag: films").click()
    expect(page.locator(".st-key-es_status")).to_contain_text("3,000 of 16,975 items", timeout=SLOW)
    expect(verdict).to_contain_text(re.compile(r"Narrower in the end: [^.]*Exact within a list"))
    page.get_by_role("button", name="Few items a tag: articles").click()
    expect(page.locator(".st-key-es_status")).to_contain_text("Our articles", timeout=SLOW)
    expect(verdict).to_contain_text(re.compile(r"Wider in the end: [^.]*Exact within a list"))


def test_a_table_of_ones_own_in_an_old_encoding_is_recommended_from(open_page: Callable[..., Page]) -> None:
    page = open_page("?rc_data=own")
    told = page.locator(".st-key-es_status")
    expect(told).to_contain_text("12 items")
    rows = "".join(f"第{at}篇文章;音乐、茶\n第{at}篇故事;历史\n" for at in range(30))
    given = page.locator(".st-key-rc_file input[type=file]")
    given.set_input_files(
        {"name": "表.csv", "mimeType": "text/csv", "buffer": f"名称;标签\n{rows}坏行\n".encode("gb18030")}
    )
    expect(told).to_contain_text("60 items, 3 tags", timeout=SLOW)
    expect(page.get_by_text("Line 62 of 表.csv has 1 cells")).to_be_visible()
    expect(panes(page)[0].locator("li").first).to_contain_text("第")
    given.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"title\nA\nB\n"})
    expect(page.get_by_text("bad.csv has one column")).to_be_visible(timeout=SLOW)
    expect(told).to_contain_text("60 items, 3 tags")


def test_the_items_open_in_explore_in_one_click(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.get_by_role("button", name="Open the items in Explore").click()
    expect(page).to_have_url(re.compile("/explore"), timeout=SLOW)
    expect(page.locator(".st-key-es_status")).to_contain_text("Items: Our articles", timeout=SLOW)


def test_a_phone_shows_both_lists_without_scrolling_sideways(browser: Browser, server: str) -> None:
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(f"{server}/recommend")
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    context.close()
