"""Housekeeping: forgets what has run out, sessions of browsers and links into courses."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from grader.store.invitations import Invitations
from grader.store.sessions import Sessions

log = logging.getLogger(__name__)

#: What has run out is refused anyway, so that nothing depends on how soon it is forgotten.
EVERY_SECONDS = 3600.0


class Housekeeping:
    """Tidies the store up. Several may run at once."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = Sessions(engine)
        self._invitations = Invitations(engine)

    def run(self, stop: threading.Event) -> None:
        """Work now and every hour, until `stop` is set."""
        while True:
            try:
                self.tidy(datetime.now(UTC))
            except SQLAlchemyError as error:
                # The database is away: others say so, and this can wait for the next hour.
                log.info("nothing was tidied up: %s", getattr(error, "orig", error))
            if stop.wait(EVERY_SECONDS):
                return

    def tidy(self, now: datetime) -> int:
        """Forget what has run out. Returns how much that was."""
        return self._sessions.sweep(now) + self._invitations.sweep(now)
