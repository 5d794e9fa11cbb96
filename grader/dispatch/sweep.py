"""The sweep: finds attempts that will not end by themselves, and internal errors to grade again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime

from redis import Redis

from grader.dispatch.capacity import live_workers
from grader.store.grading.attempts import Attempts, OpenAttempt
from grader.store.grading.grades import Grades
from grader.store.submission.state import Ended, State
from worker.channel import NEWS, QUEUE

log = logging.getLogger(__name__)

#: A worker's announcement must be missing for so long, on top of its own time to live.
GONE_SECONDS = 1.5
#: A message is lost when for so long no worker has begun it and the queue is empty.
UNHEARD_SECONDS = 5.0


class Sweep:
    """Looks at what is in flight; keeps only how long it has seen what."""

    def __init__(
        self,
        attempts: Attempts,
        grades: Grades,
        redis: Redis,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._attempts = attempts
        self._grades = grades
        self._redis = redis
        self._clock = clock
        self._seen_since: dict[Hashable, float] = {}

    def forget(self) -> None:
        """Begin anew, after Redis was away: nobody could announce anything then."""
        self._seen_since.clear()

    def look(self, now: datetime) -> int:
        """Close the attempts that are lost, and let internal errors wait for another one.

        Returns how many attempts were lost.

        Raises:
            redis.exceptions.RedisError: Redis is away.
        """
        lost = list(self._lost(now))
        for attempt, ended, problem in lost:
            state = self._grades.fail(attempt.submission, attempt.number, ended, problem, now=now)
            report_failure(attempt.submission, attempt.number, problem, state)
        again = self._grades.regrade_due(now)
        if again:
            log.warning("%d submissions with an internal error are graded again", again)
        return len(lost)

    def _lost(self, now: datetime) -> Iterator[tuple[OpenAttempt, Ended, str]]:
        attempts = self._attempts.open()
        workers = live_workers(self._redis) if attempts else {}
        # In this order: what leaves the queue between the two shows up in the news.
        queue = self._redis.llen(QUEUE) if attempts else 0
        news = self._redis.xlen(NEWS) if attempts else 0
        seen: dict[Hashable, float] = {}
        for attempt in attempts:
            key = (attempt.submission, attempt.number)
            if attempt.lease_expires_at <= now:
                yield attempt, Ended.EXPIRED, "its lease ran out"
            elif attempt.started_at is not None:
                if attempt.worker not in workers and self._for(seen, key) > GONE_SECONDS:
                    yield attempt, Ended.LOST, f"its worker {attempt.worker} is gone"
            elif not queue and not news and self._for(seen, key) > UNHEARD_SECONDS:
                yield attempt, Ended.UNDELIVERED, "the queue lost its message"
        self._seen_since = seen

    def _for(self, seen: dict[Hashable, float], key: Hashable) -> float:
        """For how many seconds now this has been so at every look."""
        seen[key] = self._seen_since.get(key, self._clock())
        return self._clock() - seen[key]


def report_failure(submission: str, attempt: int, problem: str, state: State | None) -> None:
    """Tell the operators of an attempt that had no report."""
    cause = problem.strip().splitlines()[-1] if problem.strip() else "no reason given"
    if state is State.GRADED:
        log.error("%s: attempt %d: %s; it is an internal error for now", submission, attempt, cause)
    elif state is State.ACCEPTED:
        log.warning("%s: attempt %d: %s; it is handed out again", submission, attempt, cause)
