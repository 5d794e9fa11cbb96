"""The API's exports: a graded submission as a bundle to keep, and in the form of Gradescope."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from exercises.catalog.bundle import ChangedExercise, student_copy, why_not_offline
from exercises.exercise import AnyExercise
from exercises.outcome import Verdict
from exercises.report import Report
from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.endpoints.figures import pictures
from grader.api.http.answers import conditional, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import NOT_GRADED, RequestError
from grader.desks.reviews import not_released
from grader.desks.takeaway.results import results_of
from grader.exports.submission_bundle import Taken, pack
from grader.store.assignment.disclosure import Extent
from grader.store.submission.submissions import State, Submission

blueprint = APIBlueprint(
    "exports",
    __name__,
    url_prefix="/api/v1/submissions",
    abp_tags=[Tag(name="submissions", description="Send an f, and read what was found.")],
)

_HIDDEN = "Part of the grade is not shown yet."
_GONE = "The service no longer has the version of the exercise that graded it."


@blueprint.get(
    "/<id>/bundle",
    responses=documented(
        {
            HTTPStatus.OK: {
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
            }
        },
        problems.NOT_FOUND,
        problems.NOT_GRADED,
        problems.NOT_RELEASED,
    ),
)
def bundle(path: resources.SubmissionPath) -> Response:
    """Download a graded submission, a zip archive: code, report, figures, and the exercise.

    Its README.txt says how to repeat the grade offline, or why that can't be done.
    """
    found = desk().submission(path.id)
    report = _graded(found)
    copy, why_not = _copy(desk().courses.pinned.get(found.exercise, found.exercise_version))
    if found.disclosure.extent is not Extent.WHOLE:
        # With it the grader would say what is hidden.
        copy, why_not = None, _HIDDEN
    taken = Taken(
        submission=found.id,
        report=represent.report(report, found),
        source=found.source.encode(),
        ending="py" if desk().answers(found) is None else "json",
        figures=pictures(found),
        exercise=copy,
        why_not=why_not,
    )
    return _attached(pack(taken), "application/zip", f"{found.exercise}-{found.id}.zip")


@blueprint.get(
    "/<id>/results.json",
    responses=documented(
        {HTTPStatus.OK: {"content": {"application/json": {"schema": {"type": "object"}}}}},
        problems.NOT_FOUND,
        problems.NOT_GRADED,
        problems.NOT_RELEASED,
    ),
)
def gradescope(path: resources.SubmissionPath) -> Response:
    """Download the report as Gradescope reads it: results.json, with the score that counts.

    A failure of ours has none, as it must not become a zero.
    """
    found = desk().submission(path.id)
    _graded(found)
    given = desk().reviews.overrides_of(principal(), found)
    page = url_for("pages.submission", id_=found.id, _external=True)
    file = results_of(found, given, page)
    return _attached(file.to_json().encode(), "application/json", "results.json")


def _graded(found: Submission) -> Report:
    """The report of a submission.

    Raises:
        RequestError: not-graded: it waits still, or the grader itself failed; not-released.
    """
    if found.receipt is not None:
        raise not_released()
    report = found.report if found.state is State.GRADED else None
    if report is None:
        raise RequestError(NOT_GRADED, "There is no report yet.")
    if report.verdict is Verdict.INTERNAL_ERROR:
        raise RequestError(NOT_GRADED, "The grader itself failed, and there is no grade.")
    return report


def _copy(exercise: AnyExercise | None) -> tuple[bytes | None, str | None]:
    """The student's copy of an exercise, and why it does not repeat a grade."""
    if exercise is None:
        return None, _GONE
    try:
        return student_copy(exercise), why_not_offline(exercise)
    except ChangedExercise:
        return None, _GONE


def _attached(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)
