"""The pages of courses, as a browser without scripts has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from grader.store.assignment.assignments import Rules

if TYPE_CHECKING:
    from tests.unit.grader.town import Town


def address(town: Town, course: str = "red") -> str:
    return f"/courses/{course}/assignments/{town.opened[course].id}"


def test_who_is_in_a_course_starts_there_and_everybody_else_in_the_playground(town: Town) -> None:
    assert town.get("ann", "/").headers["Location"] == "/courses"
    shown = town.get("ann", "/courses")
    assert "The red course" in shown.text
    assert "The blue course" not in shown.text
    assert address(town) in shown.text
    assert "/playground" in shown.text
    assert "Playground" in town.get("stray", "/").text
    assert "You are in no course yet" in town.get("stray", "/courses").text


def test_a_course_lists_what_has_opened_and_to_staff_all(town: Town) -> None:
    later = town.unopened["red"].id
    assert later not in town.get("ann", "/courses/red").text
    assert later in town.get("tess", "/courses/red").text
    assert (
        "This has not opened for students yet"
        in town.get("tess", f"/courses/red/assignments/{later}").text
    )


def test_a_students_exercise_is_the_assignment_of_it(town: Town) -> None:
    answer = town.get("ann", "/exercises/affine?seed=3&course=blue&id_=x")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{address(town)}?seed=3"
    assert town.get("tess", "/exercises/affine").status_code == 200


@pytest.mark.parametrize("path", ["/courses/red", "/courses/nowhere"])
def test_a_course_of_others_is_not_there(town: Town, path: str) -> None:
    assert town.get("cas", path).status_code == 404


def test_an_assignment_is_found_in_its_own_course_only(town: Town) -> None:
    assert town.get("ann", address(town)).status_code == 200
    assert town.get("cas", address(town)).status_code == 404
    elsewhere = f"/courses/blue/assignments/{town.opened['red'].id}"
    assert town.get("op", elsewhere).status_code == 404
    assert town.get("ann", f"/courses/red/assignments/{town.unopened['red'].id}").status_code == 404


def test_the_form_of_an_assignment_hands_in_to_it(town: Town) -> None:
    before = town.get("ann", address(town)).text
    assert f'name="assignment" value="{town.opened["red"].id}"' in before
    fields = {"assignment": town.opened["red"].id, "source": "def f(z):\r\n    return z\r\n"}
    answer = town.form("ann", "/submissions", fields, page=address(town))
    assert answer.status_code == 303, answer.text
    id_ = answer.headers["Location"].rsplit("/", 1)[-1]
    sent = town.get("ann", f"/api/v1/submissions/{id_}").get_json()
    assert sent["assignment"] == town.opened["red"].id
    assert sent["exercise"] == "affine"


def test_the_editor_begins_with_an_earlier_submission(town: Town) -> None:
    page = town.get("ann", f"{address(town)}?from={town.work['ann']}").text
    assert "data-begun" in page
    assert town.get("ann", f"{address(town)}?from={town.work['bob']}").status_code == 404


@pytest.mark.parametrize("slug", ["affine", "which-a"])
def test_what_has_closed_can_be_read_and_not_sent(town: Town, slug: str) -> None:
    over = Rules(due_at=datetime.now(UTC) - timedelta(days=1))
    closed, going_on = town.assign("red", slug, over), town.assign("red", slug)
    for assignment, disabled in ((closed, True), (going_on, False)):
        page = town.get("ann", f"/courses/red/assignments/{assignment.id}").text
        assert ('id="submit" disabled' in page) is disabled
        assert 'id="submit"' in page
