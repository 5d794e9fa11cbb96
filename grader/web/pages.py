"""The pages' views: each asks the desk, as the API does, and fills a template."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from exercises.exercise import Exercise
from grader.api import represent, resources
from grader.api.answers import conditional
from grader.api.desk import desk
from grader.api.errors import refuse
from grader.api.problems import NOT_FOUND, PROBLEM_TYPES, RequestError
from grader.findings import together
from grader.store.submissions import State, Submission
from grader.web import evidence, words
from grader.web.listing import listing
from grader.web.statement import render_statement
from grader.web.visible import visible

#: How many submissions a page of the list has.
PAGE_LENGTH = 50
START = "playground"

blueprint = Blueprint("pages", __name__)

blueprint.add_app_template_filter(visible, "visible")
blueprint.add_app_template_filter(render_statement, "statement")
blueprint.add_app_template_filter(evidence.witness_code, "witness_code")
blueprint.add_app_template_filter(evidence.named_values, "named_values")
blueprint.add_app_template_filter(words.megabytes, "megabytes")
blueprint.add_app_template_filter(together, "together")


@blueprint.app_context_processor
def _vocabulary() -> dict[str, object]:
    return {"words": words}


@blueprint.get("/")
def home() -> str:
    """The playground, or else the first exercise that there is."""
    catalog = desk().catalog
    slug = START if START in catalog.exercises else next(iter(catalog.exercises), START)
    return _editor(desk().exercise(slug))


@blueprint.get("/exercises/<slug>")
def exercise(slug: str) -> str:
    """An exercise with its editor; `?from=ID` begins with the code of that submission."""
    origin = request.args.get("from")
    return _editor(desk().exercise(slug), desk().submission(origin) if origin else None)


@blueprint.post("/submissions")
def submit() -> AnyResponse:
    """The editor's form, for browsers without JavaScript: accepts, and leads to the report."""
    form = request.form
    try:
        sent = resources.NewSubmission(
            exercise=form.get("exercise", START),
            # A browser sends the lines of a text area with CR LF (HTML, form submission).
            source=form.get("source", "").replace("\r\n", "\n"),
            student=form.get("student", ""),
        )
    except ValidationError as error:
        refuse(error)
    accepted = desk().accept(**sent.model_dump())
    return redirect(url_for(".submission", id_=accepted.id), HTTPStatus.SEE_OTHER)


@blueprint.get("/submissions")
def submissions() -> str:
    """The list of submissions, newest first."""
    asked = {key: value for key, value in request.args.items() if value}
    try:
        query = resources.SubmissionsQuery.model_validate(asked | {"limit": PAGE_LENGTH})
    except ValidationError as error:
        refuse(error)
    page, cursor = desk().latest(**query.model_dump())
    return render_template(
        "submissions.html",
        items=[represent.item(summary) for summary in page],
        query=query,
        cursor=cursor,
        exercises=desk().catalog.exercises,
    )


@blueprint.get("/submissions/<id_>")
def submission(id_: str) -> Response:
    """A submission: where it waits, then its report."""
    found = desk().submission(id_)
    place = desk().place(found)
    response = Response(
        render_template(
            "submission.html",
            **_report(found),
            submission=represent.submission(found, place),
            exercises=desk().catalog.exercises,
            refresh_seconds=represent.retry_after(found.state, place),
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)


@blueprint.get("/problems")
def problems() -> str:
    """All problem types."""
    return render_template("problems.html", kinds=PROBLEM_TYPES.values())


@blueprint.get("/problems/<slug>")
def problem(slug: str) -> str:
    """What a problem type means and what to do about it."""
    kind = PROBLEM_TYPES.get(slug)
    if kind is None:
        raise RequestError(NOT_FOUND, "There is no problem of this name.")
    return render_template("problem_type.html", kind=kind)


@blueprint.get("/schemas")
def schemas() -> str:
    """The documents that describe the interface."""
    return render_template("schemas.html")


@blueprint.get("/favicon.ico")
def favicon() -> AnyResponse:
    """Where browsers look unasked."""
    return redirect(url_for("static", filename="favicon.svg"), HTTPStatus.MOVED_PERMANENTLY)


def _editor(shown: Exercise, origin: Submission | None = None) -> str:
    return render_template(
        "exercise.html",
        exercise=represent.exercise(shown),
        exercises=desk().catalog.exercises,
        origin=origin,
    )


def _report(found: Submission) -> dict[str, Any]:
    """What the report's template needs beside the resource: the code, where it is to be shown."""
    if found.state is not State.GRADED or found.report is None:
        return {}
    return {
        "lines": listing(found.source, found.report.findings),
        "draws_random": "random" in found.source,
    }
