"""Erasure: takes all that a course holds of a student away, for good.

Every table that could name somebody is gone through here; a test goes through all tables that there
are, so that a new one can not be forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, or_, select, update

from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.batch.erasing import erase_from_batches
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.models import (
    AccessTokenRow,
    AssignmentRow,
    AttemptRow,
    AuditRow,
    BatchItemRow,
    BatchRow,
    CommentRow,
    DeliveryRow,
    ExtensionRow,
    ExternalIdRow,
    FileRow,
    FingerprintRow,
    GuiseRow,
    InvitationRow,
    MembershipRow,
    OutcomeRow,
    OverrideRow,
    PersonRow,
    RegradeRow,
    RequestRow,
    ReviewRow,
    SessionRow,
    SubmissionRow,
    TallyDueRow,
    TallyRow,
    TrialFileRow,
    TrialRow,
    WebhookRow,
)
from grader.store.moments import Clock, utc_now

#: What stands in the log in place of a person's id.
ERASED = "erased"
#: How many submissions are named in one statement.
_SLICE = 400


class NotAStudent(Exception):
    """Whoever teaches in the course, or runs the server, is not erased from it."""


class NobodyThere(Exception):
    """The course holds nothing of such a person."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken away."""

    #: How many submissions.
    submissions: int
    #: Whether the person is gone altogether, as no other course knows him or her.
    person_gone: bool


class Erasure:
    """Erases people from the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def erase(self, course: str, person: str, *, actor: Actor = NOBODY_IN_PARTICULAR) -> Erased:
        """Take away all that a course holds of one student; it can not be undone.

        The account goes too where no other course knows the person, with what was sent for
        practice. What the log says of the person stays, without name and without words. A job that
        is with a worker at this moment is graded, and its report then finds nothing to belong to.

        Raises:
            NobodyThere: the course holds nothing of the person.
            NotAStudent: the person teaches in the course, or is an operator.
        """
        with writing(self._engine) as connection:
            if connection.dialect.name == "sqlite":
                # Else what is deleted stays in the file until something is written over it.
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            _require_student(connection, course, person)
            gone = not _known_elsewhere(connection, course, person)
            work = _work(connection, course, person, everywhere=gone)
            _forget_answers(connection, person, work)
            # While it is known what the person is called.
            erase_from_batches(connection, None if gone else course, person)
            erase_work(connection, work)
            _unlink(connection, course, person, everywhere=gone)
            _blot_log(connection, course, person, work)
            if gone:
                _erase_account(connection, person)
            _note(connection, actor, course, len(work), gone, now=self._clock())
        return Erased(len(work), gone)

    def holds(self, course: str, person: str) -> bool:
        """Whether a course holds something of somebody, who may have left it."""
        here = (MembershipRow.course == course) & (MembershipRow.person == person)
        with reading(self._engine) as connection:
            if connection.scalar(select(MembershipRow.role).where(here)) is not None:
                return True
            return _left_traces(connection, course, person)


def _require_student(connection: Connection, course: str, person: str) -> None:
    """Hold the person, so that nothing comes in meanwhile.

    Raises:
        NobodyThere, NotAStudent: see `Erasure.erase`.
    """
    P, M = PersonRow, MembershipRow
    found = connection.execute(
        select(P.is_operator).where(P.id == person).with_for_update()
    ).one_or_none()
    here = (M.course == course) & (M.person == person)
    role = connection.scalar(select(M.role).where(here).with_for_update())
    if found is None or (role is None and not _left_traces(connection, course, person)):
        raise NobodyThere
    if found.is_operator or role not in {None, Role.STUDENT}:
        raise NotAStudent


def _left_traces(connection: Connection, course: str, person: str) -> bool:
    """Whether a course holds something of who is in it no more."""
    S, X = SubmissionRow, ExternalIdRow
    for query in (
        select(S.id).where(S.person == person, S.assignment.in_(_assignments(course))),
        select(X.person).where(X.person == person, X.course == course),
    ):
        if connection.scalar(query.limit(1)) is not None:
            return True
    return False


def _known_elsewhere(connection: Connection, course: str, person: str) -> bool:
    S, M = SubmissionRow, MembershipRow
    for query in (
        select(M.person).where(M.person == person, M.course != course),
        select(S.id).where(
            S.person == person,
            S.assignment.is_not(None),
            S.assignment.not_in(_assignments(course)),
        ),
    ):
        if connection.scalar(query.limit(1)) is not None:
            return True
    return False


def _assignments(course: str) -> Any:
    return select(AssignmentRow.id).where(AssignmentRow.course == course)


def _work(connection: Connection, course: str, person: str, *, everywhere: bool) -> list[str]:
    """The submissions that go: those to the course, or with the account all of them."""
    S = SubmissionRow
    query = select(S.id).where(S.person == person)
    if not everywhere:
        query = query.where(or_(S.assignment.in_(_assignments(course)), S.course == course))
    return [*connection.scalars(query.order_by(S.id))]


def _slices(work: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(work), _SLICE):
        yield work[start : start + _SLICE]


def erase_work(connection: Connection, work: Sequence[str]) -> None:
    """Delete submissions with all that hangs on them, in the transaction of `connection`."""
    for some in _slices(work):
        _erase_some(connection, some)


def _erase_some(connection: Connection, work: Sequence[str]) -> None:
    """Delete submissions, what refers to them first."""
    T, R = TrialRow, RegradeRow
    mine = T.submission.in_(work)
    counts = select(T.regrade, func.count().label("count")).where(mine).group_by(T.regrade)
    tried = connection.execute(counts).all()
    for row in tried:
        fewer = update(R).where(R.id == row.regrade).values(total=R.total - row.count)
        connection.execute(fewer)
    trials = select(T.id).where(mine)
    connection.execute(delete(TrialFileRow).where(TrialFileRow.trial.in_(trials)))
    for table in (
        *(TrialRow, FingerprintRow, CommentRow, OverrideRow, ReviewRow, OutcomeRow),
        *(DeliveryRow, FileRow, AttemptRow, BatchItemRow),
    ):
        connection.execute(delete(table).where(table.submission.in_(work)))
    connection.execute(delete(SubmissionRow).where(SubmissionRow.id.in_(work)))
    for row in tried:
        _forget_reason(connection, row.regrade)


def _forget_reason(connection: Connection, regrade: str) -> None:
    """Delete why a regrade was begun of which nothing is left: it was about this work alone."""
    T, R, A = TrialRow, RegradeRow, AuditRow
    if connection.scalar(select(T.id).where(T.regrade == regrade).limit(1)) is None:
        connection.execute(update(R).where(R.id == regrade).values(reason=""))
        course = select(R.course).where(R.id == regrade).scalar_subquery()
        on_it = update(A).where(A.course == course, A.after.contains(regrade))
        connection.execute(on_it.values(reason=""))


def _unlink(connection: Connection, course: str, person: str, *, everywhere: bool) -> None:
    """Delete what else a course holds of a person, and the name under what concerns others."""
    ours, webhooks = _assignments(course), select(WebhookRow.id)
    of_others = webhooks.where(WebhookRow.course != course)
    for table, here in (
        (ExtensionRow, ExtensionRow.assignment.in_(ours)),
        (TallyRow, TallyRow.course == course),
        (ExternalIdRow, ExternalIdRow.course == course),
        (MembershipRow, MembershipRow.course == course),
        (AccessTokenRow, AccessTokenRow.course == course),
        (GuiseRow, GuiseRow.course == course),
        (DeliveryRow, DeliveryRow.webhook.not_in(of_others)),
    ):
        scope: ColumnElement[bool] = table.person == person
        connection.execute(delete(table).where(scope if everywhere else and_(scope, here)))
    # Last: triggers have written some when submissions and extensions went.
    due = TallyDueRow.person == person
    if not everywhere:
        due = and_(due, TallyDueRow.assignment.in_(ours))
    connection.execute(delete(TallyDueRow).where(due))
    _unname(connection, course, person, everywhere=everywhere)


def _unname(connection: Connection, course: str, person: str, *, everywhere: bool) -> None:
    """Take the person's id from what concerns others: who has left the staff has said things."""
    answers = select(SubmissionRow.id).where(SubmissionRow.assignment.in_(_assignments(course)))
    columns: tuple[tuple[Any, str, ColumnElement[bool]], ...] = (
        (CommentRow, "person", CommentRow.submission.in_(answers)),
        (OverrideRow, "person", OverrideRow.submission.in_(answers)),
        *(
            (ReviewRow, name, ReviewRow.course == course)
            for name in ("person", "taken_by", "answered_by")
        ),
        (BatchRow, "person", BatchRow.course == course),
        *((RegradeRow, name, RegradeRow.course == course) for name in ("person", "decided_person")),
    )
    for table, name, here in columns:
        query = update(table).where(getattr(table, name) == person)
        connection.execute((query if everywhere else query.where(here)).values({name: None}))


