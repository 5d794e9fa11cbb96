"""The words of the pages about webhooks: events, states, why one is paused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup

from grader.store.webhook.deliveries import Delivery, DeliveryState
from grader.store.webhook.webhooks import Paused, Webhook
from grader.web.words import moment
from grader.webhooks.event import Event

EVENTS: Mapping[Event, str] = MappingProxyType(
    {
        Event.GRADED: lazy_gettext("A submission has its report"),
        Event.REGRADED: lazy_gettext("A submission was graded again"),
        Event.GRADE_CHANGED: lazy_gettext("A grade was changed or released"),
        Event.REVIEW_ASKED: lazy_gettext("A student asks for a review"),
        Event.PING: lazy_gettext("A ping"),
    }
)

_PAUSED: Mapping[Paused, str] = MappingProxyType(
    {
        Paused.BY_HAND: lazy_gettext(
            "It is paused. What happens meanwhile waits for a week, and is sent when it goes on."
        ),
        Paused.GONE: lazy_gettext(
            "It is paused: the receiver answered 410, so it wants nothing any more. What happens "
            "meanwhile waits for a week."
        ),
        Paused.FAILING: lazy_gettext(
            "It is paused: nothing went through for three days. Mend the receiver, send a ping, "
            "and let it go on. What happens meanwhile waits for a week."
        ),
    }
)

#: By state the class of its chip.
_CHIPS: Mapping[DeliveryState, str] = MappingProxyType(
    {
        DeliveryState.PENDING: "",
        DeliveryState.DELIVERED: "chip-passed",
        DeliveryState.DEAD: "chip-failed",
    }
)


def chip(delivery: Delivery) -> str:
    """The class of the chip that shows a delivery's state."""
    retried = delivery.state is DeliveryState.PENDING and delivery.tries > 0
    return "chip-partial" if retried else _CHIPS[delivery.state]


def state_words(delivery: Delivery, webhook: Webhook) -> str:
    """How far a delivery is, in a word or two."""
    if delivery.state is DeliveryState.DELIVERED:
        return str(_("delivered"))
    if delivery.state is DeliveryState.DEAD:
        return str(_("given up"))
    if webhook.paused is not None and delivery.type is not Event.PING:
        return str(_("waits, as it is paused"))
    return str(_("tried again") if delivery.tries else _("on its way"))


def said(delivery: Delivery) -> str:
    """What came of the last try, in English as the receiver and the courier say it."""
    parts = [] if delivery.status is None else [str(delivery.status)]
    parts += [part for part in (delivery.problem, delivery.answer) if part]
    return " · ".join(parts)


def tries_words(delivery: Delivery, webhook: Webhook) -> Markup:
    """How often it was tried, and when it is tried again."""
    tried = Markup(ngettext("%(num)s try", "%(num)s tries", delivery.tries))
    waits = delivery.state is DeliveryState.PENDING and webhook.paused is None
    if not (waits and delivery.tries):
        return tried
    # The words first, as markup, so that the moment keeps its own.
    words = Markup(_("%(tried)s, the next one %(when)s"))
    return words % {"tried": tried, "when": moment(delivery.due_at)}


def health_words(webhook: Webhook) -> Markup:
    """What is wrong with a webhook, in a sentence; "" where nothing is."""
    if webhook.paused is not None:
        return Markup(str(_PAUSED[webhook.paused]))
    if webhook.failing_since is not None:
        words = Markup(_("Nothing has gone through since %(since)s. It is tried again."))
        return words % {"since": moment(webhook.failing_since)}
    return Markup("")


def body_lines(delivery: Delivery) -> str:
    """What is sent, in lines that can be read; on the wire it is one line."""
    return json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False)
