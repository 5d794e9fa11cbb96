"""A preview in the real sandbox: what it says, what it shows, and what it never tells."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest

from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise
from exercises.live import live_seed
from exercises.outcome import Outcome
from exercises.preview import PreviewResult
from exercises.report import Finding, Status
from exercises.tables.points import held_out
from worker.grading import grade
from worker.preview import preview
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Cancelled
from worker.source import SOURCE_BYTES

COURSE = read_catalog()


def code(slug: str) -> CodeExercise:
    exercise = COURSE[slug]
    assert isinstance(exercise, CodeExercise)
    return exercise


def run(sandbox: Sandbox, source: str, slug: str = "affine", **limits: float) -> PreviewResult:
    exercise = code(slug)
    if limits:
        small = exercise.limits.model_copy(update=limits)
        exercise = exercise.model_copy(update={"limits": small})
    return preview(source.encode(), exercise, live_seed("me", slug), sandbox)


def of(result: PreviewResult, check: str) -> Finding:
    (found,) = (finding for finding in result.findings if finding.check == check)
    return found


def test_a_right_answer_is_shown_and_not_graded(sandbox: Sandbox) -> None:
    source = "def f(z):\n    print('here')\n    return 2 * z + 1\n"
    result = run(sandbox, source)
    assert result.outcome is Outcome.COMPLETED
    assert [finding.check for finding in result.findings] == [
        *("function", "shape", "finite", "purity", "invertibility")
    ]
    assert not any(finding.max_points or finding.points for finding in result.findings)
    assert "invertible on" in of(result, "invertibility").message
    assert result.printed.text.startswith("here\n")
    assert result.usage.cpu_seconds > 0
    assert result.witness is None
    assert result.mesh is not None
    assert result.samples is not None
    z, x = (
        np.frombuffer(b64decode(text), "<f4").reshape(-1, 2)
        for text in (result.samples.z, result.samples.x)
    )
    assert np.allclose(x, 2 * z + 1, atol=1e-5)


def test_a_wrong_law_looks_like_a_right_one(sandbox: Sandbox) -> None:
    """What tells the grade is not told: only the pictures differ."""
    right = run(sandbox, "def f(z):\n    return 2 * z + 1\n")
    wrong = run(sandbox, "def f(z):\n    return 3 * z - 1\n")
    assert wrong.findings == [
        finding.model_copy(update={"evidence": other.evidence})
        for finding, other in zip(right.findings, wrong.findings, strict=True)
    ]
    assert wrong.densities != right.densities
    said = wrong.model_dump_json()
    assert "law" not in {finding.check for finding in wrong.findings}
    assert "score" not in said


def test_the_picture_moves_with_the_code_alone(sandbox: Sandbox) -> None:
    source = "import numpy as np\nW = np.random.randn(2, 2)\ndef f(z):\n    return W @ z\n"
    first, again = run(sandbox, source), run(sandbox, source + "# more\n")
    assert first.samples == again.samples
    assert first.densities == again.densities


def test_a_fold_comes_with_its_witness(sandbox: Sandbox) -> None:
    result = run(sandbox, "import numpy as np\ndef f(z):\n    return np.abs(z)\n", "playground")
    assert result.witness is not None
    assert np.abs(result.witness.z1) == pytest.approx(np.abs(result.witness.z2))
    assert result.witness.z1 != result.witness.z2
    assert result.folds is not None
    assert of(result, "invertibility").evidence["verdict"] == "not_invertible"


@pytest.mark.parametrize(
    ("source", "outcome", "line"),
    [
        ("def f(z)\n    return z\n", Outcome.SYNTAX_ERROR, 1),
        ("def f(z):\n    y = 1\n    return y / 0 * z\n", Outcome.RUNTIME_ERROR, 3),
        ("import os\ndef f(z):\n    return z\n", Outcome.REFUSED, 1),
        ("", Outcome.REFUSED, None),
        ("#" * (SOURCE_BYTES - 30) + "\ndef f(z):\n    return q\n", Outcome.RUNTIME_ERROR, 3),
    ],
    ids=["syntax", "exception", "import", "empty", "64 kB"],
)
def test_a_mistake_is_told_with_its_line_and_without_a_picture(
    sandbox: Sandbox, source: str, outcome: Outcome, line: int | None
) -> None:
    result = run(sandbox, source)
    assert result.outcome is outcome
    assert result.findings[0].status is Status.FAILED
    assert result.findings[0].line == line
    assert result.samples is result.densities is result.mesh is result.folds is None
    assert result.alt.density == result.alt.fold_map == ""


def test_an_endless_loop_is_told_with_the_limit_of_a_submission(sandbox: Sandbox) -> None:
    result = run(sandbox, "def f(z):\n    while True:\n        pass\n", cpu_seconds=0.4)
    assert result.outcome is Outcome.CPU_LIMIT
    said = result.findings[0]
    assert said.line in (2, 3)
    assert "limit of a preview" in said.message


def test_a_slow_f_still_has_its_density(sandbox: Sandbox) -> None:
    slow = (
        "import math\ncalls = [0]\ndef f(z):\n    calls[0] += 1\n    if calls[0] > 3000:\n"
        "        while True:\n            pass\n    return [float(z[0]), math.exp(float(z[1]))]\n"
    )
    result = run(sandbox, slow, cpu_seconds=0.4)
    assert result.outcome is Outcome.CPU_LIMIT
    assert result.densities is not None
    assert result.samples is not None
    assert result.samples.count == 1_024
    assert result.mesh is None
    assert of(result, "invertibility").status is Status.SKIPPED


@pytest.mark.parametrize("slug", ["inverse", "coupling-layer", "change-of-variables"])
def test_of_several_functions_each_ones_form_is_looked_at(sandbox: Sandbox, slug: str) -> None:
    source = (code(slug).folder / "reference.py").read_text()
    result = run(sandbox, source, slug)
    assert of(result, "shape").status is Status.PASSED
    assert result.mesh is not None
    last = code(slug).functions[-1]
    broken = source + f"\ndef {last.signature.head[4:]}\n    return [1, 2, 3, 4]\n"
    assert of(run(sandbox, broken, slug), "shape").status is Status.FAILED


def test_of_an_image_only_the_form_is_looked_at(sandbox: Sandbox) -> None:
    source = (code("coupling-image").folder / "reference.py").read_text()
    result = run(sandbox, source, "coupling-image")
    assert {finding.check for finding in result.findings} == {
        *("function", "shape", "finite", "purity")
    }
    assert result.samples is None


def test_code_that_prints_what_it_is_asked_learns_no_held_out_point(sandbox: Sandbox) -> None:
    exercise = code("score")
    source = "def score(x, t):\n    print(repr(float(x[0])), repr(float(t)))\n    return -x\n"
    result = run(sandbox, source, "score")
    printed = {
        tuple(map(float, line.split()))
        for line in result.printed.text.splitlines()[:-1]
        if len(line.split()) == 2
    }
    assert len(printed) > 20
    inputs = held_out(exercise, "score").inputs
    assert not printed & {(row[0], row[2]) for row in inputs}
    low, high = inputs[:, 2].min(), inputs[:, 2].max()
    assert all(low <= t <= high for _, t in printed), "t stays where it has a meaning"


def test_a_preview_that_nobody_wants_is_ended(sandbox: Sandbox) -> None:
    looks = iter(range(3))
    with pytest.raises(Cancelled):
        preview(
            b"def f(z):\n    while True:\n        pass\n",
            code("affine"),
            live_seed("me", "affine"),
            sandbox,
            lambda: next(looks, None) is None,
        )


def test_a_grading_shows_the_same_f_as_its_preview(sandbox: Sandbox) -> None:
    """One road: what both say of form and purity is the same."""
    source = "import numpy as np\ndef f(z):\n    return 2 * z + np.array([1, z[0] ** 2])\n"
    said = run(sandbox, source)
    graded = grade(source.encode(), code("affine"), 1, sandbox).report
    for check in ("function", "shape", "finite", "purity"):
        (other,) = (finding for finding in graded.findings if finding.check == check)
        assert of(said, check).message == other.message
