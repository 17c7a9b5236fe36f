"""Settings in links: what an address asks is heard once, and an address that lags behind a quick hand undoes nothing."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from dashboard import links

    links.choice(
        st.selectbox, "Method", {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}, key="lk_method", default="pca"
    )
    links.setting(st.slider, "Neighbours", key="lk_k", default=10, low=1, high=50, min_value=1, max_value=50)
    if st.button("Open", key="lk_open"):
        st.query_params.update(links.anew({"lk_method": "tsne", "lk_k": "20"}))
        st.rerun()


def page(**link: str) -> AppTest:
    test = AppTest.from_function(script)
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
