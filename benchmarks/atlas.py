"""The atlas and the similarity of a class of 2,000, cold and remembered, and what they rest on.

The functions are real ones, asked in this process at the product's own hidden points: half of the
class is right in one of four ways, a third makes one of the usual mistakes, the others err with
numbers of their own. The baseline is a new process that imports numpy.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, func, insert, select

from benchmarks.timing import medians
from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise
from exercises.likeness.code_shape import shape_of
from exercises.likeness.fingerprint import Fingerprint, fingerprint_of
from exercises.numerics.hidden_points import hidden_points
from exercises.oracle import Array
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Report, Status
from grader.access.principal import Principal
from grader.desks.atlas import AtlasDesk, Within
from grader.desks.opening import open_course_desk
from grader.desks.pinned import PinnedExercises
from grader.desks.similarity import SimilarityDesk
from grader.store.assignment.assignments import Assignments
from grader.store.assignment.versions import Versions
from grader.store.course.courses import Courses
from grader.store.course.roles import Role
from grader.store.database import migrate, open_database, writing
from grader.store.grading.fingerprints import Fingerprints, keep_fingerprint
from grader.store.identifiers import new_id
from grader.store.models import FingerprintRow as F
from grader.store.models import MembershipRow, PersonRow, SubmissionRow
from grader.store.submission.state import State

STUDENTS = 2_000
_BASELINE = "import numpy (a new process)"

#: A program, and what it does with many points.
_Written = tuple[str, Callable[[Array], Array]]
_HEAD = "import numpy as np\n\n\ndef f(z):\n"
_RIGHT: tuple[_Written, ...] = (
    ("    return 2 * z + 1\n", lambda z: 2 * z + 1),
    ("    return np.array([2 * z[0] + 1, 2 * z[1] + 1])\n", lambda z: 2 * z + 1),
    ("    return 1 + 2 * z[::-1]\n", lambda z: 1 + 2 * z[:, ::-1]),
    ("    a, b = z\n    return np.array([1 - 2 * a, 1 + 2 * b])\n", lambda z: 1 + z * (-2, 2)),
)
_MISTAKES: tuple[_Written, ...] = (
    ("    return 2 * z\n", lambda z: 2 * z),
    ("    return 4 * z + 1\n", lambda z: 4 * z + 1),
    ("    return 2 * (z + 1)\n", lambda z: 2 * (z + 1)),
    ("    return np.sqrt(2) * z + 1\n", lambda z: np.sqrt(2) * z + 1),
    ("    return 2 * np.abs(z) + 1\n", lambda z: 2 * np.abs(z) + 1),
)


def main(rounds: int = 5) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'grader.db'}")
        migrate(engine)
        exercise = read_catalog()["affine"]
        assert isinstance(exercise, CodeExercise)
        assignment = _class_of(STUDENTS, engine, exercise)
        _measure(engine, assignment, exercise, rounds)
        engine.dispose()


def _measure(engine: Engine, assignment: str, exercise: CodeExercise, rounds: int) -> None:
    courses, who = (
        open_course_desk(engine, PinnedExercises(read_catalog(), Versions(engine))),
        Principal(None, {}, is_operator=True),
    )
    stored = Fingerprints(engine)

    def cold(within: Within) -> object:
        return AtlasDesk(stored, courses).atlas(who, assignment, within)

    atlases, similarities = AtlasDesk(stored, courses), SimilarityDesk(stored, courses)
    values = 2 * hidden_points(exercise.slug, singly=False) + 1
    shape = shape_of(_HEAD + _RIGHT[0][0])
    times = medians(
        {
            _BASELINE: partial(subprocess.run, [sys.executable, "-c", "import numpy"], check=True),
            "one fingerprint, once f has answered": partial(
                fingerprint_of, exercise, values, None, shape, ""
            ),
            **{f"atlas, cold, {one.value}": partial(cold, one) for one in Within},
            "atlas, remembered": lambda: atlases.atlas(who, assignment),
            "similarity, cold": lambda: SimilarityDesk(stored, courses).similarity(who, assignment),
            "similarity, remembered": lambda: similarities.similarity(who, assignment),
        },
        rounds=rounds,
    )
    unit = times[_BASELINE]
    print(f"\n{STUDENTS:,} students{'':30}{'median':>10}   {'÷ baseline':>10}")
    for name, seconds in times.items():
        print(f"{name:42}{seconds * 1e3:8.1f} ms   {seconds / unit:10.3f}")
    _sizes(engine, atlases.atlas(who, assignment).clusters, similarities, who, assignment)


def _sizes(
    engine: Engine,
    clusters: tuple[object, ...],
    similarities: SimilarityDesk,
    who: Principal,
    assignment: str,
) -> None:
    parts = {
        name: func.avg(func.length(getattr(F, name)))
        for name in ("law", "behaviour", "thumbnail", "grams")
    }
    with engine.connect() as connection:
        row = connection.execute(select(*(one.label(name) for name, one in parts.items()))).one()
    print(", ".join(f"{name} {getattr(row, name):,.0f} B" for name in parts), "each")
    found = similarities.similarity(who, assignment)
    print(f"{len(clusters)} clusters; {len(found.pairs)} of {found.compared:,} pairs shown")


def _class_of(students: int, engine: Engine, exercise: CodeExercise) -> str:
    """A class that has handed in; returns the assignment's id."""
    Courses(engine).create("bench", "A large class")
    made = Assignments(engine).assign("bench", exercise.slug, exercise.version)
    now = datetime.now(UTC)
    with writing(engine) as connection:
        for number, (source, kept, passed) in enumerate(_work(students, exercise)):
            person, submission = new_id(), new_id()
            _person(connection, person, f"Student {number}", now)
            connection.execute(
                insert(SubmissionRow).values(
                    id=submission,
                    exercise=exercise.slug,
                    exercise_version=exercise.version,
                    course="bench",
                    student=person,
                    person=person,
                    assignment=made.id,
                    source=source.encode(),
                    seed=1,
                    state=State.GRADED,
                    attempt=1,
                    accepted_at=now,
                    due_at=now,
                    graded_at=now,
                    verdict=Verdict.PASSED if passed else Verdict.FAILED,
                    score=10.0 * passed,
                    max_score=10.0,
                )
            )
            report = _report(exercise, passed)
            keep_fingerprint(connection, submission, 1, report, kept.to_bytes())
    return made.id


