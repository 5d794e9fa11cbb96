"""The resources of where a class fails: by criterion, and by what its reports fail by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from exercises.report import Status
from grader.api.resources.fields import Answer, Text
from grader.api.resources.overview import OverviewAssignment
from grader.store.gradebook.progress import Progress
from grader.store.submission.snags import SnagKind


class Spread(Answer):
    """Quartiles: each is one of the values, the nearest rank above."""

    count: int = Field(description="Of how many students.")
    lower: int
    median: int
    upper: int


class SnagSentence(Answer):
    """A sentence of reports, and how many have it."""

    text: str
    students: int


class SnagLinks(Answer):
    """Where else to look."""

    students: str
    page: str = Field(description="The same for people.")


class SnagCluster(Answer):
    """Students whose newest reports fail by the same. A student is in one cluster at most."""

    part: str = Field(description="The check, or of a quiz the id of the question.")
    kind: SnagKind
    name: str = Field(description="The misconception, the exception, or the outcome; or empty.")
    meaning: str = Field(description="What a misconception means; else empty.")
    students: int
    share: float = Field(description="Of those who have handed something in, 0 to 1.")
    passed: int = Field(description="How many of them passed all the same, by another submission.")
    said: list[SnagSentence] = Field(description="The commonest sentences of their reports.")
    examples: list[str] = Field(description="The ids of some of their submissions.")
    picture: str | None = Field(description="The density figure of one of them.")
    links: SnagLinks


class FailureLinks(Answer):
    """Where else to look."""

    self: str
    page: str = Field(description="The same for people.")


class Difficulty(Answer):
    """How hard an assignment is for a class."""

    assignment: OverviewAssignment
    begun: int = Field(description="How many students have handed something in.")
    never_passed: float | None = Field(
        description="Of those of whom it is known, the share who have not passed, 0 to 1; null: of"
        " nobody. Whose grade is on its way is not counted."
    )
    tries: Spread | None = Field(description="Attempts until they passed; null: nobody has.")
    seconds_to_pass: Spread | None = Field(
        description="From the first submission to the one that passed."
    )
    clusters: list[SnagCluster] = Field(description="The largest first.")
    links: FailureLinks


class DifficultyList(Answer):
    """The assignments of a course, in its order. Clusters are without sentences and examples."""

    items: list[Difficulty]


class PartFailures(Answer):
    """How many students got one part of an assignment right."""

    part: str = Field(description="The check, or of a quiz the id of the question.")
    max_points: float
    latest: dict[Status, int] = Field(description="In the newest report of each.")
    best: dict[Status, int] = Field(description="In the report that counts.")


class AssignmentFailures(Difficulty):
    """Where a class fails in one assignment."""

    parts: list[PartFailures] = Field(description="In the order of the reports.")


class SnagQuery(BaseModel):
    """The students of one cluster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Text = Field(max_length=64, description="As the cluster has it.")
    kind: SnagKind
    name: Text = Field("", max_length=64, description="As the cluster has it.")
    limit: int = Field(50, ge=1, le=200, description="How many students at most.")
    after: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id of the last student of the page before.",
        json_schema_extra={"pattern": "^[0-9A-Za-z_-]{1,64}$"},
    )


class CaughtLinks(Answer):
    """Where else to look."""

    submission: str
    page: str = Field(description="The same for people.")


class CaughtStudent(Answer):
    """A student of a cluster, and the submission that puts him or her there."""

    person: str
    name: str
    submission: str
    state: Progress
    score: float | None = Field(description="What counts in the assignment.")
    max_score: float | None
    attempts_used: int
    said: str
    links: CaughtLinks


class CaughtList(Answer):
    """The students of a cluster, in the order of their ids."""

    items: list[CaughtStudent]
    next: str | None = Field(description="The address of the next page, or null.")
