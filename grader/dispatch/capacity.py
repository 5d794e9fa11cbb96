"""What the workers can take: reads their announcements."""

from __future__ import annotations

from typing import cast

from redis import Redis

from worker.channel import WORKERS, heartbeat


def live_workers(redis: Redis) -> dict[str, int]:
    """The slots of each live worker, by its name; a worker that is closing has none.

    Raises:
        redis.exceptions.RedisError: Redis is away.
    """
    names = sorted(name.decode() for name in cast("set[bytes]", redis.smembers(WORKERS)))
    if not names:
        return {}
    slots = cast("list[bytes | None]", redis.mget([heartbeat(name) for name in names]))
    found = dict(zip(names, slots, strict=True))
    gone = [name for name, value in found.items() if value is None]
    if gone:
        redis.srem(WORKERS, *gone)
    return {name: int(value) for name, value in found.items() if value is not None}
