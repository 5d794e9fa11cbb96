"""The pages of exercises: their list, and each with its editor or its questions."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exercises.catalog.material import read_sketch
from exercises.exercise import CodeExercise, QuizExercise
from exercises.live import has_picture, shows_target
from grader.access.principal import principal
from grader.api import represent
from grader.desks.desk import desk
from grader.desks.problems import INVALID, NOT_FOUND, Complaint, RequestError
from grader.store.assignment.assignments import Assignment
from grader.store.submission.submissions import Submission
from grader.web import catalogue
from grader.web.quiz import show_quiz
from grader.web.redraw import another_seed, redrawn
from grader.web.standing import Shown

START = "playground"
#: What an address may ask the editor to begin with.
_BEGINNINGS = ("from", "sketch", "seed")
_SEED = re.compile(r"[0-9]{1,9}", re.ASCII)


def home() -> str | Response:
    """The courses of who has signed in and is in one; for everybody else the playground."""
    who = principal()
    if who.roles and not who.is_demo:
        return redirect(url_for("pages.courses"), HTTPStatus.SEE_OTHER)
    return playground()


def playground() -> str | Response:
    """Where there is something to try: the playground, or else the first exercise that there is."""
    seen = desk().exercises()
    slug = START if START in seen else next(iter(seen), START)
    return exercise(slug)


def exercises() -> str:
    """All exercises, by the parts of the course."""
    return render_template("exercises.html", parts=catalogue.parts(desk().exercises().values()))


def exercise(slug: str) -> str | Response:
    """An exercise with its editor or its questions; to whom a course has assigned it, as assigned.

    `?from=ID` begins with what that submission held, `?sketch=NAME` with one of the gallery, and
    `?seed=N` with weights drawn by this seed.
    """
    assignment = _assigned(slug)
    if assignment is not None:
        parts: dict[str, Any] = {"course": assignment.course, "id_": assignment.id}
        parts |= {key: request.args[key] for key in _BEGINNINGS if key in request.args}
        return redirect(url_for("pages.assignment", **parts), HTTPStatus.SEE_OTHER)
    id_ = request.args.get("from", "")
    origin = desk().submission(id_) if id_ else None
    shown = desk().exercise(slug)
    if isinstance(shown, QuizExercise):
        return show_quiz(shown, origin)
    return show_editor(shown, origin)


def show_editor(
    shown: CodeExercise, origin: Submission | None, assignment: Shown | None = None
) -> str:
    """The page with the editor.

    Args:
        shown: the exercise, of an assignment at its version.
        origin: the submission to begin with.
        assignment: None outside a course.

    Raises:
        RequestError: not-found, invalid.
    """
    begun = _begun(shown, origin)
    target = None
    if shows_target(shown):
        target = url_for("target.show", slug=shown.slug, version=shown.version)
    return render_template(
        "exercise.html",
        exercise=represent.exercise(shown),
        assignment=assignment,
        counts=assignment is not None or shown.graded,
        here=request.path,
        has_picture=has_picture(shown),
        live_version=shown.version,
        target=target,
        neighbours=None if assignment else catalogue.neighbours(shown.slug, desk().exercises()),
        source=shown.starter if begun is None else begun,
        # Asked for by the address: the browser's own draft does not take its place.
        begun=begun is not None,
        sketch=request.args.get("sketch"),
        next_seed=another_seed(),
    )


def _assigned(slug: str) -> Assignment | None:
    """The assignment that asks a student for this exercise; None for who may try all."""
    who = principal()
    if who.sees_all_exercises:
        return None
    asked = (one.assignment for one in desk().courses.all_assigned(who))
    return next((one for one in asked if one.exercise == slug), None)


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
