"""The API's batches: hand in the archive of a class, and follow what becomes of each file."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.api.http.body import require_archive
from grader.desks import problems
from grader.desks.desk import desk
from grader.exports.batch_table import batch_csv
from grader.store.batch.entities import Batch

blueprint = APIBlueprint(
    "batches",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="batches", description="Hand in for a whole class.")],
)

_OF_A_LIST = (problems.NOT_FOUND, problems.INVALID, problems.BAD_CURSOR)
_OF_AN_ARCHIVE = (
    *(problems.MEDIA_TYPE, problems.INVALID, problems.BODY_TOO_LARGE, problems.CROSS_SITE),
    *(problems.STALE_PAGE, problems.NOT_FOUND, problems.ARCHIVED),
)
_CSV = {HTTPStatus.OK: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@blueprint.post(
    "/assignments/<id>/batches",
    responses=documented(
        {HTTPStatus.ACCEPTED: resources.Batch}, *_OF_AN_ARCHIVE, problems.EXERCISE_UNAVAILABLE
    ),
)
def create(
    path: resources.AssignmentPath,
    query: resources.NewBatchQuery,
    raw: resources.ClassArchive,
) -> Response:
    """Hand in the archive of a class, each file for its student. For staff.

    202 as soon as it is recorded; each file then becomes one submission under the assignment's
    rules, in the background. What an earlier batch has handed in for the same student is not
    handed in again.
    """
    made = desk().batches.record(
        principal(),
        path.id,
        require_archive(request),
        name=query.name,
        sent_at=query.sent_at,
        hold=query.hold,
    )
    address = url_for("batches.show", batch=made.id)
    return _shown(made, HTTPStatus.ACCEPTED, {"Location": address})


@blueprint.post(
    "/assignments/<id>/batches/dry-run",
    responses=documented(
        {HTTPStatus.OK: resources.BatchPlan}, *_OF_AN_ARCHIVE, problems.EXERCISE_UNAVAILABLE
    ),
)
def dry_run(
    path: resources.AssignmentPath,
    query: resources.DryRunQuery,
    raw: resources.ClassArchive,
) -> Response:
    """Read what would become of the archive of a class; nothing is stored. For staff."""
    content = require_archive(request)
    plan = desk().batches.plan(principal(), path.id, content, sent_at=query.sent_at)
    return answer(represent.batch_plan(plan), headers={"Cache-Control": "no-store"})


@blueprint.get(
    "/assignments/<id>/batches",
    responses=documented({HTTPStatus.OK: resources.BatchList}, *_OF_A_LIST),
)
def index(path: resources.AssignmentPath, query: resources.BatchesQuery) -> Response:
    """List the batches of an assignment, the newest first. For staff."""
    held = desk().batches
    page, cursor = held.page(principal(), path.id, limit=query.limit, before=query.before)
    following = None
    if cursor is not None:
        following = url_for("batches.index", id=path.id, limit=query.limit, before=cursor)
    items = [represent.batch(one, held.counts(one)) for one in page]
    return answer(resources.BatchList(items=items, next=following), headers=_link(following))


@blueprint.get(
    "/batches/<batch>",
    responses=documented({HTTPStatus.OK: resources.Batch}, problems.NOT_FOUND),
)
def show(path: resources.BatchPath) -> Response:
    """Read one batch: how far it is. For staff."""
    return _shown(desk().batches.batch(principal(), path.batch))


@blueprint.get(
    "/batches/<batch>/items",
    responses=documented(
        {HTTPStatus.OK: resources.BatchItemList}, problems.NOT_FOUND, problems.INVALID
    ),
)
def items(path: resources.BatchPath, query: resources.BatchItemsQuery) -> Response:
    """List the files of a batch with what became of each. For staff."""
    held = desk().batches
    found = held.batch(principal(), path.batch)
    after = -1 if query.after is None else query.after
    page, cursor = held.items(found, limit=query.limit, after=after, state=query.state)
    following = None
    if cursor is not None:
        kept: dict[str, Any] = query.model_dump(mode="json", exclude_none=True)
        following = url_for("batches.items", batch=found.id, **kept | {"after": cursor})
    listed = resources.BatchItemList(
        items=[represent.batch_item(one) for one in page], next=following
    )
    return answer(listed, headers=_link(following))


@blueprint.get(
    "/batches/<batch>/items.csv",
    responses=documented(_CSV, problems.NOT_FOUND),
)
def table(path: resources.BatchPath) -> Response:
    """Download the files of a batch as CSV, with scores as far as they are graded. For staff."""
    held = desk().batches
    found = held.batch(principal(), path.batch)
    text = batch_csv(held.all_items(found))
    response = Response(text.encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="batch-{found.id}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.put(
    "/batches/<batch>/items/<int:place>",
    responses=documented(
        {HTTPStatus.NO_CONTENT: None},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.BATCH_STAGE,
    ),
)
def choose(path: resources.BatchItemPath, body: resources.BatchChoice) -> Response:
    """Say whose a file of a planned batch is. For staff."""
    desk().batches.choose(principal(), path.batch, path.place, body.person)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post(
    "/batches/<batch>/begin",
    responses=documented(
        {HTTPStatus.ACCEPTED: resources.Batch}, problems.NOT_FOUND, problems.BATCH_STAGE
    ),
)
def begin(path: resources.BatchPath) -> Response:
    """Let a planned batch be handed in, in the background. For staff."""
    return _shown(desk().batches.begin(principal(), path.batch), HTTPStatus.ACCEPTED)


@blueprint.post(
    "/batches/<batch>/cancel",
    responses=documented(
        {HTTPStatus.OK: resources.Batch}, problems.NOT_FOUND, problems.BATCH_STAGE
    ),
)
def cancel(path: resources.BatchPath) -> Response:
    """End a batch; what was handed in before that stays. For staff."""
    return _shown(desk().batches.cancel(principal(), path.batch))


def _shown(
    found: Batch, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> Response:
    return answer(represent.batch(found, desk().batches.counts(found)), status, headers)


def _link(following: str | None) -> dict[str, str] | None:
    return {"Link": f'<{following}>; rel="next"'} if following else None
