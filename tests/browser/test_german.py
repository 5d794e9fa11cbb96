"""The exercise's page in German: scripts and editor speak it too, and its longer words fit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched


def is_wider_than_the_window(page: Page) -> bool:
    wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return wider


@pytest.mark.parametrize("size", [(1280, 860), (390, 844)], ids=["wide", "phone"])
def test_the_page_its_scripts_and_its_editor_are_german(
    chromium: Browser, site: str, size: tuple[int, int]
) -> None:
    window = {"width": size[0], "height": size[1]}
    with watched(chromium, site, viewport=window, locale="de-DE") as context:
        page = context.new_page()
        page.goto("/exercises/affine")
        expect(page.locator("#live-state")).to_have_text("auf dem neuesten Stand")
        expect(page.locator("#findings .finding-status").first).to_have_text("bestanden")
        expect(page.locator("#findings .message [lang=en]").first).to_have_text(re.compile("^f is"))
        expect(page.locator("#headline [lang=en]")).to_have_text(re.compile("^f is"))
        expect(page.locator("[data-play]")).to_have_attribute(
            "aria-label", "Die Stichprobe von z nach x bringen"
        )
        page.locator(".cm-content").click()
        page.keyboard.press("Control+f")
        expect(page.get_by_placeholder("Suchen")).to_be_visible()
        expect(page.locator(".cm-search")).to_contain_text("ganzes Wort")
        assert not is_wider_than_the_window(page)
        page.locator("#submit").click()
        expect(page.locator("#status")).to_have_text("Bewertet: Nicht bestanden, 0 von 10 Punkten.")
        assert not is_wider_than_the_window(page)
