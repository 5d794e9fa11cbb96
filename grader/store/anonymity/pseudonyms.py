"""Pseudonyms: people without a name, who take over what a course holds of its students."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import Table as TableOf

from grader.store.anonymity.scope import assignments, in_course, people_in
from grader.store.course.roles import Role
from grader.store.identifiers import new_id
from grader.store.models import (
    AccessTokenRow,
    AuditRow,
    BatchItemRow,
    BatchRow,
    DeliveryRow,
    ExtensionRow,
    ExternalIdRow,
    GuiseRow,
    InvitationRow,
    MembershipRow,
    PersonRow,
    SessionRow,
    SubmissionRow,
    Table,
    TallyDueRow,
    WebhookRow,
)
from grader.store.models.base import Id

#: Who is who, for as long as the transaction lasts: kept nowhere.
RENAMED = TableOf(
    "renamed",
    MetaData(),
    Column("old", Id, primary_key=True),
    Column("new", Id, nullable=False),
    Column("gone", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)
OLD: ColumnElement[str] = select(RENAMED.c.old).scalar_subquery()

#: What is taken away and not handed on, or has a road of its own (the log).
_NOT_HANDED_ON = {
    row.__tablename__
    for row in (
        *(AccessTokenRow, AuditRow, BatchItemRow, BatchRow, DeliveryRow, ExternalIdRow, GuiseRow),
        *(InvitationRow, MembershipRow, PersonRow, SessionRow, TallyDueRow),
    )
}


def students(connection: Connection, course: str) -> list[str]:
    """The ids of a course's students, and of those who were and have left something behind.

    Held until the end of the transaction, so that nothing comes in meanwhile (PostgreSQL).
    """
    M, S, X, E = MembershipRow, SubmissionRow, ExternalIdRow, ExtensionRow
    here = connection.execute(
        select(M.person, M.role).where(M.course == course).with_for_update()
    ).all()
    staff = [row.person for row in here if row.role != Role.STUDENT]
    P = PersonRow
    traces = or_(
        P.id.in_(select(S.person).where(S.assignment.in_(assignments(course)))),
        P.id.in_(select(E.person).where(E.assignment.in_(assignments(course)))),
        P.id.in_(select(X.person).where(X.course == course)),
    )
    left = connection.scalars(
        select(P.id).where(traces, P.id.not_in(staff), P.is_operator.is_(False))
    )
    return sorted({row.person for row in here if row.role == Role.STUDENT} | set(left))


def rename(connection: Connection, course: str, old: Sequence[str], now: datetime) -> None:
    """Make a pseudonym for each of these people, and let it take over what the course holds.

    The numbers are drawn, and so are the ids: they follow neither names nor who came first.
    """
    numbers = list(range(1, len(old) + 1))
    secrets.SystemRandom().shuffle(numbers)
    digits = max(3, len(str(len(old))))
    at = int(now.timestamp() * 1000)
    pairs = sorted(zip(numbers, old, (new_id(at) for _ in old), strict=True))
    RENAMED.create(connection)
    connection.execute(
        insert(RENAMED), [{"old": one, "new": new, "gone": False} for _, one, new in pairs]
    )
    made = {"username": None, "password": None, "created_at": now, "disabled_at": None}
    people = [
        {**made, "id": new, "name": f"Student {number:0{digits}}", "is_operator": False}
        for number, _, new in pairs
    ]
    connection.execute(insert(PersonRow), people)
    connection.execute(
        insert(MembershipRow),
        [
            {"course": course, "person": new, "role": Role.STUDENT, "created_at": now}
            for _, _, new in pairs
        ],
    )
    for table in Table.metadata.sorted_tables:
        here = in_course(table, course)
        if table.name not in _NOT_HANDED_ON and here is not None:
            for column in people_in(table):
                _hand_on(connection, column, here)


def take_away(connection: Connection, course: str) -> None:
    """Delete what a course holds of who its students were: how they came in, and what was sent."""
    webhooks = select(WebhookRow.id)
    ours = webhooks.where(WebhookRow.course == course)
    others = webhooks.where(WebhookRow.course != course)
    batches = select(BatchRow.id).where(BatchRow.course == course)
    D = DeliveryRow
    gone: Iterable[tuple[type[Table], ColumnElement[bool]]] = (
        (MembershipRow, (MembershipRow.course == course) & MembershipRow.person.in_(OLD)),
        (ExternalIdRow, (ExternalIdRow.course == course) & ExternalIdRow.person.in_(OLD)),
        (AccessTokenRow, (AccessTokenRow.course == course) & AccessTokenRow.person.in_(OLD)),
        (GuiseRow, GuiseRow.course == course),
        (D, D.webhook.in_(ours) | (D.person.in_(OLD) & D.webhook.not_in(others))),
        # Their files are named after people; what they became stays.
        (BatchItemRow, BatchItemRow.batch.in_(batches)),
        (BatchRow, BatchRow.course == course),
        # Last: triggers have written some when submissions were handed on.
        (
            TallyDueRow,
            TallyDueRow.assignment.in_(assignments(course)) & TallyDueRow.person.in_(OLD),
        ),
    )
    for table, which in gone:
        connection.execute(delete(table).where(which))
    mine = SubmissionRow.assignment.in_(assignments(course))
    by_token = update(SubmissionRow).where(mine, SubmissionRow.sent_by_token.is_not(None))
    connection.execute(by_token.values(sent_by_token=None))
    made = update(AccessTokenRow).where(AccessTokenRow.course == course)
    connection.execute(made.where(AccessTokenRow.created_by.in_(OLD)).values(created_by=None))


def _hand_on(connection: Connection, column: Column[str], here: ColumnElement[bool]) -> None:
    new = select(RENAMED.c.new).where(RENAMED.c.old == column).scalar_subquery()
    query = update(column.table).where(here, column.in_(OLD))
    connection.execute(query.values({column.name: new}))
