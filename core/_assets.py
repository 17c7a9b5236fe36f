"""Where the files live that come with the program."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def asset(*parts: str) -> Traversable:
    """A file or folder under assets/: `asset("corpora", "small_world_en.txt").read_text("utf-8")`."""
    return files("assets").joinpath(*parts)
