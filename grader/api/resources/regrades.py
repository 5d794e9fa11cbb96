"""The resources of regrades and of internal errors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from exercises.outcome import Verdict
from grader.api.resources.fields import Answer, Request, Text
from grader.store.regrade.regrading import Direction, Fate, Stage, TrialState, Which
from grader.store.regrade.selection import MOST_NAMED
from grader.store.submission.state import Ended, State

_CURSOR: dict[str, JsonValue] = {"pattern": "^[0-9A-Za-z_-]{1,64}$"}
#: The longest reason, in characters.
REASON_LIMIT = 1_000


class RegradePath(BaseModel):
    """The path of one regrade."""

    regrade: str = Field(description="The regrade's id.")


class RegradeItemPath(RegradePath):
    """The path of one submission in a regrade."""

    submission: str = Field(description="The submission's id.")


class RegradesQuery(BaseModel):
    """Which regrades to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: only regrades older than the one of this id.",
        json_schema_extra=_CURSOR,
    )


class RegradeItemsQuery(BaseModel):
    """Which submissions of a regrade to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    only: Direction | None = Field(
        None,
        description="up, down, same: by what counts; otherwise: points that stay and criteria that "
        "do not; inconclusive: a check could not tell; failed: the grader could not; left_out.",
    )
    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    after: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id of the last trial of the page before.",
        json_schema_extra=_CURSOR,
    )


class NewRegradeOfOne(Request):
    """How one submission is to be graded again, on trial first."""

    exercise_version: Text | None = Field(
        None,
        max_length=64,
        description="A version that is kept; null: as the exercise is served now.",
    )
    reason: Text = Field("", max_length=REASON_LIMIT, description="For staff, in the log.")


class NewRegrade(NewRegradeOfOne):
    """Which submissions to an assignment are to be graded again, on trial first."""

    which: Which = Field(
        Which.LATEST,
        strict=False,
        description="latest, or best: of each person the one; all; these: those in “submissions”.",
    )
    submissions: list[Annotated[Text, Field(max_length=64)]] = Field(
        default_factory=list,
        max_length=MOST_NAMED,
        description="With “these”: the ids of graded submissions to the assignment.",
    )


class RegradeChoice(Request):
    """Whether a submission is taken along when the regrade is applied."""

    chosen: bool


class RegradeApplication(Request):
    """How a regrade is applied."""

    never_lower: bool = Field(
        True, description="Whether a grade stays where the new one is fewer points, or less of all."
    )
    move_version: bool = Field(
        False,
        description="Whether the assignment asks for this version from now on. For instructors.",
    )


class RegradeBar(Answer):
    """How many submissions change by about as much."""

    low: float = Field(description="In points; low and high are 0 for those that do not change.")
    high: float
    count: int


class RegradeTotals(Answer):
    """A regrade in numbers."""

    states: dict[TrialState, int] = Field(description="How far its trials are.")
    up: int = Field(description="Where more points would count; after overrides and late penalty.")
    down: int
    same: int
    inconclusive: int = Field(description="Where a check could not tell.")
    lower: int = Field(description="Where never_lower keeps the old grade.")
    overridden: int = Field(description="Where a score that staff gave stays.")
    left_out: int
    fates: dict[Fate, int] = Field(description="What became of them, once it is applied.")
    histogram: list[RegradeBar]


class RegradeLinks(Answer):
    """Where else to look."""

    self: str
    items: str
    assignment: str
    page: str = Field(description="The same for people.")


class RegradeItem(Answer):
    """Some submissions to an assignment that are graded again: on trial until it is applied."""

    id: str
    course: str
    assignment: str
    exercise_version: str = Field(description="The version that grades.")
    which: Which
    total: int = Field(description="How many submissions.")
    stage: Stage = Field(
        description="trying; ready: to be looked at and applied; applying; applied; cancelled."
    )
    reason: str
    created_at: datetime
    begun_by: str | None = Field(description="The person's id.")
    tried_at: datetime | None
    never_lower: bool | None = Field(description="Null: nobody has applied it.")
    move_version: bool | None
    decided_at: datetime | None = Field(description="When it was applied or cancelled.")
    decided_by: str | None
    ended_at: datetime | None
    links: RegradeLinks


class Regrade(RegradeItem):
    """A regrade, with how far it is and what it would change."""

    ended: int = Field(description="How many of its trials have ended.")
    decided: int = Field(description="Of how many it is known what became of them.")
    estimate_seconds: float | None = Field(description="Until the trials have ended; or null.")
    totals: RegradeTotals


class RegradeList(Answer):
    """Regrades, the newest first."""

    items: list[RegradeItem]
    next: str | None = Field(description="The address of the next page, or null.")


class ChangedCriterion(Answer):
    """A criterion that came out differently."""

    check: str
    before: str | None = Field(description="What was found; null: nothing.")
    points_before: float
    after: str | None
    points_after: float
    message: str = Field(description="What the newer report says of it.")


class RegradedSubmission(Answer):
    """A submission in a regrade, and what its trial found."""

    trial: str = Field(description="The trial's id.")
    submission: str
    person: str | None
    name: str | None
    state: TrialState
    verdict_before: Verdict | None = Field(description="Null: the trial has not ended.")
    verdict: Verdict | None
    counted_before: float | None = Field(description="What counts, all overrides and penalties in.")
    counted_after: float | None
    max_before: float | None
    max_score: float | None
    change: float | None
    lower: bool = Field(description="Whether never_lower keeps the old grade.")
    overridden: bool = Field(description="Whether a score that staff gave stays.")
    inconclusive: bool
    criteria: list[ChangedCriterion]
    chosen: bool
    fate: Fate | None
    links: dict[str, str]


class RegradedList(Answer):
    """The submissions of a regrade, the largest change first."""

    items: list[RegradedSubmission]
    next: str | None = Field(description="The address of the next page, or null.")


class Version(Answer):
    """A version of an exercise whose files are kept, so that it can grade."""

    version: str
    kept_at: datetime
    asked: bool = Field(description="Whether the assignment asks for it.")
    served: bool = Field(description="Whether it is the exercise as it is served now.")


class VersionList(Answer):
    """The versions of an assignment's exercise, the newest first."""

    items: list[Version]


class FailedAttempt(Answer):
    """One attempt at grading that went wrong on our side."""

    number: int
    ended: Ended
    worker: str | None
    finished_at: datetime | None
    problem: str = Field(description="What went wrong: in a sentence; to operators all of it.")


class InternalError(Answer):
    """A submission that the grader failed on."""

    submission: str
    exercise: str
    exercise_version: str
    course: str
    assignment: str | None
    person: str | None
    name: str | None
    state: State = Field(description="graded: it has a report of our failure; else it is tried.")
    accepted_at: datetime
    tried_again_at: datetime | None = Field(description="By itself; null: not, or now.")
    attempts: list[FailedAttempt]
    links: dict[str, str]


class InternalErrorList(Answer):
    """What the grader failed on, the newest submission first."""

    submissions: int = Field(description="How many there are, on all pages.")
    students: int = Field(description="How many people sent them.")
    items: list[InternalError]
    next: str | None = Field(description="The address of the next page, or null.")


class GradedAgain(Answer):
    """How many submissions are graded again now."""

    submissions: int
