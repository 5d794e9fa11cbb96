"""The recorder: reads the news from the workers and stores it, each piece once."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from redis import Redis
from redis.exceptions import ResponseError
from sqlalchemy.exc import SQLAlchemyError

from exercises.outcome import Verdict
from grader.dispatch.outage import AWAY, Outage
from grader.dispatch.sweep import report_failure
from grader.dispatch.wait import wake_dispatcher, wake_waiting
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.submission.state import Ended
from grader.store.submission.submissions import StoredFile
from worker.channel import NEWS
from worker.messages import Began, Failed, Finished, MalformedNewsError, News, decode

log = logging.getLogger(__name__)

GROUP = "recorders"
_BATCH = 16
_BLOCK_MS = 1000
#: What another recorder has read and not acknowledged for so long is taken over.
CLAIM_AFTER_MS = 15_000

_MEDIA_TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "npz": "application/vnd.numpy.npz",
}

Entry = tuple[bytes, Mapping[bytes, bytes]]


class Recorder:
    """Stores what the workers say. Several may run at once, under names of their own."""

    def __init__(
        self, attempts: Attempts, grades: Grades, redis: Redis, *, name: str, lease: timedelta
    ) -> None:
        """Nothing happens before `run`.

        Args:
            name: the same after a restart, so that what was read and not stored is read again.
            lease: how long an attempt may take from when a worker begins it.
        """
        self._attempts = attempts
        self._grades = grades
        self._redis = redis
        self._name = name
        self._lease = lease
        self._claimed_at = -math.inf

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, and then until no news is left."""
        outage = Outage("the recorder")
        while True:
            try:
                self._join()
                outage.is_over()
                self._work(stop)
                return
            except AWAY as error:
                pause = outage.goes_on(error)
                if stop.wait(pause):
                    return

    def _work(self, stop: threading.Event) -> None:
        # First what this recorder had read before and did not store.
        while self._store(self._read("0")):
            continue
        while True:
            if time.monotonic() - self._claimed_at > CLAIM_AFTER_MS / 1000:
                self._store(self._claim())
                self._claimed_at = time.monotonic()
            stored = self._store(self._read(">", block=not stop.is_set()))
            if not stored and stop.is_set():
                return

    def _join(self) -> None:
        try:
            self._redis.xgroup_create(NEWS, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _read(self, after: str, *, block: bool = False) -> list[Entry]:
        answer = cast(
            "Any",
            self._redis.xreadgroup(
                GROUP, self._name, {NEWS: after}, count=_BATCH, block=_BLOCK_MS if block else None
            ),
        )
        return _entries(answer)

    def _claim(self) -> list[Entry]:
        answer = cast(
            "Any",
            self._redis.xautoclaim(NEWS, GROUP, self._name, CLAIM_AFTER_MS, "0", count=_BATCH),
        )
        return [(key, fields) for key, fields in answer[1] if fields]

    def _store(self, entries: list[Entry]) -> int:
        for key, fields in entries:
            self._handle(key, fields)
            with self._redis.pipeline() as pipeline:
                # After the commit: should this process die before, the entry is read again, and
                # the fence lets it change nothing.
                pipeline.xack(NEWS, GROUP, key)
                pipeline.xdel(NEWS, key)
                pipeline.execute()
        return len(entries)

    def _handle(self, key: bytes, fields: Mapping[bytes, bytes]) -> None:
        try:
            news = decode(fields)
        except MalformedNewsError as error:
            log.error("an entry of the news could not be read and is dropped: %s", error)
            return
        try:
            self._apply(news)
        except AWAY:
            raise
        except (SQLAlchemyError, ValueError) as error:
            # The database is there and refuses: to try the same again would stop all others.
            log.exception("the news of %s could not be stored", news.submission)
            self._fail(news, Ended.FAILED, f"{type(error).__name__}: {error}")

    def _apply(self, news: News) -> None:
        match news:
            case Began():
                now = datetime.now(UTC)
                current = self._attempts.begin(
                    news.submission, news.attempt, worker=news.worker, now=now, lease=self._lease
                )
                if not current:
                    _log_stale(news)
            case Failed():
                self._fail(news, _ended(news), news.problem)
            case Finished() if news.report.verdict is Verdict.INTERNAL_ERROR:
                said = "; ".join(finding.message for finding in news.report.findings)
                self._fail(news, Ended.FAILED, f"the report is of an internal error: {said}")
            case Finished():
                self._record(news)

    def _record(self, news: Finished) -> None:
        files = [
            StoredFile(name, _media_type(name), content) for name, content in news.files.items()
        ]
        recorded = self._grades.record(
            news.submission, news.attempt, news.report, files, now=datetime.now(UTC)
        )
        if not recorded:
            _log_stale(news)
            return
        wake_waiting(self._redis, news.submission)
        wake_dispatcher(self._redis)

    def _fail(self, news: News, ended: Ended, problem: str) -> None:
        state = self._grades.fail(
            news.submission, news.attempt, ended, problem, now=datetime.now(UTC)
        )
        if state is None:
            _log_stale(news)
            return
        report_failure(news.submission, news.attempt, problem, state)
        wake_waiting(self._redis, news.submission)
        wake_dispatcher(self._redis)


def _entries(answer: Any) -> list[Entry]:
    """Redis answers by stream; an entry that was deleted while it was pending has no fields."""
    if not answer:
        return []
    streams = answer.items() if isinstance(answer, dict) else answer
    return [(key, fields or {}) for _, entries in streams for key, fields in entries]


def _ended(news: Failed) -> Ended:
    if news.unavailable:
        return Ended.UNAVAILABLE
    return Ended.LOST if news.lost else Ended.FAILED


def _media_type(name: str) -> str:
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def _log_stale(news: News) -> None:
    kind = type(news).__name__.lower()
    log.info("%s: attempt %d: %s came twice or late", news.submission, news.attempt, kind)
