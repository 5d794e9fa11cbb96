"""The Celery task that runs previews, and the process that it runs in."""

from __future__ import annotations

import logging
import mmap
from collections.abc import Callable
from typing import Protocol

from celery import Celery
from redis import Redis
from redis.exceptions import RedisError

from exercises.preview import PreviewResult
from worker.attempt import ExerciseUnavailable
from worker.channel import LIVE_TASK, connect
from worker.live_streams import LOST, LiveJob, LiveStreams
from worker.sandbox.submission import Cancelled

log = logging.getLogger(__name__)

_UNAVAILABLE = "The exercise is being changed: load the page again in a moment."
_FAILED = "The preview failed, which is our fault. Your code may still be submitted."


class Previewer(Protocol):
    """Runs one preview at a time."""

    def preview(self, job: LiveJob, is_unwanted: Callable[[], bool]) -> PreviewResult:
        """Run, or raise: Cancelled where it became unwanted, else it is our failure."""

    def close(self) -> None:
        """Let go of what it holds."""


class LiveProcess:
    """One process of a worker for previews. It equips itself as worker.tasks.Process does."""

    def __init__(self, broker_url: str, equip: Callable[[], Previewer]) -> None:
        """Nothing is opened before the fork."""
        self._broker_url = broker_url
        self._equip = equip
        self._previewer: Previewer | None = None
        self._redis: Redis | None = None
        #: Shared with the processes that are forked: whether the worker is told to end.
        self._closing = mmap.mmap(-1, 1)

    def end_soon(self) -> None:
        """Run nothing to its end any more, in whatever process; called in the main one."""
        self._closing[0] = 1

    def open(self) -> None:
        """Equip the process. Where it fails, the next preview tries again."""
        try:
            self._previewer = self._equip()
        except Exception:
            log.exception("this process cannot preview yet")

    def run(self, owner: str, stream: str) -> None:
        """Run the newest job of a stream, if there is one. Never raises: the next one may work."""
        try:
            if self._redis is None:
                self._redis = connect(self._broker_url)
            streams = LiveStreams(self._redis)
            job = streams.take(owner, stream)
            if job is not None:
                self._run(job, streams)
        except RedisError as error:
            log.warning("a preview is lost, as Redis is away: %s", error)

    def close(self) -> None:
        """Let go of the equipment."""
        if self._previewer is not None:
            self._previewer.close()
            self._previewer = None

    def _run(self, job: LiveJob, streams: LiveStreams) -> None:
        def is_unwanted() -> bool:
            return bool(self._closing[0]) or not streams.is_wanted(job)

        try:
            if self._previewer is None:
                self._previewer = self._equip()
            result = self._previewer.preview(job, is_unwanted)
            said = result.model_dump_json()
        except Cancelled:
            # Where it was superseded, that stays.
            streams.fail(job, LOST)
        except ExerciseUnavailable as error:
            log.info("a preview: %s", error)
            streams.fail(job, _UNAVAILABLE)
        except RedisError:
            raise
        except Exception:
            log.exception("a preview of %s failed", job.exercise)
            streams.fail(job, _FAILED)
        else:
            streams.finish(job, said)


def register(app: Celery, process: LiveProcess) -> None:
    """Give `app` the task, run by `process`."""

    # Not delivered again when its process dies: what killed one would kill the next.
    @app.task(name=LIVE_TASK, acks_late=False, reject_on_worker_lost=False)  # type: ignore[untyped-decorator]
    def run_preview(owner: str, stream: str) -> None:
        process.run(owner, stream)
