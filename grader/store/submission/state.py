"""How far a submission is, and how one attempt at grading it can end."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """How far a submission is on its road."""

    #: It is stored and waits to be handed out.
    ACCEPTED = "accepted"
    #: It is handed out: a message for a worker is in the queue.
    QUEUED = "queued"
    #: A worker has begun.
    RUNNING = "running"
    #: Its report is recorded. One of an internal error is replaced when it is graded again.
    GRADED = "graded"


#: Handed out and not graded yet.
IN_FLIGHT = (State.QUEUED, State.RUNNING)


class Ended(StrEnum):
    """How one attempt ended."""

    #: Its report is the submission's grade.
    GRADED = "graded"
    #: The worker said that it could not grade.
    FAILED = "failed"
    #: The worker has another version of the exercise, or none: the next one brings it along.
    UNAVAILABLE = "unavailable"
    #: The process that graded is gone.
    LOST = "lost"
    #: Its lease ran out.
    EXPIRED = "expired"
    #: Its message never reached a worker, which is the queue's fault, not the submission's.
    UNDELIVERED = "undelivered"


#: So many attempts may go wrong once a worker has begun: what kills workers stops here, as an
#: internal error.
MAX_FAILURES = 3
#: So many attempts may be made before that, those included whose message the queue lost.
MAX_ATTEMPTS = 20
#: How long after each internal error one further attempt is made: an outage of ours may last, and
#: what fails for a week will not mend itself.
REGRADE_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=6),
)
