"""Accounts: ends those of people whom nothing on this server holds any more."""

from __future__ import annotations

import json
import re

from sqlalchemy import ColumnElement, Connection, delete, exists, select, update
from sqlalchemy import Table as TableOf

from grader.store.anonymity.pseudonyms import OLD, RENAMED
from grader.store.anonymity.scope import people_in, work
from grader.store.erasure import ERASED, erase_work
from grader.store.models import (
    AccessTokenRow,
    AuditRow,
    DeliveryRow,
    ExternalIdRow,
    FingerprintRow,
    InvitationRow,
    MembershipRow,
    PersonRow,
    RequestRow,
    SubmissionRow,
    Table,
    TallyDueRow,
)

GONE: ColumnElement[str] = select(RENAMED.c.old).where(RENAMED.c.gone).scalar_subquery()

#: What goes with a person, though a row of it could stand without one.
_THEIRS = {row.__tablename__ for row in (InvitationRow, FingerprintRow, DeliveryRow, TallyDueRow)}
_ID = re.compile(rb"[0-9a-hjkmnp-tv-z]{26}")


def end_accounts(connection: Connection) -> int:
    """Delete those of the old people whom no course knows any more, with all that is theirs.

    Returns how many those were.
    """
    P, M, S = PersonRow, MembershipRow, SubmissionRow
    known = exists().where(M.person == RENAMED.c.old) | exists().where(
        S.person == RENAMED.c.old, S.assignment.is_not(None)
    )
    operators = exists().where(P.id == RENAMED.c.old, P.is_operator)
    ended = update(RENAMED).where(~known, ~operators).values(gone=True)
    count = connection.execute(ended).rowcount
    practice = connection.scalars(select(S.id).where(S.person.in_(GONE)).order_by(S.id)).all()
    erase_work(connection, practice)
    for table in Table.metadata.sorted_tables:
        if table.name not in {AuditRow.__tablename__, P.__tablename__}:
            _forget(connection, table)
    words = {"reason": "", "before": "{}", "after": "{}"}
    for column in (AuditRow.about, AuditRow.person):
        blot = update(AuditRow).where(column.in_(GONE))
        connection.execute(blot.values({**words, column.key: ERASED}))
    connection.execute(delete(P).where(P.id.in_(GONE)))
    return count


def _forget(connection: Connection, table: TableOf) -> None:
    for column in people_in(table):
        if column.nullable and column.table.name not in _THEIRS:
            write = update(column.table).where(column.in_(GONE))
            connection.execute(write.values({column.name: None}))
        else:
            connection.execute(delete(column.table).where(column.in_(GONE)))


def forget_answers(connection: Connection, course: str) -> None:
    """Delete the answers kept for keys that tell of the course's students: of two days at most."""
    R, T, P, X = RequestRow, AccessTokenRow, PersonRow, ExternalIdRow
    theirs = select(T.id).where(T.person.in_(OLD))
    connection.execute(delete(R).where(R.owner.in_(OLD) | R.owner.in_(theirs)))
    people = connection.execute(select(P.id, P.name, P.username).where(P.id.in_(OLD))).all()
    values = connection.scalars(select(X.value).where(X.course == course, X.person.in_(OLD))).all()
    ids = {row.id.encode() for row in people}
    ids |= {
        id_.encode()
        for id_ in connection.scalars(
            select(SubmissionRow.id).where(SubmissionRow.id.in_(work(course)))
        )
    }
    texts = {row.name for row in people} | {row.username for row in people if row.username}
    names = {form for text in texts | set(values) for form in _written(text)}
    for row in connection.execute(select(R.owner, R.key, R.headers, R.body)).all():
        said = row.headers.encode() + (row.body or b"")
        if not ids.isdisjoint(_ID.findall(said)) or any(name in said for name in names):
            connection.execute(delete(R).where(R.owner == row.owner, R.key == row.key))


def _written(text: str) -> tuple[bytes, bytes]:
    """A text as it can stand in an answer: as it is, and as JSON may escape it."""
    return text.encode(), json.dumps(text)[1:-1].encode()
