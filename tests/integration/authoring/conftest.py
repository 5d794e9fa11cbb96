"""What tests of the tools of authors share: an exercise to change, and how it is checked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exercises.authoring.scaffold import scaffold, write_files
from exercises.catalog.reading import COURSE, read_exercise
from grader.authoring.solvability import check_exercise, safely
from grader.authoring.step import Bench, Step
from tests.integration.authoring.bench import Check
from worker.sandbox.sandbox import Sandbox


@pytest.fixture
def check(sandbox: Sandbox) -> Check:
    def check(folder: Path, mutants: int = 0) -> list[Step]:
        bench = Bench(read_exercise(folder), sandbox, (1,), mutants, lambda _: None)
        return list(safely(check_exercise(bench)))

    return check


@pytest.fixture
def quick_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that are built here have fewer points than those of the course, to save time."""
    monkeypatch.setattr("exercises.tables.target_building._TABLE_CELLS", (256, 256))


@pytest.fixture
def affine(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COURSE / "affine", tmp_path / "affine"))


@pytest.fixture
def lean(affine: Path) -> Path:
    """The same with nothing but a reference, a starter and two mistakes: it is checked sooner."""
    shutil.rmtree(affine / "alternatives")
    (affine / "alternatives").mkdir()
    for path in (affine / "mistakes").iterdir():
        if path.name not in ("no_shift.py", "noise.py"):
            path.unlink()
    return affine


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    write_files(tmp_path / "flows", scaffold("flows", "quiz"))
    return tmp_path / "flows"
