"""The commands of authors as a person at a terminal meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from exercises.authoring.scaffold import scaffold, write_files
from exercises.catalog.bundle import student_copy, unpack
from exercises.catalog.reading import COURSE, read_exercise
from tests.integration.authoring.bench import run
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox


def test_a_students_copy_repeats_a_grade(tmp_path: Path, sandbox: Sandbox) -> None:
    original = read_exercise(COURSE / "affine")
    unpack(student_copy(original), tmp_path)
    copied = read_exercise(tmp_path / "affine")
    source = (COURSE / "affine" / "mistakes" / "no_shift.py").read_bytes()
    ours, theirs = (
        grade(source, exercise, 17, sandbox).report.model_dump(exclude={"usage", "layers"})
        for exercise in (original, copied)
    )
    assert ours == theirs
    assert ours["verdict"] == "partial"


@pytest.mark.usefixtures("quick_tables")
def test_the_commands_make_build_check_and_pack(tmp_path: Path) -> None:
    made = run("new", "mine", "--exercises", tmp_path)
    assert made.exit_code == 0, made.output
    again = run("new", "mine", "--exercises", tmp_path)
    assert (again.exit_code, "already" in again.output) == (2, True)
    assert run("build", tmp_path / "mine").exit_code == 0
    shutil.copytree(tmp_path / "mine", tmp_path / "other")
    (tmp_path / "other" / "exercise.toml").write_text("points = 3\n")
    checked = run("check", "--exercises", tmp_path, "--seeds", "1", "--mutants", "0", "--json")
    assert checked.exit_code == 1
    mine, other = (json.loads(line) for line in checked.output.splitlines())
    assert (mine["exercise"], mine["ok"]) == ("mine", True)
    assert mine["version"] == read_exercise(tmp_path / "mine").version
    assert (other["exercise"], other["ok"], other["version"]) == ("other", False, None)
    assert "other/exercise.toml: title: this key is missing" in other["steps"][0]["message"]
    packed = run("bundle", "mine", "--exercises", tmp_path, "-o", tmp_path / "mine.zip")
    assert packed.exit_code == 0
    unpack((tmp_path / "mine.zip").read_bytes(), tmp_path / "copies")
    assert read_exercise(tmp_path / "copies" / "mine").version == mine["version"]


def test_text_is_printed_for_people(tmp_path: Path) -> None:
    write_files(tmp_path / "flows", scaffold("flows", "quiz"))
    checked = run("check", "flows", "--exercises", tmp_path)
    assert checked.exit_code == 0
    assert "✓ questions: 2 with explanations and sources" in checked.output
    assert "The exercise can be published." in checked.output
    # Progress is for a terminal only.
    assert "…" not in checked.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nothing"], "There is no exercise 'nothing'"),
        (["new", "Not A Slug"], "small letters and digits"),
        (["new", "mine", "--template", "poem"], "poem"),
        (["puzzle", "no-such-file.py"], "does not exist"),
        (["build", "no-such-folder"], "does not exist"),
        (["bundle", "affine"], "--output"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, said in done.output) == (2, True), done.output
