"""Regrades: begins them, finds them, and says how far they are and what they would change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from grader.store.audit import Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import AssignmentRow
from grader.store.models import RegradeRow as R
from grader.store.models import TrialRow as T
from grader.store.moments import Clock, utc_now
from grader.store.regrade.regrading import (
    TRIALS_TO_COME,
    UNDER_WAY,
    Fate,
    Regrade,
    Stage,
    TrialState,
    Which,
)
from grader.store.regrade.rows import REGRADE, by_id, drop_reports, regrade_of
from grader.store.regrade.selection import selected

#: What nobody has applied for so long is cancelled: its reports and figures take room.
KEPT_FOR = timedelta(days=30)


class WrongStage(Exception):
    """The regrade is at another stage than this needs."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.value)
        self.stage = stage


class Regrades:
    """The regrades in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def begin(
        self,
        actor: Actor,
        assignment: str,
        exercise_version: str,
        which: Which,
        named: Collection[str] = (),
        *,
        reason: str = "",
    ) -> Regrade:
        """Let submissions be graded again on trial; committed when this returns.

        The version's files are to be kept before (`Versions.keep`).

        Args:
            actor: who begins it.
            assignment: its id.
            exercise_version: the version that grades.
            which: of whose submissions which.
            named: for `Which.THESE`, the ids of submissions to the assignment.
            reason: in the actor's words.

        Raises:
            LookupError: there is no such assignment.
            UnfitSelection: there is nothing to grade, or too much.
        """
        now = self._clock()
        values: dict[str, Any] = {
            "id": new_id(int(now.timestamp() * 1000)),
            "assignment": assignment,
            "exercise_version": exercise_version,
            "which": which,
            "stage": Stage.TRYING,
            "reason": reason,
            "created_at": now,
            "person": actor.person,
            "token": actor.token,
        }
        with writing(self._engine) as connection:
            course = connection.scalar(
                select(AssignmentRow.course).where(AssignmentRow.id == assignment)
            )
            if course is None:
                raise LookupError(f"there is no assignment {assignment}")
            found = selected(connection, assignment, which, named)
            values |= {"course": course, "total": len(found)}
            connection.execute(insert(R).values(**values))
            connection.execute(insert(T), _trials(values["id"], found, now))
            after = {"version": exercise_version, "which": which, "submissions": len(found)}
            note(
                connection,
                actor,
                Deed.REGRADE_BEGUN,
                now=now,
                course=course,
                assignment=assignment,
                reason=reason,
                after={"regrade": values["id"], **after},
            )
            return regrade_of(connection.execute(by_id(values["id"])).one())

    def get(self, id_: str) -> Regrade | None:
        """One regrade, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(by_id(id_)).one_or_none()
        return None if row is None else regrade_of(row)

    def latest(
        self, course: str, *, assignment: str | None = None, limit: int, before: str | None = None
    ) -> list[Regrade]:
        """The regrades of a course, the newest first; the next page begins `before` the last id."""
        query = select(*REGRADE).where(R.course == course)
        if assignment is not None:
            query = query.where(R.assignment == assignment)
        if before is not None:
            query = query.where(R.id < before)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(R.id.desc()).limit(limit)).all()
        return [regrade_of(row) for row in rows]

    def choose(self, id_: str, submission: str, *, chosen: bool) -> bool:
        """Take a submission along when the regrade is applied, or leave it out.

        Returns whether it is one of the regrade's.

        Raises:
            WrongStage: it is applied or cancelled already.
        """
        here = (T.regrade == id_) & (T.submission == submission)
        with writing(self._engine) as connection:
            _require(connection, id_, (Stage.TRYING, Stage.READY))
            changed = connection.execute(update(T).where(here).values(is_chosen=chosen))
        return changed.rowcount == 1

    def apply(
        self, actor: Actor, id_: str, *, never_lower: bool, moves_version: bool
    ) -> Regrade | None:
        """Let the trials' reports become the grades, from now on in the background.

        Args:
            actor: who applies it.
            id_: the regrade's.
            never_lower: whether a grade stays where the trial's is lower.
            moves_version: whether the assignment asks for the trials' version from now on.

        Returns:
            The regrade; None: there is no such regrade.

        Raises:
            WrongStage: its trials have not ended, or it was decided before.
        """
        now = self._clock()
        decided = {"never_lower": never_lower, "moves_version": moves_version}
        with writing(self._engine) as connection:
            row = _require(connection, id_, (Stage.READY,))
            if row is None:
                return None
            connection.execute(
                update(R)
                .where(R.id == id_)
                .values(stage=Stage.APPLYING, **decided, **_decided(actor, now))
            )
            if moves_version:
                connection.execute(
                    update(AssignmentRow)
                    .where(AssignmentRow.id == row.assignment)
                    .values(exercise_version=row.exercise_version)
                )
            _note(connection, actor, Deed.REGRADE_APPLIED, row, now, after=decided)
            return regrade_of(connection.execute(by_id(id_)).one())

    def cancel(self, actor: Actor, id_: str) -> Regrade | None:
        """End a regrade: what is in flight is dropped, what is not applied yet never is.

        What was applied before that stays, and the regrade says how much that was.

        Returns:
            The regrade; None: there is no such regrade.

        Raises:
            WrongStage: it has ended already.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            row = _require(connection, id_, UNDER_WAY)
            if row is None:
                return None
            _cancel(connection, id_, now)
            if row.stage != Stage.APPLYING:
                connection.execute(update(R).where(R.id == id_).values(**_decided(actor, now)))
            _note(connection, actor, Deed.REGRADE_CANCELLED, row, now)
            return regrade_of(connection.execute(by_id(id_)).one())

    def sweep(self, now: datetime) -> int:
        """Cancel what nobody has applied for long. Returns how many those were."""
        old = (R.stage == Stage.READY) & (R.tried_at < now - KEPT_FOR)
        with reading(self._engine) as connection:
            found = connection.scalars(select(R.id).where(old)).all()
        for id_ in found:
            with writing(self._engine) as connection:
                if connection.scalar(select(R.id).where(R.id == id_, old).with_for_update()):
                    _cancel(connection, id_, now)
        return len(found)


def _trials(regrade: str, found: list[tuple[str, int]], now: datetime) -> list[dict[str, Any]]:
    milliseconds = int(now.timestamp() * 1000)
    return [
        {
            "id": new_id(milliseconds),
            "regrade": regrade,
            "submission": submission,
            "place": place,
            "base": attempt,
            "state": TrialState.WAITING,
            "attempt": 0,
            "due_at": now,
            "failures": 0,
            "needs_files": False,
            "size": -1.0,
            "is_chosen": True,
        }
        for place, (submission, attempt) in enumerate(found)
    ]


def _require(connection: Connection, id_: str, stages: Collection[Stage]) -> Any:
    """The regrade's row, held until the transaction ends; None: there is none.

    Raises:
        WrongStage: it is at none of these stages.
    """
    row = connection.execute(by_id(id_).with_for_update()).one_or_none()
    if row is not None and row.stage not in stages:
        raise WrongStage(Stage(row.stage))
    return row


def _cancel(connection: Connection, id_: str, now: datetime) -> None:
    connection.execute(update(R).where(R.id == id_).values(stage=Stage.CANCELLED, ended_at=now))
    connection.execute(
        update(T)
        .where(T.regrade == id_, T.state.in_(TRIALS_TO_COME))
        .values(state=TrialState.DROPPED, finished_at=now)
    )
    connection.execute(
        update(T).where(T.regrade == id_, T.fate.is_(None)).values(fate=Fate.STOPPED)
    )
    drop_reports(connection, id_)


def _decided(actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "decided_at": now,
        "decided_person": actor.person,
        "decided_token": actor.token,
    }


def _note(
    connection: Connection,
    actor: Actor,
    deed: Deed,
    row: Any,
    now: datetime,
    after: dict[str, Any] | None = None,
) -> None:
    said = {"regrade": row.id, "version": row.exercise_version, **(after or {})}
    note(
        connection,
        actor,
        deed,
        now=now,
        course=row.course,
        assignment=row.assignment,
        after=said,
    )
