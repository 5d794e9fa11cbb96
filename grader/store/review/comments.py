"""Comments: what staff write on a submission or a line of its code, and what is answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from grader.store.audit import Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import CommentRow as C
from grader.store.models import PersonRow
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.review.wording import kept

#: The longest comment, in characters.
TEXT_LIMIT = 10_000
#: So many submissions are commented on at once.
MOST_AT_ONCE = 500


class NoSuchComment(Exception):
    """There is no comment of this id on the submission, or it is not the person's own."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody has written. Times are aware, in UTC."""

    id: str
    submission: str
    #: The comment that began the thread; None for that one itself.
    thread: str | None
    #: The line of the code, from 1; None: on the whole, or within a thread.
    line: int | None
    #: Who wrote it; None: nobody who is still known.
    person: str | None
    #: Markdown; empty once it is withdrawn.
    text: str
    created_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    #: The name of who wrote it.
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and what was answered, the oldest first."""

    first: Comment
    answers: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class SaidToAll:
    """What one person has written on several submissions alike."""

    text: str
    #: The name of who wrote it; None: nobody who is still known.
    name: str | None
    #: On how many of them, and when it was last.
    submissions: int
    at: datetime


class Comments:
    """The comments in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def of(self, submission: str) -> list[Comment]:
        """The comments on a submission, the oldest first; withdrawn ones where they were answered.

        A withdrawn answer is gone.
        """
        return self.of_each([submission])[submission]

    def of_each(self, submissions: Sequence[str]) -> dict[str, list[Comment]]:
        """The same of several submissions, by their ids."""
        query = _QUERY.where(C.submission.in_(submissions)).order_by(C.id)
        found: dict[str, list[Comment]] = {id_: [] for id_ in submissions}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found[row.submission].append(_comment(row))
        return {id_: _still_there(comments) for id_, comments in found.items()}

    def said_to_all(self, submissions: Sequence[str], *, limit: int = 20) -> list[SaidToAll]:
        """What stands on several of these submissions alike, the newest first; of one, all of it.

        Withdrawn comments, answers and what is about a line are left out.
        """
        last = func.max(C.created_at).label("last")
        query = (
            select(
                C.text, PersonRow.name, func.count(C.submission.distinct()).label("several"), last
            )
            .outerjoin(PersonRow, PersonRow.id == C.person)
            .where(C.submission.in_(submissions), C.withdrawn_at.is_(None))
            .where(C.thread.is_(None), C.line.is_(None))
            .group_by(C.text, C.person, PersonRow.name)
            .having(func.count(C.submission.distinct()) >= min(2, len(submissions)))
            .order_by(last.desc(), C.text)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [SaidToAll(row.text, row.name, row.several, row.last) for row in rows]

    def write(
        self,
        actor: Actor,
        submission: str,
        text: str,
        *,
        line: int | None = None,
        thread: str | None = None,
        is_staff: bool = True,
    ) -> Comment:
        """Write a comment, or an answer within a thread; committed when this returns.

        Args:
            actor: who writes.
            submission: its id.
            text: Markdown.
            line: of the code.
            thread: the id of the comment that is answered, or of the first of its thread.
            is_staff: what students answer is not noted in the log.

        Raises:
            LookupError: there is no such submission.
            NoSuchComment: the thread is none of the submission's.
            ValueError: there is no text.
        """
        plain = kept(text, TEXT_LIMIT)
        now = self._clock()
        with writing(self._engine) as connection:
            if thread is not None:
                thread, line = self._first(connection, submission, thread), None
            id_ = _insert(connection, actor, submission, plain, line, thread, now, is_staff)
            return _comment(connection.execute(_QUERY.where(C.id == id_)).one())

    def write_on_each(self, actor: Actor, submissions: Sequence[str], text: str) -> int:
        """Write the same comment on several submissions, of staff; all of them, or none.

        Raises:
            LookupError: one of them is not there.
            ValueError: there is no text.
        """
        plain = kept(text, TEXT_LIMIT)
        now = self._clock()
        with writing(self._engine) as connection:
            for submission in submissions:
                _insert(connection, actor, submission, plain, None, None, now, True)
        return len(submissions)

    def change(self, actor: Actor, submission: str, id_: str, text: str) -> Comment:
        """Write one's own comment anew.

        Raises:
            NoSuchComment: it is not there, withdrawn, or somebody else's.
            ValueError: there is no text.
        """
        plain = kept(text, TEXT_LIMIT)
        now = self._clock()
        with writing(self._engine) as connection:
            before = self._own(connection, actor, submission, id_)
            if before.text != plain:
                values = {"text": plain, "edited_at": now}
                connection.execute(update(C).where(C.id == id_).values(**values))
                self._note(connection, actor, Deed.COMMENT_CHANGED, before, plain, now)
            return _comment(connection.execute(_QUERY.where(C.id == id_)).one())

    def withdraw(self, actor: Actor, submission: str, id_: str) -> None:
        """Take one's own comment back.

        Raises:
            NoSuchComment: it is not there, withdrawn already, or somebody else's.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            before = self._own(connection, actor, submission, id_)
            gone = {"text": "", "withdrawn_at": now}
            connection.execute(update(C).where(C.id == id_).values(**gone))
            self._note(connection, actor, Deed.COMMENT_REMOVED, before, "", now)

    @staticmethod
    def _first(connection: Connection, submission: str, id_: str) -> str:
        """The id of the first comment of a thread.

        Raises:
            NoSuchComment: the submission has no such comment.
        """
        query = select(C.id, C.thread).where(C.id == id_, C.submission == submission)
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NoSuchComment(id_)
        return str(row.thread or row.id)

    @staticmethod
    def _own(connection: Connection, actor: Actor, submission: str, id_: str) -> Comment:
        here = (C.id == id_) & (C.submission == submission) & C.withdrawn_at.is_(None)
        row = connection.execute(_QUERY.where(here, C.person == actor.person)).one_or_none()
        if row is None:
            raise NoSuchComment(id_)
        return _comment(row)

    @staticmethod
    def _note(
        connection: Connection,
        actor: Actor,
        deed: Deed,
        before: Comment,
        after: str,
        now: datetime,
    ) -> None:
        row = connection.execute(
            select(S.course, S.assignment, S.person).where(S.id == before.submission)
        ).one()
        if row.person == actor.person:
            return  # A student's own words are in no log.
        note(
            connection,
            actor,
            deed,
            now=now,
            course=row.course,
            submission=before.submission,
            assignment=row.assignment,
            about=row.person,
            before={"text": before.text, "line": before.line},
            after={"text": after} if after else {},
        )


def _still_there(comments: Sequence[Comment]) -> list[Comment]:
    """Comments without those that were withdrawn, but for what was answered."""
    kept = {one.thread for one in comments if one.withdrawn_at is None}
    return [one for one in comments if one.withdrawn_at is None or one.id in kept]


def threads(comments: Iterable[Comment]) -> list[Thread]:
    """Comments by their threads, in the order of the first of each."""
    answers: dict[str, list[Comment]] = {}
    firsts = []
    for one in comments:
        if one.thread is None:
            firsts.append(one)
        else:
            answers.setdefault(one.thread, []).append(one)
    return [Thread(first, tuple(answers.get(first.id, ()))) for first in firsts]


_OWN = tuple(one.name for one in fields(Comment) if one.name != "name")
_QUERY = select(*(getattr(C, name) for name in _OWN), PersonRow.name).outerjoin(
    PersonRow, PersonRow.id == C.person
)


def _comment(row: Row[*tuple[Any, ...]]) -> Comment:
    return Comment(**{name: getattr(row, name) for name in (*_OWN, "name")})


def _insert(
    connection: Connection,
    actor: Actor,
    submission: str,
    text: str,
    line: int | None,
    thread: str | None,
    now: datetime,
    is_staff: bool,
) -> str:
    query = select(S.course, S.assignment, S.person).where(S.id == submission)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise LookupError(f"there is no submission {submission}")
    values = {
        "id": new_id(int(now.timestamp() * 1000)),
        "submission": submission,
        "thread": thread,
        "line": line,
        "person": actor.person,
        "text": text,
        "created_at": now,
    }
    connection.execute(insert(C).values(**values))
    if is_staff:
        note(
            connection,
            actor,
            Deed.COMMENTED,
            now=now,
            course=row.course,
            submission=submission,
            assignment=row.assignment,
            about=row.person,
            after={"text": text, "line": line},
        )
    return str(values["id"])
