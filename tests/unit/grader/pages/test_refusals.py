"""What is refused is said in the reader's language, where it is always said the same."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import grader
from grader.desks.problems import PROBLEM_TYPES
from grader.web import refusals
from tests.unit.grader.town import Town

GERMAN = {
    "There is nothing at this address": "Hier gibt es nichts",
    "There is no such course.": "Diesen Kurs gibt es nicht.",
    "This must be the title of the course.": "<Titel>",
}


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "gettext", lambda text: GERMAN.get(text, text))


def constants(folder: Path, but: str = "") -> set[str]:
    """All texts in the programs of a folder, those in several pieces as one."""
    trees = (ast.parse(path.read_text()) for path in folder.rglob("*.py") if path.name != but)
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_what_is_translated_is_what_the_interface_says() -> None:
    for slug, (title, advice) in refusals.KINDS.items():
        kind = PROBLEM_TYPES[slug]
        assert (title, advice % refusals._COUNTS) == (kind.title, kind.advice)
    root = Path(grader.__file__).parent
    said = {
        f"{text[:1].upper()}{text[1:].removesuffix('.')}."
        for room in ("desks", "api", "access", "store")
        for text in constants(root / room)
    }
    pages = constants(root / "web", but="refusals.py")
    assert [one for one in refusals.SENTENCES if one not in said | pages] == []
    assert len(set(refusals.SENTENCES)) == len(refusals.SENTENCES)


def page(town: Town, address: str, language: str) -> str:
    headers = {"Accept": "text/html", "Accept-Language": language}
    answer = town.get("ivo", address, headers=headers)
    assert answer.status_code == 404
    return answer.text


def test_a_page_says_it_in_the_readers_language_and_marks_what_is_english(
    town: Town, german: None
) -> None:
    shown = page(town, "/courses/nowhere/policies", "de")
    assert "<h1>Hier gibt es nichts</h1>" in shown
    assert "<title>Hier gibt es nichts ·" in shown
    advice = PROBLEM_TYPES["not-found"].advice.split(":")[0].replace("'", "&#39;")
    assert f'<span lang="en">{advice}' in shown
    english = page(town, "/courses/nowhere/policies", "en")
    assert f"<p>{advice}" in english


def test_the_interface_says_it_in_english(town: Town, german: None) -> None:
    headers = {"Accept-Language": "de"}
    told = town.get("ivo", "/api/v1/courses/nowhere", headers=headers).get_json()
    assert told["title"] == "There is nothing at this address"


def test_a_sentence_is_shown_for_what_it_is(town: Town, german: None) -> None:
    said = refusals.said
    with town.app.test_request_context(headers={"Accept-Language": "de"}):
        assert said("There is no such course.") == "Diesen Kurs gibt es nicht."
        assert said("This must be the title of the course.") == "&lt;Titel&gt;"
        assert said("'<b>' is no date") == '<span lang="en">&#39;&lt;b&gt;&#39; is no date</span>'
        assert "U+202E" in said("\u202ex")
        assert said("") == ""
        assert "bytes" in refusals.advice(PROBLEM_TYPES["body-too-large"])
    with town.app.test_request_context(headers={"Accept-Language": "en"}):
        assert said("x & y") == "x &amp; y"
