"""A student's way: write an f, see what it does while writing, hand in, read the report."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import unwatched
from tests.browser.desk import (
    DOUBLE,
    FOLD,
    GRADED,
    code,
    darkness,
    follow,
    graded,
    middle,
    open_desk,
    pixels,
    resize,
    run,
    sample,
    send,
    shown_runs,
    stop_clock,
    submit,
    write,
    written,
)
from tests.patience import until


def test_the_whole_way_of_a_new_user(page: Page) -> None:
    open_desk(page)
    page.evaluate("window.untouched = true")
    assert darkness(page, "z") > 0.3
    run(page, "def f(z):\n    return z + 1\n")
    z, x = pixels(page, "z"), pixels(page, "x")
    # An edit: the density of x changes, that of z does not.
    run(page, DOUBLE)
    expect(page.locator("#headline")).to_contain_text("f is invertible")
    assert pixels(page, "z") == z
    assert pixels(page, "x") != x
    # What was found already is not read aloud again.
    page.locator("#headline .message").evaluate("message => { message.id = 'said'; }")
    run(page, f"# Twice.\n{DOUBLE}")
    expect(page.locator("#said")).to_contain_text("f is invertible")
    # A mistake: said at its line, and the last picture stays, dimmed.
    good = pixels(page, "x")
    run(page, "def f(z):\n    return 2 * zz\n")
    expect(page.locator("#headline")).to_contain_text("Line 2")
    expect(page.locator("#headline")).to_contain_text("zz")
    expect(page.locator(".cm-remark")).to_contain_text("zz")
    expect(page.locator("#stage")).to_have_attribute("data-stale", "")
    assert pixels(page, "x") == good
    run(page, DOUBLE)
    expect(page.locator(".cm-remark")).to_have_count(0)
    expect(page.locator("#stage")).not_to_have_attribute("data-stale", "")
    # Handed in: the report comes without reloading, and is there again at its own address.
    submit(page)
    expect(page.locator("#result .verdict")).to_contain_text("It runs")
    assert page.evaluate("window.untouched"), "the page was loaded again"
    follow(page.get_by_role("link", name="This report on a page of its own"))
    expect(page.locator(GRADED)).to_be_visible()
    page.reload()
    expect(page.locator(".verdict")).to_contain_text("It runs")
    # A quiz, and out.
    follow(page.get_by_role("link", name="Exercises").first)
    follow(page.get_by_role("link", name="Which transformation? Plot A"))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Send answer").click()
    expect(page.locator(GRADED)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_what_is_not_invertible_shows_two_points_with_one_image(page: Page) -> None:
    open_desk(page)
    run(page, DOUBLE)
    assert page.get_by_label("witness pair").is_disabled()
    assert page.get_by_label("folds").is_disabled()
    run(page, FOLD)
    expect(page.locator("#headline")).to_contain_text("not invertible")
    expect(page.get_by_label("witness pair")).to_be_checked()
    marked = pixels(page, "z")
    page.get_by_label("witness pair").uncheck()
    plain = pixels(page, "z")
    assert plain != marked
    page.get_by_label("folds").check()
    folded = pixels(page, "z")
    assert folded != plain
    page.get_by_label("grid").check()
    assert pixels(page, "z") != folded
    page.get_by_role("checkbox", name="samples").uncheck()
    page.get_by_text("The picture in words").click()
    expect(page.locator("#in-words")).to_contain_text("p(x)")
    # Where x has no values that comes first: it is why nothing else can be told.
    run(page, "import numpy as np\n\ndef f(z):\n    return np.log(z)\n")
    expect(page.locator("#headline")).to_contain_text("x is not finite for")


def test_a_slider_carries_the_samples_from_z_to_x(page: Page) -> None:
    open_desk(page)
    run(page, DOUBLE)
    at_x = pixels(page, "x")
    way = page.get_by_label("The samples on their way from z to x")
    way.fill("0.5")
    expect(page.locator("#stage")).to_have_attribute("data-share", "0.50")
    expect(way).to_have_attribute("aria-valuetext", "50 % of the way from z to x")
    halfway = pixels(page, "x")
    assert halfway != at_x
    way.fill("0")
    assert pixels(page, "x") not in {at_x, halfway}
    assert middle(page, "x") == middle(page, "z"), "at the start they are where z is"
    way.press("End")
    assert pixels(page, "x") == at_x


#: What a panel of 280 by 280 pixels that shows a part of the plane has written at its axes.
_WRITTEN_AT_AXES = """async ([x0, x1, y0, y1]) => {
  const address = document.querySelector("link[rel=modulepreload][href*='/axes.js']").href;
  const { drawAxes, Frame } = await import(address);
  const pen = document.createElement("canvas").getContext("2d");
  const texts = [];
  pen.fillText = (text, x) => {
    const share = { left: 0, center: 0.5, right: 1 }[pen.textAlign];
    const width = pen.measureText(text).width;
    texts.push([text.trim(), x - share * width, x + (1 - share) * width]);
  };
  drawAxes(pen, new Frame([x0, x1, y0, y1], 280, 280), ["x₁", "x₂"], {});
  return texts;
}"""


def test_the_numbers_at_the_axes_are_whole_and_differ_at_any_scale(page: Page) -> None:
    page.goto("/exercises/affine")
    for extent, unit in (
        ((-4, 4), ""),
        ((-499, 999), ""),
        ((-1300, 1100), "= … ×10³"),
        ((-4e5, 4e5), "= … ×10⁵"),
        ((-4e-5, 4e-5), "= … ×10⁻⁵"),
        ((-504, -496), "= … −500"),
        ((1234566.996, 1234567.004), "= … ×10⁻³ +1234567"),
        ((-8e300, 8e300), "= … ×10³⁰⁰"),
        ((3e-310, 9e-310), "= … ×10⁻³¹⁰"),
    ):
        texts = page.evaluate(_WRITTEN_AT_AXES, [*extent, *extent])
        numbers = [text for text, _, _ in texts if re.fullmatch(r"−?[\d.]+", text)]
        names = [text for text, _, _ in texts if text not in numbers and text]
        assert names == (["x₁", unit, "x₂", unit] if unit else ["x₁", "x₂"]), extent
        half = len(numbers) // 2
        assert half >= 2, extent
        assert numbers[:half] == numbers[half:]
        assert len(set(numbers[:half])) == half, f"{extent}: {numbers}"
        assert min(left for _, left, _ in texts) >= 0, f"{extent}: {texts}"
        assert max(right for _, _, right in texts) <= 280, f"{extent}: {texts}"


#: Notes every share at which the picture was drawn.
_NOTE_SHARES = """() => {
  const stage = document.querySelector("#stage");
  window.shares = [];
  new MutationObserver(() => window.shares.push(Number(stage.dataset.share)))
    .observe(stage, { attributes: true, attributeFilter: ["data-share"] });
}"""


def test_the_animation_goes_through_what_lies_between(page: Page) -> None:
    # On a clock of the test's own: on a busy machine a browser may show none of the frames between.
    page.clock.install()
    open_desk(page)
    stop_clock(page)
    page.evaluate(_NOTE_SHARES)
    play, stage = page.locator("[data-play]"), page.locator("#stage")
    play.click()
    expect(play).to_have_attribute("data-playing", "")
    page.clock.run_for(1300)
    expect(stage).to_have_attribute("data-share", re.compile(r"0\.[45]\d"))
    expect(play).to_have_attribute("data-playing", "")
    page.clock.run_for(1400)
    expect(stage).to_have_attribute("data-share", "1.00")
    expect(play).not_to_have_attribute("data-playing", "")
    shares = page.evaluate("window.shares")
    assert sum(0.1 < share < 0.9 for share in shares) > 20, "it moves, and does not jump"
    assert shares == sorted(shares)


def test_who_wants_no_motion_sees_only_the_two_ends(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_desk(page)
    page.evaluate(_NOTE_SHARES)
    page.locator("[data-play]").click()
    expect(page.locator("#stage")).to_have_attribute("data-share", "0.00")
    page.locator("[data-play]").click()
    expect(page.locator("#stage")).to_have_attribute("data-share", "1.00")
    assert set(page.evaluate("window.shares")) == {0, 1}


def test_a_sample_is_shown_with_its_partner(page: Page) -> None:
    open_desk(page)
    run(page, DOUBLE)
    page.locator("canvas[data-plot=z]").hover(position={"x": 150, "y": 130})
    z, x = sample(page)
    assert x == pytest.approx([2 * value for value in z], abs=2e-3)
    page.locator("#headline").hover()
    expect(page.locator("[data-readout]")).to_contain_text("Point at a sample")
    # The same by keys, in the other panel.
    panel = page.locator("canvas[data-plot=x]")
    panel.press("ArrowRight")
    _, first = sample(page)
    for _ in range(3):
        panel.press("ArrowRight")
    z, x = sample(page)
    assert x[0] > first[0]
    assert x == pytest.approx([2 * value for value in z], abs=2e-3)
    panel.press("ArrowDown")
    assert sample(page)[1][1] < x[1]
    panel.press("Escape")
    expect(page.locator("[data-readout]")).to_contain_text("Point at a sample")


def test_a_target_is_drawn_beside_the_own_density(page: Page) -> None:
    open_desk(page, "/exercises/affine")
    z = pixels(page, "z")
    page.get_by_text("target", exact=True).click()
    expect(page.locator("#stage")).to_have_attribute("data-comparing", "")
    wrong = pixels(page, "x")
    assert pixels(page, "z") != z
    # A right f: both panels show the same part of the plane, so the same colours in the middle.
    run(page, "import numpy as np\n\ndef f(z):\n    return 2 * z + np.ones(2)\n")
    assert pixels(page, "x") != wrong
    page.get_by_text("The picture in words").click()
    expect(page.locator("#target-in-words")).not_to_be_empty()


def test_shift_and_enter_run_at_once_and_nothing_is_handed_in(page: Page) -> None:
    open_desk(page)
    before = shown_runs(page)
    code(page).press("Shift+Enter")
    expect(page.locator("#live")).to_have_attribute("data-shown", str(before + 1))
    code(page).press("Control+Enter")
    expect(page.locator("#live")).to_have_attribute("data-shown", str(before + 2))
    expect(page.locator("#status")).to_be_empty()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#live")).to_have_attribute("data-shown", str(before + 3))


def test_a_newer_edit_takes_the_place_of_a_run_that_does_not_end(page: Page) -> None:
    open_desk(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    write(page, "while True:\n    pass\n")
    expect(page.locator("#live")).not_to_have_attribute("data-state", "edited")
    run(page, DOUBLE)
    expect(page.locator("#headline")).to_contain_text("f is invertible")
    run(page, FOLD)
    newer = next(number for number, body in enumerate(asked) if "2 * z" in body)
    assert not any("while True" in body for body in asked[newer:]), "what is over is asked again"


def test_tabs_do_not_take_each_others_runs(page: Page) -> None:
    """A tab that is copied has the storage of the first, and so the name of its stream."""
    open_desk(page)
    stream = page.evaluate("sessionStorage.getItem('pushforward.stream')")
    with page.context.expect_page() as opened:
        page.evaluate("window.open('/')")
    copy = opened.value
    expect(copy.locator("#live[data-shown]")).to_have_attribute("data-state", "ready")
    assert copy.evaluate("sessionStorage.getItem('pushforward.stream')") == stream
    shown, tries = shown_runs(page), itertools.count()

    def meets_the_others_run() -> bool:
        """Whether the first tab's run was still under way when the second one's began."""
        write(page, f"while True:\n    pass\n# {next(tries)}\n")
        expect(page.locator("#live")).not_to_have_attribute("data-state", "edited")
        run(copy, FOLD + f"# {next(tries)}\n")
        expect(page.locator("#live")).to_have_attribute("data-state", "ready")
        return bool(page.evaluate("sessionStorage.getItem('pushforward.stream')") != stream)

    # The first tab's run was ended for the second's; it asks again, under another name.
    until(meets_the_others_run)
    assert shown_runs(page) > shown
    expect(page.locator("#headline")).to_contain_text("stopped")


def test_a_line_that_the_sentence_names_is_not_said_again(page: Page) -> None:
    open_desk(page)
    run(page, "import numpy as np\n\ndef f(z):\n    return np.ones(10**9)\n")
    for shown in ("#headline", "#findings li >> nth=0"):
        expect(page.locator(shown)).to_contain_text("at line 4")
        expect(page.locator(shown)).not_to_contain_text("Line 4")


def test_what_is_printed_is_shown_beside_the_code(page: Page) -> None:
    open_desk(page)
    run(page, "def f(z):\n    print('<b>hello</b>')\n    return z\n")
    expect(page.locator("#printed")).to_contain_text("<b>hello</b>")
    run(page, DOUBLE)
    expect(page.locator("#printed")).to_be_hidden()


def test_an_exercise_beyond_the_plane_has_findings_and_no_picture(page: Page) -> None:
    open_desk(page, "/exercises/coupling-image")
    expect(page.locator("#stage")).to_have_count(0)
    expect(page.locator("#findings .finding").first).to_be_visible()


def test_no_text_is_lost_when_the_network_fails(chromium: Browser, site: str) -> None:
    with unwatched(chromium, site) as context:
        page = context.new_page()
        open_desk(page)
        picture = pixels(page, "x")
        context.set_offline(True)
        write(page, FOLD)
        expect(page.locator("#live")).to_have_attribute("data-state", "offline")
        assert pixels(page, "x") == picture
        page.locator("#submit").click()
        expect(page.locator("#status")).to_contain_text("Your code is still here")
        assert written(page) == FOLD
        context.set_offline(False)
        # Live goes on by itself; handing in waits for the student.
        expect(page.locator("#live")).to_have_attribute("data-state", "ready")
        expect(page.locator("#headline")).to_contain_text("not invertible")
        submit(page)
        page.reload()
        expect(page.locator("#editor")).to_have_attribute("data-ready", "")
        assert written(page) == FOLD


def test_what_arrived_before_the_network_failed_is_not_handed_in_twice(
    chromium: Browser, site: str
) -> None:
    # Not a watched one: it notes requests that fail, which are the point.
    with unwatched(chromium, site) as context:
        page = context.new_page()
        open_desk(page)
        lost: list[str] = []

        def lose_the_answer(route: Route) -> None:
            lost.append(route.fetch().json()["id"])
            route.abort()

        page.route("**/api/v1/submissions", lose_the_answer, times=1)
        page.locator("#submit").click()
        expect(page.locator("#status")).to_contain_text("cannot be reached")
        page.locator("#submit").click()
        shown = page.get_by_role("link", name="This report on a page of its own")
        expect(shown).to_have_attribute("href", f"/submissions/{lost[0]}")
        # Once it was answered, the same code is another submission.
        page.locator("#submit").click()
        expect(shown).not_to_have_attribute("href", f"/submissions/{lost[0]}")
        expect(shown).to_have_attribute("href", re.compile("^/submissions/"))


def test_busy_previews_are_asked_for_again(chromium: Browser, site: str) -> None:
    with unwatched(chromium, site) as context:
        page = context.new_page()
        refused, is_busy = 0, True

        def refuse(route: Route) -> None:
            nonlocal refused
            if not is_busy:
                return route.continue_()
            refused += 1
            problem = {"status": 429, "detail": "Too many at once."}
            return route.fulfill(status=429, json=problem, headers={"Retry-After": "1"})

        page.route("**/api/v1/previews", refuse)
        page.goto("/")
        expect(page.locator("#headline")).to_have_text("Too many at once.")
        # Playwright hands requests on while it waits for something.
        until(lambda: page.evaluate("1") and refused > 1)
        is_busy = False
        expect(page.locator("#live[data-shown]")).to_have_attribute("data-state", "ready")


def test_who_is_signed_out_while_waiting_is_led_to_the_report(chromium: Browser, site: str) -> None:
    with unwatched(chromium, site) as context:
        page = context.new_page()
        asked = 0

        def hide(route: Route) -> None:
            nonlocal asked
            asked += 1
            route.fulfill(status=404, content_type="text/html", body="<p>Nothing is here.</p>")

        open_desk(page, "/exercises/affine")
        page.route(re.compile(r"/submissions/[0-9a-z]{26}$"), hide)
        page.get_by_role("button", name="Submit").click()
        link = page.get_by_role("link", name="This report on a page of its own")
        expect(link).to_have_attribute("href", re.compile(r"^/submissions/"))
        page.wait_for_timeout(1000)
        assert asked == 1, "it is asked for again and again"


def test_a_source_that_is_too_long_is_refused_in_words(chromium: Browser, site: str) -> None:
    # Not the watched context: the browser notes every answer of 413 as an error.
    with unwatched(chromium, site) as context:
        page = context.new_page()
        open_desk(page)
        long = "#" * 65_537
        page.locator("#source").evaluate(
            "(area, text) => { area.value = text; area.dispatchEvent(new Event('input')); }", long
        )
        expect(page.locator("#live")).to_have_attribute("data-state", "refused")
        expect(page.locator("#headline")).to_contain_text("65,536")
        page.locator("#submit").click()
        expect(page.locator("#status [lang=en]")).to_contain_text("65,536")
        assert written(page) == long


def test_without_the_editors_bundle_there_is_a_text_area(chromium: Browser, site: str) -> None:
    with unwatched(chromium, site) as context:
        page = context.new_page()
        page.route("**/built/**", lambda route: route.abort())
        open_desk(page)
        area = page.get_by_label("Your code")
        expect(area).to_be_visible()
        area.fill("")
        area.press_sequentially("def f(z):\nreturn zz")
        expect(area).to_have_value("def f(z):\n    return zz")
        expect(page.locator("#headline")).to_contain_text("Line 2")
        area.press("Control+a")
        area.press("Tab")
        expect(area).to_have_value("    def f(z):\n        return zz")
        area.press("Shift+Tab")
        area.press("Escape")
        area.press("Tab")
        expect(area).not_to_be_focused()
        area.fill(DOUBLE)
        submit(page)
        expect(page.locator("#result .verdict")).to_contain_text("It runs")


def test_everything_works_without_scripts(chromium: Browser, site: str) -> None:
    with unwatched(chromium, site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/exercises/affine")
        expect(page.get_by_role("button", name="Back to the starter code")).to_be_hidden()
        expect(page.locator("#live")).to_be_hidden()
        expect(page.get_by_text("It runs by itself when you pause")).to_be_hidden()
        expect(page.get_by_text("Without scripts")).to_be_visible()
        page.get_by_label("Your code").fill("def f(z):\n    return 2 * z + 1\n")
        page.get_by_role("button", name="Submit").click()
        expect(page.locator(GRADED)).to_be_visible()
        expect(page.locator(".verdict")).to_contain_text("10 of 10 points")
        expect(page.get_by_role("img", name=re.compile("Two densities"))).to_be_visible()


def test_drafts_are_kept_by_exercise_and_the_starter_comes_back(page: Page) -> None:
    open_desk(page)
    starter = written(page)
    run(page, FOLD)
    expect(page.locator("#draft-note")).to_have_text("Your draft is kept in this browser.")
    page.reload()
    expect(page.locator("#editor")).to_have_attribute("data-ready", "")
    assert written(page) == FOLD
    open_desk(page, "/exercises/affine")
    assert written(page) != FOLD
    open_desk(page)
    page.get_by_role("button", name="Back to the starter code").click()
    expect(page.locator("#source")).to_have_value(starter)
    code(page).press("Control+z")
    expect(page.locator("#source")).to_have_value(FOLD)


def test_a_tab_goes_on_from_what_another_one_wrote(page: Page) -> None:
    open_desk(page)
    write(page, FOLD)
    expect(page.locator("#draft-note")).to_have_text("Your draft is kept in this browser.")
    other = page.context.new_page()
    open_desk(other)
    assert written(other) == FOLD
    write(other, DOUBLE)
    expect(other.locator("#draft-note")).to_have_text("Your draft is kept in this browser.")

    # To a driver all tabs are in front, so what a person does by turning to one is told to it. What
    # the other tab has written is heard of a little later, as tabs are programs of their own.
    def is_taken() -> bool:
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        return written(page) == DOUBLE

    until(is_taken)
    expect(page.locator("#draft-note")).to_contain_text("Changed in another tab")
    code(page).press("Control+z")
    expect(page.locator("#source")).to_have_value(FOLD)
    page.reload()
    expect(page.locator("#editor")).to_have_attribute("data-ready", "")
    assert written(page) == FOLD, "what was written last is what is kept"


def test_a_draft_that_went_takes_no_text_with_it(page: Page) -> None:
    open_desk(page)
    write(page, FOLD)
    expect(page.locator("#draft-note")).to_have_text("Your draft is kept in this browser.")
    other = page.context.new_page()
    other.goto("/help")
    other.evaluate("localStorage.clear()")
    until(lambda: page.evaluate("localStorage.length") == 0)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    assert written(page) == FOLD


def test_a_report_can_be_edited_and_run_again(page: Page) -> None:
    made = send(page, FOLD)
    page.goto(made["links"]["page"])
    expect(page.locator(GRADED)).to_be_visible()
    follow(page.get_by_role("link", name="Edit and run again"))
    expect(page.locator("#editor")).to_have_attribute("data-ready", "")
    assert written(page) == FOLD


def test_the_keys_are_listed_in_a_dialog(page: Page) -> None:
    open_desk(page)
    page.get_by_role("button", name="Keys").click()
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("run now, uncounted")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Keys")).to_be_focused()


def test_nothing_moves_while_the_page_comes(page: Page) -> None:
    """The measure is the browser's own: shares of the window that moved, times how far."""
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const entry of list.getEntries())"
        " if (!entry.hadRecentInput) window.moved += entry.value; })"
        ".observe({ type: 'layout-shift', buffered: true });"
    )
    for path in ("/", "/exercises/affine"):
        open_desk(page, path)
        assert page.evaluate("window.moved") < 0.02, path


