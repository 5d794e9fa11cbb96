"""Clusters: students who fail by the same, and the other values that say where a class fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exercises.report import Status
from grader.store.gradebook.progress import Progress
from grader.store.submission.snags import Snag


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles of some whole numbers: each is one of them, the nearest rank above."""

    count: int
    lower: int
    median: int
    upper: int


@dataclass(frozen=True, slots=True)
class Effort:
    """What it has taken those who passed."""

    #: Attempts until they passed; None: nobody has.
    tries: Spread | None
    #: Seconds from the first submission to the one that passed.
    seconds: Spread | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The density figure of a submission."""

    submission: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Students of an assignment whose newest reports fail by the same."""

    snag: Snag
    students: int
    #: How many of them have passed all the same, by another submission.
    passed: int
    #: The commonest sentences of their reports, each with how many have it.
    said: tuple[tuple[str, int], ...] = ()
    #: The ids of some of their submissions, the newest first.
    examples: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class PartCounts:
    """How many students got one part of an assignment right: a criterion, or a question."""

    part: str
    max_points: float
    #: By status how many, in the newest report of each, and in the one that counts.
    latest: Mapping[Status, int]
    best: Mapping[Status, int]


@dataclass(frozen=True, slots=True)
class Caught:
    """A student of a cluster, and the submission that puts him or her there."""

    person: str
    name: str
    submission: str
    state: Progress
    score: float | None
    max_score: float | None
    attempts_used: int
    said: str
