"""A student's way: write an f, run it, read what was found, go on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

FOLD = "def f(z):\n    print('hello')\n    return z**2\n"
#: Long enough for a page to be seen waiting.
SLOW = "total = 0\nfor i in range(6_000_000):\n    total = i\n\ndef f(z):\n    return z\n"
GRADED = "#submission[data-state=graded]"


def write(page: Page, source: str) -> None:
    page.fill("#source", source)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def test_a_new_user_runs_the_playground_and_sees_the_density(page: Page) -> None:
    page.goto("/")
    page.locator("#source").press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Graded: It runs.")
    picture = page.locator("#result img").first
    expect(picture).to_have_attribute("alt", re.compile("p\\(x\\)"))
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth }")
    findings = page.locator(".finding")
    expect(findings.filter(has_text="invertibility")).to_have_count(1)
    assert findings.count() >= 4


def test_an_edited_f_changes_picture_and_findings_without_a_reload(page: Page) -> None:
    page.goto("/")
    page.evaluate("window.untouched = true")
    write(page, FOLD)
    run(page)
    expect(page.get_by_role("status")).to_contain_text("Graded")
    first = page.locator("#result img").first.get_attribute("src")
    witness = page.locator(".finding", has_text="invertibility")
    expect(witness).to_contain_text("not invertible")
    expect(witness.locator("pre")).to_contain_text("z1 = np.array([")
    expect(page.locator("pre.printed")).to_contain_text("hello")
    write(page, "def f(z):\n    return 3 * z\n")
    run(page)
    expect(page.locator(".finding", has_text="invertibility")).to_contain_text("f is invertible")
    assert page.locator("#result img").first.get_attribute("src") != first
    expect(page.locator("pre.printed")).to_have_count(0)
    assert page.evaluate("window.untouched")


def test_a_right_answer_passes_and_is_found_again_in_the_list(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Exercises").first.click()
    page.get_by_role("link", name="Scale and shift").click()
    write(page, "import numpy as np\n\ndef f(z):\n    return 2 * z + np.ones(2)\n")
    page.get_by_label("Your name").fill("Ada <b>Lovelace</b>")
    run(page)
    expect(page.get_by_role("status")).to_have_text("Graded: Passed, 10 of 10 points.")
    page.get_by_role("link", name="This report on a page of its own").click()
    expect(page.locator(".verdict")).to_contain_text("Passed")
    address = page.url
    page.get_by_role("link", name="Submissions").first.click()
    row = page.get_by_role("row").filter(has_text="Ada <b>Lovelace</b>")
    expect(row).to_contain_text("10 of 10 points")
    row.get_by_role("link").click()
    assert page.url == address


def test_a_mistake_is_explained_at_its_line(page: Page) -> None:
    page.goto("/exercises/affine")
    write(page, "def f(z):\n    y = 1\n    return z[:, 0]\n")
    run(page)
    expect(page.get_by_role("status")).to_contain_text("Not passed")
    marked = page.locator(".listing .marked")
    expect(marked).to_have_count(1)
    expect(marked.locator("code")).to_have_text("    return z[:, 0]")
    expect(marked.locator(".remark")).not_to_be_empty()
    write(page, "def f(z):\n    return (z\n")
    run(page)
    expect(page.get_by_role("status")).to_have_text("Graded: Could not be graded, no score.")
    expect(page.locator(".listing .marked code")).to_have_text("    return (z")


def test_a_source_that_is_too_long_is_refused_in_words(chromium: Browser, site: str) -> None:
    # Not the watched context: the browser notes every answer of 413 as an error.
    with chromium.new_context(base_url=site) as context:
        page = context.new_page()
        page.goto("/")
        write(page, "#" * 65_537)
        run(page)
        expect(page.get_by_role("status")).to_contain_text("65,536")
        expect(page.locator("#source")).to_have_value("#" * 65_537)


def test_no_text_is_lost_when_the_network_fails(chromium: Browser, site: str) -> None:
    with chromium.new_context(base_url=site) as context:
        page = context.new_page()
        page.goto("/")
        write(page, FOLD)
        context.set_offline(True)
        run(page)
        expect(page.get_by_role("status")).to_contain_text("cannot be reached")
        expect(page.locator("#source")).to_have_value(FOLD)
        context.set_offline(False)
        run(page)
        expect(page.get_by_role("status")).to_contain_text("Graded")


def test_drafts_are_kept_by_exercise_and_the_starter_comes_back(page: Page) -> None:
    page.goto("/")
    starter = page.locator("#source").input_value()
    write(page, FOLD)
    page.reload()
    expect(page.locator("#source")).to_have_value(FOLD)
    page.goto("/exercises/affine")
    expect(page.locator("#source")).not_to_have_value(FOLD)
    page.goto("/")
    page.get_by_role("button", name="Back to the starter code").click()
    expect(page.locator("#source")).to_have_value(starter)
    page.locator("#source").press("Control+z")
    expect(page.locator("#source")).to_have_value(FOLD)


def test_the_keys_of_the_editor(page: Page) -> None:
    page.goto("/")
    source = page.locator("#source")
    write(page, "")
    source.press_sequentially("def f(z):\nreturn z")
    expect(source).to_have_value("def f(z):\n    return z")
    source.press("Control+a")
    source.press("Tab")
    expect(source).to_have_value("    def f(z):\n        return z")
    source.press("Shift+Tab")
    source.press("Shift+Tab")
    expect(source).to_have_value("def f(z):\nreturn z")
    source.press("End")
    source.press("Tab")
    expect(source).to_have_value("def f(z):\nreturn z    ")
    source.press("Home")
    source.press("Tab")
    source.press("End")
    source.press("Shift+Tab")
    expect(source).to_have_value("def f(z):\nreturn z    ")
    expect(source).to_be_focused()
    source.press("Escape")
    source.press("Tab")
    expect(source).not_to_be_focused()


def test_a_waiting_page_becomes_the_report_by_itself(page: Page) -> None:
    ids = [
        page.request.post("/api/v1/submissions", data={"source": SLOW, "student": name}).json()[
            "id"
        ]
        for name in ("first", "second", "third")
    ]
    page.goto(f"/submissions/{ids[-1]}")
    page.evaluate("window.untouched = true")
    expect(page.locator("[data-waiting]")).to_contain_text("in the queue")
    expect(page.locator(GRADED)).to_be_visible(timeout=30_000)
    expect(page).to_have_title(re.compile("It runs"))
    assert page.evaluate("window.untouched"), "the page was loaded again"


def test_everything_works_without_scripts(chromium: Browser, site: str) -> None:
    with chromium.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/exercises/affine")
        expect(page.get_by_role("button", name="Back to the starter code")).to_be_hidden()
        write(page, "def f(z):\n    return 2 * z + 1\n")
        page.get_by_label("Your name").fill("Kim")
        run(page)
        expect(page.locator(GRADED)).to_be_visible(timeout=30_000)
        expect(page.locator(".verdict")).to_contain_text("10 of 10 points")
        expect(page.get_by_role("img", name=re.compile("Two densities"))).to_be_visible()


def test_a_report_can_be_edited_and_run_again(page: Page) -> None:
    made = page.request.post("/api/v1/submissions", data={"source": FOLD})
    page.goto(f"/submissions/{made.json()['id']}")
    page.get_by_role("link", name="Edit and run again").click()
    expect(page.locator("#source")).to_have_value(FOLD)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_in_both_schemes(
    context: BrowserContext, scheme: str, contrasts: str
) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, for every text on the pages that are read most."""
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    made = page.request.post(
        "/api/v1/submissions", data={"source": FOLD}, headers={"Prefer": "wait=20"}
    )
    for path in ("/", "/exercises/affine", "/submissions", made.json()["links"]["page"]):
        page.goto(path)
        assert page.evaluate(contrasts) == [], path


