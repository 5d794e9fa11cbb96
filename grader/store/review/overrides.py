"""Overrides: points that staff give in place of the grader's, with a reason, to be taken back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from exercises.report import Report
from grader.store.audit import Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import OverrideRow as R
from grader.store.models import PersonRow
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.review.points import Earned, given_total, points_of, read, with_given, written
from grader.store.webhook.announcements import announce
from grader.webhooks.event import Event

#: The longest reason, in characters.
REASON_LIMIT = 2_000


class NotOverridden(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True, slots=True)
class Override:
    """Points in place of the grader's. Times are aware, in UTC."""

    id: str
    submission: str
    #: The criterion whose points these are; None: the whole score.
    criterion: str | None
    points: float
    #: What the grader had given when this was written.
    instead_of: float
    reason: str
    #: The id of who gave them; None: nobody who is still known.
    person: str | None
    created_at: datetime
    #: Since then others hold, or the grader's own; None: they hold.
    ended_at: datetime | None
    #: The name of who gave them.
    name: str | None = None

    @property
    def holds(self) -> bool:
        """Whether these points count now."""
        return self.ended_at is None


class Overrides:
    """The overrides in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def of(self, submission: str) -> list[Override]:
        """All overrides of a submission, those that have ended too, the oldest first."""
        return self.of_each([submission])[submission]

    def of_each(self, submissions: Sequence[str]) -> dict[str, list[Override]]:
        """The same of several submissions, by their ids."""
        query = _query().where(R.submission.in_(submissions)).order_by(R.id)
        found: dict[str, list[Override]] = {id_: [] for id_ in submissions}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found[row.submission].append(_override(row))
        return found

    def give(
        self, actor: Actor, submission: str, criterion: str | None, points: float, reason: str
    ) -> Override:
        """Let these points count in place of the grader's, and of those given before.

        Points of the whole score go before those of criteria. None is more than there is to earn,
        so that a share of the score stays a share.

        Raises:
            LookupError: there is no such submission.
            NotOverridden: it has no report, or no such criterion, or there is not so much to earn.
            ValueError: there is no reason.
        """
        reason = reason.strip()
        if not reason:
            raise ValueError("say why: the student reads it, and so does whoever comes after you")
        now = self._clock()
        with writing(self._engine) as connection:
            row = _held(connection, submission)
            earned = _earned(row, criterion)
            if not (math.isfinite(points) and 0 <= points <= earned.of):
                raise NotOverridden(f"the points are from 0 to {earned.of:g}")
            before = _end(connection, submission, R.criterion == criterion, now=now)
            values = {
                "id": new_id(int(now.timestamp() * 1000)),
                "submission": submission,
                "criterion": criterion,
                "points": points,
                "instead_of": earned.points,
                "reason": reason,
                "person": actor.person,
                "created_at": now,
                "ended_at": None,
            }
            connection.execute(insert(R).values(**values))
            _recount(connection, row)
            note(
                connection,
                actor,
                Deed.OVERRIDDEN,
                now=now,
                course=row.course,
                submission=submission,
                assignment=row.assignment,
                about=row.person,
                reason=reason,
                before={"points": earned.points if before is None else before},
                after={"criterion": criterion, "points": points},
            )
            announce(connection, Event.GRADE_CHANGED, submission, now=now)
            found = connection.execute(_query().where(R.id == values["id"])).one()
        return _override(found)

    def take_back(self, actor: Actor, submission: str, id_: str) -> bool:
        """Let the grader's points count again. False: there is no such override that holds."""
        now = self._clock()
        with writing(self._engine) as connection:
            row = _held(connection, submission)
            here = (R.id == id_) & (R.submission == submission) & R.ended_at.is_(None)
            found = connection.execute(select(R.criterion, R.points, R.instead_of).where(here))
            given = found.one_or_none()
            if given is None:
                return False
            _end(connection, submission, R.id == id_, now=now)
            _recount(connection, row)
            note(
                connection,
                actor,
                Deed.OVERRIDE_REMOVED,
                now=now,
                course=row.course,
                submission=submission,
                assignment=row.assignment,
                about=row.person,
                before={"criterion": given.criterion, "points": given.points},
                after={"points": given.instead_of},
            )
            announce(connection, Event.GRADE_CHANGED, submission, now=now)
        return True


def marks_under(connection: Connection, submission: str, report: Report) -> dict[str, Any]:
    """The columns of a submission that say what counts of a report, overrides included.

    In the transaction that makes this report the submission's grade: what staff gave for the one
    before holds for the new one, as far as there is so much to earn in it.
    """
    return _columns(
        _holding(connection, submission),
        points_of(report),
        score=report.score,
        max_score=report.max_score,
    )


_OWN = tuple(one.name for one in fields(Override) if one.name != "name")


def _query() -> Any:
    columns = (*(getattr(R, name) for name in _OWN), PersonRow.name)
    return select(*columns).outerjoin(PersonRow, PersonRow.id == R.person)


def _override(row: Row[*tuple[Any, ...]]) -> Override:
    return Override(**{name: getattr(row, name) for name in (*_OWN, "name")})


def _held(connection: Connection, submission: str) -> Row[*tuple[Any, ...]]:
    """The submission's row, which nobody else changes until the transaction ends.

    Raises:
        LookupError: there is none.
    """
    columns = (S.id, S.course, S.assignment, S.person, S.score, S.max_score, S.points)
    held = select(*columns).where(S.id == submission).with_for_update()
    row = connection.execute(held).one_or_none()
    if row is None:
        raise LookupError(f"there is no submission {submission}")
    return row


def _earned(row: Row[*tuple[Any, ...]], criterion: str | None) -> Earned:
    """What the grader gave, for a criterion or in all.

    Raises:
        NotOverridden: there is no such thing.
    """
    if row.score is None or not row.max_score:
        raise NotOverridden("there is no score yet, or nothing to earn")
    if criterion is None:
        return Earned(row.score, row.max_score)
    found = (read(row.points) or {}).get(criterion)
    if found is None:
        raise NotOverridden("there is no such criterion in the report")
    return found


def _end(connection: Connection, submission: str, which: Any, *, now: datetime) -> float | None:
    """End the overrides that hold; returns the points of the last one, or None."""
    here = (R.submission == submission) & R.ended_at.is_(None) & which
    points = connection.scalar(select(R.points).where(here).order_by(R.id.desc()).limit(1))
    connection.execute(update(R).where(here).values(ended_at=now))
    return points


def _holding(connection: Connection, submission: str) -> list[tuple[str | None, float]]:
    query = select(R.criterion, R.points).where(R.submission == submission, R.ended_at.is_(None))
    return [(row.criterion, row.points) for row in connection.execute(query.order_by(R.id))]


def _recount(connection: Connection, row: Row[*tuple[Any, ...]]) -> None:
    """Bring what counts up to date with the overrides that hold."""
    columns = _columns(
        _holding(connection, row.id),
        read(row.points) or {},
        score=row.score or 0.0,
        max_score=row.max_score or 0.0,
    )
    if row.points is None:
        columns.pop("points")
    connection.execute(update(S).where(S.id == row.id).values(**columns))


def _columns(
    holding: Iterable[tuple[str | None, float]],
    earned: dict[str, Earned],
    *,
    score: float,
    max_score: float,
) -> dict[str, Any]:
    by_criterion = {name: points for name, points in holding if name is not None}
    whole = [points for name, points in holding if name is None]
    points = with_given(earned, by_criterion)
    given = given_total(points, score=score, max_score=max_score)
    if whole:
        given = min(whole[-1], max_score)
    return {"points": written(points), "given_score": given}
