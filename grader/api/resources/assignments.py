"""The resources of assignments: their rules, and how one stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from grader.api.resources.exercises import Exercise
from grader.api.resources.fields import Answer, Request, Text
from grader.store.assignment.assignments import ATTEMPTS_LIMIT, COOLDOWN_LIMIT
from grader.store.assignment.disclosure import Extent, Release
from grader.store.assignment.terms import Phase

_MOMENT = (
    "ISO 8601: with an offset as it says, without one in the course's time zone. Of a date alone "
    "it is the {second} second; null: {null}."
)
_RELEASE = (
    "When students see their grades: at_once; after_close, when nothing is accepted any more; "
    "by_hand, when staff release them. Until then they see whether what they sent ran."
)
_HIDDEN = (
    "The checks of criteria whose findings students do not see until the grades are released and "
    "the assignment has closed, or, where it never closes, until they are released by hand."
)
_COOLDOWN_SECONDS = int(COOLDOWN_LIMIT.total_seconds())


class AssignmentPath(BaseModel):
    """The path of one assignment."""

    id: str = Field(description="The assignment's id.")


class ExtensionPath(AssignmentPath):
    """The path of one student's extension."""

    person: str = Field(description="The person's id.")


class AssignmentChange(Request):
    """What is to change of an assignment; what is left out stays."""

    opens_at: Text | None = Field(
        None,
        max_length=40,
        description="Students do not see it before. "
        + _MOMENT.format(second="first", null="at once"),
    )
    due_at: Text | None = Field(
        None,
        max_length=40,
        description="The deadline; what comes within its second is in time. "
        + _MOMENT.format(second="last", null="none"),
        examples=["2026-12-02T18:00"],
    )
    closes_at: Text | None = Field(
        None,
        max_length=40,
        description="Late work is accepted until then. "
        + _MOMENT.format(second="last", null="none is, after the deadline"),
    )
    late_penalty: float = Field(
        0.0,
        ge=0,
        le=1,
        description="The share of the score that each begun day after the deadline costs.",
    )
    attempts: int | None = Field(
        None,
        ge=1,
        le=ATTEMPTS_LIMIT,
        description="How often a student may submit; null: without end.",
    )
    cooldown_seconds: int = Field(
        0, ge=0, le=_COOLDOWN_SECONDS, description="The wait between two submissions."
    )
    release: Release = Field(Release.AT_ONCE, strict=False, description=_RELEASE)
    hidden_criteria: list[Annotated[Text, Field(max_length=64)]] = Field(
        default_factory=list, max_length=32, description=_HIDDEN
    )
    position: int = Field(0, ge=0, le=10_000, description="Its place in the course, from 0.")
    update_version: bool = Field(
        False,
        description="Whether it is to ask for the exercise as it is served now. What was handed in "
        "keeps the version that it answered.",
    )


class NewAssignment(Request):
    """An exercise to be assigned, at the version that is served now."""

    exercise: Text = Field(
        max_length=64, description="The slug of an exercise.", examples=["affine"]
    )
    opens_at: Text | None = Field(None, max_length=40)
    due_at: Text | None = Field(None, max_length=40, examples=["2026-12-01T18:00"])
    closes_at: Text | None = Field(None, max_length=40)
    late_penalty: float = Field(0.0, ge=0, le=1)
    attempts: int | None = Field(None, ge=1, le=ATTEMPTS_LIMIT)
    cooldown_seconds: int = Field(0, ge=0, le=_COOLDOWN_SECONDS)
    release: Release = Field(Release.AT_ONCE, strict=False, description=_RELEASE)
    hidden_criteria: list[Annotated[Text, Field(max_length=64)]] = Field(
        default_factory=list, max_length=32, description=_HIDDEN
    )


class NewExtension(Request):
    """More time, or more attempts, for one student, in place of any extension before."""

    due_at: Text | None = Field(
        None,
        max_length=40,
        description="In place of the deadline.",
        examples=["2026-12-08T18:00"],
    )
    closes_at: Text | None = Field(
        None, max_length=40, description="In place of the assignment's; never before the deadline."
    )
    more_attempts: int = Field(0, ge=0, le=ATTEMPTS_LIMIT)
    reason: Text = Field("", max_length=1000, description="For staff; the student never sees it.")


class Extension(Answer):
    """One student's extension."""

    person: str
    due_at: datetime | None
    closes_at: datetime | None
    more_attempts: int
    reason: str


class ExtensionList(Answer):
    """The extensions of an assignment."""

    items: list[Extension]


class Best(Answer):
    """The submission with the highest score."""

    submission: str
    score: float = Field(description="After the late penalty: what counts.")
    earned: float = Field(description="Before it: the report's, or what staff gave instead.")
    max_score: float
    days_late: int = Field(description="Days that had begun since the deadline; 0: in time.")


class Standing(Answer):
    """How you stand in an assignment, your extension included."""

    phase: Phase = Field(
        description="not_open; open; late: past the deadline and still accepted; closed."
    )
    due_at: datetime | None
    closes_at: datetime | None
    extended: bool = Field(description="Whether you have an extension.")
    attempts_used: int = Field(
        description="What is not gradable and what failed on our side does not count."
    )
    attempts_left: int | None = Field(description="Null: without end.")
    next_attempt_at: datetime | None = Field(
        description="When the cooldown ends; null: there is nothing to wait for."
    )
    pending: int = Field(description="How many of your submissions are not graded yet.")
    passed: bool
    best: Best | None = Field(description="Null: nothing was graded yet, or it is not shown.")
    shown: Extent = Field(
        description="How much of the grades you are shown: whole; part: without hidden criteria; "
        "receipt: nothing yet."
    )


class AssignmentLinks(Answer):
    """Where else to look."""

    self: str
    course: str
    submissions: str


class AssignmentItem(Answer):
    """An exercise that a course asks for, and how you stand in it."""

    id: str
    course: str
    exercise: str = Field(description="The exercise's slug.")
    exercise_version: str = Field(description="The version that is asked, and that grades.")
    title: str
    kind: str = Field(description="code: answered by a program; quiz: by choosing.")
    max_score: float
    position: int = Field(description="Its place in the course, from 0.")
    opens_at: datetime | None
    due_at: datetime | None = Field(description="For all; your own is in your standing.")
    closes_at: datetime | None
    late_penalty: float = Field(
        description="The share of the score that each begun day after the deadline costs."
    )
    attempts: int | None
    cooldown_seconds: int
    release: Release = Field(description=_RELEASE)
    released_at: datetime | None = Field(
        description="When staff released the grades by hand; null: they have not."
    )
    hidden_criteria: list[str] = Field(description=_HIDDEN)
    standing: Standing
    links: AssignmentLinks


class AssignmentList(Answer):
    """The assignments of a course, in its order; students see those that have opened."""

    items: list[AssignmentItem]


class Assignment(AssignmentItem):
    """One assignment, with what is asked; of a quiz the questions that you are asked."""

    asked: Exercise
