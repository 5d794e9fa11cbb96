"""The leader: at most one hand-out works at a time, so that two don't do the same for nothing."""

from __future__ import annotations

from redis import Redis
from redis.exceptions import LockError, RedisError

from worker.channel import LEADER

#: A leader that died is succeeded after so long.
_TERM_SECONDS = 5


class Leader:
    """A claim to lead. Nothing breaks where two lead for a moment: each change has its fence."""

    def __init__(self, redis: Redis) -> None:
        self._lock = redis.lock(LEADER, timeout=_TERM_SECONDS, thread_local=False)
        self._leads = False

    def leads(self) -> bool:
        """Whether this one leads now, for at least the seconds to come; renews the claim.

        Raises:
            redis.exceptions.RedisError: Redis is away.
        """
        if self._leads:
            try:
                self._lock.reacquire()
            except LockError:
                self._leads = False
        if not self._leads:
            self._leads = bool(self._lock.acquire(blocking=False))
        return self._leads

    def resign(self) -> None:
        """Let another one lead at once."""
        if self._leads:
            self._leads = False
            try:
                self._lock.release()
            except (LockError, RedisError):
                return
