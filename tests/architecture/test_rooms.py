"""Who may import whom, and what the first page may load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("core", "dashboard") for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Full names of everything a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def importers(*names: str, within: str = "") -> set[str]:
    """Modules (paths from the root) under `within` that import one of the packages."""
    wanted = tuple(names)
    return {
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if path.relative_to(ROOT).as_posix().startswith(within)
        if any(name == one or name.startswith(f"{one}.") for name in imports(path) for one in wanted)
    }


def test_the_engine_never_imports_the_dashboard_or_streamlit() -> None:
    assert importers("dashboard", "streamlit", within="core/") == set()


def test_only_figures_import_plotly() -> None:
    assert all(path.startswith("core/figures/") for path in importers("plotly"))


def test_only_jobs_import_dask() -> None:
    assert all(path.startswith("core/jobs/") for path in importers("dask", "distributed"))


def test_pages_never_import_pages() -> None:
    assert importers("dashboard.pages", within="dashboard/pages/") == set()


def test_nothing_is_unpickled_or_evaluated() -> None:
    """Uploads, links and saved work are data."""
    calls = {
        f"{path.relative_to(ROOT)}: {ast.unparse(node.func)}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        if ast.unparse(node.func) in {"eval", "exec", "pickle.load", "pickle.loads", "torch.load", "joblib.load"}
        or any(word.arg == "allow_pickle" and ast.unparse(word.value) != "False" for word in node.keywords)
    }
    assert calls == set()


def test_settings_stand_in_links_by_our_own_hand() -> None:
    """What Streamlit binds to the address it strips from the page that a reader leaves, so that Back finds the defaults."""
    bound = {
        f"{path.relative_to(ROOT)}: {node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == "query-params"
    }
    assert bound == set()


@pytest.mark.parametrize(
    "room",
    [
        "core.text",
        "core.training",
        "core.projection",
        "core.patches",
        "core.positions",
        "core.formats",
        "core.encoders",
        "core.embedding",
        "core.jobs",
        "core.mapping",
        "core.recommend",
    ],
)
def test_importing_a_room_stays_light(room: str) -> None:
    """Heavy libraries wait for the function that needs them."""
    heavy = ["torch", "numba", "umap", "sklearn", "scipy", "plotly", "distributed", "pandas", "openTSNE"]
    code = f"import sys, {room}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
