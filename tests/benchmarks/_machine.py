"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "numpy", "scipy", "numba", "torch", "scikit-learn", "umap-learn", "openTSNE", "gensim",
    "distributed", "streamlit", "plotly", "pillow", "playwright",
)  # fmt: skip


def facts() -> Iterator[str]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield f"{cores} cores of {_processor()}, {_memory()}, {platform.system()} {platform.release()}"
    yield f"Python {platform.python_version()}; " + ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > 0.3 * cores:
        yield f"NOT QUIET: load {load:.1f} over the last minute; these figures are worth little"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _memory() -> str:
    import psutil

    return f"{psutil.virtual_memory().total / 2**30:.0f} GB"
