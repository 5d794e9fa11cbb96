"""Regrading: the words for grading submissions again, on trial first, and what is read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exercises.outcome import Verdict
from grader.store.audit import Actor
from grader.store.submission.entities import Summary


class Stage(StrEnum):
    """How far a regrade is."""

    #: Its trials are graded; nothing that students see changes.
    TRYING = "trying"
    #: All trials have ended: it can be looked at, and applied.
    READY = "ready"
    #: The trials' reports become the submissions' grades.
    APPLYING = "applying"
    APPLIED = "applied"
    #: Ended by somebody, or because nobody applied it; what was applied before that stays.
    CANCELLED = "cancelled"


#: Stages in which it can still be cancelled.
UNDER_WAY = (Stage.TRYING, Stage.READY, Stage.APPLYING)


class TrialState(StrEnum):
    """How far one trial grading is."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    #: There is a report.
    TRIED = "tried"
    #: The grader failed on it, again and again.
    FAILED = "failed"
    #: The regrade was cancelled before.
    DROPPED = "dropped"


#: Handed out, and not ended yet.
TRIALS_IN_FLIGHT = (TrialState.QUEUED, TrialState.RUNNING)
#: Not ended yet.
TRIALS_TO_COME = (TrialState.WAITING, *TRIALS_IN_FLIGHT)


class Fate(StrEnum):
    """What became of one trial when the regrade was applied."""

    #: Its report is the submission's grade.
    APPLIED = "applied"
    #: The old grade is higher, and no grade was to be lowered.
    KEPT = "kept"
    #: Staff had left it out.
    LEFT_OUT = "left_out"
    #: The submission was graded again since the trial was begun.
    OVERTAKEN = "overtaken"
    #: The grader had failed on it.
    UNTRIED = "untried"
    #: The database refused it; our failure.
    BROKEN = "broken"
    #: The regrade was cancelled before its turn.
    STOPPED = "stopped"


class Which(StrEnum):
    """Which submissions to an assignment are graded again."""

    #: The latest of each person.
    LATEST = "latest"
    #: The one of each person that counts.
    BEST = "best"
    ALL = "all"
    #: Those that somebody has named.
    THESE = "these"


class Direction(StrEnum):
    """Which trials of a preview are shown."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    #: With points that stay and criteria that do not.
    OTHERWISE = "otherwise"
    INCONCLUSIVE = "inconclusive"
    FAILED = "failed"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Regrade:
    """Some submissions to an assignment, graded again. Times are aware, in UTC."""

    id: str
    course: str
    assignment: str
    exercise_version: str
    which: Which
    total: int
    stage: Stage
    #: In the words of who began it; may be empty.
    reason: str
    created_at: datetime
    begun_by: Actor
    tried_at: datetime | None
    #: None before somebody has applied it.
    never_lower: bool | None
    moves_version: bool | None
    #: When it was applied or cancelled, and by whom.
    decided_at: datetime | None
    decided_by: Actor
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion that came out differently: its state and points, before and after."""

    check: str
    #: None: the report says nothing of it.
    before: str | None
    points_before: float
    after: str | None
    points_after: float
    #: What the newer report says of it; "" where it says nothing.
    message: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One submission in a regrade, and what its trial grading found."""

    id: str
    #: The submission as it is now.
    submission: Summary
    #: The name of who sent it; None: there is none.
    name: str | None
    state: TrialState
    #: None before the trial has ended.
    verdict_before: Verdict | None
    verdict: Verdict | None
    #: What counts, after overrides and the late penalty, and what would.
    counted_before: float | None
    counted_after: float | None
    max_before: float | None
    max_score: float | None
    change: float | None
    is_lower: bool
    is_overridden: bool
    is_inconclusive: bool
    criteria: Sequence[Criterion]
    is_chosen: bool
    fate: Fate | None


@dataclass(frozen=True, slots=True)
class Bar:
    """How many trials change what counts by about as much."""

    #: In points: above `low` and up to `high`; both 0 for what does not change.
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a regrade is, in numbers."""

    total: int
    #: By state how many trials; states without one are left out.
    states: Mapping[TrialState, int]
    #: By fate how many, once it is applied.
    fates: Mapping[Fate, int]
    #: Of those that ended with a report, what would count more, less, or as much.
    up: int
    down: int
    same: int
    #: Of those, where a check could not tell; where the old grade is higher; where staff's score
    #: stays; and where somebody has left it out.
    inconclusive: int
    lower: int
    overridden: int
    left_out: int
    bars: Sequence[Bar]
    #: When the trials are likely to have ended; None while nothing is known of that.
    estimate_seconds: float | None

    @property
    def ended(self) -> int:
        """How many trials have ended, with a report or without."""
        return self.total - sum(self.states.get(state, 0) for state in TRIALS_TO_COME)

    @property
    def decided(self) -> int:
        """Of how many it is known what became of them."""
        return sum(self.fates.values())
