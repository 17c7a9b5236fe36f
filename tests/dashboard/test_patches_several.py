"""Several photos on the Patches page: brought together, one bad file among them, mapped, searched, taken away."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile

import pytest

from dashboard import photos, session
from tests.dashboard.conftest import open_page
from tests.dashboard.test_page_patches import file, noise, said, upload


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_it_opens_on_two_photos_with_their_credits() -> None:
    told = said(open_page("patches", pat_view="several"))
    assert "danielbuechele" in told
    assert "vultilion" in told
    assert "2 photos · " in told


def test_of_a_zip_with_a_bad_file_the_rest_is_shown_and_the_bad_one_is_named() -> None:
    data = packed(**{"one.png": file(noise(64, 96)), "bad.jpg": b"no picture", "two.png": file(noise(80, 60))})
    test = upload(open_page("patches", pat_view="several"), "trip.zip", data)
    assert "bad.jpg is not a picture that can be read here" in test.error[0].value.replace("\\", "")
    assert "trip.zip: pictures read 2, files left out 1." in said(test).replace("\\", "")
    known = photos_of(test)
    assert [known[name] for name in test.multiselect(key=photos.SEVERAL).value] == ["one.png", "two.png"]
    assert "39 patches of 16 × 16" in said(test)  # 4 x 6 and 5 x 3


def test_a_zip_of_many_files_says_how_many_were_left_out_and_folds_the_reasons() -> None:
    members = {f"{n}.png": file(noise(64, 96)) for n in range(3)} | {f"{n}.txt": b"words" for n in range(5)}
    data = packed(**members, **{f"more {n}.png": file(noise(16, 16)) for n in range(photos.MOST)})
    test = upload(open_page("patches", pat_view="several"), "trip.zip", data)
    told = said(test).replace("\\", "")
    assert "trip.zip: pictures read 19, files left out 13." in told  # 24 members are looked at, 5 of them are words
    assert not test.error
    assert test.expander[0].label == "Left out, and why"
    assert "4.txt is not a picture that can be read here" in told
    assert "trip.zip holds 32 pictures; the first 24 were read." in told


def photos_of(test: object) -> dict[str, str]:
    held = test.session_state["es_own_photos"]  # type: ignore[attr-defined]  # AppTest's own state
    return {name: photo.name for name, photo in held.items()}


def test_a_photo_taken_out_of_the_uploader_goes() -> None:
    test = upload(upload(open_page("patches"), "one.png", file(noise(64, 96))), "two.png", file(noise(80, 60)))
    assert set(photos_of(test).values()) == {"one.png", "two.png"}
    test.file_uploader[0].set_value([]).run()
    assert photos_of(test) == {}
    assert "A temple in China" in said(test)


@pytest.mark.parametrize("view", ["cut", "several"])
def test_each_of_the_nearest_says_its_number_and_its_distance(view: str) -> None:
    drawn = "".join(one.proto.body for one in open_page("patches", pat_view=view).get("html"))
    assert re.search(r"</i>patch \d+, distance [\d,]+</span>", drawn)


def test_the_other_photos_are_searched_only_when_asked() -> None:
    """Two photos of the same noise: the nearest of a patch is its twin; in one photo alone there is no other to look in."""
    test = open_page("patches", pat_view="several")
    upload(upload(test, "one.png", file(noise(64, 64))), "two.png", file(noise(64, 64)))
    test.segmented_control(key="pat_scope").set_value("others").run()
    assert "12 of 12 are in another photo" in said(test)
    test.multiselect(key=photos.SEVERAL).set_value(test.multiselect(key=photos.SEVERAL).value[:1]).run()
    assert "There is no other photo to look in" in said(test)


def test_no_photo_chosen_is_told_and_one_is_shown() -> None:
    test = open_page("patches", pat_view="several")
    test.multiselect(key=photos.SEVERAL).set_value([]).run()
    assert "No photo is chosen" in said(test)
    assert "1 photos" not in said(test)


def test_a_map_by_neighbours_is_drawn_by_a_worker() -> None:
    test = open_page("patches", pat_view="several", pat_several="tiles,wheel", pat_all_side="32", pat_map="tsne")
    if "t-SNE of all patches" not in said(test):
        assert test.session_state[session.JOBS]["patches_map"].wait(300)  # the worker compiles its kernels first
        test.run()
    assert "t-SNE of all patches, seed 0" in said(test)
    assert "113 patches of 32 × 32" in said(test)


def test_height_and_width_of_a_patch_can_be_set_apart() -> None:
    test = open_page("patches", pat_view="several", pat_several="tiles,wheel", pat_all_side="32", pat_wide="16")
    assert "226 patches of 16 × 32" in said(test)
    test.select_slider(key="pat_wide").set_value(0).run()
    assert "113 patches of 32 × 32" in said(test)


def test_no_patch_is_wider_than_the_narrowest_photo_and_that_is_said() -> None:
    test = upload(open_page("patches", pat_view="several", pat_wide="64"), "narrow.png", file(noise(96, 24)))
    assert "Patches are 24 pixels wide, as the narrowest photo is" in said(test)
    assert "6 patches of 24 × 16" in said(test)


def test_without_a_layer_the_map_says_so_and_the_way_to_one_is_a_click() -> None:
    test = open_page("patches", pat_view="several", pat_several="tiles,wheel", pat_all_side="32", pat_map="trained")
    assert "No layer has been trained for patches of 32 × 32 yet" in said(test)
    next(one for one in test.button if one.label == "Train one").click().run()
    assert test.segmented_control(key="pat_from").value == "all"
    assert "113 patches of 32 × 32 · of 2 photos" in said(test)


@pytest.mark.parametrize(
    ("key", "asked"), [("pat_several", "own-1,<b>,none"), ("pat_all_side", "7"), ("patch", "99999")]
)
def test_a_link_that_asks_in_vain_opens_all_the_same(key: str, asked: str) -> None:
    test = open_page("patches", pat_view="several", **{key: asked})
    assert not test.error
    assert "2 photos" in said(test)


_TEN = """
import io, sys
import numpy as np
from PIL import Image
from dashboard import photos
out = io.BytesIO()
ramp = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
Image.fromarray(ramp).resize((4000, 3000)).save(out, sys.argv[1])
kept = [photos.read(out.getvalue(), f"{k}.{sys.argv[1].lower()}")[0] for k in range(10)]
assert [photo.original for photo in kept] == [(3000, 4000)] * 10
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_ten_photos_of_twelve_megapixels_stay_far_under_a_gigabyte(kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", _TEN, kind], capture_output=True, text=True, check=True)
    assert int(done.stdout) * 1024 < 700e6


def test_a_thin_photo_is_left_out_and_named_so_that_the_others_keep_their_patches() -> None:
    data = packed(**{"one.png": file(noise(64, 96)), "two.png": file(noise(80, 60)), "thin.png": file(noise(20, 3000))})
    told = said(upload(open_page("patches", pat_view="several"), "trip.zip", data))
    assert "thin.png is less than 8 pixels high or wide here and is left out" in told.replace("\\", "")
    assert "39 patches of 16 × 16" in told
