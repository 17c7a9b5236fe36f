"""Sentences of the engine in the language of the reader."""

from __future__ import annotations

import pytest

from core.errors import DataError
from core.formats import read_embedding
from dashboard import i18n


def test_the_reason_within_an_error_is_told_in_the_language_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError) as told:
        read_embedding(b"rubbish of no format", "a.npy")
    monkeypatch.setattr(i18n, "language", lambda: "zh")
    assert i18n.tell(told.value) == "a.npy 以 .npy 结尾，但已损坏或并非此格式。" + i18n.tell(
        told.value.values["reason"]
    )  # type: ignore[arg-type]
    assert i18n.tell(told.value.values["reason"]) != str(told.value.values["reason"])  # type: ignore[arg-type]
