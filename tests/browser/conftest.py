"""A real browser on the real service: `grader serve` with its queue, its worker and its sandbox."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.whole_service import WholeService

#: For what a page does: on a busy machine the thirty seconds of Playwright were too few.
_PATIENCE_MILLISECONDS = 90_000
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def site(course_service: WholeService) -> str:
    """The address of the whole service."""
    return course_service.address


@pytest.fixture(scope="session")
def small_site(small_service: WholeService) -> str:
    """The same with the exercises of tests/data/course."""
    return small_service.address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail("The browser tests need Chromium: on Debian, sudo apt-get install chromium")
    expect.set_options(timeout=_PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start as root.
        switches = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=found, args=switches)
        yield browser
        browser.close()


class Watch:
    """What a page must not do, noted while it does it."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self._site = site
        self.foreign: list[str] = []
        self.errors: list[str] = []
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith(self._site):
            self.foreign.append(request.url)

    def _note_console(self, message: Any) -> None:
        # Live runs have two places for everybody who is the demo. On a busy machine those of pages
        # that were closed may still have them; then a page is told to wait, and does.
        waits = "status of 429" in message.text and message.location["url"].endswith("/previews")
        if message.type == "error" and not waits:
            self.errors.append(message.text)


@pytest.fixture
def context(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    """A fresh browser profile; at the end, no page contacted another site or broke our policy."""
    with watched(chromium, site) as made:
        yield made


@contextmanager
def watched(chromium: Browser, site: str, **options: Any) -> Iterator[BrowserContext]:
    """A browser profile that is closed at the end, when all that was noted of it is asked."""
    usual = {"viewport": {"width": 1280, "height": 860}}
    with unwatched(chromium, site, **(usual | options)) as made:
        watch = Watch(made, site)
        yield made
    assert watch.foreign == []
    assert watch.errors == []


@contextmanager
def unwatched(chromium: Browser, site: str, **options: Any) -> Iterator[BrowserContext]:
    """One for tests in which requests fail or are refused on purpose; as patient as the others."""
    with chromium.new_context(base_url=site, **options) as made:
        made.set_default_timeout(_PATIENCE_MILLISECONDS)
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


#: Every piece of text whose colour is too close to what is painted behind it.
_CONTRASTS = """() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const curve = (share) => share <= .04045 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4;
  const linear = (value) => curve(value / 255);
  const luminance = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    const [a, b] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${walker.currentNode.textContent.trim()}`);
  }
  return found;
}"""


@pytest.fixture
def contrasts() -> str:
    """The script that finds text which is too pale to read."""
    return _CONTRASTS
