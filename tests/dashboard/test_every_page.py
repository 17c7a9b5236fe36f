"""What every page promises, whichever it is; a new page is tested by being there."""

from __future__ import annotations

import re

import pytest

from dashboard import i18n, navigation
from tests.dashboard.conftest import open_page

NAMES = [module.__name__.rpartition(".")[2] for module in navigation.modules()]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_on_a_living_example(name: str, language: str) -> None:
    test = open_page(name, lang=language)
    assert not test.exception
    assert [error.value for error in test.error] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_speaks_chinese_throughout(name: str) -> None:
    """No English sentence is left in what a page writes itself; names and figures may stay."""
    test = open_page(name, lang="zh")
    said = [str(one.value) for kind in (test.markdown, test.caption) for one in kind]
    said += [button.label for button in test.button]
    assert [text for text in said if text.count(" ") > 8 and not re.search(r"[\u4e00-\u9fff]", text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_link_full_of_nonsense_opens_the_page_all_the_same(name: str) -> None:
    """Links are untrusted: what they carry is checked, and what is wrong falls back."""
    nonsense = "<img src=x onerror=alert(1)>"
    keys = [
        "src",
        "w_corpus",
        "w_dim",
        "w_objective",
        "ex_method",
        "ex_dims",
        "ex_seed",
        "nb_metric",
        "nb_k",
        "pos",
        "i",
        "p_patch",
        "map_domain",
        "map_kind",
        "map_side",
        "map_tol",
        "map_words",
        "rc_data",
        "rc_view",
        "rc_likes",
        "rc_k",
        "rc_vectors",
        "rl_openness",
        "present",
    ]
    test = open_page(name, **dict.fromkeys(keys, nonsense))
    assert not test.exception


def test_home_comes_first() -> None:
    assert NAMES[0] == "home"
