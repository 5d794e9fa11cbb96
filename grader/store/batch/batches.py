"""Batches: records what staff hand in for a class, changes what is planned, and finds it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, or_, select, update

from exercises.outcome import Verdict
from grader.collected.why import Why
from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.batch.entities import (
    Batch,
    BatchStage,
    Counts,
    Draft,
    Fate,
    Item,
    ItemState,
    batch_of,
    columns_of,
)
from grader.store.batch.fates import foreseen
from grader.store.database import reading, writing
from grader.store.models import BatchItemRow as I
from grader.store.models import BatchRow as B
from grader.store.models import PersonRow as P
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.submission.entities import SUMMARY, joined, summary_of
from grader.store.submission.state import State

#: What nobody has begun is forgotten after that time, with the texts in it,
PLANS_LAST = timedelta(days=2)
#: and what became of the files after that; the submissions stay.
RECORDS_LAST = timedelta(days=400)


class WrongStage(Exception):
    """The batch is not at the stage for what is asked."""

    def __init__(self, stage: BatchStage) -> None:
        super().__init__(stage.value)
        self.stage = stage


class TwoFiles(Exception):
    """Another file of the batch is this person's already."""


class Batches:
    """The batches in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def foresee(
        self, assignment: str, drafts: Iterable[Draft], *, sent_at: datetime | None
    ) -> list[Fate]:
        """What would become of each file, if its batch were begun now."""
        now = self._clock()
        with reading(self._engine) as connection:
            return [_foreseen(connection, assignment, one, sent_at, now) for one in drafts]

    def record(self, batch: Batch, drafts: Sequence[Draft], actor: Actor) -> Batch:
        """Record a batch with all its files; committed when this returns.

        Args:
            batch: with the stage PLANNED, or HANDING_IN to begin it at once.
            drafts: its files, in order.
            actor: who sends it.
        """
        with writing(self._engine) as connection:
            now = self._clock()
            connection.execute(insert(B).values(**columns_of(batch)))
            rows = []
            for place, one in enumerate(drafts):
                fate = _left_out(one) or Fate(ItemState.WAITING)
                if batch.stage is BatchStage.PLANNED:
                    fate = _foreseen(connection, batch.assignment, one, batch.sent_at, now)
                rows.append({"batch": batch.id, "place": place, **_columns(one), **_told(fate)})
            if rows:
                connection.execute(insert(I), rows)
            if batch.stage is BatchStage.HANDING_IN:
                _begin(connection, batch, actor, now)
        return self.get(batch.id) or batch

    def get(self, id_: str) -> Batch | None:
        """One batch, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(*_ALL).where(B.id == id_)).one_or_none()
        return None if row is None else batch_of(row)

    def latest(self, assignment: str, *, limit: int = 50, before: str | None = None) -> list[Batch]:
        """The batches of an assignment, the newest first; the next page begins `before` an id."""
        query = select(*_ALL).where(B.assignment == assignment)
        if before is not None:
            query = query.where(B.id < before)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(B.id.desc()).limit(limit)).all()
        return [batch_of(row) for row in rows]

    def items(
        self,
        batch: Batch,
        *,
        limit: int,
        after: int = -1,
        state: ItemState | None = None,
    ) -> list[Item]:
        """Files of a batch in their order, with what became of them.

        Args:
            batch: whose.
            limit: how many at most.
            after: only those after this place.
            state: only those; None: all.
        """
        query = joined(select(*SUMMARY, *_ITEM).select_from(I).outerjoin(S, S.id == I.submission))
        query = query.outerjoin(P, P.id == I.person)
        query = query.where(I.batch == batch.id, I.place > after)
        if state is not None:
            query = query.where(I.state == state)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(I.place).limit(limit)).all()
        return [_item(row, batch) for row in rows]

    def counts(self, batch: str) -> Counts:
        """A batch in numbers."""
        states = select(I.state, func.count().label("count")).where(I.batch == batch)
        graded = (
            select(S.verdict, func.count().label("count"))
            .join(I, I.submission == S.id)
            .where(I.batch == batch, S.state == State.GRADED)
        )
        with reading(self._engine) as connection:
            by_state = connection.execute(states.group_by(I.state)).all()
            verdicts = connection.execute(graded.group_by(S.verdict)).all()
        number: dict[str, int] = {row.state: row.count for row in by_state}  # type: ignore[misc]
        of_verdict: dict[str, int] = {row.verdict: row.count for row in verdicts}  # type: ignore[misc]
        return Counts(
            {state: number[state] for state in ItemState if state in number},
            sum(of_verdict.values()),
            of_verdict.get(Verdict.PASSED, 0),
        )

    def choose(self, batch: Batch, place: int, person: str | None) -> bool:
        """Say whose a file of a planned batch is; None: nobody's. False: there is none to choose.

        Raises:
            WrongStage: the batch is not planned any more.
            TwoFiles: another file of the batch is this person's.
        """
        with writing(self._engine) as connection:
            _require(connection, batch.id, BatchStage.PLANNED)
            here = (I.batch == batch.id) & (I.place == place)
            row = connection.execute(select(I.file, I.source).where(here)).one_or_none()
            if row is None or row.source is None:
                return False
            others = select(I.place).where(
                I.batch == batch.id, I.place != place, I.person == person
            )
            if person is not None and connection.scalar(others.limit(1)) is not None:
                raise TwoFiles
            why = Why.BY_CHOICE if person is None else None
            draft = Draft(row.file, person, row.source, why)
            fate = _foreseen(connection, batch.assignment, draft, batch.sent_at, self._clock())
            changed = {"person": person, "detail": "", **_told(fate)}
            connection.execute(update(I).where(here).values(**changed))
        return True

    def begin(self, batch: Batch, actor: Actor) -> None:
        """Let what is planned be handed in, in the background.

        Raises:
            WrongStage: it is not planned any more.
        """
        with writing(self._engine) as connection:
            _require(connection, batch.id, BatchStage.PLANNED)
            _begin(connection, batch, actor, self._clock())

    def cancel(self, batch: Batch, actor: Actor) -> None:
        """End a batch; what was handed in before that stays.

        Raises:
            WrongStage: it is over already.
        """
        with writing(self._engine) as connection:
            now = self._clock()
            stage = _require(connection, batch.id, BatchStage.PLANNED, BatchStage.HANDING_IN)
            changed = {"stage": BatchStage.CANCELLED, "ended_at": now}
            connection.execute(update(B).where(B.id == batch.id).values(**changed))
            here = I.batch == batch.id
            ends = and_(here, I.state == ItemState.WAITING)
            left = {"state": ItemState.LEFT_OUT, "why": Why.CANCELLED}
            connection.execute(update(I).where(ends).values(**left))
            connection.execute(update(I).where(here).values(source=None))
            if stage is BatchStage.HANDING_IN:
                _note(connection, batch, actor, Deed.BATCH_CANCELLED, now)

    def sweep(self, now: datetime) -> int:
        """Forget what nobody has begun, and what is long over. Returns how many that was."""
        old = or_(
            and_(B.stage == BatchStage.PLANNED, B.created_at <= now - PLANS_LAST),
            and_(B.ended_at.is_not(None), B.ended_at <= now - RECORDS_LAST),
        )
        with reading(self._engine) as connection:
            gone = [*connection.scalars(select(B.id).where(old))]
        if gone:
            with writing(self._engine) as connection:
                connection.execute(delete(I).where(I.batch.in_(gone)))
                connection.execute(delete(B).where(B.id.in_(gone)))
        return len(gone)


