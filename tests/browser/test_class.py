"""A class as its assistant looks at it: the overview, a student's record, where the class fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.desk import follow, graded, resize
from tests.browser.test_accessibility import AXE, LOOKS, in_each_look
from tests.browser.test_people import School as Course
from tests.browser.test_people import join
from tests.whole_service import WholeService

#: The scale is right, and the shift is missing.
SOURCE = "def f(z):\n    return 2 * z\n"
#: What compares the submissions of an assignment.
PLACES = ("atlas", "similarity")


@pytest.fixture(scope="module")
def links(course_service: WholeService, chromium: Browser) -> dict[str, Course]:
    """The links by which staff join a course in which a student has failed by a shift."""
    courses, address = partial(course_service.command, "courses"), course_service.address
    # Its title is what `join` looks for.
    courses("new", "classed", "--title", "Flows")
    courses("assign", "classed", "affine")
    invite = partial(courses, "invite", "classed", "--address", address, "--role")
    with watched(chromium, address) as context:
        page = context.new_page()
        join(page, Course(address, invite("student").strip()), "wim")
        page.goto("/courses/classed")
        follow(page.get_by_role("link", name="Scale and shift"))
        assignment = page.locator("[name=assignment]").first.input_value()
        token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        context.set_extra_http_headers({"X-CSRF-Token": token})
        graded(page, SOURCE, assignment=assignment)
    return {role: Course(address, invite(role).strip()) for role in ("assistant", "instructor")}


@pytest.fixture
def staff(chromium: Browser, links: dict[str, Course]) -> Iterator[Page]:
    """An assistant's page, with the checker of accessibility in it."""
    yield from joined(chromium, links["assistant"], "assistant")


@pytest.fixture
def teacher(chromium: Browser, links: dict[str, Course]) -> Iterator[Page]:
    """A teacher's page, with the same."""
    yield from joined(chromium, links["instructor"], "teacher")


def joined(chromium: Browser, link: Course, name: str) -> Iterator[Page]:
    with watched(chromium, link.address) as context:
        context.add_init_script(path=AXE)
        page = context.new_page()
        join(page, link, name)
        yield page


def is_fine(page: Page) -> None:
    """Whether the checker finds nothing in any look, and only tables are wider than the window."""
    assert faults(page) == {}, page.url


def faults(page: Page) -> dict[str, list[str]]:
    """By look what is wrong with a page."""
    found = in_each_look(page)
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    for look in ("phone", "light"):
        resize(page, **LOOKS[look]["viewport"])
        if page.evaluate(wider):
            found.setdefault(look, []).append("it is wider than the window")
    return found


def test_an_assistant_finds_who_fails_and_by_what(staff: Page) -> None:
    staff.goto("/courses/classed")
    follow(staff.get_by_role("link", name="Overview"))
    row = staff.get_by_role("row", name="wim")
    expect(row).to_contain_text("partly right")
    is_fine(staff)
    staff.get_by_label("State").select_option("passed")
    follow(staff.get_by_role("button", name="Show"))
    expect(staff.get_by_text("Nobody fits.")).to_be_visible()
    is_fine(staff)
    follow(staff.get_by_role("link", name="Show all").first)
    follow(staff.get_by_role("link", name="wim"))
    expect(staff.get_by_role("heading", name="Give an extension")).to_be_visible()
    is_fine(staff)
    follow(staff.get_by_role("link", name="Failures"))
    follow(staff.get_by_role("link", name="Scale and shift"))
    expect(staff.get_by_role("heading", name="law: shift")).to_be_visible()
    # The density of the one who failed so.
    picture = staff.locator(".snag-picture img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 960)
    is_fine(staff)
    follow(staff.get_by_role("link", name="See these reports"))
    staff.get_by_label("What all of these students should read").fill("Where is the middle?")
    is_fine(staff)
    follow(staff.get_by_role("button", name="Comment on all"))
    expect(staff.get_by_role("status")).to_have_text("1 report has your comment.")
    follow(staff.get_by_role("cell", name="x does not follow").get_by_role("link"))
    expect(staff.locator("#comments-title ~ *").first).to_be_visible()
    expect(staff.get_by_text("Where is the middle?").first).to_be_visible()


def test_the_other_pages_of_staff_are_fine_too(teacher: Page) -> None:
    def targets(within: str) -> list[str]:
        found: list[str] = teacher.eval_on_selector_all(
            f"{within} a", "links => links.map((link) => link.getAttribute('href'))"
        )
        return found

    teacher.goto("/courses/classed")
    pages = dict.fromkeys(targets(".tabs"))
    assert len(pages) > 10
    follow(teacher.get_by_role("link", name="Failures Scale and shift"))
    # The pages of an assignment lead to each other.
    pages |= dict.fromkeys(targets(".choices"))
    atlas, likeness = (next(path for path in pages if f"/{name}/" in path) for name in PLACES)
    assert likeness in pages
    teacher.goto(atlas)
    pages[teacher.locator(".thumbs a, .law a").first.get_attribute("href") or ""] = None
    teacher.goto("/courses/classed/overview")
    record = teacher.get_by_role("link", name="wim").get_attribute("href") or ""
    pages |= dict.fromkeys((f"{record}/erase", "/courses/classed/regrades/new", "/courses"))
    # What the other test looks at, and what is no page of staff.
    for seen in ("overview", "failures"):
        pages = {path: None for path in pages if f"/courses/classed/{seen}" not in path}
    found = {}
    for path in (path for path in pages if "/assignments/" not in path or path.endswith("s")):
        teacher.goto(path)
        found[path] = faults(teacher)
    assert {path: looks for path, looks in found.items() if looks} == {}
