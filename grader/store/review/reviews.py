"""Reviews: what students ask staff to look at again, in a queue, and what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, insert, select, update
from sqlalchemy.orm import aliased

from exercises.outcome import Verdict
from grader.store.audit import Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import PersonRow
from grader.store.models import ReviewRow as R
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.review.wording import kept
from grader.store.webhook.announcements import announce
from grader.webhooks.event import Event

#: The longest question and the longest answer, in characters.
TEXT_LIMIT = 5_000


class QueuePart(StrEnum):
    """Which reviews of a course to list."""

    OPEN = "open"
    ANSWERED = "answered"
    #: Open ones that the person who asks has taken.
    MINE = "mine"


class AlreadyAsked(Exception):
    """A review of the submission is open already."""


class AlreadyAnswered(Exception):
    """The review has its answer already."""


@dataclass(frozen=True, slots=True)
class Review:
    """A student's request, and what became of it. Times are aware, in UTC."""

    id: str
    submission: str
    course: str
    #: The id of who asks.
    person: str | None
    text: str
    created_at: datetime
    #: Who of the staff looks at it.
    taken_by: str | None
    taken_at: datetime | None
    #: Markdown; None while it is open.
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    #: The names of these people.
    name: str | None = None
    taker: str | None = None
    answerer: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None


@dataclass(frozen=True, slots=True)
class Queued:
    """A review in the queue, with what it is about."""

    review: Review
    exercise: str
    assignment: str | None
    verdict: Verdict | None
    #: What counts now, before any late penalty.
    score: float | None
    max_score: float | None


