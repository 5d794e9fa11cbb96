"""The API's comments: what staff write on a submission, and what is answered."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk

blueprint = APIBlueprint(
    "comments",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="reviews", description="What people say of a submission and its grade.")],
)


@blueprint.get(
    "/submissions/<id>/comments",
    responses=documented({HTTPStatus.OK: resources.CommentList}, problems.NOT_FOUND),
)
def index(path: resources.SubmissionPath) -> Response:
    """List the comments on a submission. Its student sees them once the grade is shown."""
    who, found = principal(), desk().submission(path.id)
    return answer(represent.comments(desk().reviews.threads(who, found), who))


@blueprint.post(
    "/submissions/<id>/comments",
    responses=documented(
        {HTTPStatus.CREATED: resources.Comment},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.FORBIDDEN,
    ),
)
def write(path: resources.SubmissionPath, body: resources.NewComment) -> Response:
    """Comment on a submission or a line of its code. Its student can answer within a thread."""
    who, found = principal(), desk().submission(path.id)
    written = desk().reviews.comment(who, found, body.text, line=body.line, thread=body.thread)
    return answer(represent.comment(written, who), HTTPStatus.CREATED)


@blueprint.patch(
    "/submissions/<id>/comments/<comment>",
    responses=documented(
        {HTTPStatus.OK: resources.Comment}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def change(path: resources.CommentPath, body: resources.CommentChange) -> Response:
    """Write a comment of your own anew."""
    who, found = principal(), desk().submission(path.id)
    changed = desk().reviews.change_comment(who, found, path.comment, body.text)
    return answer(represent.comment(changed, who))


@blueprint.delete(
    "/submissions/<id>/comments/<comment>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def withdraw(path: resources.CommentPath) -> Response:
    """Take a comment of your own back. Where it was answered, its place stays."""
    who, found = principal(), desk().submission(path.id)
    desk().reviews.withdraw_comment(who, found, path.comment)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post(
    "/assignments/<id>/comments",
    responses=documented(
        {HTTPStatus.CREATED: resources.CommentsWritten},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
    ),
)
def write_on_each(path: resources.AssignmentPath, body: resources.NewComments) -> Response:
    """Write the same comment on several submissions, on all of them or on none. For staff."""
    count = desk().reviews.comment_on_each(principal(), path.id, body.submissions, body.text)
    return answer(resources.CommentsWritten(count=count), HTTPStatus.CREATED)
