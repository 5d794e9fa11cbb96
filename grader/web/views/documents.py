"""The pages that explain: help, problems, the interface."""

from __future__ import annotations

from http import HTTPStatus

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from grader.desks.problems import NOT_FOUND, PROBLEM_TYPES, RequestError
from grader.student_code import sections


def help_page() -> str:
    """What may be written in an f."""
    return render_template("help.html", sections=sections())


def problems() -> str:
    """All problem types."""
    return render_template("problems.html", kinds=PROBLEM_TYPES.values())


def problem(slug: str) -> str:
    """What a problem type means and what to do about it."""
    kind = PROBLEM_TYPES.get(slug)
    if kind is None:
        raise RequestError(NOT_FOUND, "There is no problem of this name.")
    return render_template("problem_type.html", kind=kind)


def schemas() -> str:
    """The documents that describe the interface."""
    return render_template("schemas.html")


def favicon() -> AnyResponse:
    """Where browsers look unasked."""
    return redirect(url_for("static", filename="favicon.svg"), HTTPStatus.MOVED_PERMANENTLY)
