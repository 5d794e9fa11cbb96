"""Regrades by the API and by the pages: a trial first, what would change, and then the grades."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from exercises.catalog.bundle import archive
from exercises.report import Report
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.assignment.disclosure import Release
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.models import TrialRow
from grader.store.regrade.applying import Applying
from grader.store.submission.submissions import StoredFile
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.town import Town

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
LEASE = timedelta(minutes=5)
#: A figure's smallest possible file; nothing draws it here.
OLD, NEW = b"\x89PNG old", b"\x89PNG new"


@pytest.fixture
def assigned(town: Town) -> Assignment:
    return town.assign("red", "affine")


def send(town: Town, who: str, method: str, address: str, body: object = None) -> TestResponse:
    return town.client(who).open(f"/api/v1{address}", method=method, json=body, headers=SAME_ORIGIN)


def report(points: float, **changes: Any) -> Report:
    return report_of(finding("law", points, 10), **changes)


def graded(town: Town, assignment: Assignment, points: float, who: str = "ann") -> str:
    id_ = town.hand_in(who, assignment.id)
    grade(town, id_, report(points), {"density.png": OLD})
    return id_


def try_all(town: Town, points: Mapping[str, float]) -> None:
    """Grade all trials that wait, by submission with so many points."""
    engine, now = town.desk.engine, datetime.now(UTC)
    attempts, grades = Attempts(engine), Grades(engine)
    for job in attempts.trials.hand_out(1000, now=now, lease=LEASE):
        with engine.connect() as connection:
            query = TrialRow.__table__.select().where(TrialRow.id == job.submission.split("-")[1])
            submission = connection.execute(query).one().submission
        new = report(points.get(submission, 0), exercise_version=job.exercise_version)
        files = [StoredFile("density.png", "image/png", NEW)]
        assert grades.record(job.submission, job.attempt, new, files, now=now)
    Applying(engine).settle(now)


def apply_all(town: Town) -> None:
    """What the dispatch does in the background."""
    applying = Applying(town.desk.engine)
    while (regrade := applying.next()) is not None:
        applying.step(regrade, datetime.now(UTC))


def begun(town: Town, assignment: Assignment, **body: object) -> str:
    answer = send(town, "tess", "POST", f"/assignments/{assignment.id}/regrades", body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == answer.get_json()["links"]["self"]
    return str(answer.get_json()["id"])


def look(town: Town, regrade: str) -> Any:
    return send(town, "tess", "GET", f"/regrades/{regrade}").get_json()


def seen(town: Town, who: str, submission: str, attempt: int | None = None) -> Any:
    more = "" if attempt is None else f"?attempt={attempt}"
    return send(town, who, "GET", f"/submissions/{submission}{more}").get_json()


def test_a_trial_changes_nothing_for_the_student_and_applying_it_does(
    town: Town, assigned: Assignment
) -> None:
    id_ = graded(town, assigned, 4)
    before = seen(town, "ann", id_)
    page = town.get("ann", f"/submissions/{id_}").text
    regrade = begun(town, assigned, reason="The tolerance was too narrow.")
    assert look(town, regrade)["stage"] == "trying"
    try_all(town, {id_: 9})
    ready = look(town, regrade)
    assert (ready["stage"], ready["totals"]["up"], ready["totals"]["down"]) == ("ready", 1, 0)
    assert seen(town, "ann", id_) == before
    assert town.get("ann", f"/submissions/{id_}").text == page
    applied = send(town, "tess", "POST", f"/regrades/{regrade}/apply", {})
    assert (applied.status_code, applied.get_json()["never_lower"]) == (202, True)
    apply_all(town)
    after = seen(town, "ann", id_)
    assert (after["report"]["score"], after["attempt"]) == (9, 2)
    assert look(town, regrade)["totals"]["fates"] == {"applied": 1}


def test_the_report_before_can_be_read_with_its_figure(town: Town, assigned: Assignment) -> None:
    id_ = graded(town, assigned, 4)
    regrade = begun(town, assigned)
    try_all(town, {id_: 9})
    send(town, "tess", "POST", f"/regrades/{regrade}/apply", {})
    apply_all(town)
    earlier = seen(town, "ann", id_, 1)
    assert (earlier["report"]["score"], earlier["attempt"]) == (4, 1)
    (figure,) = earlier["report"]["figures"]
    assert town.get("ann", figure["links"]["image/png"]).data == OLD
    newer = seen(town, "ann", id_)["report"]["figures"][0]["links"]["image/png"]
    assert town.get("ann", newer).data == NEW
    listed = send(town, "ann", "GET", f"/submissions/{id_}/gradings").get_json()["items"]
    assert [(one["attempt"], one["score"]) for one in listed] == [(2, 9), (1, 4)]
    for attempt in (3, 0, 10**30):
        assert town.get("ann", f"/api/v1/submissions/{id_}?attempt={attempt}").status_code in {
            404,
            422,
        }
        assert town.get("ann", f"/submissions/{id_}?attempt={attempt}").status_code == 404
    assert town.get("bob", f"/api/v1/submissions/{id_}?attempt=1").status_code == 404
    page = town.get("ann", f"/submissions/{id_}").text
    assert f"/submissions/{id_}?attempt=1" in page
    older = town.get("ann", f"/submissions/{id_}?attempt=1").text
    assert "does not count any more" in older
    assert "does not count any more" not in page


def test_an_earlier_grading_is_as_secret_as_the_grade(town: Town) -> None:
    assignment = town.assign("red", "affine", Rules(release=Release.BY_HAND))
    id_ = graded(town, assignment, 4.25)
    regrade = begun(town, assignment)
    try_all(town, {id_: 9.75})
    send(town, "tess", "POST", f"/regrades/{regrade}/apply", {})
    apply_all(town)
    for address in (
        *(f"/api/v1/submissions/{id_}?attempt=1", f"/api/v1/submissions/{id_}/gradings"),
        *(f"/submissions/{id_}?attempt=1", f"/submissions/{id_}"),
    ):
        answer = town.get("ann", address)
        assert answer.status_code == 200, address
        # As numbers of their own: a time may hold the digits of a score.
        told = re.search(r"(?<![0-9])(?:4\.25|9\.75)(?![0-9])|law says this", answer.text)
        assert told is None, (address, told)
    figure = f"/api/v1/submissions/{id_}/figures/density.png?attempt=1"
    assert town.get("ann", figure).status_code == 404
    assert town.get("tess", figure).data == OLD
    assert seen(town, "tess", id_, 1)["report"]["score"] == 4.25


def test_the_preview_is_listed_by_the_size_of_the_change(town: Town, assigned: Assignment) -> None:
    work = {graded(town, assigned, 5): new for new in (6, 5, 0)}
    regrade = begun(town, assigned, which="all")
    try_all(town, work)
    following: str | None = f"/api/v1/regrades/{regrade}/items?limit=1"
    found = []
    while following:
        answer = town.get("tess", following)
        assert answer.status_code == 200, answer.text
        found += answer.get_json()["items"]
        following = answer.get_json()["next"]
    assert [one["change"] for one in found] == [-5, 1, 0]
    assert found[0]["lower"] is True
    assert found[0]["criteria"] == [
        {
            "check": "law",
            "before": "partial",
            "points_before": 5,
            "after": "failed",
            "points_after": 0,
            "message": "law says this.",
        }
    ]
    up = town.get("tess", f"/api/v1/regrades/{regrade}/items?only=up").get_json()["items"]
    assert [one["change"] for one in up] == [1]
    histogram = look(town, regrade)["totals"]["histogram"]
    assert sum(bar["count"] for bar in histogram) == 3


def test_what_is_left_out_keeps_its_grade(town: Town, assigned: Assignment) -> None:
    out, along = graded(town, assigned, 5), graded(town, assigned, 5, "bob")
    regrade = begun(town, assigned, which="these", submissions=[out, along])
    try_all(town, {out: 8, along: 8})
    item = f"/regrades/{regrade}/items"
    assert send(town, "tess", "PUT", f"{item}/{out}", {"chosen": False}).status_code == 204
    assert send(town, "tess", "PUT", f"{item}/x", {"chosen": False}).status_code == 404
    send(town, "tess", "POST", f"/regrades/{regrade}/apply", {})
    apply_all(town)
    assert seen(town, "ann", out)["report"]["score"] == 5
    assert seen(town, "bob", along)["report"]["score"] == 8
    late = send(town, "tess", "PUT", f"{item}/{out}", {"chosen": True})
    assert (late.status_code, late.get_json()["type"]) == (409, "/problems/regrade-stage")


def test_one_submission_is_graded_again(town: Town, assigned: Assignment) -> None:
    id_, other = graded(town, assigned, 5), graded(town, assigned, 5, "bob")
    answer = send(town, "tess", "POST", f"/submissions/{id_}/regrades", {})
    assert (answer.status_code, answer.get_json()["total"]) == (202, 1)
    (item,) = town.get("tess", answer.get_json()["links"]["items"]).get_json()["items"]
    assert item["submission"] == id_ != other
    try_all(town, {})


def test_it_is_applied_once_and_not_before_it_is_tried(town: Town, assigned: Assignment) -> None:
    id_ = graded(town, assigned, 5)
    regrade = begun(town, assigned)
    apply = f"/regrades/{regrade}/apply"
    early = send(town, "tess", "POST", apply, {})
    assert (early.status_code, early.get_json()["type"]) == (409, "/problems/regrade-stage")
    try_all(town, {id_: 6})
    assert send(town, "tess", "POST", apply, {}).status_code == 202
    assert send(town, "tess", "POST", apply, {}).status_code == 409
    apply_all(town)
    cancel = send(town, "tess", "POST", f"/regrades/{regrade}/cancel")
    assert cancel.status_code == 409


def test_a_cancelled_one_is_never_applied(town: Town, assigned: Assignment) -> None:
    id_ = graded(town, assigned, 5)
    regrade = begun(town, assigned)
    cancelled = send(town, "tess", "POST", f"/regrades/{regrade}/cancel")
    assert (cancelled.status_code, cancelled.get_json()["stage"]) == (200, "cancelled")
    try_all(town, {id_: 9})
    assert send(town, "tess", "POST", f"/regrades/{regrade}/apply", {}).status_code == 409
    assert seen(town, "ann", id_)["attempt"] == 1


def test_only_instructors_change_what_is_asked(town: Town, assigned: Assignment) -> None:
    id_ = graded(town, assigned, 5)
    old = older_version(town, assigned)
    regrade = begun(town, assigned)
    try_all(town, {id_: 9})
    apply = f"/regrades/{regrade}/apply"
    assert send(town, "tess", "POST", apply, {"move_version": True}).status_code == 403
    assert asked(town, assigned) == old
    assert send(town, "op", "POST", apply, {"move_version": True}).status_code == 202
    assert asked(town, assigned) == town.desk.catalog.exercises["affine"].version


def older_version(town: Town, assigned: Assignment) -> str:
    """Let an assignment ask for a version that is not the one that is served."""
    version = "0" * 16
    exercise = town.desk.catalog.exercises["affine"]
    town.desk.versions.keep("affine", version, lambda: archive(exercise))
    Assignments(town.desk.engine).change(assigned.id, exercise_version=version)
    return version


def asked(town: Town, assigned: Assignment) -> str:
    found = Assignments(town.desk.engine).get(assigned.id)
    assert found is not None
    return found.exercise_version


def test_staff_are_told_of_a_newer_version_and_students_are_not(
    town: Town, assigned: Assignment
) -> None:
    link = f"/courses/red/regrades/new?assignment={assigned.id}"
    assert link not in town.get("tess", "/courses/red").text
    older_version(town, assigned)
    assert link in town.get("tess", "/courses/red").text
    assert link in town.get("tess", "/courses/red/regrades").text
    assert link not in town.get("ann", "/courses/red").text
    form = town.get("tess", link)
    assert form.status_code == 200
    kept = send(town, "tess", "GET", f"/assignments/{assigned.id}/versions").get_json()["items"]
    assert {(one["asked"], one["served"]) for one in kept} >= {(True, False), (False, True)}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"which": "these", "submissions": ["nix"]}, "#/submissions"),
        ({"which": "these", "submissions": ["a b"]}, "#/submissions/0"),
        ({"which": "these"}, "#/submissions"),
        ({"which": "none"}, "#/which"),
        ({"exercise_version": "1" * 16}, "#/exercise_version"),
        ({"exercise_version": "\0"}, "#/exercise_version"),
        ({"unknown": 1}, "#/unknown"),
    ],
)
def test_what_can_not_be_graded_again_is_refused(
    town: Town, assigned: Assignment, body: dict[str, object], pointer: str
) -> None:
    graded(town, assigned, 5)
    answer = send(town, "tess", "POST", f"/assignments/{assigned.id}/regrades", body)
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["errors"][0]["pointer"] == pointer
    listed = send(town, "tess", "GET", f"/assignments/{assigned.id}/regrades").get_json()
    assert listed["items"] == []


def test_of_another_assignment_nothing_is_taken_along(town: Town, assigned: Assignment) -> None:
    mine, theirs = graded(town, assigned, 5), town.work["cas"]
    body = {"which": "these", "submissions": [mine, theirs]}
    answer = send(town, "tess", "POST", f"/assignments/{assigned.id}/regrades", body)
    assert answer.status_code == 422
    assert theirs in answer.get_json()["detail"]


def test_the_regrades_of_a_course_are_listed_page_by_page(town: Town, assigned: Assignment) -> None:
    graded(town, assigned, 5)
    made = [begun(town, assigned) for _ in range(3)]
    following: str | None = f"/api/v1/assignments/{assigned.id}/regrades?limit=2"
    found: list[str] = []
    while following:
        listed = town.get("tess", following).get_json()
        found += [one["id"] for one in listed["items"]]
        following = listed["next"]
    assert sorted(found) == sorted(made)
    of_course = town.get("tess", "/api/v1/courses/red/regrades?limit=200").get_json()["items"]
    assert set(made) <= {one["id"] for one in of_course}
    bad = town.get("tess", "/api/v1/courses/red/regrades?before=%00")
    assert bad.get_json()["type"] == "/problems/bad-cursor"
    for one in made:
        send(town, "tess", "POST", f"/regrades/{one}/cancel")


# The pages


def test_by_the_pages_the_same_can_be_done(town: Town, assigned: Assignment) -> None:
    out, along = graded(town, assigned, 5), graded(town, assigned, 5, "bob")
    fields = {"assignment": assigned.id, "which": "all", "reason": "Look <again>"}
    page = f"/courses/red/regrades/new?assignment={assigned.id}"
    sent = town.form("tess", "/courses/red/regrades", fields, page=page)
    assert sent.status_code == 303
    here = sent.headers["Location"]
    trying = town.get("tess", here).text
    assert "0 of 2 are tried." in trying
    assert "Look &lt;again&gt;" in trying
    part = town.get("tess", f"{here}?part=progress").text
    assert part.lstrip().startswith("<section")
    assert 'data-stage="trying"' in part
    try_all(town, {out: 8, along: 2})
    ready = town.get("tess", here).text
    rows = re.findall(r"<tr>.*?</tr>", ready.partition('class="trials"')[2], re.DOTALL)[1:]
    assert ["+3" in row for row in rows] == ["+3" in row and "Ann" in row for row in rows]
    assert "\N{MINUS SIGN}3" in ready
    assert "Apply to 2 submissions" in ready
    left = {"submission": out, "chosen": "no", "only": "up"}
    choice = town.form("tess", f"{here}/choice", left, page=here)
    assert choice.headers["Location"] == f"{here}?only=up#preview"
    assert "Apply to one submission" in town.get("tess", here).text
    applied = town.form("tess", f"{here}/apply", {}, page=here)
    assert applied.headers["Location"] == here
    apply_all(town)
    assert (seen(town, "ann", out)["attempt"], seen(town, "bob", along)["attempt"]) == (1, 2)
    assert seen(town, "bob", along)["report"]["score"] == 2, "the box was not ticked"
    again = town.form("tess", f"{here}/cancel", {}, page=here)
    assert again.headers["Location"] == f"{here}?wrong=stage"
    assert "gone on meanwhile" in town.get("tess", again.headers["Location"]).text
    assert here in town.get("tess", "/courses/red/regrades").text


def test_a_cluster_is_sent_from_another_page(town: Town, assigned: Assignment) -> None:
    several = [graded(town, assigned, 5), graded(town, assigned, 5, "bob")]
    page = "/courses/red/regrades/new?assignment=" + assigned.id
    shown = town.get("tess", f"{page}&submissions={several[0]}&submissions={several[1]}").text
    assert f'value="{several[0]} {several[1]}"' in shown
    fields = {"assignment": assigned.id, "which": "these", "submissions": ", ".join(several)}
    sent = town.form("tess", "/courses/red/regrades", fields, page=page)
    id_ = sent.headers["Location"].rpartition("/")[2]
    assert (look(town, id_)["which"], look(town, id_)["total"]) == ("these", 2)
    wrong = fields | {"submissions": "nix"}
    refused = town.form("tess", "/courses/red/regrades", wrong, page=page)
    assert refused.status_code == 422
    assert "is not a graded submission to this assignment" in refused.text
    try_all(town, {})


def test_a_regrade_is_not_shown_under_another_course(town: Town, assigned: Assignment) -> None:
    graded(town, assigned, 5)
    regrade = begun(town, assigned)
    assert town.get("op", f"/courses/red/regrades/{regrade}").status_code == 200
    assert town.get("op", f"/courses/blue/regrades/{regrade}").status_code == 404
    elsewhere = {"assignment": town.opened["blue"].id}
    sent = town.form("tess", "/courses/red/regrades", elsewhere, page="/courses/red/regrades/new")
    assert sent.status_code == 404
    send(town, "tess", "POST", f"/regrades/{regrade}/cancel")
