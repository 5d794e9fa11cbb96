"""A real browser on the real service: `grader serve` with its queue, its worker and its sandbox."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.patience import PATIENCE_SECONDS, until
from worker.kinship import die_with_parent

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAIN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/v1/health", timeout=5) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except OSError:
        return False


def runs_previews(address: str) -> bool:
    """Whether the live worker is there: it is up a moment after the service answers."""
    headers = {"Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(f"{address}/api/v1/exercises", timeout=5) as answer:
            code = [item["slug"] for item in json.load(answer)["items"] if item["kind"] == "code"]
        body = {"exercise": code[0], "source": "", "stream": "is-it-there", "number": 0}
        asked = f"{address}/api/v1/previews"
        request = urllib.request.Request(asked, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the whole service, started as a user starts it."""
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory, small_course: Path) -> Iterator[str]:
    """The same with the exercises of tests/data/course."""
    folder = tmp_path_factory.mktemp("small-site")
    with serving(folder, GRADER_EXERCISES_DIR=str(small_course)) as address:
        yield address


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[str]:
    """The address of a service with its data in `folder`."""
    port = free_port()
    command = [Path(sys.executable).parent / "grader", "serve", "--port", str(port)]
    own = {"GRADER_DATA_DIR": str(folder / "var"), "GRADER_SLOTS": "1"}
    environment = PLAIN | own | variables
    log = folder / "log"
    with log.open("wb") as output:
        parent = os.getpid()
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdout=output,
            stderr=output,
            # A run that is stopped by hand ends its processes without a teardown.
            preexec_fn=lambda: die_with_parent(parent),
        )
    try:
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None, log.read_text()
            return is_healthy(address) and runs_previews(address)

        until(answers)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail("The browser tests need Chromium: on Debian, sudo apt-get install chromium")
    # The thirty seconds that Playwright gives an action, for what is expected of a page, too.
    expect.set_options(timeout=30_000)
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
        if message.type == "error":
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
    made = chromium.new_context(base_url=site, **(usual | options))
    watch = Watch(made, site)
    yield made
    made.close()
    assert watch.foreign == []
    assert watch.errors == []


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
