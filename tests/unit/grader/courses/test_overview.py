"""The overview of a course, a student's record, and where a class fails, as staff see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exercises.misconceptions import Misconception
from exercises.outcome import Verdict
from exercises.report import Finding, Status
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from tests.unit.grader.conftest import make_report
from tests.unit.grader.town import Town

LEASE = timedelta(minutes=5)
MEANING = Misconception.SHIFT.meaning
LAW = Finding(
    check="law",
    status=Status.PARTIAL,
    points=4,
    max_points=10,
    message="x does not follow the target.",
    evidence={"mistake": "shift"},
)


def text_of(page: str) -> str:
    """What stands on a page, its tags taken away."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def grade(town: Town, id_: str, verdict: Verdict, score: float, finding: Finding = LAW) -> None:
    now = datetime.now(UTC)
    Attempts(town.desk.engine).hand_out(100, now=now, lease=LEASE)
    report = make_report(verdict=verdict, score=score, max_score=10, findings=[finding])
    assert Grades(town.desk.engine).record(id_, 1, report, [], now=now)


@pytest.fixture(scope="module")
def red(town: Town) -> Town:
    """The town, in which Ann's work was graded as partly right; Bob's waits."""
    grade(town, town.work["ann"], Verdict.PARTIAL, 4)
    return town


def students(found: Any) -> list[str]:
    return [one["name"] for one in found["items"]]


def get(town: Town, who: str, path: str) -> Any:
    answer = town.get(who, f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_an_overview_has_the_students_of_its_course_and_nobody_elses(red: Town) -> None:
    assert students(get(red, "tess", "/courses/red/overview")) == ["Ann", "Bob"]
    assert students(get(red, "ivo", "/courses/blue/overview")) == ["Cas"]
    page = red.get("tess", "/courses/red/overview").text
    assert ">Ann<" in page
    assert ">Bob<" in page
    assert "Cas" not in page
    assert red.people["cas"].id not in page


def test_a_cell_says_how_far_a_student_is(red: Town) -> None:
    found = get(red, "tess", "/courses/red/overview")
    ann, bob = found["items"]
    assignment = red.opened["red"].id
    (cell,) = ann["cells"]
    assert cell["assignment"] == assignment
    assert (cell["state"], cell["score"], cell["max_score"]) == ("partial", 4, 10)
    assert cell["best"] == cell["latest"] == red.work["ann"]
    assert [one["state"] for one in bob["cells"]] == ["waiting"]
    head = {one["id"]: one for one in found["assignments"]}[assignment]
    assert (head["students"], head["mean"]) == (2, 4)
    assert head["states"] == {"partial": 1, "waiting": 1}
    page = red.get("tess", "/courses/red/overview").text
    row = re.search(r"<bdi>Ann</bdi>.*?</tr>", page, re.DOTALL)
    assert row is not None
    assert f'href="/submissions/{red.work["ann"]}"' in row[0]
    assert "partly right: 4" in text_of(row[0])
    assert "not begun" in text_of(row[0])


def test_a_filter_stays_in_the_address_and_finds_who_fits(red: Town) -> None:
    path = f"/courses/red/overview?assignment={red.opened['red'].id}"
    assert students(get(red, "tess", f"{path}&state=partial")) == ["Ann"]
    assert students(get(red, "tess", f"{path}&state=waiting")) == ["Bob"]
    assert students(get(red, "tess", "/courses/red/overview?q=bo&state=not_begun")) == ["Bob"]
    page = red.get("tess", f"{path}&state=partial&order=lowest").text
    assert ">Ann<" in page
    assert ">Bob<" not in page
    assert '<option value="partial" selected>' in page
    assert '<option value="lowest" selected>' in page
    nobody = red.get("tess", "/courses/red/overview?late=true")
    assert nobody.status_code == 200
    assert "Nobody fits." in nobody.text


def test_the_pages_of_an_overview_follow_each_other(red: Town) -> None:
    first = red.get("tess", "/api/v1/courses/red/overview?limit=1&order=name")
    following = first.get_json()["next"]
    assert first.headers["Link"] == f'<{following}>; rel="next"'
    second = red.get("tess", following).get_json()
    assert (students(first.get_json()), students(second)) == (["Ann"], ["Bob"])
    assert second["next"] is None
    page = red.get("tess", "/courses/red/overview?limit=1").text
    there = re.search(r'rel="next" href="([^"]+)"', page)
    assert there is not None
    assert ">Bob<" in red.get("tess", there[1].replace("&amp;", "&")).text


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("after=a%00b", "bad-cursor"),
        ("state=brilliant", "invalid"),
        ("limit=201", "invalid"),
        ("q=a%0Ab", "invalid"),
        ("colour=red", "invalid"),
    ],
)
def test_what_can_not_be_asked_is_a_problem(red: Town, query: str, problem: str) -> None:
    answer = red.get("tess", f"/api/v1/courses/red/overview?{query}")
    assert answer.get_json()["type"] == f"/problems/{problem}"
    assert red.get("tess", f"/courses/red/overview?{query}").status_code == answer.status_code


