"""The outbox: what is due to be sent to webhooks, taken under a lease, and how each try ended.

Every change is conditional on the claim, the fence: however many processes send at once, what one
of them has taken is not taken by another before the lease is over.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, or_, select, update

from grader.store.audit import NOBODY_IN_PARTICULAR
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import DeliveryRow as D
from grader.store.models import WebhookRow as W
from grader.store.webhook.deliveries import DeliveryState
from grader.store.webhook.webhooks import Paused, find, note_change
from grader.webhooks.event import Event
from grader.webhooks.patience import GIVE_UP_AFTER, KEEP_SETTLED, PAUSE_AFTER, next_try
from grader.webhooks.tried import Tried

#: The receiver wants nothing any more (RFC 9110, section 15.5.11).
_GONE = 410
_EXPIRED = "It was not sent within a week."


@dataclass(frozen=True, slots=True)
class Due:
    """A webhook for which something is due."""

    webhook: str
    #: Whether the last try failed: it may be slow to fail again.
    is_failing: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that was taken to be tried now. Times are aware, in UTC."""

    delivery: str
    #: The fence.
    claim: str
    webhook: str
    course: str
    url: str
    #: What signs it, the newest first.
    secrets: tuple[str, ...]
    event: str
    type: Event
    body: str
    #: How often it was tried before.
    tries: int
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a delivery by a try."""

    state: DeliveryState
    #: Why its webhook was paused now; None: it was not.
    paused: Paused | None = None


class Outbox:
    """The outbox in the database that `engine` opens. Times are aware, in UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def due(self, now: datetime) -> list[Due]:
        """The webhooks for which something is due, in an order of chance."""
        query = select(W.id, W.failing_since).where(exists().where(D.webhook == W.id, _is_due(now)))
        with reading(self._engine) as connection:
            found = [
                Due(row.id, row.failing_since is not None) for row in connection.execute(query)
            ]
        random.shuffle(found)
        return found

    def take(self, webhook: str, count: int, *, now: datetime, lease: timedelta) -> list[Claim]:
        """Take up to `count` deliveries of a webhook that are due, the longest due first.

        It is committed when this returns: only then may anything be sent.
        """
        columns = (D.id, D.event, D.type, D.body, D.tries, D.begun_at)
        owner = (W.course, W.url, W.secret, W.old_secret, W.old_secret_until)
        query = (
            select(*columns, *owner)
            .join(W, W.id == D.webhook)
            .where(D.webhook == webhook, _is_due(now))
            .order_by(D.due_at)
            .limit(count)
            .with_for_update(of=D, skip_locked=True)
        )
        claim, taken = new_id(), []
        with writing(self._engine) as connection:
            for row in connection.execute(query).all():
                old = row.old_secret if row.old_secret and row.old_secret_until > now else None
                taken.append(
                    Claim(
                        delivery=row.id,
                        claim=claim,
                        webhook=webhook,
                        course=row.course,
                        url=row.url,
                        secrets=(row.secret, old) if old else (row.secret,),
                        event=row.event,
                        type=Event(row.type),
                        body=row.body,
                        tries=row.tries,
                        begun_at=row.begun_at,
                    )
                )
            if taken:
                ids = [one.delivery for one in taken]
                values = {"claim": claim, "due_at": now + lease}
                connection.execute(update(D).where(D.id.in_(ids)).values(**values))
        return taken

    def settle(self, claim: Claim, tried: Tried, *, now: datetime) -> Settled | None:
        """Note how a try ended, and plan the next one. None: the claim does not hold any more."""
        again = None if tried.is_taken else self._next(claim, tried, now=now)
        state = DeliveryState.PENDING if again else DeliveryState.DEAD
        if tried.is_taken:
            state = DeliveryState.DELIVERED
        values = {
            "state": state,
            "tries": claim.tries + 1,
            "due_at": again or now,
            "claim": None,
            "settled_at": None if again else now,
            "tried_at": now,
            "status": tried.status,
            "answer": tried.answer,
            "problem": tried.problem,
            "seconds": tried.seconds,
        }
        held = (D.id == claim.delivery) & (D.claim == claim.claim)
        with writing(self._engine) as connection:
            if connection.execute(update(D).where(held).values(**values)).rowcount == 0:
                return None
            # A ping is a try: it says nothing of the webhook that was not asked.
            paused = None
            if claim.type is not Event.PING:
                paused = self._note_health(connection, claim, tried, now=now)
        return Settled(state, paused)

    def sweep(self, now: datetime) -> int:
        """Give up what could not be sent for too long, and forget what was settled long ago.

        Returns how many those were.
        """
        waited = (D.state == DeliveryState.PENDING) & (D.begun_at < now - GIVE_UP_AFTER)
        values = {"state": DeliveryState.DEAD, "settled_at": now, "claim": None}
        with writing(self._engine) as connection:
            late = connection.execute(
                update(D).where(waited, D.tries == 0).values(**values, problem=_EXPIRED)
            )
            given_up = connection.execute(update(D).where(waited).values(**values))
            old = delete(D).where(D.settled_at < now - KEEP_SETTLED)
            return late.rowcount + given_up.rowcount + connection.execute(old).rowcount

    @staticmethod
    def _next(claim: Claim, tried: Tried, *, now: datetime) -> datetime | None:
        if claim.type is Event.PING:  # whoever asked for it looks now
            return None
        return next_try(
            claim.tries + 1,
            begun_at=claim.begun_at,
            now=now,
            chance=random.random(),
            asked=tried.asked,
        )

    @staticmethod
    def _note_health(
        connection: Connection, claim: Claim, tried: Tried, *, now: datetime
    ) -> Paused | None:
        """Note whether things go through to the webhook; pause it where nothing will."""
        webhook = find(connection, claim.course, claim.webhook)
        if webhook is None:
            return None
        if tried.is_taken:
            if webhook.failing_since is not None:
                _set(connection, claim.webhook, failing_since=None)
            return None
        since = webhook.failing_since or now
        if webhook.failing_since is None:
            _set(connection, claim.webhook, failing_since=now)
        why = Paused.GONE if tried.status == _GONE else None
        if now - since >= PAUSE_AFTER:
            why = why or Paused.FAILING
        if why is None or webhook.paused is not None:
            return None
        values = {"paused_at": now, "paused": why}
        note_change(connection, NOBODY_IN_PARTICULAR, webhook, values, now=now)
        return why


def _is_due(now: datetime) -> ColumnElement[bool]:
    """The condition on deliveries: those of a webhook that is paused wait, but for pings."""
    sent = or_(W.paused_at.is_(None), D.type == Event.PING)
    return (D.state == DeliveryState.PENDING) & (D.due_at <= now) & sent


def _set(connection: Connection, webhook: str, *, failing_since: datetime | None) -> None:
    connection.execute(update(W).where(W.id == webhook).values(failing_since=failing_since))
