"""The desk of the atlas: the laws that a class hands in, put into clusters.

Who may ask is decided before, by the rules of access. What is looked for here is looked for within
one assignment's course all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from exercises.exercise import AnyExercise, CodeExercise
from exercises.live import has_picture
from exercises.numerics.law_clusters import Cluster, cluster_laws
from exercises.outcome import Verdict
from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.problems import NOT_FOUND, RequestError
from grader.desks.remembered import Remembered
from grader.store.assignment.assignments import Assignment
from grader.store.course.courses import Course
from grader.store.grading.fingerprints import Fingerprints, Sketch
from grader.store.submission.walls import View

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
#: So many arrangements are kept: of each assignment there are three, of some 100 kB.
_KEPT = 64
#: More than the database has a number for.
_MOST_ATTEMPTS = 2**31


class Within(StrEnum):
    """How far apart the laws of one cluster may be."""

    noise: float

    def __new__(cls, name: str, noise: float) -> Within:
        """A member whose value is its name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.noise = noise
        return member

    #: So near that the points that were asked do not tell them apart.
    SAME = "same", 2.5
    ALIKE = "alike", 12.0
    ROUGH = "rough", 40.0


class AtlasOrder(StrEnum):
    """In which order clusters come, after those whose law is right."""

    #: Neighbours are alike.
    ALIKE = "alike"
    #: The largest first.
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class LawCluster:
    """Students whose x have one law, the one in the middle first."""

    members: tuple[Sketch, ...]
    #: Their share of the students who have a law.
    share: float
    #: How far their laws lie from the medoid's, as a root mean square, in units of x's spread.
    spread: float
    #: Whether theirs is the law that was asked for, as most of their reports say.
    is_right: bool

    @property
    def medoid(self) -> Sketch:
        """The submission in the middle, which stands for all and names the cluster."""
        return self.members[0]

    @property
    def verdicts(self) -> Counter[Verdict]:
        """How many have each verdict."""
        return Counter(member.verdict for member in self.members)

    @property
    def misconception(self) -> tuple[str, int]:
        """The misconception that most of their reports name, and how many do; "" for none."""
        named = Counter(member.misconception for member in self.members if member.misconception)
        return named.most_common(1)[0] if named else ("", 0)


@dataclass(frozen=True, slots=True)
class Atlas:
    """The latest graded submission of each student of an assignment."""

    course: Course
    assignment: Assignment
    #: At the assignment's version; None: its files are not there any more.
    exercise: AnyExercise | None
    within: Within
    clusters: tuple[LawCluster, ...]
    #: Those without a law: their program ended before, or its answers were no numbers.
    without: tuple[Sketch, ...]

    @property
    def students(self) -> int:
        """How many have handed in."""
        return self.pictured + len(self.without)

    @property
    def pictured(self) -> int:
        """How many have a law."""
        return sum(len(cluster.members) for cluster in self.clusters)

    @property
    def has_laws(self) -> bool:
        """Whether this exercise asks for a function of z that has a law to compare."""
        return can_have_law(self.exercise)

    def cluster_of(self, submission: str) -> LawCluster:
        """The cluster that a submission is in.

        Raises:
            RequestError: not-found.
        """
        for cluster in self.clusters:
            if any(member.submission == submission for member in cluster.members):
                return cluster
        raise RequestError(NOT_FOUND, "There is no cluster with this submission.")


def can_have_law(exercise: AnyExercise | None) -> bool:
    """Whether an exercise asks for a function of z that has a law to compare."""
    return isinstance(exercise, CodeExercise) and has_picture(exercise)


@dataclass(frozen=True, slots=True)
class AtlasDesk:
    """What the web process holds to show atlases."""

    fingerprints: Fingerprints
    courses: CourseDesk
    arranged: Remembered[tuple[tuple[tuple[str, ...], float], ...]] = field(
        default_factory=lambda: Remembered(_KEPT)
    )

    def atlas(
        self,
        who: Principal,
        assignment: str,
        within: Within = Within.SAME,
        order: AtlasOrder = AtlasOrder.ALIKE,
    ) -> Atlas:
        """The atlas of an assignment.

        Raises:
            RequestError: not-found.
        """
        found = self.courses.entity(who, assignment)
        course = self.courses.course(who, found.course)
        sketches = self.fingerprints.latest(course.id, found.id)
        drawn = {one.submission: one for one in sketches if one.has_law}
        clusters = [
            _cluster([drawn[id_] for id_ in ids], spread, len(drawn))
            for ids, spread in self._arranged(found.id, list(drawn.values()), within)
        ]
        return Atlas(
            course=course,
            assignment=found,
            exercise=self.courses.pinned.get(found.exercise, found.exercise_version),
            within=within,
            clusters=tuple(_in_order(clusters, order)),
            without=tuple(one for one in sketches if not one.has_law),
        )

    def thumbnail(self, view: View, submission: str, attempt: int | None = None) -> bytes:
        """The thumbnail of a submission, a PNG; with an attempt only if it is of that one.

        Raises:
            RequestError: not-found.
        """
        can_be = _ID.fullmatch(submission) and (attempt or 0) < _MOST_ATTEMPTS
        found = self.fingerprints.thumbnail(submission, view, attempt) if can_be else None
        if found is None:
            raise RequestError(NOT_FOUND, "This submission has no thumbnail.")
        return found

    def _arranged(
        self, assignment: str, drawn: list[Sketch], within: Within
    ) -> tuple[tuple[tuple[str, ...], float], ...]:
        """The clusters as ids, and how far they spread; computed when there is a new law."""
        stamp = hash(frozenset((one.submission, one.attempt) for one in drawn))

        def arrange() -> tuple[tuple[tuple[str, ...], float], ...]:
            wanted = [one.submission for one in drawn]
            ids, vectors, noise = self.fingerprints.laws(assignment, wanted)
            return tuple(
                _named(cluster, ids) for cluster in cluster_laws(vectors, noise, within.noise)
            )

        found = self.arranged.get((assignment, within), stamp, arrange)
        # A law that came between the two queries is there when the page is opened again.
        known = {one.submission for one in drawn}
        return tuple((ids, spread) for ids, spread in found if known.issuperset(ids))


def _named(cluster: Cluster, ids: Sequence[str]) -> tuple[tuple[str, ...], float]:
    return tuple(ids[row] for row in cluster.members), cluster.spread


def _cluster(members: list[Sketch], spread: float, pictured: int) -> LawCluster:
    judged = [one.law_passed for one in members if one.law_passed is not None]
    # Where no law was asked for, what passed is right.
    right = judged or [one.verdict is Verdict.PASSED for one in members]
    return LawCluster(
        members=tuple(members),
        share=len(members) / pictured,
        spread=spread,
        is_right=2 * sum(right) > len(right),
    )


def _in_order(clusters: list[LawCluster], order: AtlasOrder) -> list[LawCluster]:
    """What is right first, then the clusters of several, then those who are alone."""

    def rank(cluster: LawCluster) -> tuple[int, int]:
        if cluster.is_right:
            return 0, -len(cluster.members)
        several = 1 if len(cluster.members) > 1 else 2
        return several, -len(cluster.members) if order is AtlasOrder.SIZE else 0

    return sorted(clusters, key=rank)  # it keeps the order of equals, in which neighbours are alike
