"""Names of exceptions that students have chosen themselves: kept out of what names nobody."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import replace

from exercises.outcome import Outcome
from grader.store.gradebook.clusters import Cluster
from grader.store.submission.snags import Snag, SnagKind

#: Names that are nobody's own: Python's exceptions, numpy's, and the ways in which a run can end.
_COMMON = frozenset(
    {
        name
        for name, one in vars(builtins).items()
        if isinstance(one, type) and issubclass(one, BaseException)
    }
    | {"LinAlgError", "AxisError", "DTypePromotionError"}
    | {one.value for one in Outcome}
)


def without_own_names(clusters: Iterable[Cluster]) -> tuple[Cluster, ...]:
    """The same clusters, the largest first; exceptions of students' own become one of no name."""
    merged: dict[Snag, Cluster] = {}
    for one in clusters:
        snag = one.snag
        if snag.kind is SnagKind.ERROR and snag.name not in _COMMON:
            snag = Snag(snag.part, snag.kind)
        held = merged.get(snag, Cluster(snag, 0, 0))
        merged[snag] = replace(
            held, students=held.students + one.students, passed=held.passed + one.passed
        )
    # It keeps the order of equals.
    return tuple(sorted(merged.values(), key=lambda one: -one.students))
