"""The API's submissions: send one, follow it, list them."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, conditional, documented
from grader.api.http.once import once
from grader.api.http.prefer import wait_seconds
from grader.desks import problems
from grader.desks.desk import desk
from grader.store.requests import Kept
from grader.store.submission.submissions import State, Submission

blueprint = APIBlueprint(
    "submissions",
    __name__,
    url_prefix="/api/v1/submissions",
    abp_tags=[Tag(name="submissions", description="Send an f, and read what was found.")],
)


@blueprint.post(
    "",
    responses=documented(
        {HTTPStatus.CREATED: resources.Submission, HTTPStatus.ACCEPTED: resources.Submission},
        problems.NOT_JSON,
        problems.NOT_UTF8,
        problems.MEDIA_TYPE,
        problems.INVALID,
        problems.UNKNOWN_EXERCISE,
        problems.UNKNOWN_ASSIGNMENT,
        problems.NOT_OPEN,
        problems.CLOSED,
        problems.NO_ATTEMPTS_LEFT,
        problems.COOLING_DOWN,
        problems.ARCHIVED,
        problems.EXERCISE_UNAVAILABLE,
        problems.EXERCISE_CHANGED,
        problems.SOURCE_TOO_LONG,
        problems.INSUFFICIENT_SCOPE,
        problems.BODY_TOO_LARGE,
        problems.CROSS_SITE,
        problems.STALE_PAGE,
    ),
)
def submit(body: resources.NewSubmission, header: resources.PreferHeader) -> Response:
    """Submit a program, or the answers to a quiz, to be graded.

    202 with the address to ask at, as soon as the submission is stored. With `Prefer: wait=N` the
    answer is 201 and holds the report, where it is ready within N seconds; else 202.
    """
    # In two steps: what is waited for is not part of what is done once, and a repetition shows the
    # submission as it is by then.
    accepted = once(lambda: _accepted(body))
    found = desk().submission((accepted.body or b"").decode())
    return _shown(found, header.prefer, HTTPStatus.CREATED, HTTPStatus.ACCEPTED)


@blueprint.get(
    "",
    responses=documented(
        {HTTPStatus.OK: resources.SubmissionList}, problems.INVALID, problems.BAD_CURSOR
    ),
)
def index(query: resources.SubmissionsQuery) -> Response:
    """List the submissions that you may read, newest first: yours; as staff, your courses'."""
    page, cursor = desk().latest(**query.model_dump())
    following = None
    if cursor is not None:
        filters = query.model_dump(exclude_none=True) | {"before": cursor}
        following = url_for("submissions.index", **filters)
    listed = resources.SubmissionList(
        items=[represent.item(summary) for summary in page], next=following
    )
    # RFC 8288: the same link for clients that know only headers.
    return answer(listed, headers={"Link": f'<{following}>; rel="next"'} if following else None)


@blueprint.get(
    "/<id>",
    responses=documented(
        {HTTPStatus.OK: resources.Submission}, problems.INVALID, problems.NOT_FOUND
    ),
)
def show(
    path: resources.SubmissionPath, query: resources.AttemptQuery, header: resources.PreferHeader
) -> Response:
    """Read one submission, with its report once it is graded.

    Until then `Retry-After` says when asking again is worth it, and `Prefer: wait=N` waits here.
    With `attempt` it is as that earlier grading found it, before a regrade.
    """
    found = desk().submission(path.id, query.attempt)
    return _shown(found, header.prefer, HTTPStatus.OK, HTTPStatus.OK)


@blueprint.get(
    "/<id>/gradings",
    responses=documented({HTTPStatus.OK: resources.GradingList}, problems.NOT_FOUND),
)
def gradings(path: resources.SubmissionPath) -> Response:
    """List the gradings of a submission, the one that counts first: a regrade adds one."""
    found = desk().submission(path.id)
    listed = [found] if found.state is State.GRADED else []
    listed += desk().gradings.earlier(found.id, principal().view)
    return answer(resources.GradingList(items=[represent.grading(one) for one in listed]))


@blueprint.get(
    "/<id>/source",
    responses=documented(
        {
            HTTPStatus.OK: {
                "content": {
                    kind: {"schema": {"type": "string"}}
                    for kind in ("text/x-python", "application/json")
                }
            }
        },
        problems.NOT_FOUND,
    ),
)
def source(path: resources.SubmissionPath) -> Response:
    """Read what was sent, as a file to keep: a program, or the answers to a quiz as JSON."""
    found = desk().submission(path.id)
    program = desk().answers(found) is None
    kind, ending = (
        ("text/x-python; charset=utf-8", "py") if program else ("application/json", "json")
    )
    response = Response(found.source.encode("utf-8"), content_type=kind)
    # Saved, never shown: it is a stranger's text under our address.
    response.headers["Content-Disposition"] = f'attachment; filename="{found.exercise}.{ending}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)


def _accepted(body: resources.NewSubmission) -> Kept:
    """Accept it; all that is kept of the answer is the submission's id."""
    accepted = desk().accept(**body.sent())
    return Kept(HTTPStatus.ACCEPTED, body=accepted.id.encode())


def _shown(
    found: Submission, prefer: str | None, graded: HTTPStatus, waiting: HTTPStatus
) -> Response:
    """A submission, after the wait that the client prefers."""
    headers = {"Vary": "Prefer"}
    seconds = wait_seconds(prefer)
    if seconds and found.state is not State.GRADED:
        found, waited = desk().wait(found, seconds)
        if waited:
            headers["Preference-Applied"] = f"wait={seconds}"
    place = desk().place(found)
    delay = represent.retry_after(found.state, place)
    if delay is not None:
        headers["Retry-After"] = str(delay)
    resource = represent.submission(found, place)
    if request.method == "POST":
        headers["Location"] = resource.links.self
    return answer(resource, graded if found.state is State.GRADED else waiting, headers)
