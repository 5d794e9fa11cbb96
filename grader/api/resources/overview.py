"""The resources of a course's overview: its students with how each has done, and one's record."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from grader.api.resources.assignments import AssignmentItem, Extension
from grader.api.resources.courses import Member
from grader.api.resources.fields import Answer, Text
from grader.api.resources.submissions import SubmissionItem
from grader.store.gradebook.cells import Order
from grader.store.gradebook.progress import Look, Progress

_CURSOR: JsonDict = {"pattern": "^[0-9A-Za-z_-]{1,64}$"}
_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"


class OverviewQuery(BaseModel):
    """Which students: those with an assignment of which all of this is true."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many students at most.")
    after: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id of the last student of the page before.",
        json_schema_extra=_CURSOR,
    )
    q: Text = Field(
        "", max_length=100, pattern=_LINE, description="Part of a name or of a user name."
    )
    section: Text = Field("", max_length=200, pattern=_LINE, description="Those in it.")
    assignment: str | None = Field(
        None, max_length=64, description="The one that the others speak of; left out: any."
    )
    state: Progress | None = None
    late: bool = Field(False, description="Whether what counts must have come late.")
    look: bool = Field(False, description="Whether there must be a reason to look at it.")
    order: Order = Order.NAME


class OverviewCell(Answer):
    """How one student has done in one assignment. What is not begun has none."""

    assignment: str
    state: Progress
    score: float | None = Field(description="What counts, after the late penalty.")
    earned: float | None = Field(description="The same before the late penalty.")
    max_score: float | None
    days_late: int = Field(description="Of the submission that counts; 0: in time.")
    attempts_used: int
    pending: int = Field(description="How many submissions are not graded yet.")
    best: str | None = Field(description="The id of the submission that counts.")
    latest: str = Field(description="The id of the newest submission.")
    look: Look | None = Field(description="Why somebody should look at it; null: no reason.")


class OverviewStudentLinks(Answer):
    """Where else to look."""

    self: str
    page: str = Field(description="The same for people.")


class OverviewStudent(Answer):
    """A student, with how he or she has done."""

    person: str
    name: str
    username: str | None
    section: str | None = Field(description="As the course's platform calls it.")
    total: float = Field(description="The sum of what counts.")
    cells: list[OverviewCell] = Field(description="In the order of the assignments.")
    links: OverviewStudentLinks


class OverviewAssignment(Answer):
    """An assignment, with how all students of the course have done."""

    id: str
    exercise: str
    title: str
    max_score: float
    due_at: datetime | None
    students: int = Field(description="How many are in the course.")
    states: dict[Progress, int] = Field(description="How many of them are how far.")
    mean: float | None = Field(description="Of what counts, over those who have a score.")
    late: int = Field(description="How many have come late with what counts.")


class Overview(Answer):
    """A page of a course's students."""

    assignments: list[OverviewAssignment]
    items: list[OverviewStudent]
    count: int = Field(description="How many students are asked for, on all pages.")
    next: str | None = Field(description="The address of the next page, or null.")


class RecordQuery(BaseModel):
    """Which of a student's submissions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(100, ge=1, le=200, description="How many submissions at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id after which the last page ended.",
        json_schema_extra=_CURSOR,
    )


class RecordedAssignment(Answer):
    """An assignment as one student has done it."""

    assignment: AssignmentItem = Field(description="With how the student stands in it.")
    cell: OverviewCell | None = Field(description="Null: nothing was handed in.")
    extension: Extension | None


class StudentRecord(Answer):
    """All that one student has done in a course."""

    student: Member
    assignments: list[RecordedAssignment]
    submissions: list[SubmissionItem] = Field(description="The newest first.")
    next: str | None = Field(description="The address of the older submissions, or null.")
