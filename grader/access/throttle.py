"""Slows down who guesses: counts in Redis, for a few minutes, what went wrong."""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Iterator

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis import Redis
from redis.exceptions import RedisError

from grader.store.tokens import digest_of

log = logging.getLogger(__name__)

_PREFIX = "pushforward:throttle"

#: Wrong passwords for one user name from one address: somebody has forgotten one.
_OF_BOTH = parse("10 per 10 minutes")
#: For one user name from everywhere: a guess that is spread over many machines. Many more, so
#: that nobody locks somebody else out by a few wrong words.
_OF_NAME = parse("60 per hour")
#: From one address for all names: a class can sit behind one.
_OF_ADDRESS = parse("100 per 10 minutes")

_Counter = tuple[RateLimitItem, str, str]


class Throttle:
    """Counts wrong passwords; while Redis is away this process counts for itself."""

    def __init__(self, broker: Redis) -> None:
        storage = RedisStorage(
            "redis://unused", connection_pool=broker.connection_pool, key_prefix=_PREFIX
        )
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())

    def seconds_left(self, username: str, address: str) -> int:
        """How long no further try is looked at; 0 where the next one is."""
        try:
            return _seconds_left(self._shared, username, address)
        except RedisError as error:
            log.warning("wrong passwords are counted here, for Redis is away: %s", error)
            return _seconds_left(self._own, username, address)

    def note_wrong(self, username: str, address: str) -> None:
        """Count a wrong password."""
        for limiter in (self._own, self._shared):
            try:
                for item, *names in _counters(username, address):
                    limiter.hit(item, *names)
            except RedisError:
                log.debug("a wrong password is counted here only")

    def forget(self, username: str, address: str) -> None:
        """Begin anew for a name at an address: the right password was given."""
        for limiter in (self._own, self._shared):
            try:
                limiter.clear(_OF_BOTH, *_both(username, address))
            except RedisError:
                log.debug("a count stays until it runs out")


def _seconds_left(limiter: RateLimiter, username: str, address: str) -> int:
    left = 0.0
    for item, *names in _counters(username, address):
        window = limiter.get_window_stats(item, *names)
        if window.remaining <= 0:
            left = max(left, window.reset_time - time.time())
    return max(0, round(left + 0.5))


def _counters(username: str, address: str) -> Iterator[_Counter]:
    yield _OF_BOTH, *_both(username, address)
    yield _OF_NAME, "name", _short(username)
    yield _OF_ADDRESS, "address", _network(address)


def _both(username: str, address: str) -> tuple[str, str]:
    return "both", f"{_short(username)}:{_network(address)}"


def _short(username: str) -> str:
    """A key that is short whatever was typed, and that shows nobody's name."""
    return digest_of(username.strip().lower())[:32]


def _network(address: str) -> str:
    """The address, of IPv6 the network: one machine has 2⁶⁴ addresses there."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network((found, 64), strict=False).network_address)
