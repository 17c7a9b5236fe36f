"""The most memory a process has held, as Linux counts it.

Not `ru_maxrss`: a child process inherits the peak of its parent there.
"""

from __future__ import annotations

from pathlib import Path


def peak() -> int:
    """Bytes of this process's peak since it began, or since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def forget_peak() -> None:
    """Count the peak from now on."""
    Path("/proc/self/clear_refs").write_text("5")
