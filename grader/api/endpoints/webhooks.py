"""The API's webhooks: who is told of a course's events, and what became of each delivery."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.store.webhook.webhooks import Webhook

blueprint = APIBlueprint(
    "webhooks",
    __name__,
    url_prefix="/api/v1/courses/<course>/webhooks",
    abp_tags=[Tag(name="webhooks", description="Other programs that are told of what happens.")],
)


@blueprint.get("", responses=documented({HTTPStatus.OK: resources.WebhookList}, problems.NOT_FOUND))
def index(path: resources.CoursePath) -> Response:
    """List the webhooks of a course. For instructors."""
    found = desk().webhooks.webhooks.of(path.course)
    return answer(resources.WebhookList(items=[represent.webhook(one) for one in found]))


@blueprint.post(
    "",
    responses=documented(
        {HTTPStatus.CREATED: resources.WebhookSecret}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def create(path: resources.CoursePath, body: resources.NewWebhook) -> Response:
    """Make a webhook; its secret is shown this once. For instructors."""
    made, secret = desk().webhooks.register(
        path.course, body.url, body.events, actor=principal().actor
    )
    return _secret(made, secret, HTTPStatus.CREATED)


@blueprint.get(
    "/<id>", responses=documented({HTTPStatus.OK: resources.Webhook}, problems.NOT_FOUND)
)
def show(path: resources.WebhookPath) -> Response:
    """Read one webhook. For instructors."""
    return answer(represent.webhook(desk().webhooks.get(path.course, path.id)))


@blueprint.patch(
    "/<id>",
    responses=documented(
        {HTTPStatus.OK: resources.Webhook}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def change(path: resources.WebhookPath, body: resources.WebhookChange) -> Response:
    """Change a webhook, pause it, or let it go on. For instructors."""
    said: dict[str, Any] = body.model_dump(include=body.model_fields_set)
    changed = desk().webhooks.change(path.course, path.id, **said, actor=principal().actor)
    return answer(represent.webhook(changed))


@blueprint.delete("/<id>", responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND))
def remove(path: resources.WebhookPath) -> Response:
    """Take a webhook away, with what was to be sent there. For instructors."""
    desk().webhooks.remove(path.course, path.id, actor=principal().actor)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post(
    "/<id>/secret",
    responses=documented({HTTPStatus.CREATED: resources.WebhookSecret}, problems.NOT_FOUND),
)
def rotate(path: resources.WebhookPath) -> Response:
    """Make a new secret; the one before signs too for a day. For instructors."""
    changed, secret = desk().webhooks.rotate(path.course, path.id, actor=principal().actor)
    return _secret(changed, secret, HTTPStatus.CREATED)


@blueprint.post(
    "/<id>/ping",
    responses=documented({HTTPStatus.ACCEPTED: resources.Delivery}, problems.NOT_FOUND),
)
def ping(path: resources.WebhookPath) -> Response:
    """Try a webhook once, even while it is paused. For instructors."""
    sent = desk().webhooks.ping(path.course, path.id)
    return answer(represent.delivery(sent), HTTPStatus.ACCEPTED)


@blueprint.get(
    "/<id>/deliveries",
    responses=documented(
        {HTTPStatus.OK: resources.DeliveryList},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def deliveries(path: resources.WebhookPath, query: resources.DeliveriesQuery) -> Response:
    """List what was sent to a webhook, or is to be, the newest first. For instructors."""
    page, cursor = desk().webhooks.page(path.course, path.id, **query.model_dump())
    following = None
    if cursor is not None:
        said = query.model_dump(exclude_none=True) | {"before": cursor}
        following = url_for("webhooks.deliveries", course=path.course, id=path.id, **said)
    items = [represent.delivery_item(one) for one in page]
    headers = {"Link": f'<{following}>; rel="next"'} if following else None
    return answer(resources.DeliveryList(items=items, next=following), headers=headers)


@blueprint.get(
    "/<id>/deliveries/<delivery>",
    responses=documented({HTTPStatus.OK: resources.Delivery}, problems.NOT_FOUND),
)
def delivery(path: resources.DeliveryPath) -> Response:
    """Read one delivery, with what is sent. For instructors."""
    found = desk().webhooks.delivery(path.course, path.id, path.delivery)
    return answer(represent.delivery(found))


@blueprint.post(
    "/<id>/deliveries/<delivery>/replay",
    responses=documented({HTTPStatus.ACCEPTED: resources.Delivery}, problems.NOT_FOUND),
)
def replay(path: resources.DeliveryPath) -> Response:
    """Send a delivery again, under the same event id. For instructors."""
    again = desk().webhooks.replay(path.course, path.id, path.delivery, actor=principal().actor)
    return answer(represent.delivery(again), HTTPStatus.ACCEPTED)


def _secret(made: Webhook, secret: str, status: HTTPStatus) -> Response:
    shown = represent.with_secret(made, secret)
    headers = {"Location": shown.links.self, "Cache-Control": "no-store"}
    return answer(shown, status, headers)
