"""The course report: numbers worked by hand, none of too few, and nobody's name."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exercises.exercise import CodeExercise
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Report, Status
from grader.app import create_app
from grader.settings import Settings
from grader.store.assignment.assignments import Assignment, Assignments, Extension, Rules
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.gradebook.course_report import CourseReports
from tests.unit.grader.classroom import Classroom, Handed
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.town import Town

SOURCE = "def f(z):\n    return z\n"
RIGHT = "def f(z):\n    return 2 * z + 1\n"
UNSHIFTED = "def f(z):\n    return 2 * z\n"
#: An exception that a student has written, by whom it could be known who that is.
OWN_EXCEPTION = "ZoeWasHere"


@dataclass
class Built:
    """A town with a course report: what was handed in to it, and by whom."""

    town: Town
    #: Nine students, of whom eight have begun: the numbers below are worked by hand.
    chain: Assignment
    #: Thirteen students, of whom four have one wrong law, and two the right one in a wrong way.
    affine: Assignment
    #: Four students, of whom nothing but counts can be told.
    few: Assignment
    #: One student, on whose work the grader has failed.
    failed: Assignment
    names: list[str]
    submissions: list[str]
    people: list[str]

    def report(self, *assignments: Assignment) -> Any:
        query = "&".join(f"assignment={one.id}" for one in assignments)
        answer = self.town.get("tess", f"/api/v1/courses/red/report?{query}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def of(self, assignment: Assignment) -> Any:
        (found,) = self.report(assignment)["assignments"]
        return found

    def page(self, *assignments: Assignment) -> str:
        query = "&".join(f"assignment={one.id}" for one in assignments)
        answer = self.town.get("tess", f"/courses/red/report?{query}")
        assert answer.status_code == 200, answer.text
        return answer.text


class _Room(Classroom):
    """A class in which some have the right law, and still do not pass."""

    def report(self, one: Handed) -> Report:
        made = super().report(one)
        if not one.student.startswith("Folded"):
            return made
        fold = Finding(check="invertibility", status=Status.FAILED, message="It folds.")
        found = [*made.findings, fold]
        return made.model_copy(update={"findings": found, "verdict": Verdict.PARTIAL, "score": 5.0})


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).replace("\u00a0", " ").split())


def marks(law: float, inversion: float, **evidence: str) -> Report:
    """A report on the chain: 8 points for the law, 2 for invertibility."""
    return report_of(
        finding("law", law, 8, evidence={} if law == 8 else evidence),
        finding("invertibility", inversion, 2),
        exercise="chain",
    )


def never_ran(exception: str) -> Report:
    ended = Finding(
        check="function",
        status=Status.FAILED,
        message="It raised an exception.",
        evidence={"exception": f"{exception}: told by Zoe"},
    )
    skipped = [
        Finding(check=check, status=Status.SKIPPED, max_points=most, message="Not checked.")
        for check, most in (("law", 8), ("invertibility", 2))
    ]
    return report_of(
        ended,
        *skipped,
        exercise="chain",
        verdict=Verdict.FAILED,
        outcome=Outcome.RUNTIME_ERROR,
        score=0,
        max_score=10,
    )


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Iterator[Built]:
    """A town of this module's own, with its work."""
    town = Town(create_app(replace(module_settings, demo=False)))
    town.build()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    rules = Rules(due_at=yesterday, closes_at=yesterday + timedelta(days=9))
    made = Built(
        town,
        chain=town.assign("red", "chain", rules),
        affine=town.assign("red", "affine"),
        few=town.assign("red", "log-normal"),
        failed=town.assign("red", "write-a"),
        names=[],
        submissions=[],
        people=[],
    )
    _work_on_chain(made)
    room = _Room(town.desk, made.affine)
    handed = [Handed(f"Right {n}", RIGHT, passed=True) for n in range(5)]
    handed += [Handed(f"Shift {n}", UNSHIFTED, mistake="shift") for n in range(4)]
    handed += [Handed(f"Folded {n}", RIGHT, passed=True) for n in range(2)]
    handed += [Handed(f"Alone {n}", f"def f(z):\n    return {n} - z / 9\n") for n in range(2)]
    room.hand_in(handed)
    made.names += room.people
    made.people += room.people.values()
    made.submissions += [id_ for several in room.work.values() for id_ in several]
    four = [_person(made, f"Quinta {n}") for n in range(4)]
    for person in four:
        low = _hand_in(
            made, made.few, person, report_of(finding("law", 4, 10), exercise="log-normal")
        )
    body = {"criterion": "law", "points": 10, "reason": "The grader is wrong."}
    assert town.post("tess", f"/api/v1/submissions/{low}/overrides", body).status_code == 201
    inconclusive = Finding(
        check="law", status=Status.INCONCLUSIVE, max_points=10, message="We failed."
    )
    failed = report_of(
        inconclusive,
        exercise="write-a",
        verdict=Verdict.INTERNAL_ERROR,
        outcome=Outcome.INTERNAL_ERROR,
    )
    _hand_in(made, made.failed, _person(made, "Unlucky Uma"), failed)
    yield made
    town.desk.engine.dispose()
    town.desk.broker.close()


