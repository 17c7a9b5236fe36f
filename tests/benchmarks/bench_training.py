"""Training: the five-gram task beside a plain torch loop, word2vec's tasks beside gensim, the small world by the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.measures import class_gap
from core.progress import Step
from core.text import corpus_classes, load_corpus, sentences
from core.training import train
from tests.benchmarks import _word_vectors
from tests.benchmarks._row import Row

Text = list[list[str]]

ADDRESSES = Path(__file__).parents[3] / "shared" / "data" / "addresses_en.txt"
_TASK = "five-gram, dim 32, R width 32, {size:,} words, window {window}"


def rows() -> Iterator[Row]:
    yield from _small_world()
    small, large = _five_gram(5_000), _five_gram(50_000)
    yield from (small, large)
    yield Row(
        "five-gram speed kept from 5,000 to 50,000 words", large.ours / small.ours,
        "plain torch loop", large.peer / small.peer if large.peer and small.peer else None,
        unit="of 1", target=0.8, bigger_is_better=True,
    )  # fmt: skip
    yield from (_five_gram(5_000, window) for window in (3, 9))
    text, source = _real_text()
    for objective in ("skip-gram", "cbow"):
        yield from _word_vectors.rows(objective, text, source)
    yield _memory()


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


def _five_gram(vocabulary: int, window: int = 5) -> Row:
    """Scored windows a second, the valid and the broken ones, on both sides. What is promised is for windows of five."""
    text = _zipf_text(500_000, vocabulary)
    train(text[:500], epochs=1)
    ours = max(train(text, epochs=3, window=window).history.windows_per_second for _ in range(2))
    return Row(
        _TASK.format(size=vocabulary, window=window), ours, "plain torch loop, dense Adam, width 64",
        _torch_rate(text, vocabulary, window), unit="windows/s", target=1.5e6 if window == 5 else None, bigger_is_better=True, note="one thread; torch with one or all, whichever is faster",
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


def _torch_rate(text: Text, vocabulary: int, window: int) -> float:
    """The better of one thread and all: on a busy machine torch's threads wait for each other."""
    import torch

    threads = torch.get_num_threads()
    rates = []
    for count in (1, threads):
        torch.set_num_threads(count)
        rates.append(_torch_loop(text, vocabulary, window, 2.0))
    return max(rates)


def _torch_loop(text: Text, vocabulary: int, window: int, seconds: float) -> float:
    import torch

    torch.manual_seed(0)
    ids = torch.tensor([[int(word[1:]) for word in sentence] for sentence in text])
    windows = ids.unfold(1, window, 1).reshape(-1, window)
    table, judge = torch.nn.Embedding(vocabulary, 32), _torch_judge(window)
    adam = torch.optim.Adam([*table.parameters(), *judge.parameters()], lr=1e-2)
    truth = torch.cat([torch.ones(1024), torch.zeros(1024)])
    scored, began = 0, float("inf")
    while time.perf_counter() - began < seconds or scored == 0:
        valid = windows[torch.randint(len(windows), (1024,))]
        broken = valid.clone()
        broken[torch.arange(1024), torch.randint(window, (1024,))] = torch.randint(vocabulary, (1024,))
        scores = judge(table(torch.cat([valid, broken])).flatten(1))[:, 0]
        adam.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(scores, truth).backward()
        adam.step()
        if began == float("inf"):  # the first step warms up
            began = time.perf_counter()
        else:
            scored += 2048
    return scored / (time.perf_counter() - began)


def _torch_judge(window: int):
    import torch

    return torch.nn.Sequential(torch.nn.Linear(32 * window, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))


def _real_text() -> tuple[Text, str]:
    if ADDRESSES.exists():
        return sentences(ADDRESSES.read_text(encoding="utf-8"), "en"), "speeches, 478,000 words"
    return load_corpus("python-docs").sentences, "Python documentation: the speeches are not on this machine"


def _memory() -> Row:
    """How far a job's training on two million words takes the process above the text it was given."""
    from tests.core.test_training_memory import WORDS, grown

    told = grown("five-gram")
    return Row(
        "five-gram, one epoch of 2,000,000 words by a job: memory beside the text", told["grew"] / 1e6, unit="MB",
        target=60 * WORDS / 1e6, note=f"the text itself is {told['text'] / 1e6:.0f} MB",
    )  # fmt: skip
