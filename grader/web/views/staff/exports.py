"""The page by which what a course holds goes out: grades, results, and the whole of it."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.api import resources
from grader.api.endpoints import gradebook, takeaway
from grader.api.http.errors import refuse
from grader.desks.desk import desk
from grader.desks.gradebooks import Choice
from grader.desks.problems import INVALID, NOT_UTF8, RequestError
from grader.exports.gradebook_fill import Filled


def exports(course: str) -> Response:
    """What can be taken out."""
    return _page(course)


def fill_table(course: str) -> Response:
    """Fill a platform's own table: show what fits, or give it back with the grades in it.

    Raises:
        RequestError: not-found.
    """
    try:
        asked = _asked()
        held, who = desk().gradebooks, principal()
        choice = gradebook.choice_of(asked)
        found = held.filled(who, course, choice, asked.csv, asked.assignment)
    except RequestError as error:
        if error.problem.type not in {INVALID, NOT_UTF8}:
            raise
        return _page(course, complaint=error.problem.detail)
    if request.form.get("act") != "fill":
        return _page(course, found=found)
    if asked.keep_ids:
        held.keep_ids(who, course, found)
    held.note(who, course, f"{found.kind} table")
    return gradebook.attached(found.text, f"{course}-{found.kind}-filled.csv")


def _asked() -> resources.TableToFill:
    """The table that the form sends, and what it is to be filled with.

    Raises:
        RequestError: invalid, or not-utf-8.
    """
    sent = request.files.get("table")
    content = sent.read() if sent is not None else b""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError(
            NOT_UTF8,
            "The file is not UTF-8. Export it again, with no spreadsheet in between.",
        ) from None
    said: dict[str, object] = {"csv": text}
    for name in ("released", "keep_ids"):
        said[name] = name in request.form
    for name in ("penalty", "unit", "assignment"):
        if request.form.get(name):
            said[name] = request.form[name]
    try:
        return resources.TableToFill.model_validate(said)
    except ValidationError as error:
        refuse(error)


def _page(course: str, *, found: Filled | None = None, complaint: str = "") -> Response:
    book = desk().gradebooks.book(principal(), course, Choice())
    page = render_template(
        "staff/exports.html",
        course=desk().courses.course(principal(), course),
        state=gradebook.state(book),
        columns=book.columns,
        titles={column.id: column.title for column in book.columns},
        found=found,
        complaint=complaint,
        sent=request.form,
        links={
            "Canvas": url_for("gradebook.canvas", course=course),
            "Moodle": url_for("gradebook.moodle", course=course),
        },
        bulk=takeaway.sizes_of(course).sizes,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK)
