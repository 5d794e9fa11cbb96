"""Applying: makes the reports of trials the submissions' grades, in steps that a kill can't harm.

What becomes of each trial is written in the transaction that changes its submission, so that
whoever goes on after a kill, or works beside another one, finds what is left and nothing else.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, exists, insert, literal, select, update
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from exercises.likeness.fingerprint import FILE
from exercises.report import Report
from grader.store.audit import Actor, Deed, note
from grader.store.database import reading, writing
from grader.store.grading.fingerprints import keep_fingerprint
from grader.store.grading.graded import graded_by
from grader.store.models import AttemptRow, FileRow, TrialFileRow
from grader.store.models import RegradeRow as R
from grader.store.models import SubmissionRow as S
from grader.store.models import TrialRow as T
from grader.store.regrade.comparison import Counting
from grader.store.regrade.regrading import TRIALS_TO_COME, Fate, Stage, TrialState
from grader.store.regrade.rows import drop_reports
from grader.store.submission.state import Ended, State
from grader.store.webhook.announcements import announce
from grader.webhooks.event import Event

log = logging.getLogger(__name__)

#: So many submissions a transaction: SQLite has one writer, and students hand in meanwhile.
BATCH = 20


class Applying:
    """Brings the regrades in the database that `engine` opens from stage to stage."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def settle(self, now: datetime) -> int:
        """Note which regrades have ended their trials. Returns how many those were."""
        to_come = exists().where(T.regrade == R.id, T.state.in_(TRIALS_TO_COME))
        tried = (R.stage == Stage.TRYING) & ~to_come
        with reading(self._engine) as connection:
            # Nearly always nothing: a look every second should not write.
            if connection.scalar(select(R.id).where(tried).limit(1)) is None:
                return 0
        with writing(self._engine) as connection:
            settled = connection.execute(
                update(R).where(tried).values(stage=Stage.READY, tried_at=now)
            )
        return settled.rowcount

    def next(self) -> str | None:
        """The regrade that was begun to be applied first, or None."""
        query = select(R.id).where(R.stage == Stage.APPLYING).order_by(R.decided_at, R.id)
        with reading(self._engine) as connection:
            return connection.scalar(query.limit(1))

    def step(self, id_: str, now: datetime) -> int:
        """Apply the next few trials of a regrade; returns how many, 0 once it is done."""
        with writing(self._engine) as connection:
            # Held: whoever cancels waits for this step, and the next step finds it cancelled.
            held = select(R.course, R.assignment, R.never_lower, *_ACTOR, R.exercise_version)
            regrade = connection.execute(
                held.where(R.id == id_, R.stage == Stage.APPLYING).with_for_update()
            ).one_or_none()
            if regrade is None:
                return 0
            rows = connection.execute(_WAITING.where(T.regrade == id_).limit(BATCH)).all()
            for row in rows:
                fate = self._tried(connection, regrade, row, now)
                connection.execute(update(T).where(T.id == row.id).values(fate=fate))
            if not rows:
                _close(connection, id_, now)
        return len(rows)

    def _tried(
        self,
        connection: Connection,
        regrade: Row[*tuple[Any, ...]],
        trial: Row[*tuple[Any, ...]],
        now: datetime,
    ) -> Fate:
        try:
            with connection.begin_nested():
                return self._apply(connection, regrade, trial, now)
        except (OperationalError, InterfaceError):
            raise  # The database is away: later.
        except (SQLAlchemyError, ValueError):
            # It is there and refuses: to try the same again would stop all others.
            log.exception("the trial of %s could not be applied", trial.submission)
            return Fate.BROKEN

    @staticmethod
    def _apply(
        connection: Connection,
        regrade: Row[*tuple[Any, ...]],
        trial: Row[*tuple[Any, ...]],
        now: datetime,
    ) -> Fate:
        held = select(S.attempt, S.state, S.score, S.max_score, S.verdict, S.given_score)
        before = connection.execute(held.where(S.id == trial.submission).with_for_update()).one()
        if before.state != State.GRADED or before.attempt != trial.base:
            return Fate.OVERTAKEN
        report = Report.model_validate_json(trial.report)
        columns = graded_by(connection, trial.submission, report, now=now)
        if regrade.never_lower and _counting(columns).is_lower_than(_counting(before._mapping)):
            return Fate.KEPT
        number = trial.base + 1
        _add_attempt(connection, trial, number)
        connection.execute(
            update(S)
            .where(S.id == trial.submission)
            .values(
                **columns,
                attempt=number,
                exercise_version=report.exercise_version,
                started_at=trial.started_at,
                regrade_at=None,
            )
        )
        if any(columns[name] != getattr(before, name) for name in _GRADE):
            _note(connection, regrade, trial.submission, before, columns, now)
        announce(connection, Event.REGRADED, trial.submission, now=now)
        return Fate.APPLIED


