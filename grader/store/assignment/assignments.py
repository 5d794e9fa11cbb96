"""Assignments: which exercise a course asks for, at which version, under which rules."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from grader.store.assignment.disclosure import Release
from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, difference, note
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import AssignmentRow as A
from grader.store.models import ClosingRow, CourseRow, ExtensionRow
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now

#: As much as any course needs; more is a typing error.
ATTEMPTS_LIMIT = 10_000
COOLDOWN_LIMIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rules:
    """When and how often an exercise can be handed in. Times are aware, in UTC."""

    #: Students do not see it before; None: at once.
    opens_at: datetime | None = None
    #: The deadline; None: there is none.
    due_at: datetime | None = None
    #: Late work is accepted until then; None: none is, after the deadline.
    closes_at: datetime | None = None
    #: The share of the score, from 0 to 1, that each begun day after the deadline costs.
    late_penalty: float = 0.0
    #: None: without end.
    attempts: int | None = None
    #: How long a student waits between two submissions.
    cooldown_seconds: int = 0
    #: When students see their grades.
    release: Release = Release.AT_ONCE
    #: The checks of criteria whose findings students do not see until all is over.
    hidden_criteria: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rules that contradict each other.

        Raises:
            ValueError: they do; the message says which.
        """
        if not 0 <= self.late_penalty <= 1:
            raise ValueError("the late penalty is a share of the score, from 0 to 1")
        if self.attempts is not None and not 1 <= self.attempts <= ATTEMPTS_LIMIT:
            raise ValueError(f"the attempts are from 1 to {ATTEMPTS_LIMIT:,}, or none is said")
        if not 0 <= self.cooldown_seconds <= COOLDOWN_LIMIT.total_seconds():
            raise ValueError(f"the cooldown is from 0 seconds to {COOLDOWN_LIMIT.days} days")
        if self.release is Release.AFTER_CLOSE and not (self.due_at or self.closes_at):
            raise ValueError("grades that are released after it closes need a deadline")
        self._check_order()

    def _check_order(self) -> None:
        last = self.closes_at or self.due_at
        if self.opens_at is not None and self.due_at is not None and self.opens_at >= self.due_at:
            raise ValueError("it must open before the deadline")
        if self.opens_at is not None and last is not None and self.opens_at >= last:
            raise ValueError("it must open before it closes")
        if self.due_at is not None and last is not None and last < self.due_at:
            raise ValueError("it must not close before the deadline")
        if self.late_penalty and (self.due_at is None or self.closes_at is None):
            raise ValueError(
                "a late penalty needs a deadline, and a later moment at which it closes"
            )


