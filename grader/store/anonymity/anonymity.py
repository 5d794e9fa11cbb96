"""Anonymity: takes away who the students of a course were, for good, and keeps what they did."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, or_, select

from grader.store.anonymity import words
from grader.store.anonymity.accounts import end_accounts, forget_answers
from grader.store.anonymity.pseudonyms import RENAMED, rename, students, take_away
from grader.store.anonymity.scope import assignments
from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.models import BatchRow, CourseRow, RegradeRow, SubmissionRow
from grader.store.moments import Clock, utc_now
from grader.store.submission.state import State


class Unquiet(Exception):
    """Something of the course is under way; the message says what."""


class NoStudents(Exception):
    """The course holds nothing of any student."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What may name people and is kept all the same."""

    #: Comments, reasons, and what reviews ask and answer.
    words: bool = False
    #: Comments and docstrings in programs, and what programs print.
    code_comments: bool = False


NOTHING = Keep()


@dataclass(frozen=True, slots=True)
class Anonymised:
    """What was done."""

    #: How many students have no name any more.
    students: int
    #: How many of their accounts are gone, as no other course knew them.
    accounts: int


class Anonymity:
    """Anonymises courses in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def anonymise(
        self, course: str, keep: Keep = NOTHING, *, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> Anonymised:
        """Let people without name and sign-in take over what a course's students have handed in.

        It can not be undone: who became whom is kept nowhere. Staff stay who they are. Programs,
        reports, figures, points and grades stay as they were, under the same ids and times.

        Args:
            course: its id.
            keep: what is kept of what people wrote.
            actor: who has it done.

        Raises:
            Unquiet: something waits for its grade, or a regrade or a batch is not over.
            NoStudents: there is nobody to anonymise.
        """
        bared: dict[str, bytes | None] = {}
        if not keep.code_comments:
            # Reading thousands of programs takes a while, and SQLite has one writer at a time.
            with reading(self._engine) as connection:
                bared = words.bare_sources(connection, course)
        now = self._clock()
        with writing(self._engine) as connection:
            if connection.dialect.name == "sqlite":
                # Else what is deleted stays in the file until something is written over it.
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            old = students(connection, course)
            if not old:
                raise NoStudents
            _require_quiet(connection, course)
            rename(connection, course, old, now)
            _forget_words(connection, course, keep, bared)
            forget_answers(connection, course)
            take_away(connection, course)
            done = Anonymised(len(old), end_accounts(connection))
            RENAMED.drop(connection)
            after = {"students": done.students, "accounts": done.accounts}
            note(connection, actor, Deed.COURSE_ANONYMISED, now=now, course=course, after=after)
        return done


def _forget_words(
    connection: Connection, course: str, keep: Keep, bared: dict[str, bytes | None]
) -> None:
    words.unlabel(connection, course)
    if not keep.code_comments:
        bared |= words.bare_sources(connection, course, known=bared)
        words.strip_code(connection, bared)
        words.forget_printed(connection, course)
    if not keep.words:
        words.forget_words(connection, course)
    words.blot_log(connection, course)


def _require_quiet(connection: Connection, course: str) -> None:
    """Let nobody be renamed while something is under way that knows the old name.

    Raises:
        Unquiet: something is.
    """
    S, R, B = SubmissionRow, RegradeRow, BatchRow
    connection.execute(select(CourseRow.id).where(CourseRow.id == course).with_for_update())
    waits = or_(S.state != State.GRADED, S.regrade_at.is_not(None))
    for query, why in (
        (
            select(S.id).where(S.assignment.in_(assignments(course)), waits),
            "Something that was handed in waits for its grade.",
        ),
        (select(R.id).where(R.course == course, R.ended_at.is_(None)), "A regrade is not over."),
        (select(B.id).where(B.course == course, B.ended_at.is_(None)), "A batch is not over."),
    ):
        if connection.scalar(query.limit(1)) is not None:
            raise Unquiet(why)
