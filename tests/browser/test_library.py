"""The library between two visitors, through a killed server, and against hostile words."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.embedding import Embedding
from core.library import Library
from tests.browser.conftest import free_port, until, wait_until_healthy, watch

MAP = ".st-key-ex_map .es-board[data-ready]"
FOUND = "document.querySelector('.st-key-ex_map .es-board').parentElement.__embedscope.marked.point === arg"
ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<a href='javascript:alert(3)'>b</a>",
    "\u202egnp.exe\u202c",
    "=HYPERLINK(1)",
    "**bold** $x^2$ :material/home:",
    "[link](javascript:alert(4))",
    "x" * 80,
)
SLOW = 90_000  # milliseconds: workers may be compiling while eight others use the machine


def bring(page: Page, server: str, words: list[str]) -> str:
    """Paste words on Explore; the address of the picture that comes."""
    page.goto(f"{server}/explore?lang=en")
    page.get_by_text("Bring your own").click()
    page.get_by_label("Words or phrases").fill("\n".join(words))
    page.get_by_role("button", name="Make vectors").click()
    expect(page.locator(".st-key-es_status")).to_contain_text(f"{len(words)} rows of 512", timeout=SLOW)
    return page.url


def visitor(browser: Browser, **more: object) -> BrowserContext:
    return browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US", reduced_motion="reduce", **more)  # type: ignore[arg-type]


def test_what_one_visitor_brings_is_seen_by_another_only_when_it_was_saved(
    page: Page, server: str, browser: Browser
) -> None:
    words = "otter badger weasel marten stoat sable".split()
    private = bring(page, server, words)
    expect(page).to_have_url(re.compile("src=own-"))
    private = page.url
    other = visitor(browser)
    second = other.new_page()
    strangers, errors = watch(second, server)
    second.goto(private)
    expect(second.get_by_text("it lives in another one")).to_be_visible(timeout=SLOW)
    expect(second.locator(".st-key-es_status")).to_contain_text("Small world")
    second.goto(f"{server}/library?lang=en")
    expect(second.get_by_text("Comes with Embedscope")).to_be_visible(timeout=SLOW)
    expect(second.get_by_text("My words (6)")).to_have_count(0)

    page.reload()  # a private workspace outlives a reload
    expect(page.locator(".st-key-es_status")).to_contain_text("6 rows of 512", timeout=SLOW)
    page.get_by_role("button", name="Save to the library").click()
    expect(page).to_have_url(re.compile("src=lib-[0-9a-f]{32}"), timeout=SLOW)

    second.goto(page.url + "&ex_find=otter")
    expect(second.locator(".st-key-es_status")).to_contain_text("6 rows of 512", timeout=SLOW)
    expect(second.locator(".es-answers li")).to_have_count(5, timeout=SLOW)
    second.goto(f"{server}/library?lang=en")
    expect(second.locator(".st-key-lb_cards .es-card h3")).to_have_text("My words (6)", timeout=SLOW)
    second.locator(".st-key-lb_cards [data-testid=stPopover] button").first.click()
    second.get_by_role("button", name="Delete").click()
    expect(second.get_by_text("My words (6) was deleted.")).to_be_visible()
    second.get_by_role("button", name="Undo").click()
    expect(second.locator(".st-key-lb_cards .es-card h3")).to_have_text("My words (6)")
    assert (strangers, errors) == ([], [])
    other.close()


def test_hostile_words_stay_words_in_the_page_and_in_the_file_that_is_taken_away(
    page: Page, server: str, browser: Browser, tmp_path: Path
) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    bring(page, server, [*ATTACKS, "cat", "dog"])
    expect(page.locator(MAP)).to_be_visible(timeout=SLOW)
    for row, attack in enumerate(ATTACKS[:6]):
        page.get_by_role("textbox", name="Find", exact=True).fill(attack)
        page.get_by_role("textbox", name="Find", exact=True).press("Enter")
        until(page, FOUND, row)
        expect(page.locator(".es-answers li")).to_have_count(9)
    expect(page.locator(".es-answers")).to_contain_text(ATTACKS[0])
    page.get_by_role(
        "button", name="Reset view"
    ).click()  # the file shows what the page shows, and it had gone near to a word
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    file = tmp_path / "picture.html"
    download.value.save_as(file)
    alone = visitor(browser, offline=True)
    offline = alone.new_page()
    errors: list[str] = []
    asked: list[str] = []
    offline.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    offline.on("pageerror", lambda error: errors.append(str(error)))
    offline.on(
        "request",
        lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None,
    )
    offline.goto(file.as_uri())
    expect(offline.locator(".js-plotly-plot .point").first).to_be_visible()
    offline.get_by_role("searchbox").fill("alert")
    expect(offline.locator("output")).to_have_text("4")
    until(  # what does not match is faint: the picture is drawn again, and holds still
        offline,
        "[...document.querySelectorAll('.js-plotly-plot .point')].filter((one) => getComputedStyle(one).opacity < 0.1).length === 6",
    )
    first = offline.locator(".js-plotly-plot .point").first
    first.scroll_into_view_if_needed()
    point = first.bounding_box()
    assert point is not None
    offline.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    expect(offline.locator(".hoverlayer")).to_contain_text(ATTACKS[0])
    expect(offline.locator("footer")).to_contain_text("10 rows of 512 dimensions")
    assert offline.locator("img[src=x], a[href^=javascript]").count() == 0
    assert page.locator("img[src=x], a[href^=javascript]").count() == 0
    assert (dialogs, errors, asked) == ([], [], [])
    alone.close()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("payload/" + "0" * 40, {}),
        ("payload/..%2f..%2fetc%2fpasswd", {}),
        ("vendor/..%2fpayloads.py", {}),
        ("", {"Host": "evil.example"}),
        ("vendor/plotly.js", {"Origin": "http://evil.example"}),
        ("library", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
    ],
)
def test_nothing_is_handed_to_who_guesses_or_comes_from_elsewhere(
    server: str, path: str, headers: dict[str, str]
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{server}/{path}", headers=headers), timeout=10)
    with refused.value as answer:
        assert answer.code in (400, 403, 404)
        assert b"root:" not in answer.read()


@contextmanager
def started(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("embedscope")),
        "--no-browser",
        "--port",
        str(port),
        "--data-dir",
        str(folder),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait(20)


def test_what_was_saved_is_there_after_the_server_was_killed(browser: Browser, tmp_path: Path) -> None:
    context = visitor(browser)
    page = context.new_page()
    with started(tmp_path) as (server, process):
        bring(page, server, "one two three four".split())
        page.get_by_role("button", name="Save to the library").click()
        expect(page).to_have_url(re.compile("src=lib-"), timeout=SLOW)
        saved = page.url.partition("/explore")[2]
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    (tmp_path / "unfinished" / "left").mkdir()
    with started(tmp_path) as (server, _process):
        page.goto(f"{server}/explore{saved}")
        expect(page.locator(".st-key-es_status")).to_contain_text("My words (4)", timeout=SLOW)
        assert list((tmp_path / "unfinished").iterdir()) == []
    context.close()


def test_two_are_compared_drawn_side_by_side_and_come_to_another_server_in_one_file(
    browser: Browser, tmp_path: Path
) -> None:
    here, there = Library(tmp_path / "here"), Library(tmp_path / "there")
    words = [f"word{row}" for row in range(60)]
    for name in ("first", "second"):
        vectors = np.random.default_rng(len(name)).normal(size=(60, 6))
        here.save(Embedding(words, vectors), name, "made here", {"seed": len(name)})
    context = visitor(browser, accept_downloads=True)
    page = context.new_page()
    with started(tmp_path / "here") as (server, _process):
        strangers, errors = watch(page, server)
        page.goto(f"{server}/library?lang=en")
        with page.expect_download() as download:
            page.get_by_text("Workspace file", exact=True).click()
            page.get_by_role("button", name="Export everything").click()
        packed = tmp_path / "workspace.zip"
        download.value.save_as(packed)
        for card in (0, 1):
            page.get_by_test_id("stPopoverButton").locator("visible=true").nth(card).click()
            page.get_by_role("button", name="Compare").click()
            expect(page.locator(".st-key-lb_compared")).to_be_visible()
            page.keyboard.press("Escape")
        expect(page.locator(".st-key-lb_compared")).to_contain_text("on average the same in both", timeout=SLOW)
        page.get_by_role("button", name="Both maps on Explore").click()
        expect(page.locator(".es-panel .js-plotly-plot")).to_have_count(2, timeout=SLOW)
        expect(page.locator(".st-key-es_picture")).to_contain_text("second")
        assert "ex_view=compare" in page.url
        assert (strangers, errors) == ([], [])
    with started(tmp_path / "there") as (server, _process):
        page.goto(f"{server}/library?lang=en")
        page.get_by_text("Workspace file", exact=True).click()
        page.locator(".st-key-lb_import input[type=file]").set_input_files(packed)
        expect(page.get_by_text("2 embeddings came in.")).to_be_visible(timeout=SLOW)
        expect(page.locator(".st-key-lb_cards .es-card h3")).to_have_text(["second", "first"])
    assert {(one.name, one.origin, one.settings["seed"]) for one in there.entries()} == {
        ("first", "made here", 5),
        ("second", "made here", 6),
    }
    context.close()


def test_words_of_ten_thousand_letters_and_marks_that_turn_break_no_page(browser: Browser, tmp_path: Path) -> None:
    hostile = ["x" * 10_000, "猫" * 10_000, "\u202egnp.exe\u202c", "<img src=x onerror=alert(1)>", "[a](javascript:alert(2))"]  # fmt: skip
    library = Library(tmp_path)
    words = hostile + [f"word{row}" for row in range(40)]
    vectors = np.random.default_rng(0).normal(size=(len(words), 5))
    key = library.save(Embedding(words, vectors, {"class": [*hostile, *"ab" * 20]}), "\u202egnp.exe", "<b>x</b>" * 20)
    assert library.entry(key).name == "gnp.exe"
    context, dialogs = visitor(browser), list[str]()
    page = context.new_page()
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    with started(tmp_path) as (server, _process):
        strangers, errors = watch(page, server)
        for place in (
            f"explore?src=lib-{key}&ex_method=pca&ex_find=/x|猫|gnp|img/",
            f"explore?src=lib-{key}&ex_method=pca&ex_find=word1",
            f"neighbours?src=lib-{key}&nb_positive=word1",
            "library?lb_q=gnp",
        ):
            page.goto(f"{server}/{place}&lang=en")
            shown = ".st-key-lb_cards .es-card h3" if place.startswith("library") else ".es-board[data-ready]"
            expect(page.locator(shown).first).to_be_visible(timeout=SLOW)
            expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), place
            assert page.locator("img[src=x], a[href^=javascript]").count() == 0
            assert page.get_by_test_id("stException").count() == 0
        assert (dialogs, strangers, errors) == ([], [], [])
    context.close()
