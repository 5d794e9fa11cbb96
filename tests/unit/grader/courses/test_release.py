"""What students are shown of their grades, and when: asked as somebody who wants to know more."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import g
from werkzeug.routing import Rule

from exercises.outcome import Outcome, Verdict
from exercises.report import Figure, Finding, Report, Status
from grader.access.rules import EVERYONE, RULES
from grader.store.assignment.assignments import Assignment, Rules
from grader.store.assignment.disclosure import Extent, Policy, Release
from grader.store.review.points import Earned
from grader.store.submission.marks import Marks, marks_seen
from grader.store.submission.state import State
from tests.unit.grader.marking import finding, grade, grade_again, report_of
from tests.unit.grader.town import Town

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)

#: What nobody may learn: of the verdict's words there are too many innocent ones.
#: A number counts as a whole one: a time of 12:00:47.25 is no score.
SECRETS = {
    secret: re.compile(rf"(?<![0-9]){re.escape(secret)}(?![0-9])")
    for secret in ("7.25", "SECRET", "918273", "515151", "4.25")
}
LAW = finding(
    "law", 4.25, 7, message="SECRET of the law", hint="SECRET hint", evidence={"d": 0.918273}
)
OTHER = finding("invertibility", 3, 3, message="It is one-to-one.")
REPORT = report_of(
    LAW,
    OTHER,
    figures=[
        Figure(name="density", alt="p(x) has one mode."),
        Figure(name="comparison", alt="SECRET alt"),
    ],
)
DENSITY = {"density.png": b"\x89PNG density"}


def policy(release: Release, *, closes: timedelta | None = None, **changes: Any) -> Policy:
    at = None if closes is None else NOW + closes
    return replace(Policy(release, None, frozenset(), at), **changes)


@pytest.mark.parametrize(
    ("asked", "extent"),
    [
        (policy(Release.AT_ONCE), Extent.WHOLE),
        (policy(Release.BY_HAND), Extent.RECEIPT),
        (policy(Release.BY_HAND, closes=-DAY), Extent.RECEIPT),
        (policy(Release.BY_HAND, released_at=NOW - DAY), Extent.WHOLE),
        (policy(Release.AFTER_CLOSE, closes=DAY), Extent.RECEIPT),
        (policy(Release.AFTER_CLOSE, closes=timedelta()), Extent.RECEIPT),
        (policy(Release.AFTER_CLOSE, closes=-timedelta(seconds=1)), Extent.WHOLE),
        (policy(Release.AFTER_CLOSE, closes=DAY, released_at=NOW), Extent.WHOLE),
        (policy(Release.AT_ONCE, hidden=frozenset({"law"})), Extent.PART),
        (policy(Release.AT_ONCE, hidden=frozenset({"law"}), closes=DAY), Extent.PART),
        (policy(Release.AT_ONCE, hidden=frozenset({"law"}), closes=-DAY), Extent.WHOLE),
        (policy(Release.AT_ONCE, hidden=frozenset({"law"}), released_at=NOW), Extent.WHOLE),
        (
            policy(Release.AT_ONCE, hidden=frozenset({"law"}), released_at=NOW, closes=DAY),
            Extent.PART,
        ),
        (policy(Release.BY_HAND, hidden=frozenset({"law"}), closes=-DAY), Extent.RECEIPT),
    ],
)
def test_a_policy_says_how_much_is_shown(asked: Policy, extent: Extent) -> None:
    assert asked.disclosed(NOW).extent is extent


def test_what_is_hidden_is_not_in_the_marks_either() -> None:
    points = {"law": Earned(4.25, 7, 6.0), "invertibility": Earned(3, 3)}
    marks = Marks(verdict=Verdict.PARTIAL, score=7.25, max_score=10, given_score=9.0, points=points)
    hidden = policy(Release.AT_ONCE, hidden=frozenset({"law"})).disclosed(NOW)
    seen = marks_seen(marks, hidden)
    assert (seen.score, seen.max_score, seen.given_score) == (3, 3, None)
    assert seen.verdict is Verdict.PASSED
    nothing = marks_seen(marks, policy(Release.BY_HAND).disclosed(NOW))
    assert (nothing.verdict, nothing.score, nothing.given_score, nothing.points) == (None,) * 4
    spoilt = replace(marks, verdict=Verdict.NOT_GRADABLE)
    told = marks_seen(spoilt, policy(Release.BY_HAND).disclosed(NOW))
    assert told.verdict is Verdict.NOT_GRADABLE


@dataclass
class Secret:
    """An assignment whose grades are not shown yet, with graded work of Ann's."""

    town: Town
    assignment: Assignment
    submission: str
    before: str

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Every address that can be read, with everything in it that can be named."""
        for rule in self.town.app.url_map.iter_rules():
            readable = "GET" in (rule.methods or ())
            if readable and RULES.get(rule.endpoint) is not EVERYONE:
                yield from self._filled(rule)

    def _filled(self, rule: Rule) -> Iterator[tuple[str, str]]:
        figures = [
            f"{name}.{ending}"
            for name in ("density", "comparison", "fold_map", "two_ways")
            for ending in ("png", "svg")
        ]
        ann = self.town.people["ann"].id
        known = {
            "id": (self.submission, self.before, self.assignment.id),
            "id_": (self.submission, self.before, self.assignment.id),
            "other": (self.submission, self.before),
            "course": ("red",),
            "slug": (self.assignment.exercise,),
            "person": (ann,),
            "figure": tuple(figures),
        }
        names = sorted(rule.arguments)
        choices = [known.get(name, ("x",)) for name in names]
        for values in itertools.product(*choices):
            built = self.town.app.url_map.bind("localhost").build(
                rule.endpoint, dict(zip(names, values, strict=True))
            )
            yield rule.endpoint, built
            # As an earlier grading found it.
            yield rule.endpoint, f"{built}?attempt=1"

    def told(self, name: str) -> dict[str, set[str]]:
        """By endpoint the secrets that it tells somebody."""
        found: dict[str, set[str]] = {}
        for endpoint, address in self.addresses():
            answer = self.town.get(name, address, headers={"Accept-Language": "en"})
            body = text_of(answer.data)
            secrets = {secret for secret in SECRETS if SECRETS[secret].search(body)}
            if answer.status_code < 300 and secrets:
                found.setdefault(endpoint, set()).update(secrets)
        return found


def text_of(content: bytes) -> str:
    """What can be read in an answer, in its archive too."""
    if not content.startswith(b"PK"):
        return content.decode("latin-1")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return "\n".join(packed.read(name).decode("latin-1") for name in packed.namelist())


def hand_in_graded(town: Town, rules: Rules, report: Report = REPORT) -> Secret:
    assignment = town.assign("red", "affine", rules)
    before = town.hand_in("ann", assignment.id)
    grade(town, before, report, DENSITY)
    submission = town.hand_in("ann", assignment.id)
    grade(town, submission, report, DENSITY)
    grade_again(town, submission, report, DENSITY)
    return Secret(town, assignment, submission, before)


@pytest.mark.parametrize(
    "rules",
    [Rules(release=Release.BY_HAND), Rules(hidden_criteria=("law",))],
    ids=["withheld", "hidden"],
)
def test_no_address_tells_a_student_what_is_not_shown_yet(town: Town, rules: Rules) -> None:
    secret = hand_in_graded(town, rules)
    id_ = secret.submission
    # What staff say of it would tell as well.
    body = {"points": 5.5, "reason": "SECRET reason"}
    assert town.post("tess", f"/api/v1/submissions/{id_}/overrides", body).status_code == 201
    law = body | {"criterion": "law"}
    assert town.post("tess", f"/api/v1/submissions/{id_}/overrides", law).status_code == 201
    if rules.release is Release.BY_HAND:
        said = {"text": "SECRET comment", "line": 1}
        assert town.post("tess", f"/api/v1/submissions/{id_}/comments", said).status_code == 201
    # Who sees a part of the report sees the seed in it.
    allowed = set() if rules.release is Release.BY_HAND else {"515151"}
    told = {endpoint: found - allowed for endpoint, found in secret.told("ann").items()}
    assert {endpoint: found for endpoint, found in told.items() if found} == {}
    # The same addresses do tell staff, so that this test can fail.
    staff = secret.told("tess")
    assert {
        *("submissions.show", "submissions.index", "pages.submission", "pages.submissions"),
        *("exports.gradescope", "exports.bundle", "overrides.index", "reviews.audit", "pages.log"),
    } <= staff.keys()


def test_a_student_whose_grade_is_withheld_sees_whether_it_ran(town: Town) -> None:
    late = Rules(release=Release.BY_HAND)
    secret = hand_in_graded(town, late)
    shown = town.get("ann", f"/api/v1/submissions/{secret.submission}").get_json()
    assert (shown["state"], shown["shown"], shown["report"]) == ("graded", "receipt", None)
    assert shown["counted"]["score"] is None
    receipt = shown["receipt"]
    assert (receipt["outcome"], receipt["printed"]["text"]) == ("completed", "printed by f\n")
    assert [one["check"] for one in receipt["findings"]] == ["shape"]
    page = town.get("ann", f"/submissions/{secret.submission}").text
    assert "Received" in page
    assert "when your teachers release it" in page
    assert "printed by f" in page
    for name in ("bundle", "results.json"):
        answer = town.get("ann", f"/api/v1/submissions/{secret.submission}/{name}")
        assert answer.get_json()["type"] == "/problems/not-released"
    figure = f"/api/v1/submissions/{secret.submission}/figures/density.png"
    assert town.get("ann", figure).status_code == 404
    assert town.get("tess", figure).data == DENSITY["density.png"]


def test_a_typing_error_is_shown_in_full_however_late_grades_are_shown(town: Town) -> None:
    spoilt = report_of(
        verdict=Verdict.NOT_GRADABLE,
        outcome=Outcome.SYNTAX_ERROR,
        findings=[
            Finding(check="function", status=Status.FAILED, message="Not Python.", line=2),
            Finding(check="law", status=Status.SKIPPED, max_points=7, message="Not checked."),
        ],
        max_score=7,
        figures=[],
    )
    secret = hand_in_graded(town, Rules(release=Release.BY_HAND), spoilt)
    page = town.get("ann", f"/submissions/{secret.submission}").text
    assert "Could not be graded" in page
    assert "Not Python." in page
    listed = town.get("ann", f"/api/v1/submissions?assignment={secret.assignment.id}").get_json()
    assert {one["verdict"] for one in listed["items"]} == {"not_gradable"}


def test_how_one_stands_says_no_more_than_the_reports_do(town: Town) -> None:
    withheld = hand_in_graded(town, Rules(release=Release.BY_HAND, attempts=3))
    stands = town.get("ann", f"/api/v1/assignments/{withheld.assignment.id}").get_json()["standing"]
    assert (stands["best"], stands["passed"], stands["shown"]) == (None, False, "receipt")
    assert (stands["attempts_used"], stands["attempts_left"]) == (2, 1)
    assert "handed in" in town.get("ann", "/courses/red").text
    part = hand_in_graded(town, Rules(hidden_criteria=("law",)))
    stands = town.get("ann", f"/api/v1/assignments/{part.assignment.id}").get_json()["standing"]
    assert stands["shown"] == "part"
    assert (stands["best"]["score"], stands["best"]["max_score"]) == (3, 3)


def test_a_hidden_criterion_is_left_out_of_report_score_and_figures(town: Town) -> None:
    secret = hand_in_graded(town, Rules(hidden_criteria=("law",)))
    shown = town.get("ann", f"/api/v1/submissions/{secret.submission}").get_json()
    assert (shown["shown"], shown["hidden_criteria"]) == ("part", ["law"])
    report = shown["report"]
    assert (report["score"], report["max_score"], report["verdict"]) == (3, 3, "passed")
    assert [one["check"] for one in report["findings"]] == ["shape", "invertibility"]
    assert [one["name"] for one in report["figures"]] == ["density"]
    page = town.get("ann", f"/submissions/{secret.submission}").text
    assert "Not shown yet, and not in the score: law." in page
    whole = town.get("tess", f"/api/v1/submissions/{secret.submission}").get_json()
    assert (whole["shown"], whole["report"]["score"]) == ("whole", 7.25)


def release(town: Town, assignment: str, method: str) -> Any:
    return town.client("op").open(
        f"/api/v1/assignments/{assignment}/release",
        method=method,
        json={} if method == "POST" else None,
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def test_grades_are_released_and_withheld_by_hand(town: Town) -> None:
    secret = hand_in_graded(town, Rules(release=Release.BY_HAND))
    address = f"/api/v1/submissions/{secret.submission}"
    assert release(town, secret.assignment.id, "POST").get_json()["released_at"]
    assert town.get("ann", address).get_json()["report"]["score"] == 7.25
    assert release(town, secret.assignment.id, "DELETE").get_json()["released_at"] is None
    assert town.get("ann", address).get_json()["report"] is None
    log = town.get("tess", f"/api/v1/courses/red/audit?assignment={secret.assignment.id}")
    deeds = [one["deed"] for one in log.get_json()["items"]]
    assert deeds[:2] == ["grades_withheld", "grades_released"]


def test_waiting_for_a_grade_shows_no_more_than_asking_for_it(town: Town) -> None:
    secret = hand_in_graded(town, Rules(release=Release.BY_HAND))
    with town.app.test_request_context():
        g.principal = town.principal("ann")
        waiting = replace(town.desk.submission(secret.submission), state=State.RUNNING)
        found, waited = town.desk.wait(waiting, 1)
    assert (waited, found.state, found.report, found.score) == (True, State.GRADED, None, None)


@pytest.mark.parametrize(
    ("exercise", "hidden", "said"),
    [
        ("inverse", ["law"], "would tell what law found"),
        ("affine", ["nix"], "has no criterion 'nix'"),
        ("which-a", ["question"], "has none"),
    ],
)
def test_only_criteria_that_nothing_else_tells_of_can_be_hidden(
    town: Town, exercise: str, hidden: list[str], said: str
) -> None:
    body = {"exercise": exercise, "hidden_criteria": hidden}
    answer = town.post("op", "/api/v1/courses/red/assignments", body)
    assert answer.status_code == 422
    assert said in " ".join(one["message"] for one in answer.get_json()["errors"])


def test_grades_after_the_close_need_a_close(town: Town) -> None:
    body = {"exercise": "affine", "release": "after_close"}
    answer = town.post("op", "/api/v1/courses/red/assignments", body)
    assert answer.status_code == 422
    assert "deadline" in answer.get_json()["detail"]
