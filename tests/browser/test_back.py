"""Settings changed by hand stand in the address, and Back and a reload find them, whatever kind of control and page they are on."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import until

SLOW = 90_000  # milliseconds: the first visit waits for workers
NEXT = "ArrowRight"  # on a slider; True is a press on a toggle, anything else is typed

# What a control of that key shows: the ends of a slider, whether a toggle is on, or the text of a field.
SHOWN = """[...document.querySelector(`.st-key-${arg[0]}`).querySelectorAll("[data-testid=stSliderThumbValue], input:not([type=range]), textarea")].map(
  (one) => one.type === "checkbox" ? one.checked : one.value ?? one.textContent).join()"""

# A page -> its controls: key, what is done to each, what the address then says of it, what a wild link says, and what is shown then.
PAGES = {
    "positions?": [
        ("pos_length", NEXT, "65", "-7", "2"),
        ("pos_dim", NEXT, "65", "1e99", "512"),
        ("pos_misprint", True, "true", "maybe", "false"),
        ("pos_base", "500", "500", "0", "2"),
    ],
    "positions?pos_view=shift": [("pos_start", NEXT, "21", "nan", "20")],
    "positions?pos_view=sum": [
        ("pos_text", "rain or snow", "rain+or+snow", "rain " * 200, "rain " * 80),
        ("pos_scaled", True, "false", "0", "true"),
    ],
    "positions?pos_view=learned": [
        ("pos_rows", NEXT, "36", "30", "28"),
        ("pos_width", NEXT, "80", "17", "16"),
        ("pos_seed", "7", "7", "-1", "0"),
        ("pos_words", NEXT, "0.3", "-inf", "0.00"),
    ],
    "positions?pos_view=grid": [
        ("pos_down", NEXT, "15", "99", "16"),
        ("pos_across", NEXT, "15", "x", "14"),
        ("pos_grid_dim", NEXT, "68", "7", "4"),
    ],
    "recommend?": [
        ("rc_k", NEXT, "17", "1000", "30"),
        ("rc_penalty", NEXT, "0.05", "2", "1.00"),
        ("rc_diversity", NEXT, "0.05", "0.333", "0.33"),
        ("rc_unread", True, "false", "", "true"),
    ],
    "recommend?rc_data=films": [("rc_directors", True, "true", "<b>", "false")],
    "recommend?rc_view=many": [("rc_seed", "5", "5", "9" * 30, str(2**31 - 1))],
    "recommend?rc_view=loop&rl_seeds=1&rl_readers=20&rl_rounds=5": [("rl_seed", "5", "5", "-5", "0")],
    "mapping?map_domain=integers&map_kind=linear": [
        ("map_range", NEXT, "-4%2C5", "-1000,1000", "-50,50"),
        ("map_a", "0.7", "0.7", "1e9", "1000.00"),
        ("map_b", "-3", "-3", "b", "0.00"),
        ("map_c", "0", "0", "-1e9", "-1000.00"),
    ],
    "mapping?map_domain=grid&map_kind=hash": [("map_side", NEXT, "6", "0", "2"), ("map_m", NEXT, "9", "65", "64")],
    "mapping?map_domain=tree&map_kind=random": [
        ("map_depth", NEXT, "4", "99", "6"),
        ("map_seed", "3", "3", "-3", "0"),
    ],
    "mapping?map_domain=words&map_kind=one-hot": [
        ("map_words", "sun, rain", "sun%2C+rain", "a b " * 2000, "a b " * 1000)
    ],
    "mapping?map_domain=integers&map_kind=formula": [("map_f", "x^2", "x%5E2", "x" * 500, "x" * 200)],
    "neighbours?": [("nb_k", NEXT, "11", "0", "1"), ("nb_raw", True, "true", "yes", "false")],
    "neighbours?nb_view=among": [("nb_words", "dog cat", "dog+cat", "<b>", "<b>")],
    "library?": [("lb_q", "cat", "cat", "x" * 2000, "x" * 200)],
}


def change(page: Page, key: str, done: str | bool) -> None:
    control = page.locator(f".st-key-{key}")
    folded = page.locator(f"details:has(.st-key-{key}):not([open]) > summary")
    expect(control.or_(folded).first).to_be_visible(timeout=SLOW)
    if folded.count():
        folded.click()
    if done is True:
        control.locator("label").first.click()
    elif done == NEXT:
        control.get_by_role("slider").first.press(NEXT)
    else:
        field = control.locator("input, textarea").first
        field.fill(str(done))
        field.blur()


def says(page: Page, key: str, said: str) -> None:
    expect(page).to_have_url(re.compile(f"[?&]{key}={re.escape(said)}(&|$)"), timeout=SLOW)


def shows(page: Page, key: str, value: str) -> None:
    page.locator(f".st-key-{key}").wait_for(state="attached", timeout=SLOW)
    until(page, f"{SHOWN} === arg[1]", [key, value])


@pytest.mark.parametrize("link", PAGES)
def test_back_and_a_reload_find_what_a_hand_has_changed(page: Page, server: str, link: str) -> None:
    page.goto(f"{server}/{link}&lang=en")
    held: dict[str, str] = {}
    for key, done, said, *_ in PAGES[link]:
        change(page, key, done)
        says(page, key, said)
        held[key] = page.evaluate(f"(arg) => {SHOWN}", [key])
    page.get_by_role("link", name="Home").first.click()
    expect(page.locator(".es-home[data-ready]")).to_be_visible()
    page.go_back()
    for visit in (lambda: None, page.reload):
        visit()
        for key, _done, said, *_ in PAGES[link]:
            shows(page, key, held[key])
            says(page, key, said)


@pytest.mark.parametrize("link", PAGES)
def test_a_wild_link_opens_what_it_may(page: Page, server: str, link: str) -> None:
    wild = "&".join(f"{key}={quote(asked)}" for key, _done, _said, asked, _shown in PAGES[link])
    page.goto(f"{server}/{link}&lang=en&{wild}")
    for key, *_, shown in PAGES[link]:
        shows(page, key, shown)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Something in this page failed")).to_have_count(0)
