"""Taking patches away, and the proof by convolution."""

from __future__ import annotations

import re

import numpy as np

from dashboard.patch_views.take_away import embedded
from tests.dashboard.conftest import open_page
from tests.dashboard.test_page_patches import file, noise, said, upload


def test_conv2d_and_the_linear_layer_are_shown_to_be_one() -> None:
    test = open_page("patches", pat_photo="tiles", pat_dim="8")
    test.toggle(key="pat_prove").set_value(True).run()
    told = said(test) + "".join(one.value for one in test.success).replace("\\", "")
    assert "make the same 1,568 numbers" in told
    found = re.search(r"largest difference is (\d) × 10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|largest difference is 0,", told)
    assert found is not None


def test_a_patch_keeps_its_photo_row_column_and_picture() -> None:
    sheet = file(noise(8, 10))
    found = embedded(np.zeros((10, 2), np.float32), [("a", 2, 3), ("b", 2, 2)], sheet, (4, 2), 5)
    assert found.pictures is not None
    assert found.pictures.sheet == sheet
    assert found.labels[:4] == ["1 0, 0", "1 0, 1", "1 0, 2", "1 1, 0"]
    assert list(found.metadata["photo"]) == ["a"] * 6 + ["b"] * 4
    assert list(found.metadata["row"])[-2:] == ["1", "1"]


def test_files_are_offered_for_one_photo_and_for_several() -> None:
    one, many = open_page("patches"), open_page("patches", pat_view="several")
    names = [[button.label for button in test.get("download_button")] for test in (one, many)]
    assert names[0] == ["All patches (PNG)", "Their values (NPY)", "Their tokens (Parquet)", "The layer (safetensors)"]
    assert names[1] == ["All patches (PNG)", "Their values (NPY)", "Their values (Parquet)"]


def test_a_photo_of_one_patch_speaks_of_one() -> None:
    test = upload(open_page("patches", pat_side="16"), "one.png", file(noise(16, 16)))
    told = said(test)
    assert "one patch of 16 × 16" in told
    assert "1 patches" not in told
    assert "two directions" not in told
