"""The pages of exercises: their list, and each with its editor or its questions."""

from __future__ import annotations

import re

from flask import render_template, request

from exercises.catalog.material import read_sketch
from exercises.exercise import CodeExercise, QuizExercise
from grader.api import represent
from grader.api.desk import desk
from grader.api.problems import INVALID, NOT_FOUND, Complaint, RequestError
from grader.store.submissions import Submission
from grader.web import catalogue
from grader.web.quiz import show_quiz
from grader.web.redraw import another_seed, redrawn

START = "playground"
_SEED = re.compile(r"[0-9]{1,9}", re.ASCII)


def home() -> str:
    """The playground, or else the first exercise that there is."""
    catalog = desk().catalog
    slug = START if START in catalog.exercises else next(iter(catalog.exercises), START)
    return exercise(slug)


def exercises() -> str:
    """All exercises, by the parts of the course."""
    return render_template(
        "exercises.html", parts=catalogue.parts(desk().catalog.exercises.values())
    )


def exercise(slug: str) -> str:
    """An exercise with its editor or its questions.

    `?from=ID` begins with what that submission held, `?sketch=NAME` with one of the gallery,
    `?seed=N` with weights drawn by this seed, and `?student=NAME` says whose questions are meant.
    """
    id_ = request.args.get("from")
    origin = desk().submission(id_) if id_ else None
    shown = desk().exercise(slug)
    return show_quiz(shown, origin) if isinstance(shown, QuizExercise) else _editor(shown, origin)


def _editor(shown: CodeExercise, origin: Submission | None) -> str:
    begun = _begun(shown, origin)
    return render_template(
        "exercise.html",
        exercise=represent.exercise(shown),
        neighbours=catalogue.neighbours(shown.slug, desk().catalog.exercises),
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
