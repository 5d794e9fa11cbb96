"""The pages of a course's webhooks: which there are, and what became of what was sent."""

from __future__ import annotations

import time
from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import INVALID, RequestError
from grader.store.webhook.deliveries import Delivery
from grader.store.webhook.webhooks import MOST, Webhook
from grader.web import webhooks as hook_words
from grader.web.forms import Complaints
from grader.webhooks.event import SUBSCRIBABLE, Event

#: How many deliveries a page shows.
PAGE_LENGTH = 30
#: A page waits so long for what its reader has just sent, so that it can show what came of it.
PATIENCE_SECONDS, _LOOK_SECONDS = 3.0, 0.1
#: A page with a secret in it.
_UNKEPT = "no-store"


def webhooks(course: str) -> Response:
    """The webhooks of a course, and the form for another one."""
    return _list(course)


def make_webhook(course: str) -> Response:
    """Make a webhook; its page shows the secret, this once."""
    try:
        made, secret = desk().webhooks.register(
            course, request.form.get("url", ""), _events(), actor=principal().actor
        )
    except RequestError as error:
        return _list(course, _complaints(error))
    return _one(course, made, secret=secret)


def webhook(course: str, id_: str) -> Response:
    """One webhook, with what was sent to it."""
    return _one(course, desk().webhooks.get(course, id_))


def change_webhook(course: str, id_: str) -> Response:
    """Change its address and events, or, by `active`, pause it or let it go on."""
    held, actor = desk().webhooks, principal().actor
    try:
        if "active" in request.form:
            held.change(course, id_, active=request.form["active"] == "yes", actor=actor)
        else:
            url = request.form.get("url", "")
            held.change(course, id_, url=url, events=_events(), actor=actor)
    except RequestError as error:
        return _one(course, held.get(course, id_), _complaints(error))
    return _back(course, id_, "changed")


def rotate_webhook(course: str, id_: str) -> Response:
    """Make a new secret, which the page shows this once."""
    changed, secret = desk().webhooks.rotate(course, id_, actor=principal().actor)
    return _one(course, changed, secret=secret)


def ping_webhook(course: str, id_: str) -> Response:
    """Try whether it works."""
    _follow(course, desk().webhooks.ping(course, id_))
    return _back(course, id_, "ping")


def replay_delivery(course: str, id_: str, delivery: str) -> Response:
    """Send something again."""
    again = desk().webhooks.replay(course, id_, delivery, actor=principal().actor)
    _follow(course, again)
    return _back(course, id_, "replay")


def remove_webhook(course: str, id_: str) -> Response:
    """Take it away."""
    desk().webhooks.remove(course, id_, actor=principal().actor)
    return redirect(url_for("pages.webhooks", course=course, done="removed"), HTTPStatus.SEE_OTHER)


def _follow(course: str, sent: Delivery) -> None:
    """Wait a moment for what became of a delivery, as long as others need the threads not more."""
    held = desk()
    if not held.waits.acquire(blocking=False):
        return
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if held.webhooks.delivery(course, sent.webhook, sent.id).tries:
                return
            time.sleep(_LOOK_SECONDS)
    finally:
        held.waits.release()


def _events() -> list[Event]:
    sent = request.form.getlist("events")
    return [event for event in SUBSCRIBABLE if event in sent]


def _complaints(error: RequestError) -> Complaints:
    """By field what is wrong with what was sent.

    Raises:
        RequestError: the error itself, where it is about something else.
    """
    if error.problem.type is not INVALID:
        raise error
    found = {}
    for complaint in error.problem.errors:
        field = (complaint.pointer or "#").removeprefix("#/").strip("#") or "events"
        found[field] = complaint.message
    return found


def _back(course: str, id_: str, done: str) -> Response:
    address = url_for("pages.webhook", course=course, id_=id_, done=done)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _list(course: str, complaints: Complaints | None = None) -> Response:
    held = desk()
    page = render_template(
        "staff/webhooks.html",
        course=held.courses.course(principal(), course),
        webhooks=held.webhooks.webhooks.of(course),
        hooks=hook_words,
        subscribable=SUBSCRIBABLE,
        most=MOST,
        done=_("The webhook is removed.") if request.args.get("done") == "removed" else "",
        complaints=complaints or {},
        url=request.form.get("url", ""),
        events=_events() if complaints else SUBSCRIBABLE,
    )
    return make_response(page, _status(complaints))


def _one(
    course: str, shown: Webhook, complaints: Complaints | None = None, *, secret: str = ""
) -> Response:
    held, before = desk(), request.args.get("before") or None
    sent, cursor = held.webhooks.page(course, shown.id, limit=PAGE_LENGTH, before=before)
    page = render_template(
        "staff/webhook.html",
        course=held.courses.course(principal(), course),
        webhook=shown,
        secret=secret,
        deliveries=sent,
        cursor=cursor,
        before=before,
        hooks=hook_words,
        subscribable=SUBSCRIBABLE,
        done=_messages().get(request.args.get("done", "")),
        complaints=complaints or {},
        url=request.form.get("url", "") if complaints else shown.url,
        events=_events() if complaints else shown.events,
    )
    answer = make_response(page, _status(complaints))
    if secret:
        answer.headers["Cache-Control"] = _UNKEPT
    return answer


def _status(complaints: Complaints | None) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if complaints else HTTPStatus.OK


def _messages() -> dict[str, str]:
    return {
        "changed": _("The webhook is changed."),
        "ping": _("A ping is sent. What came of it is at the top of the list."),
        "replay": _("It is sent again. What came of it is in the list."),
    }