def _work_on_chain(made: Built) -> None:
    """Five pass, at their 1st, 1st, 2nd, 3rd and 5th attempt; three do not; one has not begun."""
    wrong, right = marks(0, 2, mistake="scale"), marks(8, 2)
    for number, tries in enumerate((1, 1, 2, 3, 5)):
        person = _person(made, f"Passed Pat {number}")
        for report in [wrong] * (tries - 1) + [right]:
            _hand_in(made, made.chain, person, report)
        if number == 0:
            # The only one who is in time.
            later = datetime.now(UTC) + timedelta(days=1)
            Assignments(made.town.desk.engine).extend(
                made.chain.id, person, Extension(due_at=later, closes_at=None, more_attempts=0)
            )
    folded = _hand_in(made, made.chain, _person(made, "Folded Fay"), marks(8, 0))
    shifted = _hand_in(made, made.chain, _person(made, "Shifted Sue"), marks(2, 2, mistake="shift"))
    _hand_in(made, made.chain, _person(made, "Broken Bob"), never_ran(OWN_EXCEPTION))
    _person(made, "Idle Ida")
    # One of them holds, the other one was taken back.
    for id_, points in ((folded, 1.5), (shifted, 9)):
        body = {"criterion": "invertibility", "points": min(points, 2), "reason": "It is nearly."}
        given = made.town.post("tess", f"/api/v1/submissions/{id_}/overrides", body)
        assert given.status_code == 201, given.text
        if id_ == shifted:
            address = f"/api/v1/submissions/{id_}/overrides/{given.get_json()['id']}"
            headers = {"Sec-Fetch-Site": "same-origin"}
            gone = made.town.client("tess").delete(address, headers=headers)
            assert gone.status_code == 204, gone.text


def _person(made: Built, name: str) -> str:
    person = made.town.door.people.create(name, None).id
    Memberships(made.town.desk.engine).put("red", person, Role.STUDENT)
    made.names.append(name)
    made.people.append(person)
    return person


def _hand_in(made: Built, assignment: Assignment, person: str, report: Report) -> str:
    id_ = made.town.desk.submissions.hand_in(
        assignment.id,
        person,
        exercise=assignment.exercise,
        exercise_version=assignment.exercise_version,
        source=SOURCE,
        seed=1,
    ).id
    grade(made.town, id_, report)
    made.submissions.append(id_)
    return id_


def test_the_numbers_of_an_assignment_are_those_that_are_counted_by_hand(built: Built) -> None:
    found = built.of(built.chain)
    # Two tries of who passed at the third, four of who passed at the fifth, and so on.
    assert found["submissions"] == 1 + 1 + 2 + 3 + 5 + 3
    assert (found["begun"], found["passed"], found["pass_share"]) == (8, 5, 5 / 8)
    assert found["tries"] == {"count": 5, "lower": 1, "median": 2, "upper": 3}
    assert found["seconds_to_pass"]["count"] == 5
    # 0, 2 + 2 and 8 + 1.5, of which staff gave the last, and five times all ten.
    scores = found["scores"]
    assert (scores["students"], scores["whole"], scores["nothing"]) == (8, 5, 1)
    assert scores["mean"] == pytest.approx((0 + 4 + 9.5 + 50) / 8)
    assert (scores["lower"], scores["median"], scores["upper"]) == (4, 10, 10)
    assert scores["histogram"] == [1, 0, 0, 0, 1, 0, 0, 0, 0, 6]
    assert (found["late"], found["late_share"]) == (7, 7 / 8)
    assert found["overridden"] == 1


def test_criteria_are_told_as_the_grader_found_them(built: Built) -> None:
    law, inversion = built.of(built.chain)["parts"]
    # The points that staff gave do not make Fay's f invertible; Bob's was asked, and not right.
    assert law == {"part": "law", "max_points": 8, "students": 8, "right": 6, "share": 6 / 8}
    assert (inversion["part"], inversion["students"], inversion["right"]) == ("invertibility", 8, 6)