class Reviews:
    """The reviews in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def of(self, submission: str) -> list[Review]:
        """The reviews of a submission, the oldest first."""
        return self.of_each([submission])[submission]

    def of_each(self, submissions: Sequence[str]) -> dict[str, list[Review]]:
        """The same of several submissions, by their ids."""
        query = _named(select(*_COLUMNS)).where(R.submission.in_(submissions)).order_by(R.id)
        found: dict[str, list[Review]] = {id_: [] for id_ in submissions}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found[row.submission].append(_review(row))
        return found

    def get(self, course: str, id_: str) -> Review | None:
        """One review of a course, or None."""
        query = _named(select(*_COLUMNS)).where(R.id == id_, R.course == course)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _review(row)

    def in_course(
        self,
        course: str,
        which: QueuePart = QueuePart.OPEN,
        *,
        taker: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> list[Queued]:
        """The queue of a course, the oldest first; the next page begins `after` an id.

        Args:
            course: its id.
            which: open ones, answered ones, or those that `taker` has taken.
            taker: a person's id.
            limit: how many at most.
            after: only those younger than this id.
        """
        query = _named(
            select(
                *_COLUMNS,
                S.exercise,
                S.assignment,
                S.verdict,
                func.coalesce(S.given_score, S.score).label("score"),
                S.max_score,
            ).join(S, S.id == R.submission)
        ).where(R.course == course)
        answered = which is QueuePart.ANSWERED
        query = query.where(R.answered_at.is_not(None) if answered else R.answered_at.is_(None))
        if which is QueuePart.MINE:
            query = query.where(R.taken_by == taker)
        if after is not None:
            query = query.where(R.id > after)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(R.id).limit(limit)).all()
        return [_queued(row) for row in rows]

    def count_open(self, course: str) -> int:
        """How many reviews of a course wait for an answer."""
        query = select(func.count()).where(R.course == course, R.answered_at.is_(None))
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def ask(self, actor: Actor, submission: str, text: str) -> Review:
        """Ask for a review of one's own submission; committed when this returns.

        Raises:
            LookupError: there is no such submission to an assignment.
            AlreadyAsked: one is open already.
            ValueError: there is no text.
        """
        plain = kept(text, TEXT_LIMIT)
        now = self._clock()
        with writing(self._engine) as connection:
            # Held until the end: of two that are asked at once the second one sees the first.
            held = select(S.course, S.assignment, S.person).where(
                S.id == submission, S.assignment.is_not(None)
            )
            row = connection.execute(held.with_for_update()).one_or_none()
            if row is None:
                raise LookupError(f"there is no submission {submission} to an assignment")
            here = (R.submission == submission) & R.answered_at.is_(None)
            if connection.scalar(select(R.id).where(here).limit(1)) is not None:
                raise AlreadyAsked(submission)
            values = {
                "id": new_id(int(now.timestamp() * 1000)),
                "submission": submission,
                "course": row.course,
                "person": actor.person,
                "text": plain,
                "created_at": now,
            }
            connection.execute(insert(R).values(**values))
            note(
                connection,
                actor,
                Deed.REVIEW_ASKED,
                now=now,
                course=row.course,
                submission=submission,
                assignment=row.assignment,
                about=row.person,
                reason=plain,
            )
            announce(connection, Event.REVIEW_ASKED, submission, now=now)
            return _read(connection, str(values["id"]))

    def take(self, course: str, id_: str, taker: str | None) -> Review:
        """Note who looks at a review, or with None that nobody does any more.

        Raises:
            LookupError: the course has no such review.
            AlreadyAnswered: it has its answer.
        """
        now = self._clock()
        values = {"taken_by": taker, "taken_at": None if taker is None else now}
        with writing(self._engine) as connection:
            _open(connection, course, id_)
            connection.execute(update(R).where(R.id == id_).values(**values))
            return _read(connection, id_)

    def answer(self, actor: Actor, course: str, id_: str, text: str) -> Review:
        """Answer a review; whoever does has taken it. Committed when this returns.

        Raises:
            LookupError: the course has no such review.
            AlreadyAnswered: it has its answer.
            ValueError: there is no text.
        """
        plain = kept(text, TEXT_LIMIT)
        now = self._clock()
        with writing(self._engine) as connection:
            row = _open(connection, course, id_)
            values = {"answer": plain, "answered_by": actor.person, "answered_at": now}
            if row.taken_by is None:
                values |= {"taken_by": actor.person, "taken_at": now}
            connection.execute(update(R).where(R.id == id_).values(**values))
            note(
                connection,
                actor,
                Deed.REVIEW_ANSWERED,
                now=now,
                course=course,
                submission=row.submission,
                about=row.person,
                before={"text": row.text},
                after={"text": plain},
            )
            return _read(connection, id_)


_NAMES = ("name", "taker", "answerer")
_OWN = tuple(one.name for one in fields(Review) if one.name not in _NAMES)
_Asker, _Taker, _Answerer = aliased(PersonRow), aliased(PersonRow), aliased(PersonRow)
_COLUMNS = (
    *(getattr(R, name) for name in _OWN),
    _Asker.name.label("name"),
    _Taker.name.label("taker"),
    _Answerer.name.label("answerer"),
)


def _named(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A query of reviews with the people in them."""
    return (
        query.outerjoin(_Asker, _Asker.id == R.person)
        .outerjoin(_Taker, _Taker.id == R.taken_by)
        .outerjoin(_Answerer, _Answerer.id == R.answered_by)
    )


def _review(row: Row[*tuple[Any, ...]]) -> Review:
    return Review(**{name: getattr(row, name) for name in (*_OWN, *_NAMES)})


def _queued(row: Row[*tuple[Any, ...]]) -> Queued:
    verdict = None if row.verdict is None else Verdict(row.verdict)
    return Queued(_review(row), row.exercise, row.assignment, verdict, row.score, row.max_score)


def _read(connection: Connection, id_: str) -> Review:
    return _review(connection.execute(_named(select(*_COLUMNS)).where(R.id == id_)).one())


def _open(connection: Connection, course: str, id_: str) -> Row[*tuple[Any, ...]]:
    """The row of an open review, which nobody else changes until the transaction ends.

    Raises:
        LookupError: the course has no such review.
        AlreadyAnswered: it has its answer.
    """
    columns = (R.submission, R.person, R.text, R.taken_by, R.answered_at)
    here = select(*columns).where(R.id == id_, R.course == course).with_for_update()
    row = connection.execute(here).one_or_none()
    if row is None:
        raise LookupError(f"there is no review {id_}")
    if row.answered_at is not None:
        raise AlreadyAnswered(id_)
    return row
