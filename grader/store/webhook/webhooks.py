"""Webhooks: the addresses that are told of a course's events, and the secrets that sign it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from grader.store.audit import Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import DeliveryRow
from grader.store.models import WebhookRow as W
from grader.store.moments import Clock, utc_now
from grader.webhooks.event import SUBSCRIBABLE, Event
from grader.webhooks.signing import new_secret

#: So many a course may have: each event is written once for each of them.
MOST = 20
#: How long the secret before signs too, beside the new one.
OLD_SECRET_LASTS = timedelta(hours=24)


class Paused(StrEnum):
    """Why nothing is sent to a webhook."""

    BY_HAND = "by_hand"
    #: It answered 410: it wants nothing any more.
    GONE = "gone"
    #: Nothing went through for days.
    FAILING = "failing"


class TooManyWebhooks(ValueError):
    """The course has as many as it may have."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events, without its secret. Times are aware, in UTC."""

    id: str
    course: str
    url: str
    events: tuple[Event, ...]
    created_at: datetime
    #: Nothing is sent since then, and why; None: it is active.
    paused_at: datetime | None
    paused: Paused | None
    #: The first try that failed since the last one that did not; None: the last one did not.
    failing_since: datetime | None
    #: Until then the secret before the present one signs too.
    old_secret_until: datetime | None


class Webhooks:
    """The webhooks in the database that `engine` opens; each is asked for within its course."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def create(
        self, course: str, url: str, events: Iterable[Event], *, actor: Actor
    ) -> tuple[Webhook, str]:
        """A new webhook and its secret, which is told this once.

        Args:
            course: its id; there is such a course.
            url: of a destination that may be sent to.
            events: of which it is told.
            actor: who makes it.

        Raises:
            TooManyWebhooks: there is no room for another one.
            ValueError: it is told of nothing.
        """
        now, secret, told = self._clock(), new_secret(), _told(events)
        webhook = Webhook(
            id=new_id(int(now.timestamp() * 1000)),
            course=course,
            url=url,
            events=told,
            created_at=now,
            paused_at=None,
            paused=None,
            failing_since=None,
            old_secret_until=None,
        )
        values = {field.name: getattr(webhook, field.name) for field in fields(webhook)}
        with writing(self._engine) as connection:
            query = select(func.count()).select_from(W).where(W.course == course)
            if (connection.scalar(query) or 0) >= MOST:
                raise TooManyWebhooks(f"A course has at most {MOST} webhooks.")
            connection.execute(insert(W).values(**values | {"events": _text(told)}, secret=secret))
            after = {"webhook": webhook.id, "url": url, "events": list(told)}
            note(connection, actor, Deed.WEBHOOK_MADE, now=now, course=course, after=after)
        return webhook, secret

    def get(self, course: str, id_: str) -> Webhook | None:
        """One webhook of a course, or None."""
        with reading(self._engine) as connection:
            return find(connection, course, id_)

    def of(self, course: str) -> list[Webhook]:
        """The webhooks of a course, the oldest first."""
        query = select(*_COLUMNS).where(W.course == course).order_by(W.id)
        with reading(self._engine) as connection:
            return [_webhook(row) for row in connection.execute(query)]

    def stopped(self, course: str) -> int:
        """How many webhooks of a course were paused by themselves, because nothing goes through."""
        by_itself = W.paused.in_([Paused.GONE, Paused.FAILING])
        query = select(func.count()).select_from(W).where(W.course == course, by_itself)
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def change(
        self,
        course: str,
        id_: str,
        *,
        url: str | None = None,
        events: Iterable[Event] | None = None,
        active: bool | None = None,
        actor: Actor,
    ) -> Webhook | None:
        """Change a webhook; what is None stays. None: there is none of this id in the course.

        What waited during a pause is sent when it goes on.

        Raises:
            ValueError: it is told of nothing.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            before = find(connection, course, id_)
            if before is None:
                return None
            values: dict[str, Any] = {}
            if url is not None and url != before.url:
                values["url"] = url
            if events is not None and _told(events) != before.events:
                values["events"] = _text(_told(events))
            if active is True and before.paused is not None:
                values |= {"paused_at": None, "paused": None, "failing_since": None}
            if active is False and before.paused is None:
                values |= {"paused_at": now, "paused": Paused.BY_HAND}
            if values:
                note_change(connection, actor, before, values, now=now)
            return find(connection, course, id_)

    def rotate(self, course: str, id_: str, *, actor: Actor) -> str | None:
        """A new secret; the one before signs too for a day. None: there is no such webhook."""
        now, secret = self._clock(), new_secret()
        with writing(self._engine) as connection:
            before = find(connection, course, id_)
            if before is None:
                return None
            values = {
                "secret": secret,
                "old_secret": select(W.secret).where(W.id == id_).scalar_subquery(),
                "old_secret_until": now + OLD_SECRET_LASTS,
            }
            connection.execute(update(W).where(W.id == id_).values(**values))
            after = {"webhook": id_, "secret": "rotated"}
            note(connection, actor, Deed.WEBHOOK_CHANGED, now=now, course=course, after=after)
        return secret

    def remove(self, course: str, id_: str, *, actor: Actor) -> bool:
        """Take a webhook away with all its deliveries. False: there is no such webhook."""
        with writing(self._engine) as connection:
            found = find(connection, course, id_)
            if found is None:
                return False
            connection.execute(delete(W).where(W.id == id_))
            connection.execute(delete(DeliveryRow).where(DeliveryRow.webhook == id_))
            before = {"webhook": id_, "url": found.url}
            now = self._clock()
            note(connection, actor, Deed.WEBHOOK_REMOVED, now=now, course=course, before=before)
        return True


def note_change(
    connection: Connection, actor: Actor, before: Webhook, values: dict[str, Any], *, now: datetime
) -> None:
    """Change a webhook's columns, and write that down."""
    connection.execute(update(W).where(W.id == before.id).values(**values))
    seen = values.keys() & {"url", "events", "paused"}
    was = {"url": before.url, "events": _text(before.events), "paused": before.paused}
    note(
        connection,
        actor,
        Deed.WEBHOOK_CHANGED,
        now=now,
        course=before.course,
        before={"webhook": before.id} | {name: was[name] for name in seen},
        after={name: values[name] for name in seen},
    )


def _told(events: Iterable[Event]) -> tuple[Event, ...]:
    wanted = set(events)
    told = tuple(event for event in SUBSCRIBABLE if event in wanted)
    if not told:
        raise ValueError("Choose at least one event.")
    return told


def _text(events: Iterable[Event]) -> str:
    return " ".join(events)


_COLUMNS = tuple(getattr(W, field.name) for field in fields(Webhook))


def find(connection: Connection, course: str, id_: str) -> Webhook | None:
    """One webhook of a course, as the transaction of `connection` sees it, or None."""
    query = select(*_COLUMNS).where(W.course == course, W.id == id_)
    row = connection.execute(query).one_or_none()
    return None if row is None else _webhook(row)


def _webhook(row: Row[*tuple[Any, ...]]) -> Webhook:
    values = {field.name: getattr(row, field.name) for field in fields(Webhook)}
    values["events"] = tuple(Event(text) for text in row.events.split())
    values["paused"] = None if row.paused is None else Paused(row.paused)
    return Webhook(**values)
