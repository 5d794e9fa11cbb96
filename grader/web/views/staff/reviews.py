"""The page of a course's reviews: what students ask its staff to look at again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.errors import refuse
from grader.desks.desk import desk
from grader.desks.reviews import Points
from grader.store.review.reviews import Queued, QueuePart
from grader.web.views.talk import plain, real_number, validated

#: How many reviews a page of the queue has.
PAGE_LENGTH = 25


def reviews(course: str) -> str:
    """The queue: what is open, what one has taken, or what is answered; the oldest first."""
    found = desk().courses.course(principal(), course)
    asked = {key: value for key, value in request.args.items() if value}
    try:
        query = resources.ReviewsQuery.model_validate(asked | {"limit": PAGE_LENGTH})
    except ValidationError as error:
        refuse(error)
    page, cursor = desk().reviews.queue(
        principal(), course, query.which, limit=query.limit, after=query.after
    )
    return render_template(
        "staff/reviews.html",
        course=found,
        which=query.which,
        queue=page,
        cursor=cursor,
        count=desk().reviews.reviews.count_open(course),
        titles=_titles(page),
        lists={
            QueuePart.OPEN: _("Open"),
            QueuePart.MINE: _("Mine"),
            QueuePart.ANSWERED: _("Answered"),
        },
        empty=_empty(query.which),
    )


def take_review(course: str, review: str) -> Response:
    """Say that one looks at a review."""
    desk().reviews.take(principal(), course, review)
    return _to_queue(course, review)


def give_back_review(course: str, review: str) -> Response:
    """Say that nobody looks at it any more."""
    desk().reviews.take(principal(), course, review, taken=False)
    return _to_queue(course, review)


def answer_review(course: str, review: str) -> Response:
    """Answer a review, with a new score or without."""
    points = request.form.get("points", "").strip()
    fields: dict[str, Any] = {"text": plain(request.form.get("text", ""))}
    fields["points"] = real_number(points) if points else None
    sent = validated(resources.ReviewAnswer, fields)
    given = None if sent.points is None else Points(None, sent.points)
    answered = desk().reviews.answer(principal(), course, review, sent.text, given)
    if request.form.get("from") == "submission":
        goal = url_for(".submission", id_=answered.submission, _anchor=f"review-{review}")
        return redirect(goal, HTTPStatus.SEE_OTHER)
    return _to_queue(course, review)


def _to_queue(course: str, review: str) -> Response:
    asked = request.form.get("which", "")
    which = asked if asked in {one.value for one in QueuePart} else QueuePart.OPEN.value
    goal = url_for(".reviews", course=course, which=which, _anchor=f"review-{review}")
    return redirect(goal, HTTPStatus.SEE_OTHER)


def _titles(page: list[Queued]) -> dict[str, str]:
    catalog = desk().catalog
    asked = {one.exercise: catalog.get(one.exercise) for one in page}
    return {slug: slug if one is None else one.title for slug, one in asked.items()}


def _empty(which: QueuePart) -> str:
    words: dict[QueuePart, str] = {
        QueuePart.OPEN: _("Nobody waits for a review."),
        QueuePart.MINE: _("You have taken no review."),
        QueuePart.ANSWERED: _("No review was answered yet."),
    }
    return words[which]
