"""Grading again, as an assistant does it: tried, looked at, applied; and what the student sees."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import unwatched
from tests.browser.desk import follow, hand_in
from tests.browser.test_accessibility import AXE, LOOKS, violations
from tests.browser.test_people import School as Course
from tests.browser.test_people import join
from tests.whole_service import WholeService

SOURCE = "def f(z):\n    return z\n"


@pytest.fixture(scope="module")
def links(course_service: WholeService) -> dict[str, Course]:
    """The links by which students and assistants join a course with one assignment."""
    courses, address = partial(course_service.command, "courses"), course_service.address
    # Its title is what `join` looks for.
    courses("new", "retried", "--title", "Flows")
    courses("assign", "retried", "affine")
    invite = partial(courses, "invite", "retried", "--address", address, "--role")
    return {role: Course(address, invite(role).strip()) for role in ("student", "assistant")}


@pytest.fixture
def computers(chromium: Browser, links: dict[str, Course]) -> Iterator[list[BrowserContext]]:
    """A student's computer, and the dark one of an assistant, with the checker in it."""
    address = links["student"].address
    with (
        unwatched(chromium, address) as light,
        unwatched(chromium, address, **LOOKS["dark"]) as dark,
    ):
        # Our policy would refuse the checker if the page brought it.
        dark.add_init_script(path=AXE)
        yield [light, dark]


def test_an_assistant_tries_looks_and_applies(
    computers: list[BrowserContext], links: dict[str, Course]
) -> None:
    student, staff = (context.new_page() for context in computers)
    join(student, links["student"], "rosa")
    join(staff, links["assistant"], "remo")
    report = hand_in(student, "retried", SOURCE)

    staff.goto("/courses/retried")
    follow(staff.get_by_role("link", name="Our errors"))
    assert violations(staff) == []
    follow(staff.get_by_role("link", name="Regrades"))
    assert violations(staff) == []
    follow(staff.get_by_role("link", name="Grade again"))
    follow(staff.get_by_role("button", name="Go on"))
    assert violations(staff) == []
    staff.get_by_label("Why, for the log").fill("To see whether it says the same.")
    follow(staff.get_by_role("button", name="Try it"))
    # The page follows by itself, and is loaded again when there is something to decide.
    expect(staff.get_by_role("button", name="Apply to one submission")).to_be_visible()
    staff.wait_for_load_state()
    expect(staff.locator(".trials tbody tr")).to_have_count(1)
    expect(staff.locator(".trials")).to_contain_text("same")
    assert violations(staff) == []
    student.goto(report)
    expect(student.locator("#gradings-title")).to_have_count(0)

    follow(staff.get_by_role("button", name="Apply to one submission"))
    expect(staff.locator(".fates")).to_contain_text("1 applied")
    student.reload()
    expect(student.locator("#gradings-title")).to_be_visible()
    follow(student.locator(".gradings a"))
    expect(student.locator(".notice")).to_contain_text("does not count any more")
