"""JSON lines: an object a line, with a label, a list of numbers (or a number a field) and metadata."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from core import _clock
from core.arrays import FloatArray
from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._assemble import assemble, metadata_to_json
from core.formats._base import FORMATS, Format
from core.formats._columns import Roles, TableParams, assign, distinct
from core.formats._limits import MOST_COLUMNS, MOST_ROWS, check_shape
from core.formats._skipped import Skipped
from core.text.decoding import decode

_SAMPLE = 200  # objects looked at to tell what the fields are
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{")
VECTOR_NAMES = ("vector", "vectors", "embedding", "embeddings", "values")


@FORMATS.register(
    "jsonl",
    title=N_("JSON lines"),
    params=TableParams,
    about=N_("An object on each line, with label, vector and metadata; read by most programs."),
    rank=35,
)
class JsonLines(Format):
    extensions = (".jsonl", ".ndjson", ".json")
    media = "application/x-ndjson"
    keeps_metadata = True

    @staticmethod
    def claims(data: bytes) -> bool:
        if not _opens(data):
            return False
        if _ARRAY.match(data):
            return True
        found = objects(data[: 1024**2], "", Skipped(True), most=20)
        return any(is_vector(value) or is_number(value) for _, one in found for value in one.values())

    @staticmethod
    def read(data: bytes, filename: str, params: TableParams) -> Embedding:
        skipped = Skipped(params.skip)
        rows = list(objects(data, filename, skipped, most=MOST_ROWS + 1))
        if not rows:
            raise DataError(N_("{file} holds no JSON objects: one on each line is expected."), file=filename)
        names = fields([one for _, one in rows[:_SAMPLE]])
        roles = _roles(names, [one for _, one in rows[:_SAMPLE]], params, filename)
        keys = [names[at] for at in roles.vector]
        good, vectors = _vectors(rows, keys, filename, skipped)
        label = None if roles.label is None else names[roles.label]
        labels = None if label is None else [_text(one.get(label)) for one in good]
        metadata = {names[at]: [_value(one.get(names[at])) for one in good] for at in roles.metadata}
        return assemble(filename, labels, vectors, metadata, skipped=skipped)

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        columns = json.loads(metadata_to_json(embedding.metadata))
        names = distinct(["label", "vector", *columns])[2:]
        lines = []
        for row, label in enumerate(embedding.labels):
            beside = {name: column[row] for name, column in zip(names, columns.values(), strict=True)}
            vector = [float(str(number)) for number in embedding.vectors[row]]  # the shortest that reads back the same
            lines.append(json.dumps({"label": label, "vector": vector, **beside}))
        return "\n".join([*lines, ""]).encode()


def objects(data: bytes, filename: str, skipped: Skipped, most: int) -> list[tuple[int, dict[str, Any]]]:
    """(line number, object) of each line, at most `most`; one array of objects is read as its elements."""
    text = _decoded(data, filename)
    if text.lstrip()[:1] == "[":
        return _array(text, filename, skipped)[:most]
    found: list[tuple[int, dict[str, Any]]] = []
    at = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if number % 256 == 1:
            _clock.check(at / len(text))
        at += len(line) + 1
        if not line.strip():
            continue
        value = _parsed(line)
        if isinstance(value, dict):
            found.append((number, value))
        else:
            skipped.add(DataError(N_("Line {line} of {file} is not a JSON object."), line=number, file=filename))
        if len(found) == most:
            break
    return found


def _array(text: str, filename: str, skipped: Skipped) -> list[tuple[int, dict[str, Any]]]:
    whole = _parsed(text)
    if not isinstance(whole, list):
        raise DataError(N_("A part of {file} that should be JSON is not; the file is damaged."), file=filename)
    found = []
    for number, value in enumerate(whole, start=1):
        if isinstance(value, dict):
            found.append((number, value))
        else:
            skipped.add(DataError(N_("Line {line} of {file} is not a JSON object."), line=number, file=filename))
    return found


def fields(rows: list[dict[str, Any]]) -> list[str]:
    """The names of all fields, in the order in which they first come."""
    return list(dict.fromkeys(name for row in rows for name in row))[:MOST_COLUMNS]


def _opens(data: bytes) -> bool:
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _decoded(data: bytes, filename: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(data, filename).text if filename else data.decode("utf-8", "replace")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _roles(names: list[str], rows: list[dict[str, Any]], params: TableParams, filename: str) -> Roles:
    """The list of numbers is the vector if there is one; otherwise the fields that are numbers are, as in CSV."""
    lists = [at for at, name in enumerate(names) if mostly(rows, name, is_vector)]
    vector = next((at for at in lists if names[at].lower() in VECTOR_NAMES), lists[0] if lists else None)
    if vector is None:
        return assign(names, [mostly(rows, name, is_number) for name in names], params, filename)
    no_text = [at == vector or not mostly(rows, name, lambda value: isinstance(value, str)) for at, name in enumerate(names)]  # fmt: skip
    roles = assign(names, no_text, TableParams(label_column=params.label_column), filename)
    return Roles(roles.label, [vector], [at for at in range(len(names)) if at not in (vector, roles.label)])


def mostly(rows: list[dict[str, Any]], name: str, test: Any) -> bool:
    values = [row[name] for row in rows if row.get(name) is not None]
    return bool(values) and sum(map(test, values)) >= 0.8 * len(values)


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_vector(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_number, value))


def _vectors(rows: list[tuple[int, dict[str, Any]]], keys: list[str], filename: str, skipped: Skipped) -> tuple[list[dict[str, Any]], FloatArray]:  # fmt: skip
    """(the objects that hold a vector, (n, d)); the first tells the length."""
    good: list[dict[str, Any]] = []
    vectors: list[FloatArray] = []
    dim = 0
    for number, one in rows:
        _clock.check()
        value = one.get(keys[0]) if len(keys) == 1 else None
        numbers = value if is_vector(value) else [one.get(key) for key in keys]
        if not is_vector(numbers) or (dim and len(numbers) != dim):  # type: ignore[arg-type]  # is_vector told
            skipped.add(DataError(N_("Line {line} of {file} has no vector of {dim} numbers."), line=number, file=filename, dim=dim or len(keys)))  # fmt: skip
            continue
        dim = dim or len(numbers)  # type: ignore[arg-type]
        good.append(one)
        vectors.append(_row(numbers))
    check_shape(filename, len(vectors), dim)
    return good, np.stack(vectors)


def _row(numbers: Any) -> FloatArray:
    try:
        with np.errstate(over="ignore"):
            return np.array(numbers, dtype=np.float64).astype(np.float32)
    except OverflowError:  # a whole number beyond a double: not finite here, and named by its row later
        return np.full(len(numbers), np.inf, dtype=np.float32)


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _value(value: object) -> object:
    return value if value is None or isinstance(value, (str, int, float, bool)) else json.dumps(value, ensure_ascii=False)  # fmt: skip
