"""Honest programs, in as many styles as students have, run behind the language wall."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from worker.sandbox import language

PROGRAMS = sorted((Path(__file__).parents[2] / "submissions" / "honest").glob("*.py"))
Z = np.array([0.5, -1.0])


@pytest.fixture(autouse=True)
def quiet_numerics() -> Iterator[None]:
    """What prepare() sets for the whole process of a child, here for one test."""
    with np.errstate(all="ignore"), np.printoptions(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def run(source: str, seed: int = 1) -> tuple[list[float], str]:
    printed = language.Printed()
    names = language.run_module(language.compile_submission(source), seed=seed, printed=printed)
    x = names["f"](Z.copy())  # type: ignore[operator]
    return [float(number) for number in x], printed.text


def header(source: str, key: str) -> str | None:
    lines = source.splitlines()[:4]
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith(f"# {key}:")), None
    )


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_honest_program_runs_and_says_what_it_should(path: Path) -> None:
    source = path.read_bytes().decode()
    x, printed = run(source)
    assert len(x) == 2
    assert np.isfinite(x).all()
    assert run(source) == (x, printed), "the same seed must repeat the program"
    expected = header(source, "x")
    assert expected is not None
    if expected != "finite":
        np.testing.assert_allclose(x, [float(number) for number in expected.split()])
    if (text := header(source, "prints")) is not None:
        assert text in printed


def test_there_are_programs_in_many_styles() -> None:
    assert len(PROGRAMS) >= 60
