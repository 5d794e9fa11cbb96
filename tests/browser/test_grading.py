"""A grade that is asked about: from the student to the assistant and back, in three browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import unwatched
from tests.browser.desk import follow, hand_in, led_on
from tests.browser.test_accessibility import AXE, LOOKS, violations
from tests.browser.test_people import School as Course
from tests.browser.test_people import join
from tests.whole_service import WholeService

#: 2 is the right scale, and the shift is missing; no line of it is code but the last.
SOURCE = "def f(z):\n    # scale\n    return 2 * z\n"


@pytest.fixture(scope="module")
def links(course_service: WholeService) -> dict[str, Course]:
    """The links by which students and assistants join a course with one assignment."""
    courses, address = partial(course_service.command, "courses"), course_service.address
    # Its title is what `join` looks for.
    courses("new", "marked", "--title", "Flows")
    courses("assign", "marked", "affine")
    invite = partial(courses, "invite", "marked", "--address", address, "--role")
    return {role: Course(address, invite(role).strip()) for role in ("student", "assistant")}


@pytest.fixture
def computers(chromium: Browser, links: dict[str, Course]) -> Iterator[list[BrowserContext]]:
    """Three computers, with the checker of accessibility in the dark one."""
    looks = (LOOKS["light"], LOOKS["dark"], {})
    with ExitStack() as stack:
        made = [
            stack.enter_context(unwatched(chromium, links["student"].address, **look))
            for look in looks
        ]
        # Our policy would refuse the checker if the page brought it.
        made[1].add_init_script(path=AXE)
        yield made


def test_a_student_asks_and_an_assistant_comments_changes_points_and_answers(
    computers: list[BrowserContext], links: dict[str, Course]
) -> None:
    student, other, staff = (context.new_page() for context in (*computers[::2], computers[1]))
    join(student, links["student"], "mira")
    join(other, links["student"], "noor")
    join(staff, links["assistant"], "tom")
    report = hand_in(student, "marked", SOURCE)
    hand_in(other, "marked", SOURCE)
    expect(student.locator("[data-score]")).to_have_text(re.compile(r"^[0-3][.\d]* of 10 points$"))
    student.get_by_text("Ask for a review of this grade").click()
    student.get_by_label("What seems wrong to you?").fill("The scale is $2$, is it not?")
    follow(student.get_by_role("button", name="Ask for a review"))
    expect(student.locator(".review")).to_contain_text("waits for an answer")

    staff.goto("/courses/marked")
    follow(staff.get_by_role("link", name="Reviews"))
    expect(staff.locator(".queue")).to_be_visible()
    assert violations(staff) == []
    follow(staff.get_by_role("link", name="Open the report"))
    expect(staff.locator(".round-who")).to_contain_text("mira")
    # The number of a line is clicked to comment on it.
    staff.locator("#L3").click(position={"x": 12, "y": 10})
    staff.get_by_label("Write a comment").fill("And the **shift**?")
    follow(staff.get_by_role("button", name="Comment", exact=True))
    expect(staff.locator("#L3 .line-comment strong")).to_have_text("shift")
    staff.locator("#criterion").select_option("law")
    staff.get_by_label("Points", exact=True).fill("4")
    staff.get_by_label("Reason, which the student reads").fill("The scale is right.")
    follow(staff.get_by_role("button", name="Give these points"))
    expect(staff.locator("[data-score]")).to_have_text("4 of 10 points")
    staff.locator(".review").get_by_label("Answer").fill("It is: 4 points for that.")
    follow(staff.get_by_role("button", name="Send the answer"))
    expect(staff.locator(".review .answers")).to_contain_text("4 points for that")
    assert violations(staff) == []

    # The next student is one key away, but not while one writes.
    here = staff.url.partition("#")[0]
    staff.get_by_label("Write a comment").press("j")
    assert staff.url.partition("#")[0] == here
    staff.get_by_label("Write a comment").blur()
    # Keys are heard once the scripts of a page are there.
    with led_on(staff):
        staff.keyboard.press("j")
    expect(staff.locator(".round-who")).to_contain_text("noor")
    with led_on(staff):
        staff.keyboard.press("k")
    expect(staff.locator(".round-who")).to_contain_text("mira")
    tabs = (("Log", ".log"), ("Extensions", "#more_attempts"), ("Course report", ".headlines"))
    for tab, shown in tabs:
        staff.goto("/courses/marked")
        follow(staff.get_by_role("link", name=re.compile(tab)).first)
        expect(staff.locator(shown)).to_be_visible()
        assert violations(staff) == [], tab
    # On paper the report is black on white, also of a screen in the dark, and has nothing to click.
    staff.emulate_media(media="print")
    expect(staff.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(staff.locator(".headlines")).to_have_css("color", "rgb(0, 0, 0)")
    expect(staff.locator(".tabs")).to_be_hidden()
    staff.emulate_media(media="screen")

    student.goto(report)
    expect(student.locator("[data-score]")).to_have_text("4 of 10 points")
    expect(student.locator(".verdict")).to_contain_text(
        re.compile(r"Changed by staff from \S+ to 4\.")
    )
    expect(student.locator(".verdict")).to_contain_text("The scale is right.")
    expect(student.locator("#L3 .line-comment")).to_contain_text("And the shift?")
    expect(student.locator(".review .answers")).to_contain_text("It is: 4 points for that.")
