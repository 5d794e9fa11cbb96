"""The page of an exercise, as its tests use it: write, wait for the live run, look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.patience import until

FOLD = "import numpy as np\n\ndef f(z):\n    return np.array([z[0] ** 2, z[1]])\n"
DOUBLE = "def f(z):\n    return 2 * z\n"
GRADED = "#submission[data-state=graded]"


def open_desk(page: Page, path: str = "/") -> None:
    """Open an exercise and wait until its first live run is shown."""
    page.goto(path)
    expect(page.locator("#editor")).to_have_attribute("data-ready", "")
    expect(page.locator("#live[data-shown]")).to_have_attribute("data-state", "ready")


def code(page: Page) -> Locator:
    """Where the code is written."""
    return page.locator(".cm-content")


#: Pastes over all that is written. (Text that a driver inserts by itself gets inline styles of the
#: browser's making, which our policy refuses, loudly.)
_PASTE = """(content, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  content.dispatchEvent(paste);
}"""


def write(page: Page, source: str) -> None:
    """Replace the code, as who pastes over all of it does."""
    code(page).press("Control+a")
    code(page).evaluate(_PASTE, source)
    assert written(page) == source


def written(page: Page) -> str:
    """The code, as the form would send it."""
    return page.locator("#source").input_value()


def run(page: Page, source: str) -> None:
    """Replace the code and wait until a live run of it is shown."""
    shown = shown_runs(page)
    write(page, source)
    expect(page.locator("#live")).not_to_have_attribute("data-shown", str(shown))
    expect(page.locator("#live")).to_have_attribute("data-state", "ready")


def shown_runs(page: Page) -> int:
    """How many live runs the page has shown."""
    return int(page.locator("#live").get_attribute("data-shown") or 0)


def pixels(page: Page, panel: str) -> str:
    """The picture of a panel (z or x), to be compared with another, after the next frame."""
    canvas = page.locator(f"canvas[data-plot={panel}]")
    found: Any = canvas.evaluate(
        "canvas => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame("
        "() => resolve(canvas.toDataURL()))))"
    )
    return str(found)


def middle(page: Page, panel: str) -> list[int]:
    """The pixels in the middle of a panel, where no axis has its name, after the next frame."""
    pixels(page, panel)
    found: list[int] = page.locator(f"canvas[data-plot={panel}]").evaluate(
        """canvas => {
          const [x, y] = [canvas.width, canvas.height].map((size) => Math.round(size / 4));
          return [...canvas.getContext("2d").getImageData(x, y, 2 * x, 2 * y).data];
        }"""
    )
    return found


def darkness(page: Page, panel: str) -> float:
    """How much of the inside of a panel is other than its background, from 0 to 1."""
    found: Any = page.locator(f"canvas[data-plot={panel}]").evaluate(
        """canvas => {
          const [width, height] = [canvas.width, canvas.height];
          const inside = canvas.getContext("2d").getImageData(
            Math.round(width * 0.2), Math.round(height * 0.1),
            Math.round(width * 0.7), Math.round(height * 0.7)).data;
          const key = (at) => inside[at] * 65536 + inside[at + 1] * 256 + inside[at + 2];
          let other = 0;
          for (let at = 0; at < inside.length; at += 4) if (key(at) !== key(0)) other += 1;
          return other / (inside.length / 4);
        }"""
    )
    return float(found)


def sample(page: Page) -> tuple[list[float], list[float]]:
    """The sample that the page names: z and x."""
    text = page.locator("[data-readout][data-sample]").inner_text().replace("−", "-")
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]
    assert len(numbers) == 4, text
    return numbers[:2], numbers[2:]


def follow(target: Locator) -> None:
    """Click what leads to another page, and wait until that page is there.

    A click alone returns while the old page is still shown: what is asked next, unless it waits by
    itself, may be asked of either.
    """
    with led_on(target.page):
        target.click()


def resize(page: Page, width: int, height: int) -> None:
    """Give the window another size, and wait until the page has it.

    Setting it returns before that: what the page does next, it may do at either size.
    """
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(f"innerWidth === {width} && innerHeight === {height}")


@contextmanager
def led_on(page: Page) -> Iterator[None]:
    """Wait until the page is there that is led to meanwhile, with its scripts."""
    # What is shown may still be loading: its end is not that of the page to come.
    page.wait_for_load_state()
    with page.expect_navigation():
        yield


def stop_clock(page: Page) -> None:
    """Let the page's clock stand from here on, until `page.clock.run_for`; it was installed before.

    It stands in an hour, as on a busy machine the next second may be over before it is told.
    """
    page.clock.pause_at(page.evaluate("Date.now() + 3_600_000"))


def submit(page: Page) -> None:
    """Hand in, and wait for the report beside the editor."""
    page.locator("#submit").click()
    expect(page.locator("#status")).to_contain_text("Graded")


def send(page: Page, source: str | None = None, **fields: object) -> dict[str, Any]:
    """Hand in by the API as whoever uses the page: what was accepted."""
    body = fields if source is None else {**fields, "source": source}
    answer = page.request.post("/api/v1/submissions", data=body)
    assert answer.ok, answer.text()
    return dict(answer.json())


def graded(page: Page, source: str | None = None, **fields: object) -> dict[str, Any]:
    """The same, once it is graded."""
    found = send(page, source, **fields)
    address = found["links"]["self"]

    def is_graded() -> bool:
        # Less than Playwright gives a request.
        answer = page.request.get(address, headers={"Prefer": "wait=10"})
        assert answer.ok, answer.text()
        found.update(answer.json())
        return bool(found["state"] == "graded")

    until(is_graded)
    return found


def hand_in(page: Page, course: str, source: str) -> str:
    """Send code by the form of a course's affine assignment; returns the report's address."""
    page.goto(f"/courses/{course}")
    follow(page.get_by_role("link", name="Scale and shift").first)
    form = {
        "assignment": page.locator("[name=assignment]").first.input_value(),
        "source": source,
        "csrf_token": page.locator("meta[name=csrf-token]").get_attribute("content") or "",
    }
    answer = page.request.post("/submissions", form=form)
    assert answer.ok, answer.text()
    page.goto(answer.url)
    expect(page.locator(GRADED)).to_be_visible()
    return answer.url
