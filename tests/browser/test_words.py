"""Words in a real browser: windows before, pause and watched words while, scrubbing and R's eye afterwards, in both languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import until, watch
from tests.browser.test_main_job import BOARD, status, visit

LISTS = ".es-lists .es-list-place span"
BOARD_OF = 'document.querySelector(".st-key-{key} .es-board").parentElement.__embedscope'
SAID = {
    "en": {"train": "Train", "pause": "Pause", "resume": "Resume", "stop": "Stop and keep", "ask": "A word, and its neighbours", "queen": "queen", "sum": "king - man + woman", "word": "king", "rate": "M windows/s"},
    "zh": {"train": "训练", "pause": "暂停", "resume": "继续", "stop": "停止并保留", "ask": "一个词和它的近邻", "queen": "女王", "sum": "国王 - 男人 + 女人", "word": "国王", "rate": "万个窗口"},
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_training_is_watched_paused_resumed_stopped_scrubbed_and_asked(
    page: Page, server: str, language: str
) -> None:
    said = SAID[language]
    visit(page, server, f"words?lang={language}&w_epochs=200&w_dim=64")
    page.get_by_role("button", name=said["train"], exact=True).click()
    expect(page.locator(f".st-key-w_live {BOARD}")).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-w_live .es-list-title").first).to_have_text(said["word"])
    expect(page.locator(".st-key-es_controls [data-testid=stProgress]")).to_contain_text(said["rate"], timeout=60_000)
    page.get_by_role("button", name=said["pause"], exact=True).click()
    page.get_by_role("button", name=said["resume"], exact=True).click()
    expect(page.get_by_role("button", name=said["pause"], exact=True)).to_be_visible()
    page.get_by_role("button", name=said["stop"], exact=True).click()
    expect(page.locator(f".st-key-w_map {BOARD}")).to_be_visible(timeout=60_000)
    epoch = page.locator(".st-key-w_map input[data-slider=epoch]")
    trained = page.locator(LISTS).all_inner_texts()
    epoch.focus()
    epoch.press("Home")
    expect(page.locator(LISTS).first).not_to_have_text(trained[0])
    epoch.press("End")
    expect(page.locator(LISTS).first).to_have_text(trained[0])
    ask = page.get_by_role("textbox", name=said["ask"])
    ask.fill(said["sum"])
    ask.press("Enter")
    expect(page.locator(f".st-key-w_close {BOARD}")).to_be_visible()
    expect(page.locator(".es-answers li")).to_have_count(8)


def test_under_the_slider_the_points_are_painted_where_the_frame_has_them_and_the_figure_follows(
    page: Page, server: str
) -> None:
    visit(page, server, "words?lang=en")
    board = BOARD_OF.format(key="w_map")
    painted, whole = page.evaluate(f"""() => {{
        const board = {board}, [panel] = board.panels, {{ overlay }} = panel, {{ codes, names }} = panel.spec.groups;
        board.values.epoch = 7;
        board.follow(["epoch"]);
        const pen = overlay.canvas.getContext("2d"), scale = devicePixelRatio;
        const rows = Array.from(codes, (code, row) => row).filter((row) => names[codes[row]] === "animal");
        const seen = rows.filter((row) => pen.getImageData(...overlay.at(row).map((at) => Math.round(at * scale)), 1, 1).data[3] > 0);
        return panel.gliding ? [seen.length, rows.length] : [0, 0];
    }}""")
    assert painted == whole > 20
    until(page, f"!{board}.panels[0].gliding")
    assert page.evaluate(
        f"() => {{ const [panel] = {board}.panels; return panel.gd._fullData[0].x.every((x, row) => x === panel.x[row]); }}"
    )
    assert page.evaluate(f"() => {board}.inputs.epoch.value.textContent") == page.evaluate(
        f"() => {board}.inputs.epoch.slider.labels[7]"
    )


def test_the_shipped_example_finds_the_queen_and_draws_both_steps(page: Page, server: str) -> None:
    for language, said in SAID.items():
        visit(page, server, f"words?lang={language}&w_word={said['sum'].replace('+', '%2B')}")
        expect(page.locator(".es-answers .es-label").first).to_have_text(said["queen"])
        expect(page.locator(f".st-key-w_close {BOARD}")).to_be_visible()
        arrows = page.evaluate(f"() => {BOARD_OF.format(key='w_close')}.marked.arrows")
        assert arrows == [[0, 1], [2, 3]]


def test_pointing_at_a_window_lights_its_rows_in_the_map_and_the_strip(page: Page, server: str) -> None:
    visit(page, server, "words?lang=en&w_view=eye", f".st-key-w_eye_map {BOARD}")
    eye = BOARD_OF.format(key="w_eye_map")
    line = page.locator(".es-line").nth(3)
    line.hover()
    expect(line).to_have_attribute("aria-current", "true")
    words = [word.replace("✗ ", "") for word in line.locator(".es-line-word").all_inner_texts()]
    lit = page.evaluate(f"() => [{eye}.marked.point, ...{eye}.marked.near].map((row) => {eye}.panels[0].labels[row])")
    assert set(lit) == set(words)
    rows = page.evaluate(f"() => [...{eye}.panels[1].gd._fullData[0].y]")
    assert [row.split(" · ")[1] for row in rows] == words
    expect(page.locator(".es-text").first).to_contain_text("it is broken")


def test_a_typed_window_is_judged_and_every_word_is_ranked_for_its_place(page: Page, server: str) -> None:
    visit(page, server, "words?lang=en&w_view=eye&w_eye=the%20dog%20chased%20the%20cat", f".st-key-w_eye_step {BOARD}")
    expect(page.locator(".es-verdict")).to_contain_text("to be valid")
    ranking = BOARD_OF.format(key="w_eye_step")
    vocabulary = page.evaluate(f"() => {ranking}.panels[0].gd._fullData[0].y.length")
    expect(status(page)).to_contain_text(f"{vocabulary:,} words in the vocabulary")
    expect(page.get_by_text(re.compile("moves 5 of"))).to_be_visible()
    page.get_by_role("textbox", name="A window of 5 words").fill("the dgo chased the cat")
    page.get_by_role("textbox", name="A window of 5 words").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="dgo")).to_be_visible()
    page.get_by_role("button", name="dog", exact=True).click()
    expect(page.locator(".es-verdict")).to_contain_text("to be valid")


def test_the_name_of_the_best_word_for_a_place_stands_clear_of_the_numbers_of_the_axis(page: Page, server: str) -> None:
    visit(page, server, "words?lang=en&w_view=eye&w_eye=and%20fog%20near%20the%20coast", f".st-key-w_eye_step {BOARD}")
    label = page.locator(".st-key-w_eye_step .annotation-text").first
    expect(label).to_have_text(re.compile("near · [1-9]$"))
    ranking = BOARD_OF.format(key="w_eye_step")
    left, numbers = page.evaluate(f"""() => {{
        const {{ gd }} = {ranking}.panels[0], box = (one) => one.getBoundingClientRect();
        return [box(gd.querySelector(".annotation-text")).left, [...gd.querySelectorAll(".ytick text")].map((tick) => box(tick).right)];
    }}""")
    assert len(numbers) > 1
    assert left > max(numbers)


def test_windows_follow_the_controls(page: Page, server: str) -> None:
    page.goto(f"{server}/words?lang=en&w_view=windows")
    expect(page.locator(".es-pairs tbody")).to_have_count(9, timeout=60_000)
    before = page.locator(".es-facts").inner_text()
    page.get_by_role("button", name="Draw all words alike").click()
    expect(page.locator(".es-facts")).not_to_have_text(before)
    expect(page).to_have_url(re.compile("w_sampler=uniform"))


def test_back_from_another_page_finds_the_settings_as_they_were_left(page: Page, server: str) -> None:
    page.goto(f"{server}/words?lang=en&w_dim=64&w_epochs=40&w_watch=king&w_view=windows")
    expect(page.locator(".es-pairs tbody")).to_have_count(9, timeout=60_000)
    page.get_by_role("link", name="Explore").first.click()
    expect(page).to_have_url(re.compile("/explore"))
    expect(page.locator(BOARD)).to_be_visible(timeout=60_000)
    page.go_back()
    expect(page.locator(".es-pairs tbody")).to_have_count(9, timeout=60_000)
    for said in ("w_dim=64", "w_epochs=40", "w_watch=king", "w_view=windows"):
        expect(page).to_have_url(re.compile(said))
    expect(page.locator(".st-key-w_dim")).to_contain_text("64")


def test_back_from_another_page_finds_what_was_asked(page: Page, server: str) -> None:
    visit(page, server, "words?lang=en&w_word=queen", ".es-answers")
    page.get_by_role("link", name="Library").first.click()
    expect(page).to_have_url(re.compile("/library"))
    expect(page.locator(".es-answers")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("textbox", name="A word, and its neighbours")).to_have_value("queen")
    expect(page).to_have_url(re.compile("w_word=queen"))


def test_a_reload_joins_the_training_that_runs_and_finds_what_was_kept_when_it_was_stopped(
    page: Page, server: str
) -> None:
    visit(page, server, "words?lang=en&w_epochs=200&w_dim=96&w_seed=5")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(f".st-key-w_live {BOARD}")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("w_run="))
    page.reload()
    expect(page.locator(f".st-key-w_live {BOARD}")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop and keep").click()
    expect(status(page)).to_contain_text("stopped early", timeout=60_000)
    expect(page).to_have_url(re.compile("w_of=own-"))  # what was kept, not how to train the whole of it
    kept = status(page).inner_text()
    page.reload()
    expect(status(page)).to_have_text(kept, timeout=60_000)
    expect(page.get_by_role("button", name="Stop and keep")).to_have_count(0)
    assert "w_run=" not in page.url


@pytest.mark.parametrize(("view", "button", "board"), [("map", "Train", "w_live"), ("side", "Train them all", "w_side_live_0")])  # fmt: skip
def test_another_language_is_spoken_by_the_whole_page_while_it_trains(
    page: Page, server: str, view: str, button: str, board: str
) -> None:
    page.goto(f"{server}/words?lang=en&w_view={view}&w_epochs=200&w_dim=96&w_seed=6")
    page.get_by_role("button", name=button, exact=True).click()
    live = page.locator(f".st-key-{board} {BOARD}")
    expect(live).to_contain_text("no class", timeout=60_000)
    page.get_by_text("中文").click()
    expect(live).to_contain_text("无类别", timeout=60_000)
    expect(live).not_to_contain_text("no class")
    expect(status(page)).to_contain_text("小世界（英文）")
    if view == "map":
        expect(live).to_contain_text("损失")
        curves = f"() => {BOARD_OF.format(key=board)}.panels.slice(1).map((panel) => panel.gd._fullData.slice(0, -1).map(({{ mode }}) => mode))"
        assert page.evaluate(curves) == [["lines"] * 2, ["lines"] * 3]
    page.get_by_role("button", name="停止并保留").click()
    expect(page.get_by_role("button", name="停止并保留")).to_have_count(0, timeout=60_000)


def test_with_nothing_held_out_only_the_curve_of_the_loss_is_drawn_and_follows_the_epoch(
    page: Page, server: str
) -> None:
    visit(page, server, "words?lang=en&w_epochs=200&w_dim=64&w_seed=8&w_held_out=0")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(f".st-key-w_live {BOARD}")).to_contain_text("in training", timeout=60_000)
    for board in ("w_live", "w_map"):
        expect(page.locator(f".st-key-{board} {BOARD}")).to_contain_text("in training", timeout=60_000)
        expect(page.locator(f".st-key-{board} {BOARD}")).not_to_contain_text("held out")
        assert page.evaluate(f"() => {BOARD_OF.format(key=board)}.panels.length") == 2
        if board == "w_live":
            until(page, f"{BOARD_OF.format(key=board)}.panels[1].gd._fullData[1].x.length > 3")
            page.get_by_role("button", name="Stop and keep").click()
    epoch = page.locator(".st-key-w_map input[data-slider=epoch]")
    epoch.focus()
    epoch.press("Home")
    mark = f"{BOARD_OF.format(key='w_map')}.panels[1].series()[0]"
    until(page, f"{mark}.x[0] === 0")
    assert 0.6 < page.evaluate(f"() => {mark}.y[0]") < 0.8


def test_on_a_phone_the_figures_of_every_task_are_in_sight(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/words?lang=en&w_view=side&w_epochs=1&w_dim=8")
    page.get_by_role("button", name="Train them all").click()
    expect(status(page)).to_contain_text("8 dimensions", timeout=60_000)  # the one that comes along has 32
    expect(page.locator(f".st-key-w_side {BOARD}")).to_be_visible()
    cells = page.locator(".es-compare td")
    expect(cells.nth(26)).to_be_attached()
    edges = cells.evaluate_all(
        "(all) => all.filter((one) => one.offsetParent).map((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().left + one.scrollWidth])"
    )
    assert len(edges) >= 27
    assert all(0 <= left < right <= 390 for left, right in edges)
    assert cells.nth(1).evaluate("(cell) => getComputedStyle(cell, '::before').content") == '"Skip-gram"'


def test_a_reload_joins_the_comparison_that_runs(page: Page, server: str) -> None:
    page.goto(f"{server}/words?lang=en&w_view=side&w_epochs=200&w_dim=96&w_seed=5")
    page.get_by_role("button", name="Train them all").click()
    expect(page.locator(f".st-key-w_side_live_0 {BOARD}")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("w_all="))
    page.reload()
    expect(page.locator(f".st-key-w_side_live_0 {BOARD}")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop and keep").click()
    expect(status(page)).to_contain_text("seed 5", timeout=60_000)


def test_what_came_of_a_pasted_text_outlives_a_reload_and_saved_opens_in_another_browser(
    page: Page, server: str, context: BrowserContext
) -> None:
    page.goto(f"{server}/words?lang=en&w_kind=paste&w_epochs=3&w_dim=8&w_held_out=0")
    text = page.get_by_label("Your text")
    animals, places = "cat dog cow horse".split(), "garden barn street field".split()
    text.fill(" ".join(f"The {one} saw a {other} in the {place}." for one in animals for other in animals for place in places))  # fmt: skip
    text.press("Control+Enter")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(status(page)).to_contain_text("Trained: Pasted text", timeout=60_000)
    expect(page).to_have_url(re.compile("w_of=own-"))
    page.reload()
    expect(status(page)).to_contain_text("Trained: Pasted text", timeout=60_000)
    page.get_by_role("button", name="Save to the library").click()
    expect(page).to_have_url(re.compile("w_of=lib-"))
    assert context.browser
    other = context.browser.new_context()
    stranger = other.new_page()
    stranger.goto(page.url)
    expect(status(stranger)).to_contain_text("Trained: Pasted text", timeout=60_000)
    other.close()


def test_chinese_words_stand_whole_on_every_view(context: BrowserContext, server: str) -> None:
    chinese = context.browser.new_context(locale="zh-CN") if context.browser else context
    page = chinese.new_page()
    strangers, errors = watch(page, server)
    visit(page, server, "words?w_word=科学")
    expect(page.locator(".es-answers")).to_contain_text("科技")
    page.goto(f"{server}/words?w_view=eye")
    expect(page.locator(f".st-key-w_eye_map {BOARD}")).to_be_visible(timeout=60_000)
    expect(page.locator(".es-line-word").first).to_have_text(re.compile(r"[\u4e00-\u9fff]"))
    assert (strangers, errors) == ([], [])
    chinese.close()


def test_the_trained_table_is_looked_at_as_a_map_on_the_page_of_maps(page: Page, server: str) -> None:
    visit(page, server, "words?lang=en")
    page.get_by_role("button", name="Do two words share a row? See Mapping").click()
    expect(page).to_have_url(re.compile("/mapping"))
    expect(status(page)).to_contain_text("W: Small world, English", timeout=60_000)
