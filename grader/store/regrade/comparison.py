"""What a trial grading would change: of the points that count, and criterion by criterion."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from exercises.report import Finding, Report, Status
from grader.store.assignment.terms import Lateness
from grader.store.grading.graded import graded_by
from grader.store.models import AttemptRow
from grader.store.models import SubmissionRow as S
from grader.store.regrade.regrading import Criterion
from grader.store.submission.entities import SUMMARY, joined, summary_of

#: Scores are sums of a few decimals: what differs by less is rounding.
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts, before the late penalty: the report's score, or what staff gave instead."""

    score: float | None
    max_score: float | None

    def after(self, late: Lateness | None) -> float | None:
        """What is left of it after the late penalty."""
        return self.score if late is None or self.score is None else late.of(self.score)

    def is_lower_than(self, other: Counting) -> bool:
        """Whether it is fewer points than another, or a smaller share of the points.

        The exercise may be worth something else by now: 7 of 7 is more than 7 of 10.
        """
        if other.score is None or other.max_score is None:
            return False
        score, max_score = self.score or 0.0, self.max_score or 0.0
        # Multiplied out: an exercise may be worth nothing.
        shares = score * other.max_score - other.score * max_score
        return score < other.score - _EPSILON or shares < -_EPSILON


def comparison(
    connection: Connection, submission: str, base: int, report: Report, *, at: datetime
) -> dict[str, object]:
    """The columns of a trial that say what its report would change.

    Args:
        connection: of the transaction that writes them.
        submission: the id of the submission that was tried.
        base: the number of the attempt that the trial is compared with.
        report: the trial's.
        at: when the trial ended.
    """
    query = joined(select(*SUMMARY, AttemptRow.report).select_from(S)).outerjoin(
        AttemptRow, (AttemptRow.submission == S.id) & (AttemptRow.number == base)
    )
    row = connection.execute(query.where(S.id == submission)).one()
    now = summary_of(row)
    before = None if row.report is None else Report.model_validate_json(row.report)
    counts = Counting(now.standing_score, now.max_score)
    given = graded_by(connection, submission, report, now=at).get("given_score")
    would = Counting(report.score if given is None else given, report.max_score)
    counted_before, counted_after = counts.after(now.lateness), would.after(now.lateness)
    change = _whole((counted_after or 0.0) - (counted_before or 0.0))
    return {
        "verdict_before": now.verdict,
        "max_before": now.max_score,
        "counted_before": counted_before,
        "counted_after": counted_after,
        "change": change,
        "size": abs(change),
        "is_lower": would.is_lower_than(counts),
        "is_overridden": given is not None,
        "is_inconclusive": any(_cannot_tell(finding) for finding in report.findings),
        "criteria": json.dumps([asdict(one) for one in criteria(before, report)]),
    }


def criteria(before: Report | None, after: Report) -> list[Criterion]:
    """The criteria that came out differently, in the order of the newer report."""
    old = dict(_named([] if before is None else before.findings))
    new = dict(_named(after.findings))
    changed = []
    for name in [*new, *(name for name in old if name not in new)]:
        was, is_ = old.get(name), new.get(name)
        if _result(was) != _result(is_):
            changed.append(
                Criterion(
                    check=name[0],
                    before=None if was is None else was.status.value,
                    points_before=0.0 if was is None else was.points,
                    after=None if is_ is None else is_.status.value,
                    points_after=0.0 if is_ is None else is_.points,
                    message="" if is_ is None else is_.message,
                )
            )
    return changed


def read_criteria(written: str | None) -> tuple[Criterion, ...]:
    """The criteria in a trial's column."""
    return tuple(Criterion(**one) for one in json.loads(written or "[]"))


def _named(findings: Sequence[Finding]) -> Iterator[tuple[tuple[str, int], Finding]]:
    """Findings by check, and which one of that check: a quiz has one for each question."""
    seen: Counter[str] = Counter()
    for finding in findings:
        yield (finding.check, seen[finding.check]), finding
        seen[finding.check] += 1


def _result(finding: Finding | None) -> tuple[Any, ...]:
    if finding is None:
        return ()
    return finding.status, _whole(finding.points), _whole(finding.max_points)


def _cannot_tell(finding: Finding) -> bool:
    return finding.status is Status.INCONCLUSIVE and finding.max_points > 0


def _whole(points: float) -> float:
    return round(points, 9)
