"""The results of submissions as Gradescope reads them: of one, and of a whole class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from exercises.report import Finding, Report
from grader.access.principal import Principal
from grader.desks.takeaway.people import Person
from grader.desks.takeaway.work import File, WorkReader
from grader.desks.takeaway.written import as_json
from grader.exports.gradescope import NotGraded, Results, results
from grader.store.review.overrides import Override
from grader.store.review.points import Earned, points_of, with_given
from grader.store.submission.submissions import Submission

#: The address of a submission's page, by its id.
Page = Callable[[str], str]


def results_of(found: Submission, given: Iterable[Override], page: str) -> Results:
    """A submission's report as Gradescope's results, with the score that counts.

    Raises:
        NotGraded: there is no report, or the grader failed.
    """
    if found.report is None:
        raise NotGraded("There is no report yet.")
    held, late = [one for one in given if one.holds], found.lateness
    remarks = [_remark(one) for one in held]
    if late is not None and late.days:
        days = "1 day" if late.days == 1 else f"{late.days} days"
        score = found.standing_score or 0.0
        remarks.append(f"{days} late: {late.kept:.0%} of {score:g} points count.")
    report = _with_given(found.report, held)
    return results(report, score=found.counted_score, remarks=tuple(remarks), page=page)


def class_files(
    work: WorkReader,
    who: Principal,
    about: Mapping[str, Any],
    students: Sequence[Person],
    counted: Mapping[str, str],
    page: Page,
) -> Iterator[File]:
    """A folder for each student with the results of the submission that counts, and a summary.

    Args:
        work: reads it.
        who: takes it away.
        about: what the summary says of the assignment.
        students: of the course.
        counted: by person the id of the submission that counts.
        page: the address of its page.
    """
    by_submission = {counted[one.id]: one for one in students if one.id in counted}
    rows = {one.id: _row(one) for one in students}
    for found, talk in work.some(who, by_submission):
        one, student = found.submission, by_submission[found.submission.id]
        try:
            made = results_of(one, talk.overrides, page(one.id))
        except NotGraded:
            continue  # It was graded when it was listed; now it is being graded again.
        path = f"{student.folder}/results.json"
        score = {"score": made.score, "max_score": one.max_score, "submission": one.id}
        rows[student.id] |= {**score, "results": path}
        yield path, made.to_json()
    yield "summary.json", as_json({**about, "students": [*rows.values()]})


def _row(student: Person) -> dict[str, Any]:
    known = {"name": student.name, "username": student.username, "external_ids": student.ids}
    nothing = {"score": None, "max_score": None, "submission": None, "results": None}
    return {"person": student.id, "folder": student.folder, **known, **nothing}


def _with_given(report: Report, given: Iterable[Override]) -> Report:
    """The report with the points that staff gave for criteria.

    Findings of one name, such as the questions of a quiz, share what was given for it.
    """
    shares = with_given(
        points_of(report),
        {one.criterion: one.points for one in given if one.criterion is not None},
    )
    findings = [_shared(finding, shares.get(finding.check)) for finding in report.findings]
    return report.model_copy(update={"findings": findings})


def _shared(finding: Finding, earned: Earned | None) -> Finding:
    if earned is None or earned.given is None:
        return finding
    points = round(earned.given * finding.max_points / earned.of, 2)
    return finding.model_copy(update={"points": points})


def _remark(given: Override) -> str:
    """What staff changed, in a sentence."""
    what = "score" if given.criterion is None else f"score for {given.criterion}"
    points = f"from {given.instead_of:g} to {given.points:g}"
    return f"Staff changed the {what} {points}: {given.reason}"
