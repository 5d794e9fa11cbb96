"""Where a class fails: the assignments of a course, one of them, and a cluster of its students."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.api import resources
from grader.desks.desk import desk
from grader.desks.problems import INVALID, NOT_FOUND, RequestError
from grader.store.assignment.assignments import Assignment
from grader.store.submission.snags import Snag
from grader.web import cells
from grader.web import failures as words_of
from grader.web.queries import read_query
from grader.web.views.talk import plain, validated


def failures(course: str) -> str:
    """The assignments of a course: how many pass, how long it takes, and what they fail by."""
    found, several = desk().classes.difficulties(principal(), course)
    return render_template("staff/failures.html", course=found, several=several, told=words_of)


def assignment_failures(course: str, id_: str) -> str:
    """One assignment: by criterion, and in clusters.

    Raises:
        RequestError: not-found.
    """
    who = principal()
    _require_of(course, desk().courses.entity(who, id_))
    found, parts = desk().classes.difficulty(who, id_)
    return render_template(
        "staff/assignment_failures.html",
        course=desk().courses.course(who, course),
        one=found,
        parts=parts,
        told=words_of,
    )


def caught(course: str, id_: str) -> str:
    """The students of one cluster, each with the submission in question.

    Raises:
        RequestError: not-found, bad-cursor, invalid.
    """
    done = request.args.get("done", "")
    return _caught(course, id_, done=int(done) if done.isascii() and done.isdigit() else None)


def comment_on_caught(course: str, id_: str) -> Response | tuple[str, HTTPStatus]:
    """Write one comment on the submissions of all students of a cluster.

    Raises:
        RequestError: not-found.
    """
    who = principal()
    _require_of(course, desk().courses.entity(who, id_))
    snag, named = _snag(read_query(resources.SnagQuery))
    caught = desk().classes.caught(who, id_, snag)
    text = plain(request.form.get("text", ""))
    try:
        if caught:
            sent = validated(resources.CommentChange, {"text": text})
            desk().reviews.comment_on_each(who, id_, caught, sent.text)
    except RequestError as error:
        if error.problem.type is not INVALID:
            raise
        wrong = "; ".join(one.message for one in error.problem.errors) or error.problem.detail
        return _caught(course, id_, text=text, wrong=wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    done = url_for("pages.caught", course=course, id_=id_, **named, done=len(caught))
    return redirect(done, HTTPStatus.SEE_OTHER)


def _caught(
    course: str, id_: str, *, done: int | None = None, text: str = "", wrong: str = ""
) -> str:
    who = principal()
    assignment = desk().courses.entity(who, id_)
    _require_of(course, assignment)
    query = read_query(resources.SnagQuery)
    snag, _ = _snag(query)
    held = desk().classes
    members, cursor = held.cluster(who, id_, snag, limit=query.limit, after=query.after)
    # What is done with all of them, on whatever page they are.
    submissions = held.caught(who, id_, snag)
    return render_template(
        "staff/caught.html",
        course=desk().courses.course(who, course),
        assignment=assignment,
        exercise=desk().courses.pinned.get(assignment.exercise, assignment.exercise_version),
        snag=snag,
        caught=members,
        cursor=cursor,
        submissions=submissions,
        count=len(submissions),
        said=desk().reviews.said_to_all(submissions),
        done=done,
        text=text,
        wrong=wrong,
        kept=query.model_dump(mode="json", exclude_defaults=True, exclude={"after"}),
        query=query,
        cells=cells,
        told=words_of,
    )


def _snag(query: resources.SnagQuery) -> tuple[Snag, dict[str, Any]]:
    """What a cluster is known by, and the same as its address says it."""
    snag = Snag(query.part, query.kind, query.name)
    return snag, {"part": snag.part, "kind": snag.kind.value, "name": snag.name}


def _require_of(course: str, assignment: Assignment) -> None:
    if assignment.course != course:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
