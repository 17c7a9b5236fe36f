"""The Patches page: its links, its uploads, its moves, its bad input."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.patches import FITS
from core.patches.lattice import patch_sides
from dashboard import photos
from dashboard.patch_views import work
from tests.core.test_images import encoded, heic, png_of_claimed_size
from tests.dashboard.conftest import open_page


def said(test: AppTest) -> str:
    """Everything the page says in words, without the marks that keep it from being read as markup."""
    assert not test.exception
    kinds = (test.caption, test.info, test.error, test.warning, test.markdown, test.get("html"))
    return "\n".join(str(getattr(one, "value", "") or one.proto.body) for kind in kinds for one in kind).replace(
        "\\", ""
    )


def counts(test: AppTest) -> dict[str, list[str]]:
    rows = re.findall(r"<th scope='row'>(.*?)</th><td>(.*?)</td><td>(.*?)</td>", said(test))
    return {name: [ours, its] for name, ours, its in rows}


def upload(test: AppTest, name: str, data: bytes) -> AppTest:
    """Add a file to those in the uploader."""
    before = [(one.name, one.getvalue(), one.type) for one in test.file_uploader[0].value or []]
    return test.file_uploader[0].set_value([*before, (name, data, "image/png")]).run()


def file(pixels: np.ndarray[Any, Any], kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def noise(height: int, width: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_it_opens_on_a_photo_with_its_credit_and_its_receipt() -> None:
    told = said(open_page("patches"))
    assert "Photo by danielbuechele on Flickr, CC BY 2.0" in told
    assert "A temple in China, 640 × 427 pixels · crop took 7,040 pixels away (2.6%)" in told
    assert "grid of 26 × 40 = 1,040 patches of 16 × 16" in told


def test_the_counts_of_vit_b_16_are_those_of_the_paper() -> None:
    """Numbered tiles are 224 x 224: with patches of 16 and 768 numbers a token, they are its very input."""
    test = open_page("patches", pat_photo="tiles", pat_dim="768")
    found = counts(test)
    assert all(ours == its for ours, its in found.values())
    assert found["Tokens, with the class token"][1] == "197"
    assert found["Weights of the projection"][1] == "590,592"
    assert found["Weights of the positions"][1] == "151,296"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_link_opens_the_same_view_in_both_languages(language: str) -> None:
    link = {"pat_photo": "tiles", "pat_fit": "pad", "pat_order": "channels_last", "pat_how": "pca", "pat_dim": "16", "pat_size": "224", "pat_side": "20", "pat_patch": "31"}  # fmt: skip
    test = open_page("patches", lang=language, **link)
    assert test.selectbox(key=photos.KEY).value == "tiles"
    assert [test.segmented_control(key=key).value for key in ("pat_fit", "pat_order", "pat_how")] == ["pad", "channels_last", "pca"]  # fmt: skip
    assert [test.select_slider(key=key).value for key in ("pat_dim", "pat_size")] == [16, 224]
    assert "12 " in said(test)
    assert "144" in said(test)
    assert ("图块 31" if language == "zh" else "patch 31") in said(test)


@pytest.mark.parametrize(
    ("key", "asked"), [("pat_photo", "<b>x</b>"), ("pat_fit", "squeeze"), ("pat_dim", "1e9"), ("pat_size", "-1")]
)
def test_what_a_link_asks_in_vain_is_told_and_the_usual_is_shown(key: str, asked: str) -> None:
    test = open_page("patches", **{key: asked})
    assert f"The link asks for {asked}, which is not on offer here." in said(test)
    assert "1,040 patches of 16 × 16" in said(test)


@pytest.mark.parametrize("number", ["-3", "x", "1e3", "９", "99999999999999999999"])
def test_a_place_in_the_link_that_is_no_number_counts_as_not_given(number: str) -> None:
    test = open_page("patches", pat_side=number, pat_patch=number, pat_seed=number)
    assert "1,040 patches of 16 × 16" in said(test)
    assert test.number_input(key="pat_seed").value == 0


def test_a_patch_larger_than_the_photo_is_told_and_a_smaller_one_is_shown() -> None:
    test = open_page("patches", pat_side="500")
    assert "A patch of 500 x 500 pixels (width x height) is larger than the image, 640 x 427" in said(test)
    assert "patches of 128 × 128" in said(test)


def test_patches_so_small_that_they_would_be_too_many_are_told() -> None:
    told = said(open_page("patches", pat_side="4"))
    assert "Patches of 4 pixels would be more than 4,096" in told
    assert "patches of 10 × 10" in told


def test_a_photo_of_another_visit_cannot_be_shown_and_that_is_said() -> None:
    test = open_page("patches", pat_photo="own")
    assert "a photo of another visit" in said(test)
    assert "A temple in China" in said(test)


@pytest.mark.parametrize(
    ("fit", "sentence"), [("pad", "padding made up 3,200 pixels"), ("resize", "stretched +1.2% down and +0.0% across")]
)
def test_the_receipt_says_what_fitting_cost(fit: str, sentence: str) -> None:
    test = open_page("patches")
    test.segmented_control(key="pat_fit").set_value(fit).run()
    assert sentence in said(test)


def test_an_upload_is_shown_at_once_and_what_was_done_to_it_is_said() -> None:
    test = upload(open_page("patches"), "my_photo.png", file(np.dstack([noise(600, 2000), np.full((600, 2000), 9, np.uint8)])))  # fmt: skip
    assert test.selectbox(key=photos.KEY).value.startswith(photos.OWN)
    told = said(test)
    assert "my_photo.png, 2,000 × 600 pixels" in told
    assert "Transparent parts were laid over white." in told
    assert "worked on at 640 × 192" in told


BAD = {
    "no picture": (b"hello", "is not a picture that can be read here"),
    "empty": (b"", "is empty"),
    "one pixel": (file(noise(1, 1)), "has 1 x 1 pixels, too few to cut: use a picture of at least 8 x 8"),
    "truncated": (file(noise(300, 300), "JPEG")[:9000], "could not be read to its end"),
    "huge": (png_of_claimed_size(60_000, 60_000), "million pixels in its header; at most 50 million are read"),
    "heavy": (bytes((photos.MAX_MB + 1) * 2**20), f"pictures of up to {photos.MAX_MB} MB are read"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_cannot_be_shown_is_told_and_the_photo_before_it_stays(kind: str) -> None:
    data, sentence = BAD[kind]
    test = upload(upload(open_page("patches"), "good.png", file(noise(64, 96))), f"{kind}.png", data)
    assert sentence in test.error[0].value.replace("\\", "")
    assert "good.png, 96 × 64 pixels" in said(test)


TOLD = {
    "animated.gif": (file(noise(64, 96), "GIF", save_all=True, append_images=[Image.new("RGB", (96, 64))]), "The file holds several pictures or frames; the first one is used."),
    "inks.jpg": (encoded(Image.fromarray(noise(64, 96)).convert("CMYK"), "JPEG"), "Printing inks (CMYK) were turned into RGB"),
    "deep.png": (encoded(Image.fromarray(np.arange(64 * 96, dtype=np.uint16).reshape(64, 96) * 10), "PNG"), "16-bit greys were scaled to 8 bits."),
    "phone.heic": (heic(noise(64, 96)), "phone.heic, 96 × 64 pixels"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_what_had_to_be_done_to_an_unusual_file_is_told_beside_its_patches(name: str) -> None:
    data, sentence = TOLD[name]
    test = upload(open_page("patches"), name, data)
    assert not test.error
    assert sentence in said(test)
    assert "grid of 4 × 6 = 24 patches of 16 × 16" in said(test)


def test_after_a_bad_file_a_good_one_is_shown_and_the_complaint_is_gone() -> None:
    test = upload(open_page("patches"), "bad.png", b"no")
    test.file_uploader[0].set_value([("good.png", file(noise(64, 96)), "image/png")]).run()
    assert "good.png" in said(test)
    assert not test.error


def test_a_name_in_markup_is_shown_as_the_text_it_is() -> None:
    test = upload(open_page("patches"), "**b** $x$ <i>.png", file(noise(32, 32)))
    status = next(one.value for one in test.caption if "32 × 32" in one.value)
    assert status.startswith(r"\*\*b\*\* \$x\$ \<i\>\.png, 32 × 32 pixels")


def test_a_kept_photo_is_small_whatever_came_in() -> None:
    (kept,) = photos.read(file(noise(900, 3000)), "large.png")
    assert max(kept.pixels.shape) == photos.LONGEST
    assert kept.original == (900, 3000)


@pytest.mark.parametrize("button", ["Double the patch", "Count along", "Lay it flat the other way"])
def test_a_try_says_what_it_did_until_the_next_change(button: str) -> None:
    test = open_page("patches")
    next(one for one in test.button if one.label == button).click().run()
    assert len(test.info) == 1
    test.segmented_control(key="pat_fit").set_value("pad").run()
    assert not test.info


def test_doubling_the_patch_counts_what_it_changed() -> None:
    test = open_page("patches")
    next(one for one in test.button if one.label == "Double the patch").click().run()
    assert test.info[0].value.startswith("The number of patches went from 1,040 to 260, each of 3,072 numbers.")
    assert "260 patches of 32 × 32" in said(test)


def test_a_sample_begins_with_the_patch_that_suits_it() -> None:
    test = open_page("patches")
    test.selectbox(key=photos.KEY).set_value("digits").run()
    assert "grid of 16 × 24 = 384 patches of 8 × 8" in said(test)


def test_tokens_too_wide_for_large_patches_are_narrowed_and_that_is_said() -> None:
    test = open_page("patches", pat_side="64", pat_dim="768")
    assert "768 numbers from patches of 64 × 64 pixels would take 9,437,184 weights" in said(test)
    assert counts(test)["Numbers a token"][0] == "256"


@pytest.mark.parametrize("patch", [1, 16, 64, 128])
def test_no_projection_on_this_page_has_more_weights_than_it_says(patch: int) -> None:
    for asked in work.DIMS:
        used = work.widest(3 * patch * patch, asked)
        assert used <= asked
        assert used * 3 * patch * patch <= work.MOST_WEIGHTS


# ---- moves in the figure, which AppTest cannot make: reports as the browser would send them

SIDES = patch_sides(60, 90)


def move(side: int, patch: int, at: str = "1", **rest: Any) -> dict[str, Any]:
    return {"side": SIDES.index(side), "patch": patch, "board": "board", "at": at, **rest}


def after(*moves: dict[str, Any]) -> tuple[int, int]:
    """(side, patch) after these reports, on a photo of 60 x 90 pixels that began with patches of 10, the first selected."""

    def script(moves: list) -> None:  # type: ignore[type-arg]  # the script knows no more than it imports
        import numpy as np
        import streamlit as st

        from core.images import Photo
        from dashboard.patch_views import grid as patch_places

        def look() -> None:
            grid = patch_places.find("p", photo, "crop", None)
            row = patch_places.chosen(photo, grid.lattice, np.zeros((9999, 3), np.uint8))
            patch_places.shown("board" if not st.session_state.get("found") else "later", grid, photo)
            st.session_state["found"] = (grid.side, row)

        photo = Photo("p", np.zeros((60, 90, 3), np.uint8), (60, 90))
        st.session_state[patch_places.SIDE] = 10
        look()
        for one in moves:
            st.session_state[patch_places.PLOT] = {"sliders": one}
            look()

    test = AppTest.from_function(script, args=(list(moves),)).run()
    assert not test.exception
    found: tuple[int, int] = test.session_state["found"]
    return found


def test_a_move_in_the_figure_is_taken_over() -> None:
    assert after(move(10, 40)) == (10, 40)
    assert after(move(10, 40), move(10, 7, "2")) == (10, 7)


def test_a_new_grid_keeps_the_place_in_the_photo() -> None:
    """Patch 40 of 6 x 9 has its middle at (45, 45); cut into 20, whose grid of 3 x 4 begins at x = 5, that is row 2, column 2."""
    assert after(move(20, 40)) == (20, 10)


def test_a_report_is_taken_once() -> None:
    assert after(move(10, 40), move(10, 7)) == (10, 40)


def test_a_move_on_the_board_before_is_read_on_the_grid_of_that_board() -> None:
    """A second move can come in before the reader has the board that answers the first."""
    assert after(move(20, 40), move(28, 53, "2")) == (28, 5)


@pytest.mark.parametrize(
    "report",
    [{"board": "another"}, {"board": None}, {"side": 99, "patch": 10**9}, {"side": "8", "patch": "4"}, {"side": -1, "patch": -1}, {"at": ""}],
)  # fmt: skip
def test_a_report_on_another_board_or_of_nonsense_changes_nothing(report: dict[str, Any]) -> None:
    assert after(move(20, 3) | report) == (10, 0)


@pytest.mark.parametrize("fit", FITS)
def test_a_projection_with_its_values_in_the_other_order_is_told_as_a_cosine(fit: str) -> None:
    told = said(open_page("patches", pat_photo="tiles", pat_fit=fit))
    cosine = re.search(r"cosine ([−\d.]+) to its own", told)
    assert cosine is not None
    assert abs(float(cosine[1].replace("−", "-"))) <= 1


def test_grey_patches_give_the_same_token_in_no_order_but_the_right_one() -> None:
    """A patch of one colour value throughout is the same in both orders: its cosine is 1."""
    test = upload(open_page("patches"), "grey.png", file(np.full((64, 64, 3), 90, np.uint8)))
    assert "cosine 1.00 to its own" in said(test)


def test_height_and_width_of_a_patch_can_be_set_apart() -> None:
    test = open_page("patches", pat_photo="tiles", pat_side="16", pat_wide="32", pat_dim="8")
    told = said(test)
    assert "grid of 14 × 7 = 98 patches of 32 × 16" in told
    assert counts(test)["Values a patch"][0] == "1,536"
    test.toggle(key="pat_prove").set_value(True).run()
    assert "make the same 784 numbers" in "".join(one.value for one in test.success)
