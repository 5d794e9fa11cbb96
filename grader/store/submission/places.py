"""Places: how many submissions are ahead of one in the queue, and how long that will take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from grader.store.grading.turns import turns
from grader.store.models import AttemptRow, CapacityRow
from grader.store.models import SubmissionRow as S
from grader.store.submission.state import IN_FLIGHT, Ended, State

#: The estimate rests on the mean of so many last gradings.
_RECENT = 50
#: Where more wait, the order is found once for all who ask within some seconds: that takes 0.14 s
#: with 10,000, and each of them asks again and again. Nobody sees so long a queue move by a few.
_MANY, _FRESH_SECONDS = 2_000, 2.0


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
    rank = None
    if (connection.scalar(_COUNT_WAITING) or 0) > _MANY:
        rank = _orders.of(connection).get(id_)
    if rank is None:  # or it came after the order was found
        order = turns()
        rank = connection.scalar(select(order.c.rank).where(order.c.id == id_)) or 1
    return rank - 1 + (connection.scalar(_COUNT_IN_FLIGHT) or 0)


class _Orders:
    """The order of long queues, by database; threads may share one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # One at a time finds it, and the others wait for that.
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[Engine, tuple[float, Mapping[str, int]]] = (
            WeakKeyDictionary()
        )

    def of(self, connection: Connection) -> Mapping[str, int]:
        """By submission its rank, from 1, as it was a few seconds ago at most."""
        with self._lock:
            at, ranks = self._found.get(connection.engine, (float("-inf"), {}))
            if self._clock() - at > _FRESH_SECONDS:
                order = turns()
                rows = connection.execute(select(order.c.id, order.c.rank))
                ranks = {row.id: row.rank for row in rows}
                self._found[connection.engine] = self._clock(), ranks
        return ranks


_orders = _Orders()


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


_COUNT_WAITING = select(func.count()).where(S.state == State.ACCEPTED)
_COUNT_IN_FLIGHT = select(func.count()).where(S.state.in_(IN_FLIGHT))

_RECENT_GRADINGS = (
    select(AttemptRow.started_at, AttemptRow.finished_at)
    .where(AttemptRow.ended == Ended.GRADED, AttemptRow.started_at.is_not(None))
    .order_by(AttemptRow.finished_at.desc())
    .limit(_RECENT)
)
