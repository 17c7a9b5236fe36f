"""Text of any kind -> sentences of words, word lists, vocabularies; and the corpora that come with the program.

In a notebook:

    from core.text import load_corpus, sentences
    corpus = load_corpus("small-world-en")      # corpus.sentences, corpus.classes
    mine = sentences(open("mine.txt").read())   # a list of sentences, each a list of words
"""

from core.text.builtin import (
    Corpus,
    CorpusInfo,
    WordList,
    WordListInfo,
    corpora,
    corpus_analogies,
    corpus_classes,
    load_corpus,
    load_word_list,
    word_lists,
)
from core.text.decoding import MAX_TEXT_BYTES, Decoded, decode
from core.text.lists import MAX_LABEL_LENGTH, MAX_LABELS, labelled_words, word_list
from core.text.numbering import OUT, Vocabulary, WordIds, number_words, vocabulary
from core.text.spelling import spellings
from core.text.tokens import LANGUAGES, iter_sentences, sentences

__all__ = [
    "LANGUAGES", "MAX_LABELS", "MAX_LABEL_LENGTH", "MAX_TEXT_BYTES", "OUT",
    "Corpus", "CorpusInfo", "Decoded", "Vocabulary", "WordIds", "WordList", "WordListInfo",
    "corpora", "corpus_analogies", "corpus_classes", "decode", "iter_sentences", "labelled_words", "load_corpus", "load_word_list",
    "number_words", "sentences", "spellings", "vocabulary", "word_list", "word_lists",
]  # fmt: skip
