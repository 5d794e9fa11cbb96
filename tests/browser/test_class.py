"""A class as its assistant looks at it: the overview, a student's record, where the class fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.desk import graded
from tests.browser.test_accessibility import AXE, LOOKS, violations
from tests.browser.test_people import School as Course
from tests.browser.test_people import join
from tests.whole_service import WholeService

#: The scale is right, and the shift is missing.
SOURCE = "def f(z):\n    return 2 * z\n"


@pytest.fixture(scope="module")
def course(course_service: WholeService, chromium: Browser) -> Course:
    """The link by which assistants join a course in which a student has failed by a shift."""
    courses, address = partial(course_service.command, "courses"), course_service.address
    # Its title is what `join` looks for.
    courses("new", "classed", "--title", "Flows")
    courses("assign", "classed", "affine")
    invite = partial(courses, "invite", "classed", "--address", address, "--role")
    with watched(chromium, address) as context:
        page = context.new_page()
        join(page, Course(address, invite("student").strip()), "wim")
        page.goto("/courses/classed")
        page.get_by_role("link", name="Scale and shift").click()
        assignment = page.locator("[name=assignment]").first.input_value()
        token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        context.set_extra_http_headers({"X-CSRF-Token": token})
        graded(page, SOURCE, assignment=assignment)
    return Course(address, invite("assistant").strip())


@pytest.fixture(params=LOOKS)
def staff(request: pytest.FixtureRequest, chromium: Browser, course: Course) -> Iterator[Page]:
    """An assistant's page in one of the looks, with the checker of accessibility in it."""
    with watched(chromium, course.address, **LOOKS[request.param]) as context:
        context.add_init_script(path=AXE)
        page = context.new_page()
        join(page, course, f"assistant-{request.param}")
        yield page


def is_fine(page: Page) -> None:
    """Whether the checker finds nothing, and only tables are wider than the window."""
    assert violations(page) == [], page.url
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) == 0, page.url


def test_an_assistant_finds_who_fails_and_by_what(staff: Page) -> None:
    staff.goto("/courses/classed")
    staff.get_by_role("link", name="Overview").click()
    row = staff.get_by_role("row", name="wim")
    expect(row).to_contain_text("partly right")
    is_fine(staff)
    staff.get_by_label("State").select_option("passed")
    staff.get_by_role("button", name="Show").click()
    expect(staff.get_by_text("Nobody fits.")).to_be_visible()
    is_fine(staff)
    staff.get_by_role("link", name="Show all").first.click()
    staff.get_by_role("link", name="wim").click()
    expect(staff.get_by_role("heading", name="Give an extension")).to_be_visible()
    is_fine(staff)
    staff.get_by_role("link", name="Failures").click()
    staff.get_by_role("link", name="Scale and shift").click()
    expect(staff.get_by_role("heading", name="law: shift")).to_be_visible()
    # The density of the one who failed so.
    picture = staff.locator(".snag-picture img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 960)
    is_fine(staff)
    staff.get_by_role("link", name="See these reports").click()
    staff.get_by_label("What all of these students should read").fill("Where is the middle?")
    is_fine(staff)
    staff.get_by_role("button", name="Comment on all").click()
    expect(staff.get_by_role("status")).to_have_text("1 report has your comment.")
    staff.get_by_role("cell", name="x does not follow").get_by_role("link").click()
    expect(staff.locator("#comments-title ~ *").first).to_be_visible()
    expect(staff.get_by_text("Where is the middle?").first).to_be_visible()
