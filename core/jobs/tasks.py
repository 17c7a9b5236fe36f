"""What may run in a worker: a list of named functions, and nothing else.

A task is a module-level function `task(report, *args, **settings)`. `report` takes a
`core.progress.Step` and answers True when the work should stop and return what there is; to
abandon the work it raises `JobCancelled`, which a task lets pass. A job names its task, and the
worker finds the function by importing the module that registered it. A new task is one more
function under `@task("name")`, here or in any module that the workers can import.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from core.errors import N_, CoreError, ParameterError
from core.progress import OnStep, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.arrays import FloatArray
    from core.comparing import Compared
    from core.embedding import Embedding
    from core.formats import TablePreview
    from core.library import Packed
    from core.mapping import MapReport
    from core.patches import DigitTraining, LearnedProjection, Learning, Places
    from core.positions import Comparison as PositionComparison
    from core.projection import Quality
    from core.text import Decoded
    from core.training import Comparison, Preview

Task = Callable[..., Any]
_TASKS: dict[str, Task] = {}


def task(name: str) -> Callable[[Task], Task]:
    """Register a function under a name; a second one of that name replaces the first."""

    def keep(function: Task) -> Task:
        _TASKS[name] = function
        return function

    return keep


def find(name: str) -> Task:
    """The task of that name; an unknown one is a ParameterError that lists what there is."""
    if name not in _TASKS:
        raise ParameterError("task", name, N_("one of: {known}"), known=", ".join(names()))
    return _TASKS[name]


def names() -> list[str]:
    return sorted(_TASKS)


def find_in(module: str, name: str) -> Task:
    """The task of that name after importing the module that registers it: what a worker does."""
    importlib.import_module(module)
    return find(name)


# The engine's own work.

# Rooms that compile kernels or load libraries, each warmed in a run of its own so that people wait little.
WARM_ROOMS = ("projection", "training", "encoders", "text", "formats")


@task("warm")
def warm(report: OnStep, room: str) -> None:
    """Import `core.<room>` and call its `warm()`, if it has one; for "text", read the corpora most asked for."""
    module = importlib.import_module(f"core.{room}")
    if hasattr(module, "warm"):
        module.warm()
    if room == "text":
        for name in ("small-world-en", "small-world-zh"):
            _built_in(name)


@lru_cache(maxsize=4)
def _built_in(name: str) -> list[list[str]]:
    """The sentences of a built-in corpus, read once a worker."""
    from core.text import load_corpus

    return load_corpus(name).sentences


@task("train")
def train(report: OnStep, source: Mapping[str, str] | Sequence[Sequence[str]], **settings: Any) -> Embedding:
    """Learn an embedding from {"corpus": name of a built-in one}, {"text": any text} or sentences (lists of words)."""
    from core.training import train

    return train(_sentences(source, report), on_progress=report, **settings)


@task("preview")
def preview(report: OnStep, source: Mapping[str, str] | Sequence[Sequence[str]], **settings: Any) -> Preview:
    """The windows of a text, valid and broken, before a five-gram training with these settings; sources as for "train"."""
    from core.training import preview

    return preview(_sentences(source, report), **settings)


@task("compare_objectives")
def compare_objectives(
    report: OnStep, source: Mapping[str, str] | Sequence[Sequence[str]], **settings: Any
) -> Comparison:
    """Train the objectives side by side; sources as for "train". The classes and analogies of a built-in corpus are known."""
    from core.text import corpus_analogies, corpus_classes
    from core.training import compare

    if isinstance(source, Mapping) and "corpus" in source:
        name = source["corpus"]
        known = {"classes": corpus_classes(name), "analogies": corpus_analogies(name) or None}
        settings = {**known, **settings}
    return compare(_sentences(source, report), on_progress=report, **settings)


def _sentences(source: Mapping[str, str] | Sequence[Sequence[str]], report: OnStep) -> Iterable[Sequence[str]]:
    if not isinstance(source, Mapping):
        return source
    return _built_in(source["corpus"]) if "corpus" in source else _read(source["text"], report)


def _read(text: str, report: OnStep) -> Iterator[list[str]]:
    """The sentences of a text, telling how far it is read (unit "character"): a long one takes seconds.

    Who stops here learns from what was read so far.
    """
    from core.text import iter_sentences

    read = 0
    for number, sentence in enumerate(iter_sentences(text)):
        if number % 1000 == 0 and report(Step(done=read, total=len(text), unit="character")):
            return
        yield sentence
        read += sum(map(len, sentence))


@dataclass(frozen=True, slots=True)
class Projected:
    """A finished picture: (n, components) float32, how far to trust it (None if not asked), the
    titles of its axes where they mean something, the seconds it took without the measuring, and
    frames (f, n, components) of its run at `steps` (f,), the finished picture the last of them."""

    coordinates: FloatArray
    quality: Quality | None
    axes: tuple[str, ...]
    seconds: float
    steps: Sequence[int] = ()
    frames: FloatArray | None = None


@task("project")
def project(
    report: OnStep,
    vectors: FloatArray,
    method: str,
    components: int = 2,
    seed: int = 0,
    params: Mapping[str, Any] | None = None,
    measure: bool = True,
    align_to: FloatArray | None = None,
) -> Projected:
    """Lay vectors (n, d) out in 2 or 3 dimensions, turned onto an earlier picture if one is given, and measure the
    neighbours that survived."""
    from core import projection
    from core.projection.reel import Reel

    began, reel, last = perf_counter(), Reel(), 0
    axes: tuple[str, ...] = ()

    def tell(step: Step) -> bool | None:
        nonlocal last, axes
        picture = step.coordinates
        if picture is None:
            return report(step)
        reel.add(step.done, picture)
        last = step.done
        if method == "pca":
            axes = tuple(f"{axis} ({share:.0%})" for axis, share in step.figures.items())
        return report(replace(step, snapshot=lambda: Projected(picture, None, (), perf_counter() - began)))

    coordinates = projection.project(
        vectors, method, components=components, seed=seed, on_frame=tell, align_to=align_to, **(params or {})
    )
    seconds = perf_counter() - began
    quality = None
    if measure:
        metric = projection.judged_in(method, params, components=components)
        report(Step(done=1, total=1, unit="trust"))
        k = min(10, (len(vectors) - 1) // 2)  # the measures are defined up to half of the rows
        quality = projection.quality(vectors, coordinates, k=k, metric=metric)
    steps, frames = reel.closed(last, coordinates)
    return Projected(coordinates, quality, axes, seconds, steps, frames if steps else None)


@task("encode")
def encode(
    report: OnStep,
    labels: Sequence[str],
    encoder: str = "use-multilingual",
    classes: Sequence[str] | None = None,
    **params: Any,
) -> Embedding:
    """Ready vectors of words or phrases, with the class of each where there are any."""
    return _encoded(report, labels, classes, encoder, **params)


@task("read")
def read(report: OnStep, data: bytes, filename: str, **options: Any) -> Embedding:
    """An embedding from the bytes of a file."""
    from core.formats import read_embedding

    return read_embedding(data, filename, on_step=report, **options)


@task("preview_table")
def preview_table(report: OnStep, data: bytes, filename: str) -> TablePreview | Literal[False]:
    """What a table looks like; False for a file that is none."""
    from core.formats import preview

    return preview(data, filename) or False


@task("words_of")
def words_of(
    report: OnStep, data: bytes, filename: str, column: str, classes: str = "", encoder: str = "use-multilingual"
) -> Embedding:
    """Ready vectors of the words in one column of a table, with their classes out of another."""
    from core.formats import words_of

    return _encoded(report, *words_of(data, filename, column, classes), encoder)


@task("words_in")
def words_in(report: OnStep, data: bytes, filename: str, encoder: str = "use-multilingual") -> Embedding:
    """Ready vectors of the words in a text file, with their classes where it names them; its encoding is noted."""
    from core.formats import unwrapped
    from core.notes import Note
    from core.text import decode, labelled_words

    data, filename = unwrapped(data, filename)
    decoded = decode(data, filename)
    made = _encoded(report, *labelled_words(decoded.text), encoder)
    said = [Note(N_("{file} was read as {encoding}."), {"file": filename, "encoding": decoded.encoding.upper()})]
    made.notes = said + ([Note(decoded.note)] if decoded.note else []) + made.notes
    return made


def _encoded(
    report: OnStep, labels: Sequence[str], classes: Sequence[str] | None, encoder: str, **params: Any
) -> Embedding:
    from core.embedding import Embedding
    from core.encoders import encode

    made = encode(labels, encoder, on_progress=report, **params)
    embedding = Embedding(made.labels, made.vectors, {"class": classes[: len(made)]} if classes else None)
    embedding.notes = made.notes
    return embedding


@task("decode_text")
def decode_text(report: OnStep, data: bytes, filename: str) -> Decoded | CoreError:
    """The text in a file's bytes, whatever its encoding; what is no text is answered with the reason, to be told as often as is needed."""
    from core.text import decode

    try:
        return decode(data, filename)
    except CoreError as error:
        return error


