"""A copy that lacks the answers has the version of its original, and gives nothing away."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from exercises.authoring.scaffold import scaffold, write_files
from exercises.catalog.bundle import (
    ChangedExercise,
    archive,
    grading_copy,
    student_copy,
    unpack,
    why_not_offline,
)
from exercises.catalog.manifest import MANIFEST, SECRET, is_public
from exercises.catalog.reading import COURSE, BrokenExercise, read_catalog, read_exercise
from exercises.tables.points import BrokenPoints, load_points
from exercises.tables.target import load_target

PUBLIC = {"exercise.toml", "statement.md", "starter.py", "target.npz"}


@pytest.fixture
def affine(tmp_path: Path) -> Path:
    folder = tmp_path / "affine"
    shutil.copytree(COURSE / "affine", folder)
    (folder / "notes.md").write_text("The answer is 2 z + 1.\n")
    return folder


def names(packed: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return set(opened.namelist())


def student(folder: Path, where: Path) -> Path:
    """A student's copy of the exercise, unpacked."""
    unpack(student_copy(read_exercise(folder)), where)
    return where / folder.name


def test_a_students_copy_has_the_originals_version_and_target(affine: Path, tmp_path: Path) -> None:
    original = read_exercise(affine)
    copied = read_exercise(student(affine, tmp_path / "copy"))
    assert copied.version == original.version
    assert copied.criteria == original.criteria
    assert load_target(copied.folder).base_distance == load_target(affine).base_distance


def test_a_students_copy_holds_what_grading_needs_and_no_more(affine: Path) -> None:
    packed = student_copy(read_exercise(affine))
    assert names(packed) == {f"affine/{name}" for name in (*PUBLIC, MANIFEST)}
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    assert b"np.ones(2)" not in everything
    assert b"The answer" not in everything


def test_the_same_files_are_the_same_archive(affine: Path) -> None:
    exercise = read_exercise(affine)
    first = (archive(exercise), student_copy(exercise))
    for path in affine.rglob("*"):
        path.touch()
    assert (archive(exercise), student_copy(exercise)) == first


def test_no_answer_of_the_course_is_in_a_students_copy() -> None:
    for exercise in read_catalog().exercises.values():
        for name in names(student_copy(exercise)):
            parts = name.split("/")[1:]
            assert parts[0] not in {"mistakes", "alternatives"}, name
            assert parts[-1] not in SECRET, name


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("exercise.toml", True),
        ("target.npz", True),
        ("gallery/swirl.py", True),
        ("fold.PNG", True),
        ("samples.csv", True),
        ("heldout.csv", False),
        ("points.npz", False),
        ("questions.toml", False),
        ("reference.py", False),
        ("other.csv", False),
        ("notes.md", False),
        ("make_data.py", False),
        ("mistakes/plot.png", False),
        ("gallery/notes.txt", False),
    ],
)
def test_what_is_not_known_to_be_harmless_stays_with_the_course(name: str, public: bool) -> None:
    # Even where exercise.toml lists it as data.
    data = frozenset({"samples.csv", "heldout.csv", "points.npz"})
    assert is_public(name, data) is public


@pytest.mark.parametrize("name", ["target.npz", "exercise.toml", "starter.py"])
def test_a_copy_that_was_changed_is_refused(affine: Path, tmp_path: Path, name: str) -> None:
    copied = student(affine, tmp_path / "copy")
    with (copied / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(BrokenExercise, match=f"affine/{name}: not as it was in the copy"):
        read_exercise(copied)


def test_a_copy_that_lacks_a_public_file_is_refused(affine: Path, tmp_path: Path) -> None:
    copied = student(affine, tmp_path / "copy")
    (copied / "target.npz").unlink()
    with pytest.raises(BrokenExercise, match=r"affine/target.npz: missing from the copy"):
        read_exercise(copied)


def test_another_reference_put_into_a_copy_is_refused(affine: Path, tmp_path: Path) -> None:
    copied = student(affine, tmp_path / "copy")
    (copied / "reference.py").write_text("def f(z):\n    return z\n")
    with pytest.raises(BrokenExercise, match=r"affine/reference.py: not as it was"):
        read_exercise(copied)


def test_a_students_own_file_in_a_copy_changes_nothing(affine: Path, tmp_path: Path) -> None:
    copied = student(affine, tmp_path / "copy")
    (copied / "f.py").write_text("def f(z):\n    return z\n")
    assert read_exercise(copied).version == read_exercise(affine).version


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"files": {"a": 1}}', b"\xff"])
def test_a_broken_manifest_is_told(affine: Path, content: bytes) -> None:
    (affine / MANIFEST).write_bytes(content)
    with pytest.raises(BrokenExercise, match=r"affine/manifest.json: not the manifest"):
        read_exercise(affine)


