"""The words inside a file uploader, which Streamlit writes in English whatever the reader's language."""

from __future__ import annotations

import json

import streamlit as st


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
