"""Training: the five-gram task beside a plain torch loop, skip-gram beside gensim, the small world by the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.embedding import Embedding
from core.measures import class_gap
from core.progress import Step
from core.text import corpus_classes, load_corpus, sentences
from core.training import train
from tests.benchmarks._row import Row

Text = list[list[str]]

ADDRESSES = Path(__file__).parents[3] / "shared" / "data" / "addresses_en.txt"
_TASK = "five-gram, dim 32, R width 32, {size:,} words"


def rows() -> Iterator[Row]:
    yield from _small_world()
    small, large = _five_gram(5_000), _five_gram(50_000)
    yield from (small, large)
    yield Row(
        "five-gram speed kept from 5,000 to 50,000 words", large.ours / small.ours,
        "plain torch loop", large.peer / small.peer if large.peer and small.peer else None,
        unit="of 1", target=0.8, bigger_is_better=True,
    )  # fmt: skip
    yield from _skip_gram(*_real_text())


def _small_world() -> Iterator[Row]:
    """Default training; the kernels are compiled and cached, as the workers' warm-up leaves them."""
    corpus, classes = load_corpus("small-world-en"), corpus_classes("small-world-en")
    train(corpus.sentences[:500], epochs=1)
    gaps: list[tuple[float, float]] = []
    began = time.perf_counter()

    def look(step: Step) -> None:
        assert step.snapshot is not None
        now, embedding = time.perf_counter() - began, step.snapshot()
        gaps.append((now, class_gap(embedding.vectors, [classes.get(label) for label in embedding.labels])))

    embedding = train(corpus.sentences, on_progress=look)
    whole = time.perf_counter() - began
    grouped = next((now for now, gap in gaps if gap >= gaps[0][1] + 0.2), float("inf"))
    queen = [answer.label for answer in embedding.analogy(["king", "woman"], ["man"], k=1)]
    yield Row("Train on the small world: first frame", gaps[0][0], target=1.0)
    yield Row("Train on the small world: class gap 0.2 above epoch 0", grouped, target=10.0)
    yield Row(
        "Train on the small world: all epochs", whole, target=10.0,
        note=f"gap {gaps[-1][1] - gaps[0][1]:.2f} above epoch 0, held-out AUC {embedding.history.held_out_auc[-1]:.3f}, "
        f"king - man + woman = {', '.join(queen)}",
    )  # fmt: skip


def _five_gram(vocabulary: int) -> Row:
    """Scored windows a second, the valid and the broken ones, on both sides."""
    text = _zipf_text(500_000, vocabulary)
    train(text[:500], epochs=1)
    ours = max(train(text, epochs=3).history.windows_per_second for _ in range(2))
    return Row(
        _TASK.format(size=vocabulary), ours, "plain torch loop, dense Adam, width 64", _torch_rate(text, vocabulary),
        unit="windows/s", target=1.5e6, bigger_is_better=True, note="one thread; torch with one or all, whichever is faster",
    )  # fmt: skip


def _zipf_text(words: int, vocabulary: int) -> Text:
    """Sentences of 20 words drawn by 1/rank, every word of the vocabulary at least once."""
    rng = np.random.default_rng(0)
    chances = 1 / np.arange(1, vocabulary + 1)
    drawn = np.concatenate(
        [np.arange(vocabulary), rng.choice(vocabulary, words - vocabulary, p=chances / chances.sum())]
    )
    names = np.array([f"w{word}" for word in range(vocabulary)], dtype=object)
    return names[rng.permutation(drawn).reshape(-1, 20)].tolist()


def _torch_rate(text: Text, vocabulary: int) -> float:
    """The better of one thread and all: on a busy machine torch's threads wait for each other."""
    import torch

    threads = torch.get_num_threads()
    rates = []
    for count in (1, threads):
        torch.set_num_threads(count)
        rates.append(_torch_loop(text, vocabulary, 2.0))
    return max(rates)