def test_a_record_holds_what_one_student_has_done_in_this_course(red: Town) -> None:
    ann = red.people["ann"].id
    found = get(red, "tess", f"/courses/red/students/{ann}")
    assert found["student"]["name"] == "Ann"
    assert [one["id"] for one in found["submissions"]] == [red.work["ann"]]
    assert [one["cell"] and one["cell"]["score"] for one in found["assignments"]] == [4, None]
    page = red.get("tess", f"/courses/red/students/{ann}").text
    assert red.work["ann"] in page
    assert red.work["bob"] not in page
    for other in (red.people["cas"].id, "nobody", "a.b"):
        for path in (f"/courses/red/students/{other}", f"/api/v1/courses/red/students/{other}"):
            assert red.get("tess", path).status_code == 404, path


def test_practice_and_labels_are_in_no_record(red: Town) -> None:
    answer = red.post("ann", "/api/v1/submissions", {"source": "def f(z):\n    return z\n"})
    assert answer.status_code == 202
    ann = red.people["ann"].id
    # Whoever may write labels can write these.
    labelled = red.desk.submissions.accept(
        exercise="affine", exercise_version="v", source="", seed=1, course="red", student=ann
    )
    found = get(red, "tess", f"/courses/red/students/{ann}")
    listed = {one["id"] for one in found["submissions"]}
    assert listed.isdisjoint({answer.get_json()["id"], labelled.id})


def test_an_extension_is_given_and_taken_back_on_the_page(red: Town) -> None:
    bob, assignment = red.people["bob"].id, red.opened["red"].id
    address = f"/courses/red/students/{bob}"
    fields = {
        "assignment": assignment,
        "due_at": "2030-05-01T12:00",
        "closes_at": "",
        "more_attempts": "2",
        "reason": "was ill",
    }
    given = red.form("tess", f"{address}/extensions", fields, page=address)
    assert given.status_code == 303
    (extension,) = get(red, "tess", f"/assignments/{assignment}/extensions")["items"]
    assert extension["person"] == bob
    assert extension["due_at"] == "2030-05-01T12:00:00Z"
    assert (extension["more_attempts"], extension["reason"]) == (2, "was ill")
    page = red.get("tess", given.headers["Location"]).text
    assert "The extension is given." in page
    assert "2 more attempts" in page
    taken = red.form(
        "tess",
        f"{address}/extensions",
        {"assignment": assignment, "take_back": "yes"},
        page=address,
    )
    assert taken.status_code == 303
    assert get(red, "tess", f"/assignments/{assignment}/extensions")["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"due_at": "soon"}, "due_at"),
        ({"due_at": "2030-05-02T12:00", "closes_at": "2030-05-01T12:00"}, "due_at"),
        ({"more_attempts": "-1"}, "more_attempts"),
        ({"more_attempts": "½"}, "more_attempts"),
        ({"reason": "x" * 1001}, "reason"),
    ],
)
def test_a_bad_extension_is_told_beside_its_field(
    red: Town, wrong: dict[str, str], field: str
) -> None:
    address = f"/courses/red/students/{red.people['bob'].id}"
    fields = {"assignment": red.opened["red"].id, **wrong}
    answer = red.form("tess", f"{address}/extensions", fields, page=address)
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    # What was typed is not lost.
    assert f'value="{next(iter(wrong.values()))}"' in answer.text


def test_who_teaches_one_course_extends_nothing_in_another(red: Town) -> None:
    members, tess = Memberships(red.desk.engine), red.people["tess"].id
    address = f"/courses/red/students/{tess}"
    members.put("blue", tess, Role.STUDENT)
    try:
        for assignment in (red.opened["blue"].id, "x", ""):
            fields = {"assignment": assignment, "due_at": "2030-05-01T12:00"}
            answer = red.form("tess", f"{address}/extensions", fields, page=address)
            assert answer.status_code == 404, assignment
    finally:
        members.remove("blue", tess)
    items = get(red, "ivo", f"/assignments/{red.opened['blue'].id}/extensions")["items"]
    assert items == []


def test_failures_are_named_with_how_many_have_them(red: Town) -> None:
    assignment = red.opened["red"].id
    (listed,) = (
        one
        for one in get(red, "tess", "/courses/red/failures")["items"]
        if one["assignment"]["id"] == assignment
    )
    (cluster,) = listed["clusters"]
    assert (cluster["part"], cluster["kind"], cluster["name"]) == ("law", "mistake", "shift")
    assert cluster["meaning"] == MEANING
    assert (cluster["students"], cluster["share"], cluster["passed"]) == (1, 0.5, 0)
    assert (listed["begun"], listed["never_passed"], listed["tries"]) == (2, 1, None)
    whole = get(red, "tess", f"/assignments/{assignment}/failures")
    assert whole["clusters"][0]["examples"] == [red.work["ann"]]
    assert whole["parts"] == [
        {"part": "law", "max_points": 10, "latest": {"partial": 1}, "best": {"partial": 1}}
    ]
    (caught,) = red.get("tess", whole["clusters"][0]["links"]["students"]).get_json()["items"]
    assert (caught["name"], caught["submission"]) == ("Ann", red.work["ann"])
    for path in (listed["links"]["page"], whole["clusters"][0]["links"]["page"]):
        page = red.get("tess", path)
        assert page.status_code == 200
        assert MEANING in page.text
        assert red.work["ann"] in page.text
    assert "law: shift" in text_of(red.get("tess", "/courses/red/failures").text)


