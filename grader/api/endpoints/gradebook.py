"""The API's gradebooks: the grades of a class as Canvas and Moodle read them."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.gradebooks import Choice
from grader.exports.gradebook import (
    BYTE_ORDER_MARK,
    CANVAS_IDS,
    Gradebook,
    canvas_csv,
    moodle_csv,
    plain_csv,
)
from grader.exports.gradebook_fill import Filled

blueprint = APIBlueprint(
    "gradebook",
    __name__,
    url_prefix="/api/v1/courses/<course>/exports",
    abp_tags=[Tag(name="gradebooks", description="Grades for Canvas and Moodle.")],
)

_CSV = {HTTPStatus.OK: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@blueprint.get(
    "",
    responses=documented({HTTPStatus.OK: resources.GradebookState}, problems.NOT_FOUND),
)
def index(path: resources.CoursePath) -> Response:
    """Read what a table for each platform would lack. For instructors."""
    return answer(state(desk().gradebooks.book(principal(), path.course, Choice())))


@blueprint.get("/canvas.csv", responses=documented(_CSV, problems.INVALID, problems.NOT_FOUND))
def canvas(path: resources.CoursePath, query: resources.GradebookQuery) -> Response:
    """Download the grades of a class as Canvas imports them. For instructors.

    A cell is empty where there is no grade. Titles are those of the exercises: where Canvas has an
    assignment under another one, fill its own table instead.
    """
    book = desk().gradebooks.book(principal(), path.course, choice_of(query))
    return _taken(path.course, "canvas.csv", canvas_csv(book), bom=query.bom)


@blueprint.get("/moodle.csv", responses=documented(_CSV, problems.INVALID, problems.NOT_FOUND))
def moodle(path: resources.CoursePath, query: resources.GradebookQuery) -> Response:
    """Download the grades of a class as Moodle imports them. For instructors.

    Students without the kind of id that most have are left out: Moodle would give their grades to
    the student of the row before.
    """
    book = desk().gradebooks.book(principal(), path.course, choice_of(query))
    return _taken(path.course, "moodle.csv", moodle_csv(book), bom=query.bom)


@blueprint.get("/grades.csv", responses=documented(_CSV, problems.INVALID, problems.NOT_FOUND))
def grades(path: resources.CoursePath, query: resources.GradebookQuery) -> Response:
    """Download the grades of a class as a plain table, with all ids. For instructors.

    The first row has the titles; a cell is empty where there is no grade.
    """
    book = desk().gradebooks.book(principal(), path.course, choice_of(query))
    return _taken(path.course, "grades.csv", plain_csv(book), bom=query.bom)


@blueprint.post(
    "/filled",
    responses=documented(
        {HTTPStatus.OK: resources.FilledTable}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def fill(path: resources.CoursePath, body: resources.TableToFill) -> Response:
    """Fill a table that Canvas or Moodle has exported with the grades of a class. For instructors.

    Its people and its titles fit by construction, and nothing else in it changes. Nothing of it is
    kept but, with `keep_ids`, ids that it has of students. For Moodle also the offline worksheet of
    one activity.
    """
    held, who = desk().gradebooks, principal()
    found = held.filled(who, path.course, choice_of(body), body.csv, body.assignment)
    learnt = held.keep_ids(who, path.course, found) if body.keep_ids else len(found.learnt)
    held.note(who, path.course, f"{found.kind} table")
    return answer(_shown(found, learnt), headers={"Cache-Control": "no-store"})


def state(book: Gradebook) -> resources.GradebookState:
    """What tables of a gradebook would lack."""
    told_by = book.moodle_kind
    return resources.GradebookState(
        students=len(book.rows),
        assignments=len(book.columns),
        canvas=[row.name for row in book.lacking(CANVAS_IDS.values())],
        moodle=[row.name for row in book.rows if told_by not in row.ids],
    )


def choice_of(asked: resources.GradebookQuery | resources.TableToFill) -> Choice:
    """The grades that a request asks for."""
    return Choice(
        after_penalty=asked.penalty is resources.Penalty.AFTER,
        released_only=asked.released,
        percent=asked.unit is resources.Unit.PERCENT,
    )


def attached(text: str, name: str) -> Response:
    """A table to keep."""
    response = Response(text.encode(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _taken(course: str, name: str, text: str, *, bom: bool) -> Response:
    if request.method == "GET":
        desk().gradebooks.note(principal(), course, name)
    return attached(f"{BYTE_ORDER_MARK if bom else ''}{text}", f"{course}-{name}")


def _shown(found: Filled, learnt: int) -> resources.FilledTable:
    return resources.FilledTable(
        kind=found.kind,
        csv=found.text,
        matched=found.matched,
        strangers=list(found.strangers),
        absent=list(found.absent),
        filled=list(found.filled),
        unfilled=list(found.unfilled),
        learnt=learnt,
    )
