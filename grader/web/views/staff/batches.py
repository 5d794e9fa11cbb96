"""The pages of handing in for a class: send an archive, see what it would do, begin, follow."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import (
    ARCHIVED,
    BATCH_STAGE,
    INVALID,
    NOT_FOUND,
    Complaint,
    RequestError,
)
from grader.store.assignment.deadlines import read_moment, zone_of
from grader.store.batch.entities import Batch, BatchStage, ItemState
from grader.web import batches as words_of
from grader.web.views.staff.policies import assignment_of, title_of

#: How many batches a page lists, and how many files of one.
PAGE_LENGTH = 50
FILES_SHOWN = 200
#: How often a page without scripts asks how far it is, in seconds.
_ASK_AGAIN = 5
_PERSON = "person-"


def batches(course: str, id_: str) -> str:
    """What was handed in for a class, and a form to do it."""
    return _page(course, id_)


def send_batch(course: str, id_: str) -> Response:
    """Read an archive, and show what would happen: nothing is handed in yet."""
    assignment_of(course, id_)
    sent = request.files.get("archive")
    content = b"" if sent is None else sent.read()
    try:
        made = desk().batches.record(
            principal(),
            id_,
            content,
            name="" if sent is None else (sent.filename or ""),
            sent_at=_sent_at(course),
            hold=True,
        )
    except RequestError as error:
        if error.problem.type not in {INVALID, ARCHIVED}:
            raise
        return make_response(
            _page(course, id_, error.problem.detail), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return _to(made)


def batch(course: str, id_: str) -> str:
    """One batch: what would become of each file, or what has; `?state=` shows some of them."""
    return _batch(_found(course, id_))


def begin_batch(course: str, id_: str) -> Response:
    """Keep what was said of whose the files are; begin it, if that button was pressed."""
    found, held, who = _found(course, id_), desk().batches, principal()
    out = set(request.form.getlist("out"))
    try:
        for name, person in request.form.items():
            place = name.removeprefix(_PERSON)
            if name.startswith(_PERSON) and place.isdecimal() and person:
                held.choose(who, found.id, int(place[:9]), person)
        for place in sorted(out):
            if place.isdecimal():
                held.choose(who, found.id, int(place[:9]), None)
        if request.form.get("act") == "begin":
            held.begin(who, found.id)
    except RequestError as error:
        if error.problem.type is INVALID:
            page = _batch(_found(course, id_), error.problem.detail)
            return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY)
        if error.problem.type is not BATCH_STAGE:
            raise
    return _to(found)


def cancel_batch(course: str, id_: str) -> Response:
    """End it; what was handed in stays."""
    found = _found(course, id_)
    try:
        desk().batches.cancel(principal(), found.id)
    except RequestError as error:  # somebody was faster, or it has ended by itself
        if error.problem.type is not BATCH_STAGE:
            raise
    return _to(found)


def _page(course: str, id_: str, complaint: str = "") -> str:
    held, who = desk().batches, principal()
    entity, found = assignment_of(course, id_), desk().courses.course(who, course)
    before = request.args.get("before") or None
    page, cursor = held.page(who, id_, limit=PAGE_LENGTH, before=before)
    return render_template(
        "staff/batches.html",
        course=found,
        assignment=entity,
        title=title_of(entity),
        exercise=desk().courses.pinned.get(entity.exercise, entity.exercise_version),
        batches=page,
        counts={one.id: held.counts(one) for one in page},
        names=desk().courses.people.names([one.sent_by.person or "" for one in page]),
        cursor=cursor,
        complaint=complaint,
        said=words_of,
    )


def _batch(found: Batch, complaint: str = "") -> str:
    held = desk().batches
    counts = held.counts(found)
    going_on = words_of.goes_on(found, counts)
    if request.args.get("part") == "progress":
        return render_template(
            "staff/_batch_progress.html", batch=found, counts=counts, said=words_of
        )
    state, after = _state(), request.args.get("after", "")
    place = int(after[:9]) if after.isdecimal() else -1
    items, cursor = held.items(found, limit=FILES_SHOWN, after=place, state=state)
    entity = assignment_of(found.course, found.assignment)
    unsaid = any(one.is_open and one.person is None for one in items)
    return render_template(
        "staff/batch.html",
        course=desk().courses.course(principal(), found.course),
        assignment=entity,
        title=title_of(entity),
        batch=found,
        counts=counts,
        items=items,
        state=state,
        after=after,
        cursor=cursor,
        students=held.without_files(found) if unsaid else [],
        names=desk().courses.people.names([found.sent_by.person or ""]),
        zone=zone_of(desk().courses.course(principal(), found.course).time_zone),
        refresh_seconds=_ASK_AGAIN if going_on else None,
        complaint=complaint,
        said=words_of,
        planned=found.stage is BatchStage.PLANNED,
    )


def _sent_at(course: str) -> datetime | None:
    """The time that the form gives for all, in the course's time zone.

    Raises:
        RequestError: invalid.
    """
    given = request.form.get("sent_at", "").strip()
    if not given:
        return None
    zone = zone_of(desk().courses.course(principal(), course).time_zone)
    try:
        return read_moment(given, zone)
    except ValueError as error:
        sentence = f"{str(error)[:1].upper()}{str(error)[1:]}."
        raise RequestError(INVALID, sentence, [Complaint(sentence, "#/sent_at")]) from error


def _state() -> ItemState | None:
    asked = request.args.get("state", "")
    return ItemState(asked) if asked in set(ItemState) else None


def _found(course: str, id_: str) -> Batch:
    """A batch of this course.

    Raises:
        RequestError: not-found.
    """
    found = desk().batches.batch(principal(), id_)
    if found.course != course:
        raise RequestError(NOT_FOUND, "There is no such batch.")
    return found


def _to(found: Batch) -> Response:
    address = url_for("pages.batch", course=found.course, id_=found.id)
    return redirect(address, HTTPStatus.SEE_OTHER)
