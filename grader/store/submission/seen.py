"""What somebody sees of a submission: the one place that takes away what is not shown yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from exercises.outcome import SPENDS_NO_ATTEMPT, VERDICT_OF, Verdict
from exercises.report import Report, Status
from grader.store.assignment.disclosure import WHOLE, Disclosure, Extent
from grader.store.submission.entities import Receipt, Submission, Summary
from grader.store.submission.marks import marks_seen
from grader.store.submission.walls import View

#: The checks of form, which say whether something could be graded and not how well it was done.
_FORM = frozenset({"function", "shape", "finite", "purity"})
#: By figure the criteria that it shows. One that is not here shows all of them.
_SHOWN_BY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "density": frozenset(),
        "fold_map": frozenset({"invertibility"}),
        "two_ways": frozenset({"invertibility"}),
        "comparison": frozenset({"law", "fit", "likelihood"}),
    }
)

S = TypeVar("S", bound=Summary)


def as_seen(found: S, view: View, now: datetime) -> S:
    """A submission as somebody of this view sees it at a moment; pure.

    Staff of the course see everything. The student sees what the assignment's policy shows.
    """
    if found.policy is None or view.sees_in_full(found):
        return found
    return under(found, found.policy.disclosed(now))


def under(found: S, disclosure: Disclosure) -> S:
    """A submission as far as a disclosure shows it; pure."""
    if disclosure == WHOLE:
        return found
    seen = replace(marks_seen(found, disclosure), disclosure=disclosure)
    if not isinstance(seen, Submission) or seen.report is None:
        return seen
    if seen.report.verdict in SPENDS_NO_ATTEMPT:
        return seen  # Nothing in it was judged.
    if disclosure.extent is Extent.RECEIPT or seen.score is None:
        disclosure = replace(disclosure, extent=Extent.RECEIPT)
        receipt = _receipt(seen.report)
        return replace(seen, report=None, receipt=receipt, seed=0, disclosure=disclosure)
    return replace(seen, report=_partial(seen.report, seen, disclosure.hidden))


def _receipt(report: Report) -> Receipt:
    """What is shown at once of every report: what a typing error can have spoilt."""
    return Receipt(
        outcome=report.outcome,
        findings=tuple(finding for finding in report.findings if finding.check in _FORM),
        printed=report.printed,
    )


def _partial(report: Report, seen: Summary, hidden: frozenset[str]) -> Report:
    """The report without the hidden criteria, and without what they earned."""
    figures = [one for one in report.figures if not hidden & _SHOWN_BY.get(one.name, hidden)]
    return report.model_copy(
        update={
            "findings": [finding for finding in report.findings if finding.check not in hidden],
            "figures": figures,
            "score": seen.score,
            "max_score": seen.max_score,
            "verdict": seen.verdict or _of_form(report),
        }
    )


def _of_form(report: Report) -> Verdict:
    """The verdict where nothing that is shown earns points."""
    failed = any(one.check in _FORM and one.status is Status.FAILED for one in report.findings)
    return VERDICT_OF[report.outcome] or (Verdict.FAILED if failed else Verdict.PASSED)
