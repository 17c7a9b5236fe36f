"""Order and Places on the Patches page: what a model without positions sees, codes of places, a table that is learned."""

from __future__ import annotations

import re

import pytest

from dashboard import session
from dashboard.patch_views.places import SLOT
from tests.dashboard.conftest import open_page
from tests.dashboard.test_page_patches import said


def test_without_positions_the_photo_and_the_heap_are_one_to_a_layer_and_with_them_not() -> None:
    told = said(open_page("patches", pat_view="order", pat_photo="tiles"))
    found = re.search(r"difference of \d × 10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+) is rounding", told)
    assert found is not None
    assert int(found[1].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))) >= 13


def test_more_patches_than_the_proof_compares_are_cut_larger_and_that_is_said() -> None:
    told = said(open_page("patches", pat_view="order", pat_side="10"))
    assert "Patches of 16 pixels are shown, so that at most 1,200 are compared." in told
    assert "1,040 patches of 16 × 16" in told


@pytest.mark.parametrize("kind", ["one", "two"])
def test_codes_by_formula_are_shown_at_once(kind: str) -> None:
    test = open_page("patches", pat_view="places", pat_code=kind, pat_places="5", pat_code_dim="16")
    assert "25 places on a grid of 5 × 5 · 16 numbers a code" in said(test)


def test_a_table_is_learned_compared_with_none_and_its_accuracy_is_told() -> None:
    test = open_page("patches", pat_view="places", pat_code="learned")
    assert test.session_state[session.JOBS][SLOT].wait(300)
    told = said(test.run())
    found = re.search(r"held-out accuracy ([\d.]+)% at epoch 20", told)
    assert found is not None
    assert float(found[1]) >= 90
    next(one for one in test.button if one.label == "Train it without positions").click().run()
    job = test.session_state[session.JOBS].get(SLOT)
    assert job is None or job.wait(300)
    rows = re.findall(r"<th scope='row'>(.*?)</th><td>([\d.]+)%</td><td>([\d.]+)%</td>", said(test.run()))
    found_rows = {name: (float(ordered), float(mixed)) for name, ordered, mixed in rows}
    assert found_rows["no positions"][0] == pytest.approx(found_rows["no positions"][1], abs=1)
    assert found_rows["learned positions"][1] < found_rows["learned positions"][0] - 30
