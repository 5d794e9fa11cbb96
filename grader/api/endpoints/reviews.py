"""The API's reviews: what students ask staff to look at again, and the log of a course."""

from __future__ import annotations

from collections.abc import Mapping
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
from grader.desks.reviews import Points

blueprint = APIBlueprint(
    "reviews",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="reviews", description="What people say of a submission and its grade.")],
)


@blueprint.get(
    "/submissions/<id>/reviews",
    responses=documented({HTTPStatus.OK: resources.ReviewList}, problems.NOT_FOUND),
)
def of_submission(path: resources.SubmissionPath) -> Response:
    """List the requests for a review of a submission, with their answers."""
    found = desk().reviews.reviews_of(principal(), desk().submission(path.id))
    return answer(resources.ReviewList(items=[represent.review(one) for one in found]))


@blueprint.post(
    "/submissions/<id>/reviews",
    responses=documented(
        {HTTPStatus.CREATED: resources.Review},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.FORBIDDEN,
        problems.NOT_GRADED,
        problems.NOT_RELEASED,
        problems.REVIEW_OPEN,
    ),
)
def ask(path: resources.SubmissionPath, body: resources.NewReview) -> Response:
    """Ask that somebody of the staff looks at a grade of your own again; one at a time."""
    asked = desk().reviews.ask(principal(), desk().submission(path.id), body.text)
    return answer(represent.review(asked), HTTPStatus.CREATED)


@blueprint.get(
    "/courses/<course>/reviews",
    responses=documented(
        {HTTPStatus.OK: resources.ReviewQueue},
        problems.NOT_FOUND,
        problems.INVALID,
        problems.BAD_CURSOR,
    ),
)
def queue(path: resources.CoursePath, query: resources.ReviewsQuery) -> Response:
    """List the requests for a review in a course, the oldest first. For staff."""
    page, cursor = desk().reviews.queue(
        principal(), path.course, query.which, limit=query.limit, after=query.after
    )
    items = [represent.queued(one) for one in page]
    following = _next("reviews.queue", path.course, query, {"after": cursor})
    return answer(resources.ReviewQueue(items=items, next=following), headers=_link(following))


@blueprint.put(
    "/courses/<course>/reviews/<review>/taker",
    responses=documented(
        {HTTPStatus.OK: resources.Review}, problems.NOT_FOUND, problems.REVIEW_ANSWERED
    ),
)
def take(path: resources.ReviewPath) -> Response:
    """Say that you look at it; whoever did before does no longer. For staff."""
    taken = desk().reviews.take(principal(), path.course, path.review)
    return answer(represent.review(taken))


@blueprint.delete(
    "/courses/<course>/reviews/<review>/taker",
    responses=documented(
        {HTTPStatus.OK: resources.Review}, problems.NOT_FOUND, problems.REVIEW_ANSWERED
    ),
)
def give_back(path: resources.ReviewPath) -> Response:
    """Say that nobody looks at it any more. For staff."""
    left = desk().reviews.take(principal(), path.course, path.review, taken=False)
    return answer(represent.review(left))


@blueprint.post(
    "/courses/<course>/reviews/<review>/answer",
    responses=documented(
        {HTTPStatus.OK: resources.Review},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.REVIEW_ANSWERED,
    ),
)
def answer_review(path: resources.ReviewPath, body: resources.ReviewAnswer) -> Response:
    """Answer it, and with `points` let these count in place of the grader's. For staff."""
    given = None if body.points is None else Points(body.criterion, body.points)
    done = desk().reviews.answer(principal(), path.course, path.review, body.text, given)
    return answer(represent.review(done))


@blueprint.get(
    "/courses/<course>/audit",
    responses=documented(
        {HTTPStatus.OK: resources.AuditList},
        problems.NOT_FOUND,
        problems.INVALID,
        problems.BAD_CURSOR,
    ),
)
def audit(path: resources.CoursePath, query: resources.AuditQuery) -> Response:
    """Read the log of a course: what its staff have done, the newest first. For staff."""
    page, cursor = desk().reviews.log(path.course, **query.model_dump())
    names = desk().courses.people.names(
        {id_ for one in page for id_ in (one.actor.person, one.about) if id_}
    )
    items = [represent.entry(one, names) for one in page]
    following = _next("reviews.audit", path.course, query, {"before": cursor})
    return answer(resources.AuditList(items=items, next=following), headers=_link(following))


def _next(endpoint: str, course: str, query: Any, cursor: Mapping[str, str | None]) -> str | None:
    """The address of the next page; None: this is the last."""
    if not any(cursor.values()):
        return None
    filters: dict[str, Any] = query.model_dump(exclude_none=True, mode="json")
    return url_for(endpoint, course=course, **filters | dict(cursor))


def _link(following: str | None) -> dict[str, str] | None:
    return {"Link": f'<{following}>; rel="next"'} if following else None
