"""Pictures of every page: `make screenshots` makes those of the README; with a folder, all sizes, grounds and languages.

python -m tests.browser.screenshots [FOLDER]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.library import Library
from tests.browser.chromium import ARGUMENTS, path
from tests.browser.conftest import free_port, wait_until_healthy

README = Path(__file__).parents[2] / "assets" / "screenshots"
PAGES = {
    "home": "",
    "words": "words?w_word=king",
    "words-eye": "words?w_view=eye",
    "explore": "explore?ex_method=tsne&ex_find=piano",
    "neighbours": "neighbours?nb_q=king%20-%20man%20%2B%20woman",
    "patches": "patches",
    "patches-learn": "patches?pat_view=learn&pat_dim=32",
    "patches-several": "patches?pat_view=several",
    "patches-order": "patches?pat_view=order",
    "patches-places": "patches?pat_view=places&pat_code=learned",
    "patches-models": "patches?pat_view=models",
    "positions": "positions",
    "positions-beyond": "positions?pos_view=beyond",
    "mapping": "mapping?map_domain=integers&map_kind=square",
    "recommend": "recommend",
    "recommend-many": "recommend?rc_view=many",
    "recommend-loop": "recommend?rc_view=loop",
    "library": "library",
}
VIEWS = {  # shown beside the pages where all looks are taken
    f"positions-{view}": f"positions?pos_view={view}" for view in ("shift", "sum", "learned", "relative", "grid")
} | {
    "explore-trust": "explore?ex_method=tsne&ex_view=trust",
    "explore-compare": "explore?ex_view=compare&ex_find=piano",
    "explore-groups": "explore?ex_method=umap&ex_by=~groups",
    "explore-space": "explore?ex_method=tsne&ex_dims=3&ex_find=piano",
    "explore-axes": "explore?ex_method=axes&ex_axis_x=woman%20-%20man",
    "words-windows": "words?w_view=windows",
    "words-side": "words?w_view=side",
    "neighbours-among": "neighbours?nb_view=among",
}
CHINESE = {
    **PAGES,
    "words": "words?w_word=国王",
    "explore": "explore?src=list-pairs-en-zh&ex_method=umap&ex_find=科学",
    "neighbours": "neighbours?nb_q=国王 - 男人 %2B 女人",
}
SIZES = {"laptop": (1400, 900), "phone": (390, 844)}


def furnish(folder: Path) -> None:
    """A few saved embeddings, so that the library has something to show."""
    from core.demo import load
    from core.figures.thumbnail import thumbnail
    from core.projection import project

    library = Library(folder)
    whole = load("small-world-en").embedding
    classes = whole.metadata["class"]
    for name, wanted in (("Animals and food", ("animal", "food")), ("Countries and capitals", ("country", "capital")), ("Everything with a class", ())):  # fmt: skip
        few = whole.take([row for row, one in enumerate(classes) if (one in wanted if wanted else one)])
        picture = thumbnail(project(few.vectors, "pca"), few.metadata["class"])
        library.save(few, name, "Small world, English", {"objective": "five-gram", "dim": 32, "seed": 0}, picture)


@contextmanager
def server() -> Iterator[str]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        furnish(Path(folder))
        command = [str(Path(sys.executable).with_name("embedscope")), "--no-browser", "--port", str(port)]
        process = subprocess.Popen([*command, "--data-dir", folder], stdout=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_healthy(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def settle(page: Page) -> None:
    """The page at rest: its picture there, no job running, nothing being redrawn."""
    expect(
        page.locator(
            ".es-board[data-ready], .es-home[data-ready], .es-card, .es-pairs, .st-key-es_picture [data-testid=stAlert]"
        ).first
    ).to_be_visible(timeout=90_000)
    if "/library" not in page.url:  # whose bars tell how much is used
        expect(page.locator("[data-testid=stProgress]")).to_have_count(0, timeout=90_000)
    expect(page.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=90_000
    )
    expect(page.locator(".es-board:not([data-ready])")).to_have_count(0, timeout=90_000)
    page.evaluate("document.fonts.ready")


def shoot(browser: Browser, url: str, where: Path, name: str, address: str, look: tuple[str, str, str]) -> None:
    size, ground, language = look
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=ground,  # type: ignore[arg-type]
        locale={"en": "en-US", "zh": "zh-CN"}[language],
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{url}/{address}")
    settle(page)
    page.screenshot(path=where)
    context.close()


def main() -> None:
    asked = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    folder = asked or README
    folder.mkdir(parents=True, exist_ok=True)
    with server() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=ARGUMENTS)
        if asked is None:
            shown = (README.parents[1] / "README.md").read_text(encoding="utf-8")
            for name, address in PAGES.items():
                if f"/{name}.png" in shown:
                    shoot(browser, url, folder / f"{name}.png", name, address, ("laptop", "light", "en"))
        else:
            for size in SIZES:
                for ground in ("light", "dark"):
                    for language, pages in (("en", PAGES | VIEWS), ("zh", CHINESE | VIEWS)):
                        for name, address in pages.items():
                            where = folder / f"{name}-{size}-{ground}-{language}.png"
                            shoot(browser, url, where, name, address, (size, ground, language))
        browser.close()


if __name__ == "__main__":
    main()
