"""The Celery task that grades, and the process that runs it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

from celery import Celery
from redis import Redis

from worker.attempt import Graded, run
from worker.channel import TASK, connect
from worker.messages import GradingJob

log = logging.getLogger(__name__)

#: So long the news of a grading is tried to be told while Redis is away.
_PATIENCE_SECONDS = 240


class Grader(Protocol):
    """Grades one job at a time."""

    def grade(self, job: GradingJob) -> Graded:
        """Grade, or raise: that is our failure."""

    def close(self) -> None:
        """Let go of what it holds."""


class Process:
    """One process of a worker. It equips itself when it starts, and again where that failed."""

    def __init__(self, broker_url: str, worker: str, equip: Callable[[], Grader]) -> None:
        """Nothing is opened before the fork."""
        self._broker_url = broker_url
        self._worker = worker
        self._equip = equip
        self._grader: Grader | None = None
        self._redis: Redis | None = None

    def open(self) -> None:
        """Equip the process. Where it fails, the next attempt tries again and tells of it."""
        try:
            self._grader = self._equip()
        except Exception:
            log.exception("this process cannot grade yet")

    def run(self, job: GradingJob) -> None:
        """Grade a job and tell what came of it."""
        if self._redis is None:
            self._redis = connect(self._broker_url, patience_seconds=_PATIENCE_SECONDS)
        run(job, self._grade, redis=self._redis, worker=self._worker)

    def close(self) -> None:
        """Let go of the equipment."""
        if self._grader is not None:
            self._grader.close()
            self._grader = None

    def _grade(self, job: GradingJob) -> Graded:
        # Within the attempt, so that a sandbox that does not start is the attempt's failure.
        if self._grader is None:
            self._grader = self._equip()
        return self._grader.grade(job)


def register(app: Celery, process: Process) -> None:
    """Give `app` the task, run by `process`."""

    @app.task(name=TASK)  # type: ignore[untyped-decorator]
    def grade_submission(**fields: Any) -> None:
        process.run(GradingJob(**fields))
