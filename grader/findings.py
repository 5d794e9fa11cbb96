"""Findings as people read them: what was not looked at for one reason is one entry."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from exercises.report import Finding, Status


def together(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in their order, with neighbours that were skipped for one reason made one.

    Its name lists theirs, and its points are theirs in all.
    """
    entries: list[Finding] = []
    for _, same in groupby(findings, key=_reason):
        entries.extend(_joined(list(same)))
    return entries


def _reason(finding: Finding) -> tuple[bool, str, int | None]:
    return finding.status is Status.SKIPPED, finding.message, finding.line


def _joined(same: list[Finding]) -> list[Finding]:
    if len(same) == 1 or same[0].status is not Status.SKIPPED:
        return same
    return [
        same[0].model_copy(
            update={
                "check": ", ".join(finding.check for finding in same),
                "points": sum(finding.points for finding in same),
                "max_points": sum(finding.max_points for finding in same),
            }
        )
    ]
