"""The pages of courses: one's courses, each with its assignments, and the page of each of these."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request

from exercises.exercise import QuizExercise
from grader.access.principal import principal
from grader.desks.courses import Assigned
from grader.desks.desk import desk
from grader.desks.problems import NOT_FOUND, RequestError
from grader.store.gradebook.cells import Total
from grader.web import failures
from grader.web.quiz import show_quiz
from grader.web.standing import shown
from grader.web.views.exercise import show_editor


def courses() -> str:
    """The courses that one is in, with what they ask for."""
    held, who = desk().courses, principal()
    listed = [
        (
            course,
            [(shown(one, course), one.exercise) for one in held.assigned(who, course.id)],
            _totals(course.id),
        )
        for course, _ in held.of(who)
    ]
    return render_template("courses.html", courses=listed, told=failures)


def course(course: str) -> str:
    """A course: its assignments with their deadlines, and how one stands, or the class does."""
    held, who = desk().courses, principal()
    found = held.course(who, course)
    seen = held.assigned(who, course)
    is_staff = who.is_staff(course)
    return render_template(
        "course.html",
        course=found,
        assigned=[(shown(one, found), one.exercise) for one in seen],
        totals=_totals(course),
        told=failures,
        stopped=desk().webhooks.webhooks.stopped(course) if who.is_instructor(course) else 0,
        newer=_with_newer_versions(seen) if is_staff else [],
        asked=desk().reviews.reviews.count_open(course) if is_staff else 0,
        failed=desk().internal_errors.extent(who, course).submissions if is_staff else 0,
    )


def assignment(course: str, id_: str) -> str:
    """An assignment: its exercise, at its version, with how one stands in it.

    `?from=ID` begins with what that submission held.

    Raises:
        RequestError: not-found.
    """
    held, who = desk().courses, principal()
    found = held.assignment(who, id_)
    if found.assignment.course != course:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    origin = request.args.get("from")
    before = desk().submission(origin) if origin else None
    standing = shown(found, held.course(who, course))
    if isinstance(found.exercise, QuizExercise):
        return show_quiz(found.exercise, before, standing)
    return show_editor(found.exercise, before, standing)


def _totals(course: str) -> Mapping[str, Total] | None:
    """How the class has done in each assignment; None for who does not teach it."""
    who = principal()
    return desk().classes.totals(who, course) if who.is_staff(course) else None


def _with_newer_versions(seen: list[Assigned]) -> list[Assigned]:
    """Those whose exercise has changed since it was assigned."""
    held = desk().regrades
    return [one for one in seen if held.newer_version(one.assignment) is not None]
