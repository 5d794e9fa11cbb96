"""Places: how many submissions are ahead of one in the queue, and how long that will take."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from grader.store.grading.turns import turns
from grader.store.models import AttemptRow, CapacityRow
from grader.store.models import SubmissionRow as S
from grader.store.submission.state import IN_FLIGHT, Ended, State

#: The estimate rests on the mean of so many last gradings.
_RECENT = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue."""

    #: How many submissions, as things stand, will be graded first.
    ahead: int
    #: When its own grading is likely to have ended; None while nothing is known of that.
    estimate_seconds: float | None


def place_of(connection: Connection, id_: str) -> Place | None:
    """The submission's place in the queue; None once it is running or graded, or unknown."""
    row = connection.execute(select(S.state, S.attempt).where(S.id == id_)).one_or_none()
    if row is None or row.state not in (State.ACCEPTED, State.QUEUED):
        return None
    waits = row.state == State.ACCEPTED
    ahead = _before_its_turn(connection, id_) if waits else _earlier(connection, id_, row.attempt)
    slots = connection.scalar(select(CapacityRow.slots)) or 0
    finished = connection.execute(_RECENT_GRADINGS).all()
    if not slots or not finished:
        return Place(ahead, None)
    seconds = [(one.finished_at - one.started_at).total_seconds() for one in finished]
    mean = sum(seconds) / len(seconds)
    return Place(ahead, max(0.0, mean) * (ahead // slots + 1))


def _before_its_turn(connection: Connection, id_: str) -> int:
    """How many are ahead of one that waits: those before it in the fair order, and in flight."""
    order = turns()
    rank = connection.scalar(select(order.c.rank).where(order.c.id == id_)) or 1
    return rank - 1 + (connection.scalar(_COUNT_IN_FLIGHT) or 0)


def _earlier(connection: Connection, id_: str, attempt: int) -> int:
    """How many that are in flight were handed out before one that is."""
    handed_out = (
        select(AttemptRow.handed_out_at)
        .where(AttemptRow.submission == id_, AttemptRow.number == attempt)
        .scalar_subquery()
    )
    current = (AttemptRow.submission == S.id) & (AttemptRow.number == S.attempt)
    earlier = _COUNT_IN_FLIGHT.join_from(S, AttemptRow, current)
    return connection.scalar(earlier.where(AttemptRow.handed_out_at < handed_out)) or 0


_COUNT_IN_FLIGHT = select(func.count()).where(S.state.in_(IN_FLIGHT))

_RECENT_GRADINGS = (
    select(AttemptRow.started_at, AttemptRow.finished_at)
    .where(AttemptRow.ended == Ended.GRADED, AttemptRow.started_at.is_not(None))
    .order_by(AttemptRow.finished_at.desc())
    .limit(_RECENT)
)
