"""The desk of webhooks: what the API and the pages ask of those of a course.

Who may ask is decided before, by the rules of access; here each thing is looked for in its course.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grader.desks.problems import BAD_CURSOR, NOT_FOUND, Complaint, RequestError
from grader.desks.unfit import unfit
from grader.store.audit import Actor
from grader.store.webhook.deliveries import Deliveries, Delivery, DeliveryState
from grader.store.webhook.webhooks import Webhook, Webhooks
from grader.webhooks.addresses import Allowed
from grader.webhooks.destination import BadDestination, read_destination
from grader.webhooks.event import Event

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebhookDesk:
    """What the web process holds to serve webhooks."""

    webhooks: Webhooks
    deliveries: Deliveries
    #: Where they may be sent beyond the public internet.
    allowed: Allowed

    def get(self, course: str, id_: str) -> Webhook:
        """One webhook of a course.

        Raises:
            RequestError: not-found.
        """
        return _there(self.webhooks.get(course, _plain(id_)))

    def register(
        self, course: str, url: str, events: Iterable[Event], *, actor: Actor
    ) -> tuple[Webhook, str]:
        """A new webhook and its secret, which is told this once.

        Raises:
            RequestError: invalid.
        """
        address = self._destination(url)
        try:
            return self.webhooks.create(course, address, events, actor=actor)
        except ValueError as error:
            raise unfit(error) from error

    def change(
        self,
        course: str,
        id_: str,
        *,
        url: str | None = None,
        events: Iterable[Event] | None = None,
        active: bool | None = None,
        actor: Actor,
    ) -> Webhook:
        """Change a webhook; what is None stays.

        Raises:
            RequestError: invalid or not-found.
        """
        self.get(course, id_)
        address = None if url is None else self._destination(url)
        try:
            changed = self.webhooks.change(
                course, id_, url=address, events=events, active=active, actor=actor
            )
        except ValueError as error:
            raise unfit(error, "#/events") from error
        return _there(changed)

    def rotate(self, course: str, id_: str, *, actor: Actor) -> tuple[Webhook, str]:
        """A new secret, which is told this once; the one before signs too for a day.

        Raises:
            RequestError: not-found.
        """
        secret = self.webhooks.rotate(course, self.get(course, id_).id, actor=actor)
        if secret is None:
            raise RequestError(NOT_FOUND, "There is no such webhook.")
        return self.get(course, id_), secret

    def remove(self, course: str, id_: str, *, actor: Actor) -> None:
        """Take a webhook away, with what was to be sent there.

        Raises:
            RequestError: not-found.
        """
        self.webhooks.remove(course, self.get(course, id_).id, actor=actor)

    def ping(self, course: str, id_: str) -> Delivery:
        """Send something that says nothing.

        Raises:
            RequestError: not-found.
        """
        sent = self.deliveries.ping(course, self.get(course, id_).id)
        if sent is None:
            raise RequestError(NOT_FOUND, "There is no such webhook.")
        return sent

    def page(
        self,
        course: str,
        id_: str,
        *,
        limit: int,
        before: str | None = None,
        state: DeliveryState | None = None,
    ) -> tuple[list[Delivery], str | None]:
        """A page of a webhook's deliveries, the newest first, and the next one's cursor or None.

        Raises:
            RequestError: bad-cursor or not-found.
        """
        if before is not None and not _ID.fullmatch(before):
            complaint = Complaint("This must come from a “next” link.", parameter="before")
            raise RequestError(BAD_CURSOR, "The cursor is not one of ours.", [complaint])
        webhook = self.get(course, id_)
        found = self.deliveries.of(course, webhook.id, limit=limit + 1, before=before, state=state)
        shown = found[:limit]
        return shown, (shown[-1].id if len(found) > limit else None)

    def delivery(self, course: str, id_: str, delivery: str) -> Delivery:
        """One delivery of a webhook.

        Raises:
            RequestError: not-found.
        """
        return _sent(self.deliveries.get(course, _plain(id_), _plain(delivery)))

    def replay(self, course: str, id_: str, delivery: str, *, actor: Actor) -> Delivery:
        """Send a delivery again, whatever became of it.

        Raises:
            RequestError: not-found.
        """
        again = self.deliveries.replay(course, _plain(id_), _plain(delivery), actor=actor)
        return _sent(again)

    def _destination(self, url: str) -> str:
        try:
            return read_destination(url, self.allowed).url
        except BadDestination as error:
            raise unfit(error, "#/url") from error


def _plain(id_: str) -> str:
    """An id as it is looked up: what can be none is not asked for (PostgreSQL refuses NUL)."""
    return id_ if _ID.fullmatch(id_) else "-"


def _there(found: Webhook | None) -> Webhook:
    if found is None:
        raise RequestError(NOT_FOUND, "There is no such webhook.")
    return found


def _sent(found: Delivery | None) -> Delivery:
    if found is None:
        raise RequestError(NOT_FOUND, "There is no such delivery.")
    return found
