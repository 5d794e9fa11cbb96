"""Waiting without polling: wakes whoever waits for a report, and the hand-out that has work."""

from __future__ import annotations

import logging
import time

from redis import Redis
from redis.exceptions import RedisError

from grader.store.submission.submissions import State, Submission, Submissions
from worker.channel import WAKE, graded

log = logging.getLogger(__name__)

#: How often a waiting request looks at the database all the same: a word on the channel is lost
#: when Redis restarts.
_LOOK_SECONDS = 1.0


class Waiting:
    """Waits for reports; one of it serves all threads of a process."""

    def __init__(self, redis: Redis, submissions: Submissions) -> None:
        self._redis = redis
        self._submissions = submissions

    def wait_for(self, id: str, seconds: float) -> Submission:
        """The submission as soon as it is graded, or as it is when `seconds` are over.

        Raises:
            LookupError: there is no such submission.
        """
        deadline = time.monotonic() + seconds
        submission = self._look(id)
        if submission.state is State.GRADED or seconds <= 0:
            return submission
        with self._redis.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
            listening = False
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    return self._look(id)
                step = min(left, _LOOK_SECONDS)
                try:
                    if not listening:
                        channel.subscribe(graded(id))
                        # The server's answer: from here on no word is missed, so look once more.
                        channel.get_message(timeout=step)
                        listening = True
                    else:
                        channel.get_message(timeout=step)
                except RedisError:
                    listening = False
                    time.sleep(min(max(0.0, deadline - time.monotonic()), _LOOK_SECONDS / 4))
                submission = self._look(id)
                if submission.state is State.GRADED:
                    return submission

    def _look(self, id: str) -> Submission:
        submission = self._submissions.get(id)
        if submission is None:
            raise LookupError(f"there is no submission {id}")
        return submission


def wake_dispatcher(redis: Redis) -> None:
    """Tell the hand-out that there is work. Never raises: it looks by itself every second."""
    try:
        with redis.pipeline(transaction=False) as pipeline:
            pipeline.lpush(WAKE, 1)
            pipeline.ltrim(WAKE, 0, 0)
            pipeline.execute()
    except RedisError as error:
        log.debug("the hand-out could not be woken: %s", error)


def wake_waiting(redis: Redis, submission: str) -> None:
    """Tell whoever waits for this submission's report that it is there. Never raises."""
    try:
        redis.publish(graded(submission), 1)
    except RedisError as error:
        log.debug("those who wait could not be woken: %s", error)
