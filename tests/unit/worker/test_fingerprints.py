"""Fingerprints of programs that run in the sandbox: beside the grade, never part of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from exercises.catalog.reading import read_catalog
from exercises.exercise import AnyExercise
from exercises.likeness.fingerprint import FILE, Fingerprint
from exercises.numerics.hidden_points import ANGLES, RINGS, hidden_points
from exercises.outcome import Outcome
from worker.attempt import Graded
from worker.fingerprints import Fingerprinter
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox

GRID = RINGS * ANGLES
SEED = 11


@pytest.fixture(scope="module")
def exercises() -> Mapping[str, AnyExercise]:
    return read_catalog().exercises


@pytest.fixture(scope="module")
def fingerprinter(sandbox: Sandbox) -> Fingerprinter:
    return Fingerprinter(sandbox)


def kept(graded: Graded) -> Fingerprint:
    return Fingerprint.from_bytes(graded.files[FILE])


def told(graded: Graded) -> dict[str, object]:
    """All that a report says, without what the run has cost."""
    return graded.report.model_dump(exclude={"usage", "layers"})


@pytest.mark.parametrize(
    "source",
    [
        "def f(z):\n    if z[0] > 2.2:\n        print(z)\n    return 2 * z + 1\n",
        "import math\n\ndef f(z):\n    return [2 * math.fabs(z[0]), z[1] + 1]\n",
        "import numpy as np\n\ndef f(z):\n    return z + np.random.normal(size=2)\n",
        "calls = 0\n\ndef f(z):\n    global calls\n    calls += 1\n    return z * calls\n",
    ],
)
def test_a_report_says_the_same_with_and_without(
    source: str,
    sandbox: Sandbox,
    fingerprinter: Fingerprinter,
    exercises: Mapping[str, AnyExercise],
) -> None:
    affine = exercises["affine"]
    plain = grade(source.encode(), affine, SEED, sandbox)
    graded = fingerprinter.grade(source.encode(), affine, SEED, 0)
    assert told(graded) == told(plain)
    figures = {name: content for name, content in graded.files.items() if name != FILE}
    assert figures == dict(plain.files)


@pytest.mark.parametrize(
    ("source", "singly"),
    [
        ("def f(z):\n    return 3 * z\n", False),
        ("def f(z):\n    a = z.tolist()\n    return [3 * a[0], 3 * a[1]]\n", True),
    ],
)
def test_f_is_asked_at_the_hidden_points_as_often_as_it_can_bear(
    source: str,
    singly: bool,
    fingerprinter: Fingerprinter,
    exercises: Mapping[str, AnyExercise],
) -> None:
    found = kept(fingerprinter.grade(source.encode(), exercises["affine"], SEED, 0))
    points = hidden_points("affine", singly=singly)
    assert found.behaviour is not None
    assert np.allclose(found.behaviour.reshape(GRID, 2), 3 * points[:GRID], rtol=1e-12)
    assert found.law is not None
    assert found.thumbnail
    assert len(found.shape.grams)
    # Another grading keeps the same but for the thumbnail, which is of its draw.
    again = kept(fingerprinter.grade(source.encode(), exercises["affine"], SEED + 1, 0))
    assert again.law is not None
    assert np.array_equal(again.law.vector, found.law.vector)
    assert np.array_equal(again.behaviour, found.behaviour)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        ("def f(z):\n    return [z[0] * 2 + 1, 1 + 2 * z[1]]\n", "reference"),
        ("def f(w):\n    return 1 - 2 * w[::-1]\n", "reference"),
        ("def f(z):\n    return 2 * z\n", "mistakes/no_shift"),
        ("def f(z):\n    return 2 * z + 1.001\n", ""),
    ],
)
def test_a_program_of_the_exercise_s_own_is_known_in_any_disguise(
    source: str,
    origin: str,
    fingerprinter: Fingerprinter,
    exercises: Mapping[str, AnyExercise],
) -> None:
    found = kept(fingerprinter.grade(source.encode(), exercises["affine"], SEED, 0))
    assert found.origin == origin


def test_of_an_f_that_fails_at_the_hidden_points_the_shape_is_kept(
    fingerprinter: Fingerprinter, exercises: Mapping[str, AnyExercise]
) -> None:
    # The polar grid has a ring of points that lie at one distance; a draw has none.
    radius = float(np.hypot(*hidden_points("playground", singly=True)[0]))
    source = (
        "import numpy as np\n\ndef f(z):\n"
        f"    if abs(np.hypot(z[0], z[1]) - {radius!r}) < 1e-12:\n"
        "        raise ValueError('here')\n"
        "    return z.tolist()\n"
    )
    graded = fingerprinter.grade(source.encode(), exercises["playground"], SEED, 0)
    assert graded.report.outcome is Outcome.COMPLETED
    found = kept(graded)
    assert (found.law, found.behaviour, found.thumbnail) == (None, None, b"")
    assert len(found.shape.grams)


@pytest.mark.parametrize("source", ["def f(z:\n", "import os\n", "def f(z):\n    1 / 0\n"])
def test_what_does_not_run_has_no_fingerprint(
    source: str, fingerprinter: Fingerprinter, exercises: Mapping[str, AnyExercise]
) -> None:
    graded = fingerprinter.grade(source.encode(), exercises["affine"], SEED, 0)
    assert graded.report.outcome is not Outcome.COMPLETED
    assert FILE not in graded.files


def test_an_exercise_without_an_f_of_the_plane_keeps_the_shape_alone(
    fingerprinter: Fingerprinter, exercises: Mapping[str, AnyExercise]
) -> None:
    score = exercises["score"]
    source = (score.folder / "reference.py").read_bytes()
    found = kept(fingerprinter.grade(source, score, SEED, 0))
    assert (found.law, found.behaviour, found.origin) == (None, None, "")
    assert len(found.shape.grams)


def test_answers_to_a_quiz_have_none(
    fingerprinter: Fingerprinter, exercises: Mapping[str, AnyExercise]
) -> None:
    assert FILE not in fingerprinter.grade(b"{}", exercises["which-a"], SEED, 0).files
