"""What a stranger does here, from the installed command to the last page, with a real text, list and photo."""

from __future__ import annotations

import json
import re
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import until, watch

BOARD = ".es-board[data-ready]"


@pytest.fixture(scope="module")
def text_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real text: the documentation that comes with Python, as an old file would have it (UTF-16)."""
    from pydoc_data.topics import topics

    path = tmp_path_factory.mktemp("text") / "documentation.txt"
    path.write_text("\n\n".join(topics[name] for name in sorted(topics)[:40]), encoding="utf-16")
    return path


@pytest.fixture(scope="module")
def photo() -> Path:
    spec = find_spec("sklearn")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "datasets" / "images" / "flower.jpg"


def visit(page: Page, server: str, path: str, board: str = BOARD) -> Locator:
    page.goto(f"{server}/{path}")
    found = page.locator(board).first
    expect(found).to_be_visible(timeout=60_000)
    return found


def status(page: Page) -> Locator:
    return page.locator(".st-key-es_status")


def choose(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).or_(
        page.get_by_role("radio", name=label, exact=True)
    ).first.click()


def pixel(page: Page, row: int) -> tuple[float, float]:
    """Where a row of the first map is on the screen."""
    x, y = page.evaluate(
        """row => { const gd = document.querySelector('.es-figure'), { xaxis, yaxis } = gd._fullLayout;
        const box = gd.getBoundingClientRect(), base = gd._fullData[0];
        return [box.left + xaxis._offset + xaxis.l2p(base.x[row]), box.top + yaxis._offset + yaxis.l2p(base.y[row])]; }""",
        row,
    )
    return float(x), float(y)


def ranges(page: Page) -> list[float]:
    return list(
        page.evaluate(
            "() => { const f = document.querySelector('.es-figure')._fullLayout; return [...f.xaxis.range, ...f.yaxis.range]; }"
        )
    )


def test_home_opens_its_doors_within_the_visit(page: Page, server: str) -> None:
    visit(page, server, "", ".es-home[data-ready]")
    expect(page.locator(".es-door")).to_have_count(6)
    page.locator(".es-door").first.click()
    expect(page).to_have_url(re.compile("/words"))
    expect(page.locator(BOARD)).to_be_visible()
    page.go_back()
    expect(page.locator(".es-home[data-ready]")).to_be_visible()


def test_a_text_file_is_trained_on_stopped_asked_and_explored(page: Page, server: str, text_file: Path) -> None:
    visit(page, server, "words?lang=en&w_kind=file")
    page.locator("input[type=file]").set_input_files(text_file)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(f".st-key-w_live {BOARD}")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop and keep").click()
    expect(status(page)).to_contain_text("stopped early", timeout=60_000)
    expect(status(page)).to_contain_text("documentation.txt")
    ask = page.get_by_role("textbox", name="A word, and its neighbours")
    ask.fill("statement")
    ask.press("Enter")
    expect(page.locator(".es-answers li")).to_have_count(8)
    ask.fill("statemnt")
    ask.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="statemnt")).to_contain_text("Nearest spellings: statement")
    page.get_by_role("link", name="Explore").first.click()
    expect(status(page)).to_contain_text("Trained: documentation.txt", timeout=60_000)
    expect(page.locator(f".st-key-ex_map {BOARD}")).to_be_visible(timeout=60_000)


def test_a_pasted_word_list_becomes_a_map_whose_points_answer(page: Page, server: str) -> None:
    visit(page, server, "explore?lang=en")
    page.get_by_text("Bring your own").click()
    words = "cat dog horse cow sheep apple pear plum cherry 猫 狗 马 苹果 梨 red green blue yellow one two three four five".split()
    page.get_by_label("Words or phrases").fill("\n".join(words))
    page.get_by_role("button", name="Make vectors").click()
    expect(status(page)).to_contain_text("23 rows of 512 dimensions", timeout=60_000)
    expect(page.locator(f".st-key-ex_map {BOARD}")).to_be_visible(timeout=60_000)
    find = page.get_by_role("textbox", name="Find")
    find.fill("猫")
    find.press("Enter")
    expect(page.locator(".es-answers .es-label").first).to_have_text("cat")


def test_a_click_lights_the_true_neighbours_and_keeps_the_zoom(page: Page, server: str) -> None:
    visit(page, server, "explore?lang=en", f".st-key-ex_map {BOARD}")
    expect(page.get_by_text("How far to trust it.")).to_be_visible(timeout=60_000)
    x, y = pixel(page, 100)
    page.mouse.move(x, y)
    for _ in range(3):
        page.mouse.wheel(0, -300)
    before = ranges(page)
    x, y = pixel(page, 100)
    page.mouse.move(x + 1, y)
    page.mouse.click(x, y)
    expect(page.locator(".es-answers li")).to_have_count(10)
    assert page.evaluate("() => document.querySelector('.es-figure')._fullLayout.uirevision") == "keep"
    assert ranges(page) == before


def test_the_coordinates_of_a_picture_are_taken_away(page: Page, server: str) -> None:
    visit(page, server, "explore?lang=en&src=list-everyday-en", f".st-key-ex_map {BOARD}")
    with page.expect_download() as download:
        page.locator(".st-key-ex_xy_coordinates-csv button").click()
    assert download.value.suggested_filename == "coordinates.csv.zip"
    with zipfile.ZipFile(download.value.path()) as packed:
        lines = packed.read("coordinates.csv").decode().splitlines()
        about = json.loads(packed.read("settings.json"))
    assert any("PCA" in fact or "t-SNE" in fact for fact in about["made"])
    assert about["quality"]["trustworthiness"] > 0.5
    assert about["link"]["src"] == "list-everyday-en"
    assert len(lines) in (202, 203)
    assert any(line.replace('"', "").startswith("dog,") for line in lines)


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_a_link_draws_a_slow_method_in_space(page: Page, server: str, method: str) -> None:
    visit(page, server, f"explore?lang=en&src=list-everyday-en&ex_method={method}&ex_dims=3", f".st-key-ex_map {BOARD}")
    expect(page.get_by_text("How far to trust it.")).to_be_visible(timeout=90_000)
    assert page.evaluate("() => document.querySelector('.es-figure')._fullData[0].type") == "scatter3d"


def test_a_photo_is_cut_and_its_patches_follow_the_slider(page: Page, server: str, photo: Path) -> None:
    visit(page, server, "patches?lang=en")
    page.locator("input[type=file]").set_input_files(photo)
    expect(status(page)).to_contain_text("flower.jpg", timeout=60_000)
    size = page.locator("input[data-slider]").first
    told = page.locator(".es-text").inner_text()
    size.focus()
    size.press("ArrowRight")
    expect(page.locator(".es-text")).not_to_have_text(told)


def test_pos_and_i_follow_the_finger(page: Page, server: str) -> None:
    visit(page, server, "positions?lang=en&pos=2&i=0")
    expect(page.locator(".es-text")).to_contain_text("0.9093")
    position = page.locator("input[data-slider=pos]")
    position.focus()
    position.press("ArrowRight")
    expect(page.locator(".es-text")).to_contain_text("0.1411")
    expect(page).to_have_url(re.compile(r"pos=3"))


def test_king_minus_man_plus_woman_is_queen_by_angle_and_by_distance(page: Page, server: str) -> None:
    """The dot product also rewards long vectors, so its answers are others; the page says which measure is in use."""
    visit(page, server, "neighbours?lang=en&src=small-world-en")
    question = page.get_by_role("textbox", name="Question")
    question.fill("king - man + woman")
    question.press("Enter")
    first = page.locator(".es-answers .es-label").first
    for measure, said in (("cosine", "right angle"), ("Euclidean", "smaller is nearer")):
        choose(page, measure)
        expect(page.locator(".es-fine").first).to_contain_text(said)
        expect(first).to_have_text("queen")
    choose(page, "dot product")
    expect(page.locator(".es-fine").first).to_contain_text("longer vectors")
    expect(first).not_to_have_text("queen")
    expect(page.locator(".es-answers li")).to_have_count(10)


def test_the_same_in_chinese_for_a_chinese_browser(context: BrowserContext, server: str) -> None:
    chinese = context.browser.new_context(locale="zh-CN") if context.browser else context
    page = chinese.new_page()
    strangers, errors = watch(page, server)
    visit(page, server, "neighbours")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page).to_have_url(re.compile("lang=zh"))
    page.get_by_role("textbox", name="问题").fill("国王 - 男人 + 女人")
    page.get_by_role("textbox", name="问题").press("Enter")
    expect(page.locator(".es-answers .es-label").first).to_have_text(re.compile("女王|王后"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("textbox", name="Question")).to_have_value("国王 - 男人 + 女人")
    expect(page.get_by_text("Small world, Chinese").first).to_be_visible()
    assert (strangers, errors) == ([], [])
    chinese.close()


def test_settings_and_answers_survive_a_page_switch_and_a_reload(page: Page, server: str) -> None:
    visit(page, server, "words?lang=en&w_dim=64&w_word=king")
    page.get_by_role("link", name="Neighbours").first.click()
    expect(page.get_by_role("textbox", name="Question")).to_be_visible()
    page.get_by_role("textbox", name="Question").fill("dog")
    page.get_by_role("textbox", name="Question").press("Enter")
    expect(page).to_have_url(re.compile("nb_q=dog"))
    page.get_by_role("link", name="Words").first.click()
    expect(page.get_by_role("textbox", name="A word, and its neighbours")).to_have_value("king")
    expect(page.get_by_role("slider", name="Dimensions")).to_have_value("64")
    page.reload()
    expect(page.get_by_role("textbox", name="A word, and its neighbours")).to_have_value("king")
    page.get_by_role("link", name="Neighbours").first.click()
    expect(page.get_by_role("textbox", name="Question")).to_be_visible()


def test_labels_are_text_in_every_place_they_are_shown(page: Page, server: str) -> None:
    """A label is data: no markup of it is read by the list, the map, its hover or the status line."""
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    visit(page, server, "explore?lang=en")
    page.get_by_text("Bring your own").click()
    bad = "<img src=x onerror=alert(1)>"
    page.get_by_label("Words or phrases").fill(f"{bad}\n=1+1\n**bold** $x^2$\ncat\ndog")
    page.get_by_role("button", name="Make vectors").click()
    expect(status(page)).to_contain_text("5 rows of 512 dimensions", timeout=60_000)
    find = page.get_by_role("textbox", name="Find")
    find.fill(bad)
    find.press("Enter")
    expect(page.locator(".st-key-es_reading")).to_contain_text(bad)
    expect(page.locator(".es-answers")).to_contain_text("**bold** $x^2$")
    expect(page.get_by_role("row", name="trustworthiness")).to_be_visible()  # the last that is drawn: nothing moves now
    until(page, f"document.querySelector('{BOARD}').parentElement.__embedscope.marked.near.length === 4")
    x, y = pixel(page, 0)
    page.mouse.move(x, y)
    expect(page.locator(".hoverlayer")).to_contain_text(bad)
    assert page.locator("img[src=x]").count() == 0
    assert dialogs == []
