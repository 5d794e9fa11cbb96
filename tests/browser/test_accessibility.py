"""What a checker of accessibility finds on the pages: nothing, in light, in dark, on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.desk import FOLD, graded, resize

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
#: By name the window and the scheme of colours.
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
PAGES = (
    "/",
    "/exercises",
    "/exercises/log-normal",
    "/exercises/coupling-image",
    "/exercises/which-a",
    "/exercises/which-invertible",
    "/exercises/true-or-false-flows",
    "/courses",
    "/courses/demo",
    "/submissions",
    "/account",
    "/help",
    "/schemas",
    "/api",
    "/api?part=submissions",
    "/api?part=shapes",
    "/problems",
)
#: What dark pages are asked: they have other colours than light ones, and nothing else.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
_RUN = """(rules) => axe.run(document, {
    resultTypes: ["violations"],
    ...(rules.length ? { runOnly: { type: "rule", values: rules } } : {}),
  }).then((found) => found.violations.map(
    (rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).join(" ")}`))"""


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A page with the checker in it."""
    with watched(chromium, site, **LOOKS["light"]) as context:
        # A script of the browser's own: our policy would refuse it in the page.
        context.add_init_script(path=AXE)
        yield context.new_page()


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What the checker finds on the page as it is now, by some rules or by all."""
    found: list[str] = page.evaluate(_RUN, list(rules))
    return found


def in_each_look(page: Page) -> dict[str, list[str]]:
    """By look what the checker finds on the page as it is now, which is not loaded anew for it."""
    found = {}
    for look, options in reversed(LOOKS.items()):  # the usual one comes last, and stays
        page.emulate_media(color_scheme=options["color_scheme"])
        resize(page, **options["viewport"])
        found[look] = violations(page, COLOUR_RULES if look == "dark" else ())
    return {look: rules for look, rules in found.items() if rules}


def settle(page: Page) -> None:
    """Wait until what comes by itself is there."""
    if page.locator("#live").count():
        expect(page.locator("#live[data-shown]")).to_have_attribute("data-state", "ready")


def test_no_page_has_a_violation(page: Page) -> None:
    found = {}
    for path in PAGES:
        page.goto(path)
        settle(page)
        found[path] = in_each_look(page)
    assert {path: looks for path, looks in found.items() if looks} == {}


def test_nor_has_a_desk_in_use(page: Page) -> None:
    made = graded(page, FOLD)
    address = made["links"]["page"]
    page.goto(f"/exercises/playground?from={made['id']}")
    settle(page)
    for layer in ("grid", "folds"):
        page.get_by_label(layer).check()
    page.locator("#submit").click()
    expect(page.locator("#result .verdict")).to_be_visible()
    page.get_by_text("The picture in words").first.click()
    assert in_each_look(page) == {}
    page.get_by_role("button", name="Keys").click()
    assert in_each_look(page) == {}
    page.goto(address)
    assert in_each_look(page) == {}


def test_nor_has_the_interface_once_it_was_tried(page: Page) -> None:
    page.goto("/api?part=exercises#exercises_show")
    tried = page.locator("#exercises_show .try")
    tried.get_by_label("slug").fill("affine")
    tried.get_by_role("button", name="Try it").click()
    expect(tried.get_by_role("status")).to_have_text("GET /api/v1/exercises/affine → 200 OK")
    expect(tried.locator(".answer")).to_contain_text('"slug": "affine"')
    assert in_each_look(page) == {}
    page.goto("/api?part=shapes#shape-NewSubmission")
    expect(page.locator("#shape-NewSubmission")).to_be_visible()
    assert in_each_look(page) == {}
