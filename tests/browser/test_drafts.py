"""Drafts: no text is lost when a page is left, and none of it leaves the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import watched
from tests.browser.editor_site import serving_editor
from tests.patience import until


@pytest.fixture(scope="module")
def editor_site() -> Iterator[str]:
    with serving_editor() as address:
        yield address


@pytest.fixture
def context(chromium: Browser, editor_site: str) -> Iterator[BrowserContext]:
    with watched(chromium, editor_site) as made:
        yield made


def ready(page: Page) -> Page:
    until(lambda: page.evaluate("Boolean(window.drafts && window.editor)"))
    return page


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/")
    return ready(page)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return opened(context)


def keep(page: Page, key: str, text: str) -> bool:
    """Keep a draft and wait until it is there."""
    return bool(
        page.evaluate(
            "([key, text]) => new Promise((done) => drafts.keepDraft(key, () => text, done))",
            [key, text],
        )
    )


def read(page: Page, key: str) -> Any:
    return page.evaluate("key => drafts.readDraft(key)?.text ?? null", key)


def test_a_draft_is_there_after_a_reload_with_its_time(page: Page) -> None:
    assert keep(page, "affine", "def f(z):\n    return θ")
    page.reload()
    ready(page)
    assert read(page, "affine") == "def f(z):\n    return θ"
    age = page.evaluate("Date.now() - drafts.readDraft('affine').at.getTime()")
    assert 0 <= age < 600_000
    assert read(page, "polar") is None


def test_what_was_typed_last_is_kept_though_the_page_is_left_at_once(page: Page) -> None:
    page.evaluate("""() => {
      window.written = "old";
      drafts.keepDraft("affine", () => window.written);
      window.written = "new";
    }""")
    page.goto("/?elsewhere")
    ready(page)
    assert read(page, "affine") == "new"


def test_many_edits_are_written_once(page: Page) -> None:
    kept = page.evaluate("""async () => {
      const asked = [];
      await new Promise((done) => {
        for (const text of ["a", "ab", "abc"]) {
          drafts.keepDraft("affine", () => (asked.push(text), text), done);
        }
      });
      return asked;
    }""")
    assert kept == ["abc"]


def test_a_forgotten_draft_does_not_come_back(page: Page) -> None:
    keep(page, "affine", "mine")
    page.evaluate("""() => {
      drafts.keepDraft("affine", () => "late");
      drafts.forgetDraft("affine");
    }""")
    page.reload()
    ready(page)
    assert read(page, "affine") is None


def test_another_tab_learns_of_a_draft_and_of_its_end(context: BrowserContext, page: Page) -> None:
    page.evaluate("""() => {
      window.told = [];
      window.unwatch = drafts.watchDraft("affine", (draft) => told.push(draft?.text ?? null));
    }""")
    other = opened(context)
    keep(other, "polar", "not asked about")
    keep(other, "affine", "from the other tab")
    until(lambda: page.evaluate("told.length === 1"))
    other.evaluate("drafts.forgetDraft('affine')")
    until(lambda: page.evaluate("told.length === 2"))
    assert page.evaluate("told") == ["from the other tab", None]
    page.evaluate("unwatch()")
    keep(other, "affine", "again")
    # Tabs are programs of their own: what one keeps is there for the other a little later.
    until(lambda: read(page, "affine") == "again")
    assert page.evaluate("told.length") == 2


def test_the_fifty_newest_are_kept(page: Page) -> None:
    page.clock.install()
    for number in range(52):
        page.evaluate(
            """(n) => {
              window.kept = false;
              drafts.keepDraft(`e${n}`, () => `text ${n}`, () => { window.kept = true; });
            }""",
            number,
        )
        page.clock.run_for(300)
        until(lambda: page.evaluate("kept"))
    assert [read(page, f"e{n}") for n in (0, 1)] == [None, None]
    assert [read(page, f"e{n}") for n in (2, 51)] == ["text 2", "text 51"]
    assert page.evaluate("localStorage.length") == 50


def test_a_draft_that_is_written_again_is_not_old(page: Page) -> None:
    page.evaluate("""() => {
      const draft = (at) => JSON.stringify({ version: 2, at, text: "x" });
      for (let n = 0; n < 50; n += 1) localStorage.setItem(`pushforward.draft.e${n}`, draft(n));
    }""")
    assert keep(page, "e0", "again")
    assert keep(page, "new", "x")
    assert read(page, "e0") == "again"
    assert read(page, "e1") is None


def test_a_full_storage_gives_up_its_oldest_drafts_first(page: Page) -> None:
    page.evaluate("""() => {
      const draft = (at) => JSON.stringify({ version: 2, at, text: "x".repeat(1_000_000) });
      for (let n = 0; n < 4; n += 1) localStorage.setItem(`pushforward.draft.e${n}`, draft(n));
      localStorage.setItem("of-another-module", "y".repeat(1_000_000));
    }""")
    assert keep(page, "new", "z" * 1_500_000)
    assert read(page, "new") == "z" * 1_500_000
    assert [bool(read(page, f"e{n}")) for n in range(4)] == [False, False, True, True]
    assert page.evaluate("localStorage.getItem('of-another-module').length") == 1_000_000
    assert keep(page, "huge", "z" * 6_000_000) is False


def test_a_forbidden_storage_is_no_draft_and_no_error(context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script("""
      for (const name of ["getItem", "setItem", "removeItem"]) {
        Storage.prototype[name] = () => { throw new DOMException("denied", "SecurityError"); };
      }""")
    page.goto("/")
    ready(page)
    assert keep(page, "affine", "x") is False
    assert read(page, "affine") is None
    page.evaluate("drafts.forgetDraft('affine')")


def test_what_another_version_wrote_is_no_draft(page: Page) -> None:
    for value in ("", "no JSON", "null", "[]", '{"version": 99, "text": "x"}', '{"version": 2}'):
        page.evaluate("value => localStorage.setItem('pushforward.draft.affine', value)", value)
        assert read(page, "affine") is None, value
        assert keep(page, "affine", "mine")
        assert read(page, "affine") == "mine"


def test_a_draft_is_sent_nowhere(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    keep(page, "affine", "mine")
    assert read(page, "affine") == "mine"
    expect(page.locator(".cm-content")).to_be_visible()
    assert sent == []
