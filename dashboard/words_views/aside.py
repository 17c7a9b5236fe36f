"""Work beside the page that a moved control asks for anew: the last good answer stays until the next is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.arrays import fingerprint
from core.errors import CoreError
from dashboard import frame, jobs
from dashboard.i18n import _


@dataclass
class Answer:
    """What was asked last (`token`), the last good answer and what it answers, and why there is no newer one."""

    token: str = ""
    found: Any = None
    answers: str = ""
    error: CoreError | None = None

    @property
    def fresh(self) -> bool:
        return self.found is not None and self.answers == self.token


def fetch(slot: str, task: str, /, *args: Any, **settings: Any) -> Answer:
    """Ask a worker, wait a moment, and else show its progress in this place; a failure is told here as long as it lasts."""
    answer: Answer = st.session_state.setdefault(f"es_aside_{slot}", Answer())
    token = fingerprint(task, args, settings)
    if token != answer.token:
        answer.token, answer.error = token, None
        if answer.answers != token:
            jobs.start(slot, task, *args, **settings)
        else:
            jobs.let_go(slot)
    job = jobs.current(slot)
    if job is not None and job.wait(jobs.PATIENCE):
        jobs.let_go(slot)
        try:
            answer.found, answer.answers = job.result(), token
        except CoreError as error:
            answer.error = error
    elif job is not None:
        jobs.progress(slot, stop=_("Cancel"))
    if answer.error is not None:
        frame.show(answer.error)
    return answer
