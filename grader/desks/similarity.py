"""The desk of similarity: pairs of a class whose functions or code agree, and how likely that is.

Who may ask is decided before, by the rules of access. What is looked for here is looked for within
one assignment's course all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from exercises.exercise import AnyExercise, CodeExercise
from exercises.likeness.code_shape import Shape, shape_of
from exercises.likeness.resemblance import Pair, Resemblance, Work, one_pair, resemblance
from exercises.likeness.shared_code import Hashes
from exercises.numerics.behaviour import Likeness, compare
from grader.access.principal import Principal
from grader.desks.atlas import can_have_law
from grader.desks.courses import CourseDesk
from grader.desks.problems import NOT_FOUND, RequestError
from grader.desks.remembered import Remembered
from grader.exports.comparison_archives import Program, Programs
from grader.store.assignment.assignments import Assignment
from grader.store.course.courses import Course
from grader.store.grading.fingerprints import Fingerprints, Kept, Sketch

#: So many classes are kept, each with a thousand pairs at most.
_KEPT = 16
#: The exercise's own programs; none of what they hold counts.
_OWN = ("starter.py", "reference.py", "alternatives/*.py", "mistakes/*.py", "gallery/*.py")


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two students whose work agrees."""

    a: Sketch
    b: Sketch
    pair: Pair


@dataclass(frozen=True, slots=True)
class Similarity:
    """What was found in a class, the least likely first."""

    course: Course
    assignment: Assignment
    exercise: AnyExercise | None
    pairs: tuple[SimilarPair, ...]
    #: How many students were compared.
    people: int

    @property
    def compared(self) -> int:
        """How many pairs were looked at."""
        return self.people * (self.people - 1) // 2

    @property
    def by_function(self) -> bool:
        """Whether functions are compared, or code alone."""
        return can_have_law(self.exercise)


@dataclass(frozen=True, slots=True)
class Closer:
    """Two submissions side by side."""

    course: Course
    assignment: Assignment
    exercise: AnyExercise | None
    found: SimilarPair
    #: How near the functions come; None where one of them has none.
    likeness: Likeness | None
    sources: tuple[str, str]
    #: The exercise's own programs, whose parts do not count.
    own: tuple[str, ...]
    people: int

    @property
    def compared(self) -> int:
        """How many pairs there are in the class."""
        return self.people * (self.people - 1) // 2


@dataclass(frozen=True, slots=True)
class SimilarityDesk:
    """What the web process holds to compare the work of classes."""

    fingerprints: Fingerprints
    courses: CourseDesk
    found: Remembered[Resemblance] = field(default_factory=lambda: Remembered(_KEPT))

    def similarity(self, who: Principal, assignment: str) -> Similarity:
        """The pairs of an assignment.

        Raises:
            RequestError: not-found.
        """
        asked, course, exercise, works = self._works(who, assignment)
        stamp = hash(frozenset((one.submission, one.attempt) for one in works))

        def look() -> Resemblance:
            numbered, people = _numbered(works, self._kept(asked, works))
            return resemblance(numbered, people, _common(exercise))

        looked = self.found.get(asked.id, stamp, look)
        pairs = tuple(SimilarPair(works[one.a], works[one.b], one) for one in looked.pairs)
        return Similarity(course, asked, exercise, pairs, looked.people)

    def closer(self, who: Principal, assignment: str, a: str, b: str) -> Closer:
        """Two submissions of different students side by side.

        Raises:
            RequestError: not-found, also where one of them is not among those compared.
        """
        asked, course, exercise, works = self._works(who, assignment)
        rows = {one.submission: row for row, one in enumerate(works)}
        if a not in rows or b not in rows or works[rows[a]].person == works[rows[b]].person:
            raise RequestError(NOT_FOUND, "There is no such pair of submissions.")
        kept = self._kept(asked, works)
        numbered, people = _numbered(works, kept)
        mine, theirs = numbered[rows[a]].person, numbered[rows[b]].person
        # Of these two submissions alone; of others all that the class has been compared by.
        rest = [w for w in numbered if w.person not in (mine, theirs)]
        shown = [numbered[rows[a]], numbered[rows[b]], *rest]
        pair = one_pair(shown, people, _common(exercise), mine, theirs)
        functions = kept[rows[a]].behaviour, kept[rows[b]].behaviour
        sources = self.fingerprints.sources([a, b])
        return Closer(
            course=course,
            assignment=asked,
            exercise=exercise,
            found=SimilarPair(works[rows[a]], works[rows[b]], pair),
            likeness=_likeness(*functions),
            sources=(sources[a][0], sources[b][0]),
            own=tuple(own_programs(exercise).values()),
            people=people,
        )

    def programs(self, who: Principal, assignment: str) -> Programs:
        """The latest graded program of each student, for other programs to compare.

        Raises:
            RequestError: not-found, also where the exercise is a quiz.
        """
        asked = self.courses.entity(who, assignment)
        exercise = self.courses.pinned.get(asked.exercise, asked.exercise_version)
        if not isinstance(exercise, CodeExercise):
            raise RequestError(NOT_FOUND, "This assignment has no programs.")
        latest = self.fingerprints.latest(asked.course, asked.id)
        sources = self.fingerprints.sources([one.submission for one in latest])
        programs = (
            Program(one.submission, one.name, one.verdict.value, accepted_at, source)
            for one in latest
            for source, accepted_at in [sources[one.submission]]
        )
        return Programs(exercise.slug, tuple(programs), exercise.starter)

    def _works(
        self, who: Principal, assignment: str
    ) -> tuple[Assignment, Course, AnyExercise | None, list[Sketch]]:
        """What is compared: the latest and the latest passed submission of each student."""
        asked = self.courses.entity(who, assignment)
        course = self.courses.course(who, asked.course)
        exercise = self.courses.pinned.get(asked.exercise, asked.exercise_version)
        works = self.fingerprints.compared(course.id, asked.id)
        return asked, course, exercise, [one for one in works if one.is_kept]

    def _kept(self, asked: Assignment, works: Sequence[Sketch]) -> list[Kept]:
        found = self.fingerprints.kept(asked.id, [one.submission for one in works])
        # What was graded again between the two queries is there when the page is opened again.
        return [found.get(one.submission) or Kept(None, Shape()) for one in works]


def own_programs(exercise: AnyExercise | None) -> dict[str, str]:
    """The exercise's own programs, by name: starter, answers, known mistakes."""
    if not isinstance(exercise, CodeExercise):
        return {}
    folder = exercise.folder
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for pattern in _OWN
        for path in sorted(folder.glob(pattern))
    }


def _common(exercise: AnyExercise | None) -> Hashes:
    """The hashes of what the exercise's own programs hold."""
    parts = [part for text in own_programs(exercise).values() for part in shape_of(text).parts]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint32)


def _numbered(works: Sequence[Sketch], kept: Sequence[Kept]) -> tuple[list[Work], int]:
    """The work as it is compared, and the number of people."""
    numbers: dict[str, int] = {}
    numbered = []
    for one, what in zip(works, kept, strict=True):
        number = numbers.setdefault(one.person, len(numbers))
        numbered.append(Work(number, what.behaviour, what.shape, bool(one.origin)))
    return numbered, len(numbers)


def _likeness(a: np.ndarray | None, b: np.ndarray | None) -> Likeness | None:
    return None if a is None or b is None else compare(a, b)
