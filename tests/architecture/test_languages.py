"""Every string a person sees has its Chinese translation, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "dashboard/locales/zh_CN").glob("*.po"))
MODULES = sorted(path for room in ("core", "dashboard") for path in (ROOT / room).rglob("*.py"))
# Calls whose string arguments are shown: by position, and by keyword.
SHOWN = {"_": ([0], []), "N_": ([0], []), "control": ([0], ["label", "help"]), "register": ([], ["title", "about"])}


def strings(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def sentences(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        places, words = SHOWN.get(name, ([], []))
        for place in places:
            if place < len(node.args):
                yield from strings(node.args[place])
        for keyword in node.keywords:
            if keyword.arg in words:
                yield from strings(keyword.value)


def messages() -> Iterator[tuple[Path, str, str]]:
    for path in CATALOGUES:
        with path.open("rb") as file:
            yield from ((path, str(message.id), str(message.string)) for message in read_po(file) if message.id)


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", sentence))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_sentence_is_translated(path: Path) -> None:
    known = {sentence for _, sentence, translation in messages() if translation}
    assert sorted(set(sentences(path)) - known) == []


def test_a_sentence_has_one_translation_wherever_it_stands() -> None:
    first: dict[str, str] = {}
    twice = {source for _, source, text in messages() if first.setdefault(source, text) != text}
    assert twice == set()


def test_translations_fill_the_same_placeholders() -> None:
    assert [source for _, source, text in messages() if placeholders(source) != placeholders(text)] == []


def test_no_translation_is_left_over() -> None:
    """A sentence that nothing shows any more leaves the catalogue with it."""
    used = {sentence for path in MODULES for sentence in sentences(path)}
    assert sorted(f"{path.name}: {source}" for path, source, _ in messages() if source not in used) == []