def _torch_loop(text: Text, vocabulary: int, seconds: float) -> float:
    import torch

    torch.manual_seed(0)
    ids = torch.tensor([[int(word[1:]) for word in sentence] for sentence in text])
    windows = ids.unfold(1, 5, 1).reshape(-1, 5)
    table, judge = torch.nn.Embedding(vocabulary, 32), _torch_judge()
    adam = torch.optim.Adam([*table.parameters(), *judge.parameters()], lr=1e-2)
    truth = torch.cat([torch.ones(1024), torch.zeros(1024)])
    scored, began = 0, float("inf")
    while time.perf_counter() - began < seconds or scored == 0:
        valid = windows[torch.randint(len(windows), (1024,))]
        broken = valid.clone()
        broken[torch.arange(1024), torch.randint(5, (1024,))] = torch.randint(vocabulary, (1024,))
        scores = judge(table(torch.cat([valid, broken])).flatten(1))[:, 0]
        adam.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(scores, truth).backward()
        adam.step()
        if began == float("inf"):  # the first step warms up
            began = time.perf_counter()
        else:
            scored += 2048
    return scored / (time.perf_counter() - began)


def _torch_judge():
    import torch

    return torch.nn.Sequential(torch.nn.Linear(160, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))


def _real_text() -> tuple[Text, str]:
    if ADDRESSES.exists():
        return sentences(ADDRESSES.read_text(encoding="utf-8"), "en"), "speeches, 478,000 words"
    return load_corpus("python-docs").sentences, "Python documentation: the speeches are not on this machine"


def _skip_gram(text: Text, source: str) -> Iterator[Row]:
    from gensim.models import Word2Vec

    words, epochs = sum(map(len, text)), 5
    same = {"epochs": epochs, "min_count": 5, "window": 5}
    train(text[:500], "skip-gram", epochs=1)
    embedding = train(text, "skip-gram", dim=32, held_out=0.0, **same)
    peer = Word2Vec(vector_size=32, sg=1, negative=5, workers=2, seed=0, window=5, min_count=5)
    peer.build_vocab(text)
    began = time.perf_counter()
    peer.train(text, total_examples=len(text), epochs=epochs)
    rate = words * epochs / (time.perf_counter() - began)
    theirs = Embedding(peer.wv.index_to_key, peer.wv.vectors)
    yield Row(
        "skip-gram, dim 32", embedding.history.windows_per_second, "gensim, 2 threads", rate,
        unit="words/s", target=rate, bigger_is_better=True, note=f"one thread; {source}",
    )  # fmt: skip
    yield Row(
        "skip-gram: WordSim-353 Spearman after 5 epochs", _word_similarity(embedding), "gensim", _word_similarity(theirs),
        unit="rho", bigger_is_better=True, note=source,
    )  # fmt: skip
    yield _skip_gram_gap()


def _word_similarity(embedding: Embedding) -> float:
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

    keyed = KeyedVectors(embedding.dim)
    keyed.add_vectors(embedding.labels, embedding.vectors)
    return float(keyed.evaluate_word_pairs(datapath("wordsim353.tsv"))[1][0])


def _skip_gram_gap() -> Row:
    """On the small world, whose classes are known, at gensim's own settings on both sides."""
    from gensim.models import Word2Vec

    corpus, classes = load_corpus("small-world-en"), corpus_classes("small-world-en")
    embedding = train(corpus.sentences, "skip-gram", dim=32, epochs=20, held_out=0.0, min_count=5)
    peer = Word2Vec(corpus.sentences, vector_size=32, sg=1, negative=5, workers=1, seed=0, min_count=5, epochs=20)
    gap, other = (
        class_gap(vectors, [classes.get(label) for label in labels])
        for labels, vectors in ((embedding.labels, embedding.vectors), (peer.wv.index_to_key, peer.wv.vectors))
    )
    return Row("skip-gram: class gap on the small world, 20 epochs", gap, "gensim", other, unit="cosine", target=other - 0.02, bigger_is_better=True)  # fmt: skip