@pytest.mark.parametrize("path", ["/", "/exercises/affine", "/submissions", "/problems", "report"])
def test_nothing_is_wider_than_a_phone(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    made = page.request.post(
        "/api/v1/submissions", data={"source": FOLD}, headers={"Prefer": "wait=20"}
    )
    page.goto(made.json()["links"]["page"] if path == "report" else path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    reached = set()
    for _ in range(30):
        focused = page.locator(":focus")
        if focused.count() == 0:
            break
        assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        reached.add(focused.evaluate("e => e.id || e.textContent.trim()"))
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
    assert {"source", "Run", "student", "Submissions", "Exercises", "redraw", "sketch"} <= reached


def test_on_a_phone_the_result_comes_into_view(chromium: Browser, site: str) -> None:
    with chromium.new_context(
        base_url=site, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    ) as context:
        page = context.new_page()
        page.goto("/exercises/affine")
        # The button at the lower edge, as a thumb finds it; the click itself does not scroll.
        button = page.get_by_role("button", name="Run")
        button.evaluate("button => { button.scrollIntoView({ block: 'end' }); button.click(); }")
        expect(page.locator(".verdict h2")).to_be_in_viewport()


def test_formulas_are_typeset_by_the_browser(page: Page) -> None:
    page.goto("/")
    law = page.locator(".statement math").first
    expect(law).to_be_visible()
    assert law.evaluate("e => e.namespaceURI") == "http://www.w3.org/1998/Math/MathML"
