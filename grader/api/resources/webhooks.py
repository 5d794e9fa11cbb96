"""The resources of webhooks: where a course's events are sent, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from grader.api.resources.courses import CoursePath
from grader.api.resources.fields import Answer, Request, Text
from grader.store.webhook.deliveries import DeliveryState
from grader.store.webhook.webhooks import Paused
from grader.webhooks.destination import LONGEST
from grader.webhooks.event import SUBSCRIBABLE, Event, Payload


def _require_subscribable(event: Event) -> Event:
    if event not in SUBSCRIBABLE:
        raise PydanticCustomError("subscribable", "a ping comes only when it is asked for")
    return event


_Event = Annotated[
    Event,
    Field(strict=False, json_schema_extra={"enum": list(SUBSCRIBABLE)}),
    AfterValidator(_require_subscribable),
]
_Events = Annotated[
    list[_Event], Field(min_length=1, max_length=16, description="Of which it is told.")
]


class WebhookPath(CoursePath):
    """The path of one webhook."""

    id: str = Field(description="The webhook's id.")


class DeliveryPath(WebhookPath):
    """The path of one delivery."""

    delivery: str = Field(description="The delivery's id.")


class DeliveriesQuery(BaseModel):
    """Which deliveries to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id of the last one of the page before.",
        json_schema_extra={"pattern": "^[0-9A-Za-z_-]{1,64}$"},
    )
    state: DeliveryState | None = None


class NewWebhook(Request):
    """A webhook to be."""

    url: Text = Field(
        min_length=1,
        max_length=LONGEST,
        description="https, at a host of the public internet; what else the operator allows.",
        examples=["https://lms.example.org/hooks/pushforward"],
    )
    events: _Events = Field(list(SUBSCRIBABLE))


class WebhookChange(Request):
    """What is to change of a webhook; what is left out stays."""

    url: Text = Field("", max_length=LONGEST)
    events: _Events = Field(list(SUBSCRIBABLE))
    active: bool = Field(
        True, description="Whether anything is sent. What waited is sent when it goes on."
    )


class WebhookLinks(Answer):
    """Where else to look."""

    self: str
    deliveries: str


class Webhook(Answer):
    """An address that is told of a course's events."""

    id: str
    course: str
    url: str
    events: list[Event]
    active: bool
    created_at: datetime
    paused_at: datetime | None = Field(description="Nothing is sent since then.")
    paused: Paused | None = Field(
        description="Why: by_hand; gone, as it answered 410; failing, as nothing went through for "
        "days."
    )
    failing_since: datetime | None = Field(
        description="The first try that failed since one went through; null: the last one did."
    )
    old_secret_until: datetime | None = Field(
        description="Until then the secret before the present one signs too."
    )
    links: WebhookLinks


class WebhookList(Answer):
    """The webhooks of a course, the oldest first."""

    items: list[Webhook]


class WebhookSecret(Webhook):
    """A webhook with a new secret; it is shown this once."""

    secret: str = Field(
        description="whsec_ and a key in base64: what comes from here is signed with it.",
        examples=["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="],
    )


class DeliveryItem(Answer):
    """An event for a webhook, and what became of it."""

    id: str
    webhook: str
    event: str = Field(description="The event's id, which is sent as webhook-id.")
    type: Event
    submission: str | None
    created_at: datetime
    state: DeliveryState
    tries: int = Field(description="Since it was last sent again by hand.")
    next_try_at: datetime | None = Field(description="Null: there is none.")
    tried_at: datetime | None
    status: int | None = Field(description="Of the last answer; null: there was none.")
    answer: str = Field(description="The beginning of the last answer.")
    problem: str = Field(description="Why there was none, or why it does not count.")
    seconds: float | None = Field(description="How long the last try took.")


class DeliveryList(Answer):
    """The deliveries of a webhook, the newest first."""

    items: list[DeliveryItem]
    next: str | None = Field(description="The address of the next page, or null.")


class Delivery(DeliveryItem):
    """A delivery with what is sent."""

    payload: Payload
