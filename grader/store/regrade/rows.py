"""The rows of regrades: how one is read, and what is forgotten of one that is over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update

from grader.store.audit import Actor
from grader.store.models import RegradeRow as R
from grader.store.models import TrialFileRow
from grader.store.models import TrialRow as T
from grader.store.regrade.regrading import Regrade, Stage, Which

#: The columns that make a `Regrade`.
REGRADE = (
    *(R.id, R.course, R.assignment, R.exercise_version, R.which, R.total, R.stage, R.reason),
    *(R.created_at, R.person, R.token, R.tried_at, R.never_lower, R.moves_version),
    *(R.decided_at, R.decided_person, R.decided_token, R.ended_at),
)


def regrade_of(row: Row[*tuple[Any, ...]]) -> Regrade:
    """The regrade in a row that has the columns REGRADE."""
    return Regrade(
        id=row.id,
        course=row.course,
        assignment=row.assignment,
        exercise_version=row.exercise_version,
        which=Which(row.which),
        total=row.total,
        stage=Stage(row.stage),
        reason=row.reason,
        created_at=row.created_at,
        begun_by=Actor(row.person, row.token),
        tried_at=row.tried_at,
        never_lower=row.never_lower,
        moves_version=row.moves_version,
        decided_at=row.decided_at,
        decided_by=Actor(row.decided_person, row.decided_token),
        ended_at=row.ended_at,
    )


def drop_reports(connection: Connection, id_: str) -> None:
    """Forget the reports and files of a regrade's trials that are not needed any more."""
    trials = select(T.id).where(T.regrade == id_)
    connection.execute(delete(TrialFileRow).where(TrialFileRow.trial.in_(trials)))
    connection.execute(update(T).where(T.regrade == id_, T.report.is_not(None)).values(report=None))


def by_id(id_: str) -> Select[*tuple[Any, ...]]:
    """The query of one regrade."""
    return select(*REGRADE).where(R.id == id_)
