"""Selections: which submissions to an assignment are graded again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from exercises.outcome import SPENDS_NO_ATTEMPT
from grader.store.models import SubmissionRow as S
from grader.store.regrade.regrading import Which
from grader.store.submission.entities import SUMMARY, Summary, joined, summary_of
from grader.store.submission.state import State

#: So many submissions can be named one by one.
MOST_NAMED = 5_000
#: So many are tried by one regrade: hours of work for a server of a few slots.
MOST = 20_000


class UnfitSelection(ValueError):
    """What was asked for can not be graded again; the message says why."""


def selected(
    connection: Connection, assignment: str, which: Which, named: Collection[str] = ()
) -> list[tuple[str, int]]:
    """The submissions that are graded again, each with the number of its attempt, the oldest first.

    Those that are not graded yet are left out: they have no grade that could change.

    Args:
        connection: of a transaction.
        assignment: its id.
        which: of whose submissions which.
        named: for `Which.THESE`, their ids.

    Raises:
        UnfitSelection: there are none, there are too many, or one that was named is not there.
    """
    rows = _graded(connection, assignment, which)
    found: Sequence[Row[*tuple[Any, ...]]]
    if which is Which.THESE:
        found = _these(rows, named)
    elif which is Which.ALL:
        found = rows
    else:
        found = _one_each(rows, best=which is Which.BEST)
    if not found:
        raise UnfitSelection("none of these submissions is graded yet")
    if len(found) > MOST:
        raise UnfitSelection(f"these are {len(found):,} submissions, and {MOST:,} are the most")
    return [(one.id, one.attempt) for one in found]


def _graded(
    connection: Connection, assignment: str, which: Which
) -> Sequence[Row[*tuple[Any, ...]]]:
    query: Select[*tuple[Any, ...]] = select(S.id, S.attempt, S.person)
    if which is Which.BEST:
        query = joined(select(*SUMMARY).select_from(S))
    query = query.where(S.assignment == assignment, S.state == State.GRADED)
    return connection.execute(query.order_by(S.id)).all()


def _these(
    rows: Iterable[Row[*tuple[Any, ...]]], named: Collection[str]
) -> list[Row[*tuple[Any, ...]]]:
    wanted = set(named)
    if len(wanted) > MOST_NAMED:
        raise UnfitSelection(f"at most {MOST_NAMED:,} submissions can be named")
    found = [row for row in rows if row.id in wanted]
    missing = wanted - {row.id for row in found}
    if missing:
        raise UnfitSelection(
            f"{min(missing)} is not a graded submission to this assignment"
            + (f", nor are {len(missing) - 1:,} others" if len(missing) > 1 else "")
        )
    return found


def _one_each(rows: Iterable[Row[*tuple[Any, ...]]], *, best: bool) -> list[Row[*tuple[Any, ...]]]:
    """Of each person the last one, or of those with the highest score that counts the first."""
    found: dict[str | None, Row[*tuple[Any, ...]]] = {}
    for row in rows:
        before = found.get(row.person)
        if not best or before is None or _counts(row) > _counts(before):
            found[row.person] = row
    return sorted(found.values(), key=lambda row: str(row.id))


def _counts(row: Row[*tuple[Any, ...]]) -> float:
    summary: Summary = summary_of(row)
    counts = summary.counted_score
    return -1.0 if counts is None or summary.verdict in SPENDS_NO_ATTEMPT else counts
