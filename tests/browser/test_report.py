"""The page of a report in a real browser: it comes by itself, copies, compares, and prints."""

from __future__ import annotations

import itertools
import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.desk import DOUBLE, FOLD, follow, graded, resize, send, stop_clock
from tests.browser.test_accessibility import AXE, in_each_look
from tests.patience import until

GRADED = "#submission[data-state=graded]"
#: It takes a second of the processor, more or less.
SLOW = "for _ in range(20_000_000):\n    pass\n\ndef f(z):\n    return z\n"


def test_the_report_takes_the_place_of_the_wait_and_is_said_aloud(page: Page) -> None:
    behind = itertools.count(2)

    def is_opened_while_it_waits() -> bool:
        # As many of them as it takes for the page to come before what is sent after them.
        for _ in range(next(behind)):
            send(page, SLOW)
        made = send(page, DOUBLE, exercise="affine")
        opened = page.goto(made["links"]["page"])
        page.evaluate("window.stayed = true")
        assert opened is not None
        return "in the queue" in opened.text()

    until(is_opened_while_it_waits)
    expect(page.locator(GRADED)).to_be_visible()
    expect(page.locator("[data-said]")).to_have_text(
        re.compile(r"^Partly right, 0\.\d+ of 10 points$")  # the seed decides the hundredths
    )
    assert page.title().startswith("Partly right ·")
    assert page.evaluate("window.stayed") is True
    page.reload()
    expect(page.locator("[data-verdict]")).to_have_text("Partly right")


def test_the_code_beside_a_finding_is_copied_as_it_stands(
    page: Page, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install()
    page.goto(graded(page, FOLD)["links"]["page"])
    # That it was copied is said for three seconds of the page's clock.
    stop_clock(page)
    block = page.locator(".finding pre[data-copy]").first
    button = block.locator("xpath=following-sibling::button[1]")
    said = button.inner_text()
    button.click()
    expect(button).to_have_text("Copied")
    page.clock.run_for(3000)
    expect(button).to_have_text(said)
    assert page.evaluate("navigator.clipboard.readText()") == block.text_content()
    link = page.locator(".permalink button")
    expect(link).to_have_text("Copy the link")
    link.click()
    expect(link).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_line_of_a_finding_leads_into_the_listing(page: Page) -> None:
    made = graded(page, "def f(z):\n    a = 1\n    return a // 0 * z\n")
    page.goto(made["links"]["page"])
    page.get_by_role("link", name="Line 3").click()
    expect(page.locator("#L3:target")).to_be_in_viewport()


def test_from_the_history_one_sees_what_changed(page: Page) -> None:
    graded(page, FOLD, exercise="log-normal")
    made = graded(page, DOUBLE, exercise="log-normal")
    page.goto(made["links"]["page"])
    follow(page.locator("tr[aria-current]").get_by_role("link", name="What changed"))
    expect(page.locator("tr.new").first).to_contain_text("+")
    expect(page.locator("tr.gone .change-sign").first).to_have_text("−")


def test_on_paper_there_is_the_report_and_nothing_to_click(page: Page) -> None:
    page.goto(graded(page, FOLD)["links"]["page"])
    expect(page.locator("img[loading=lazy]")).to_have_count(0)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for gone in (".masthead", ".colophon", "button.copy", ".actions", ".history", "summary"):
        expect(page.locator(gone).first, gone).to_be_hidden()
    for kept in (".verdict", ".figure img", ".finding pre", ".listing", ".permalink a"):
        expect(page.locator(kept).first, kept).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("figcaption details[open]").count() > 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("figcaption details[open]").count() == 0
    assert len(page.pdf()) > 20_000


def test_no_page_of_a_submission_is_wider_than_a_phone(page: Page) -> None:
    first = graded(page, FOLD)
    second = graded(page, "x = '" + "long " * 60 + "'\n" + FOLD)
    resize(page, 360, 740)
    own, other = second["links"]["page"], first["id"]
    for path in (own, f"{own}/diff/{other}", "/submissions"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_no_kind_of_report_has_a_violation(page: Page, context: BrowserContext) -> None:
    # A script of the browser's own: our policy would refuse it in the page.
    context.add_init_script(path=AXE)
    law = graded(page, DOUBLE, exercise="affine")
    syntax = graded(page, "def f(z:\n", exercise="affine")
    raised = graded(page, "def f(z):\n    print(z)\n    return z / (1 // 0)\n", exercise="affine")
    quiz = graded(page, exercise="true-or-false-flows", answers={})
    found = {}
    for path in (
        *(made["links"]["page"] for made in (law, syntax, raised, quiz)),
        f"{raised['links']['page']}/diff/{law['id']}",
    ):
        page.goto(path)
        found[path] = in_each_look(page)
    assert {path: looks for path, looks in found.items() if looks} == {}
