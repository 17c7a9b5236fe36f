"""What came of a file of pictures: how many were read, and which were left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.errors import CoreError
from dashboard import frame
from dashboard.i18n import _, tell

_AT_ONCE = 3  # reasons that stand open; more are folded


@dataclass(frozen=True, slots=True)
class Report:
    """`found` pictures of the file `name`, and for each that was left out the reason; `packed` where the file is a zip."""

    name: str
    found: int
    errors: Sequence[CoreError]
    packed: bool

    @property
    def left_out(self) -> int:
        """Files without a picture here; those beyond the most that are read stand in one reason together."""
        return sum(
            int(str(error.values["count"])) - int(str(error.values["most"])) if {"count", "most"} <= set(error.values) else 1
            for error in self.errors
        )  # fmt: skip


def show(report: Report) -> None:
    if report.packed and report.found:
        st.caption(
            _("{file}: pictures read {found}, files left out {left}.").format(
                file=frame.plain(report.name), found=report.found, left=report.left_out
            )
        )
    if len(report.errors) <= _AT_ONCE:
        for error in report.errors:
            frame.show(error)
        return
    with st.expander(_("Left out, and why"), icon=":material/error:"):
        for error in report.errors:
            st.caption(frame.plain(tell(error)))