def _work(students: int, exercise: CodeExercise) -> Iterator[tuple[str, Fingerprint, bool]]:
    rng = np.random.default_rng(0)
    points = hidden_points(exercise.slug, singly=False)
    source, f = _own(rng)
    for number in range(students):
        kind = rng.random()
        if kind < 0.5:
            source, f = _RIGHT[int(rng.integers(len(_RIGHT)))]
        elif kind < 0.8:
            source, f = _MISTAKES[int(rng.integers(len(_MISTAKES)))]
        elif number % 20:  # otherwise it is what the one before has sent
            source, f = _own(rng)
        shape = shape_of(_HEAD + source)
        origin = "reference" if kind < 0.5 else ""
        yield source, fingerprint_of(exercise, f(points), None, shape, origin), kind < 0.5


def _own(rng: np.random.Generator) -> _Written:
    """A program with numbers of its own."""
    a, b, c = (round(float(value), 2) for value in rng.normal(2, 1, 3))
    if rng.random() < 0.5:
        return f"    scale = {a}\n    return scale * z + {b}\n", lambda z: a * z + b
    text = f"    u = {a} * z[0] + {b}\n    v = z[1] + {c} * u\n    return np.array([u, v])\n"

    def sheared(z: Array) -> Array:
        u = a * z[:, 0] + b
        return np.stack([u, z[:, 1] + c * u], axis=1)

    return text, sheared


def _person(connection: Connection, id_: str, name: str, now: datetime) -> None:
    connection.execute(
        insert(PersonRow).values(id=id_, name=name, created_at=now, is_operator=False)
    )
    connection.execute(
        insert(MembershipRow).values(course="bench", person=id_, role=Role.STUDENT, created_at=now)
    )


def _report(exercise: CodeExercise, passed: bool) -> Report:
    status = Status.PASSED if passed else Status.FAILED
    return Report(
        exercise=exercise.slug,
        exercise_version=exercise.version,
        verdict=Verdict.PASSED if passed else Verdict.FAILED,
        outcome=Outcome.COMPLETED,
        score=10.0 * passed,
        max_score=10.0,
        findings=[Finding(check="law", status=status, message="The law.")],
        seed=1,
        samples=0,
        layers=[],
    )


if __name__ == "__main__":
    main()
