"""The Learn view of the Patches page: it trains by itself at first, then when asked, and says what it reached."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import jobs
from dashboard.patch_views.learned import SLOT
from tests.dashboard.conftest import open_page
from tests.dashboard.test_page_patches import file, noise, said, upload


def trained(test: AppTest) -> AppTest:
    """The page once its training is over."""
    job = test.session_state[jobs.session.JOBS].get(SLOT)
    if job is not None:
        assert job.wait(60)
        test.run()
    assert "at best" in said(test)
    return test


@pytest.fixture(scope="module")
def page() -> AppTest:
    return trained(open_page("patches", pat_view="learn", pat_photo="digits", pat_dim="16", pat_steps="250"))


def test_the_first_training_begins_by_itself_and_its_error_stands_in_the_receipt(page: AppTest) -> None:
    found = re.search(r"error ([\d.]+), at best ([\d.]+)", said(page))
    assert found is not None
    error, least = float(found[1]), float(found[2])
    assert least <= error < 2 * least
    assert "250 steps, seed 0" in said(page)
    assert "trained on all of them, none held out" in said(page)


def test_other_settings_wait_for_the_button(page: AppTest) -> None:
    page.select_slider(key="pat_dim").set_value(8).run()
    assert "Not trained at these settings yet" in said(page)
    trained(page.button(key="pat_train").click().run())
    assert "error" in said(page)
    page.select_slider(key="pat_dim").set_value(16).run()
    assert "Not trained" not in said(page)  # what was trained before is still there


def test_the_trained_layer_can_be_used_on_the_photo(page: AppTest) -> None:
    trained(page.select_slider(key="pat_dim").set_value(16).run())
    next(one for one in page.button if one.label == "Use this layer on the photo").click().run()
    assert page.segmented_control(key="pat_how").value == "trained"
    assert "projection trained on 384 patches" in said(page)
    page.select_slider(key="pat_dim").set_value(64).run()
    assert "No layer has been trained at these settings yet" in said(page)


def test_the_patch_size_is_shared_with_the_other_views() -> None:
    test = open_page("patches", pat_view="learn", pat_photo="tiles", pat_side="32", pat_steps="250", pat_dim="2")
    test.select_slider(key="pat_learn_side").set_value(56).run()
    assert "16 patches of 56 × 56" in said(test)
    test.segmented_control(key="pat_view").set_value("cut").run()
    assert "16 patches of 56 × 56" in said(test)


def test_more_numbers_than_a_patch_has_values_are_not_trained_and_that_is_said() -> None:
    test = open_page("patches", pat_view="learn", pat_photo="digits", pat_side="4", pat_dim="1024", pat_steps="250")
    assert "Trained to 48 numbers a token: a patch has 48 values" in said(test)


def test_it_learns_from_all_photos_that_were_brought_and_shows_the_selected_one() -> None:
    test = open_page("patches", pat_view="learn", pat_photo="digits", pat_dim="8", pat_steps="250")
    trained(test)
    assert "of 2 photos" not in said(test)  # of the samples one is enough at first
    upload(upload(test, "one.png", file(noise(64, 96))), "two.png", file(noise(80, 64)))
    assert test.segmented_control(key="pat_from").value == "all"
    assert "176 patches of 8 × 8 · of 2 photos" in said(test)
    trained(test.button(key="pat_train").click().run())
    assert "trained on all of them" in said(test)
    assert re.search(r"this photo [\d.]+", said(test))
    other = next(name for name in test.session_state["es_own_photos"] if name != test.selectbox(key="pat_photo").value)
    test.selectbox(key="pat_photo").set_value(other).run()
    assert "Not trained" not in said(test)  # the same training, of another photo
    test.segmented_control(key="pat_from").set_value("one").run()
    assert "80 patches of 8 × 8" in said(test)
    assert "Not trained" in said(test)


def test_the_layer_of_all_photos_maps_each_of_them_and_says_where_it_learned_nothing() -> None:
    test = upload(upload(open_page("patches", pat_dim="8", pat_steps="250"), "one.png", file(noise(64, 96))), "two.png", file(noise(80, 64)))  # fmt: skip
    trained(test.segmented_control(key="pat_view").set_value("learn").run())
    test.segmented_control(key="pat_view").set_value("cut").run()
    test.segmented_control(key="pat_how").set_value("trained").run()
    assert "projection trained on 44 patches" in said(test)
    assert "has learned from other patches" not in said(test)
    test.selectbox(key="pat_photo").set_value("flower").run()
    assert "This layer has learned from other patches: one.png, two.png" in said(test)
    test.segmented_control(key="pat_view").set_value("several").run()
    test.segmented_control(key="pat_map").set_value("trained").run()
    assert "PCA of all tokens, 8 numbers each, of a projection trained on 44 patches" in said(test)
    assert "its token of 8 numbers" in said(test)


def test_a_photo_smaller_than_a_patch_is_left_out_of_the_lesson_and_named() -> None:
    test = upload(open_page("patches", pat_view="learn", pat_steps="250", pat_dim="8"), "large.png", file(noise(64, 64)))  # fmt: skip
    test = upload(test, "small.png", file(noise(12, 12)))
    assert "small.png is smaller than one patch and is left out" in said(test)
    assert "16 patches of 16 × 16" in said(test)
    assert "of 2 photos" not in said(test)
