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

from grader.store.identity.tokens import digest_of

log = logging.getLogger(__name__)

_PREFIX = "pushforward:throttle"

#: Wrong passwords for one user name from one address: somebody has forgotten one.
_OF_BOTH = parse("10 per 10 minutes")
#: For one user name from everywhere: a guess that is spread over many machines. Many more, so
#: that nobody locks somebody else out by a few wrong words.
_OF_NAME = parse("60 per hour")
#: From one address for all names: a class can sit behind one.
_OF_ADDRESS = parse("100 per 10 minutes")
#: Tokens that nobody has, from one address: a script that was given a wrong one, or a guess.
_OF_TOKENS = parse("100 per 10 minutes")

_Counter = tuple[RateLimitItem, str, str]


class Throttle:
    """Counts wrong passwords and tokens; while Redis is away this process counts for itself."""

    def __init__(self, broker: Redis) -> None:
        storage = RedisStorage(
            "redis://unused", connection_pool=broker.connection_pool, key_prefix=_PREFIX
        )
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())

    def seconds_left(self, username: str, address: str) -> int:
        """How long no further try is looked at; 0 where the next one is."""
        return self._left([*_counters(username, address)])

    def note_wrong(self, username: str, address: str) -> None:
        """Count a wrong password."""
        self._count([*_counters(username, address)])

    def seconds_left_for_tokens(self, address: str) -> int:
        """How long no wrong token is told apart from another; 0: not now."""
        return self._left([_of_tokens(address)])

    def note_wrong_token(self, address: str) -> None:
        """Count a token that nobody has."""
        self._count([_of_tokens(address)])

    def forget(self, username: str, address: str) -> None:
        """Begin anew for a name at an address: the right password was given."""
        for limiter in (self._own, self._shared):
            try:
                limiter.clear(_OF_BOTH, *_both(username, address))
            except RedisError:
                log.debug("a count stays until it runs out")

    def _left(self, counters: list[_Counter]) -> int:
        try:
            return _seconds_left(self._shared, counters)
        except RedisError as error:
            log.warning("what goes wrong is counted here, for Redis is away: %s", error)
            return _seconds_left(self._own, counters)

    def _count(self, counters: list[_Counter]) -> None:
        for limiter in (self._own, self._shared):
            try:
                for item, *names in counters:
                    limiter.hit(item, *names)
            except RedisError:
                log.debug("what went wrong is counted here only")


def _seconds_left(limiter: RateLimiter, counters: list[_Counter]) -> int:
    left = 0.0
    for item, *names in counters:
        window = limiter.get_window_stats(item, *names)
        if window.remaining <= 0:
            left = max(left, window.reset_time - time.time())
    return max(0, round(left + 0.5))


def _counters(username: str, address: str) -> Iterator[_Counter]:
    yield _OF_BOTH, *_both(username, address)
    yield _OF_NAME, "name", _short(username)
    yield _OF_ADDRESS, "address", network_of(address)


def _of_tokens(address: str) -> _Counter:
    return _OF_TOKENS, "tokens", network_of(address)


def _both(username: str, address: str) -> tuple[str, str]:
    return "both", f"{_short(username)}:{network_of(address)}"


def _short(username: str) -> str:
    """A key that is short whatever was typed, and that shows nobody's name."""
    return digest_of(username.strip().lower())[:32]


def network_of(address: str) -> str:
    """The address, of IPv6 the network: one machine has 2⁶⁴ addresses there."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 4:
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network((found, 64), strict=False).network_address)
