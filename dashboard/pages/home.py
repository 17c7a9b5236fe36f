"""Home: the story in six living miniatures, each a door."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from dashboard import home_scenes, navigation, payloads
from dashboard.components.home import Door, doors
from dashboard.i18n import _, language

TITLE = N_("Home")
RANK = 0

_STORY = (
    ("words", N_("How does a word become a vector?"), N_("A small network is asked which windows of five words are real. To answer, it has to give words that appear alike vectors that lie alike."), N_("Watch one being trained"), "words", ""),
    ("table", N_("What is an embedding, plainly?"), N_("A table with one row a word. Looking a word up is taking its row; training only changes the numbers in it."), N_("See what such a map keeps"), "mapping", ""),
    ("neighbours", N_("Which words does the model think are alike?"), N_("The nearest rows, by the angle between them, measured in the table itself and never in a picture of it."), N_("Ask for neighbours and analogies"), "neighbours", ""),
    ("patches", N_("How does a transformer read a photo?"), N_("It cuts the photo into patches and lays them in one line: every patch is a word of that sentence."), N_("Cut your own photo"), "patches", ""),
    ("positions", N_("How does it know the order?"), N_("Every position gets a code of its own: pairs of sine and cosine, hands of clocks that turn at different speeds."), N_("Turn the clocks"), "positions", ""),
    ("readers", N_("Why is a reader of {word} shown {near}?"), N_("As tags the two words share nothing. As vectors there is an angle between them, and a small angle is enough to be found."), N_("Give one reader both lists"), "recommend", ""),
)  # fmt: skip


def render() -> None:
    code = language()
    reader, articles = home_scenes.READERS[code]
    story = [
        Door(
            scene=scene,
            title=_(title).format(word=reader, near=articles[0][0]),
            text=_(text),
            door=_(door) + " →",
            page=page,
            href=f"{page}?lang={code}{more}",
        )
        for scene, title, text, door, page, more in _STORY
    ]
    st.html(f'<h1 class="es-question">{_("How do words, pictures and places become vectors?")}</h1>')
    st.markdown(
        _(
            "Six questions, each a page that answers it with your own words and photos. Everything runs on this machine; nothing leaves it."
        )
    )
    opened = doors(story, home_scenes.scenes(code), payloads.put(*home_scenes.photo()))
    st.caption(_("The temple: {credit}.").format(credit=_(home_scenes.CREDIT)))
    if opened in {door.page for door in story}:
        st.switch_page(navigation.page(opened))
