"""The Redis side of the road: how to connect, and the names of all that lies there."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError
from redis.retry import Retry

_NAMESPACE = "pushforward:"

#: The Celery queue of submissions to grade.
QUEUE = "pushforward-grading"
#: The name of the task that grades one.
TASK = "worker.grade"
#: The same of previews.
LIVE_QUEUE = "pushforward-live"
LIVE_TASK = "worker.preview"

#: The stream of what workers say, read by the recorders' consumer group.
NEWS = _NAMESPACE + "news"
#: The set of the names of workers that have announced themselves.
WORKERS = _NAMESPACE + "workers"
#: The same of those that run previews: the hand-out must not count them.
LIVE_WORKERS = _NAMESPACE + "live-workers"
#: A list with one entry when the hand-out has something to do.
WAKE = _NAMESPACE + "wake"
#: The lock of the one hand-out that leads.
LEADER = _NAMESPACE + "leader"

#: The connection is down, or the server is not ready yet: to try again is right.
UNAVAILABLE = (ConnectionError, TimeoutError, BusyLoadingError)

#: A worker whose heartbeat is older than this is gone.
HEARTBEAT_TTL_SECONDS = 4
HEARTBEAT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Role:
    """What a worker is there for."""

    #: What it does with what it takes, for the log.
    does: str
    #: The Celery queue that it takes from.
    queue: str
    #: The set in which it announces itself.
    workers: str


GRADING = Role("grades", QUEUE, WORKERS)
PREVIEWING = Role("previews", LIVE_QUEUE, LIVE_WORKERS)


def heartbeat(worker: str) -> str:
    """The key that lives as long as a worker announces itself; its value is its slots."""
    return f"{_NAMESPACE}worker:{worker}"


def begun(submission: str, attempt: int) -> str:
    """The key that says that a worker has begun this attempt: no other delivery may begin it."""
    return f"{_NAMESPACE}begun:{submission}:{attempt}"


def graded(submission: str) -> str:
    """The pub/sub channel that wakes whoever waits for a submission's report."""
    return f"{_NAMESPACE}graded:{submission}"


def preview(id_: str) -> str:
    """The hash of one preview: where it is, and its result. Also the channel that wakes for it."""
    return f"{_NAMESPACE}preview:{id_}"


def live_stream(owner: str, name: str) -> str:
    """The hash of one stream of previews, as an editor's tab: its newest job."""
    return f"{_NAMESPACE}live:{owner}:{name}"


def under_way(owner: str) -> str:
    """The sorted set of an owner's streams that have a preview waiting or running."""
    return f"{_NAMESPACE}live-owner:{owner}"


def connect(url: str, *, patience_seconds: float = 0) -> Redis:
    """A client of the Redis at `url` (redis://, rediss:// or unix://). It connects when used.

    Args:
        patience_seconds: for about so long a command is tried again while Redis is away. Only
            for commands that may run twice.
    """
    retry = Retry(NoBackoff(), 0)
    if patience_seconds:
        # 0.05 s doubling to 1 s: the first five waits are 1.55 s together.
        retry = Retry(ExponentialBackoff(cap=1.0, base=0.05), 5 + int(patience_seconds))
    return Redis.from_url(
        url,
        retry=retry,
        retry_on_error=list(UNAVAILABLE),
        # Longer than any blocking read (1 s): a Redis that hangs is noticed.
        socket_timeout=5,
        socket_connect_timeout=5,
        health_check_interval=0,
    )
