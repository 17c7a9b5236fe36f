"""A map in the browser as the benchmarks use it: zoomed, clicked, and asked what it shows."""

from __future__ import annotations

import json

from playwright.sync_api import Page

from tests.benchmarks._hand import press

ANSWERS = '(document.querySelector(".es-answers") || {}).innerText'
MAP = 'document.querySelector(".st-key-ex_map .es-board").parentElement.__embedscope'
VIEW = f"{MAP}.panels[0].gd._fullLayout.xaxis.range.join()"


def click_row(page: Page, row: int) -> tuple[dict[str, float], bool]:
    """Milliseconds until its neighbours are lit and listed, and whether the view stayed where it was."""
    view, marked, listed = (page.evaluate(f"() => {what}") for what in (VIEW, f"{MAP}.marked.point", ANSWERS))
    x, y = page.evaluate(_PLACE, row)
    page.mouse.move(x, y)
    taken = press(
        page,
        lambda: page.mouse.click(x, y),
        lit=f"{MAP}.marked.near.length && {MAP}.marked.point !== {json.dumps(marked)}",
        listed=f"({ANSWERS} ?? null) !== {json.dumps(listed)}",
    )
    return taken, page.evaluate(f"() => {VIEW}") == view


def zoom(page: Page) -> None:
    box = page.locator(".st-key-ex_map .es-figure").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(3):
        page.mouse.wheel(0, -200)
    page.wait_for_function(f"{MAP}.panels[0].zoomed")


def rows_in_view(page: Page, count: int) -> list[int]:
    """Rows spread over the middle of the zoomed picture."""
    seen: list[int] = page.evaluate(_IN_VIEW)
    return seen[:: max(1, len(seen) // count)][:count]


_PLACE = f"""(row) => {{
  const panel = {MAP}.panels[0], frame = panel.gd.getBoundingClientRect(), [x, y] = panel.overlay.place(panel.x[row], panel.y[row]);
  return [frame.left + x, frame.top + y];
}}"""
_IN_VIEW = f"""() => {{
  const panel = {MAP}.panels[0], [left, top, width, height] = panel.overlay.box;
  const middle = (row) => {{
    const [x, y] = panel.overlay.place(panel.x[row], panel.y[row]);
    return Math.abs(x - left - width / 2) < width / 3 && Math.abs(y - top - height / 2) < height / 3;
  }};
  return Array.from(panel.x, (_, row) => row).filter(middle);
}}"""
