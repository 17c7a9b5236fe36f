"""Long work of a visitor: one job a slot, its progress, its Stop, its failure told in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import N_, CoreError
from dashboard import frame, session, work
from dashboard.i18n import _, large, rate

if TYPE_CHECKING:
    from core.jobs import Event, Job

BEAT = 0.25  # seconds between two looks at a running job
PATIENCE = 0.4  # seconds for which a page waits before it shows progress instead


def start(slot: str, task: str, /, *args: Any, **settings: Any) -> Job:
    """Submit the task for this visitor; a job still running in the slot is let go first."""
    let_go(slot)
    job = work.runner().submit(task, *args, **settings)
    _slots()[slot] = job
    return job


def current(slot: str) -> Job | None:
    return _slots().get(slot)


def running(slot: str) -> bool:
    job = current(slot)
    return job is not None and not job.over


def let_go(slot: str) -> None:
    """Forget the slot's job; if it still runs and nobody else watches it, it ends."""
    job = _slots().pop(slot, None)
    if job is not None and not job.over:
        job.cancel()


def taken(slot: str) -> Any:
    """The finished result of the slot, once, or None. Raises the CoreError of a job that failed, once."""
    job = current(slot)
    if job is None or not job.over:
        return None
    _slots().pop(slot)
    return None if job.state == "cancelled" else job.result()


def take(slot: str) -> Any:
    """As `taken`, but a failure is shown in place."""
    try:
        return taken(slot)
    except CoreError as error:
        frame.show(error)
        return None


def result(slot: str, task: str, /, *args: Any, **settings: Any) -> Any:
    """The result of a task that is usually there within a moment. When it is not, the page shows
    its progress in this place and stops; it runs again once the result is there."""
    job = current(slot) or start(slot, task, *args, **settings)
    if not job.wait(PATIENCE):
        st.fragment(_progress, run_every=BEAT)(slot, _("Cancel"), False)
        st.stop()
    found = take(slot)
    if found is None:
        st.button(_("Try again"), key=f"{slot}_again")
        st.stop()
    return found


def begin(slot: str, token: str, task: str, /, *args: Any, **settings: Any) -> None:
    """Start a task for this `token`, unless it is under way; a job in the slot that was started for another one is let go first."""
    key = f"{slot}_token"
    if st.session_state.get(key) != token:
        let_go(slot)
        st.session_state[key] = token
    if current(slot) is None:
        start(slot, task, *args, **settings)


def result_of(slot: str, token: str, task: str, /, *args: Any, **settings: Any) -> Any:
    """As `result`, for one `token` at a time."""
    begin(slot, token, task, *args, **settings)
    return result(slot, task, *args, **settings)


def beside(slot: str, token: str, task: str, /, *args: Any, **settings: Any) -> Any:
    """The result of a task once for each `token`, while the page goes on without it: None as long as it runs, with its
    progress in this place, and where it failed or was cancelled. Whoever gets the result keeps it."""
    key = f"{slot}_token"
    if st.session_state.get(key) != token:
        st.session_state[key] = token
        start(slot, task, *args, **settings)
    job = current(slot)
    if job is None:
        return None
    if job.wait(PATIENCE):
        return take(slot)
    progress(slot, stop=_("Cancel"))
    return None


def progress(slot: str, *, stop: str, keeps: bool = False, pausable: bool = False) -> None:
    """Bar, rate, time left and the button that ends the job. `keeps`: the button keeps what there is.
    `pausable`: another one beside it lets the job wait and go on.

    Redraws itself while the job runs, then reruns the page once.
    """
    if running(slot):
        st.fragment(_progress, run_every=BEAT)(slot, stop, keeps, pausable)


def _progress(slot: str, stop: str, keeps: bool, pausable: bool = False) -> None:
    job = current(slot)
    if job is None or job.over:
        st.rerun()
    event = job.latest
    st.progress(0.0 if event is None else min(1.0, event.done / max(1, event.total)), text=_told(job, event))
    places = iter(st.columns(2) if pausable else [st.container()])
    if pausable:  # two buttons, not one with two meanings: a click that Streamlit hands over twice must not undo itself
        word, key, deed = (_("Resume"), "resume", job.resume) if job.paused else (_("Pause"), "pause", job.pause)
        next(places).button(word, key=f"{slot}_{key}", width="stretch", disabled=job.stopping, on_click=deed)
    next(places).button(
        stop, key=f"{slot}_stop", width="stretch", disabled=job.stopping, on_click=job.stop if keeps else job.cancel
    )
    note = work.runner().note
    if note is not None:
        st.caption(frame.plain(_(note.template).format(**note.values)))
    if keeps and job.others and not job.paused:
        st.caption(_("{others} more watch the same work; {stop} ends it for you alone.").format(others=job.others, stop=stop))  # fmt: skip
    if job.paused and job.others:
        st.caption(
            _("{others} more watch the same work, so it goes on for them. Your picture stands still until you resume.").format(others=job.others)
        )  # fmt: skip


def _told(job: Job, event: Event | None) -> str:
    if job.paused:
        return _("Paused") if event is None else " · ".join((_("Paused"), _where(event)))
    if job.ahead:
        return _("Waiting: {ahead} before this one").format(ahead=job.ahead)
    return _("Starting") if event is None else _line(event)


_UNITS = {
    "epoch": N_("epoch {done} of {total}"),
    "iteration": N_("iteration {done} of {total}"),
    "word": N_("word {done} of {total}"),
    "window": N_("{done} of {total} windows"),
    "character": N_("reading: {done} of {total} characters"),
    "row": N_("neighbours of row {done} of {total}"),
    "trust": N_("measuring how far to trust it"),
    "percent": N_("{done} % done"),
    "reader": N_("reader {done} of {total}"),
    "round": N_("round {done} of {total}"),
    "step": N_("step {done} of {total}"),
}


def _line(event: Event) -> str:
    """'epoch 3 of 20 · 1.8 M windows/s · about 4 s left'"""
    parts = [_where(event)]
    quick = event.figures.get("windows_per_second", 0.0)
    if quick and event.unit == "window":
        parts.append(_("{rate} windows/s").format(rate=rate(quick)))
    elif quick and event.unit == "word":
        parts.append(_("{rate} words/s").format(rate=rate(quick)))
    if event.remaining and event.at > 0.5:
        parts.append(_("about {left} s left").format(left=max(1, round(event.remaining))))
    return " · ".join(parts)


def _where(event: Event) -> str:
    sentence = _(_UNITS.get(event.unit, _UNITS["step"]))
    return sentence.format(done=large(event.done), total=large(event.total))


def _slots() -> dict[str, Job]:
    slots: dict[str, Job] = st.session_state.setdefault(session.JOBS, {})
    return slots