def test_whole_reports_count_as_if_they_were_read(built: Built) -> None:
    store = CourseReports(built.town.desk.engine)
    known: dict[str, dict[str, float]] = {}
    for one in (built.chain, built.affine, built.few):
        exercise = built.town.desk.catalog.exercises[one.exercise]
        assert isinstance(exercise, CodeExercise)
        known[one.id] = {str(part.check): part.points for part in exercise.criteria}
    given = {id_ for several in store.given("red").values() for id_ in several}
    assert len(given) == 3
    read = store.parts("red", {}, ())
    assert read[built.chain.id] == store.parts("red", known, given)[built.chain.id]
    assert read[built.few.id] == store.parts("red", known, given)[built.few.id]


def test_what_reports_fail_by_adds_up_and_says_what_it_means(built: Built) -> None:
    found = built.of(built.chain)
    assert found["failing"] == 3
    by_name = {(one["part"], one["name"]): one for one in found["failures"]}
    assert by_name.keys() == {("law", "shift"), ("invertibility", ""), ("function", "")}
    shift = by_name["law", "shift"]
    assert (shift["kind"], shift["students"], shift["share"]) == ("mistake", 1, 1 / 8)
    assert "vector" in shift["meaning"]
    # Nobody is known by the name of an exception of his or her own.
    assert by_name["function", ""]["kind"] == "error"


def test_of_fewer_than_five_there_are_counts_alone(built: Built) -> None:
    found = built.of(built.few)
    assert (found["begun"], found["passed"], found["scores"]["students"]) == (4, 1, 4)
    assert found["failures"][0]["students"] == 4
    # One has all points, which staff gave.
    assert (found["scores"]["whole"], found["overridden"]) == (1, 1)
    assert found["parts"][0]["right"] == 0
    nothing = [found["pass_share"], found["late_share"], found["tries"], found["seconds_to_pass"]]
    nothing += [one["share"] for one in (*found["parts"], *found["failures"])]
    nothing += [found["scores"][name] for name in ("mean", "lower", "median", "upper", "histogram")]
    assert set(nothing) == {None}
    (only,) = built.report(built.few)["headlines"]
    assert only["kind"] == "few"
    page = text_of(built.page(built.few))
    assert "No assignment has been begun by five students yet" in page
    assert "4 students have a score: too few for a histogram." in page
    assert "%" not in page.partition("What stands out")[2].partition("How this is counted")[0]


def test_what_stands_out_is_said_first(built: Built) -> None:
    found = built.report(built.chain, built.affine, built.few)
    said = {one["kind"]: one for one in found["headlines"]}
    hardest = said["hardest"]
    # Eight of thirteen against three of eight; three of four are too few to be told.
    assert (hardest["assignment"], hardest["count"], hardest["of"]) == (built.affine.id, 8, 13)
    misconception = said["misconception"]
    assert (misconception["name"], misconception["count"], misconception["of"]) == ("shift", 5, 2)
    weakest = said["weakest_part"]
    assert (weakest["assignment"], weakest["count"], weakest["of"]) == (built.chain.id, 6, 8)
    # Once by five, by who was given all points, and 1, 1, 2, 3, 5.
    assert (said["attempts"]["count"], said["attempts"]["of"]) == (1, 11)
    assert said["most_attempts"]["count"] == 2
    assert (said["late"]["count"], said["late"]["of"]) == (7, 8 + 13)
    page = text_of(built.page(built.chain, built.affine, built.few))
    title = "Scale and shift: from N(0, I) to N(1, 4I)"
    assert (
        f"Most fail at {title}: of 13 students who have begun it, 8 have not passed (62 %)." in page
    )
    assert "The commonest misconception is “shift”: 5 newest reports fail by it, in 2 assig" in page
    assert "To pass, students take 1 attempt at the median." in page
    assert "Of 21 scores that count, 7 came late (33 %)." in page


def test_the_whole_course_has_its_totals(built: Built) -> None:
    found = built.report()
    members = 2 + len(built.people)
    assert (found["students"], found["staff"]) == (members, 1)
    # Ann's and Bob's wait, as nobody has graded them.
    assert found["submissions"] == len(built.submissions) + 2
    assert (found["waiting"], found["internal_errors"]) == (2, 1)
    assert found["graded"] == len(built.submissions) - 1
    assert len(found["assignments"]) == 6
    page = text_of(built.page())
    assert "2 submissions are not graded yet. The numbers will still change." in page


