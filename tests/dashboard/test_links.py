"""Settings in links: what an address asks is heard once, and an address that lags behind a quick hand undoes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from dashboard import links

    links.choice(
        st.selectbox, "Method", {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}, key="lk_method", default="pca"
    )
    links.setting(st.slider, "Neighbours", key="lk_k", default=10, low=1, high=50)
    if st.button("Open", key="lk_open"):
        st.query_params.update(links.anew({"lk_method": "tsne", "lk_k": "20"}))
        st.rerun()


def every_kind() -> None:
    import streamlit as st

    from dashboard import links

    links.setting(st.slider, "Range", key="lk_range", default=(-5, 5), low=-50, high=50)
    links.setting(st.slider, "Rows", key="lk_rows", default=32, low=8, high=48, step=4)
    links.setting(st.slider, "Share", key="lk_share", default=0.25, low=0.0, high=1.0, step=0.05)
    links.setting(st.number_input, "Factor", key="lk_factor", default=2.0, low=-1000.0, high=1000.0, step=0.5)
    links.setting(st.text_area, "Sentence", key="lk_text", default="a b", max_chars=8)
    links.setting(st.toggle, "More", key="lk_more", default=False)
    if st.toggle("Second", key="lk_second"):
        links.setting(st.slider, "Depth", key="lk_depth", default=3, low=1, high=6)
    st.button("Try", key="lk_try", on_click=links.put, args=({"lk_second": True, "lk_depth": 5, "lk_range": (0, 9)},))


KINDS = ("range", "rows", "share", "factor", "text", "more")
FIRST = ((-5, 5), 32, 0.25, 2.0, "a b", False)


def page(drawn: Callable[[], None] = script, **link: str | list[str]) -> AppTest:
    test = AppTest.from_function(drawn)
    test.query_params.update({"lang": "en", **link})
    return test.run()


def held(test: AppTest) -> tuple[str, int]:
    assert not test.exception
    return test.selectbox[0].value, test.slider[0].value


def address(test: AppTest, name: str) -> str | None:
    found = test.query_params.get(name)
    return found[0] if isinstance(found, list) else found


def test_a_link_is_heard_and_kept_short() -> None:
    assert held(page(lk_method="umap", lk_k="99")) == ("umap", 50)
    test = page(lk_method="nonsense", lk_k="many")
    assert held(test) == ("pca", 10)
    assert (address(test, "lk_method"), address(test, "lk_k")) == (None, None)


@pytest.mark.parametrize("lagging", [{"lk_method": "tsne", "lk_k": "20"}, {}])
def test_an_address_from_before_the_last_choice_undoes_nothing(lagging: dict[str, str]) -> None:
    """The browser tells its address with every choice, and may not have heard yet what the page wrote there."""
    test = page(lk_method="tsne", lk_k="20")
    test.selectbox[0].set_value("umap")
    test.slider[0].set_value(30).run()
    test.selectbox[0].set_value("pca")
    test.slider[0].set_value(31)
    test.query_params.clear()
    test.query_params.update(lagging)
    test.run()
    assert held(test) == ("pca", 31)


def test_what_the_program_opens_is_heard_though_it_stood_in_the_address_before() -> None:
    test = page(lk_method="tsne", lk_k="20")
    test.selectbox[0].set_value("umap")
    test.slider[0].set_value(30).run()
    test.button[0].click().run()
    assert held(test) == ("tsne", 20)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (("3,17", "40", "0.3", "0.7", "king", "true"), ((3, 17), 40, 0.3, 0.7, "king", True)),
        (("17,3", "40.0", "1", "2.50", "", "TRUE"), ((3, 17), 40, 1.0, 2.5, "", True)),  # ends turned round, a whole number written as another
        (("-99,1e9", "46", "-inf", "9e99", "king and queen", "1"), ((-50, 50), 44, 0.0, 1000.0, "king and", False)),
        (("1,2,3", "nan", "nan", "many", "\u0000", "yes"), ((-5, 5), 32, 0.25, 2.0, "\u0000", False)),
        (("1", "9" * 5000, "", "inf", "x" * 5000, ""), ((-5, 5), 48, 0.25, 1000.0, "x" * 8, False)),
    ],
)  # fmt: skip
def test_what_a_link_says_is_made_legal_or_counts_as_not_given(
    said: tuple[str, ...], value: tuple[object, ...]
) -> None:
    test = page(every_kind, **{f"lk_{kind}": one for kind, one in zip(KINDS, said, strict=True)})
    assert not test.exception
    assert tuple(test.session_state[f"lk_{kind}"] for kind in KINDS) == value
    short = [kind for kind, one, first in zip(KINDS, value, FIRST, strict=True) if one == first]
    assert [kind for kind in KINDS if address(test, f"lk_{kind}") is None] == short


def test_a_range_given_as_a_parameter_for_each_end_is_read_and_one_that_changed_is_written_as_one() -> None:
    test = page(every_kind, lk_range=["-20", "30"])
    assert test.slider(key="lk_range").value == (-20, 30)
    test.slider(key="lk_range").set_value((-1, 2)).run()
    assert address(test, "lk_range") == "-1,2"


def test_a_button_is_heard_before_a_link_whose_controls_were_not_drawn_yet() -> None:
    test = page(every_kind, lk_range="1,2", lk_depth="6")
    test.button(key="lk_try").click().run()
    assert not test.exception
    assert test.slider(key="lk_range").value == (0, 9)
    assert test.slider(key="lk_depth").value == 5
    assert address(test, "lk_depth") == "5"
