"""The resources of reviews: comments, overrides, requests for a review, and the log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from exercises.outcome import Verdict
from grader.api.resources.courses import CoursePath
from grader.api.resources.fields import Answer, Request, Text
from grader.api.resources.submissions import SubmissionPath
from grader.store.audit import Deed
from grader.store.review.comments import MOST_AT_ONCE, TEXT_LIMIT
from grader.store.review.overrides import REASON_LIMIT
from grader.store.review.reviews import TEXT_LIMIT as REVIEW_LIMIT
from grader.store.review.reviews import QueuePart

_CURSOR: dict[str, JsonValue] = {"pattern": "^[0-9A-Za-z_-]{1,64}$"}


class CommentPath(SubmissionPath):
    """The path of one comment."""

    comment: str = Field(description="The comment's id.")


class OverridePath(SubmissionPath):
    """The path of one override."""

    override: str = Field(description="The override's id.")


class ReviewPath(CoursePath):
    """The path of one request for a review."""

    review: str = Field(description="The review's id.")


class NewComment(Request):
    """A comment on a submission, on a line of its code, or within a thread."""

    text: Text = Field(
        min_length=1,
        max_length=TEXT_LIMIT,
        description="Markdown with LaTeX mathematics; HTML in it is shown as text.",
    )
    line: int | None = Field(None, ge=1, description="The line of the code; null: on the whole.")
    thread: Text | None = Field(
        None,
        max_length=64,
        description="The comment that this answers. Students answer; staff begin threads too.",
    )


class CommentChange(Request):
    """What a comment of one's own is to say."""

    text: Text = Field(min_length=1, max_length=TEXT_LIMIT)


class NewComments(Request):
    """The same comment on several submissions to one assignment: on all of them, or on none."""

    submissions: list[Annotated[Text, Field(max_length=64)]] = Field(
        min_length=1, max_length=MOST_AT_ONCE, description="Their ids."
    )
    text: Text = Field(min_length=1, max_length=TEXT_LIMIT)


class CommentsWritten(Answer):
    """How many submissions have been commented on."""

    count: int


class Comment(Answer):
    """What somebody has written on a submission."""

    id: str
    submission: str
    thread: str | None = Field(description="The comment that it answers; null: it begins a thread.")
    line: int | None = Field(description="The line of the code; null: on the whole.")
    person: str | None
    name: str | None = Field(description="Of who wrote it; null: nobody who is still known.")
    own: bool = Field(description="Whether you wrote it, and can change it.")
    text: str = Field(description="Markdown; empty once it is withdrawn.")
    created_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None


class CommentList(Answer):
    """The comments on a submission, each with its answers after it."""

    items: list[Comment]


class NewOverride(Request):
    """Points in place of the grader's. They count until they are taken back."""

    criterion: Text | None = Field(
        None,
        max_length=64,
        description="The check whose points these are; null: the whole score, which goes before "
        "the points of criteria.",
    )
    points: float = Field(
        ge=0,
        allow_inf_nan=False,
        description="From 0 to what there is to earn, before any late penalty.",
    )
    reason: Text = Field(min_length=1, max_length=REASON_LIMIT, description="The student reads it.")


class Override(Answer):
    """Points that staff gave in place of the grader's."""

    id: str
    submission: str
    criterion: str | None = Field(description="Null: the whole score.")
    points: float
    instead_of: float = Field(description="What the grader had given.")
    reason: str
    person: str | None
    name: str | None = Field(description="Of who gave them.")
    created_at: datetime
    ended_at: datetime | None = Field(
        description="Since then others hold, or the grader's own; null: these hold."
    )


class OverrideList(Answer):
    """The overrides of a submission, the oldest first; students see those that hold."""

    items: list[Override]


class NewReview(Request):
    """What somebody is asked to look at again."""

    text: Text = Field(min_length=1, max_length=REVIEW_LIMIT, description="What seems wrong.")


class ReviewAnswer(Request):
    """The answer to a request, and points that count from now on, where some are given with it."""

    text: Text = Field(
        min_length=1,
        max_length=REVIEW_LIMIT,
        description="Markdown with LaTeX mathematics; the reason of an override too.",
    )
    points: float | None = Field(
        None,
        ge=0,
        allow_inf_nan=False,
        description="In place of the grader's; null: they stay as they are.",
    )
    criterion: Text | None = Field(
        None, max_length=64, description="The check whose points these are; null: the whole score."
    )


class ReviewsQuery(BaseModel):
    """Which reviews to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    which: QueuePart = Field(
        QueuePart.OPEN,
        description="Open ones, answered ones, or the open ones that you have taken.",
    )
    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    after: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id after which the last page ended.",
        json_schema_extra=_CURSOR,
    )


class Review(Answer):
    """A student's request for a review, and what became of it."""

    id: str
    submission: str
    course: str
    person: str | None = Field(description="Who asks.")
    name: str | None
    text: str
    created_at: datetime
    taken_by: str | None = Field(description="Who of the staff looks at it; null: nobody yet.")
    taker: str | None = Field(description="That person's name.")
    taken_at: datetime | None
    answer: str | None = Field(description="Markdown; null while it is open.")
    answered_by: str | None
    answerer: str | None
    answered_at: datetime | None


class ReviewList(Answer):
    """The reviews of a submission, the oldest first."""

    items: list[Review]


class QueuedReview(Review):
    """A review in the queue of its course, with what it is about."""

    exercise: str
    assignment: str | None
    verdict: Verdict | None
    score: float | None = Field(description="What counts now, before any late penalty.")
    max_score: float | None


class ReviewQueue(Answer):
    """The reviews of a course, the oldest first."""

    items: list[QueuedReview]
    next: str | None = Field(description="The address of the next page, or null.")


class AuditQuery(BaseModel):
    """Which entries of the log to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id at which the last page ended.",
        json_schema_extra=_CURSOR,
    )
    person: Text | None = Field(None, max_length=64, description="Only what this person did.")
    about: Text | None = Field(None, max_length=64, description="Only what concerns this person.")
    deed: Deed | None = Field(None, description="Only deeds of this kind.")
    submission: Text | None = Field(None, max_length=64, description="Only what was done to it.")
    assignment: Text | None = Field(None, max_length=64, description="Only what was done to it.")


class AuditEntry(Answer):
    """What was done, by whom, and why."""

    id: str
    at: datetime
    deed: Deed
    person: str | None = Field(
        description="Who did it; null: the command line, or the service by itself."
    )
    name: str | None
    token: str | None = Field(description="The access token that it was done by; null: none.")
    submission: str | None
    assignment: str | None
    about: str | None = Field(description="Whom it concerns.")
    about_name: str | None
    reason: str
    before: dict[str, JsonValue] = Field(description="What changed, as it was.")
    after: dict[str, JsonValue] = Field(description="What changed, as it is since.")


class AuditList(Answer):
    """The log of a course, the newest first."""

    items: list[AuditEntry]
    next: str | None = Field(description="The address of the next page, or null.")
