"""What is known of a batch: how far it is, and what became of each of its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from grader.collected.archive import PassedOver
from grader.collected.why import Aside, Why
from grader.store.audit import Actor
from grader.store.models import BatchRow as B
from grader.store.submission.entities import Summary


class BatchStage(StrEnum):
    """How far a batch is."""

    #: It is there to be looked at; nothing is handed in before somebody begins it.
    PLANNED = "planned"
    HANDING_IN = "handing_in"
    DONE = "done"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """What became of one file; of a planned batch, what would."""

    WAITING = "waiting"
    HANDED_IN = "handed_in"
    #: The same was handed in for the same student by an earlier batch.
    REPEATED = "repeated"
    #: The assignment's rules did not let it in.
    REFUSED = "refused"
    #: Nobody's, or nothing that can be handed in.
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a file."""

    state: ItemState
    why: Why | None = None
    #: What it became, or had become before.
    submission: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A file before it is recorded."""

    file: str
    #: None: nobody's.
    person: str | None
    #: None: it can't be handed in, whoever's it is.
    source: bytes | None
    why: Why | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch. Times are aware, in UTC."""

    id: str
    course: str
    assignment: str
    exercise_version: str
    #: The archive's own name; may be empty.
    name: str
    #: SHA-256 of the archive.
    digest: str
    stage: BatchStage
    total: int
    passed_over: tuple[PassedOver, ...]
    #: When all of it was handed in, as staff say; None: when it was begun.
    sent_at: datetime | None
    created_at: datetime
    sent_by: Actor
    begun_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a batch, with what became of it."""

    place: int
    file: str
    person: str | None
    #: The person's name and user name.
    name: str | None
    username: str | None
    state: ItemState
    why: Why | None
    detail: str
    #: Whether it can be given to another person, or to nobody: of a planned batch.
    is_open: bool
    submission: str | None
    #: The submission as it is by now.
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class Counts:
    """A batch in numbers."""

    states: Mapping[ItemState, int]
    #: Of those that were handed in, or had been: how many are graded, and how many passed.
    graded: int
    passed: int


def batch_of(row: Row[*tuple[Any, ...]]) -> Batch:
    """The batch in a row of all columns."""
    return Batch(
        id=row.id,
        course=row.course,
        assignment=row.assignment,
        exercise_version=row.exercise_version,
        name=row.name,
        digest=row.digest,
        stage=BatchStage(row.stage),
        total=row.total,
        passed_over=tuple(
            PassedOver(path, Aside(why)) for path, why in json.loads(row.passed_over)
        ),
        sent_at=row.sent_at,
        created_at=row.created_at,
        sent_by=Actor(row.person, row.token),
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )


def columns_of(batch: Batch) -> dict[str, Any]:
    """The columns of a batch."""
    pairs = [(one.path, one.why) for one in batch.passed_over]
    given = {
        name: getattr(batch, name)
        for name in (column.key for column in B.__table__.columns)
        if name not in {"passed_over", "person", "token"}
    }
    return given | {
        "passed_over": json.dumps(pairs),
        "person": batch.sent_by.person,
        "token": batch.sent_by.token,
    }
