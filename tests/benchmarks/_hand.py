"""A visitor's hand in the browser, and the browser's own clock: from a press until a condition holds on a frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, sleep

from playwright.sync_api import Browser, Page

PATIENCE = 120_000  # milliseconds for what the benchmark needs before it can measure
NEVER = 60_000  # milliseconds after which what a press should bring counts as never come
THUMB = 16  # pixels: width of a slider's thumb
BOARDS = '[...document.querySelectorAll(".es-board[data-ready]")]'

# The clock of a visit starts with the navigation; it stops on the first frame on which the page is usable.
_VISIT = """
(() => {
  const usable = () => {
    const app = document.querySelector("[data-testid=stApp]");
    return app && app.dataset.testScriptState === "notRunning" && document.querySelector(SELECTOR);
  };
  const look = () => { if (usable()) window.__usable = performance.now(); else requestAnimationFrame(look); };
  requestAnimationFrame(look);
})();
"""

# The clock of a press starts with the hand's event, even where the page is too busy to hear it at once.
_PRESS = """
() => {
  window.__seen = new Promise((done) => document.addEventListener("EVENT", (press) => {
    const conditions = CONDITIONS, taken = {};
    const look = () => {
      const now = performance.now() - press.timeStamp;
      for (const [name, holds] of Object.entries(conditions)) if (!(name in taken) && holds()) taken[name] = now;
      const missing = Object.keys(conditions).filter((name) => !(name in taken));
      if (!missing.length) done(taken);
      else if (now > NEVER) done({ ...taken, ...Object.fromEntries(missing.map((name) => [name, Infinity])) });
      else requestAnimationFrame(look);
    };
    look();
  }, { capture: true, once: true }));
}
"""

_PAINTED = """
() => new Promise((done) => requestAnimationFrame(() =>
  setTimeout(() => done([Number(document.querySelector(".es-board").dataset.repaints || 0), performance.now()]))
))
"""


@contextmanager
def visitor(browser: Browser, script: str = "") -> Iterator[Page]:
    """A browser of somebody else: nothing cached, nothing remembered."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    if script:
        context.add_init_script(script)
    try:
        yield context.new_page()
    finally:
        context.close()


def first_visit(browser: Browser, url: str, selector: str) -> float:
    """Seconds from the navigation until what `selector` names is there and the page's script has run to its end."""
    with visitor(browser, _VISIT.replace("SELECTOR", json.dumps(selector))) as page:
        page.goto(url, wait_until="commit")
        return page.wait_for_function("window.__usable").json_value() / 1000


def press(page: Page, act: Callable[[], object], event: str = "pointerdown", /, **conditions: str) -> dict[str, float]:
    """Do `act`, which presses the pointer (or, with "keydown", a key) once: milliseconds until each condition, a JavaScript
    expression, held; inf for never."""
    table = ", ".join(f"{name}: () => ({expression})" for name, expression in conditions.items())
    script = _PRESS.replace("EVENT", event).replace("CONDITIONS", f"{{ {table} }}").replace("NEVER", str(NEVER))
    page.evaluate(script)
    act()
    taken: dict[str, float] = page.evaluate("() => window.__seen")
    return taken


def other_board(page: Page) -> str:
    """The condition that a picture is there which is not there now."""
    old = json.dumps(page.evaluate(f"() => {BOARDS}.map((board) => board.dataset.ready)"))
    return f"{BOARDS}.some((board) => !{old}.includes(board.dataset.ready))"


def drag(page: Page, slider: str, moves: int, rate: float = 60.0) -> tuple[float, float]:
    """Drag a slider of the figure to and fro, one step a move: (repaints a second, moves a second)."""
    control = page.locator(f"input[data-slider='{slider}']")
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    assert box is not None
    steps = int(control.get_attribute("max") or 0) - int(control.get_attribute("min") or 0)
    reach = (box["width"] - THUMB) / steps
    left, middle = box["x"] + THUMB / 2, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    painted, at = page.evaluate(_PAINTED)
    began = perf_counter()
    for move in range(1, moves + 1):
        sleep(max(0.0, began + move / rate - perf_counter()))
        page.mouse.move(left + reach * abs((move + steps) % (2 * steps) - steps), middle)
    took = perf_counter() - began
    painted_last, at_last = page.evaluate(_PAINTED)
    page.mouse.up()
    return (painted_last - painted) / (at_last - at) * 1000, moves / took
