"""The resources of course reports: how a class has done, in numbers that name nobody."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from grader.api.resources.failures import Spread
from grader.api.resources.fields import Answer, Text
from grader.desks.report.headlines import HeadlineKind
from grader.store.gradebook.progress import Progress
from grader.store.submission.snags import SnagKind

_FEW = "null: of fewer than five students."


class CourseReportQuery(BaseModel):
    """What a report is on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignment: list[Text] = Field(
        [], max_length=200, description="Ids; several may be asked for. Left out: all."
    )


class ReportScores(Answer):
    """What counts of each student who has a score, after late penalties."""

    students: int = Field(description="How many have one.")
    whole: int = Field(description="How many have all points.")
    nothing: int = Field(description="How many have none.")
    mean: float | None = Field(description=_FEW)
    lower: float | None = Field(description="A quarter has no more; " + _FEW)
    median: float | None = Field(description=_FEW)
    upper: float | None = Field(description="A quarter has no less; " + _FEW)
    histogram: list[int] | None = Field(
        description="How many students by their share of the points: ten bins, each with its lower "
        "end, the last one with both; " + _FEW
    )


class ReportPart(Answer):
    """How many students have all points of one part of an assignment, by the report that counts."""

    part: str = Field(description="The check, or of a quiz the id of the question.")
    max_points: float
    students: int = Field(description="How many were asked it.")
    right: int
    share: float | None = Field(description="Of these, 0 to 1; " + _FEW)


class ReportFailure(Answer):
    """What newest reports fail by. A student is in one of them at most."""

    part: str = Field(description="The check, or of a quiz the id of the question.")
    kind: SnagKind
    name: str = Field(
        description="The misconception, the outcome, or the exception if it is one of Python's; "
        "else empty."
    )
    meaning: str = Field(description="What a misconception means; else empty.")
    students: int
    share: float | None = Field(description="Of those who have begun, 0 to 1; " + _FEW)


class ReportLaw(Answer):
    """A wrong law that several students have handed in."""

    students: int
    misconception: str = Field(description="What most of their reports name; or empty.")
    picture: str | None = Field(
        description="Its density in the exercise's window: a PNG of 64 × 64 pixels in base64."
    )


class ReportAssignmentLinks(Answer):
    """Where else to look."""

    failures: str
    page: str = Field(description="The same for people.")


class ReportAssignment(Answer):
    """How a class has done in one assignment."""

    id: str
    exercise: str
    title: str
    max_score: float
    due_at: datetime | None
    submissions: int = Field(description="With those of staff.")
    waiting: int = Field(description="How many of them are not graded yet.")
    internal_errors: int = Field(description="On how many of them the grader has failed.")
    begun: int = Field(description="How many students have handed something in.")
    passed: int
    pass_share: float | None = Field(description="Of those who have begun, 0 to 1; " + _FEW)
    states: dict[Progress, int] = Field(description="How many students are how far.")
    tries: Spread | None = Field(description="Attempts until they passed; " + _FEW)
    seconds_to_pass: Spread | None = Field(
        description="From the first submission to the one that passed; " + _FEW
    )
    scores: ReportScores
    late: int = Field(description="How many students' counting work came late.")
    late_share: float | None = Field(description="Of those who have a score, 0 to 1; " + _FEW)
    overridden: int = Field(description="How many submissions have points that staff gave.")
    parts: list[ReportPart] = Field(description="Those that earn points, as in the reports.")
    failing: int = Field(description="How many students' newest reports fail by anything.")
    failures: list[ReportFailure] = Field(description="By what, the three commonest first.")
    laws: list[ReportLaw] = Field(description="The three commonest wrong laws.")
    laws_looked_at: int = Field(description="Of so many wrong laws, of the newest reports.")
    target_picture: str | None = Field(
        description="The law that was asked for, as the wrong ones are shown; null: none is."
    )
    links: ReportAssignmentLinks


class ReportHeadline(Answer):
    """What a report says first. Which numbers it says, its kind decides."""

    kind: HeadlineKind = Field(
        description="`hardest`: of `of` students who have begun the assignment, `count` have not "
        "passed, the largest share. `weakest_part`: of `of` students `count` have all points of "
        "`part`, the smallest share. `misconception`: `count` newest reports fail by `name`, in "
        "`of` assignments. `attempts`: at the median of `of` passes it took `count` attempts. "
        "`most_attempts`: the same in the assignment where it took the most. `late`: of `of` "
        "scores `count` came late. `few`: no assignment has been begun by five students."
    )
    count: int
    of: int
    assignment: str | None = Field(description="Its id; null: it is about the course.")
    part: str
    name: str
    meaning: str


class CourseReportLinks(Answer):
    """Where else to look."""

    self: str
    page: str = Field(description="The same for people, and for paper.")


class CourseReport(Answer):
    """How a class has done. Nobody is named."""

    course: str
    title: str
    time_zone: str
    made_at: datetime
    students: int
    staff: int
    submissions: int = Field(description="To the assignments that are reported on.")
    waiting: int = Field(description="How many of them are not graded yet.")
    internal_errors: int = Field(
        description="On how many of them the grader has failed, and not graded them yet."
    )
    graded: int = Field(description="How many of them have a grade.")
    tries: Spread | None = Field(description="Attempts until they passed, over all; " + _FEW)
    headlines: list[ReportHeadline]
    assignments: list[ReportAssignment] = Field(description="In the order of the course.")
    links: CourseReportLinks
