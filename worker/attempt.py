"""One attempt on the worker's side: begins it once, grades, and says what came of it."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Mapping
from typing import Protocol

from redis import Redis

from exercises.report import Report
from worker.broker import VISIBILITY_SECONDS
from worker.channel import NEWS, begun
from worker.messages import Began, Failed, Finished, GradingJob, News, encode

log = logging.getLogger(__name__)

#: For as long as Celery may still deliver the same message again.
_BEGUN_SECONDS = 2 * VISIBILITY_SECONDS


class ExerciseUnavailable(Exception):
    """This worker does not have the exercise in the version that was asked for."""


class Graded(Protocol):
    """What grading returns."""

    @property
    def report(self) -> Report:
        """The report."""

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files that belong to it, by name."""


def run(
    job: GradingJob, grade: Callable[[GradingJob], Graded], *, redis: Redis, worker: str
) -> None:
    """Grade a job and put the news of it on the stream.

    An exception in grading becomes news too: it is our failure, and the dispatch decides whether
    to try again. When this returns, the news is on the stream.

    Args:
        redis: a client with patience, as the news must arrive.
    """
    submission, attempt = job.submission, job.attempt
    if not _begin(redis, submission, attempt, worker):
        # Delivered a second time: the process that had begun died with it, or Redis forgot that
        # it was done. In both cases to grade again under this number would be wrong.
        tell(redis, Failed(submission, attempt, worker, "its process is gone", lost=True))
        return
    tell(redis, Began(submission, attempt, worker))
    try:
        graded = grade(job)
        news: News = Finished(submission, attempt, worker, graded.report, dict(graded.files))
        fields = encode(news)
    except ExerciseUnavailable as error:
        log.info("attempt %d of %s: %s", attempt, submission, error)
        fields = encode(Failed(submission, attempt, worker, str(error), unavailable=True))
    except Exception as error:
        log.exception("attempt %d of %s failed", attempt, submission)
        problem = "".join(traceback.format_exception(error))[-4000:]
        fields = encode(Failed(submission, attempt, worker, problem))
    redis.xadd(NEWS, fields)  # type: ignore[arg-type]


def tell(redis: Redis, news: News) -> None:
    """Put news on the stream."""
    redis.xadd(NEWS, encode(news))  # type: ignore[arg-type]


def _begin(redis: Redis, submission: str, attempt: int, worker: str) -> bool:
    """Whether this delivery is the one that may grade the attempt."""
    key = begun(submission, attempt)
    token = f"{worker}/{secrets.token_hex(8)}".encode()
    if redis.set(key, token, nx=True, ex=_BEGUN_SECONDS):
        return True
    # The client tries again when an answer was lost on its way: then the key is our own.
    return redis.get(key) == token