def _blot_log(connection: Connection, course: str, person: str, work: Collection[str]) -> None:
    """Keep that something was done, and when; not to whom, nor in which words."""
    A = AuditRow
    words = {"reason": "", "before": "{}", "after": "{}"}
    for some in _slices([*work]):
        on_it = update(A).where(A.submission.in_(some))
        connection.execute(on_it.values(**words, submission=None))
    here = A.course == course
    for column in (A.about, A.person):
        query = update(A).where(column == person, here)
        connection.execute(query.values({**words, column.key: ERASED}))


def _erase_account(connection: Connection, person: str) -> None:
    """Delete the person; nothing refers to him or her any more but what is deleted here."""
    A, words = AuditRow, {"reason": "", "before": "{}", "after": "{}"}
    for column in (A.about, A.person):
        # The server's own entries, and those of courses that he or she has left.
        blot = update(A).where(column == person).values({**words, column.key: ERASED})
        connection.execute(blot)
    made = update(AccessTokenRow).where(AccessTokenRow.created_by == person)
    connection.execute(made.values(created_by=None))
    for table in (SessionRow, InvitationRow, FingerprintRow):
        connection.execute(delete(table).where(table.person == person))
    connection.execute(delete(PersonRow).where(PersonRow.id == person))


def _forget_answers(connection: Connection, person: str, work: Collection[str]) -> None:
    """Delete the answers that are kept for keys and tell of the person: those of a day at most."""
    R, T, P = RequestRow, AccessTokenRow, PersonRow
    owners = [person, *connection.scalars(select(T.id).where(T.person == person))]
    connection.execute(delete(R).where(R.owner.in_(owners)))
    name = connection.scalar(select(P.name).where(P.id == person)) or person
    telling = [text.encode() for text in (person, name, *work)]
    for row in connection.execute(select(R.owner, R.key, R.headers, R.body)).all():
        said = row.headers.encode() + (row.body or b"")
        if any(text in said for text in telling):
            connection.execute(delete(R).where(R.owner == row.owner, R.key == row.key))


def _note(
    connection: Connection, actor: Actor, course: str, count: int, gone: bool, *, now: datetime
) -> None:
    after = {"submissions": count, "account": gone}
    deed = Deed.PERSON_ERASED
    note(connection, actor, deed, now=now, course=course, about=ERASED, after=after)
