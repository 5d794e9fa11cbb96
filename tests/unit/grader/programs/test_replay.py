"""The code beside a finding: pasted below the student's own, it shows what the finding says."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from exercises.catalog.reading import COURSE, read_catalog
from exercises.exercise import CodeExercise
from exercises.report import Finding, Status
from grader.replay.block import Replay
from grader.replay.replays import replays
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox

CATALOG = read_catalog(COURSE)
HEAD = "import numpy as np\n\n\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def code_exercise(slug: str) -> CodeExercise:
    asked = CATALOG[slug]
    assert isinstance(asked, CodeExercise)
    return asked


def replayed(source: str, slug: str, check: str, sandbox: Sandbox) -> tuple[Finding, Replay]:
    """The finding of this check in a real report, with its replay."""
    asked = code_exercise(slug)
    found = grade(source.encode(), asked, 5, sandbox).report.findings
    for finding, replay in zip(found, replays(found, asked), strict=True):
        if finding.check == check and finding.status is not Status.PASSED:
            assert replay is not None, finding.message
            return finding, replay
    raise AssertionError([finding.message for finding in found])


def mistake(slug: str, name: str) -> str:
    return (COURSE / slug / "mistakes" / f"{name}.py").read_text()


def run(source: str, replay: Replay) -> str:
    """What the block prints when it is pasted below the student's code."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.printoptions(precision=17):
        exec(f"{source}\n\n{replay.code}", {"__name__": "pasted"})
    return printed.getvalue()


