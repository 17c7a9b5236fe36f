"""Files taken away from a picture, opened without a network: hover, search, rings and legend; labels stay text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect

from core.embedding import Embedding
from core.library import Library
from tests.browser.conftest import until
from tests.browser.test_library import MAP, SLOW, started, visitor

HELD = "document.querySelector('.st-key-ex_map .es-board').parentElement.__embedscope"
# Over all rings of a saved map: how far, in pixels, the worst is from its nearest point or from a circle.
RINGS = """() => {
  const gd = document.querySelector('.js-plotly-plot'), { xaxis, yaxis } = gd._fullLayout, frame = gd.getBoundingClientRect();
  const [{ x, y }] = gd.data, points = x.map((one, row) => [xaxis._offset + xaxis.l2p(one), yaxis._offset + yaxis.l2p(y[row])]);
  const kinds = gd.layout.shapes.map((shape) => shape.type);
  if (!kinds.includes('circle') || !kinds.includes('line')) return Infinity;
  const rings = [...gd.querySelectorAll('.shapelayer path')].filter((path) => kinds[Number(path.dataset.index)] === 'circle');
  return rings.length !== kinds.filter((kind) => kind === 'circle').length ? Infinity : Math.max(...rings.map((ring) => {
    const { x, y, width, height } = ring.getBBox(), middle = [x + width / 2, y + height / 2];
    return Math.max(Math.abs(width - height), Math.min(...points.map(([px, py]) => Math.hypot(px - middle[0], py - middle[1]))));
  }));
}"""


def saved_page(page: Page, browser: Browser, file: Path) -> Page:
    """The board that is shown, taken away as HTML and opened from the disk, without a network."""
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    download.value.save_as(file)
    alone = visitor(browser, offline=True).new_page()
    alone.goto(file.as_uri())
    expect(alone.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=SLOW)
    return alone


def test_a_picture_in_space_and_one_of_very_many_points_work_without_a_network(
    browser: Browser, tmp_path: Path
) -> None:
    library, rng = Library(tmp_path / "data"), np.random.default_rng(0)
    for rows in (300, 30_000):
        library.save(Embedding([f"word{row}" for row in range(rows)], rng.normal(size=(rows, 4))), f"{rows}")
    many, few = (entry.id for entry in library.entries())
    context = visitor(browser, accept_downloads=True)
    page = context.new_page()
    with started(tmp_path / "data") as (server, _process):
        page.goto(f"{server}/explore?lang=en&src=lib-{few}&ex_method=pca&ex_dims=3&ex_find=word7")
        expect(page.locator(MAP)).to_be_visible(timeout=SLOW)
        until(page, f"{HELD}.marked.near.length")
        far = page.evaluate(f"() => {HELD}.panels[0].overlay.joins().map((line) => Boolean(line.dash))")
        space = saved_page(page, browser, tmp_path / "space.html")
        plot = "document.querySelector('.js-plotly-plot')"
        labels = space.evaluate(
            f"() => {{ const [trace] = {plot}.data; return {plot}.layout.scene.annotations.map((one) => [one.text, one.x, trace.x[Number(one.text.match(/\\d+/)[0])]]); }}"
        )
        assert len(labels) > 3
        assert all(abs(shown - true) < 1e-4 for _word, shown, true in labels), "a label stands at its own point"
        lines = space.evaluate(
            f"() => {plot}.data.flatMap((one) => (one.mode === 'lines' ? [one.line.dash === 'dash'] : []))"
        )
        assert lines == far, "lines to far neighbours are dashed, others are not"
        assert len(set(far)) == 2
        space.get_by_role("searchbox").fill("word29")
        expect(space.locator("output")).to_have_text("11")
        assert len(set(space.evaluate(f"() => {plot}.data[0].marker.color"))) == 2
        space.evaluate(f"() => {plot}.on('plotly_hover', (event) => {{ window.hovered = event.points[0].text; }})")
        box = space.locator(".js-plotly-plot").bounding_box()
        assert box is not None
        for step in range(40):
            space.mouse.move(
                box["x"] + box["width"] * (0.3 + 0.01 * step), box["y"] + box["height"] * (0.4 + 0.005 * step)
            )
        until(space, "(window.hovered || '').startsWith('word')")

        page.goto(f"{server}/explore?lang=en&src=lib-{many}&ex_method=pca")
        expect(page.locator(MAP)).to_be_visible(timeout=SLOW)
        large = saved_page(page, browser, tmp_path / "large.html")
        assert large.evaluate(f"() => [{plot}.data[0].x.length, ({plot}.layout.images || []).length]") == [30_000, 0]
        large.get_by_role("searchbox").fill("word2999")
        expect(large.locator("output")).to_have_text("11")
    for one in (space, large):
        one.context.close()
    context.close()


def test_a_file_taken_away_keeps_its_rings_at_their_points_and_says_what_the_colours_mean(
    browser: Browser, tmp_path: Path
) -> None:
    hostile = "<img src=x onerror=1>"
    vectors = np.random.default_rng(0).normal(size=(60, 5))
    words = Embedding([f"word{row}" for row in range(60)], vectors, {"class": [hostile, "river"] * 30})
    key = Library(tmp_path / "data").save(words, "words")
    context = visitor(browser)
    page = context.new_page()
    page.set_viewport_size({"width": 1400, "height": 900})
    with started(tmp_path / "data") as (server, _process):
        page.goto(f"{server}/explore?lang=en&src=lib-{key}&ex_method=pca&ex_find=word7")
        expect(page.locator(MAP)).to_be_visible(timeout=SLOW)
        until(page, f"{HELD}.marked.near.length")
        alone = saved_page(page, browser, tmp_path / "map.html")
        with page.expect_download() as download:
            page.get_by_role("button", name="SVG", exact=True).click()
        drawing = download.value.path().read_text(encoding="utf-8")
    for width in (900, 1800):
        alone.set_viewport_size({"width": width, "height": 900})
        alone.reload()
        alone.wait_for_selector(".shapelayer path")
        assert alone.evaluate(RINGS) < 1.5, "every ring is round and stands at a point"
    assert alone.locator("main > svg text").all_text_contents() == [hostile, "river"]
    assert alone.locator("img[src=x]").count() == 0
    assert "&lt;img src=x onerror=1&gt;</text>" in drawing
    assert ">river</text>" in drawing
    assert "<img" not in drawing
    for one in (alone.context, context):
        one.close()
