"""The desk's common laws: those of wrong laws that several students of a class have handed in."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from exercises.exercise import AnyExercise
from exercises.live import shows_target
from grader.desks.atlas import Within
from grader.desks.remembered import Remembered
from grader.store.gradebook.failing_laws import FailingLaw, FailingLaws

log = logging.getLogger(__name__)

#: So many laws are shown of an assignment, each of so many students at least, of so many of the
#: newest reports: more would hardly be other ones, and clustering takes a time like their square.
_SHOWN, _LEAST, _LOOKED_AT = 3, 2, 200
#: Laws of several assignments of several courses.
_KEPT = 256


@dataclass(frozen=True, slots=True)
class CommonLaw:
    """A wrong law that several students have."""

    #: The one in the middle, which stands for all.
    submission: str
    attempt: int
    students: int
    #: What most of their reports call it; "" where they call it nothing.
    misconception: str


@dataclass(frozen=True, slots=True)
class CommonLaws:
    """The commonest wrong laws of an assignment."""

    #: The most common one first.
    laws: tuple[CommonLaw, ...] = ()
    #: Of how many students' wrong laws.
    looked_at: int = 0


@dataclass(frozen=True, slots=True)
class CommonLawDesk:
    """What the web process holds to find them."""

    failing: FailingLaws
    found: Remembered[tuple[CommonLaw, ...]] = field(default_factory=lambda: Remembered(_KEPT))

    def of(self, course: str, only: Collection[str] = ()) -> dict[str, CommonLaws]:
        """Those of a course, by the id of each assignment to which somebody has a wrong law.

        Args:
            course: its id.
            only: the ids of the assignments that are asked for; none: all.
        """
        newest = self.failing.newest(course, only, most=_LOOKED_AT)
        return {id_: self._common(id_, laws) for id_, laws in newest.items()}

    def _common(self, assignment: str, newest: Sequence[FailingLaw]) -> CommonLaws:
        stamp: Hashable = hash(tuple((one.submission, one.attempt) for one in newest))
        laws = self.found.get(assignment, stamp, lambda: self._clustered(newest))
        return CommonLaws(laws, len(newest))

    def _clustered(self, newest: Sequence[FailingLaw]) -> tuple[CommonLaw, ...]:
        # Only a process that shows a report pays for this import.
        from exercises.numerics.law_clusters import cluster_laws

        known = {one.submission: one for one in newest}
        ids, vectors, noise = self.failing.vectors(known)
        clusters = cluster_laws(vectors, noise, Within.ALIKE.noise)
        common = [
            _common_law([known[ids[row]] for row in one.members])
            for one in clusters
            if len(one.members) >= _LEAST
        ]
        return tuple(sorted(common, key=_rank)[:_SHOWN])


def _common_law(members: Sequence[FailingLaw]) -> CommonLaw:
    named = Counter(one.misconception for one in members if one.misconception)
    name, count = named.most_common(1)[0] if named else ("", 0)
    shown = name if 2 * count > len(members) else ""
    return CommonLaw(members[0].submission, members[0].attempt, len(members), shown)


def _rank(law: CommonLaw) -> tuple[int, str]:
    return -law.students, law.submission


def target_thumbnail(exercise: AnyExercise | None) -> bytes | None:
    """The law that was asked for, as a thumbnail shows it, a PNG; None where there is none."""
    if exercise is None or not shows_target(exercise):
        return None
    return _drawn(exercise.folder, exercise.version)


@lru_cache(maxsize=128)
def _drawn(folder: Path, version: str) -> bytes | None:
    del version  # part of the key of the cache only
    # Here, not above: numerics that the web process otherwise does not need.
    from exercises.figures.thumbnail import thumbnail_of_table
    from exercises.tables.target import BrokenTarget, load_target

    try:
        return thumbnail_of_table(load_target(folder).density)
    except BrokenTarget:
        log.exception("the target of %s can't be drawn", folder.name)
        return None
