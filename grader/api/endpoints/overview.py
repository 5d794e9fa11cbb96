"""The API's overview: how the students of a course do, and what one of them has done."""

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
from grader.store.gradebook.cells import Wanted

blueprint = APIBlueprint(
    "overview",
    __name__,
    url_prefix="/api/v1/courses/<course>",
    abp_tags=[Tag(name="classes", description="How a class does, for who teaches it.")],
)


@blueprint.get(
    "/overview",
    responses=documented(
        {HTTPStatus.OK: resources.Overview},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def index(path: resources.CoursePath, query: resources.OverviewQuery) -> Response:
    """List the students of a course with how each has done in each assignment. For staff."""
    found = desk().classes.overview(
        principal(), path.course, wanted(query), limit=query.limit, after=query.after
    )
    following = None
    if found.cursor is not None:
        kept = query.model_dump(mode="json", exclude_defaults=True) | {"after": found.cursor}
        following = url_for("overview.index", course=path.course, **kept)
    listed = resources.Overview(
        assignments=[
            represent.overview_assignment(one, found.totals[one.id]) for one in found.columns
        ],
        items=[represent.student(one, path.course, found.columns) for one in found.students],
        count=found.count,
        next=following,
    )
    return answer(listed, headers={"Link": f'<{following}>; rel="next"'} if following else None)


@blueprint.get(
    "/students/<person>",
    responses=documented(
        {HTTPStatus.OK: resources.StudentRecord},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def record(path: resources.MemberPath, query: resources.RecordQuery) -> Response:
    """Read all that one student has done in a course. For staff."""
    found = desk().classes.record(
        principal(), path.course, path.person, limit=query.limit, before=query.before
    )
    following = None
    if found.cursor is not None:
        address: dict[str, Any] = {"course": path.course, "person": path.person}
        following = url_for("overview.record", **address, limit=query.limit, before=found.cursor)
    shown = represent.record(found, following)
    return answer(shown, headers={"Link": f'<{following}>; rel="next"'} if following else None)


def wanted(query: resources.OverviewQuery) -> Wanted:
    """The students that a query asks for."""
    return Wanted(
        text=query.q.strip(),
        section=query.section,
        assignment=query.assignment,
        state=query.state,
        late=query.late,
        look=query.look,
        order=query.order,
    )
