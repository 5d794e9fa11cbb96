"""The preview of a regrade: its trials by the size of the change, and its progress in numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, case, func, or_, select

from exercises.outcome import Verdict
from grader.store.database import reading
from grader.store.models import PersonRow
from grader.store.models import SubmissionRow as S
from grader.store.models import TrialRow as T
from grader.store.regrade.comparison import read_criteria
from grader.store.regrade.regrading import (
    TRIALS_TO_COME,
    Bar,
    Direction,
    Fate,
    Progress,
    Regrade,
    Stage,
    Trial,
    TrialState,
)
from grader.store.submission.entities import SUMMARY, joined, summary_of

#: The estimate rests on the pace of so many last trials.
_RECENT = 50
#: So many bars to each side of the one of what does not change.
_BARS = 5

_TRIED = T.state == TrialState.TRIED
_OTHERWISE = _TRIED & (T.change == 0) & (T.criteria != "[]")
_CONDITIONS: Mapping[Direction, ColumnElement[bool]] = {
    Direction.UP: _TRIED & (T.change > 0),
    Direction.DOWN: _TRIED & (T.change < 0),
    Direction.SAME: _TRIED & (T.change == 0),
    Direction.OTHERWISE: _OTHERWISE,
    Direction.INCONCLUSIVE: _TRIED & T.is_inconclusive,
    Direction.FAILED: T.state == TrialState.FAILED,
    Direction.LEFT_OUT: ~T.is_chosen,
}


class TrialLists:
    """The previews of regrades in the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(
        self,
        regrade: str,
        *,
        limit: int,
        direction: Direction | None = None,
        after: str | None = None,
    ) -> list[Trial]:
        """The trials of a regrade, the largest change first, those that have not ended last.

        Args:
            regrade: its id.
            limit: how many at most.
            direction: only these; None: all.
            after: the page goes on after the trial of this id.
        """
        query = select(*SUMMARY, *_OWN, PersonRow.name).select_from(T)
        query = joined(query.join(S, S.id == T.submission)).where(T.regrade == regrade)
        query = query.outerjoin(PersonRow, PersonRow.id == S.person)
        if direction is not None:
            query = query.where(_CONDITIONS[direction])
        with reading(self._engine) as connection:
            if after is not None:
                query = query.where(_after(connection, regrade, after))
            ordered = query.order_by(T.size.desc(), T.id.desc()).limit(limit)
            return [_trial(row) for row in connection.execute(ordered)]

    def progress(self, regrade: Regrade, now: datetime) -> Progress:
        """How far a regrade is, in numbers."""
        with reading(self._engine) as connection:
            states = _counts(connection, T.state, regrade.id)
            fates = _counts(connection, T.fate, regrade.id)
            sums = connection.execute(_SUMS.where(T.regrade == regrade.id)).one()
            changes = connection.execute(_CHANGES.where(T.regrade == regrade.id)).all()
            pace = None
            if regrade.stage is Stage.TRYING:
                pace = _pace(connection, regrade.id, now)
        by_state = {TrialState(name): count for name, count in states.items() if name}
        to_come = sum(by_state.get(state, 0) for state in TRIALS_TO_COME)
        return Progress(
            total=regrade.total,
            states=by_state,
            fates={Fate(name): count for name, count in fates.items() if name},
            **{name: sums._mapping[name] or 0 for name in _SUM_NAMES},
            bars=bars([(row.change, row.number) for row in changes]),
            estimate_seconds=None if pace is None else pace * to_come,
        )


def bars(changes: Iterable[tuple[float, int]]) -> list[Bar]:
    """A histogram of changes: one bar for none, and up to five of one width to each side of it.

    Args:
        changes: each change in points, with how many there are of it.
    """
    found = list(changes)
    largest = max((abs(change) for change, _ in found), default=0.0)
    if not found:
        return []
    width = _width(largest)
    counts: dict[int, int] = {0: 0}
    for change, count in found:
        # Away from 0: what changes at all is in no bar of what does not.
        index = math.copysign(math.ceil(round(abs(change) / width, 9)), change) if change else 0
        counts[int(index)] = counts.get(int(index), 0) + count
    low, high = min(counts), max(counts)
    return [_bar(index, width, counts.get(index, 0)) for index in range(low, high + 1)]


