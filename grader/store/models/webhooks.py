"""The tables of webhooks: where a course's events are sent, and the outbox of what is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table
from grader.store.models.courses import CourseRow


class WebhookRow(Table):
    """An address of another program that is told of a course's events."""

    __tablename__ = "webhooks"
    __table_args__ = (Index(None, "course", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    course: Mapped[str] = mapped_column(String(64), ForeignKey(CourseRow.id))
    url: Mapped[str] = mapped_column(Text)
    #: Of which events, with spaces between.
    events: Mapped[str] = mapped_column(Text)
    #: What deliveries are signed with. In clear: we need it itself, not its digest.
    secret: Mapped[str] = mapped_column(Text)
    #: The one before, which signs too until then.
    old_secret: Mapped[str | None] = mapped_column(Text)
    old_secret_until: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: Nothing is sent since then; None: it is active.
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    #: A `Paused`: why.
    paused: Mapped[str | None] = mapped_column(String(16))
    #: The first try that failed since the last one that did not; None: the last one did not.
    failing_since: Mapped[datetime | None] = mapped_column(Instant)


class DeliveryRow(Table):
    """One event for one webhook: written with what it tells of, sent until it is taken."""

    __tablename__ = "deliveries"
    __table_args__ = (
        # One event goes to a webhook once.
        Index(None, "webhook", "event", unique=True),
        # What is due, by webhook, so that the many of one do not hide those of another; with the
        # type, so that a ping is found among what a pause holds back.
        Index(None, "webhook", "state", "due_at", "type"),
        Index(None, "webhook", "id"),
        Index(None, "state", "begun_at"),
        Index(None, "settled_at"),
        Index(None, "person"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: Without a foreign key: a grade that is recorded while somebody removes the webhook must not
    #: fail for that.
    webhook: Mapped[str] = mapped_column(Id)
    #: The event's id, by which a receiver knows what comes twice.
    event: Mapped[str] = mapped_column(Id)
    #: An `Event`.
    type: Mapped[str] = mapped_column(String(32))
    #: What it is about, without foreign keys: what was sent may outlive it.
    submission: Mapped[str | None] = mapped_column(Id)
    person: Mapped[str | None] = mapped_column(Id)
    #: What is sent, to the byte: JSON.
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    #: A `DeliveryState`.
    state: Mapped[str] = mapped_column(String(16))
    #: When the tries began that go on now: with the event, or when somebody had it sent again.
    begun_at: Mapped[datetime] = mapped_column(Instant)
    #: How often it was tried since then.
    tries: Mapped[int]
    #: Not tried before; while a try is under way, when that one counts as lost.
    due_at: Mapped[datetime] = mapped_column(Instant)
    #: The fence: which try is under way; None: none.
    claim: Mapped[str | None] = mapped_column(Id)
    #: Since then nothing more is tried; None: it is not over.
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Of the last try: when, the status of the answer, its beginning, or why there was none.
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    seconds: Mapped[float | None] = mapped_column(Double)
