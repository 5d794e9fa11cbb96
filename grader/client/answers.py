"""What a server answers, as far as the client reads it; a field that is new there is passed over.

The words are those of the API (docs/api.md). A test holds them against the OpenAPI document.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Printed, Report

_Item = TypeVar("_Item")
Role = Literal["student", "assistant", "instructor"]
State = Literal["accepted", "queued", "running", "graded"]
Shown = Literal["whole", "part", "receipt"]
Stage = Literal["trying", "ready", "applying", "applied", "cancelled"]
Progress = Literal[
    "not_begun", "waiting", "not_gradable", "failed", "partial", "passed", "internal_error"
]


BatchStage = Literal["planned", "handing_in", "done", "cancelled"]
ItemState = Literal["waiting", "handed_in", "repeated", "refused", "left_out"]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Page(_Answer, Generic[_Item]):
    """A page of a list; `next` is the address of the one after it."""

    items: list[_Item]
    next: str | None


class Token(_Answer):
    """An access token, without its secret."""

    id: str
    name: str
    scope: Literal["student", "ta", "platform"]
    course: str | None
    expires_at: datetime


class Me(_Answer):
    """Who asks."""

    person: str
    name: str
    username: str | None
    demo: bool
    operator: bool
    roles: dict[str, Role]
    token: Token | None


class ExerciseItem(_Answer):
    """An exercise in the list."""

    slug: str
    title: str
    kind: str
    part: str
    version: str
    max_score: float


class Exercise(ExerciseItem):
    """An exercise as a student may see it."""

    statement: str
    hints: list[str]
    starter: str = ""


class ExerciseList(_Answer):
    """The exercises, in the order of the course."""

    items: list[ExerciseItem]


class Course(_Answer):
    """A course, as one of its members sees it."""

    id: str
    title: str
    time_zone: str
    role: Role | None
    created_at: datetime
    archived_at: datetime | None


class CourseList(_Answer):
    """The courses that one is in, the newest first."""

    items: list[Course]


class Member(_Answer):
    """Somebody in a course."""

    person: str
    name: str
    username: str | None
    role: Role
    external_ids: dict[str, str] | None
    since: datetime
    disabled: bool


class MemberList(Page[Member]):
    """A page of the members of a course."""


class Standing(_Answer):
    """How one stands in an assignment."""

    phase: Literal["not_open", "open", "late", "closed"]
    due_at: datetime | None
    closes_at: datetime | None
    attempts_used: int
    attempts_left: int | None
    next_attempt_at: datetime | None
    pending: int
    passed: bool


class AssignmentItem(_Answer):
    """An exercise that a course asks for, and how one stands in it."""

    id: str
    course: str
    exercise: str
    exercise_version: str
    title: str
    kind: str
    max_score: float
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    late_penalty: float
    attempts: int | None
    cooldown_seconds: int
    standing: Standing


class AssignmentList(_Answer):
    """The assignments of a course, in its order."""

    items: list[AssignmentItem]


class Assignment(AssignmentItem):
    """One assignment, with what is asked."""

    asked: Exercise


class Counted(_Answer):
    """What a score counts in its assignment."""

    score: float | None
    given: float | None = None
    days_late: int
    kept: float


class Receipt(_Answer):
    """What is shown of a report before its grade is released."""

    outcome: Outcome
    findings: list[Finding]
    printed: Printed


class SubmissionLinks(_Answer):
    """Where else to look: paths on the server."""

    self: str
    page: str


class Submission(_Answer):
    """One submission: where it is, and its report once it is graded."""

    id: str
    exercise: str
    exercise_version: str
    course: str
    student: str
    assignment: str | None
    state: State
    attempt: int
    place: int | None
    estimate_seconds: float | None
    accepted_at: datetime
    graded_at: datetime | None
    regrade_at: datetime | None
    counted: Counted | None
    shown: Shown
    hidden_criteria: list[str]
    receipt: Receipt | None
    report: Report | None
    links: SubmissionLinks

    @property
    def is_graded(self) -> bool:
        """Whether there is a grade by now, shown or not."""
        return self.state == "graded"


class SubmissionItem(_Answer):
    """One line of the list of submissions."""

    id: str
    exercise: str
    course: str
    student: str
    assignment: str | None
    state: State
    verdict: Verdict | None
    score: float | None
    max_score: float | None
    accepted_at: datetime
    graded_at: datetime | None
    counted: Counted | None
    shown: Shown
    links: SubmissionLinks


class SubmissionList(Page[SubmissionItem]):
    """A page of submissions, the newest first."""


class OverviewCell(_Answer):
    """How one student has done in one assignment. What is not begun has none."""

    assignment: str
    state: Progress
    score: float | None
    earned: float | None
    max_score: float | None
    days_late: int
    attempts_used: int
    pending: int
    best: str | None
    latest: str
    look: str | None


class OverviewStudent(_Answer):
    """A student, with how he or she has done."""

    person: str
    name: str
    username: str | None
    section: str | None
    total: float
    cells: list[OverviewCell]


class OverviewAssignment(_Answer):
    """An assignment, with how all students of the course have done."""

    id: str
    exercise: str
    title: str
    max_score: float
    due_at: datetime | None
    students: int
    states: dict[Progress, int]
    mean: float | None
    late: int


class Overview(Page[OverviewStudent]):
    """A course's assignments, and its students with how each has done."""

    assignments: list[OverviewAssignment]
    count: int


