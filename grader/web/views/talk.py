"""The forms on the page of a submission: comments, points, and asking for a review."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from flask import redirect, request, url_for
from pydantic import BaseModel, ValidationError
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.errors import refuse
from grader.desks.desk import desk
from grader.desks.reviews import Points
from grader.store.gradebook.rounds import Among
from grader.web.rounds import among

Body = TypeVar("Body", bound=BaseModel)


def write_comment(id_: str) -> Response:
    """Write a comment on a submission, on a line of it, or within a thread."""
    fields = {"line": whole_number(request.form.get("line", ""))}
    fields |= {"text": plain(request.form.get("text", ""))}
    fields |= {"thread": request.form.get("thread") or None}
    sent = validated(resources.NewComment, fields)
    found = desk().submission(id_)
    written = desk().reviews.comment(
        principal(), found, sent.text, line=sent.line, thread=sent.thread
    )
    return back(id_, f"comment-{written.id}")


def change_comment(id_: str, comment: str) -> Response:
    """Write a comment of one's own anew."""
    sent = validated(resources.CommentChange, {"text": plain(request.form.get("text", ""))})
    found = desk().submission(id_)
    changed = desk().reviews.change_comment(principal(), found, comment, sent.text)
    return back(id_, f"comment-{changed.id}")


def withdraw_comment(id_: str, comment: str) -> Response:
    """Take a comment of one's own back."""
    desk().reviews.withdraw_comment(principal(), desk().submission(id_), comment)
    return back(id_, "comments-title")


def give_points(id_: str) -> Response:
    """Give points in place of the grader's."""
    fields: dict[str, Any] = {"criterion": request.form.get("criterion") or None}
    fields |= {"points": real_number(request.form.get("points", ""))}
    fields |= {"reason": plain(request.form.get("reason", ""))}
    sent = validated(resources.NewOverride, fields)
    found = desk().submission(id_)
    points = Points(sent.criterion, sent.points)
    desk().reviews.override(principal(), found, points, sent.reason)
    return back(id_, "points-title")


def take_back_points(id_: str, override: str) -> Response:
    """Let the grader's points count again."""
    desk().reviews.take_back_override(principal(), desk().submission(id_), override)
    return back(id_, "points-title")


def ask_review(id_: str) -> Response:
    """Ask for a review of one's own submission."""
    sent = validated(resources.NewReview, {"text": plain(request.form.get("text", ""))})
    asked = desk().reviews.ask(principal(), desk().submission(id_), sent.text)
    return back(id_, f"review-{asked.id}")


def validated(kind: type[Body], fields: dict[str, Any]) -> Body:
    """The fields of a form as the API's body, checked as that is.

    Raises:
        RequestError: invalid.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        refuse(error)


def plain(text: str) -> str:
    """A text area's text: a browser sends its lines with CR LF (HTML, form submission)."""
    return text.replace("\r\n", "\n").strip()


def whole_number(text: str) -> int | str | None:
    """The number in a field; what is none stays as it is, to be complained of."""
    try:
        return int(text) if text.strip() else None
    except ValueError:
        return text


def real_number(text: str) -> float | str:
    """The same of a number that may have decimals, with a point or a comma."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return text


def back(id_: str, anchor: str) -> Response:
    """To the page of the submission, in the round in which it was open."""
    kept: dict[str, Any] = {} if among() is Among.ALL else {"in": among().value}
    goal = url_for(".submission", id_=id_, **kept, _anchor=anchor)
    return redirect(goal, HTTPStatus.SEE_OTHER)
