"""A typed sentence as a transformer reads it: words, positions, their sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.arrays import DoubleArray
from core.errors import N_, CoreError
from dashboard import frame, links, sources
from dashboard.components.plot import plot
from dashboard.frame import View, plain, reading, tries
from dashboard.i18n import _, counted, language
from dashboard.position_views import tables
from dashboard.position_views.places import offer, places, put, told

TITLE = N_("Word + position")
KEY = "pos_sum"
LONGEST = 32  # tokens shown; the rest is said to be left out
_LETTERS = 400
_SHOWN = "pos_tokens"  # the sentence drawn last: a new one chooses its two places anew
_EXAMPLES = {"en": "The king meets the queen and the queen meets the king.", "zh": "国王喜欢女王，女王也喜欢国王。"}
_SHIPPED = ("small-world-en", "small-world-zh")


@dataclass(frozen=True)
class _Sentence:
    tokens: list[str]
    left_out: int
    vectors: DoubleArray  # (n, d), rows of length 1
    unknown: list[str]
    source: str


def render(view: View) -> None:
    from core.positions import similarities, sinusoidal, sum_with_words

    with view.controls:
        text = links.setting(
            st.text_area, _("Sentence"), key="pos_text", default=_EXAMPLES[language()], height=110, max_chars=_LETTERS,
            help=_("English, Chinese or both. Words are put in lower case and punctuation is dropped."),
        )  # fmt: skip
        scaled = links.setting(
            st.toggle, _("Multiply words by √d"), key="pos_scaled", default=True,
            help=_("The original does (Vaswani et al. 2017, section 3.4), so that positions do not drown the words."),
        )  # fmt: skip
        try:
            sentence = _read(text)
        except CoreError as error:
            frame.show(error)
            sentence = _read(_EXAMPLES[language()])
        files = st.expander(_("Tables"))
    count, dim = sentence.vectors.shape
    positions = sinusoidal(count, dim)
    sums = sum_with_words(sentence.vectors, positions, scale_sqrt=scaled)
    tables.downloads(files, sums, "words-and-positions", {"word": sentence.tokens, "position": np.arange(count)})
    words = sums - positions
    near = similarities(words), similarities(sums)
    first, second = _twins(sentence.tokens)
    if st.session_state.get(_SHOWN, sentence.tokens) != sentence.tokens:
        put({"a": first, "b": second})
    st.session_state[_SHOWN] = sentence.tokens
    with view.picture:
        at = places(KEY, {"a": (count - 1, first), "b": (count - 1, second), "i": (dim - 1, 6)})
        _picture(sentence, words, positions, sums, near, at)
    with view.reading:
        _reading(sentence, scaled, float(near[1][first, second]))
        _permuted(words, positions)
    view.status(*_receipt(sentence, scaled))


def _read(text: str) -> _Sentence:
    """The sentence in the vectors of the shipped embedding that knows most of its words. CoreError for no word at all."""
    from core.positions import word_rows
    from core.text import sentences

    tokens = [token for one in sentences(text) for token in one]
    shown = tokens[:LONGEST]
    known = sorted(
        map(sources.open_source, _SHIPPED), key=lambda each: -sum(token in each.embedding for token in shown)
    )
    vectors, unknown = word_rows(shown, known[0].embedding)
    return _Sentence(shown, len(tokens) - len(shown), vectors, unknown, known[0].title)


def _twins(tokens: Sequence[str]) -> tuple[int, int]:
    """The longest word that stands at two places, or the first and the last word."""
    twice = [token for token in dict.fromkeys(tokens) if tokens.count(token) > 1]
    if not twice:
        return 0, len(tokens) - 1
    token = max(twice, key=len)
    first = tokens.index(token)
    return first, tokens.index(token, first + 1)


def _picture(
    sentence: _Sentence,
    words: DoubleArray,
    positions: DoubleArray,
    sums: DoubleArray,
    near: tuple[DoubleArray, DoubleArray],
    at: dict[str, int],
) -> None:
    from core.figures.position_sums import SumWords, sum_board

    say = SumWords(
        first=_("word a"),
        second=_("word b"),
        dimension=_("dimension i"),
        words=_("w, the words"),
        positions=_("p, the positions"),
        sums=_("e = w + p"),
        words_near=_("Cosines of the words alone"),
        sums_near=_("Cosines of the sums"),
        curves=_("e at a (solid) and at b (dashed)"),
        cosine_words=_("cosine of the words"),
        cosine_sums=_("of the sums"),
    )
    alt = _("Heat maps of the word vectors, the position codes and their sums for a sentence of {count} words, with cosines.").format(count=len(sentence.tokens))  # fmt: skip
    plot(sum_board(words, positions, sums, near, sentence.tokens, say), key=KEY, alt=alt, sliders=at, link=at)


def _reading(sentence: _Sentence, scaled: bool, cosine: float) -> None:
    first, second = _twins(sentence.tokens)
    word = plain(sentence.tokens[first])
    reading(
        _("Three tables on one colour scale: each word's vector w, the code p of its place, and the sum e, which is all the model reads."),
        _("The sum does not keep its parts apart: nothing in e says which share came from the word and which from the place. A model has to learn to tell them."),
    )  # fmt: skip
    if sentence.tokens[first] == sentence.tokens[second] and first != second:
        st.markdown(
            _("**{word}** stands at places {first} and {second}: one vector w, two sums e with cosine {cosine}. That is how the model can tell them apart.")
            .format(word=word, first=first, second=second, cosine=f"{cosine:.2f}")
        )  # fmt: skip
    tries()
    if scaled:
        offer("unscaled", _("Leave out √d"), _("Now a word has length 1 and its place length √(d/2): the places drown the words, and neighbours in the sentence look alike whatever they mean."), widgets={"pos_scaled": False})  # fmt: skip
    else:
        offer("scaled", _("Multiply by √d again"), _("The words are as long as their places or longer, and the sums follow the words again."), widgets={"pos_scaled": True})  # fmt: skip
    offer("swap", _("Turn the sentence round"), _("The words are the same, so without p the model would be given the same set of vectors: a bag of words. With p the vectors e are others."), widgets={"pos_text": " ".join(reversed(sentence.tokens))})  # fmt: skip
    told()


def _permuted(words: DoubleArray, positions: DoubleArray) -> None:
    """The permutation test: the sentence turned round, given to one head of attention without p and with it."""
    from core.positions import permutation_test

    order = np.arange(len(words))[::-1]
    bag = permutation_test(words, words[order], order)
    told_apart = permutation_test(words + positions, words[order] + positions, order)
    shown = _("0, up to rounding ({rounding})").format(rounding=f"{bag:.0e}".replace("-", "−")) if bag else "0"
    st.markdown(
        _("**Permutation test.** The sentence is turned round and both orders are given to the same head of attention, its weights random. The largest change of any number it answers for a word: without p **{bag}**, so it sees a bag of words; with p **{apart}**.")
        .format(bag=shown, apart=f"{told_apart:.3f}")
    )  # fmt: skip


def _receipt(sentence: _Sentence, scaled: bool) -> list[str]:
    dim = sentence.vectors.shape[1]
    facts = [
        counted(len(sentence.tokens), _("1 word"), _("{count} words")),
        _("word vectors: {source}, scaled to length 1").format(source=sentence.source),
        _("then multiplied by √{dim}").format(dim=dim) if scaled else _("no factor"),
    ]
    if sentence.unknown:
        facts.append(
            _("random directions for words it does not know: {words}").format(words=", ".join(sentence.unknown))
        )
    if sentence.left_out:
        facts.append(
            counted(sentence.left_out, _("the last word is left out"), _("the last {count} words are left out"))
        )
    return facts