@dataclass(frozen=True, slots=True)
class Assignment:
    """An exercise, at a version, that a course asks for."""

    id: str
    course: str
    exercise: str
    #: What is asked and graded, even when the exercise's files are others by now.
    exercise_version: str
    #: From 0, in the order that the course shows.
    position: int
    created_at: datetime
    #: When staff released its grades by hand; None: not, or they were withheld again.
    released_at: datetime | None = None
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class Extension:
    """More time, or more attempts, for one student."""

    #: In place of the assignment's; None: as the assignment says.
    due_at: datetime | None = None
    closes_at: datetime | None = None
    #: Beyond those of the assignment.
    more_attempts: int = 0
    #: For staff; the student does not see it.
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what is none.

        Raises:
            ValueError: it closes before its deadline, or gives fewer attempts.
        """
        if self.due_at and self.closes_at and self.closes_at < self.due_at:
            raise ValueError("it must not close before the deadline")
        if not 0 <= self.more_attempts <= ATTEMPTS_LIMIT:
            raise ValueError(f"the further attempts are from 0 to {ATTEMPTS_LIMIT:,}")


class Assignments:
    """The assignments in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def assign(
        self,
        course: str,
        exercise: str,
        exercise_version: str,
        rules: Rules | None = None,
        *,
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> Assignment:
        """Ask for an exercise, after all others of the course; committed when this returns.

        The version's files are to be kept before (`Versions.keep`).
        """
        now = self._clock()
        values: dict[str, Any] = {
            "id": new_id(int(now.timestamp() * 1000)),
            "course": course,
            "exercise": exercise,
            "exercise_version": exercise_version,
            "created_at": now,
        }
        rules = rules or Rules()
        with writing(self._engine) as connection:
            _hold_order(connection, course)
            last = connection.scalar(select(func.max(A.position)).where(A.course == course))
            values["position"] = 0 if last is None else last + 1
            connection.execute(insert(A).values(**values, **_columns(rules)))
            made = Assignment(**values, rules=rules)
            told = {"exercise": exercise, "exercise_version": exercise_version, **_columns(rules)}
            _note(connection, actor, Deed.ASSIGNED, now, made, after=told)
        return made

    def get(self, id_: str) -> Assignment | None:
        """One assignment, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*ASSIGNMENT).where(A.id == id_)).one_or_none()
        return None if row is None else assignment_of(row)

    def of(self, course: str) -> list[Assignment]:
        """The assignments of a course, in its order."""
        query = select(*ASSIGNMENT).where(A.course == course).order_by(A.position, A.id)
        with reading(self._engine) as connection:
            return [assignment_of(row) for row in connection.execute(query)]

    def change(
        self,
        id_: str,
        *,
        rules: Rules | None = None,
        exercise_version: str | None = None,
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> Assignment | None:
        """Change an assignment; what is None stays. None: no such assignment.

        Submissions keep the version that they answered; lateness follows the new deadline.
        """
        values: dict[str, object] = {} if rules is None else _columns(rules)
        if exercise_version is not None:
            values["exercise_version"] = exercise_version
        with writing(self._engine) as connection:
            found = _held(connection, id_)
            if found is None:
                return None
            known = {"exercise_version": found.exercise_version, **_columns(found.rules)}
            before, after = difference(known, values)
            if after:
                connection.execute(update(A).where(A.id == id_).values(**after))
                done, now = Deed.ASSIGNMENT_CHANGED, self._clock()
                _note(connection, actor, done, now, found, before=before, after=after)
        return self.get(id_)

    def move(
        self, id_: str, position: int, *, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> Assignment | None:
        """Put an assignment at a place in its course, from 0; the others make room.

        None: no such assignment.
        """
        with writing(self._engine) as connection:
            course = connection.scalar(select(A.course).where(A.id == id_))
            if course is None:
                return None
            _hold_order(connection, course)
            in_order = select(*ASSIGNMENT).where(A.course == course).order_by(A.position, A.id)
            known = {row.id: assignment_of(row) for row in connection.execute(in_order)}
            order = [one for one in known if one != id_]
            order.insert(position, id_)
            for place, one in enumerate(order):
                connection.execute(update(A).where(A.id == one).values(position=place))
            at, before = {"position": order.index(id_)}, {"position": [*known].index(id_)}
            if at != before:
                done, now = Deed.ASSIGNMENT_CHANGED, self._clock()
                _note(connection, actor, done, now, known[id_], before=before, after=at)
        return self.get(id_)

    def remove(self, id_: str, *, actor: Actor = NOBODY_IN_PARTICULAR) -> bool:
        """Take back an assignment that nobody has answered. False where somebody has."""
        answered = select(S.id).where(S.assignment == id_).exists()
        with writing(self._engine) as connection:
            found = _held(connection, id_)
            if found is None or connection.scalar(select(answered)):
                return False
            for table in (ExtensionRow, ClosingRow):
                connection.execute(delete(table).where(table.assignment == id_))
            connection.execute(delete(A).where(A.id == id_))
            told = {"exercise": found.exercise, **_columns(found.rules)}
            _note(connection, actor, Deed.ASSIGNMENT_REMOVED, self._clock(), found, before=told)
        return True

    def extend(
        self,
        id_: str,
        person: str,
        extension: Extension | None,
        *,
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> None:
        """Give a student an extension in place of any before; None takes it back.

        Its reason is the reason that the log has.
        """
        here = (ExtensionRow.assignment == id_) & (ExtensionRow.person == person)
        with writing(self._engine) as connection:
            found, now = _held(connection, id_, key_share=True), self._clock()
            if found is None:
                return
            columns = [getattr(ExtensionRow, name) for name in _OF_EXTENSION]
            row = connection.execute(select(*columns).where(here)).one_or_none()
            before = None if row is None else Extension(*row)
            connection.execute(delete(ExtensionRow).where(here))
            if extension is not None:
                values = {"assignment": id_, "person": person, "created_at": now}
                given = {name: getattr(extension, name) for name in _OF_EXTENSION}
                connection.execute(insert(ExtensionRow).values(**values, **given))
            if extension != before:
                _note_extension(connection, actor, now, found, person, before, extension)

    def extensions(self, id_: str) -> dict[str, Extension]:
        """The extensions of an assignment, by the person's id."""
        columns = [getattr(ExtensionRow, name) for name in _OF_EXTENSION]
        query = select(ExtensionRow.person, *columns).where(ExtensionRow.assignment == id_)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(ExtensionRow.person)).all()
        return {row.person: Extension(*row[1:]) for row in rows}


_OF_RULES = tuple(one.name for one in fields(Rules))
_OF_EXTENSION = tuple(one.name for one in fields(Extension))
_OWN = tuple(one.name for one in fields(Assignment) if one.name != "rules")

#: The columns that make an `Assignment`.
ASSIGNMENT = tuple(getattr(A, name) for name in (*_OWN, *_OF_RULES))


def assignment_of(row: Row[*tuple[Any, ...]]) -> Assignment:
    """The assignment in a row that has the columns ASSIGNMENT."""
    values = {name: getattr(row, name) for name in _OF_RULES}
    rules = Rules(**values | {"release": Release(values["release"])})
    return Assignment(**{name: getattr(row, name) for name in _OWN}, rules=rules)


def _held(connection: Connection, id_: str, *, key_share: bool = False) -> Assignment | None:
    """One assignment, which nobody else changes until the transaction ends."""
    held = select(*ASSIGNMENT).where(A.id == id_).with_for_update(key_share=key_share)
    row = connection.execute(held).one_or_none()
    return None if row is None else assignment_of(row)


def _note(
    connection: Connection,
    actor: Actor,
    deed: Deed,
    now: datetime,
    found: Assignment,
    **told: Any,
) -> None:
    note(connection, actor, deed, now=now, course=found.course, assignment=found.id, **told)


def _note_extension(
    connection: Connection,
    actor: Actor,
    now: datetime,
    found: Assignment,
    person: str,
    before: Extension | None,
    after: Extension | None,
) -> None:
    deed = Deed.EXTENSION_TAKEN_BACK if after is None else Deed.EXTENDED
    told: dict[str, Any] = {"about": person, "reason": "" if after is None else after.reason}
    for moment, one in (("before", before), ("after", after)):
        bounds = ("due_at", "closes_at", "more_attempts")
        told[moment] = {} if one is None else {name: getattr(one, name) for name in bounds}
    _note(connection, actor, deed, now, found, **told)


def _hold_order(connection: Connection, course: str) -> None:
    """Until the transaction ends nobody else (on PostgreSQL) changes the order of a course."""
    held = select(CourseRow.id).where(CourseRow.id == course).with_for_update(key_share=True)
    connection.execute(held)


def _columns(rules: Rules) -> dict[str, object]:
    return {name: getattr(rules, name) for name in _OF_RULES}
