"""t-SNE beside openTSNE and UMAP beside umap-learn: seconds, and how good the pictures are by the same measure."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.progress import Step
from core.projection import Quality, project, quality, warm
from core.projection.tsne import Descent, joint_probabilities
from tests.benchmarks._row import QUICK, Row

_CORES = os.cpu_count() or 1
_SETUP = """
import time; began = time.perf_counter()
import numpy as np
x = (np.random.default_rng(0).normal(size=(10, 50))[np.arange({rows}) % 10] * 1.3
     + np.random.default_rng(1).normal(size=({rows}, 50))).astype(np.float32)
"""
_OURS = _SETUP + "from core.projection import project\nproject(x, 'umap')\nprint(time.perf_counter() - began)"
_THEIRS = (
    _SETUP
    + "import warnings; warnings.simplefilter('ignore')\nimport umap\numap.UMAP().fit_transform(x)\n"
    + "print(time.perf_counter() - began)"
)
_WARM = "import time\nimport core.projection as room\nbegan = time.perf_counter()\nroom.warm()\nprint(time.perf_counter() - began)"


def rows() -> Iterator[Row]:
    quick = bool(os.environ.get(QUICK))
    yield from _warming()
    yield _first_frame()
    yield from _tsne("digits, 1,797 x 64", _digits(), 5.0)
    yield from _tsne("mixture, 2,000 x 50", mixture(2_000), 5.0)
    if not quick:
        yield from _tsne("mixture, 10,000 x 50", mixture(10_000), 3.0)
        yield from _tsne("mixture, 50,000 x 50", mixture(50_000), 1.0)
        yield _many()
    yield _first_umap()
    yield from _umap("digits, 1,797 x 64", _digits(), None)
    yield from _umap("mixture, 2,000 x 50", mixture(2_000), None)
    if not quick:
        yield from _umap("mixture, 10,000 x 50", mixture(10_000), 3.0)


def mixture(count: int) -> np.ndarray:
    """Ten Gaussian groups in 50 dimensions that overlap a little."""
    centres = np.random.default_rng(0).normal(size=(10, 50)) * 1.3
    return (centres[np.arange(count) % 10] + np.random.default_rng(1).normal(size=(count, 50))).astype(np.float32)


def _digits() -> np.ndarray:
    from sklearn.datasets import load_digits

    return load_digits().data.astype(np.float32)


def _warming() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        cold = _fresh(_WARM, NUMBA_CACHE_DIR=folder)
        warmed = _fresh(_WARM, NUMBA_CACHE_DIR=folder)
    yield Row("compile every loop of the projections, once a machine", cold, target=15.0)
    yield Row("load them from the cache, once a process", warmed, target=2.0)


def _first_frame() -> Row:
    began, heard = time.perf_counter(), []

    def stop(step: Step) -> bool:
        heard.append(time.perf_counter() - began)
        return True

    project(mixture(2_000), "tsne", on_frame=stop)
    return Row("t-SNE, mixture, 2,000 x 50: first frame", heard[0], target=0.5)


def _tsne(data: str, x: np.ndarray, times: float) -> Iterator[Row]:
    import openTSNE

    warm()
    ours, our_picture = _timed(lambda: project(x, "tsne"))
    theirs, their_picture = _timed(lambda: np.asarray(openTSNE.TSNE(n_jobs=_CORES, random_state=0).fit(x), np.float32))
    yield Row(
        f"t-SNE, {data}", ours, f"openTSNE, {_CORES} jobs", theirs, target=theirs / times,
        note=f"{theirs / ours:.1f} times as fast; perplexity 30, 750 iterations both",
    )  # fmt: skip
    if len(x) <= 10_000 and not os.environ.get(QUICK):
        yield _scikit(data, x, ours)
    joint = joint_probabilities(x, 30.0)
    our_divergence, their_divergence = _divergence(joint, our_picture), _divergence(joint, their_picture)
    yield Row(
        f"t-SNE, {data}: divergence from the same P", our_divergence, "openTSNE", their_divergence,
        unit="nats", target=1.01 * their_divergence, note=f"{our_divergence / their_divergence - 1:+.2%}",
    )  # fmt: skip
    yield _compared(f"t-SNE, {data}", "neighbour_recall", x, our_picture, their_picture, "openTSNE", 0.01)


def _scikit(data: str, x: np.ndarray, ours: float) -> Row:
    from sklearn.manifold import TSNE

    theirs, _ = _timed(
        lambda: TSNE(perplexity=30, max_iter=750, init="pca", n_jobs=_CORES, random_state=0).fit_transform(x)
    )
    return Row(
        f"t-SNE, {data}", ours, f"scikit-learn, {_CORES} jobs", theirs, note=f"{theirs / ours:.1f} times as fast"
    )


def _many() -> Row:
    """A million points: 10,000 laid out, 990,000 placed among them."""
    x = (
        np.tile(mixture(200_000), (5, 1))
        + np.random.default_rng(2).normal(size=(1_000_000, 50)).astype(np.float32) * 0.1
    )
    taken, _ = _timed(lambda: project(x, "tsne"))
    flat, _ = _timed(lambda: project(x, "pca"))
    return Row("t-SNE, 1,000,000 x 50: 10,000 laid out, the rest placed", taken, "PCA of all, ours", flat)


def _first_umap() -> Row:
    ours, theirs = (_fresh(code.format(rows=2_000)) for code in (_OURS, _THEIRS))
    return Row(
        "UMAP, 2,000 x 50, first of a process", ours, "umap-learn", theirs, target=3.0,
        note="imports included; our loops from the cache",
    )  # fmt: skip


def _umap(data: str, x: np.ndarray, budget: float | None) -> Iterator[Row]:
    """Both warm: umap-learn has compiled its loops on half of the data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what umap-learn does not find on this machine
        import umap

        umap.UMAP().fit_transform(x[::2])
        theirs, their_picture = _timed(lambda: umap.UMAP().fit_transform(x))
    project(x[:100], "umap")
    ours, our_picture = _timed(lambda: project(x, "umap"))
    yield Row(
        f"UMAP, {data}, warm", ours, f"umap-learn, {_CORES} threads", theirs, target=budget,
        note=f"{theirs / ours:.1f} times as fast",
    )  # fmt: skip
    yield _compared(f"UMAP, {data}", "trustworthiness", x, our_picture, their_picture, "umap-learn", 0.003)


def _compared(
    what: str, figure: str, x: np.ndarray, ours: np.ndarray, theirs: np.ndarray, peer: str, slack: float
) -> Row:
    """One figure of both pictures, among 10 neighbours, on the same rows."""
    judged: list[Quality] = [quality(x, picture) for picture in (ours, theirs)]
    our_figure, their_figure = (getattr(one, figure) for one in judged)
    return Row(
        f"{what}: {figure.replace('_', ' ')}", our_figure, peer, their_figure, unit="of 1", target=their_figure - slack,
        note=f"on {judged[0].sampled} rows" if judged[0].sampled else "", bigger_is_better=True,
    )  # fmt: skip


def _divergence(joint: Any, picture: np.ndarray) -> float:
    """Kullback-Leibler divergence of a picture from the probabilities, over all pairs."""
    return Descent(picture, joint, False).divergence()


def _timed(work: Any) -> tuple[float, np.ndarray]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _fresh(code: str, **environment: str) -> float:
    """What the code prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])
