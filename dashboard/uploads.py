"""Files that come in: what a worker reads of them, and the words inside an uploader, which Streamlit writes in English."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from core.errors import CoreError
from dashboard import frame, jobs
from dashboard.i18n import _

_READ = "es_uploads_read"  # slot -> (token, what the worker answered)


def read(slot: str, token: str, task: str, file: Any, *args: Any) -> Any:
    """What a worker answers of an uploaded file, once for each token; None as long as it reads, with its progress in this place.

    The task gets the bytes, the name and `args`, and answers a CoreError where there is nothing to read: the reason is
    then shown, as often as the page is, and the answer is None.
    """
    held: dict[str, tuple[str, Any]] = st.session_state.setdefault(_READ, {})
    if held.get(slot, ("",))[0] != token:
        found = jobs.beside(slot, token, task, file.getvalue(), file.name, *args)
        if found is None:
            if jobs.current(slot) is None:
                st.caption(_("The reading was ended. Choose the file again to read it."))
            return None
        held[slot] = token, found
    answer = held[slot][1]
    if isinstance(answer, CoreError):
        frame.show(answer)
        return None
    return answer


def words(key: str, button: str, hint: str) -> None:
    """Say `button` and `hint` in the uploader of that key instead of "Upload" and the list of types. Our own sentences only, never data."""
    place = f".st-key-{key} [data-testid='stFileUploaderDropzone']"
    st.html(
        f"""<style>
        {place} [data-testid='stBaseButton-secondary'] p {{ font-size: 0; }}
        {place} [data-testid='stBaseButton-secondary'] p::after {{ content: {_css(button)}; font-size: 1rem; }}
        {place} [data-testid='stFileUploaderDropzoneInstructions'] span {{ font-size: 0; }}
        {place} [data-testid='stFileUploaderDropzoneInstructions'] span::after {{ content: {_css(hint)}; font-size: 0.85rem; }}
        </style>"""
    )


def camera_words(key: str, button: str) -> None:
    """Say `button` on the button of the camera of that key, which Streamlit writes in English."""
    place = f".st-key-{key} [data-testid='stCameraInputButton']"
    st.html(
        f"<style>{place} {{ font-size: 0; }} {place}::after {{ content: {_css(button)}; font-size: 1rem; }}</style>"
    )


def _css(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")
