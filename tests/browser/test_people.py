"""People at one computer: sessions that end or give way to others, and the text that each keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import unwatched
from tests.browser.desk import FOLD, follow, open_desk, write, written
from tests.whole_service import WholeService

PASSWORD = "correct horse battery"
KEPT = "Your draft is kept in this browser."


@dataclass(frozen=True, slots=True)
class School:
    """A service with a course that asks for two exercises, for one of them with a cooldown."""

    address: str
    #: The link by which people join the course.
    link: str


@pytest.fixture(scope="module")
def school(course_service: WholeService) -> School:
    courses, address = partial(course_service.command, "courses"), course_service.address
    courses("new", "flows", "--title", "Flows")
    courses("assign", "flows", "affine")
    courses("assign", "flows", "log-normal", "--cooldown", "2h")
    return School(address, courses("invite", "flows", "--address", address).strip())


@pytest.fixture
def computer(chromium: Browser, school: School) -> Iterator[BrowserContext]:
    """One browser. (Not a watched one: it notes the answers 401 and 403, which are the point.)"""
    with unwatched(chromium, school.address) as context:
        yield context


def join(page: Page, school: School, name: str) -> None:
    """Make an account by the link of the course."""
    page.goto(school.link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Join"))
    expect(page.get_by_role("heading", name="Flows")).to_be_visible()


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def sign_out(page: Page) -> None:
    follow(page.get_by_role("button", name="Sign out", exact=True))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def open_assignment(page: Page, title: str = "Scale and shift") -> None:
    page.goto("/courses/flows")
    follow(page.get_by_role("link", name=title))
    open_desk(page, page.url)


def test_drafts_of_two_people_at_one_computer_are_kept_apart(
    computer: BrowserContext, school: School
) -> None:
    page = computer.new_page()
    join(page, school, "ada1")
    open_assignment(page)
    starter = written(page)
    write(page, FOLD)
    expect(page.locator("#draft-note")).to_have_text(KEPT)
    sign_out(page)
    join(page, school, "bob1")
    open_assignment(page)
    assert written(page) == starter
    write(page, "# his\n" + starter)
    expect(page.locator("#draft-note")).to_have_text(KEPT)
    sign_out(page)
    sign_in(page, "ada1")
    open_assignment(page)
    assert written(page) == FOLD


def test_a_session_that_is_over_loses_no_text(computer: BrowserContext, school: School) -> None:
    page, other = computer.new_page(), computer.new_page()
    join(page, school, "ada2")
    open_assignment(page)
    other.goto("/account")
    sign_out(other)
    write(page, FOLD)
    expect(page.locator("#headline")).to_contain_text("You are signed out")
    page.locator("#submit").click()
    status = page.locator("#status")
    expect(status).to_contain_text("so nothing was sent. Your code is still here.")
    address = page.url
    follow(status.get_by_role("link", name="Sign in and go on"))
    sign_in(page, "ada2")
    expect(page).to_have_url(address)
    expect(page.locator("#editor")).to_have_attribute("data-ready", "")
    assert written(page) == FOLD
    page.locator("#submit").click()
    expect(status).to_contain_text("Graded")


def test_a_page_that_was_left_open_sends_nothing_as_the_next_person(
    computer: BrowserContext, school: School
) -> None:
    page, other = computer.new_page(), computer.new_page()
    join(page, school, "ada3")
    open_assignment(page)
    other.goto("/account")
    sign_out(other)
    join(other, school, "bob3")
    write(page, FOLD)
    expect(page.locator("#headline")).to_contain_text("Somebody has signed in")
    page.locator("#submit").click()
    status = page.locator("#status")
    expect(status).to_contain_text("Somebody has signed in since this page was opened")
    other.goto("/submissions")
    assert other.locator("main a[href^='/submissions/']").count() == 0
    follow(status.get_by_role("link", name="Load the page again"))
    expect(page.locator("#editor")).to_have_attribute("data-ready", "")
    expect(page.locator(".who")).to_contain_text(re.compile("bob3"))
    assert written(page) != FOLD, "her text, on his page"


def test_a_pause_between_submissions_is_counted_down(
    computer: BrowserContext, school: School
) -> None:
    page = computer.new_page()
    join(page, school, "ada4")
    page.clock.install()
    open_assignment(page, "Out of the Gaussian family")
    page.locator("#submit").click()
    expect(page.locator("#submit")).to_be_disabled()
    soon = re.compile(r"You can submit again in .*\d")
    expect(page.locator("#countdown")).to_have_text(soon)
    expect(page.locator("#countdown-spoken")).to_have_text(soon)
    # How one stands is asked for once more when it is graded; then the page asks for nothing.
    expect(page.locator("#standing")).to_contain_text("not passed")
    page.clock.fast_forward("02:00:01")
    expect(page.locator("#submit")).to_be_enabled()
    expect(page.locator("#countdown")).to_be_empty()
    expect(page.locator("#countdown-spoken")).to_have_text("You can submit again.")
