"""An outage of what we depend on: said once when it begins and once when it is over."""

from __future__ import annotations

import logging
import time

from kombu.exceptions import OperationalError as QueueError
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError

log = logging.getLogger(__name__)

#: Redis, the queue or the database is away, or about to come back: try again.
AWAY = (RedisError, QueueError, OperationalError, InterfaceError, ConnectionError)

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0


class Outage:
    """Counts the failures of one loop and tells how long to pause."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._since: float | None = None
        self._pause = _FIRST_PAUSE_SECONDS

    def goes_on(self, error: BaseException) -> float:
        """Note a failure. Returns the seconds to wait before the next try."""
        if self._since is None:
            self._since = time.monotonic()
            log.warning("%s waits: %s", self._what, str(error).splitlines()[0])
        pause = self._pause
        self._pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        return pause

    def is_over(self) -> None:
        """Note a success."""
        if self._since is not None:
            log.warning("%s goes on after %.1f s", self._what, time.monotonic() - self._since)
            self._since = None
            self._pause = _FIRST_PAUSE_SECONDS
