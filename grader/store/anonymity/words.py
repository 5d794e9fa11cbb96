"""Words: takes names and what people wrote out of what a course keeps."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from exercises.quiz.answers import read_answers
from exercises.quiz.questions import label_of, variant
from grader.store.anonymity.bare_code import bare
from grader.store.anonymity.pseudonyms import OLD, RENAMED
from grader.store.anonymity.scope import assignments, work
from grader.store.models import (
    AttemptRow,
    AuditRow,
    CommentRow,
    ExtensionRow,
    OverrideRow,
    RegradeRow,
    ReviewRow,
    SubmissionRow,
    TrialRow,
)

#: What stands in the log in place of a person's id.
A_STUDENT = "student"
#: What the log keeps of what changed, beside numbers: moments, and words of ours.
_PLAIN = frozenset(
    {
        *("role", "criterion", "title", "time_zone", "archived_at"),
        *("exercise", "exercise_version", "version", "opens_at", "due_at", "closes_at"),
        *("release", "released_at", "hidden_criteria", "verdict", "regrade", "which"),
    }
)
#: A report in which nothing was printed, as it is kept.
_NOTHING_PRINTED = '%"printed":{"text":"",%'
#: So many programs are read at once.
_PAGE = 500


def bare_sources(
    connection: Connection, course: str, known: Collection[str] = ()
) -> dict[str, bytes | None]:
    """By submission its program without comments; None where it has none.

    Programs never change, so most of it can be done before the transaction that needs it.

    Args:
        connection: to read by.
        course: its id.
        known: the submissions of which that is known.
    """
    S, found = SubmissionRow, dict[str, bytes | None]()
    mine = select(S.id).where(S.assignment.in_(assignments(course))).order_by(S.id)
    for some in _slices([id_ for id_ in connection.scalars(mine) if id_ not in known]):
        query = select(S.id, S.source).where(S.id.in_(some))
        for row in connection.execute(query).all():
            told = bare(row.source)
            found[row.id] = None if told == row.source else told
    return found


def unlabel(connection: Connection, course: str) -> None:
    """Put the pseudonym's id where the student's stood as a label.

    The label of answers to a quiz decides which questions were asked. Theirs says that by itself,
    so that they are still marked by the right ones when they are graded again.
    """
    S, new = SubmissionRow, select(RENAMED.c.new)
    mine = select(S.id).where(S.assignment.in_(assignments(course)), S.person.in_(new))
    write = update(S).where(S.id == bindparam("id_")).values(student=bindparam("label"))
    for some in _slices(connection.scalars(mine.order_by(S.id)).all()):
        query = select(S.id, S.course, S.student, S.person, S.exercise, S.source)
        rows = connection.execute(query.where(S.id.in_(some))).all()
        connection.execute(write, [{"id_": row.id, "label": _label(row)} for row in rows])


def strip_code(connection: Connection, bared: Mapping[str, bytes | None]) -> None:
    """Put programs without comments in the place of those that were sent."""
    values = [{"id_": id_, "bare": source} for id_, source in bared.items() if source is not None]
    if values:
        S = SubmissionRow
        write = update(S).where(S.id == bindparam("id_")).values(source=bindparam("bare"))
        connection.execute(write, values)


def forget_printed(connection: Connection, course: str) -> None:
    """Take out of all reports what programs printed."""
    for table, keys in ((AttemptRow, ("submission", "number")), (TrialRow, ("id",))):
        columns = [getattr(table, key) for key in keys]
        query = select(*columns, table.report).where(
            table.submission.in_(work(course)),
            table.report.is_not(None),
            table.report.not_like(_NOTHING_PRINTED),
        )
        for row in connection.execute(query).all():
            report = json.loads(row.report)
            report["printed"] = {"text": "", "truncated": False}
            here = [column == getattr(row, column.key) for column in columns]
            told = json.dumps(report, separators=(",", ":"), ensure_ascii=False)
            connection.execute(update(table).where(*here).values(report=told))


def forget_words(connection: Connection, course: str) -> None:
    """Delete what people wrote: comments, reasons, what reviews ask and answer."""
    connection.execute(delete(CommentRow).where(CommentRow.submission.in_(work(course))))
    overrides = update(OverrideRow).where(OverrideRow.submission.in_(work(course)))
    connection.execute(overrides.values(reason=""))
    extensions = update(ExtensionRow).where(ExtensionRow.assignment.in_(assignments(course)))
    connection.execute(extensions.values(reason=""))
    regrades = update(RegradeRow).where(RegradeRow.course == course)
    connection.execute(regrades.values(reason=""))
    reviews = update(ReviewRow).where(ReviewRow.course == course)
    connection.execute(reviews.values(text=""))
    connection.execute(reviews.where(ReviewRow.answer.is_not(None)).values(answer=""))
    log = update(AuditRow).where(AuditRow.course == course)
    connection.execute(log.values(reason=""))


def blot_log(connection: Connection, course: str) -> None:
    """Keep that something was done, when, and in which numbers; by which student, not."""
    A = AuditRow
    log = update(A).where(A.course == course)
    # By the token too one could tell who it was.
    connection.execute(log.where(A.person.in_(OLD)).values(person=A_STUDENT, token=None))
    connection.execute(log.where(A.about.in_(OLD)).values(about=A_STUDENT))
    told = select(A.id, A.before, A.after).where(
        A.course == course, or_(A.before != "{}", A.after != "{}")
    )
    changed = [
        {"id_": row.id, "was": was, "now": now}
        for row in connection.execute(told).all()
        if (was := _plain(row.before), now := _plain(row.after)) != (row.before, row.after)
    ]
    if changed:
        write = update(A).where(A.id == bindparam("id_"))
        connection.execute(write.values(before=bindparam("was"), after=bindparam("now")), changed)


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _PAGE):
        yield ids[start : start + _PAGE]


def _label(row: Any) -> str:
    if read_answers(row.source) is None:
        return str(row.person)
    return label_of(variant(row.course, row.student, row.exercise))


def _plain(values: str) -> str:
    said = json.loads(values)
    return json.dumps(
        {
            key: value
            for key, value in said.items()
            if key in _PLAIN or value is None or isinstance(value, int | float)
        }
    )
