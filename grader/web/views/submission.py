"""The pages of submissions: sending one, their list, and each with its report."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from exercises.exercise import QuizExercise
from grader.api import represent, resources
from grader.api.answers import conditional
from grader.api.desk import desk
from grader.api.errors import refuse
from grader.store.submissions import State, Submission
from grader.web.listing import listing
from grader.web.quiz import sent_answers
from grader.web.views.exercise import START

#: How many submissions a page of the list has.
PAGE_LENGTH = 50
#: A generator with a seed of the student's own draws the same everywhere.
_SEEDED = re.compile(r"default_rng\(\s*\d|random\.seed\(")


def submit() -> AnyResponse:
    """A quiz's form, and the editor's without JavaScript: accepts, and leads to the report."""
    form = request.form
    names = ("assignment", "exercise", "exercise_version")
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
        exercises=desk().exercises(),
    )


def submission(id_: str) -> Response:
    """A submission: where it waits, then its report."""
    found = desk().submission(id_)
    place = desk().place(found)
    response = Response(
        render_template(
            "submission.html",
            **_report(found),
            submission=represent.submission(found, place),
            exercises=desk().exercises(),
            refresh_seconds=represent.retry_after(found.state, place),
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)


def _report(found: Submission) -> dict[str, Any]:
    """What the report's template needs beside the resource: code or figures that it shows."""
    if found.state is not State.GRADED or found.report is None:
        return {}
    asked = desk().catalog.exercises.get(found.exercise)
    if isinstance(asked, QuizExercise):
        same = found.exercise_version == asked.version
        return {"question_figures": represent.question_figures(asked) if same else {}}
    return {
        "lines": listing(found.source, found.report.findings),
        "draws_random": "random" in found.source and not _SEEDED.search(found.source),
    }