def test_the_first_load_is_light(page: Page) -> None:
    """Everything that the page fetches to be there, its editor included, as it is sent."""
    open_desk(page)
    sent = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
        ".filter(entry => !entry.name.includes('/api/'))"
        ".map(entry => [entry.name, entry.encodedBodySize])"
    )
    assert any("/built/" in name for name, _ in sent)
    assert sum(size for _, size in sent) < 250_000, sent


def test_a_window_that_is_zoomed_to_twice_its_size_has_all_of_the_page(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    # 1280 pixels at 200 % are 640 to the page (WCAG 1.4.4, 1.4.10).
    resize(page, 640, 430)
    open_desk(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    page.locator("#submit").scroll_into_view_if_needed()
    expect(page.locator("#submit")).to_be_in_viewport()


def test_a_phone_shows_each_submission_with_its_score(context: BrowserContext) -> None:
    page = context.new_page()
    resize(page, 360, 740)
    graded(page, DOUBLE)
    page.goto("/submissions")
    row = page.get_by_role("row").nth(1)
    for cell in row.get_by_role("cell").all():
        box = cell.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 360, cell.inner_text()
    top = page.locator(".masthead").bounding_box()
    assert top
    assert top["height"] < 110, "who has signed in is beside the name, the sections in one line"


@pytest.mark.parametrize("path", ["/", "/exercises/affine", "/courses", "/courses/demo"])
def test_nothing_is_wider_than_a_phone(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    resize(page, 360, 740)
    page.goto(path)
    if path not in {"/courses", "/courses/demo"}:
        expect(page.locator("#live[data-shown]")).to_be_visible()
        z, x = (page.locator(f"canvas[data-plot={panel}]").bounding_box() for panel in "zx")
        assert z
        assert x
        assert x["y"] > z["y"] + z["height"], "on a phone the panels are stacked"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
