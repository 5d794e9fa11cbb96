"""The hand-out: keeps the queue topped up with what the workers can take, in the fair order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from celery import Celery
from redis import Redis

from grader.dispatch.capacity import live_workers
from grader.dispatch.leader import Leader
from grader.dispatch.outage import AWAY, Outage
from grader.dispatch.sweep import Sweep
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.submission.state import Ended
from worker.channel import QUEUE, TASK, WAKE
from worker.messages import GradingJob

log = logging.getLogger(__name__)

#: In flight for each slot: one that runs and one that waits for it, so that no slot is idle
#: while its next submission is on the way. All others wait in the database, in the fair order.
PER_SLOT = 2
#: Without a word it looks so often for what is due.
LOOK_SECONDS = 1.0


class HandOut:
    """Hands submissions out to the workers."""

    def __init__(
        self,
        attempts: Attempts,
        grades: Grades,
        redis: Redis,
        publish: Callable[[GradingJob], None],
        *,
        lease: timedelta,
    ) -> None:
        """Nothing happens before `run`.

        Args:
            publish: puts a job into the queue, or raises.
            lease: after so long an attempt that has not ended is handed out again.
        """
        self._attempts = attempts
        self._grades = grades
        self._redis = redis
        self._publish = publish
        self._lease = lease
        self._leader = Leader(redis)
        self._sweep = Sweep(attempts, grades, redis)
        self._swept_at = 0.0
        self._slots: int | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        outage = Outage("the hand-out")
        while not stop.is_set():
            try:
                if self._leader.leads():
                    self.sweep()
                    self.top_up()
                    outage.is_over()
                    self._redis.blpop([WAKE], timeout=LOOK_SECONDS)
                else:
                    outage.is_over()
                    stop.wait(LOOK_SECONDS)
            except AWAY as error:
                self._sweep.forget()
                stop.wait(outage.goes_on(error))
        self._leader.resign()

    def sweep(self) -> None:
        """Close what is lost; no more often than the loop looks by itself."""
        if time.monotonic() - self._swept_at >= LOOK_SECONDS * 0.9:
            self._sweep.look(datetime.now(UTC))
            self._swept_at = time.monotonic()

    def top_up(self) -> int:
        """Hand out what the workers can take now. Returns how many that were.

        Raises:
            Exception: the queue did not take one; it and those after it wait again.
        """
        slots = sum(live_workers(self._redis).values())
        if slots != self._slots:
            self._attempts.note_capacity(slots, now=datetime.now(UTC))
            self._slots = slots
        jobs = self._next(slots, datetime.now(UTC))
        for index, job in enumerate(jobs):
            try:
                self._publish(job)
            except Exception:
                self._take_back(jobs[index:])
                raise
        return len(jobs)

    def _next(self, slots: int, now: datetime) -> list[GradingJob]:
        """What the slots can take: submissions, and trials only for slots that would be idle.

        No trial is handed out to wait behind what runs, so that whoever submits is next.
        """
        in_flight = self._attempts.in_flight()
        jobs = self._attempts.hand_out(PER_SLOT * slots - in_flight, now=now, lease=self._lease)
        idle = slots - in_flight - len(jobs)
        if idle > 0:
            trials = self._attempts.trials
            jobs += trials.hand_out(idle - trials.in_flight(), now=now, lease=self._lease)
        return jobs

    def _take_back(self, jobs: list[GradingJob]) -> None:
        for job in jobs:
            self._grades.fail(
                job.submission,
                job.attempt,
                Ended.UNDELIVERED,
                "the queue did not take it",
                now=datetime.now(UTC),
            )


def publisher(app: Celery) -> Callable[[GradingJob], None]:
    """Puts jobs into the queue of `app`, by the task's name."""

    def publish(job: GradingJob) -> None:
        app.send_task(
            TASK,
            kwargs=job.to_json(),
            task_id=f"{job.submission}.{job.attempt}",
            queue=QUEUE,
            ignore_result=True,
            # The hand-out has its own patience, and hands out again what was not taken.
            retry=False,
        )

    return publish
