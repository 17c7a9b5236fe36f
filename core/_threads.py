"""One thread for many small matrix products."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from core.progress import OnStep, Step


class OneThread:
    """BLAS keeps to one thread inside this `with`.

    The products are small: more threads gain little on an idle machine and stall on a busy one, and
    their number must not decide the last bits of the result. The number is the process's own, and a
    callback may wait for long while other work of the process computes: so while a callback is
    told, the number is as it was before, and stays so when the callback raises.
    """

    def __init__(self) -> None:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

        self._libraries = ThreadpoolController().select(user_api="blas").lib_controllers
        self._before: list[tuple[Any, int]] = []

    def __enter__(self) -> OneThread:
        self._before = [(library, library.num_threads) for library in self._libraries]
        for library in self._libraries:
            _set(library, 1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._leave()

    def left_for(self, tell: OnStep) -> OnStep:
        """The callback, told outside."""

        def told(step: Step) -> bool | None:
            self._leave()
            answer = tell(step)
            self.__enter__()
            return answer

        return told

    def _leave(self) -> None:
        for library, number in self._before:
            _set(library, number)
        self._before = []


def _set(library: Any, number: int) -> None:
    library.set_num_threads(number)
    # OpenBLAS 0.3.31: once the main thread has said a number, other threads are heard by this call alone.
    if library.num_threads != number and (heard := getattr(library.dynlib, "openblas_set_num_threads_local", None)):
        heard(number)