@task("read_workspace")
def read_workspace(report: OnStep, data: bytes, filename: str) -> tuple[list[Packed], list[str]]:
    """(what a workspace file holds, the names of what is damaged in it)."""
    from core.library import read_workspace

    return read_workspace(data, filename)


@task("compare")
def compare(report: OnStep, one: Embedding, other: Embedding) -> Compared:
    """How far two embeddings agree on who is near whom."""
    from core.comparing import compare

    return compare(one, other)


@task("compare_positions")
def compare_positions(
    report: OnStep, source: Mapping[str, str] | Sequence[Sequence[str]], **settings: Any
) -> PositionComparison:
    """Learned beside fixed positions on a text, given as for "train"."""
    from core.positions import compare_positions

    return compare_positions(_sentences(source, report), on_step=report, **settings)


@task("train_digits")
def train_digits(report: OnStep, patch: int, places: Places, seed: int = 0, **params: Any) -> DigitTraining:
    """A small vision transformer on handwritten digits, with its table of positions."""
    from core.patches import train_digits

    return train_digits(patch, places, seed, report, **params)


@task("prove_convolution")
def prove_convolution(report: OnStep, image: NDArray[Any], patch: tuple[int, int], weights: FloatArray, bias: FloatArray, scale: float) -> tuple[float, float, int]:  # fmt: skip
    """How far torch's Conv2d is from the linear layer on patches: largest difference, largest number, how many."""
    from core.patches.exporting import convolution_difference

    return convolution_difference(image, patch, weights, bias, scale)


@task("learn_patches")
def learn_patches(report: OnStep, vectors: NDArray[Any], dim: int, how: Learning, seed: int = 0, **params: Any) -> LearnedProjection:  # fmt: skip
    """A projection learned from patch vectors (n, d), channels first."""
    from core.patches import learn_projection

    return learn_projection(vectors, dim, how, seed, report, **params)


@task("check_map")
def check_map(
    report: OnStep,
    inputs: Sequence[Any],
    outputs: FloatArray,
    tolerance: float = 0.0,
    classes: Sequence[str] | None = None,
) -> MapReport:
    """What a map keeps; words of one class (of `classes`, one each, "" for none) count as neighbours."""
    from core import mapping

    neighbours = None if classes is None else mapping.words(inputs, classes).neighbours
    return mapping.check_map(inputs, outputs, tolerance, neighbours=neighbours)
