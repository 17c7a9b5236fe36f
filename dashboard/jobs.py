"""Long work of a visitor: one job a slot, its progress, its Stop, its failure told in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import CoreError, N_
from dashboard import frame, session, work
from dashboard.i18n import _

if TYPE_CHECKING:
    from core.jobs import Job

BEAT = 0.25  # seconds between two looks at a running job
_OVER = ("done", "failed", "cancelled", "stopped")


def start(slot: str, task: str, *args: Any, **settings: Any) -> Job:
    """Submit the task for this visitor; a job still running in the slot is let go first."""
    let_go(slot)
    job = work.runner().submit(task, *args, **settings)
    _slots()[slot] = job
    return job


def current(slot: str) -> Job | None:
    return _slots().get(slot)


def running(slot: str) -> bool:
    job = current(slot)
    return job is not None and job.state not in _OVER


def let_go(slot: str) -> None:
    """Forget the slot's job; if it still runs and nobody else watches it, it ends."""
    job = _slots().pop(slot, None)
    if job is not None and job.state not in _OVER:
        job.cancel()


def take(slot: str) -> Any:
    """The finished result of the slot, once, or None. A failure is shown in place, once."""
    job = current(slot)
    if job is None or job.state not in _OVER:
        return None
    _slots().pop(slot)
    if job.state == "cancelled":
        return None
    try:
        return job.result()
    except CoreError as error:
        frame.show(error)
        return None


def progress(slot: str, *, stop: str, keeps: bool = False) -> None:
    """Bar, rate, time left and the button that ends the job. `keeps`: the button keeps what there is.

    Redraws itself while the job runs, then reruns the page once.
    """
    if running(slot):
        st.fragment(_progress, run_every=BEAT)(slot, stop, keeps)


def _progress(slot: str, stop: str, keeps: bool) -> None:
    job = current(slot)
    if job is None or job.state in _OVER:
        st.rerun()
    event = job.latest or {}
    if job.state == "waiting":
        ahead = getattr(job, "ahead", 0)
        st.progress(0.0, text=_("Waiting: {ahead} before this one").format(ahead=ahead) if ahead else _("Starting"))
    else:
        done, total = event.get("done", 0), max(1, event.get("total", 1))
        st.progress(min(1.0, done / total), text=_line(event, job.seconds))
    if st.button(stop, key=f"{slot}_stop", width="stretch"):
        (job.stop if keeps else job.cancel)()
        st.rerun()


_UNITS = {
    "epoch": N_("epoch {done} of {total}"),
    "iteration": N_("iteration {done} of {total}"),
    "word": N_("word {done} of {total}"),
    "step": N_("step {done} of {total}"),
}


def _line(event: dict[str, Any], seconds: float) -> str:
    """'epoch 3 of 20 · 1.8 M windows/s · about 4 s left'"""
    done, total = event.get("done", 0), event.get("total", 0)
    if not total:
        return _("Starting")
    parts = [_(_UNITS.get(event.get("unit", "step"), _UNITS["step"])).format(done=done, total=total)]
    rate = event.get("figures", {}).get("windows_per_second")
    if rate:
        parts.append(_("{rate} M windows/s").format(rate=f"{rate / 1e6:.2f}"))
    if 0 < done < total and seconds > 0.5:
        parts.append(_("about {left} s left").format(left=max(1, round(seconds * (total - done) / done))))
    return " · ".join(parts)


def _slots() -> dict[str, Job]:
    slots: dict[str, Job] = st.session_state.setdefault(session.JOBS, {})
    return slots
