"""The Learn view of the Patches page: it trains by itself at first, then when asked, and says what it reached."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import jobs
from dashboard.patch_views.learned import SLOT
from tests.dashboard.conftest import open_page
from tests.dashboard.test_page_patches import said


def trained(test: AppTest) -> AppTest:
    """The page once its training is over."""
    while "least possible" not in said(test) and "at best" not in said(test):
        job = test.session_state[jobs.session.JOBS].get(SLOT)
        if job is not None:
            job.wait(60)
        test.run()
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
