"""The walls between people: what lists, pages and addresses show of others' work and exercises."""

from __future__ import annotations

import html
import re

import pytest

from exercises.exercise import QuizExercise
from exercises.quiz.questions import drawn, variant
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from tests.unit.grader.town import ROLES, SOURCE, Town

ADDRESS = "/api/v1/submissions"
#: Whose work each of them reads.
READS = {
    "ann": {"ann"},
    "bob": {"bob"},
    "cas": {"cas"},
    "tess": {"ann", "bob"},
    "ivo": {"cas"},
    "stray": set[str](),
    "op": {"ann", "bob", "cas"},
}


def listed(town: Town, who: str, query: str = "") -> set[str]:
    items = town.get(who, f"{ADDRESS}{query}").get_json()["items"]
    names = {id_: name for name, id_ in town.work.items()}
    return {names.get(item["id"], item["id"]) for item in items}


@pytest.mark.parametrize("who", ROLES)
def test_a_list_holds_what_its_reader_may_read(town: Town, who: str) -> None:
    assert listed(town, who) == READS[who]
    page = town.get(who, "/submissions").text
    assert {name for name, id_ in town.work.items() if id_ in page} == READS[who]


@pytest.mark.parametrize("who", ROLES)
def test_no_filter_of_the_list_leads_over_the_wall(town: Town, who: str) -> None:
    for name in town.work:
        seen = listed(town, who, f"?student={town.people[name].id}")
        assert seen == READS[who] & {name}
        seen = listed(town, who, "?exercise=affine")
        assert seen == READS[who] & {"ann", "bob"}


@pytest.mark.parametrize("who", ROLES)
def test_nobody_begins_with_the_code_of_somebody_else(town: Town, who: str) -> None:
    for name, id_ in town.work.items():
        answer = town.get(who, f"/playground?from={id_}", follow_redirects=True)
        assert (answer.status_code == 200) == (name in READS[who]), name


def test_what_is_not_there_and_what_is_hidden_are_told_alike(town: Town) -> None:
    for address in ("", "/source", "/figures/density.png"):
        answers = [
            town.get("ann", f"{ADDRESS}/{id_}{address}").get_json()
            for id_ in (town.work["cas"], "01m82pfqeqfc8vk998ygzwtcgk")
        ]
        for answer in answers:
            answer.pop("request_id")
        assert answers[0] == answers[1]


def test_work_of_who_left_the_course_stays_with_the_course(town: Town) -> None:
    memberships = Memberships(town.desk.engine)
    memberships.remove("red", town.people["bob"].id)
    try:
        assert listed(town, "bob") == {"bob"}
        assert "bob" in listed(town, "tess")
        assert town.get("bob", "/api/v1/courses/red").status_code == 404
        body = {"source": SOURCE, "assignment": town.opened["red"].id}
        assert town.post("bob", ADDRESS, body).status_code == 422
    finally:
        memberships.put("red", town.people["bob"].id, Role.STUDENT)


def test_an_assistant_who_is_one_no_longer_reads_nothing_any_more(town: Town) -> None:
    memberships = Memberships(town.desk.engine)
    memberships.put("red", town.people["tess"].id, Role.STUDENT)
    try:
        assert listed(town, "tess") == set()
        assert town.get("tess", f"{ADDRESS}/{town.work['ann']}").status_code == 404
    finally:
        memberships.put("red", town.people["tess"].id, Role.ASSISTANT)


def test_a_label_that_names_a_course_does_not_show_a_submission_to_its_staff(town: Town) -> None:
    labelled = town.desk.submissions.accept(
        exercise="playground", exercise_version="v", source="x", seed=1, course="red", student="Kim"
    )
    assert labelled.id not in listed(town, "tess")
    assert town.get("tess", f"{ADDRESS}/{labelled.id}").status_code == 404
    assert town.get("op", f"{ADDRESS}/{labelled.id}").status_code == 200


@pytest.mark.parametrize("field", ["student", "course"])
def test_who_has_signed_in_can_not_send_or_ask_in_anothers_name(town: Town, field: str) -> None:
    answer = town.post("ann", ADDRESS, {"source": SOURCE, field: "Kim"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == f"#/{field}"
    answer = town.get("ann", f"/api/v1/exercises/playground?{field}=Kim")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == field


@pytest.mark.parametrize(
    ("who", "seen", "hidden"),
    [
        ("ann", {"affine"}, {"inverse", "score", "log-normal", "which-a"}),
        ("cas", {"inverse"}, {"affine", "score", "log-normal", "which-a"}),
        ("stray", set(), {"affine", "inverse", "score", "log-normal", "which-a"}),
        ("tess", {"affine", "inverse", "score", "log-normal", "which-a"}, set()),
        ("op", {"affine", "inverse", "score", "log-normal", "which-a"}, set()),
    ],
)
def test_students_see_what_is_assigned_and_open_and_what_earns_nothing(
    town: Town, who: str, seen: set[str], hidden: set[str]
) -> None:
    items = town.get(who, "/api/v1/exercises").get_json()["items"]
    shown = {item["slug"] for item in items}
    assert seen <= shown
    assert not hidden & shown
    assert {item["slug"] for item in items if not item["max_score"]} >= {"playground"}
    page = town.get(who, "/exercises").text
    assert not [slug for slug in hidden if f'/exercises/{slug}"' in page]


def test_an_exercise_that_is_hidden_is_neither_taken_nor_named(town: Town) -> None:
    for slug in ("score", "inverse", "log-normal", "nix"):
        answer = town.post("ann", ADDRESS, {"source": SOURCE, "exercise": slug})
        assert answer.status_code == 422
        assert answer.get_json()["type"] == "/problems/unknown-exercise"
        known = answer.get_json()["detail"].partition("There are: ")[2]
        assert "affine" in known
        assert not re.search(r"\b(score|inverse|log-normal)\b", known)


def test_the_questions_of_an_assignment_are_ones_own_and_those_that_are_marked(town: Town) -> None:
    slug = "true-or-false-flows"
    exercise = town.desk.catalog.exercises[slug]
    assert isinstance(exercise, QuizExercise)
    assigned = town.assign("red", slug)
    for who in ("ann", "bob"):
        page = town.get(who, f"/courses/red/assignments/{assigned.id}").text
        found = re.findall(r'type="radio" name="answer\.([^"]+)"', page)
        asked = list(dict.fromkeys(map(html.unescape, found)))
        sent = town.post(who, ADDRESS, {"assignment": assigned.id, "answers": {}})
        stored = town.desk.submissions.get(sent.get_json()["id"])
        assert stored is not None
        assert (stored.course, stored.student) == ("red", town.people[who].id)
        # What the hand-out gives the worker to mark by.
        chosen = variant(stored.course, stored.student, slug)
        marked = drawn(exercise.questions, exercise.quiz, chosen)
        assert asked == [question.id for question in marked]
