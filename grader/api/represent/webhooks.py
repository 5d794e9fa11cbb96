"""Turns webhooks and deliveries into the API's resources, with the addresses filled in."""

from __future__ import annotations

from flask import url_for

from grader.api import resources
from grader.store.webhook.deliveries import Delivery, DeliveryState
from grader.store.webhook.webhooks import Webhook
from grader.webhooks.event import Payload


def webhook(entity: Webhook) -> resources.Webhook:
    """A webhook, without its secret."""
    return resources.Webhook(
        id=entity.id,
        course=entity.course,
        url=entity.url,
        events=list(entity.events),
        active=entity.paused is None,
        created_at=entity.created_at,
        paused_at=entity.paused_at,
        paused=entity.paused,
        failing_since=entity.failing_since,
        old_secret_until=entity.old_secret_until,
        links=resources.WebhookLinks(
            self=url_for("webhooks.show", course=entity.course, id=entity.id),
            deliveries=url_for("webhooks.deliveries", course=entity.course, id=entity.id),
        ),
    )


def with_secret(entity: Webhook, secret: str) -> resources.WebhookSecret:
    """A webhook whose secret was just made."""
    return resources.WebhookSecret(**dict(webhook(entity)), secret=secret)


def delivery_item(entity: Delivery) -> resources.DeliveryItem:
    """A line of the list of deliveries."""
    waits = entity.state is DeliveryState.PENDING
    return resources.DeliveryItem(
        id=entity.id,
        webhook=entity.webhook,
        event=entity.event,
        type=entity.type,
        submission=entity.submission,
        created_at=entity.created_at,
        state=entity.state,
        tries=entity.tries,
        next_try_at=entity.due_at if waits else None,
        tried_at=entity.tried_at,
        status=entity.status,
        answer=entity.answer,
        problem=entity.problem,
        seconds=entity.seconds,
    )


def delivery(entity: Delivery) -> resources.Delivery:
    """A delivery with what is sent."""
    payload = Payload.model_validate_json(entity.body)
    return resources.Delivery(**dict(delivery_item(entity)), payload=payload)