def _bar(index: int, width: float, count: int) -> Bar:
    if index == 0:
        return Bar(0.0, 0.0, count)
    inner, outer = (abs(index) - 1) * width, abs(index) * width
    ends = (inner, outer) if index > 0 else (-outer, -inner)
    return Bar(round(ends[0], 9), round(ends[1], 9), count)


def _width(largest: float) -> float:
    """A round number, five of which hold the largest change."""
    if largest == 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest / _BARS))
    steps = (1, 2, 5, 10)
    return next(step * power for step in steps if step * power * _BARS >= largest - 1e-9)


_OWN = (
    *(T.id.label("trial"), T.state.label("trial_state"), T.verdict_before),
    *(T.verdict.label("trial_verdict"), T.counted_before, T.counted_after, T.max_before),
    *(T.max_score.label("trial_max"), T.change, T.is_lower, T.is_overridden),
    *(T.is_inconclusive, T.criteria, T.is_chosen, T.fate),
)
_SUM_NAMES = ("up", "down", "same", "inconclusive", "lower", "overridden", "left_out")


def _sum(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0)).label(name)


_SUMS = select(
    _sum(_CONDITIONS[Direction.UP], "up"),
    _sum(_CONDITIONS[Direction.DOWN], "down"),
    _sum(_CONDITIONS[Direction.SAME], "same"),
    _sum(_CONDITIONS[Direction.INCONCLUSIVE], "inconclusive"),
    _sum(_TRIED & T.is_lower, "lower"),
    _sum(_TRIED & T.is_overridden, "overridden"),
    _sum(~T.is_chosen, "left_out"),
)
_CHANGES = select(T.change, func.count().label("number")).where(_TRIED).group_by(T.change)


def _counts(connection: Connection, column: Any, regrade: str) -> dict[str | None, int]:
    query = select(column, func.count()).where(T.regrade == regrade).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def _pace(connection: Connection, regrade: str, now: datetime) -> float | None:
    """Seconds from one ended trial to the next, of the last few; None before there are some."""
    ended = T.finished_at.is_not(None) & (T.regrade == regrade)
    last = select(T.finished_at).where(ended).order_by(T.finished_at.desc()).limit(_RECENT)
    moments = [moment for moment in connection.scalars(last) if moment is not None]
    if len(moments) < 2:
        return None
    return max(0.0, (now - moments[-1]).total_seconds()) / (len(moments) - 1)


def _after(connection: Connection, regrade: str, id_: str) -> ColumnElement[bool]:
    size = connection.scalar(select(T.size).where(T.regrade == regrade, T.id == id_))
    if size is None:
        return T.id.is_(None)
    return or_(T.size < size, and_(T.size == size, T.id < id_))


def _trial(row: Row[*tuple[Any, ...]]) -> Trial:
    return Trial(
        id=row.trial,
        submission=summary_of(row),
        name=row.name,
        state=TrialState(row.trial_state),
        verdict_before=_verdict(row.verdict_before),
        verdict=_verdict(row.trial_verdict),
        counted_before=row.counted_before,
        counted_after=row.counted_after,
        max_before=row.max_before,
        max_score=row.trial_max,
        change=row.change,
        is_lower=bool(row.is_lower),
        is_overridden=bool(row.is_overridden),
        is_inconclusive=bool(row.is_inconclusive),
        criteria=read_criteria(row.criteria),
        is_chosen=row.is_chosen,
        fate=None if row.fate is None else Fate(row.fate),
    )


def _verdict(text: str | None) -> Verdict | None:
    return None if text is None else Verdict(text)