def test_a_failure_of_ours_is_no_grade(built: Built) -> None:
    found = built.report(built.failed)
    assert (found["submissions"], found["internal_errors"], found["graded"]) == (1, 1, 0)
    assert found["assignments"][0]["scores"]["students"] == 0
    page = text_of(built.page(built.failed))
    assert "On 1 submission the grader itself has failed. The numbers will still" in page


def test_the_commonest_wrong_laws_are_shown_beside_the_target(built: Built) -> None:
    found = built.of(built.affine)
    assert found["laws_looked_at"] == 6
    (law,) = found["laws"]
    assert (law["students"], law["misconception"]) == (4, "shift")
    page = built.page(built.affine)
    target, wrong = re.findall(r'<img class="density" src="([^"]+)" alt="([^"]+)"', page)
    assert target[1] == "The density of the target."
    assert wrong[1] == "The density of x that 4 students have, by the misconception “shift”."
    for (address, _), content in ((target, found["target_picture"]), (wrong, law["picture"])):
        shown = built.town.get("tess", address.replace("&amp;", "&"))
        assert shown.mimetype == "image/png"
        assert shown.data == b64decode(content)
        assert shown.data.startswith(b"\x89PNG")
    assert shown.data != b64decode(found["target_picture"])


def test_a_histogram_says_in_words_what_it_shows(built: Built) -> None:
    page = built.page(built.chain)
    (said,) = re.findall(r'<svg class="score-histogram"[^>]* aria-label="([^"]+)"', page)
    assert said == (
        "Of 8 scores, 5 with all points and 1 with none. Half of the scores lie from 4 to 10 of 10 "
        "points. From 0 % to 100 % of the points, in tenths: 1, 0, 0, 0, 1, 0, 0, 0, 0, 6 students."
    )
    heights = [float(one) for one in re.findall(r'<rect class="bin"[^>]* height="([\d.]+)"', page)]
    assert heights == pytest.approx([100 / 6, 100 / 6, 100], abs=0.01)
    # The five of six with all points are solid, the sixth is hatched like the others.
    (solid,) = re.findall(r'<rect class="bin-whole"[^>]* height="([\d.]+)"', page)
    assert float(solid) == pytest.approx(500 / 6, abs=0.01)


def test_a_report_names_nobody(built: Built) -> None:
    answer = built.town.get("tess", "/api/v1/courses/red/report")
    secrets: Sequence[str] = (*built.names, *built.people, *built.submissions, "Ann", OWN_EXCEPTION)
    assert [one for one in secrets if one in answer.text] == []
    page = built.page().partition('<main id="main"')[2]
    # A picture has the address of a submission, which only staff can open.
    secrets = (*built.names, *built.people, ">Ann", "Zoe")
    assert [one for one in secrets if one in page] == []


def test_a_report_is_on_the_assignments_that_are_asked_for(built: Built) -> None:
    found = built.report(built.few, built.chain)
    assert [one["id"] for one in found["assignments"]] == [built.chain.id, built.few.id]
    assert built.town.get("tess", found["links"]["self"]).get_json()["submissions"] == 15 + 4
    page = built.page(built.few)
    assert "On 1 assignment of" in text_of(page)
    assert f'value="{built.few.id}" checked' in page
    assert f'<h2 id="{built.chain.id}"' not in page
    for wrong in (built.town.opened["blue"].id, "x"):
        for path in ("/api/v1/courses/red/report", "/courses/red/report"):
            answer = built.town.get("tess", f"{path}?assignment={wrong}")
            assert answer.status_code == 422, answer.text


def test_a_course_without_work_has_a_report(built: Built) -> None:
    built.town.post("op", "/api/v1/courses", {"id": "empty", "title": "Empty"})
    found = built.town.get("op", "/api/v1/courses/empty/report").get_json()
    assert (found["students"], found["submissions"], found["assignments"]) == (0, 0, [])
    assert "Nothing is assigned here yet." in built.town.get("op", "/courses/empty/report").text


def test_students_have_the_picture_of_a_target_and_not_of_work(built: Built) -> None:
    town = built.town
    answer = town.get("ann", "/api/v1/exercises/affine/target/thumbnail.png")
    assert answer.mimetype == "image/png"
    assert town.get("ann", "/api/v1/exercises/playground/target/thumbnail.png").status_code == 404
    (law,) = re.findall(r'src="(/api/v1/submissions[^"]+)"', built.page(built.affine))
    assert town.get("ann", law.replace("&amp;", "&")).status_code == 404
