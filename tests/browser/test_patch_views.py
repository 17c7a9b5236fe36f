"""The other views of the Patches page under the hand: several photos, training, order, places, models."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import until
from tests.browser.test_patches import BOARD, picture, pixel, ready, slider, status, wait
from tests.dashboard.test_patches_several import packed

WAIT = 120_000  # milliseconds that a training may take where the machine is busy


@pytest.fixture
def open_view(page: Page, server: str) -> Callable[..., Page]:
    def visit(link: str) -> Page:
        page.goto(f"{server}/patches?lang=en&{link}")
        ready(page)
        return page

    return visit


def test_photos_are_brought_mapped_clicked_and_searched(open_view: Callable[..., Page]) -> None:
    """A bad file among three is named; a click in the map lights the nearest in the photos too."""
    page = open_view("pat_view=several")
    files = [("one.jpg", picture(120, 160)), ("two.jpg", picture(200, 150)), ("bad.jpg", b"no picture")]
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in files]
    )
    expect(page.get_by_text("bad.jpg is not a picture that can be read here")).to_be_visible()
    expect(status(page)).to_contain_text("2 photos · 178 patches of 16 × 16")
    wait(page, "board.panels[0].x.length === 178")
    page.mouse.click(*pixel(page, 1, 30))
    wait(page, "marked.point === 30 && marked.near.length === 12")
    expect(page).to_have_url(re.compile("patch=30(&|$)"))
    page.get_by_role("radio", name="other photos").click()
    wait(page, "marked.near.length === 12 && marked.near.every((row) => row >= 70)")


def test_training_moves_the_photo_and_the_slider_goes_back_through_it(open_view: Callable[..., Page]) -> None:
    page = open_view("pat_view=learn&pat_photo=digits&pat_dim=8&pat_steps=250")
    expect(status(page)).to_contain_text("at best", timeout=WAIT)
    wait(page, "board.inputs.frame.slider.high > 5")
    drawn = page.evaluate(
        f"""async () => {{
          const board = {BOARD}, pen = board.panels[1].overlay.canvas, seen = [];
          const frame = () => new Promise(requestAnimationFrame);
          for (const value of [0, board.inputs.frame.slider.high]) {{
            board.setSlider("frame", value);
            await frame(); await frame();
            const data = pen.getContext("2d").getImageData(0, 0, pen.width, pen.height).data;
            let sum = 0, square = 0;
            for (let k = 0; k < data.length; k += 4) {{ sum += data[k]; square += data[k] * data[k]; }}
            const count = data.length / 4;
            seen.push(square / count - (sum / count) ** 2);
          }}
          return seen;
        }}"""
    )
    assert drawn[1] > 1.5 * drawn[0]  # from the mean patch everywhere to digits on paper
    page.get_by_role("button", name="Use this layer on the photo").click()
    expect(status(page)).to_contain_text("projection trained on 384 patches")


def test_a_shuffled_patch_is_found_again_in_the_photo(open_view: Callable[..., Page]) -> None:
    page = open_view("pat_view=order&pat_photo=tiles&pat_side=32")
    page.mouse.click(*pixel(page, 1, 10))
    wait(page, "marked.point === 10")
    assert page.evaluate(f"() => {BOARD}.panels[0].x[10]") == 3 * 32 + 16


def test_a_place_is_clicked_in_the_grid_of_grids_and_its_own_map_follows(open_view: Callable[..., Page]) -> None:
    page = open_view("pat_view=places&pat_code=two&pat_places=6&pat_code_dim=32")
    page.mouse.click(*pixel(page, 0, 8))
    wait(page, "marked.point === 8")
    shown = page.evaluate(f"() => {BOARD}.panels[1].gd.data[0].z.map((row) => Array.from(row))")
    assert np.unravel_index(np.argmax(shown), (6, 6)) == (1, 2)
    expect(page.locator(".es-text")).to_contain_text("Place 8 · row 1, column 2")


def test_the_table_of_models_follows_the_resolution_under_the_finger(open_view: Callable[..., Page]) -> None:
    page = open_view("pat_view=models")
    cells = f"() => {BOARD}.panels[0].gd.data[0].cells.values.map((column) => Array.from(column))"
    assert page.evaluate(cells)[0][:4] == [224, 197, 590_592, 151_296]
    slider(page, "resolution").focus()
    for _ in range(10):
        slider(page, "resolution").press("ArrowRight")
    wait(page, "board.panels[0].gd.data[0].cells.values[0][0] === 384")
    assert page.evaluate(cells)[0][:4] == [384, 577, 590_592, 443_136]
    expect(page).to_have_url(re.compile("resolution=384(&|$)"))


@pytest.mark.parametrize(("link", "count"), [("pat_view=cut&pat_photo=tiles&pat_side=32", 49), ("pat_view=several&pat_several=tiles,wheel&pat_all_side=32", 113)])  # fmt: skip
def test_patches_open_in_explore_with_one_click_and_are_drawn_as_what_they_are(open_view: Callable[..., Page], link: str, count: int) -> None:  # fmt: skip
    page = open_view(link)
    page.get_by_role("button", name="Open in Explore").click()
    expect(page).to_have_url(re.compile("/explore"))
    ready(page)
    wait(page, f"board.panels[0].x.length === {count}")
    sheet = page.evaluate(f"() => {{ const [image] = {BOARD}.sheets.values(); return [image.naturalWidth, image.naturalHeight]; }}")  # fmt: skip
    assert min(sheet) > 0
    page.mouse.click(*pixel(page, 0, 3))
    wait(page, "marked.point !== null && marked.near.length > 0")


def test_photos_dropped_on_explore_are_cut_and_the_bad_one_among_them_is_named(page: Page, server: str) -> None:
    page.goto(f"{server}/explore?lang=en")
    ready(page)
    page.get_by_text("Bring your own").click()
    data = packed(**{"one.jpg": picture(120, 160), "bad.jpg": b"no picture", "two.jpg": picture(200, 150)})
    page.locator("input[type=file]").set_input_files([{"name": "trip.zip", "mimeType": "application/zip", "buffer": data}])  # fmt: skip
    expect(page).to_have_url(re.compile("/patches"))
    expect(status(page)).to_contain_text("2 photos · 178 patches of 16 × 16")
    expect(page.get_by_text("bad.jpg is not a picture that can be read here")).to_be_visible()


def test_a_picture_of_the_camera_is_cut(open_view: Callable[..., Page]) -> None:
    page = open_view("")
    page.context.grant_permissions(["camera"])
    page.get_by_role("button", name="Take a photo").click()
    until(page, "document.querySelector('video').videoWidth > 0")  # the camera shows something
    page.get_by_test_id("stCameraInputButton").click()
    expect(status(page)).to_contain_text(re.compile(r"Camera 1\.jpg, [\d,]+ × [\d,]+ pixels"))
    wait(page, "board.panels[0].x.length > 100")


def test_a_training_learns_from_all_photos_brought_and_maps_them_all(open_view: Callable[..., Page]) -> None:
    page = open_view("pat_view=learn&pat_photo=digits&pat_dim=8&pat_steps=250")
    files = [("one.jpg", picture(128, 160)), ("two.jpg", picture(160, 96))]
    page.locator("input[type=file]").set_input_files([{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in files])  # fmt: skip
    expect(page.get_by_role("radio", name="all 2 photos")).to_be_checked()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled(timeout=WAIT)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(status(page)).to_contain_text("560 patches of 8 × 8 · of 2 photos · trained on all of them", timeout=WAIT)
    page.get_by_role("button", name="Map all photos by this layer").click()
    expect(status(page)).to_contain_text("of a projection trained on 560 patches")
    wait(page, "board.panels[0].x.length === 560 && marked.near.length === 12")
