"""What every page promises, whichever it is; a new page is tested by being there."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest

from dashboard import i18n, navigation
from tests.dashboard.conftest import open_page

NAMES = [page.name for page in navigation.known()]


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
        "nb_raw",
        "nb_words",
        "lb_q",
        "pos_length",
        "pos_base",
        "pos_text",
        "pos",
        "i",
        "p_patch",
        "map_domain",
        "map_kind",
        "map_side",
        "map_range",
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


@pytest.mark.parametrize("known", navigation.known(), ids=NAMES)
def test_the_navigation_reads_of_a_page_what_its_module_says(known: navigation.Known) -> None:
    """It does so without loading it, so that a first visit loads one page and not nine."""
    module = importlib.import_module(f"dashboard.pages.{known.name}")
    assert (known.title, known.rank) == (module.TITLE, module.RANK)


def test_the_navigation_loads_no_page() -> None:
    code = "import sys; from dashboard import navigation; navigation.known(); print([name for name in sys.modules if name.startswith('dashboard.pages.')])"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
