"""The pages of a course's regrades: grading again on trial, what would change, and applying it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exercises.exercise import AnyExercise
from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import INVALID, NOT_FOUND, REGRADE_STAGE, Complaint, RequestError
from grader.store.assignment.assignments import Assignment
from grader.store.course.courses import Course
from grader.store.regrade.regrading import Direction, Regrade, Stage, Which
from grader.web import regrades as words_of

#: How many regrades a page lists, and how many submissions of one.
PAGE_LENGTH = 50
#: How often a page without scripts asks how far a regrade is, in seconds.
_ASK_AGAIN = 5
_UNDER_WAY = (Stage.TRYING, Stage.APPLYING)


def regrades(course: str) -> str:
    """The regrades of a course, the newest first."""
    who, held = principal(), desk().regrades
    found = desk().courses.course(who, course)
    before = request.args.get("before") or None
    page, cursor = held.page(who, course, limit=PAGE_LENGTH, before=before)
    assigned = _assigned(found)
    return render_template(
        "staff/regrades.html",
        course=found,
        regrades=page,
        progress={one.id: held.progress(one) for one in page if one.stage in _UNDER_WAY},
        titles={id_: title for id_, (_, title) in assigned.items()},
        newer=[
            (one, title) for one, title in assigned.values() if held.newer_version(one) is not None
        ],
        names=_names(page),
        cursor=cursor,
        before=before,
        said=words_of,
    )


def new_regrade(course: str) -> str:
    """The form for another one; `?assignment=ID` says of which assignment."""
    found = desk().courses.course(principal(), course)
    assigned = _assigned(found)
    chosen = request.args.get("assignment", "")
    if chosen and chosen not in assigned:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    return _form(found, assigned, chosen, request.args.getlist("submissions"))


def begin_regrade(course: str) -> tuple[str, HTTPStatus] | Response:
    """Begin one, and show how far it is."""
    who, form = principal(), request.form
    found = desk().courses.course(who, course)
    assigned, chosen = _assigned(found), form.get("assignment", "")
    if chosen not in assigned:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    # One field for each, or all in one, however they are parted.
    named = [
        id_ for text in form.getlist("submissions") for id_ in re.split(r"[\s,]+", text) if id_
    ]
    try:
        begun = desk().regrades.begin(
            who,
            chosen,
            _which(form.get("which", ""), named),
            named,
            version=form.get("version") or None,
            reason=form.get("reason", "").strip()[:1000].replace("\0", ""),
        )
    except RequestError as error:
        if error.problem.type is not INVALID:
            raise
        page = _form(found, assigned, chosen, named, error.problem.detail)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return _to(begun)


def regrade(course: str, id_: str) -> str:
    """One regrade: how far it is, and what it would change; `?only=` shows a part of that."""
    found = _regrade(course, id_)
    held = desk().regrades
    progress = held.progress(found)
    shown: dict[str, Any] = {
        "regrade": found,
        "progress": progress,
        "said": words_of,
        "columns": words_of.columns(list(progress.bars)),
        "refresh_seconds": _ASK_AGAIN if found.stage in _UNDER_WAY else None,
    }
    if request.args.get("part") == "progress":
        return render_template("staff/_regrade_progress.html", **shown)
    only, after = _only(), request.args.get("after") or None
    page, cursor = held.preview(found, limit=PAGE_LENGTH, direction=only, after=after)
    entity, title = _assigned(desk().courses.course(principal(), course))[found.assignment]
    return render_template(
        "staff/regrade.html",
        **shown,
        course=desk().courses.course(principal(), course),
        assignment=entity,
        title=title,
        names=_names([found]),
        trials=page,
        only=only,
        cursor=cursor,
        after=after,
        may_move=principal().is_instructor(course),
        wrong=request.args.get("wrong") == "stage",
    )


def choose_regraded(course: str, id_: str) -> Response:
    """Leave a submission out, or take it along again."""
    found = _regrade(course, id_)
    chosen = request.form.get("chosen") == "yes"
    desk().regrades.choose(principal(), found.id, request.form.get("submission", ""), chosen=chosen)
    kept: dict[str, Any] = {
        name: request.form[name] for name in ("only", "after") if request.form.get(name)
    }
    address = url_for("pages.regrade", course=course, id_=id_, **kept, _anchor="preview")
    return redirect(address, HTTPStatus.SEE_OTHER)


def apply_regrade(course: str, id_: str) -> Response:
    """Let the trials' reports become the grades."""
    found = _regrade(course, id_)
    try:
        desk().regrades.apply(
            principal(),
            found.id,
            never_lower="never_lower" in request.form,
            moves_version="move_version" in request.form,
        )
    except RequestError as error:
        return _too_late(found, error)
    return _to(found)


def cancel_regrade(course: str, id_: str) -> Response:
    """End it; what was applied stays."""
    found = _regrade(course, id_)
    try:
        desk().regrades.cancel(principal(), found.id)
    except RequestError as error:
        return _too_late(found, error)
    return _to(found)


def _form(
    course: Course,
    assigned: dict[str, tuple[Assignment, str]],
    chosen: str,
    named: list[str],
    complaint: str = "",
) -> str:
    held, versions, served = desk().regrades, [], None
    if chosen:
        entity, _ = assigned[chosen]
        versions = held.kept_versions(principal(), chosen)
        found: AnyExercise | None = held.served(entity.exercise)
        served = None if found is None else found.version
    return render_template(
        "staff/new_regrade.html",
        course=course,
        assigned=assigned,
        chosen=chosen,
        named=named,
        versions=versions,
        served=served,
        which=request.form.get("which", Which.THESE if named else Which.LATEST),
        reason=request.form.get("reason", ""),
        complaint=complaint,
        said=words_of,
    )


def _assigned(course: Course) -> dict[str, tuple[Assignment, str]]:
    """By id the assignments of a course, each with its title."""
    held = desk().courses
    found = {}
    for one in held.assignments.of(course.id):
        exercise = held.pinned.get(one.exercise, one.exercise_version)
        found[one.id] = (one, one.exercise if exercise is None else exercise.title)
    return found


def _regrade(course: str, id_: str) -> Regrade:
    """A regrade of this course.

    Raises:
        RequestError: not-found.
    """
    found = desk().regrades.regrade(principal(), id_)
    if found.course != course:
        raise RequestError(NOT_FOUND, "There is no such regrade.")
    return found


def _which(text: str, named: list[str]) -> Which:
    """Which submissions a form asks for.

    Raises:
        RequestError: invalid.
    """
    try:
        return Which(text or (Which.THESE if named else Which.LATEST))
    except ValueError:
        complaint = Complaint("This must be one of those in the form.", "#/which")
        raise RequestError(INVALID, "There is no such choice.", [complaint]) from None


def _only() -> Direction | None:
    asked = request.args.get("only", "")
    return Direction(asked) if asked in set(Direction) else None


def _names(found: list[Regrade]) -> dict[str, str]:
    """By id the names of who began or decided them."""
    ids = {id_ for one in found for id_ in (one.begun_by.person, one.decided_by.person) if id_}
    return dict(desk().courses.people.names(ids))


def _to(found: Regrade) -> Response:
    return redirect(
        url_for("pages.regrade", course=found.course, id_=found.id), HTTPStatus.SEE_OTHER
    )


def _too_late(found: Regrade, error: RequestError) -> Response:
    """Show how far it is by now: somebody was faster, or it has ended by itself."""
    if error.problem.type is not REGRADE_STAGE:
        raise error
    address = url_for("pages.regrade", course=found.course, id_=found.id, wrong="stage")
    return redirect(address, HTTPStatus.SEE_OTHER)