def numbers(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", text)]


def value(replay: Replay, index: int) -> list[float]:
    """What the page shows as the value of one of the numbers."""
    return numbers(replay.numbers[index][1].replace("\N{MINUS SIGN}", "-"))


def test_two_inputs_with_one_output(sandbox: Sandbox) -> None:
    source = HEAD + "def f(z):\n    return np.array([z[0] ** 2, z[1]])\n"
    _, replay = replayed(source, "playground", "invertibility", sandbox)
    first, second = run(source, replay).splitlines()
    assert first == second
    assert value(replay, 0) != value(replay, 1)
    assert value(replay, 2) == value(replay, 3) == pytest.approx(numbers(first), rel=1e-5)


def test_the_call_that_raised_raises(sandbox: Sandbox) -> None:
    source = "def f(z):\n    return z / (1 // 0)\n"
    _, replay = replayed(source, "affine", "function", sandbox)
    assert "# raises ZeroDivisionError" in replay.code
    with pytest.raises(ZeroDivisionError):
        run(source, replay)


def test_the_shape_that_came_back(sandbox: Sandbox) -> None:
    source = HEAD + "def f(z):\n    return np.ones(3)\n"
    _, replay = replayed(source, "affine", "shape", sandbox)
    assert "(3,)" in run(source, replay)
    assert "# asked for: 2 numbers: (2,)" in replay.code


def test_a_function_with_arguments_of_several_kinds_is_called_as_it_is_asked(
    sandbox: Sandbox,
) -> None:
    source = "def score(x, t):\n    return None\n"
    found = grade(source.encode(), code_exercise("score"), 5, sandbox).report.findings
    called = [one for one in replays(found, code_exercise("score")) if one is not None]
    assert [run(source, one).startswith("<class 'NoneType'>") for one in called] == [True]


def test_a_value_that_is_not_finite(sandbox: Sandbox) -> None:
    source = mistake("log-normal", "logarithm")
    _, replay = replayed(source, "log-normal", "finite", sandbox)
    with np.errstate(all="ignore"):
        assert "nan" in run(source, replay)


def test_two_calls_with_two_answers(sandbox: Sandbox) -> None:
    source = mistake("affine", "noise")
    finding, replay = replayed(source, "affine", "purity", sandbox)
    assert finding.evidence["between"] == "call"
    assert value(replay, 0) != value(replay, 1)
    assert int(run(source, replay).split()[-1]) > 1


def test_an_answer_that_depends_on_earlier_questions(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first answer is kept, so that asking one point twice shows nothing.
    source = HEAD + (
        "FIRST = []\n\n\ndef f(z):\n    if not FIRST:\n        FIRST.append(float(z[0]))\n"
        "    return z + FIRST[0]\n"
    )
    finding, replay = replayed(source, "affine", "purity", sandbox)
    assert finding.evidence["between"] == "process"
    (tmp_path / "affine.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    first, later = run(source, replay).splitlines()
    assert first != later


def test_an_argument_that_is_changed(sandbox: Sandbox) -> None:
    source = "def f(z):\n    z *= 2\n    return z + 1\n"
    _, replay = replayed(source, "affine", "purity", sandbox)
    before, after = run(source, replay).splitlines()
    assert [2 * one for one in numbers(before)] == pytest.approx(numbers(after))


def test_a_point_that_does_not_come_back(sandbox: Sandbox) -> None:
    source = mistake("inverse", "order_not_reversed")
    _, replay = replayed(source, "inverse", "inverse", sandbox)
    z, back = (numbers(line) for line in run(source, replay).splitlines())
    assert z == pytest.approx(value(replay, 0), rel=1e-5)
    assert back == pytest.approx(value(replay, 1)[-2:], rel=1e-5)
    assert z != pytest.approx(back, rel=1e-2)


def test_a_log_determinant_beside_the_one_of_the_derivatives(sandbox: Sandbox) -> None:
    source = mistake("coupling-layer", "sign_of_the_log_det")
    _, replay = replayed(source, "coupling-layer", "log_det", sandbox)
    yours, ours = numbers(run(source, replay))
    assert [yours] == pytest.approx(value(replay, 1), rel=1e-5)
    assert [ours] == pytest.approx(value(replay, 2), rel=1e-5)
    assert yours == pytest.approx(-ours, rel=1e-5)


def test_a_log_density_beside_the_right_one(sandbox: Sandbox) -> None:
    source = mistake("change-of-variables", "constant_forgotten")
    _, replay = replayed(source, "change-of-variables", "log_prob", sandbox)
    (yours,) = numbers(run(source, replay))
    assert [yours] == pytest.approx(value(replay, 1), rel=1e-5)
    assert yours - value(replay, 2)[0] == pytest.approx(np.log(2 * np.pi), abs=1e-3)
    assert f"should be {value(replay, 2)[0]}" in replay.code


def test_a_density_that_does_not_integrate_to_one(sandbox: Sandbox) -> None:
    source = mistake("change-of-variables", "constant_forgotten")
    _, replay = replayed(source, "change-of-variables", "normalization", sandbox)
    assert numbers(run(source, replay)) == pytest.approx([2 * np.pi], rel=0.02)
    assert value(replay, 0) == pytest.approx([2 * np.pi], rel=0.02)


def test_the_derivatives_of_what_is_no_coupling_layer(sandbox: Sandbox) -> None:
    source = mistake("coupling-layer", "additive")
    _, replay = replayed(source, "coupling-layer", "coupling", sandbox)
    jacobian = np.reshape(numbers(run(source, replay)), (2, 2))
    # It adds and never scales: ones on the diagonal.
    assert np.diag(jacobian) == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("slug", "name", "check"),
    [("affine", "no_shift", "law"), ("learn-theta", "one_gaussian", "fit")],
)
def test_the_quantiles_of_samples_beside_those_of_the_target(
    slug: str, name: str, check: str, sandbox: Sandbox
) -> None:
    source = mistake(slug, name)
    _, replay = replayed(source, slug, check, sandbox)
    mine, target = value(replay, 0)[-5:], value(replay, 1)
    assert numbers(run(source, replay)) == pytest.approx(mine, abs=0.06)
    assert np.abs(np.subtract(mine, target)).max() > 0.3
    assert f"# the target: {target}" in replay.code


def test_where_each_coordinate_is_right_a_half_plane_tells_them_apart(sandbox: Sandbox) -> None:
    source = mistake("write-b", "independent")
    _, replay = replayed(source, "write-b", "law", sandbox)
    assert numbers(run(source, replay)) == pytest.approx([value(replay, 0)[0] / 100], abs=0.02)
    assert abs(value(replay, 0)[0] - value(replay, 1)[0]) > 5
    (condition,) = re.findall(r"np\.mean\((.*)\)\)", replay.code)
    assert condition == replay.numbers[0][0]


def test_a_value_beside_the_right_one(sandbox: Sandbox) -> None:
    source = mistake("score", "sign")
    _, replay = replayed(source, "score", "values", sandbox)
    yours, right = (numbers(line) for line in run(source, replay).splitlines())
    assert yours == pytest.approx([-one for one in right])
    assert right == pytest.approx(value(replay, 1), rel=1e-5)


def test_a_point_of_the_wrong_class(sandbox: Sandbox) -> None:
    source = mistake("discriminator", "upside_down")
    _, replay = replayed(source, "discriminator", "accuracy", sandbox)
    said = run(source, replay).strip()
    assert said in {"True", "False"}
    assert f"which is {said != 'True'}" in replay.code


def test_the_least_likely_point(sandbox: Sandbox) -> None:
    source = mistake("learn-theta", "one_gaussian")
    _, replay = replayed(source, "learn-theta", "likelihood", sandbox)
    assert numbers(run(source, replay)) == pytest.approx(value(replay, 0), rel=1e-5)


def test_a_right_answer_needs_no_replay(sandbox: Sandbox) -> None:
    for slug in ("affine", "coupling-layer", "change-of-variables"):
        source = (COURSE / slug / "reference.py").read_bytes()
        found = grade(source, code_exercise(slug), 5, sandbox).report.findings
        assert not any(replays(found, code_exercise(slug)))


def of_witness(witness: object) -> Replay | None:
    finding = Finding.model_construct(
        check="invertibility", status=Status.FAILED, message="", evidence={"witness": witness}
    )
    (replay,) = replays([finding], code_exercise("playground"))
    return replay


def test_a_witness_repeats_the_very_points() -> None:
    z1, z2 = [0.1 + 0.2, -1e-17], [-0.30000000000000004, 1e300]
    replay = of_witness({"z1": z1, "z2": z2, "x": [0, 0], "gap": 0.0})
    assert replay is not None
    asked: list[list[float]] = []
    exec(replay.code, {"f": lambda z: asked.append(z.tolist()), "print": lambda *_: None})
    assert asked == [z1, z2]


@pytest.mark.parametrize(
    "witness",
    [
        None,
        "no",
        {"z1": [0.0]},
        {"z1": ["__import__('os')"], "z2": [0.0]},
        {"z1": [], "z2": []},
        {"z1": [True], "z2": [0.0]},
        {"z1": [0.5, 0.25, "… 4096 numbers in all"], "z2": [0.0, 0.5]},
    ],
)
def test_what_is_no_point_makes_no_code(witness: object) -> None:
    assert of_witness(witness) is None


def test_text_of_a_student_never_becomes_code() -> None:
    evidence = {"exception": "X\nimport os: boo", "z": [0.0, 1.0], "function": "f(1)); evil("}
    finding = Finding(check="function", status=Status.FAILED, message="", evidence=evidence)
    (replay,) = replays([finding], code_exercise("affine"))
    assert replay is not None
    assert replay.code == "import numpy as np\n\nprint(f(np.array([0.0, 1.0])))  # raises\n"