_ACTOR = (R.decided_person, R.decided_token)
_GRADE = ("verdict", "score", "max_score")
_WAITING = (
    select(
        *(T.id, T.submission, T.base, T.report, T.worker),
        *(T.handed_out_at, T.lease_expires_at, T.started_at, T.finished_at),
    )
    .where(T.state == TrialState.TRIED, T.is_chosen, T.fate.is_(None))
    .order_by(T.place)
)


def _counting(columns: Any) -> Counting:
    given = columns.get("given_score")
    return Counting(columns["score"] if given is None else given, columns["max_score"])


def _add_attempt(connection: Connection, trial: Row[*tuple[Any, ...]], number: int) -> None:
    """Give the submission one attempt more: the trial's, with its files."""
    times = ("handed_out_at", "lease_expires_at", "started_at", "finished_at")
    connection.execute(
        insert(AttemptRow).values(
            submission=trial.submission,
            number=number,
            worker=trial.worker,
            ended=Ended.GRADED,
            report=trial.report,
            **{name: getattr(trial, name) for name in times},
        )
    )
    files = select(
        literal(trial.submission),
        literal(number),
        TrialFileRow.name,
        TrialFileRow.media_type,
        TrialFileRow.content,
    ).where(TrialFileRow.trial == trial.id, TrialFileRow.name != FILE)
    names = ["submission", "attempt", "name", "media_type", "content"]
    connection.execute(insert(FileRow).from_select(names, files))
    fingerprint = connection.scalar(
        select(TrialFileRow.content).where(
            TrialFileRow.trial == trial.id, TrialFileRow.name == FILE
        )
    )
    report = Report.model_validate_json(trial.report)
    keep_fingerprint(connection, trial.submission, number, report, fingerprint)


def _close(connection: Connection, id_: str, now: datetime) -> None:
    """End a regrade of which nothing is left to apply."""
    rest = (T.regrade == id_) & T.fate.is_(None)
    untried = rest & (T.state != TrialState.TRIED)
    connection.execute(update(T).where(untried).values(fate=Fate.UNTRIED))
    connection.execute(update(T).where(rest).values(fate=Fate.LEFT_OUT))
    connection.execute(update(R).where(R.id == id_).values(stage=Stage.APPLIED, ended_at=now))
    drop_reports(connection, id_)


def _note(
    connection: Connection,
    regrade: Row[*tuple[Any, ...]],
    submission: str,
    before: Row[*tuple[Any, ...]],
    after: dict[str, Any],
    now: datetime,
) -> None:
    """Write down that a grade has changed, so that the submission's own log shows it."""
    note(
        connection,
        Actor(regrade.decided_person, regrade.decided_token),
        Deed.REGRADE_APPLIED,
        now=now,
        course=regrade.course,
        assignment=regrade.assignment,
        submission=submission,
        before={name: getattr(before, name) for name in _GRADE},
        after={name: after[name] for name in _GRADE} | {"version": regrade.exercise_version},
    )
