"""What those who watch a run want of it now, and what its worker is told so that it comes to that."""

from __future__ import annotations

from core.jobs.cluster import Link
from core.jobs.line import Line
from core.jobs.run import Run
from core.jobs.worker import CANCEL, HOLD, SNAPSHOT, STOP


def settle(run: Run, line: Line, link: Link) -> bool:
    """Bring a run that is not over in line with its visitors: snapshots for those who stop, a pause when
    all want one, a stop or a cancel when nobody wants it to go on. True: it is to end here and now, as cancelled.
    """
    if run.staying or run.parked:
        _ask_snapshots(run, link)
    if run.staying:
        _turn(run, link)
        return False
    line.close_to_newcomers(run)
    if run.parked and run.wanted and run.snapshots:
        return False  # the last snapshot handed over ends it
    sent = run.id in line.sent
    if run.address is not None or sent:
        link.flag(run.id, STOP if run.wanted else CANCEL, run.address)
    if sent and run.address is None:
        link.forget(run.future)
    return not sent and not run.wanted


def _ask_snapshots(run: Run, link: Link) -> None:
    """For each who stops while the run goes on, or waits, without them."""
    for watch in run.watches:
        if watch.stopping and watch.state is None and not watch.wished and run.address is not None:
            watch.wished = True
            link.flag(run.id, SNAPSHOT + watch.token, run.address)


def _turn(run: Run, link: Link) -> None:
    """Have the run wait when all who want it have paused; else keep still what those who have see of it."""
    if run.held != (run.turns % 2 == 1):
        run.turns += 1
        tell_turn(run, link)
    if not run.held:
        for watch in run.watches:
            if watch.paused and watch.seen is None:
                watch.seen, watch.frame = len(run.history), run.frame


def tell_turn(run: Run, link: Link) -> None:
    """Tell the worker of a run that has begun whether to wait."""
    if run.turns and run.address is not None:
        link.flag(run.id, f"{HOLD}{run.turns}", run.address)
