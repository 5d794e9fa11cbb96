"""A worker's presence: announces its slots while it lives, and ends it when it takes no work."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError

from worker.channel import HEARTBEAT_SECONDS, HEARTBEAT_TTL_SECONDS, Role, heartbeat

log = logging.getLogger(__name__)

#: Work waits, this worker does nothing, and so it goes for this long: its consumer is broken,
#: as has been seen after a restart of Redis. Whoever supervises it starts a new one.
STUCK_SECONDS = 15.0
#: sysexits.h: EX_SOFTWARE.
STUCK_EXIT = 70


def worker_name() -> str:
    """A name for this process that no other worker has or had."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


class Presence:
    """Announces a worker every second, from a thread of its main process."""

    def __init__(
        self,
        redis: Redis,
        name: str,
        role: Role,
        slots: int,
        *,
        taken: Callable[[], int],
        running: Callable[[], int],
    ) -> None:
        """Nothing is announced before `start`.

        Args:
            redis: a client of its own.
            name: the worker's.
            role: what it is there for.
            slots: how many submissions or previews the worker runs at once.
            taken: how many it has taken so far.
            running: how many it holds now.
        """
        self._redis = redis
        self._name = name
        self._role = role
        self._slots = slots
        self._taken = taken
        self._running = running
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Announce, and go on announcing."""
        self._thread.start()

    def close(self) -> None:
        """Take no new work. What runs may end: the worker is still announced, with no slots."""
        self._slots = 0

    def end(self) -> None:
        """Withdraw the announcement."""
        self._ended.set()
        if self._thread.is_alive():  # it is not where the worker ends before it was ready
            self._thread.join(timeout=2 * HEARTBEAT_SECONDS)
        try:
            self._redis.delete(heartbeat(self._name))
            self._redis.srem(self._role.workers, self._name)
        except RedisError as error:
            log.debug("the announcement was not withdrawn: %s", error)

    def _run(self) -> None:
        idle_since: float | None = None
        taken = -1
        while not self._ended.is_set():
            try:
                waiting = self._announce()
            except RedisError as error:
                log.debug("no heartbeat: %s", error)
                waiting = 0
            busy = self._running() > 0 or self._taken() != taken or not self._slots
            taken = self._taken()
            if busy or not waiting:
                idle_since = None
            elif idle_since is None:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > STUCK_SECONDS:
                log.error("%d submissions wait and this worker takes none: it ends", waiting)
                os._exit(STUCK_EXIT)
            self._ended.wait(HEARTBEAT_SECONDS)

    def _announce(self) -> int:
        """Returns how many messages wait in the queue."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.sadd(self._role.workers, self._name)
            pipeline.set(heartbeat(self._name), self._slots, ex=HEARTBEAT_TTL_SECONDS)
            pipeline.llen(self._role.queue)
            return int(pipeline.execute()[-1])
