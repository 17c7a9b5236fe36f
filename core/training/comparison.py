"""The objectives side by side: the same text and seed, the same measures, one table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import N_
from core.measures import (
    Agreement,
    AnalogyScore,
    analogy_score,
    class_gap,
    neighbour_purity,
    purity_by_class,
    similarity_agreement,
)
from core.notes import Note
from core.params import require
from core.progress import OnStep, Step, never_stop
from core.training._encode import Corpus, encode
from core.training.loop import train
from core.training.objective import OBJECTIVES

if TYPE_CHECKING:
    from core.embedding import Embedding

Question = tuple[str, str, str, str]
LEAST_PAIRS = 10  # fewer judged pairs than this say nothing
_SHARE = 100


@dataclass(frozen=True, slots=True)
class Compared:
    """One objective's line. Measures in cosine; None where the text has nothing to measure by (`Comparison.notes`
    say why). `words_per_second` counts words of text read over the time spent training; `seconds` is the whole
    training. `held_out_auc` and the `frequency_auc` beside it are each task's own: tasks cannot be compared by them."""

    objective: str
    title: str
    embedding: Embedding
    class_gap: float | None
    purity: float | None
    purity_by_class: dict[Hashable, float]
    wordsim: Agreement | None
    simlex: Agreement | None
    analogies: AnalogyScore | None
    analogies_by_relation: dict[str, AnalogyScore]
    held_out_auc: float
    frequency_auc: float
    epochs: float
    seconds: float
    words_per_second: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The lines in the order asked for, fewer where it was stopped; `notes` say which measures are missing and why."""

    rows: list[Compared] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def compare(
    sentences: Iterable[Sequence[str]],
    objectives: Sequence[str] | None = None,
    *,
    classes: Mapping[str, str] | None = None,
    analogies: Mapping[str, Sequence[Question]] | None = None,
    dim: int = 32,
    epochs: int | None = None,
    seed: int = 0,
    min_count: int = 1,
    settings: Mapping[str, Mapping[str, object]] | None = None,
    on_progress: OnStep | None = None,
) -> Comparison:
    """Train each objective (all, unless named) on the same text with the same seed and measure what came of it.

    The text is read once. `epochs` are each objective's own default unless given; `settings` holds further ones by
    objective. `classes` maps words to their true class; `analogies` maps relations to questions (a, b, c, d), and
    those that gensim brings are asked of a text without. `on_progress` hears steps of the unit "percent" with the
    figures and the map of the training under way, whose number is figure "objective"; where it answers True, what there
    is so far is returned. Raises as `train` does.
    """
    names = list(OBJECTIVES.names() if objectives is None else objectives)
    require("objectives", names, len(names) > 0, N_("a list of at least one"))
    settings = settings or {}
    for name in (*names, *settings):
        OBJECTIVES.get(name)
    corpus = encode(sentences, min_count)
    bench = _Bench.make(corpus, classes or {}, analogies)
    rows = list[Compared]()
    watch = _Watcher(on_progress or never_stop, len(names), lambda: Comparison(list(rows), bench.notes))
    for watch.number, name in enumerate(names):
        own: dict[str, Any] = {"min_count": min_count, **settings.get(name, {})}
        embedding = train(corpus, name, dim=dim, epochs=epochs, seed=seed, on_progress=watch, **own)
        rows.append(bench.measure(name, embedding))
        if watch.told_to_stop:
            break
    return Comparison(rows, bench.notes)


@dataclass(slots=True)
class _Watcher:
    """Tells of training `number` of `count` as a part of the whole, and remembers whether the answer was to stop: a
    training also ends early where its numbers give out, and then the others go on."""

    tell: OnStep
    count: int
    so_far: Callable[[], Comparison]
    number: int = 0
    told_to_stop: bool = False

    def __call__(self, step: Step) -> bool:
        share = (self.number + step.done / max(1, step.total)) / self.count
        figures = {**step.figures, "objective": float(self.number)}
        told = replace(
            step, done=int(share * _SHARE), total=_SHARE, unit="percent", figures=figures, snapshot=self.so_far
        )
        self.told_to_stop = bool(self.tell(told))
        return self.told_to_stop


@dataclass(frozen=True, slots=True)
class _Bench:
    """What a text of `words` words can be measured by."""

    words: int
    classes: Mapping[str, str]
    questions: Mapping[str, Sequence[Question]]
    wordsim: list[tuple[str, str, float]]
    simlex: list[tuple[str, str, float]]
    notes: list[Note]

    @classmethod
    def make(
        cls, corpus: Corpus, classes: Mapping[str, str], questions: Mapping[str, Sequence[Question]] | None
    ) -> _Bench:
        known, notes = set(corpus.labels), list[Note]()
        if len({classes[label] for label in known if label in classes}) < 2:
            classes = {}
            notes.append(
                Note(N_("The true classes of these words are not known, so there is no class gap and no purity."))
            )
        pairs = {}
        for name, file in (("WordSim-353", "wordsim353.tsv"), ("SimLex-999", "simlex999.txt")):
            pairs[name] = _pairs(file)
            covered = sum(one in known and other in known for one, other, _ in pairs[name])
            if covered < LEAST_PAIRS:
                notes.append(_missing(name, bool(pairs[name]), covered))
                pairs[name] = []
        if questions is None:
            questions = _questions("questions-words.txt")
        if not any(known.issuperset(one) for asked in questions.values() for one in asked):
            notes.append(Note(N_("No analogy question has all four of its words in this text.")))
            questions = {}
        return cls(len(corpus.tokens), classes, questions, pairs["WordSim-353"], pairs["SimLex-999"], notes)

    def measure(self, name: str, embedding: Embedding) -> Compared:
        history: Any = embedding.history
        column = [self.classes.get(label) for label in embedding.labels]
        by_relation = {relation: analogy_score(embedding, asked) for relation, asked in self.questions.items()}
        read = history.epochs[-1] * (1 - history.settings["held_out"]) * self.words
        return Compared(
            objective=name, title=OBJECTIVES.get(name).title, embedding=embedding,
            class_gap=class_gap(embedding.vectors, column) if self.classes else None,
            purity=neighbour_purity(embedding.vectors, column) if self.classes else None,
            purity_by_class=purity_by_class(embedding.vectors, column) if self.classes else {},
            wordsim=similarity_agreement(embedding, self.wordsim) if self.wordsim else None,
            simlex=similarity_agreement(embedding, self.simlex) if self.simlex else None,
            analogies=_summed(list(by_relation.values())), analogies_by_relation=by_relation,
            held_out_auc=history.held_out_auc[-1], frequency_auc=history.frequency_auc,
            epochs=history.epochs[-1], seconds=history.seconds,
            words_per_second=read / history.training_seconds if history.training_seconds else 0.0,
        )  # fmt: skip


def _summed(scores: Sequence[AnalogyScore]) -> AnalogyScore | None:
    if not scores:
        return None
    return AnalogyScore(
        sum(one.right for one in scores), sum(one.right_unfiltered for one in scores),
        sum(one.covered for one in scores), sum(one.total for one in scores),
    )  # fmt: skip


def _missing(name: str, installed: bool, covered: int) -> Note:
    if not installed:
        return Note(N_("{name} comes with gensim, which is not installed here, so it is not measured."), {"name": name})
    return Note(
        N_("Both words of only {covered} pairs of {name}, an English list, are in this text: too few to measure by."),
        {"name": name, "covered": covered},
    )


def _gensim_file(name: str) -> Path | None:
    """A file of the test data that gensim installs, found without importing gensim."""
    spec = find_spec("gensim")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "test" / "test_data" / name
    return file if file.is_file() else None


def _pairs(name: str) -> list[tuple[str, str, float]]:
    """(word, word, similarity as people judge it); none where gensim is not installed."""
    file = _gensim_file(name)
    lines = file.read_text("utf-8").splitlines() if file else []
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(one.lower(), other.lower(), float(said)) for one, other, said in cells]


def _questions(name: str) -> dict[str, list[Question]]:
    """relation -> questions; none where gensim is not installed."""
    file, found = _gensim_file(name), dict[str, list[Question]]()
    relation: list[Question] = []
    for line in file.read_text("utf-8").splitlines() if file else []:
        if line.startswith(":"):
            relation = found.setdefault(line[1:].strip(), [])
        else:
            a, b, c, d = line.lower().split()
            relation.append((a, b, c, d))
    return found
