"""Deliveries: one event for one webhook each, as people see them, send them again, and try them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, insert, select, update

from grader.store.audit import Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import DeliveryRow as D
from grader.store.models import WebhookRow as W
from grader.store.moments import Clock, utc_now
from grader.webhooks.event import Event, Payload, Pinged, Told


class DeliveryState(StrEnum):
    """How far a delivery is."""

    #: It is tried, at once or later.
    PENDING = "pending"
    #: The receiver took it.
    DELIVERED = "delivered"
    #: It was tried for long enough, and is not any more.
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one webhook. Times are aware, in UTC."""

    id: str
    webhook: str
    #: The event's id, by which a receiver knows what comes twice.
    event: str
    type: Event
    submission: str | None
    #: What is sent: JSON.
    body: str
    created_at: datetime
    state: DeliveryState
    #: How often it was tried, since it was last sent again by hand.
    tries: int
    #: When it is tried next, or, while a try is under way, when that one counts as lost.
    due_at: datetime
    #: Since then nothing more is tried; None: it is not over.
    settled_at: datetime | None
    #: When it was last tried; None: never.
    tried_at: datetime | None
    #: Of the last try: the status of the answer; None: there was no answer.
    status: int | None
    #: Its beginning.
    answer: str
    #: Why there was none, or why it does not count; "": it does.
    problem: str
    seconds: float | None


class Deliveries:
    """The deliveries in the database that `engine` opens; each is asked for within its course."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def of(
        self,
        course: str,
        webhook: str,
        *,
        limit: int,
        before: str | None = None,
        state: DeliveryState | None = None,
    ) -> list[Delivery]:
        """The deliveries of a webhook, the newest first; the next page begins `before` an id."""
        query = _within(course).where(D.webhook == webhook)
        if before is not None:
            query = query.where(D.id < before)
        if state is not None:
            query = query.where(D.state == state)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(D.id.desc()).limit(limit)).all()
        return [_delivery(row) for row in rows]

    def get(self, course: str, webhook: str, id_: str) -> Delivery | None:
        """One delivery of a webhook of a course, or None."""
        with reading(self._engine) as connection:
            return _find(connection, course, webhook, id_)

    def replay(self, course: str, webhook: str, id_: str, *, actor: Actor) -> Delivery | None:
        """Send a delivery again, whatever became of it, with patience as at the first time.

        The event's id stays, so that a receiver that has it already can drop it. None: there is
        no such delivery.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            found = _find(connection, course, webhook, id_)
            if found is None:
                return None
            values = {
                "state": DeliveryState.PENDING,
                "begun_at": now,
                "due_at": now,
                "tries": 0,
                # A try that is under way does not count any more.
                "claim": None,
                "settled_at": None,
            }
            connection.execute(update(D).where(D.id == id_).values(**values))
            note(
                connection,
                actor,
                Deed.DELIVERY_REPLAYED,
                now=now,
                course=course,
                submission=found.submission,
                after={"webhook": webhook, "delivery": id_, "event": found.event},
            )
            return _find(connection, course, webhook, id_)

    def ping(self, course: str, webhook: str) -> Delivery | None:
        """Try whether a webhook works, also while it is paused. None: there is no such webhook."""
        now = self._clock()
        payload = Payload(
            id=new_id(int(now.timestamp() * 1000)),
            type=Event.PING,
            timestamp=now,
            course=course,
            data=Pinged(webhook=webhook),
        )
        with writing(self._engine) as connection:
            known = select(W.id).where(W.course == course, W.id == webhook)
            if connection.scalar(known) is None:
                return None
            values = fresh(webhook, payload, payload.to_json(), now=now)
            connection.execute(insert(D).values(**values))
            return _find(connection, course, webhook, values["id"])


def fresh(
    webhook: str, payload: Payload, body: str, *, now: datetime, about: Told | None = None
) -> dict[str, Any]:
    """The row of a delivery that is due at once.

    Args:
        webhook: the id.
        payload: what is sent.
        body: the same, to the byte.
        now: when it is written.
        about: the submission that it is about; None: it is about none.
    """
    return {
        "id": new_id(int(now.timestamp() * 1000)),
        "webhook": webhook,
        "event": payload.id,
        "type": payload.type,
        "submission": None if about is None else about.submission,
        "person": None if about is None or about.student is None else about.student.id,
        "body": body,
        "created_at": now,
        "state": DeliveryState.PENDING,
        "begun_at": now,
        "tries": 0,
        "due_at": now,
        "answer": "",
        "problem": "",
    }


_COLUMNS = tuple(getattr(D, field.name) for field in fields(Delivery))


def _within(course: str) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).join(W, W.id == D.webhook).where(W.course == course)


def _find(connection: Connection, course: str, webhook: str, id_: str) -> Delivery | None:
    query = _within(course).where(D.webhook == webhook, D.id == id_)
    row = connection.execute(query).one_or_none()
    return None if row is None else _delivery(row)


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    values = {field.name: getattr(row, field.name) for field in fields(Delivery)}
    values["type"] = Event(row.type)
    values["state"] = DeliveryState(row.state)
    return Delivery(**values)