def test_a_copy_of_a_quiz_has_no_answers_and_says_who_marks_it(tmp_path: Path) -> None:
    write_files(tmp_path / "flows", scaffold("flows", "quiz"))
    exercise = read_exercise(tmp_path / "flows")
    assert "quiz" in (why_not_offline(exercise) or "")
    copied = student(tmp_path / "flows", tmp_path / "copy")
    assert not (copied / "questions.toml").exists()
    with pytest.raises(BrokenExercise, match="only the service can mark this quiz"):
        read_exercise(copied)


def test_a_copy_of_an_exercise_on_held_out_points_lacks_them(tmp_path: Path) -> None:
    write_files(tmp_path / "score", scaffold("score", "code", "values"))
    (tmp_path / "score" / "points.npz").write_bytes(b"held out")
    exercise = read_exercise(tmp_path / "score")
    assert "held-out points" in (why_not_offline(exercise) or "")
    copied = read_exercise(student(tmp_path / "score", tmp_path / "copy"))
    with pytest.raises(BrokenPoints):
        load_points(copied.folder)
    assert why_not_offline(read_exercise(COURSE / "affine")) is None


def test_the_whole_and_a_workers_part_keep_the_version(affine: Path, tmp_path: Path) -> None:
    exercise = read_exercise(affine)
    whole = archive(exercise)
    assert {"reference.py", "notes.md", "mistakes/noise.py"} <= names(whole)
    part = grading_copy(whole)
    assert not {"reference.py", "mistakes/noise.py"} & names(part)
    for name, packed in (("whole", whole), ("part", part)):
        unpack(packed, tmp_path / name / "affine")
        assert read_exercise(tmp_path / name / "affine").version == exercise.version


def test_a_workers_part_of_a_quiz_has_its_answers(tmp_path: Path) -> None:
    write_files(tmp_path / "flows", scaffold("flows", "quiz"))
    exercise = read_exercise(tmp_path / "flows")
    unpack(grading_copy(archive(exercise)), tmp_path / "part" / "flows")
    part = read_exercise(tmp_path / "part" / "flows")
    assert (part.version, part.questions) == (exercise.version, exercise.questions)


def test_files_that_changed_since_they_were_read_are_not_packed(affine: Path) -> None:
    exercise = read_exercise(affine)
    (affine / "statement.md").write_text("Something else.\n")
    for pack in (archive, student_copy):
        with pytest.raises(ChangedExercise):
            pack(exercise)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "a\\..\\evil"])
def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(name, "x")
    with pytest.raises(ValueError, match="leads out of the folder"):
        unpack(buffer.getvalue(), tmp_path / "inside")
    assert not list(tmp_path.rglob("evil*"))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not an archive"):
        unpack(b"no archive", tmp_path)


def test_the_manifest_lists_every_file_of_the_original(affine: Path, tmp_path: Path) -> None:
    copied = student(affine, tmp_path / "copy")
    manifest = json.loads((copied / MANIFEST).read_bytes())
    assert {"reference.py", "notes.md", "mistakes/noise.py"} <= manifest["files"].keys()
    assert manifest["version"] == read_exercise(affine).version
