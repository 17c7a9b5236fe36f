"""Recommending from 17,000 films: one reader's lists beside plain numpy and scikit-learn, and the feedback loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from core.encoders import encode
from core.recommend import Catalogue, LoopParams, films, simulate
from core.recommend.tag_vectors import counted
from tests.benchmarks._row import Row, often, seconds

LIKES, K = ["Drama", "Comedy", "France"], 10
EXACT, FUZZY, LOOP = 5.0, 20.0, 20.0  # ms, ms, s: what is promised


def rows() -> Iterator[Row]:
    table = films()
    catalogue = Catalogue(table.items, table.tags, encode([*counted(table.tags)]))
    yield _exact(catalogue, table.tags)
    yield from _fuzzy(catalogue)
    yield _directors()
    yield _loop(catalogue)


def _exact(catalogue: Catalogue, tags: list[list[str]]) -> Row:
    """The peer keeps a set of items a tag, the plain way to write posting lists."""
    sets: dict[str, set[int]] = {}
    for row, own in enumerate(tags):
        for tag in own:
            sets.setdefault(tag, set()).add(row)
    sizes = [len(set(own)) for own in tags]

    def plain() -> list[int]:
        counts: dict[int, int] = {}
        for like in LIKES:
            for row in sets[like]:
                counts[row] = counts.get(row, 0) + 1
        return sorted(counts, key=lambda row: (-counts[row], sizes[row], row))[:K]

    assert [one.index for one in catalogue.exact(LIKES, K)] == plain()
    ours, least = seconds(lambda: catalogue.exact(LIKES, K), repeats=30)
    peer, _ = seconds(plain, repeats=10)
    return Row(
        f"exact: {K} of {len(catalogue):,} films, 3 likes", ours * 1000, "Python sets", peer * 1000, unit="ms", target=EXACT,
        note=f"minimum {least * 1000:.2f} ms; the same answers, reasons included on our side",
    )  # fmt: skip


def _fuzzy(catalogue: Catalogue) -> Iterator[Row]:
    ours, least = seconds(lambda: catalogue.fuzzy(LIKES, K), repeats=30)
    found = [one.score for one in catalogue.fuzzy(LIKES, K)]
    for name, ask in (
        ("numpy product, argpartition", _numpy(catalogue)),
        ("scikit-learn, brute force", _scikit(catalogue)),
    ):
        assert np.allclose(sorted(ask(), reverse=True), found, atol=1e-5)
        peer, _ = seconds(ask, repeats=10)
        yield Row(
            f"fuzzy: {K} of {len(catalogue):,} films x {catalogue.dim}, cosine", ours * 1000, name, peer * 1000, unit="ms", target=FUZZY,
            note=f"minimum {least * 1000:.2f} ms; the same cosines, reasons included on our side",
        )  # fmt: skip


def _directors() -> Row:
    """The widest catalogue of the page: directors are tags too."""
    table = films(("genres", "countries", "languages", "directors"))
    vectors = np.random.default_rng(0).normal(size=(len(counted(table.tags)), 512))  # as many numbers as the encoder's
    catalogue = Catalogue(table.items, table.tags, dict(zip(counted(table.tags), vectors.tolist(), strict=True)))
    ours, least = seconds(lambda: catalogue.fuzzy(LIKES, K), repeats=30)
    peer, _ = seconds(_numpy(catalogue), repeats=10)
    return Row(
        f"fuzzy: the same with directors, {len(catalogue.tags):,} tags", ours * 1000, "numpy product, argpartition", peer * 1000, unit="ms", target=FUZZY,
        note=f"minimum {least * 1000:.2f} ms; random tag vectors, which cost the same",
    )  # fmt: skip


def _numpy(catalogue: Catalogue) -> Callable[[], list[float]]:
    units = np.asarray(catalogue.unit_vectors(np.arange(len(catalogue))), np.float32)
    goal = catalogue.reader(LIKES)
    goal = goal / np.linalg.norm(goal)

    def ask() -> list[float]:
        scores = units @ goal
        return scores[np.argpartition(-scores, K)[:K]].tolist()

    return ask


def _scikit(catalogue: Catalogue) -> Callable[[], list[float]]:
    from sklearn.neighbors import NearestNeighbors

    reachable = np.flatnonzero(catalogue.norms >= 1e-6)
    searcher = NearestNeighbors(n_neighbors=K, metric="cosine", algorithm="brute").fit(catalogue.vectors[reachable])
    goal = catalogue.reader(LIKES)[None]
    return lambda: (1 - searcher.kneighbors(goal)[0][0]).tolist()


def _loop(catalogue: Catalogue) -> Row:
    """200 readers, 20 rounds, exact, fuzzy and mixed lists, one seed."""
    taken, least = seconds(lambda: simulate(catalogue, LoopParams(seeds=1)), repeats=often(2, 1))
    return Row(
        "loop: 200 readers x 20 rounds, three kinds of lists", taken, unit="s", target=LOOP,
        note=f"minimum {least:.1f} s; 3,000 of the films, sampled, with {catalogue.dim} dimensions; there is no peer",
    )  # fmt: skip
