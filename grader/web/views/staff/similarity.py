"""The pages of similarity: pairs of a class whose work agrees, and two of them side by side."""

from __future__ import annotations

from flask import render_template, request

from exercises.exercise import CodeExercise
from grader.access.principal import principal
from grader.api.endpoints.similarity import pair_cursor
from grader.api.represent.likeness import thumbnail_address
from grader.desks.desk import desk
from grader.desks.paging import page_of
from grader.desks.problems import NOT_FOUND, RequestError
from grader.web import chances
from grader.web.common_code import common_code

#: How many pairs a page shows.
PAGE_LENGTH = 50


def similarities(course: str) -> str:
    """The assignments of a course whose programs can be compared."""
    held, who = desk().courses, principal()
    found = held.course(who, course)
    assigned = [
        (one.assignment.id, one.exercise.title, isinstance(one.exercise, CodeExercise))
        for one in held.assigned(who, course)
    ]
    return render_template("staff/similarities.html", course=found, assigned=assigned)


def similarity(course: str, id_: str) -> str:
    """The pairs of an assignment, the least likely first."""
    found = desk().similarity.similarity(principal(), id_)
    _require(found.course.id == course)
    page, cursor = page_of(found.pairs, PAGE_LENGTH, request.args.get("after"), pair_cursor)
    return render_template(
        "staff/similarity.html",
        found=found,
        pairs=page,
        following=cursor,
        chances=chances,
        thumbnail=thumbnail_address,
    )


def similar_pair(course: str, id_: str, a: str, b: str) -> str:
    """Two submissions side by side, with what they have in common."""
    closer = desk().similarity.closer(principal(), id_, a, b)
    _require(closer.course.id == course)
    return render_template(
        "staff/similar_pair.html",
        closer=closer,
        common=common_code(*closer.sources, closer.own),
        chances=chances,
        thumbnail=thumbnail_address,
    )


def _require(here: bool) -> None:
    """Let an assignment of another course be none.

    Raises:
        RequestError: not-found.
    """
    if not here:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
