"""Pages as AppTest runs them: real engine, real workers, no browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from dashboard import settings, work


@pytest.fixture(scope="session", autouse=True)
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One set of workers for all page tests, with a data folder of their own."""
    patch = pytest.MonkeyPatch()
    patch.setenv(settings.DATA_DIR, str(tmp_path_factory.mktemp("data")))
    work.start()
    yield
    work.stop()
    patch.undo()


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """File name -> what its download button gives when it is pressed, out of the zip in which its settings come along; filled
    as the page is drawn."""
    found: dict[str, Callable[[], bytes]] = {}
    drawn = streamlit.download_button

    def button(label: str, data: Any, file_name: str, *given: Any, **more: Any) -> bool:
        make, bare = data if callable(data) else lambda: data, file_name.removesuffix(".zip")
        name = bare if "." in bare else file_name  # a file that is a zip itself holds its settings
        found[name] = make if name == file_name else lambda: ZipFile(BytesIO(make())).read(name)
        return drawn(label, data, file_name, *given, **more)

    monkeypatch.setattr(streamlit, "download_button", button)
    return found


def open_page(name: str, **link: str) -> AppTest:
    """The page of that name as a visitor with that link sees it first."""

    def script(name: str) -> None:
        import importlib

        from dashboard import frame

        frame.begin()
        frame.guarded(importlib.import_module(f"dashboard.pages.{name}").render)()

    test = AppTest.from_function(script, default_timeout=60, args=(name,))
    test.query_params.update({"lang": "en", **link})
    return test.run()
