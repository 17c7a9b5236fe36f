"""The six miniatures of the Home page, drawn in the browser from real values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import payloads

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Door:
    """One miniature: the scene it plays, its question, a sentence, and the page it opens."""

    scene: str
    title: str
    text: str
    door: str
    page: str
    href: str


def doors(shown: Sequence[Door], scenes: dict[str, Any], image: str) -> str | None:
    """Draw the miniatures and return the page whose door was opened, if one was."""
    data = {
        "doors": [asdict(door) for door in shown],
        "url": payloads.put(json.dumps(scenes, ensure_ascii=False).encode()),
        "image": image,
        "stamp": "".join(door.title for door in shown),
    }
    result = _component()(key="home", data=payloads.as_text(data), on_go_change=lambda: None)
    return result.go if isinstance(result.go, str) else None


@cache
def _component() -> Any:
    script = (_FOLDER / "home.js").read_text(encoding="utf-8")
    style = (_FOLDER / "home.css").read_text(encoding="utf-8")
    return st.components.v2.component(
        "embedscope_home", js=payloads.module("home", script), css=style, isolate_styles=False
    )
