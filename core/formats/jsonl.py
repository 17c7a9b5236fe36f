"""JSON lines: an object a line, with a label, a list of numbers (or a number a field) and metadata."""

from __future__ import annotations

import json
import re
from typing import Any

from core.embedding import Embedding
from core.errors import N_, DataError
from core.formats._assemble import assemble, metadata_to_json
from core.formats._base import FORMATS, Format
from core.formats._columns import VECTOR_NAMES, Roles, TableParams, assign, distinct
from core.formats._json_cutters import Wanted
from core.formats._json_rows import is_number, is_vector, names_vectors, objects, read_rows, utf8
from core.formats._limits import MOST_COLUMNS
from core.formats._rows import write_rows
from core.formats._skipped import Skipped

_SAMPLE = 200  # objects looked at to tell what the fields are
_LINES = 20  # of text, looked at to tell whether it is JSON
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{")


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
        if _ARRAY.match(data) or names_vectors(data):
            return True
        found = objects(utf8(data[: 1024**2], ""), "", Skipped(True), most=20)
        return any(is_vector(value) or is_number(value) for _, one in found for value in one.values())

    @staticmethod
    def read(data: bytes, filename: str, params: TableParams) -> Embedding:
        skipped = Skipped(params.skip)
        data = utf8(data, filename)
        seen = [one for _, one in objects(data, filename, Skipped(True), most=_SAMPLE)]
        if not seen:
            list(objects(data, filename, skipped, most=1))  # raises what is wrong with the first line, if anything is
            raise DataError(N_("{file} holds no JSON objects: one on each line is expected."), file=filename)
        names = fields(seen)
        roles = _roles(names, seen, params, filename)
        keys, label = [names[at] for at in roles.vector], None if roles.label is None else names[roles.label]
        beside = [names[at] for at in roles.metadata]
        kept = list(dict.fromkeys([*([] if label is None else [label]), *beside]))
        rows = read_rows(data, filename, Wanted(keys, _length(seen, keys), kept), skipped)
        labels = None if label is None else [_text(value) for value in rows.fields[label]]
        return assemble(filename, labels, rows.vectors, {name: rows.fields[name] for name in beside}, skipped=skipped)

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        columns = json.loads(metadata_to_json(embedding.metadata))
        names = distinct(["label", "vector", *columns])[2:]
        numbers = (line for block in write_rows(None, embedding.vectors, ",") for line in block.splitlines())
        lines = []
        for row, (label, line) in enumerate(zip(embedding.labels, numbers, strict=True)):
            beside = {name: column[row] for name, column in zip(names, columns.values(), strict=True)}
            rest = b", %b" % json.dumps(beside)[1:].encode() if beside else b"}"
            if b",-0," in b",%b," % line:  # a whole number has no negative zero for most readers of JSON
                line = re.sub(rb"(?<![^,])-0(?![^,])", b"-0.0", line)
            lines.append(b'{"label": %b, "vector": [%b]%b' % (json.dumps(label).encode(), line, rest))
        return b"\n".join([*lines, b""])


def fields(rows: list[dict[str, Any]]) -> list[str]:
    """The names of all fields, in the order in which they first come."""
    return list(dict.fromkeys(name for row in rows for name in row))[:MOST_COLUMNS]


def _opens(data: bytes) -> bool:
    """Whether the text begins as JSON does, or most of its first lines do: one may be damaged."""
    if data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return True
    lines = [line for line in data[: 1024**2].split(b"\n", _LINES)[:_LINES] if line.strip()]
    return 2 * sum(line.lstrip().startswith(b"{") for line in lines) > len(lines)


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


def _length(rows: list[dict[str, Any]], keys: list[str]) -> int:
    """Numbers of a vector: as many as the first list has, or a number a field."""
    lists = (row[keys[0]] for row in rows if len(keys) == 1 and is_vector(row.get(keys[0])))
    return len(next(lists, keys))


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
