"""What is ours to mend: who is told how much of it, and grading it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.store.audit import Audit, Deed
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.submission.state import MAX_FAILURES, Ended
from grader.store.submission.submissions import State
from tests.unit.grader.courses.test_regrades import send
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.town import Town

LEASE = timedelta(minutes=5)
TRACE = 'Traceback: File "/srv/grader/judge.py", KeyError <secret>'


@pytest.fixture
def clean(town: Town) -> Town:
    """A town in which nothing waits and nothing fails."""
    for id_ in drained(town):
        grade_waiting(town, id_)
    send(town, "op", "POST", "/internal-errors/grade-again")
    for id_ in drained(town):
        grade_waiting(town, id_)
    return town


def drained(town: Town) -> list[str]:
    now = datetime.now(UTC) + timedelta(days=1)
    jobs = Attempts(town.desk.engine).hand_out(1000, now=now, lease=LEASE)
    return [f"{job.submission} {job.attempt}" for job in jobs]


def grade_waiting(town: Town, one: str) -> None:
    id_, attempt = one.split()
    report = report_of(finding("law", 1, 1))
    Grades(town.desk.engine).record(id_, int(attempt), report, [], now=datetime.now(UTC))


def fail(town: Town, id_: str, times: int = MAX_FAILURES) -> str:
    attempts, grades = Attempts(town.desk.engine), Grades(town.desk.engine)
    for number in range(1, times + 1):
        now = datetime.now(UTC) + timedelta(hours=number)
        attempts.hand_out(1000, now=now, lease=LEASE)
        attempts.begin(id_, number, worker="box-7", now=now, lease=LEASE)
        assert grades.fail(id_, number, Ended.FAILED, TRACE, now=now) is not None
    return id_


def listed(town: Town, who: str, course: str | None = "red") -> Any:
    address = "/internal-errors" if course is None else f"/courses/{course}/internal-errors"
    answer = send(town, who, "GET", address)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def state(town: Town, id_: str) -> tuple[State, str | None]:
    found = town.desk.submissions.get(id_)
    assert found is not None
    return found.state, found.verdict


def test_staff_see_what_fails_in_a_sentence_and_operators_all_of_it(clean: Town) -> None:
    id_ = fail(clean, clean.hand_in("ann", clean.opened["red"].id))
    found = listed(clean, "tess")
    assert (found["submissions"], found["students"]) == (1, 1)
    (item,) = found["items"]
    assert (item["submission"], item["name"], item["state"]) == (id_, "Ann", "graded")
    assert item["tried_again_at"] is not None
    assert [one["number"] for one in item["attempts"]] == [1, 2, 3]
    assert {one["problem"] for one in item["attempts"]} == {"The grader itself raised an error."}
    assert {one["worker"] for one in item["attempts"]} == {None}
    (whole,) = listed(clean, "op")["items"]
    assert {one["problem"] for one in whole["attempts"]} == {TRACE}
    assert {one["worker"] for one in whole["attempts"]} == {"box-7"}
    page = clean.get("tess", "/courses/red/errors").text
    assert "raised an error" in page
    assert id_ in page
    for secret in ("judge.py", "box-7"):
        assert secret not in page
        assert secret in clean.get("op", "/courses/red/errors").text
    assert "&lt;secret&gt;" in clean.get("op", "/errors").text
    assert listed(clean, "ivo", "blue")["items"] == []


def test_what_fails_now_between_two_attempts_is_listed_too(clean: Town) -> None:
    id_ = fail(clean, clean.hand_in("ann", clean.opened["red"].id), times=1)
    waiting = clean.hand_in("bob", clean.opened["red"].id)
    (item,) = listed(clean, "tess")["items"]
    assert (item["submission"], item["state"]) == (id_, "accepted")
    assert item["submission"] != waiting
    assert "is tried again now" in clean.get("tess", "/courses/red/errors").text


def test_one_is_graded_again_by_a_click(clean: Town) -> None:
    first, second = (
        fail(clean, clean.hand_in(who, clean.opened["red"].id)) for who in ("ann", "bob")
    )
    answer = send(clean, "tess", "POST", f"/submissions/{first}/grade-again")
    assert (answer.status_code, answer.get_json()) == (202, {"submissions": 1})
    assert state(clean, first) == (State.ACCEPTED, None)
    assert state(clean, second)[0] is State.GRADED
    twice = send(clean, "tess", "POST", f"/submissions/{first}/grade-again")
    assert (twice.status_code, twice.get_json()["type"]) == (409, "/problems/not-failed")
    sent = clean.form("tess", "/courses/red/errors", {"submission": second}, page="/courses/red")
    assert sent.headers["Location"] == "/courses/red/errors?again=1"
    assert state(clean, second) == (State.ACCEPTED, None)
    deeds = Audit(clean.desk.engine).of_course("red", deed=Deed.GRADED_AGAIN)
    assert {(one.submission, one.actor.person) for one in deeds} >= {
        (first, clean.people["tess"].id),
        (second, clean.people["tess"].id),
    }


def test_all_of_a_course_are_graded_again_and_none_of_another(clean: Town) -> None:
    red = [fail(clean, clean.hand_in(who, clean.opened["red"].id)) for who in ("ann", "bob")]
    blue = fail(clean, clean.hand_in("cas", clean.opened["blue"].id))
    fine = clean.hand_in("ann", clean.opened["red"].id)
    grade(clean, fine, report_of(finding("law", 1, 1)))
    answer = send(clean, "tess", "POST", "/courses/red/internal-errors/grade-again")
    assert answer.get_json() == {"submissions": 2}
    assert {state(clean, id_)[0] for id_ in red} == {State.ACCEPTED}
    assert state(clean, blue)[0] is state(clean, fine)[0] is State.GRADED
    assert listed(clean, "op", None)["submissions"] == 3, "those under way are still failing"
    sent = clean.form("op", "/errors", {}, page="/courses")
    assert sent.headers["Location"] == "/errors?again=1"
    assert state(clean, blue)[0] is State.ACCEPTED


def test_what_answers_to_no_course_is_for_operators_alone(clean: Town) -> None:
    id_ = fail(clean, clean.practise("ann"))
    assert [one["submission"] for one in listed(clean, "op", None)["items"]] == [id_]
    assert listed(clean, "tess")["items"] == []
    assert send(clean, "tess", "POST", f"/submissions/{id_}/grade-again").status_code == 404
    elsewhere = clean.form("tess", "/courses/red/errors", {"submission": id_}, page="/courses/red")
    assert elsewhere.status_code == 404
    assert send(clean, "op", "POST", f"/submissions/{id_}/grade-again").status_code == 202


def test_they_are_listed_page_by_page(clean: Town) -> None:
    failing = [fail(clean, clean.hand_in("ann", clean.opened["red"].id)) for _ in range(3)]
    failing.append(fail(clean, clean.hand_in("bob", clean.opened["red"].id), times=1))
    following: str | None = "/api/v1/courses/red/internal-errors?limit=3"
    found: list[str] = []
    while following:
        answer = clean.get("tess", following).get_json()
        assert (answer["submissions"], answer["students"]) == (4, 2)
        found += [one["submission"] for one in answer["items"]]
        following = answer["next"]
    assert found == sorted(failing, reverse=True)
