"""What the workers can take: reads their announcements."""

from __future__ import annotations

from typing import cast

from redis import Redis

from worker.channel import GRADING, Role, heartbeat


def live_workers(redis: Redis, role: Role = GRADING) -> dict[str, int]:
    """The slots of each live worker, by its name; a worker that is closing has none.

    Args:
        redis: where they announce themselves.
        role: those that grade, or those that run previews.

    Raises:
        redis.exceptions.RedisError: Redis is away.
    """
    names = sorted(name.decode() for name in cast("set[bytes]", redis.smembers(role.workers)))
    if not names:
        return {}
    slots = cast("list[bytes | None]", redis.mget([heartbeat(name) for name in names]))
    found = dict(zip(names, slots, strict=True))
    gone = [name for name, value in found.items() if value is None]
    if gone:
        redis.srem(role.workers, *gone)
    return {name: int(value) for name, value in found.items() if value is not None}
