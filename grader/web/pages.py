"""The pages' views: each asks the desk, as the API does, and fills a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from exercises.catalog.material import read_sketch
from exercises.exercise import AnyExercise, CodeExercise, QuizExercise
from grader.api import represent, resources
from grader.api.answers import conditional
from grader.api.desk import desk
from grader.api.errors import refuse
from grader.api.problems import INVALID, NOT_FOUND, PROBLEM_TYPES, Complaint, RequestError
from grader.findings import together
from grader.store.submissions import State, Submission
from grader.web import catalogue, evidence, words
from grader.web.listing import listing
from grader.web.quiz import sent_answers, show_quiz
from grader.web.redraw import another_seed, redrawn
from grader.web.statement import render_inline, render_statement
from grader.web.visible import visible

#: How many submissions a page of the list has.
PAGE_LENGTH = 50
START = "playground"
_SEED = re.compile(r"[0-9]{1,9}", re.ASCII)
#: A generator with a seed of the student's own draws the same everywhere.
_SEEDED = re.compile(r"default_rng\(\s*\d|random\.seed\(")

blueprint = Blueprint("pages", __name__)

blueprint.add_app_template_filter(visible, "visible")
blueprint.add_app_template_filter(render_statement, "statement")
blueprint.add_app_template_filter(render_inline, "inline")
blueprint.add_app_template_filter(catalogue.kind_words, "kind_words")
blueprint.add_app_template_filter(evidence.witness_code, "witness_code")
blueprint.add_app_template_filter(evidence.named_values, "named_values")
blueprint.add_app_template_filter(words.megabytes, "megabytes")
blueprint.add_app_template_filter(words.figure_size, "figure_size")
blueprint.add_app_template_filter(together, "together")


@blueprint.app_context_processor
def _vocabulary() -> dict[str, object]:
    return {"words": words}


@blueprint.get("/")
def home() -> str:
    """The playground, or else the first exercise that there is."""
    catalog = desk().catalog
    slug = START if START in catalog.exercises else next(iter(catalog.exercises), START)
    return exercise(slug)


@blueprint.get("/exercises")
def exercises() -> str:
    """All exercises, by the parts of the course."""
    return render_template("exercises.html", parts=catalogue.parts(_catalog().values()))


@blueprint.get("/exercises/<slug>")
def exercise(slug: str) -> str:
    """An exercise with its editor or its questions.

    `?from=ID` begins with what that submission held, `?sketch=NAME` with one of the gallery,
    `?seed=N` with weights drawn by this seed, and `?student=NAME` says whose questions are meant.
    """
    id_ = request.args.get("from")
    origin = desk().submission(id_) if id_ else None
    shown = desk().exercise(slug)
    return show_quiz(shown, origin) if isinstance(shown, QuizExercise) else _editor(shown, origin)


@blueprint.post("/submissions")
def submit() -> AnyResponse:
    """A quiz's form, and the editor's without JavaScript: accepts, and leads to the report."""
    form = request.form
    names = ("exercise", "exercise_version", "course", "student")
    fields: dict[str, Any] = {name: form[name] for name in names if name in form}
    answers = sent_answers(form, desk().catalog.get(form.get("exercise", START)))
    if answers is None:
        # A browser sends the lines of a text area with CR LF (HTML, form submission).
        fields["source"] = form.get("source", "").replace("\r\n", "\n")
    else:
        fields["answers"] = answers
    try:
        sent = resources.NewSubmission.model_validate(fields)
    except ValidationError as error:
        refuse(error)
    accepted = desk().accept(**sent.sent())
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
        exercises=_catalog(),
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
            exercises=_catalog(),
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


def _catalog() -> Mapping[str, AnyExercise]:
    return desk().catalog.exercises


def _editor(shown: CodeExercise, origin: Submission | None) -> str:
    begun = _begun(shown, origin)
    return render_template(
        "exercise.html",
        exercise=represent.exercise(shown),
        neighbours=catalogue.neighbours(shown.slug, _catalog()),
        source=shown.starter if begun is None else begun,
        # Asked for by the address: the browser's own draft does not take its place.
        begun=begun is not None,
        sketch=request.args.get("sketch"),
        next_seed=another_seed(),
    )


def _begun(shown: CodeExercise, origin: Submission | None) -> str | None:
    """The code that the address asks to begin with, or None: the starter.

    Raises:
        RequestError: not-found, invalid.
    """
    sketch, seed = request.args.get("sketch"), request.args.get("seed")
    if origin is not None:
        return origin.source
    if sketch is not None:
        code = read_sketch(shown, sketch)
        if code is None:
            raise RequestError(NOT_FOUND, "This exercise has no sketch of this name.")
        return code
    if seed is not None and shown.redraw:
        if not _SEED.fullmatch(seed):
            complaint = Complaint("This must be a whole number.", parameter="seed")
            raise RequestError(INVALID, "The seed is not one.", [complaint])
        return redrawn(shown.starter, int(seed))
    return None


def _report(found: Submission) -> dict[str, Any]:
    """What the report's template needs beside the resource: code or figures that it shows."""
    if found.state is not State.GRADED or found.report is None:
        return {}
    asked = _catalog().get(found.exercise)
    if isinstance(asked, QuizExercise):
        same = found.exercise_version == asked.version
        return {"question_figures": represent.question_figures(asked) if same else {}}
    return {
        "lines": listing(found.source, found.report.findings),
        "draws_random": "random" in found.source and not _SEEDED.search(found.source),
    }
