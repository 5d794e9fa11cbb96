"""Announcements: write into the outbox what happened, in the transaction in which it happens.

An event and what it tells of are both kept, or neither; and for each webhook it is written once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from exercises.outcome import Verdict
from grader.store.assignment.disclosure import WHOLE
from grader.store.identifiers import new_id
from grader.store.models import DeliveryRow as D
from grader.store.models import ExternalIdRow as X
from grader.store.models import PersonRow
from grader.store.models import SubmissionRow as S
from grader.store.models import WebhookRow as W
from grader.store.submission.entities import SUMMARY, joined, summary_of
from grader.store.webhook.deliveries import fresh
from grader.webhooks.event import Event, Links, Payload, Student, Told

#: Submissions looked up by one query; SQLite takes so many values and some more.
_BATCH = 400


def announce(connection: Connection, event: Event, submission: str, *, now: datetime) -> int:
    """Tell the webhooks of a submission's course that something happened to it.

    Args:
        connection: of the transaction in which it happens; it has been written there already.
        event: what happened.
        submission: its id. One outside an assignment is told to nobody.
        now: when.

    Returns:
        How many deliveries were written.
    """
    return announce_all(connection, event, [submission], now=now)


def announce_all(
    connection: Connection, event: Event, submissions: Iterable[str], *, now: datetime
) -> int:
    """The same of many submissions, each by an event of its own."""
    ids, count = iter(submissions), 0
    while some := list(islice(ids, _BATCH)):
        listeners = _listeners(connection, event, some)
        if listeners:
            count += _write(connection, event, some, listeners, now=now)
    return count


def _listeners(
    connection: Connection, event: Event, submissions: Sequence[str]
) -> dict[str, list[str]]:
    """By course the webhooks that are told of an event; mostly there are none at all."""
    courses = select(S.course).where(S.id.in_(submissions))
    query = select(W.id, W.course, W.events).where(W.course.in_(courses)).order_by(W.id)
    found = defaultdict[str, list[str]](list)
    for row in connection.execute(query):
        if event in row.events.split():
            found[row.course].append(row.id)
    return found


def _write(
    connection: Connection,
    event: Event,
    submissions: Sequence[str],
    listeners: dict[str, list[str]],
    *,
    now: datetime,
) -> int:
    query = joined(select(*SUMMARY, PersonRow.username)).outerjoin(
        PersonRow, PersonRow.id == S.person
    )
    # Only by an assignment: without one, `course` is a label that anybody may write.
    query = query.where(S.id.in_(submissions), S.assignment.is_not(None)).order_by(S.id)
    rows = connection.execute(query).all()
    known = _external_ids(connection, rows)
    values = []
    for row in rows:
        told = _told(row, known.get((row.course, row.person), {}), now=now)
        payload = Payload(
            id=new_id(int(now.timestamp() * 1000)),
            type=event,
            timestamp=now,
            course=row.course,
            data=told,
        )
        body = payload.to_json()
        values += [
            fresh(webhook, payload, body, now=now, about=told)
            for webhook in listeners.get(row.course, ())
        ]
    if values:
        connection.execute(insert(D), values)
    return len(values)


def _external_ids(
    connection: Connection, rows: Iterable[Row[*tuple[Any, ...]]]
) -> dict[tuple[str, str | None], dict[str, str]]:
    """By course and person what platforms call them there."""
    courses, people = {row.course for row in rows}, {row.person for row in rows}
    query = select(X.course, X.person, X.kind, X.value).where(
        X.course.in_(courses), X.person.in_(people - {None})
    )
    found = defaultdict[tuple[str, str | None], dict[str, str]](dict)
    for row in connection.execute(query.order_by(X.kind)):
        found[row.course, row.person][row.kind] = row.value
    return found


def _told(row: Row[*tuple[Any, ...]], external_ids: dict[str, str], *, now: datetime) -> Told:
    summary = summary_of(row)
    assert summary.assignment is not None  # by the query
    student = None
    if summary.person is not None:
        student = Student(id=summary.person, username=row.username, external_ids=external_ids)
    # A failure of ours has no score, as in all that is answered: it would be read as a zero.
    graded = summary.verdict is not None and summary.verdict is not Verdict.INTERNAL_ERROR
    return Told(
        submission=summary.id,
        assignment=summary.assignment,
        exercise=summary.exercise,
        exercise_version=summary.exercise_version,
        student=student,
        accepted_at=summary.accepted_at,
        graded_at=summary.graded_at,
        verdict=summary.verdict,
        score=summary.score if graded else None,
        max_score=summary.max_score,
        counted_score=summary.counted_score if graded else None,
        days_late=0 if summary.lateness is None else summary.lateness.days,
        shown=(WHOLE if summary.policy is None else summary.policy.disclosed(now)).extent.value,
        # The store knows no addresses of the web; a test holds these against them.
        links=Links(
            submission=f"/api/v1/submissions/{summary.id}", page=f"/submissions/{summary.id}"
        ),
    )
