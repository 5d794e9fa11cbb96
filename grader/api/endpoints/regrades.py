"""The API's regrades: grade submissions again on trial, see what would change, and apply it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.store.regrade.regrading import Regrade, Which

blueprint = APIBlueprint(
    "regrades",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="regrades", description="Grade again, on trial first.")],
)

_OF_A_LIST = (problems.NOT_FOUND, problems.INVALID, problems.BAD_CURSOR)


@blueprint.post(
    "/assignments/<id>/regrades",
    responses=documented(
        {HTTPStatus.ACCEPTED: resources.Regrade},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.EXERCISE_UNAVAILABLE,
    ),
)
def begin(path: resources.AssignmentPath, body: resources.NewRegrade) -> Response:
    """Grade submissions to an assignment again, on trial. For staff.

    Each with its own seed, when nobody waits for a grade; nothing that students see changes until
    it is applied. Submissions that are not graded yet are left out.
    """
    begun = desk().regrades.begin(
        principal(),
        path.id,
        body.which,
        body.submissions,
        version=body.exercise_version,
        reason=body.reason,
    )
    return _begun(begun)


@blueprint.post(
    "/submissions/<id>/regrades",
    responses=documented(
        {HTTPStatus.ACCEPTED: resources.Regrade},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.EXERCISE_UNAVAILABLE,
    ),
)
def begin_one(path: resources.SubmissionPath, body: resources.NewRegradeOfOne) -> Response:
    """Grade one submission to an assignment again, on trial. For staff."""
    found = desk().submission(path.id)
    if found.assignment is None:
        raise problems.RequestError(problems.NOT_FOUND, "This submission answers to no assignment.")
    begun = desk().regrades.begin(
        principal(),
        found.assignment,
        Which.THESE,
        [found.id],
        version=body.exercise_version,
        reason=body.reason,
    )
    return _begun(begun)


@blueprint.get(
    "/assignments/<id>/regrades",
    responses=documented({HTTPStatus.OK: resources.RegradeList}, *_OF_A_LIST),
)
def of_assignment(path: resources.AssignmentPath, query: resources.RegradesQuery) -> Response:
    """List the regrades of an assignment, the newest first. For staff."""
    course = desk().courses.entity(principal(), path.id).course
    return _listed(course, query, path.id)


@blueprint.get(
    "/courses/<course>/regrades",
    responses=documented({HTTPStatus.OK: resources.RegradeList}, *_OF_A_LIST),
)
def index(path: resources.CoursePath, query: resources.RegradesQuery) -> Response:
    """List the regrades of a course, the newest first. For staff."""
    return _listed(path.course, query)


@blueprint.get(
    "/assignments/<id>/versions",
    responses=documented({HTTPStatus.OK: resources.VersionList}, problems.NOT_FOUND),
)
def versions(path: resources.AssignmentPath) -> Response:
    """List the versions of an assignment's exercise that can grade. For staff."""
    held, who = desk().regrades, principal()
    found = desk().courses.entity(who, path.id)
    served = held.served(found.exercise)
    items = [
        represent.version(one, found, None if served is None else served.version)
        for one in held.kept_versions(who, path.id)
    ]
    return answer(resources.VersionList(items=items))


@blueprint.get(
    "/regrades/<regrade>",
    responses=documented({HTTPStatus.OK: resources.Regrade}, problems.NOT_FOUND),
)
def show(path: resources.RegradePath) -> Response:
    """Read one regrade: how far it is, and what it would change. For staff."""
    return _shown(desk().regrades.regrade(principal(), path.regrade))


@blueprint.get(
    "/regrades/<regrade>/items",
    responses=documented({HTTPStatus.OK: resources.RegradedList}, *_OF_A_LIST),
)
def items(path: resources.RegradePath, query: resources.RegradeItemsQuery) -> Response:
    """List the submissions of a regrade with what would change, the largest change first."""
    held = desk().regrades
    found = held.regrade(principal(), path.regrade)
    page, cursor = held.preview(found, limit=query.limit, direction=query.only, after=query.after)
    following = None
    if cursor is not None:
        kept = query.model_dump(mode="json", exclude_none=True) | {"after": cursor}
        following = url_for("regrades.items", regrade=found.id, **kept)
    listed = resources.RegradedList(items=[represent.trial(one) for one in page], next=following)
    return answer(listed, headers=_link(following))


@blueprint.put(
    "/regrades/<regrade>/items/<submission>",
    responses=documented(
        {HTTPStatus.NO_CONTENT: None},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.REGRADE_STAGE,
    ),
)
def choose(path: resources.RegradeItemPath, body: resources.RegradeChoice) -> Response:
    """Take a submission along when the regrade is applied, or leave it out. For staff."""
    desk().regrades.choose(principal(), path.regrade, path.submission, chosen=body.chosen)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post(
    "/regrades/<regrade>/apply",
    responses=documented(
        {HTTPStatus.ACCEPTED: resources.Regrade},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.REGRADE_STAGE,
    ),
)
def apply(path: resources.RegradePath, body: resources.RegradeApplication) -> Response:
    """Let the trials' reports become the grades, in the background. For staff.

    The reports before stay, and can be read with `?attempt=N`. What was graded again since the
    trial is left as it is.
    """
    applied = desk().regrades.apply(
        principal(),
        path.regrade,
        never_lower=body.never_lower,
        moves_version=body.move_version,
    )
    return _shown(applied, HTTPStatus.ACCEPTED)


@blueprint.post(
    "/regrades/<regrade>/cancel",
    responses=documented(
        {HTTPStatus.OK: resources.Regrade}, problems.NOT_FOUND, problems.REGRADE_STAGE
    ),
)
def cancel(path: resources.RegradePath) -> Response:
    """End a regrade. What was applied before that stays; the numbers say how much. For staff."""
    return _shown(desk().regrades.cancel(principal(), path.regrade))


def _begun(begun: Regrade) -> Response:
    address = url_for("regrades.show", regrade=begun.id)
    return _shown(begun, HTTPStatus.ACCEPTED, {"Location": address})


def _shown(
    found: Regrade, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    resource = represent.regrade(found, desk().regrades.progress(found))
    return answer(resource, status, headers)


def _listed(course: str, query: resources.RegradesQuery, assignment: str | None = None) -> Response:
    page, cursor = desk().regrades.page(
        principal(), course, assignment=assignment, limit=query.limit, before=query.before
    )
    following = None
    if cursor is not None:
        kept: dict[str, Any] = {"limit": query.limit, "before": cursor}
        following = (
            url_for("regrades.index", course=course, **kept)
            if assignment is None
            else url_for("regrades.of_assignment", id=assignment, **kept)
        )
    listed = resources.RegradeList(
        items=[represent.regrade_item(one) for one in page], next=following
    )
    return answer(listed, headers=_link(following))


def _link(following: str | None) -> dict[str, str] | None:
    return {"Link": f'<{following}>; rel="next"'} if following else None