def test_a_course_tells_its_staff_how_the_class_does_and_a_student_how_he_does(red: Town) -> None:
    staff = text_of(red.get("tess", "/courses/red").text)
    assert "2 of 2 have handed in: partly right 1, being graded 1" in staff
    assert "0 of 2 have handed in" in staff  # What is not open yet.
    assert "not begun" not in staff
    assert f"/courses/red/failures/{red.opened['red'].id}" in red.get("tess", "/courses/red").text
    own = text_of(red.get("ann", "/courses/red").text)
    assert "have handed in" not in own
    assert "partly right" in own
    several = text_of(red.get("tess", "/courses").text)
    assert "2 of 2 have handed in" in several
    assert "have handed in" not in text_of(red.get("ann", "/courses").text)


def test_what_waits_for_its_grade_is_no_failure(red: Town) -> None:
    assignment = red.assign("red", "affine")
    sent = red.hand_in("bob", assignment.id)
    page = f"/courses/red/failures/{assignment.id}"
    waits = text_of(red.get("tess", page).text)
    assert "1 is being graded. What students fail by is here as soon as there are reports." in waits
    assert "Never passed" not in waits
    row = red.get("tess", "/courses/red/failures").text.split(page)[1].split("</tr>")[0]
    assert "1 is being graded." in row
    assert "%" not in text_of(row)
    grade(red, sent, Verdict.PARTIAL, 4)
    red.hand_in("ann", assignment.id)
    judged = text_of(red.get("tess", page).text)
    # Of the two only one has a report.
    assert "Never passed1 100 %" in judged
    assert "1 is being graded." in judged


def test_nothing_of_an_assignment_is_told_under_anothers_course(red: Town) -> None:
    other = red.opened["blue"].id
    for path in (f"/courses/red/failures/{other}", f"/courses/red/failures/{other}/students"):
        assert red.get("op", f"{path}?part=law&kind=mistake&name=shift").status_code == 404


def test_one_comment_reaches_all_of_a_cluster(red: Town) -> None:
    assignment = red.opened["red"].id
    page = f"/courses/red/failures/{assignment}/students?part=law&kind=mistake&name=shift"
    address = page.replace("/students?", "/comments?")
    sent = red.form("tess", address, {"text": "Look at the mean."}, page=page)
    assert sent.status_code == 303
    after = red.get("tess", sent.headers["Location"]).text
    assert "1 report has your comment." in after
    said = text_of(after.split('id="said-title"')[1].split("</section>")[0])
    assert "Look at the mean." in said
    assert "Tess" in said
    assert "on 1 of 1" in said
    comments = get(red, "ann", f"/submissions/{red.work['ann']}/comments")["items"]
    assert [one["text"] for one in comments] == ["Look at the mean."]
    assert get(red, "bob", f"/submissions/{red.work['bob']}/comments")["items"] == []


def test_a_cluster_leads_to_its_students_and_to_grading_it_again(red: Town) -> None:
    assignment = red.opened["red"].id
    page = f"/courses/red/failures/{assignment}/students?part=law&kind=mistake&name=shift"
    shown = red.get("tess", page).text
    assert "<h1><span>law</span>: <span>shift</span></h1>" in shown
    assert f"/courses/red/students/{red.people['ann'].id}" in shown
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    assert fields == {
        "assignment": assignment,
        "which": "these",
        "submissions": red.work["ann"],
    }
    begun = red.form("tess", "/courses/red/regrades", fields, page=page)
    assert begun.status_code == 303
    assert "chosen submissions (1)" in text_of(red.get("tess", begun.location).text)
    # What has no name is told apart from a heading that was forgotten.
    unnamed = red.get("tess", page.replace("kind=mistake&name=shift", "kind=unnamed")).text
    assert "law: not right" in text_of(unnamed)


def test_a_comment_on_a_cluster_that_does_not_fit_is_not_lost(red: Town) -> None:
    assignment = red.opened["red"].id
    page = f"/courses/red/failures/{assignment}/students?part=law&kind=mistake&name=shift"
    long = "Too long. " * 1001
    refused = red.form("tess", page.replace("/students?", "/comments?"), {"text": long}, page=page)
    assert refused.status_code == 422
    assert 'id="text-wrong"' in refused.text
    assert long.strip() in refused.text


def test_a_course_without_students_or_assignments_has_its_pages(red: Town) -> None:
    body = {"id": "empty", "title": "Empty"}
    assert red.post("op", "/api/v1/courses", body).status_code == 201
    for path in ("overview", "failures"):
        assert red.get("op", f"/courses/empty/{path}").status_code == 200
        assert get(red, "op", f"/courses/empty/{path}")["items"] == []
