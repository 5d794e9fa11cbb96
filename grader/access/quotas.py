"""Quotas: how many requests somebody may make a minute, counted in Redis for all processes."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_PREFIX = "pushforward:quota"

#: For so long Redis is not asked again once it did not answer: one that hangs would hold up
#: every request.
_PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests of a kind within a minute."""

    #: As the header RateLimit calls it.
    name: str
    #: 0: without end.
    count: int
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a quota after a request was counted."""

    quota: Quota
    remaining: int
    #: Until the count begins anew, whole and 1 at least.
    seconds: int
    #: Whether the request was one too many.
    is_exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The fields of the IETF draft (draft-ietf-httpapi-ratelimit-headers, from 08 on)."""
        name = self.quota.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.quota.count};w={self.quota.seconds}',
            "RateLimit": f'"{name}";r={self.remaining};t={self.seconds}',
        }


class Quotas:
    """Counts requests; while Redis is away this process counts for itself.

    A minute begins with the first request and ends for all that were counted in it: cheaper than a
    window that slides, and what is left can be said exactly.
    """

    def __init__(self, broker: Redis) -> None:
        storage = RedisStorage(
            "redis://unused", connection_pool=broker.connection_pool, key_prefix=_PREFIX
        )
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._asks_again_at = 0.0

    def take(self, quota: Quota, whose: str) -> Left:
        """Count a request of somebody, or of an address."""
        item = RateLimitItemPerMinute(quota.count)
        if time.monotonic() >= self._asks_again_at:
            try:
                return _take(self._shared, item, quota, whose)
            except RedisError as error:
                self._asks_again_at = time.monotonic() + _PAUSE_SECONDS
                log.warning("requests are counted here, for Redis is away: %s", error)
        return _take(self._own, item, quota, whose)


def _take(limiter: RateLimiter, item: RateLimitItem, quota: Quota, whose: str) -> Left:
    allowed = limiter.hit(item, quota.name, whose)
    window = limiter.get_window_stats(item, quota.name, whose)
    seconds = max(1, math.ceil(window.reset_time - time.time()))
    return Left(quota, max(0, window.remaining), min(seconds, quota.seconds), not allowed)
