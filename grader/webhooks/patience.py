"""Patience: when a delivery that was not taken is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

#: How long after each failed try the next one follows; the last one repeats.
AGAIN_AFTER = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
)
#: After so long a delivery is given up. Whoever reads it later would take it for news.
GIVE_UP_AFTER = timedelta(days=7)
#: A webhook to which nothing has gone through for so long is paused, and its teachers see it.
PAUSE_AFTER = timedelta(days=3)
#: What was settled is forgotten after so long.
KEEP_SETTLED = timedelta(days=30)
#: A receiver may ask for a longer pause than ours, but not for more than this.
_LONGEST_PAUSE = timedelta(days=1)
#: Each pause is this much shorter or longer, so that what failed together does not come together.
_JITTER = 0.2


def next_try(
    tries: int,
    *,
    begun_at: datetime,
    now: datetime,
    chance: float,
    asked: timedelta = timedelta(0),
) -> datetime | None:
    """When to try again after so many failed tries; None: never.

    Args:
        tries: at least 1.
        begun_at: when the first of them was due.
        now: when the last one failed.
        chance: a random number in [0, 1).
        asked: the pause that the receiver asked for (Retry-After).
    """
    pause = AGAIN_AFTER[min(tries, len(AGAIN_AFTER)) - 1] * (1 + _JITTER * (2 * chance - 1))
    at = now + max(pause, min(asked, _LONGEST_PAUSE))
    return at if at <= begun_at + GIVE_UP_AFTER else None
