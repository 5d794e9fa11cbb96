"""From a key to the new picture in a browser, as a multiple of the preview's own time over HTTP.

Also what the page weighs when it is opened for the first time. Needs Chromium.
"""

from __future__ import annotations

import os
import shutil
from itertools import count
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.previews import serving
from benchmarks.timing import medians
from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_API, _KEY, _TYPED = "preview over HTTP", "Shift + Enter to picture", "typed letter to picture"

#: Presses nothing by itself: resolves when the next run is shown, and two frames are over: the
#: picture is drawn in the first, and on the screen with the second.
_NEXT_PICTURE = """() => new Promise((resolve) => {
  const live = document.querySelector("#live");
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  }).observe(live, { attributes: true, attributeFilter: ["data-shown"] });
})"""
_WEIGHTS = """() => ["navigation", "resource"]
  .flatMap((kind) => performance.getEntriesByType(kind))
  .map((entry) => [entry.name, entry.encodedBodySize])"""


def main(rounds: int = 15) -> None:
    """Measure and print."""
    playground = read_catalog()["playground"]
    assert isinstance(playground, CodeExercise)
    with serving() as client, sync_playwright() as playwright:
        browser = _launch(playwright)
        page = browser.new_page(base_url=str(client.base_url))
        page.goto("/")
        page.wait_for_selector("#live[data-shown][data-state=ready]")
        _print_weight(page.evaluate(_WEIGHTS))
        numbers = count()

        def ask() -> None:
            body = {"source": playground.starter, "stream": "benchmark", "number": next(numbers)}
            client.post("/api/v1/previews", json=body, headers={"Prefer": "wait=30"})

        times = medians(
            {
                _API: ask,
                _KEY: lambda: _press(page, "Shift+Enter"),
                _TYPED: lambda: _press(page, "a"),
            },
            rounds=rounds,
        )
        browser.close()
    unit = times[_API]
    print(f"\n{'the playground, in a browser':45}{'median':>10}   {'÷ preview':>10}")
    for name, seconds in times.items():
        print(f"{name:45}{seconds * 1e3:8.1f} ms   {seconds / unit:10.2f}")
    print("A typed letter waits 250 ms for the next one; the others do not.")


def _launch(playwright: Any) -> Browser:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        raise SystemExit("There is no Chromium here. On Debian: sudo apt-get install chromium")
    # Chromium's own sandbox does not start as root.
    switches = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser: Browser = playwright.chromium.launch(executable_path=found, args=switches)
    return browser


def _press(page: Page, key: str) -> None:
    """Press a key at the end of a comment of the starter's, and wait for what it makes."""
    if key == "a":
        page.locator(".cm-line", has_text="#").first.click()
        page.keyboard.press("End")
    else:
        page.locator(".cm-content").focus()
    shown = page.evaluate_handle(f"({{ over: ({_NEXT_PICTURE})() }})")
    page.keyboard.press(key)
    shown.evaluate("({ over }) => over")


def _print_weight(entries: list[tuple[str, int]]) -> None:
    previews = sum(size for name, size in entries if "/api/" in name)
    page = sum(size for name, size in entries) - previews
    print(
        f"first load as it is sent: {page / 1e3:.0f} kB with the editor, "
        f"and {previews / 1e3:.0f} kB for the first preview"
    )


if __name__ == "__main__":
    main()
