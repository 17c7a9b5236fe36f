"""The one runner of this server: started with it, shared by all visitors, closed with it."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING

from core.errors import N_, CoreError
from dashboard import settings

if TYPE_CHECKING:
    from core.jobs import Runner

_LOG = logging.getLogger(__name__)
_lock = threading.Lock()
_runner: Future[Runner] | None = None


class StillStarting(CoreError, TimeoutError):
    """The workers were not there within the time that a page waits for them."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            N_("The workers that compute have not started within {seconds} seconds; the machine may be very busy. Reload the page in a moment."),
            seconds=f"{seconds:g}",
        )  # fmt: skip


def start() -> None:
    """Begin connecting in a thread; a second call changes nothing."""
    global _runner
    with _lock:
        if _runner is not None:
            return
        _runner = Future()
        threading.Thread(target=_connect, args=(_runner,), name="connect-workers", daemon=True).start()


def _connect(promise: Future[Runner]) -> None:
    try:
        from core.jobs import connect

        runner = connect(settings.scheduler(), workers=settings.workers(), data_dir=settings.data_dir())
        promise.set_result(runner)
        runner.warm()
    except CoreError as error:
        _LOG.error("%s", error)
        promise.set_exception(error)
    except Exception as error:
        _LOG.exception("the workers did not start")
        promise.set_exception(error)


def runner(timeout: float = 20.0) -> Runner:
    """The runner, waiting for its start when that is still under way. Raises what the start raised, StillStarting
    where `timeout` seconds were not enough."""
    start()
    assert _runner is not None
    wait([_runner], timeout)
    if not _runner.done():
        raise StillStarting(timeout)
    return _runner.result()


def settled(timeout: float = 20.0) -> bool:
    """Wait until the start has ended, well or not."""
    promise = _runner
    return promise is not None and promise in wait([promise], timeout).done


def ready() -> bool:
    return _runner is not None and _runner.done() and _runner.exception() is None


def stop() -> None:
    """Close the workers. Called when the server shuts down."""
    global _runner
    with _lock:
        promise, _runner = _runner, None
    if promise is None:
        return
    try:
        promise.result(20.0).close()
    except Exception:  # shutting down: there is nobody left to tell but the log
        _LOG.exception("the workers did not close cleanly")
