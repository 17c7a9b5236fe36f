"""Labels and their vectors: neighbours, analogies, the odd one out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from core import _ranking
from core.arrays import DoubleArray, FloatArray, IntArray, as_matrix, key_of
from core.errors import N_, DataError, ParameterError, UnknownLabel
from core.notes import Note
from core.params import require_whole
from core.pictures import Pictures

METRICS = ("cosine", "euclidean", "dot")
Query: TypeAlias = str | FloatArray | DoubleArray | Sequence[float]

_NOISE = 1e-6  # a sum of unit vectors shorter than this is rounding of float32, not a direction


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One answer. `score` is the cosine or dot product (higher is nearer) or the Euclidean
    distance (lower is nearer); `index` is its row in the embedding."""

    label: str
    score: float
    index: int = -1


class Embedding:
    """`labels` (n unique strings), `vectors` (n, d) float32 and `metadata` (column -> n values).

    The vectors are kept as they came, read-only and never normalised. `history` is whatever the
    training left behind, or None; `notes` say what its reader or encoder had to decide; `pictures`, a
    small picture for each row, or None. Raises DataError for repeated labels and lengths that disagree.
    """

    def __init__(
        self, labels: Iterable[str], vectors: object, metadata: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        self.labels: list[str] = list(labels)
        self.vectors: FloatArray = _read_only(as_matrix(vectors))
        self.metadata: dict[str, list[Any]] = {name: list(column) for name, column in (metadata or {}).items()}
        self.history: Any = None
        self.notes: list[Note] = []
        self.pictures: Pictures | None = None
        self._cache: dict[str, Any] = {}
        self._check()

    def _check(self) -> None:
        n = len(self.labels)
        if n != len(self.vectors):
            raise DataError(
                N_("There are {labels} labels but {rows} vectors; each vector needs one label."),
                labels=n, rows=len(self.vectors),
            )  # fmt: skip
        if not all(issubclass(kind, str) for kind in set(map(type, self.labels))):
            row, label = next((row, label) for row, label in enumerate(self.labels) if not isinstance(label, str))
            raise DataError(N_("Label {row} is {value}, not text; turn labels into text first."), row=row + 1, value=repr(label)[:80])  # fmt: skip
        for name, column in self.metadata.items():
            if len(column) != n:
                raise DataError(
                    N_("Column {name} has {values} values for {rows} labels; it needs one each."),
                    name=name, values=len(column), rows=n,
                )  # fmt: skip
        if len(self._rows()) != n:
            raise _repeated(self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __contains__(self, label: object) -> bool:
        return isinstance(label, str) and label in self._rows()

    def __repr__(self) -> str:
        return f"Embedding({len(self)} labels, {self.dim} dimensions)"

    @property
    def dim(self) -> int:
        """Dimensions d of each vector."""
        return int(self.vectors.shape[1])

    @property
    def fingerprint(self) -> str:
        """Identity of labels and vectors (not of metadata or history): 32 hex digits."""
        if "fingerprint" not in self._cache:
            lengths = np.fromiter(map(len, self.labels), np.int64, len(self.labels))
            self._cache["fingerprint"] = key_of("".join(self.labels), lengths, self.vectors)
        return str(self._cache["fingerprint"])

    @property
    def content(self) -> str:
        """Identity of labels, vectors and metadata: 32 hex digits."""
        if "content" not in self._cache:
            beside = json.dumps(self.metadata, default=str) if self.metadata else ""
            self._cache["content"] = key_of(self.fingerprint, beside)
        return str(self._cache["content"])

    @property
    def identity(self) -> tuple[object, ...]:
        """Everything that work on this embedding may depend on: its fingerprint, its metadata, and what a training left beside it."""
        left = [getattr(self.history, name, None) for name in ("objective", "weights", "memory", "counts")]
        return self.fingerprint, self.metadata, left

    def index(self, label: str) -> int:
        """The row of a label; an unknown one raises UnknownLabel with the nearest spellings."""
        row = self._rows().get(label) if isinstance(label, str) else None
        if row is None:
            raise UnknownLabel(label, self._spellings(label))
        return row

    def vector(self, label: str) -> FloatArray:
        """(d,) the vector of a label, a read-only view."""
        row: FloatArray = self.vectors[self.index(label)]
        return row

    def take(self, rows: Sequence[int] | IntArray) -> Embedding:
        """The embedding of these rows, in this order, with their metadata."""
        chosen = [int(row) for row in rows]
        metadata = {name: [column[row] for row in chosen] for name, column in self.metadata.items()}
        return Embedding([self.labels[row] for row in chosen], self.vectors[chosen], metadata)

    def nearest(
        self, query: Query, k: int = 10, metric: str = "cosine", exclude: Iterable[str] = ()
    ) -> list[Neighbour]:
        """The k nearest rows to a label or a (d,) vector, nearest first; fewer when there are fewer.

        A queried label and the labels in `exclude` are left out. In cosine, rows of zeros are left out
        too: they have no direction. Raises UnknownLabel, ParameterError (k, metric), DataError (a query
        of the wrong length, not finite, or zero where a cosine is asked).
        """
        left_out = {self.index(label) for label in exclude}
        if isinstance(query, str):
            left_out.add(self.index(query))
        return self._search(self._resolve(query), k, metric, left_out)

    def analogy(
        self,
        positive: Query | Sequence[Query],
        negative: Query | Sequence[Query] = (),
        k: int = 10,
        *,
        metric: str = "cosine",
        exclude_inputs: bool = True,
    ) -> list[Neighbour]:
        """The k nearest rows to `combine(positive, negative)`: king + woman - man.

        Input labels are left out of the answer, as is the custom; `exclude_inputs=False` keeps them and
        so shows the honest rank (the nearest is often an input itself).
        """
        plus, minus = _listed(positive), _listed(negative)
        target = self.combine(plus, minus, metric)
        inputs = {self.index(item) for item in [*plus, *minus] if isinstance(item, str)}
        return self._search(target, k, metric, inputs if exclude_inputs else set())

    def combine(
        self, positive: Query | Sequence[Query], negative: Query | Sequence[Query] = (), metric: str = "cosine"
    ) -> DoubleArray:
        """(d,) the point that `analogy` looks around.

        Cosine: the mean of the unit vectors, negatives turned round (gensim's most_similar). Euclidean
        and dot: the vectors as they are, sum of positives less sum of negatives, divided by their
        difference in number where that is above zero (two positives give the point between them).
        """
        _check_metric(metric)
        plus, minus = _listed(positive), _listed(negative)
        if not plus and not minus:
            raise DataError(N_("Nothing to look for: name at least one label."))
        vectors = [self._resolve(item) for item in [*plus, *minus]]
        signs = np.array([1.0] * len(plus) + [-1.0] * len(minus))
        if metric == "cosine":
            return _with_direction(signs @ np.stack([_ranking.unit(vector) for vector in vectors]) / len(signs))
        return signs @ np.stack(vectors) / max(len(plus) - len(minus), 1)

    def similarity(self, a: Query, b: Query, metric: str = "cosine") -> float:
        """Score of two labels or vectors: cosine, dot product, or Euclidean distance."""
        _check_metric(metric)
        first, second = self._resolve(a), self._resolve(b)
        if metric == "cosine":
            first, second = _ranking.unit(first), _ranking.unit(second)
        return float(_ranking.scores(first[None, :], second, metric)[0])

    def odd_one_out(self, labels: Sequence[str]) -> str:
        """The label with the lowest cosine to the mean of the unit vectors; of equals, the first.

        Raises DataError for fewer than three different labels, or when the unit vectors cancel out.
        """
        asked = list(dict.fromkeys(labels))
        if len(asked) < 3:
            raise DataError(N_("Finding the odd one out needs at least 3 different labels; got {count}."), count=len(asked))  # fmt: skip
        units = np.stack([_ranking.unit(self._resolve(label)) for label in asked])
        middle = _ranking.unit(_with_direction(units.mean(axis=0)))
        return asked[int(np.argmin(_ranking.scores(units, middle, "cosine")))]

    def _search(self, target: DoubleArray, k: int, metric: str, left_out: set[int]) -> list[Neighbour]:
        _check_metric(metric)
        k = require_whole("k", k, 1)
        if metric == "cosine":
            target = _ranking.unit(target)
        if "norms" not in self._cache:
            self._cache["norms"] = _ranking.Norms.of(self.vectors)
        rows, scores = _ranking.rank(self.vectors, self._cache["norms"], target, k, metric, left_out)
        return [
            Neighbour(self.labels[row], score, row) for row, score in zip(rows.tolist(), scores.tolist(), strict=True)
        ]

    def _resolve(self, query: Query) -> DoubleArray:
        """(d,) the vector of a label or the vector itself, in double precision."""
        if isinstance(query, str):
            return self.vector(query).astype(np.float64)
        try:
            vector = np.asarray(query, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise DataError(N_("A query is a label or a list of {dim} numbers."), dim=self.dim) from error
        if vector.shape != (self.dim,):
            raise DataError(
                N_("The query has shape {shape}; this embedding needs {dim} numbers in a row."),
                shape=str(vector.shape), dim=self.dim,
            )  # fmt: skip
        if not (np.abs(vector) <= np.finfo(np.float32).max).all():
            raise DataError(N_("The query has a value that is not a finite 32-bit number."))
        return vector

    def _rows(self) -> dict[str, int]:
        if "rows" not in self._cache:
            self._cache["rows"] = {label: row for row, label in enumerate(self.labels)}
        rows: dict[str, int] = self._cache["rows"]
        return rows

    def _spellings(self, label: object) -> list[str]:
        from core.text import spellings  # only an unknown label needs it

        return spellings(str(label), self.labels)

    def __getstate__(self) -> dict[str, Any]:
        """What crosses a process border: no caches."""
        return {**self.__dict__, "_cache": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.vectors = _read_only(self.vectors)


def _listed(items: Query | Sequence[Query]) -> list[Any]:
    """One query or several: a label, a vector, or a sequence of those."""
    if isinstance(items, str) or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    return list(items)


def _with_direction(vector: DoubleArray) -> DoubleArray:
    if float(np.linalg.norm(vector)) < _NOISE:
        raise DataError(N_("These inputs cancel out: nothing is left to look for. Take one of them away."))
    return vector


def _check_metric(metric: str) -> None:
    if metric not in METRICS:
        raise ParameterError("metric", metric, N_("one of: {known}"), known=", ".join(METRICS))


def _read_only(matrix: FloatArray) -> FloatArray:
    view = matrix.view()
    view.flags.writeable = False
    return view


def _repeated(labels: list[str]) -> DataError:
    seen: dict[str, int] = {}
    for row, label in enumerate(labels):
        if seen.setdefault(label, row) != row:
            break
    return DataError(
        N_("The label {label} stands in rows {first} and {second}; labels must differ, so remove or rename one."),
        label=label[:80], first=seen[label] + 1, second=row + 1,
    )  # fmt: skip
