"""Handing in: makes the files of a batch submissions, in steps that a kill can't harm.

What becomes of a file is written in the transaction that stores its submission, so that whoever
goes on after a kill, or works beside another one, finds what is left and nothing else.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, func, insert, select, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from grader.collected.why import Why
from grader.store.batch.entities import BatchStage, Fate, ItemState
from grader.store.batch.fates import admitted
from grader.store.database import reading, writing
from grader.store.models import AssignmentRow, CapacityRow
from grader.store.models import BatchItemRow as I
from grader.store.models import BatchRow as B
from grader.store.models import SubmissionRow as S
from grader.store.submission.state import State
from grader.store.submission.submissions import fresh

log = logging.getLogger(__name__)

#: So many files a transaction: SQLite has one writer, and students hand in meanwhile.
STEP = 20
#: So many submissions of a batch wait to be graded at once, for each slot and at least. The others
#: wait in the batch: whoever hands in alone has no class in front.
PER_SLOT, AT_LEAST = 2, 4
#: One more than the largest seed: a float64, and so any JSON reader, holds it exactly.
_SEEDS = 2**53


class HandingIn:
    """Hands in the batches of the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begun(self) -> list[str]:
        """The batches that are not handed in yet, those that were begun first coming first."""
        query = select(B.id).where(B.stage == BatchStage.HANDING_IN).order_by(B.begun_at, B.id)
        with reading(self._engine) as connection:
            return [*connection.scalars(query)]

    def step(self, id_: str, now: datetime) -> int:
        """Hand in the next few files of a batch, as far as there is room; returns how many.

        Files that are not handed in after all, as they were before or as the rules don't let them
        in, count too: 0 is where nothing is left, or the queue is full enough.
        """
        with reading(self._engine) as connection:
            room = _room(connection, id_)
        if room <= 0:
            return 0
        with writing(self._engine) as connection:
            # Held: whoever cancels waits for this step, and the next step finds it cancelled.
            held = select(*_BATCH, AssignmentRow.exercise)
            held = held.join(AssignmentRow, AssignmentRow.id == B.assignment)
            batch = connection.execute(
                held.where(B.id == id_, B.stage == BatchStage.HANDING_IN).with_for_update(of=B)
            ).one_or_none()
            if batch is None:
                return 0
            rows = connection.execute(_WAITING.where(I.batch == id_).limit(min(room, STEP))).all()
            for row in rows:
                fate = self._tried(connection, batch, row, now)
                here = (I.batch == id_) & (I.place == row.place)
                told = {"state": fate.state, "why": fate.why, "submission": fate.submission}
                connection.execute(update(I).where(here).values(**told, source=None))
            _close(connection, id_, now)
        return len(rows)

    def _tried(
        self,
        connection: Connection,
        batch: Row[*tuple[Any, ...]],
        item: Row[*tuple[Any, ...]],
        now: datetime,
    ) -> Fate:
        try:
            with connection.begin_nested():
                return self._hand_in(connection, batch, item, now)
        except (OperationalError, InterfaceError):
            raise  # The database is away: later.
        except (SQLAlchemyError, ValueError):
            # It is there and refuses: to try the same again would stop all others.
            log.exception("a file of the batch %s could not be handed in", batch.id)
            return Fate(ItemState.LEFT_OUT, Why.UNREADABLE)

    @staticmethod
    def _hand_in(
        connection: Connection,
        batch: Row[*tuple[Any, ...]],
        item: Row[*tuple[Any, ...]],
        now: datetime,
    ) -> Fate:
        # When it was begun, and not when its turn came: waiting makes nobody late.
        at = batch.sent_at or batch.begun_at
        fate = admitted(
            connection,
            batch.assignment,
            item.person,
            item.digest,
            batch.exercise_version,
            at=at,
            is_paced=batch.sent_at is None,
        )
        if fate is not None:
            return fate
        seed = secrets.randbelow(_SEEDS)
        values = fresh(batch.exercise, batch.exercise_version, item.source, seed, now)
        values |= {"course": batch.course, "student": item.person, "person": item.person}
        values |= {"assignment": batch.assignment, "sent_by_token": batch.token}
        connection.execute(insert(S).values(**values | {"accepted_at": at}))
        return Fate(ItemState.HANDED_IN, submission=values["id"])


_BATCH = (
    *(B.id, B.course, B.assignment, B.exercise_version),
    *(B.token, B.sent_at, B.begun_at),
)
_WAITING = (
    select(I.place, I.person, I.digest, I.source)
    .where(I.state == ItemState.WAITING)
    .order_by(I.place)
)


def _room(connection: Connection, id_: str) -> int:
    """How many submissions of a batch may still join those that wait to be graded."""
    slots = connection.scalar(select(CapacityRow.slots)) or 0
    waiting = connection.scalar(
        select(func.count())
        .select_from(I)
        .join(S, S.id == I.submission)
        .where(I.batch == id_, I.state == ItemState.HANDED_IN, S.state == State.ACCEPTED)
    )
    return max(AT_LEAST, PER_SLOT * slots) - (waiting or 0)


def _close(connection: Connection, id_: str, now: datetime) -> None:
    """End a batch of which nothing is left to hand in."""
    left = exists().where(I.batch == id_, I.state == ItemState.WAITING)
    over = update(B).where(B.id == id_, B.stage == BatchStage.HANDING_IN, ~left)
    connection.execute(over.values(stage=BatchStage.DONE, ended_at=now))
