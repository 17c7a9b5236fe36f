"""What a format is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from core.embedding import Embedding
from core.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadParams:
    """`skip`: rows that cannot be read are left out and named in the notes, instead of failing the whole file."""

    skip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoParams(ReadParams):
    """Settings of a format that has none of its own."""


class Format:
    """Reads and writes embeddings; never made into an object. The first extension is the one written."""

    extensions: ClassVar[tuple[str, ...]]
    media: ClassVar[str] = "application/octet-stream"
    keeps_metadata: ClassVar[bool] = False
    keeps_settings: ClassVar[bool] = False

    @staticmethod
    def claims(data: bytes) -> bool:
        """Whether the content looks like this format: cheap, on the first bytes, and never raises."""
        raise NotImplementedError

    @staticmethod
    def read(data: bytes, filename: str, params: Any) -> Embedding:
        """Raises DataError that names the file and the line or row."""
        raise NotImplementedError

    @staticmethod
    def check(embedding: Embedding) -> None:
        """DataError for an embedding that a file of this format cannot hold."""

    @staticmethod
    def write(embedding: Embedding) -> bytes:
        """The whole file; raises as `check` does."""
        raise NotImplementedError

    @staticmethod
    def write_with(embedding: Embedding, about: Mapping[str, Any]) -> bytes:
        """The whole file with `about` as JSON under "embedscope" in its head, where the format keeps settings."""
        raise NotImplementedError


FORMATS: Registry[type[Format]] = Registry("core.formats", "format")
