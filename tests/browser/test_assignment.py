"""A student in a course: deadlines, attempts and the pause between them, as the pages say them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.desk import GRADED, follow, graded, open_desk, submit, write

RIGHT = "import numpy as np\n\ndef f(z):\n    return 2 * z + np.ones(2)\n"


def open_assignment(page: Page, title: str) -> str:
    """Go from the demo course to an assignment; its id."""
    page.goto("/courses/demo")
    follow(page.get_by_role("link", name=title))
    expect(page.locator("#standing")).to_be_visible()
    return page.url.rsplit("/", 1)[-1]


def test_from_the_course_through_an_assignment_and_back(page: Page) -> None:
    page.goto("/")
    follow(page.get_by_role("link", name="Courses"))
    follow(page.get_by_role("link", name="Demo course"))
    row = page.get_by_role("listitem").filter(has_text="Scale and shift")
    expect(row).to_contain_text("not begun")
    follow(row.get_by_role("link"))
    open_desk(page, page.url)
    write(page, RIGHT)
    submit(page)
    expect(page.locator("#status")).to_have_text("Graded: Passed, 10 of 10 points.")
    # Without a reload, what the page says of the assignment is new too.
    expect(page.locator("#standing")).to_contain_text("10 of 10")
    expect(page.locator("#standing")).to_contain_text("passed")
    follow(page.get_by_role("link", name="Demo course"))
    expect(row).to_contain_text("passed")
    expect(row).to_contain_text("10 of 10")


def test_a_deadline_is_said_with_its_time_zone(page: Page) -> None:
    open_assignment(page, "Out of the Gaussian family")
    deadline = page.locator("#standing time")
    expect(deadline).to_contain_text(re.compile(r"\w+ \d+ \w+ \d{4}, 23:59\s+UTC"))
    expect(page.locator("#standing")).to_contain_text(re.compile("in (1 week|[67] days)"))


def test_attempts_run_out_and_the_page_says_so(page: Page) -> None:
    id_ = open_assignment(page, "Write an f with the law of plot A")
    expect(page.locator("#standing")).to_contain_text("5 of 5 left")
    open_desk(page, page.url)
    submit(page)
    expect(page.locator("#standing")).to_contain_text("4 of 5 left")
    for _ in range(4):
        graded(page, "def f(z):\n    return z\n", assignment=id_)
    page.reload()
    expect(page.locator("#standing")).to_contain_text("0 of 5 left")
    expect(page.locator("#standing")).to_contain_text("You have no attempt left")
    expect(page.locator("#submit")).to_be_disabled()
    expect(page.locator("#submit")).to_have_css("cursor", "not-allowed")
    # Trying goes on.
    expect(page.locator("#live[data-shown]")).to_be_visible()


def test_how_one_stood_before_does_not_take_the_place_of_how_one_stands(page: Page) -> None:
    open_assignment(page, "Out of the Gaussian family")
    address = page.url
    open_desk(page, address)
    overtaken: list[tuple[Route, str]] = []

    def keep(route: Route) -> None:
        said = route.fetch().text()
        overtaken.append((route, said.replace('id="standing"', 'id="standing" data-overtaken')))

    # It is asked for when the submission is accepted, and again when it is graded.
    page.route(address, keep, times=1)
    submit(page)
    expect(page.locator("#standing")).to_contain_text("not passed")
    ((route, said),) = overtaken
    assert "data-overtaken" in said
    with page.expect_response(address) as answered:
        route.fulfill(body=said, content_type="text/html")
    answered.value.finished()
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    assert page.locator("#standing[data-overtaken]").count() == 0
    expect(page.locator("#standing")).to_contain_text("not passed")


def test_a_quiz_is_handed_in_to_its_assignment(page: Page) -> None:
    open_assignment(page, "Which transformation? Plot A")
    page.get_by_role("radio").first.check()
    follow(page.get_by_role("button", name=re.compile("Send answer")))
    expect(page.locator(GRADED)).to_be_visible()
    page.goto("/courses/demo")
    row = page.get_by_role("listitem").filter(has_text="Which transformation? Plot A")
    expect(row).not_to_contain_text("not begun")
