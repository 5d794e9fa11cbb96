"""The courier: sends what is due in the outbox to the webhooks, each at its own pace."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from grader.dispatch.outage import AWAY, Outage
from grader.store.webhook.deliveries import DeliveryState
from grader.store.webhook.outbox import Claim, Due, Outbox
from grader.webhooks.signing import signed_headers
from grader.webhooks.tried import Tried

log = logging.getLogger(__name__)

#: Without a word it looks so often for what is due.
LOOK_SECONDS = 1.0
#: What was taken and not settled is taken again after so long: far more than a try may take.
LEASE = timedelta(seconds=60)
#: Threads that send at once; for one webhook so many at most, and one where the last try failed.
THREADS, PER_WEBHOOK, PER_FAILING = 16, 4, 1
#: Of those, webhooks whose last try failed get no more than so many together, so that many of
#: them, each slow to fail, leave room for those that work.
FOR_FAILING = 8
#: What is under way when the program is told to end has so long; later it is sent once more.
_LAST_SECONDS = 5.0

#: Posts a body to a URL with these headers.
Post = Callable[[str, list[tuple[str, str]], bytes], Tried]


class Courier:
    """Sends deliveries. Several may run at once."""

    def __init__(self, engine: Engine, post: Post, *, lease: timedelta = LEASE) -> None:
        """Nothing is sent before `run`.

        Args:
            engine: the database with the outbox.
            post: sends one.
            lease: after so long a try that did not end is made again.
        """
        self._outbox = Outbox(engine)
        self._post = post
        self._lease = lease
        self._changed = threading.Condition()
        #: Set when there is room again, so that what waited for it need not wait for the next look.
        self._freed = threading.Event()
        #: By webhook how many are under way, and which of these webhooks fail.
        self._busy: Counter[str] = Counter()
        self._failing: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        outage = Outage("the courier")
        while not stop.is_set():
            try:
                self._freed.clear()
                self.send_due()
                outage.is_over()
                self._freed.wait(LOOK_SECONDS)
            except AWAY as error:
                stop.wait(outage.goes_on(error))
        self.wait_idle(_LAST_SECONDS)

    def send_due(self) -> int:
        """Begin to send what is due and has room, each in a thread. Returns how many those are."""
        now = datetime.now(UTC)
        begun = 0
        for due in self._outbox.due(now):
            room = self._room(due)
            if room <= 0:
                continue
            for claim in self._outbox.take(due.webhook, room, now=now, lease=self._lease):
                self._begin(claim)
                begun += 1
        return begun

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is under way. False: something still is when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy.total(), seconds)

    def _room(self, due: Due) -> int:
        with self._changed:
            (self._failing.add if due.is_failing else self._failing.discard)(due.webhook)
            room = THREADS - self._busy.total()
            if not due.is_failing:
                return min(room, PER_WEBHOOK - self._busy[due.webhook])
            together = sum(self._busy[one] for one in self._failing)
            return min(room, FOR_FAILING - together, PER_FAILING - self._busy[due.webhook])

    def _begin(self, claim: Claim) -> None:
        with self._changed:
            self._busy[claim.webhook] += 1
        # A daemon: one that hangs in a lookup does not keep the program from ending.
        name = f"courier-{claim.delivery}"
        threading.Thread(target=self._deliver, args=(claim,), name=name, daemon=True).start()

    def _deliver(self, claim: Claim) -> None:
        try:
            self._settle(claim, self._try(claim))
        except AWAY as error:
            log.warning("%s: how a try ended is not noted: %s", claim.delivery, error)
        except Exception:
            log.exception("%s: a try broke off; it is made again", claim.delivery)
        finally:
            with self._changed:
                self._busy[claim.webhook] -= 1
                self._busy += Counter()  # forget those with none
                self._changed.notify_all()
            self._freed.set()

    def _try(self, claim: Claim) -> Tried:
        body = claim.body.encode()
        headers = signed_headers(claim.secrets, claim.event, int(time.time()), body)
        return self._post(claim.url, headers, body)

    def _settle(self, claim: Claim, tried: Tried) -> None:
        settled = self._outbox.settle(claim, tried, now=datetime.now(UTC))
        said = tried.problem or f"status {tried.status}"
        if settled is None:
            log.info("%s: a try ended when it did not count any more", claim.delivery)
        elif settled.state is DeliveryState.DEAD and not tried.is_taken:
            log.warning("%s: given up: %s", claim.delivery, said)
        elif settled.state is DeliveryState.PENDING:
            log.info("%s: not taken (%s), and tried again", claim.delivery, said)
        if settled is not None and settled.paused:
            log.warning("the webhook %s is paused: %s", claim.webhook, settled.paused)