_ALL = tuple(B.__table__.columns)
_ITEM = (
    *(I.place, I.file, I.person.label("whose"), I.state.label("item_state"), I.why, I.detail),
    I.submission.label("submission"),
    I.source.is_not(None).label("has_source"),
    P.name.label("person_name"),
    P.username.label("person_username"),
)


def _foreseen(
    connection: Connection, assignment: str, one: Draft, sent_at: datetime | None, now: datetime
) -> Fate:
    """What would become of a draft."""
    left_out = _left_out(one)
    if left_out is not None or one.person is None or one.source is None:
        return left_out or Fate(ItemState.LEFT_OUT, Why.NOBODY)
    at, digest = sent_at or now, _digest(one.source)
    return foreseen(connection, assignment, one.person, digest, at=at, is_paced=sent_at is None)


def _left_out(one: Draft) -> Fate | None:
    """That a draft is nobody's, or can't be handed in; None: neither."""
    if one.person is None or one.source is None or one.why is not None:
        return Fate(ItemState.LEFT_OUT, one.why or Why.NOBODY)
    return None


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


def _columns(one: Draft) -> dict[str, Any]:
    return {
        "file": one.file,
        "person": one.person,
        "detail": one.detail,
        "source": one.source,
        "digest": None if one.source is None else _digest(one.source),
    }


def _told(fate: Fate) -> dict[str, Any]:
    return {"state": fate.state, "why": fate.why, "submission": fate.submission}


def _require(connection: Connection, id_: str, *stages: BatchStage) -> BatchStage:
    """Hold a batch that is at one of these stages, to the transaction's end.

    Raises:
        WrongStage: it is not.
    """
    stage = BatchStage(
        connection.execute(select(B.stage).where(B.id == id_).with_for_update()).scalar_one()
    )
    if stage not in stages:
        raise WrongStage(stage)
    return stage


def _begin(connection: Connection, batch: Batch, actor: Actor, now: datetime) -> None:
    """Let all that is somebody's wait to be handed in; the texts of the rest are forgotten."""
    begun = {"stage": BatchStage.HANDING_IN, "begun_at": now, "person": actor.person}
    connection.execute(update(B).where(B.id == batch.id).values(**begun, token=actor.token))
    here = I.batch == batch.id
    mine = and_(here, I.source.is_not(None), I.state != ItemState.LEFT_OUT)
    # What was foreseen may have changed: it is decided when its turn comes.
    again = {"state": ItemState.WAITING, "why": None, "submission": None}
    connection.execute(update(I).where(mine).values(**again))
    rest = and_(here, I.state == ItemState.LEFT_OUT)
    connection.execute(update(I).where(rest).values(source=None))
    _note(connection, batch, actor, Deed.BATCH_BEGUN, now)


def _note(connection: Connection, batch: Batch, actor: Actor, deed: Deed, now: datetime) -> None:
    # Not the archive's name: people give it names of people.
    told: dict[str, Any] = {"batch": batch.id, "files": batch.total}
    if batch.sent_at is not None:
        told["sent_at"] = batch.sent_at.isoformat()
    note(
        connection,
        actor or NOBODY_IN_PARTICULAR,
        deed,
        now=now,
        course=batch.course,
        assignment=batch.assignment,
        after=told,
    )


def _item(row: Row[*tuple[Any, ...]], batch: Batch) -> Item:
    return Item(
        place=row.place,
        file=row.file,
        person=row.whose,
        name=row.person_name,
        username=row.person_username,
        state=ItemState(row.item_state),
        why=None if row.why is None else Why(row.why),
        detail=row.detail,
        is_open=batch.stage is BatchStage.PLANNED and row.has_source,
        submission=row.submission,
        summary=None if row.id is None else summary_of(row),
    )
