"""The resources of submissions: what is sent, and what becomes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Printed, Report
from grader.api.http.prefer import WAIT_LIMIT_SECONDS
from grader.api.resources.fields import Answer, Choice, Label, Raw, Request, Text
from grader.store.assignment.disclosure import Extent
from grader.store.submission.submissions import State
from worker.source import SOURCE_BYTES


class NewSubmission(Request):
    """What is sent to be graded: `source` to most exercises, `answers` to a quiz, never both.

    The points that f is asked are drawn by the service.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["source"]}, {"required": ["answers"]}],
            "examples": [{"exercise": "playground", "source": "def f(z):\n    return 2 * z + 1\n"}],
        }
    )

    assignment: str = Field(
        "",
        max_length=64,
        description="The id of an assignment that this answers; exercise and version follow from "
        "it. Left out: practice.",
    )
    exercise: str = Field(
        "playground", max_length=64, description="The slug of an exercise, as in /exercises."
    )
    # Pydantic looks at the characters only where there is a pattern or a length to check.
    # Without a default in the description: what is left out is not the empty text.
    source: Raw = Field(
        default_factory=str,
        description=f"Python that defines f; at most {SOURCE_BYTES:,} bytes of UTF-8. Any "
        "text is accepted, empty text too: the report says what is wrong with it.",
        examples=["import numpy as np\n\ndef f(z):\n    return 2 * z + np.ones(2)\n"],
    )
    answers: dict[Raw, Choice] = Field(
        default_factory=dict,
        max_length=1000,
        description="To a quiz: by a question's id the id of the chosen option, or true or false. "
        "The questions are those of the same `student` and `course`, as /exercises/{slug} has "
        "them. A question that is left out is a wrong one; answers to other questions are refused "
        "by the report, which costs no attempt.",
        examples=[{"flow-exact": True, "determinant": "quarter"}],
    )
    exercise_version: str = Field(
        "",
        max_length=64,
        description="The version that was answered; if it is another by now, nothing is accepted.",
    )
    course: Label = ""
    student: Label = ""
    on_behalf_of: Text = Field(
        "",
        max_length=240,
        description="For platforms: the student of the assignment's course for whom this is, by "
        "the person's id, or by an external one as `kind:value`. The rules hold as for him or her.",
        examples=["canvas_id:4711"],
    )

    def sent(self) -> dict[str, Any]:
        """The fields, with None for an exercise, a source or answers that were left out."""
        left_out = {"exercise", "source", "answers"} - self.model_fields_set
        return self.model_dump() | dict.fromkeys(left_out)


class AttemptQuery(BaseModel):
    """Which grading is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempt: int | None = Field(
        None, ge=1, description="The attempt of an earlier grading; without it the one that counts."
    )


class Grading(Answer):
    """One grading of a submission."""

    attempt: int
    exercise_version: str = Field(description="The version that graded.")
    graded_at: datetime | None
    verdict: Verdict | None = Field(description="Null: it is not shown yet.")
    score: float | None
    max_score: float | None
    links: dict[str, str]


class GradingList(Answer):
    """The gradings of a submission, the one that counts first."""

    items: list[Grading]


class SubmissionPath(BaseModel):
    """The path of one submission."""

    id: str = Field(description="The submission's id.")


class PreferHeader(BaseModel):
    """The preference that is understood."""

    # An integer or a string would be too narrow: what is malformed is ignored (RFC 7240).
    prefer: str | None = Field(
        None,
        description=f"`wait=N` (RFC 7240): wait up to N seconds, at most {WAIT_LIMIT_SECONDS}, "
        "for the graded report. When it was heeded, Preference-Applied says so.",
    )


class SubmissionsQuery(BaseModel):
    """Which submissions to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id after which the last page ended.",
        # Told, not checked here: what does not fit has a problem type of its own.
        json_schema_extra={"pattern": "^[0-9A-Za-z_-]{1,64}$"},
    )
    exercise: Text | None = Field(None, max_length=64, description="Only those to this exercise.")
    assignment: Text | None = Field(None, max_length=64, description="Only those to it.")
    course: Label | None = None
    student: Label | None = None


class Counted(Answer):
    """What a score counts in its assignment."""

    score: float | None = Field(
        description="After an override and the late penalty; null while there is none, and while "
        "it is not shown."
    )
    given: float | None = Field(
        None,
        description="What staff gave in place of the report's score; null: nothing.",
    )
    days_late: int = Field(description="Days that had begun since the deadline; 0: in time.")
    kept: float = Field(description="The share of the score that coming late leaves, 0 to 1.")


class Receipt(Answer):
    """What is shown of a report before its grade is released: whether the program ran."""

    outcome: Outcome
    findings: list[Finding] = Field(description="Those of form: function, shape, finite, purity.")
    printed: Printed


class SubmissionLinks(Answer):
    """Where else to look."""

    self: str
    page: str = Field(description="The same for people.")
    source: str = Field(description="What was sent, as a file.")
    bundle: str = Field(description="Once it is graded: all of it, as a zip archive.")
    results: str = Field(description="Once it is graded: the report as Gradescope reads it.")


class Submission(Answer):
    """One submission: where it is, and its report once it is graded."""

    id: str
    exercise: str
    exercise_version: str = Field(description="The version that it is graded by.")
    course: str = Field(description="The course's id, or a label.")
    student: str = Field(description="The person's id, or a label.")
    assignment: str | None = Field(description="What it answers to; null outside a course.")
    sent_by_token: str | None = Field(
        description="The id of the access token that it was sent by; null: by a browser."
    )
    state: State
    attempt: int = Field(description="How many times it was handed to a worker.")
    place: int | None = Field(description="Its place in the queue, from 1; null once it runs.")
    estimate_seconds: float | None = Field(
        description="About how long until it is graded; null where that is not known."
    )
    accepted_at: datetime
    started_at: datetime | None
    graded_at: datetime | None
    regrade_at: datetime | None = Field(
        description="When an internal error is graded again by itself; null: it is not."
    )
    counted: Counted | None = Field(
        description="What it counts in its assignment; null outside a course."
    )
    answers: dict[str, bool | str] | None = Field(
        description="The answers to a quiz; null for a program."
    )
    shown: Extent = Field(
        description="How much of the grade you are shown: whole; part: without hidden criteria; "
        "receipt: nothing yet, and `receipt` is in place of the report."
    )
    hidden_criteria: list[str] = Field(description="The criteria that the report is without.")
    receipt: Receipt | None
    report: Report | None = Field(description="Null until it is graded, and while it is not shown.")
    links: SubmissionLinks


class SubmissionItem(Answer):
    """One line of the list of submissions."""

    id: str
    exercise: str
    course: str = Field(description="The course's id, or a label.")
    student: str = Field(description="The person's id, or a label.")
    assignment: str | None = Field(description="What it answers to; null outside a course.")
    state: State
    verdict: Verdict | None
    score: float | None
    max_score: float | None
    accepted_at: datetime
    graded_at: datetime | None
    counted: Counted | None
    shown: Extent = Field(description="How much of the grade you are shown: whole, part, receipt.")
    links: SubmissionLinks


class SubmissionList(Answer):
    """Submissions, newest first."""

    items: list[SubmissionItem]
    next: str | None = Field(description="The address of the next page, or null.")
