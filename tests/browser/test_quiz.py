"""A student's way through a quiz, and through what stands around an exercise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import unwatched, watched
from tests.browser.desk import (
    DOUBLE,
    code,
    follow,
    graded,
    open_desk,
    pixels,
    resize,
    run,
    shown_runs,
    written,
)

GRADED = "#submission[data-state=graded]"
PAGES = ["/exercises", "/exercises/mixed", "/exercises/which", "/exercises/sketched"]


@pytest.fixture
def context(chromium: Browser, small_site: str) -> Iterator[BrowserContext]:
    """A fresh browser profile on the exercises of tests/data/course."""
    with watched(chromium, small_site) as made:
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_from_the_list_through_the_questions_to_the_report(page: Page) -> None:
    page.goto("/exercises")
    follow(page.get_by_role("link", name="Which transformation is it?"))
    plot = page.get_by_role("group", name=re.compile("Question . Which f is shown", re.DOTALL))
    expect(plot.get_by_role("img", name=re.compile("Two densities"))).to_be_visible()
    plot.get_by_role("radio", name=re.compile(r"z\[0\] \*\* 2")).check()
    page.get_by_role("group", name=re.compile("invertible")).get_by_label("False").check()
    follow(page.get_by_role("button", name="Send answers"))
    expect(page.locator(GRADED)).to_be_visible()
    expect(page.get_by_role("heading", name="Not passed")).to_be_visible()
    expect(page.locator(".finding", has_text="invertible")).to_contain_text("Not right. SECRET-7")
    follow(page.get_by_role("link", name="Answer again"))
    expect(page.get_by_role("radio", name=re.compile(r"z\[0\] \*\* 2"))).to_be_checked()
    page.get_by_label("True").check()
    follow(page.get_by_role("button", name="Send answers"))
    expect(page.locator(GRADED)).to_be_visible()
    expect(page.locator(".verdict")).to_contain_text("2 of 2 points")


def test_what_is_ticked_and_not_sent_outlives_a_reload(page: Page) -> None:
    page.goto("/exercises/which")
    expect(page.locator("#quiz")).to_have_attribute("data-ready", "")
    square = page.get_by_role("radio", name=re.compile(r"z\[0\] \*\* 2"))
    square.check()
    page.reload()
    expect(square).to_be_checked()
    assert page.locator("input[type=radio]:checked").count() == 1
    page.goto("/exercises/mixed")
    expect(page.locator("#quiz, #editor").first).to_have_attribute("data-ready", "")
    assert page.locator("input[type=radio]:checked").count() == 0, "kept by exercise"


def test_it_works_without_scripts(chromium: Browser, small_site: str) -> None:
    with unwatched(chromium, small_site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/exercises/mixed")
        expect(page.locator("fieldset")).to_have_count(3)
        for group in page.locator("fieldset").all():
            group.get_by_role("radio").first.check()
        follow(page.get_by_role("button", name="Send answers"))
        expect(page.locator(GRADED)).to_be_visible()
        expect(page.locator(".finding")).to_have_count(4)
        page.goto("/exercises/sketched")
        page.get_by_label("Start from").select_option("A fold & more")
        follow(page.get_by_role("button", name="Load"))
        expect(page.locator("#source")).to_have_value(re.compile("np.abs"))


def test_the_keyboard_is_enough_and_shows_where_it_is(page: Page) -> None:
    page.goto("/exercises/which")
    page.get_by_role("navigation", name="Where this is").get_by_role("link").last.focus()
    page.keyboard.press("Tab")
    seen = 0
    for _ in range(12):
        focused = page.locator(":focus")
        if focused.get_attribute("type") == "radio":
            frame = page.locator(".option:focus-within")
            assert frame.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
            page.keyboard.press("Space")
            expect(focused).to_be_checked()
            page.keyboard.press("ArrowDown")
            expect(page.locator(":focus")).to_be_checked()
            seen += 1
        if focused.evaluate("e => e.matches('button[type=submit]')"):
            break
        page.keyboard.press("Tab")
    assert seen == 2
    page.keyboard.press("Enter")
    expect(page.locator(GRADED)).to_be_visible()


def test_a_sketch_replaces_the_code_and_undo_brings_it_back(page: Page) -> None:
    open_desk(page, "/exercises/sketched")
    run(page, DOUBLE)
    page.get_by_label("Start from").select_option("A bend")
    page.get_by_role("button", name="Load").click()
    expect(page.locator("#source")).to_have_value(re.compile(r"z\[0\] \*\* 2"))
    expect(page.locator("#headline")).to_contain_text("f is invertible")
    code(page).press("Control+z")
    expect(page.locator("#source")).to_have_value(DOUBLE)


def test_new_weights_change_the_seed_of_what_is_written_and_run_it(page: Page) -> None:
    open_desk(page, "/exercises/sketched")
    # Not the seed that is written already.
    page.evaluate("Math.random = () => 0.4321")
    mine = written(page).replace("return W @ z", "return W @ z + 1")
    run(page, mine)
    before = pixels(page, "x")
    shown = shown_runs(page)
    page.get_by_role("button", name="Draw new weights").click()
    expect(page.locator("#live")).not_to_have_attribute("data-shown", str(shown))
    assert pixels(page, "x") != before
    assert written(page) == mine.replace("default_rng(0)", "default_rng(4321)") != mine
    run(page, DOUBLE)
    page.get_by_role("button", name="Draw new weights").click()
    expect(page.locator("#headline")).to_contain_text("no np.random.default_rng")


def test_a_hint_is_read_only_when_it_is_asked_for(page: Page) -> None:
    page.goto("/exercises/mixed")
    second = page.get_by_text("A second hint.")
    expect(second).to_be_hidden()
    page.get_by_text("Another hint").click()
    expect(second).to_be_visible()


@pytest.mark.parametrize(
    "path",
    ["/exercises", "/exercises/mixed", "/exercises/which", "/exercises/sketched"],
)
def test_nothing_is_wider_than_a_phone(page: Page, path: str) -> None:
    resize(page, 360, 740)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_in_both_schemes(page: Page, scheme: Any, contrasts: str) -> None:
    page.emulate_media(color_scheme=scheme)
    made = graded(page, exercise="which", answers={"plot": "double", "invertible": True})
    for path in (*PAGES, made["links"]["page"]):
        page.goto(path)
        for radio in page.get_by_role("radio").all()[::2]:
            radio.check()
        assert page.evaluate(contrasts) == [], path
