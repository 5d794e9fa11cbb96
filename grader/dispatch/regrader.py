"""The regrader: brings regrades on when their trials have ended, and applies those that may be."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from grader.dispatch.outage import AWAY, Outage
from grader.store.regrade.applying import Applying

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class Regrader:
    """Looks after regrades. Several may run at once: each step has its lock."""

    def __init__(self, applying: Applying) -> None:
        self._applying = applying

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what is left is done after the next start."""
        outage = Outage("the regrader")
        pause = 0.0
        while not stop.wait(pause):
            try:
                pause = 0.0 if self.look(datetime.now(UTC)) else LOOK_SECONDS
                outage.is_over()
            except AWAY as error:
                pause = outage.goes_on(error)

    def look(self, now: datetime) -> bool:
        """Do one step, and say whether there is more to do at once."""
        self._applying.settle(now)
        regrade = self._applying.next()
        if regrade is None:
            return False
        if not self._applying.step(regrade, now):
            log.info("the regrade %s is applied", regrade)
        return True
