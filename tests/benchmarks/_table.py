"""The table: a row of figures as lines of text, and what was reached."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from tests.benchmarks._row import Row

# title, width, and whether it stands to the right
COLUMNS = (
    ("what", 46, False),
    ("ours", 18, True),
    ("peer", 26, False),
    ("peer's", 9, True),
    ("ratio", 7, True),
    ("target", 10, True),
    ("met?", 4, False),
)
WIDTH = sum(width for _, width, _ in COLUMNS) + 2 * (len(COLUMNS) - 1)
LEGEND = (
    "peer's and target are in the unit of ours; ratio is how many times better than the peer ours is (below 1: worse)"
)


def heading() -> str:
    return "\n".join([_line([title for title, _, _ in COLUMNS]), "-" * WIDTH])


def lines(row: Row) -> str:
    """The row, long names over several lines, its note below."""
    reached = met(row)
    cells = [
        row.what,
        f"{number(row.ours)} {row.unit}",
        row.peer_name if row.peer is not None else "",
        "" if row.peer is None else number(row.peer),
        ratio(row),
        "" if row.target is None else f"{'>=' if row.bigger_is_better else '<='} {number(row.target)}",
        "" if reached is None else "yes" if reached else "NO",
    ]
    parts = [textwrap.wrap(cell, width) or [""] for cell, (_, width, _) in zip(cells, COLUMNS, strict=True)]
    height = max(map(len, parts))
    shown = [_line([part[at] if at < len(part) else "" for part in parts]) for at in range(height)]
    if row.note:
        shown += textwrap.wrap(row.note, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(shown)


def _line(cells: Sequence[str]) -> str:
    placed = (
        cell.rjust(width) if right else cell.ljust(width)
        for cell, (_, width, right) in zip(cells, COLUMNS, strict=True)
    )
    return "  ".join(placed).rstrip()


def met(row: Row) -> bool | None:
    """Whether the target is reached; None without one. A figure that is not a number reaches nothing."""
    if row.target is None:
        return None
    return row.ours >= row.target if row.bigger_is_better else row.ours <= row.target


def ratio(row: Row) -> str:
    if row.peer is None:
        return ""
    above, below = (row.ours, row.peer) if row.bigger_is_better else (row.peer, row.ours)
    if not below or not math.isfinite(above / below):
        return "-"
    return f"{above / below:.{2 if above < 10 * below else 0}f} x"


def number(value: float) -> str:
    """Three significant digits at most; an infinite figure was never reached."""
    if not math.isfinite(value):
        return "none" if math.isnan(value) else "never"
    if abs(value) >= 1e6:
        return f"{value / 1e6:.2f} M"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(taken: list[float], unit: str = "s") -> str:
    """From the least to the most of what came at all, and how often nothing came."""
    came = [one for one in taken if one < float("inf")]
    shown = f"{number(min(came))} to {number(max(came))} {unit}" if came else ""
    missed = f"NOTHING CAME {len(taken) - len(came)} of {len(taken)} times" if len(came) < len(taken) else ""
    return ", ".join(part for part in (shown, missed) if part)
