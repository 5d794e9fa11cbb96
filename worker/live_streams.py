"""Streams of previews in Redis: of each only the newest job counts, and nothing is kept for long.

An editor's tab is a stream; its previews have rising numbers. The queue never holds more than one
message of a stream, which only says that there is something to do: whoever takes it gets the newest
job. So typing fast, or a client that floods, makes nobody else wait longer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import cast

from redis import Redis

from worker.channel import live_stream, preview, under_way
from worker.live_scripts import FINISH, PUT, TAKE

#: A preview is forgotten after so long, and so is a stream in which nothing happens.
_TTL_SECONDS = 60
#: One owner may have so many streams with a preview that waits or runs.
STREAMS_AT_ONCE = 2
#: Nobody took it for so long: it has failed. A message that is so old is lost.
_WAIT_SECONDS = 6.0
#: It has been running for so long: its worker is gone. A preview's limits are far below.
_RUN_SECONDS = 20.0

#: What is said of a preview whose worker went away.
LOST = "The preview was lost: try again."


class LiveState(StrEnum):
    """Where a preview is."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    #: A newer one of its stream came.
    SUPERSEDED = "superseded"
    #: Our failure.
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self not in (LiveState.WAITING, LiveState.RUNNING)


class Put(StrEnum):
    """What became of a new preview."""

    #: The queue needs a message of its stream.
    SEND = "send"
    #: The queue has one already.
    QUEUED = "queued"
    #: A newer one was there first.
    SUPERSEDED = "superseded"
    #: Too many streams of its owner are under way; it was not taken.
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class LiveJob:
    """One preview to run, with everything that a worker needs for it."""

    id: str
    #: Whose it is; a digest.
    owner: str
    stream: str
    number: int
    source: str
    exercise: str
    exercise_version: str
    seed: int
    #: The exercise's files in that version, as a GradingJob has them; empty where workers have it.
    archive: str = ""


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """What is known of a preview."""

    id: str
    number: int
    state: LiveState
    #: A preview's result as JSON; empty before it is ready.
    result: str = ""
    #: A sentence, where it failed.
    problem: str = ""


class LiveStreams:
    """The streams in one Redis. Each method may raise RedisError."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._put = redis.register_script(PUT)
        self._take = redis.register_script(TAKE)
        self._finish = redis.register_script(FINISH)

    def put(self, job: LiveJob) -> Put:
        """Make `job` the newest of its stream, and the older one superseded."""
        keys = [live_stream(job.owner, job.stream), under_way(job.owner), preview(job.id)]
        limits = [STREAMS_AT_ONCE, _RUN_SECONDS, _WAIT_SECONDS, _TTL_SECONDS]
        text = json.dumps(asdict(job))
        arguments: list[str | float] = [job.id, job.number, text, job.stream]
        arguments += [*limits, preview("")]
        return Put(self._put(keys=keys, args=arguments).decode())

    def take(self, owner: str, stream: str) -> LiveJob | None:
        """The stream's newest job, which runs from now on; None where there is nothing to do."""
        text = self._take(keys=[live_stream(owner, stream)], args=[preview(""), _TTL_SECONDS])
        return None if text is None else LiveJob(**json.loads(text))

    def is_wanted(self, job: LiveJob) -> bool:
        """Whether a job that runs is still the newest of its stream."""
        return self._redis.hget(preview(job.id), "state") == LiveState.RUNNING.encode()

    def finish(self, job: LiveJob, result: str) -> None:
        """Keep the result of a job, as JSON, unless a newer one came."""
        self._end(job, LiveState.READY, "result", result)

    def fail(self, job: LiveJob, problem: str) -> None:
        """Keep the sentence that says why a job has no result, unless a newer one came."""
        self._end(job, LiveState.FAILED, "problem", problem)

    def look(self, id_: str) -> LiveRecord | None:
        """What is known of a preview; None where there is none any more."""
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.time()
            pipeline.hgetall(preview(id_))
            (seconds, microseconds), fields = cast(
                "tuple[tuple[int, int], dict[bytes, bytes]]", tuple(pipeline.execute())
            )
        if b"state" not in fields:
            return None
        texts = {name.decode(): value.decode() for name, value in fields.items()}
        age = seconds + microseconds / 1e6 - float(texts["at"])
        state, problem = LiveState(texts["state"]), texts.get("problem", "")
        if state is LiveState.WAITING and age > _WAIT_SECONDS:
            state, problem = LiveState.FAILED, "All previews' places are taken: try again."
        if state is LiveState.RUNNING and age > _RUN_SECONDS:
            state, problem = LiveState.FAILED, LOST
        return LiveRecord(id_, int(texts["number"]), state, texts.get("result", ""), problem)

    def _end(self, job: LiveJob, state: LiveState, field: str, said: str) -> None:
        keys = [under_way(job.owner), preview(job.id)]
        self._finish(keys=keys, args=[job.stream, state, field, said, _TTL_SECONDS])