class ArchiveSize(_Answer):
    """About how much an archive would hold, before it is packed."""

    which: Literal["all", "latest", "counting"]
    submissions: int
    text_bytes: int
    figure_bytes: int


class ArchiveSizes(_Answer):
    """How much there is to take away of a course."""

    sizes: list[ArchiveSize]


class RegradeTotals(_Answer):
    """A regrade in numbers."""

    up: int
    down: int
    same: int
    inconclusive: int
    lower: int
    overridden: int
    left_out: int


class Regrade(_Answer):
    """Some submissions to an assignment that are graded again: on trial until it is applied."""

    id: str
    course: str
    assignment: str
    exercise_version: str
    which: Literal["latest", "best", "all", "these"]
    total: int
    ended: int
    decided: int
    stage: Stage
    reason: str
    created_at: datetime
    estimate_seconds: float | None
    totals: RegradeTotals


class RegradedSubmission(_Answer):
    """A submission in a regrade, and what its trial found."""

    trial: str
    submission: str
    person: str | None
    name: str | None
    verdict_before: Verdict | None
    verdict: Verdict | None
    counted_before: float | None
    counted_after: float | None
    change: float | None
    lower: bool
    overridden: bool
    inconclusive: bool
    chosen: bool


class RegradedList(Page[RegradedSubmission]):
    """A page of the submissions of a regrade, the largest change first."""


class PassedOver(_Answer):
    """An entry of an archive that is nobody's work."""

    file: str
    why: str
    message: str


class BatchSubmission(_Answer):
    """The submission that a file of a batch became."""

    id: str
    state: State
    verdict: Verdict | None
    score: float | None
    max_score: float | None
    page: str


class BatchItem(_Answer):
    """A file of a batch, and what became of it; in a dry run, what would."""

    place: int
    file: str
    person: str | None
    name: str | None
    username: str | None
    state: ItemState
    why: str | None
    message: str
    detail: str
    submission: BatchSubmission | None


class BatchItemPage(Page[BatchItem]):
    """A page of the files of a batch."""


class BatchPlan(_Answer):
    """What would become of an archive; nothing is stored."""

    counts: dict[ItemState, int]
    items: list[BatchItem]
    passed_over: list[PassedOver]


class BatchLinks(_Answer):
    """Where else to look."""

    page: str


class Batch(_Answer):
    """What was handed in for a class."""

    id: str
    course: str
    assignment: str
    name: str
    digest: str
    stage: BatchStage
    total: int
    counts: dict[ItemState, int]
    graded: int
    passed: int
    passed_over: list[PassedOver]
    sent_at: datetime | None
    created_at: datetime
    links: BatchLinks

    @property
    def is_graded(self) -> bool:
        """Whether nothing more becomes of it by itself."""
        handed_in = self.counts.get("handed_in", 0) + self.counts.get("repeated", 0)
        return self.stage in {"done", "cancelled"} and self.graded >= handed_in
