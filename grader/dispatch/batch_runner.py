"""The batch runner: hands in what staff have sent for a class, a few files at a time."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from redis import Redis

from grader.dispatch.outage import AWAY, Outage
from grader.dispatch.wait import wake_dispatcher
from grader.store.batch.handing_in import HandingIn

log = logging.getLogger(__name__)

#: How often it looks while there is a batch, and while there is none.
_NEXT_LOOK_SECONDS, _LOOK_SECONDS = 0.2, 1.0


class BatchRunner:
    """Looks after batches. Several may run at once: each step has its lock."""

    def __init__(self, handing_in: HandingIn, redis: Redis) -> None:
        self._handing_in = handing_in
        self._redis = redis

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what is left is done after the next start."""
        outage = Outage("the batch runner")
        pause = 0.0
        while not stop.wait(pause):
            try:
                pause = _NEXT_LOOK_SECONDS if self.look(datetime.now(UTC)) else _LOOK_SECONDS
                outage.is_over()
            except AWAY as error:
                pause = outage.goes_on(error)

    def look(self, now: datetime) -> bool:
        """Do one step of each batch, and say whether there is one that goes on."""
        begun = self._handing_in.begun()
        if sum(self._handing_in.step(id_, now) for id_ in begun):
            wake_dispatcher(self._redis)
        return bool(begun)
