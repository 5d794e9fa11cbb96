"""The editor by itself: what it does to the text, what it says, and what it leaves to the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.conftest import unwatched, watched
from tests.browser.desk import resize
from tests.browser.editor_site import SOURCE, serving_editor
from tests.patience import until

#: One of each kind of word that has a colour.
EVERY_COLOUR = '''\
import numpy as np  # a comment


@staticmethod
def f(z):
    """Text."""
    if z[0] > 0.5 and True:
        print(f"one {z}\\n", 'two')
    return z


class Net:
    pass
'''
COLOURS = ("keyword", "string", "number", "comment", "definition")
BYTES_PACKED = 160_000


@pytest.fixture(scope="module")
def editor_site() -> Iterator[str]:
    with serving_editor() as address:
        yield address


@pytest.fixture(scope="module")
def browsing(chromium: Browser, editor_site: str) -> Iterator[Page]:
    """One page for most tests, as a new one takes three times as long as to load it anew."""
    with watched(chromium, editor_site) as made:
        yield made.new_page()


@pytest.fixture
def page(browsing: Page) -> Iterator[Page]:
    """The page as it is when it is opened."""
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    browsing.emulate_media(color_scheme="light")
    browsing.on("console", note)
    load(browsing)
    yield browsing
    browsing.remove_listener("console", note)
    assert faults == []


@pytest.fixture
def context(chromium: Browser, editor_site: str) -> Iterator[BrowserContext]:
    """A browser of its own, for tests of what it has loaded or of its window."""
    with watched(chromium, editor_site) as made:
        yield made


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    load(page)
    return page


def load(page: Page) -> None:
    page.goto("/")
    # The script hands the editor over as soon as it is there.
    expect(page.locator(".cm-content")).to_be_visible()
    until(lambda: page.evaluate("Boolean(window.editor)"))


def text(page: Page) -> str:
    return str(page.evaluate("editor.text()"))


def write(page: Page, source: str) -> None:
    """Put this text into the editor, and the cursor at its end."""
    page.evaluate("source => { editor.setText(source); editor.focus(); }", source)
    page.keyboard.press("Control+End")


def show_problems(page: Page, *problems: dict[str, Any]) -> None:
    page.evaluate("problems => editor.setProblems(problems)", list(problems))


def said_aloud(page: Page, act: Callable[[], object], sentence: str) -> None:
    """Do something, and wait until the editor has said a sentence to who listens.

    It stands in the page for a fifth of a second, which a look now and then may miss.
    """
    page.evaluate("""() => {
      const line = document.querySelector(".cm-announced");
      window.said = [];
      const note = () => window.said.push(line.textContent);
      new MutationObserver(note).observe(line, { childList: true, subtree: true });
    }""")
    act()
    until(lambda: sentence in page.evaluate("said"))


def offered(page: Page) -> list[str]:
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("listbox")).to_be_visible()
    return page.get_by_role("option").all_inner_texts()


# The text, and the text area under it


def test_it_begins_with_the_text_and_stands_in_its_place(page: Page) -> None:
    assert text(page) == SOURCE
    expect(page.locator("textarea")).to_be_hidden()
    box = page.get_by_role("textbox", name="Your code")
    expect(box).to_have_accessible_description("Tab indents; press Escape first to leave with Tab.")
    expect(box).to_have_attribute("aria-multiline", "true")


def test_what_is_typed_is_told_kept_in_step_and_sent_by_the_form(page: Page) -> None:
    write(page, "def f(z):\n    return z")
    page.keyboard.type(" + 1")
    assert page.evaluate("seen.changes.at(-1)") == "def f(z):\n    return z + 1"
    expect(page.locator("textarea")).to_have_value("def f(z):\n    return z + 1")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_have_text("def f(z):\n    return z + 1", use_inner_text=True)


def test_what_is_written_into_the_text_area_comes_into_the_editor(page: Page) -> None:
    page.evaluate("""() => {
      const area = document.querySelector("textarea");
      area.value = "def f(z):\\n    return 2 * z";
      area.dispatchEvent(new Event("input"));
    }""")
    assert text(page) == "def f(z):\n    return 2 * z"
    page.evaluate("document.querySelector('form').reset()")
    assert text(page) == SOURCE


def test_its_label_leads_to_it(page: Page) -> None:
    page.locator("label").click()
    expect(page.locator(".cm-content")).to_be_focused()


def test_a_new_text_is_one_step_that_undo_takes_back(page: Page) -> None:
    write(page, SOURCE)
    page.keyboard.type("# mine")
    page.evaluate("editor.setText('def f(z):\\r\\n    return -z\\n')")
    assert text(page) == "def f(z):\n    return -z\n"
    page.keyboard.press("Control+z")
    assert text(page) == SOURCE + "# mine"
    page.keyboard.press("Control+y")
    assert text(page) == "def f(z):\n    return -z\n"
    page.keyboard.type("!")
    page.evaluate("editor.setText('new')")
    page.keyboard.type("!")
    page.keyboard.press("Control+z")
    assert text(page) == "new"


def test_the_same_text_is_no_edit(page: Page) -> None:
    page.evaluate("editor.setText(editor.text().replaceAll('\\n', '\\r\\n'))")
    assert text(page) == SOURCE
    assert page.evaluate("seen.changes") == []


def test_it_stands_where_the_text_area_is_or_where_it_is_told(page: Page) -> None:
    in_place = "document.querySelector('.cm-editor').nextElementSibling?.id === 'source'"
    assert page.evaluate("document.querySelector('#place > .cm-editor') !== null")
    page.evaluate("editor.destroy(); makeEditor(document.forms[0])")
    assert page.evaluate(in_place)


def test_destroyed_it_gives_the_text_area_back(page: Page) -> None:
    write(page, "def f(z):\n    return z")
    page.evaluate("editor.destroy()")
    expect(page.locator("textarea")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("def f(z):\n    return z")
    expect(page.locator(".cm-editor")).to_have_count(0)
    page.evaluate("makeEditor()")
    assert text(page) == "def f(z):\n    return z"


# Writing Python


def test_a_block_is_indented_by_four_and_brackets_come_in_pairs(page: Page) -> None:
    write(page, "")
    page.keyboard.type("def f(z):\nif z[0] > 0:\nreturn -z")
    assert text(page) == "def f(z):\n    if z[0] > 0:\n        return -z"
    page.keyboard.type("\nelse:")
    assert text(page).endswith("\n    else:")


def test_what_is_selected_is_typed_over_and_a_bracket_goes_round_it(page: Page) -> None:
    """Chromium, left alone, would style what is typed, and the policy would refuse that aloud."""
    write(page, "import numpy\n\n\ndef f(z):\n    return z\n")
    page.keyboard.press("Control+a")
    page.keyboard.type("import math\nab")
    assert text(page) == "import math\nab"
    page.keyboard.press("Shift+Home")
    page.keyboard.type("(")
    assert text(page) == "import math\n(ab)"
    page.keyboard.press("Control+z")
    assert text(page) == "import math\nab"


def test_brackets_that_belong_together_are_marked(page: Page) -> None:
    write(page, "y = (1, [2])")
    expect(page.locator(".cm-matchingBracket")).to_have_text(["(", ")"])


def test_tab_indents_and_shift_tab_takes_it_back(page: Page) -> None:
    write(page, "def f(z):\n    return z")
    page.keyboard.press("Control+a")
    page.keyboard.press("Tab")
    assert text(page) == "    def f(z):\n        return z"
    page.keyboard.press("Shift+Tab")
    assert text(page) == "def f(z):\n    return z"
    write(page, "ab")
    page.keyboard.press("Tab")
    assert text(page) == "ab  "


def test_after_escape_tab_leaves_however_long_one_waits(context: BrowserContext) -> None:
    # On a page of its own: its clock would stay with the page of the others.
    page = opened(context)
    write(page, "x")
    page.clock.install()
    said_aloud(page, lambda: page.keyboard.press("Escape"), "Tab leaves the editor now.")
    page.clock.fast_forward(60_000)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    assert text(page) == "x"


def test_escape_closes_what_is_offered_and_lets_tab_leave(page: Page) -> None:
    write(page, "roun")
    assert offered(page) == ["round"]
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).not_to_be_focused()
    assert text(page) == "roun"


def test_any_other_key_makes_tab_indent_again(page: Page) -> None:
    write(page, "")
    page.keyboard.press("Escape")
    page.keyboard.type("x")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    assert text(page).startswith("x ")


def test_the_pages_keys_come_first_and_change_nothing(page: Page) -> None:
    write(page, "x")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Shift+Enter")
    assert page.evaluate("seen.keys") == ["Mod-Enter", "Shift-Enter"]
    assert text(page) == "x"


def test_a_text_is_found_and_replaced(page: Page) -> None:
    write(page, "aa = 1\nbb = aa\n")
    resize(page, 800, 320)
    page.keyboard.press("Control+f")
    expect(page.locator(".cm-search")).to_be_in_viewport(ratio=1)
    page.get_by_role("textbox", name="Find").fill("aa")
    page.get_by_role("textbox", name="Replace").fill("cc")
    page.get_by_role("button", name="replace all").click()
    page.keyboard.press("Escape")
    assert text(page) == "cc = 1\nbb = cc\n"


# Completion


def test_a_module_offers_what_the_sandbox_has_under_the_name_it_was_given(page: Page) -> None:
    write(page, "import numpy as num\nfrom numpy import linalg as la\nnum.lin")
    assert offered(page) == ["linalg", "linspace"]
    page.keyboard.press("Tab")
    assert text(page).endswith("num.linalg")
    page.keyboard.type(".nor")
    assert offered(page) == ["norm"]
    write(page, "from numpy import linalg as la\nla.sol")
    assert offered(page) == ["solve"]
    write(page, "import os\nos.sys")
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_an_import_offers_modules_and_their_names(page: Page) -> None:
    write(page, "import sc")
    assert "scipy.special" in offered(page)
    write(page, "from scipy.special import (erf, ndtr")
    assert offered(page) == ["ndtr", "ndtri", "ndtri_exp"]
    write(page, "from ")
    names = offered(page)
    assert "numpy" in names
    assert not {"os", "subprocess", "socket"} & set(names)


@pytest.mark.parametrize(
    ("source", "some", "none"),
    [
        ("def f(z):\n    return z.", {"sum", "shape"}, {"tofile", "ctypes", "append"}),
        ("x = (W @ z).", {"sum", "T"}, {"tofile"}),
        ("rng = np.random.default_rng(1)\nrng.", {"normal", "integers"}, {"bit_generator", "sum"}),
        ("found = [1]\nfound.", {"append"}, {"reshape"}),
        ("class Net:\n    def __init__(self):\n        self.w = 1\n        self.", {"w"}, {"sum"}),
    ],
)
def test_a_value_offers_what_may_be_read_of_it(
    page: Page, source: str, some: set[str], none: set[str]
) -> None:
    write(page, source)
    names = set(offered(page))
    assert some <= names
    assert not none & names


def test_a_name_offers_the_programs_own_and_the_allowed_builtins(page: Page) -> None:
    write(page, "radius = 1\ndef f(zeta):\n    r")
    names = offered(page)
    assert names[0] == "radius"
    assert {"range", "return", "round"} <= set(names)
    write(page, "o")
    assert "open" not in offered(page)
    write(page, "if z[0] > 0:\n    ")
    assert "abs" in offered(page)


def test_nothing_is_offered_in_text_numbers_and_at_the_start_of_a_line(page: Page) -> None:
    write(page, "")
    page.keyboard.type("ra")
    offers = page.get_by_role("listbox")
    expect(offers).to_be_visible()  # The names are there from now on: no answer comes late.
    nowhere = ["# ra", "'ra", 'f"ra', "1.e", "import numpy as np\nnp.sin.a", "import numpy\n  "]
    for source in [*nowhere, "ra"]:
        write(page, source[:-1])
        page.keyboard.type(source[-1])
        if source == "ra":
            expect(offers).to_be_visible()
        else:
            # Offers come 0.1 s after a key; that none comes can only be seen by waiting for longer.
            page.wait_for_timeout(400)
            assert offers.count() == 0, source


def test_enter_begins_a_line_unless_an_offer_was_chosen(page: Page) -> None:
    write(page, "import numpy as np\nnp.linsp")
    assert offered(page) == ["linspace"]
    page.keyboard.press("Enter")
    assert text(page).endswith("np.linsp\n")
    write(page, "import numpy as np\nnp.linsp")
    assert offered(page) == ["linspace"]
    page.keyboard.press("ArrowDown")
    expect(page.locator(".cm-completionInfo")).to_contain_text("evenly spaced numbers")
    page.keyboard.press("Enter")
    assert text(page).endswith("np.linspace")


def test_without_the_network_the_programs_own_names_are_offered(
    chromium: Browser, editor_site: str
) -> None:
    with unwatched(chromium, editor_site) as context:
        page = opened(context)
        context.set_offline(True)
        write(page, "radius = 1\nrad")
        assert offered(page) == ["radius"]
        context.set_offline(False)
        write(page, "ran")
        assert offered(page) == ["range"]


# Problems


def test_a_problem_stands_at_its_line_in_words_and_by_a_sign(page: Page) -> None:
    write(page, "a = 1\nb = 2\nc = 3\n")
    show_problems(
        page,
        {"line": 3, "severity": "warning", "message": "This may be slow."},
        {"line": 2, "severity": "error", "message": "<b>2</b> is too many.\nWrite 1."},
    )
    expect(page.locator(".cm-problem")).to_have_text(["b = 2", "c = 3"])
    expect(page.locator(".cm-remark")).to_have_text(
        ["<b>2</b> is too many.\nWrite 1.", "This may be slow."], use_inner_text=True
    )
    expect(page.locator(".cm-signs .cm-sign:visible")).to_have_text(["✕", "!"])
    sign, line = (page.locator(one).first for one in (".cm-sign:visible", ".cm-problem"))

    def are_level() -> bool:
        boxes = [one.bounding_box() for one in (sign, line)]
        return None not in boxes and abs(boxes[0]["y"] - boxes[1]["y"]) < 5

    # The editor measures its lines in the next frame, and then puts the signs to them.
    until(are_level)
    assert text(page) == "a = 1\nb = 2\nc = 3\n"


def test_a_problem_moves_with_its_line_goes_with_it_and_is_replaced(page: Page) -> None:
    write(page, "a = 1\nb = 2\n")
    show_problems(page, {"line": 2, "severity": "error", "message": "No."})
    page.keyboard.press("Control+Home")
    page.keyboard.type("# a line above\n")
    expect(page.locator(".cm-problem")).to_have_text("b = 2")
    write(page, "a = 1\n")
    expect(page.locator(".cm-problem")).to_have_count(0)
    show_problems(page, {"line": 99, "severity": "odd", "message": "At the end."})
    expect(page.locator(".cm-remark-error")).to_have_text("At the end.")
    show_problems(page)
    expect(page.locator(".cm-remark")).to_have_count(0)


def test_f8_goes_from_problem_to_problem_and_says_them(page: Page) -> None:
    write(page, "a = 1\nb = 2\nc = 3\n")
    for line in (1, 3):
        show_problems(
            page,
            {"line": 1, "severity": "error", "message": "First."},
            {"line": 3, "severity": "error", "message": "Second."},
        )
        message = {1: "First.", 3: "Second."}[line]
        said_aloud(page, lambda: page.keyboard.press("F8"), f"Line {line}: {message}")
    page.keyboard.type("#")
    assert text(page) == "a = 1\nb = 2\n#c = 3\n"


# How it looks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read_in_both_schemes(page: Page, scheme: Any, contrasts: str) -> None:
    """WCAG 2.2, 1.4.3: on paper, on marked lines, in differences, and in the open boxes."""
    page.emulate_media(color_scheme=scheme)
    for severity in (None, "error", "warning", "info"):
        write(page, EVERY_COLOUR)
        lines = range(1, EVERY_COLOUR.count("\n") + 1) if severity else ()
        show_problems(page, *({"line": n, "severity": severity, "message": "No."} for n in lines))
        assert page.evaluate(contrasts) == [], severity
    shown = """() => new Set([...document.querySelectorAll(".cm-line span")]
      .map((span) => getComputedStyle(span).color)).size"""
    # On a busy machine the editor finds the words of a text a little later.
    until(lambda: page.evaluate(shown) >= len(COLOURS))
    for before, after in ((EVERY_COLOUR, ""), ("", EVERY_COLOUR)):
        page.evaluate("([before, after]) => showDiff(before, after)", [before, after])
    page.keyboard.press("Control+f")
    assert page.evaluate(contrasts) == []
    page.keyboard.press("Escape")
    write(page, "import numpy as np\nnp.lin")
    offered(page)
    assert page.evaluate(contrasts) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read_where_it_is_selected(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    channels = page.evaluate(
        """(names) => names.map((name) => {
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = `var(--${name})`;
          return getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number);
        })""",
        ["code-selection", "ink", *(f"code-{name}" for name in COLOURS)],
    )
    behind, *colours = (luminance(c) for c in channels)
    for name, colour in zip(("ink", *COLOURS), colours, strict=True):
        ratio = (max(colour, behind) + 0.05) / (min(colour, behind) + 0.05)
        assert ratio >= 4.5, name


def luminance(channels: list[float]) -> float:
    shares = [value / 255 for value in channels]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_no_style_stands_in_the_page_itself(page: Page) -> None:
    """The policy of the pages refuses inline styles; the watched browser would note one."""
    assert page.evaluate("document.querySelectorAll('style, [style*=font]').length") == 0
    assert page.evaluate("document.adoptedStyleSheets.length") == 1
    scroller = page.locator(".cm-scroller").first
    assert scroller.evaluate("e => getComputedStyle(e).display") == "flex"


def test_long_lines_scroll_within_the_editor(context: BrowserContext) -> None:
    page = opened(context)
    resize(page, 360, 740)
    write(page, f"x = '{'long ' * 60}'\n" * 3)
    show_problems(page, {"line": 2, "severity": "error", "message": "A remark of its own. " * 8})
    page.evaluate("showDiff('x = 1', 'x = ' + '2 + '.repeat(99) + '1')")
    page.keyboard.press("Control+f")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate("document.querySelector('#place').style.width = '15rem'")
    remark, editor = (
        page.locator(name).first.bounding_box() for name in (".cm-remark span", ".cm-editor")
    )
    assert remark is not None
    assert editor is not None
    assert remark["x"] + remark["width"] <= editor["x"] + editor["width"] <= 360


# Differences


def test_a_difference_is_told_by_element_and_sign_and_cannot_be_edited(page: Page) -> None:
    page.evaluate("showDiff('a = 1\\nb = 2\\n', 'a = 1\\nb = 3\\n')")
    diff = page.get_by_label("What changed")
    expect(diff.locator("del")).to_have_text("b = 2")
    expect(diff.locator("ins")).to_have_text("b = 3")
    signs = "(e, sign) => getComputedStyle(e, '::before').content"
    assert diff.locator(".cm-deletedLine").evaluate(signs) == '"−"'
    assert diff.locator(".cm-changedLine").evaluate(signs) == '"+"'
    diff.focus()
    expect(diff).to_be_focused()
    page.keyboard.type("x")
    expect(diff).to_have_attribute("contenteditable", "false")
    assert "x" not in diff.inner_text()


# Weight


def test_the_editor_is_light_and_differences_are_loaded_when_they_are_asked_for(
    context: BrowserContext,
) -> None:
    page = opened(context)
    sizes = """() => Object.fromEntries(performance.getEntriesByType("resource")
      .map((entry) => [entry.name.replace(/.*\\//, ""), entry.encodedBodySize]))"""
    before, built = dict[str, int](), dict[str, int]()

    def are_told() -> bool:
        before.update(page.evaluate(sizes))
        ours = ("editor-", "shared-")
        built.update({name: size for name, size in before.items() if name.startswith(ours)})
        return len(built) == 2

    until(are_told)
    assert 50_000 < sum(built.values()) < BYTES_PACKED
    assert not any(name.startswith("diff-") for name in before)
    assert "completions.json" not in before
    page.evaluate("showDiff('a', 'b')")
    until(lambda: any(name.startswith("diff-") for name in page.evaluate(sizes)))


def test_what_was_loaded_is_not_asked_for_again(context: BrowserContext) -> None:
    opened(context).close()
    page = context.new_page()
    asked: list[str] = []
    page.on("response", lambda r: asked.append(r.url) if not r.from_service_worker else None)
    page.goto("/")
    expect(page.locator(".cm-content")).to_be_visible()
    sizes = """() => performance.getEntriesByType("resource")
      .filter((entry) => entry.name.includes("/static/v-")).map((entry) => entry.transferSize)"""
    until(lambda: len(page.evaluate(sizes)) >= 3)
    cached = page.evaluate(sizes)
    assert set(cached) == {0}, json.dumps(cached)
