"""Housekeeping: forgets what has run out, such as sessions, and counts tallies that are due."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from grader.store.batch.batches import Batches
from grader.store.course.invitations import Invitations
from grader.store.gradebook.tallies import Tallies
from grader.store.identity.access_tokens import AccessTokens
from grader.store.identity.guises import Guises
from grader.store.identity.sessions import Sessions
from grader.store.regrade.regrades import Regrades
from grader.store.requests import Requests
from grader.store.webhook.outbox import Outbox

log = logging.getLogger(__name__)

#: What has run out is refused anyway, so that nothing depends on how soon it is forgotten.
EVERY_SECONDS = 3600.0


class Housekeeping:
    """Tidies the store up. Several may run at once."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = Sessions(engine)
        self._guises = Guises(engine)
        self._invitations = Invitations(engine)
        self._requests = Requests(engine)
        self._regrades = Regrades(engine)
        self._batches = Batches(engine)
        self._outbox = Outbox(engine)
        self._tokens = AccessTokens(engine)
        self._tallies = Tallies(engine)

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
        """Forget what has run out. Returns how much that was.

        Tallies are counted by whoever reads them; here, so that nobody who looks into a course for
        the first time in weeks has to wait.
        """
        self._tallies.catch_up_all()
        parts = (
            self._sessions,
            self._guises,
            self._invitations,
            self._requests,
            self._regrades,
            self._batches,
            self._outbox,
            self._tokens,
        )
        return sum(part.sweep(now) for part in parts)
