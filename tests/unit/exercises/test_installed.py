"""What is installed holds students' copies of the course: no reference, no mistakes, no answers."""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from exercises.catalog.manifest import SECRET
from exercises.catalog.reading import COURSE, read_catalog

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    (built,) = WheelBuilder(str(ROOT)).build(
        directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"]
    )
    return zipfile.ZipFile(built)


def of_the_course(names: list[str]) -> Iterator[PurePosixPath]:
    for name in names:
        _, inside, rest = name.partition("exercises/course/")
        if inside:
            yield PurePosixPath(rest)


def secrets(names: list[str]) -> list[str]:
    return [
        str(path)
        for path in of_the_course(names)
        if path.name in SECRET or path.parts[1] in {"mistakes", "alternatives"}
    ]


def test_a_wheel_holds_no_answers(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert secrets(names) == []
    assert {path.parts[0] for path in of_the_course(names)} == {
        path.parent.name for path in COURSE.glob("*/exercise.toml")
    }


def test_a_wheel_holds_the_bundled_editor_and_its_licences(wheel: zipfile.ZipFile) -> None:
    names = {PurePosixPath(name).name for name in wheel.namelist() if "/static/built/" in name}
    manifest = json.loads(wheel.read("grader/web/static/built/manifest.json"))
    for module in manifest["modules"].values():
        assert {module["file"], *module["imports"]} <= names
    assert "THIRD-PARTY-LICENSES.txt" in names


def test_a_wheel_holds_the_pages_languages(wheel: zipfile.ZipFile) -> None:
    folder = "grader/web/translations"
    there = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("messages.mo")}
    assert f"{folder}/de/LC_MESSAGES/messages.mo" in there
    assert there <= set(wheel.namelist())


def test_the_wheels_exercises_have_the_versions_of_the_course(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path)
    installed = read_catalog(tmp_path / "exercises" / "course")
    course = read_catalog()
    assert "affine" in installed.exercises
    for slug, exercise in installed.exercises.items():
        assert exercise.version == course[slug].version, slug
    # What needs its answers to be read is not served by it, and says so.
    assert all("not in a student's copy" in why for why in installed.broken.values())


def test_a_source_distribution_holds_no_answers_and_can_be_built_from(tmp_path: Path) -> None:
    (built,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(built) as archive:
        names = archive.getnames()
        assert secrets(names) == []
        archive.extractall(tmp_path, filter="data")
    (tree,) = tmp_path.glob("pushforward-*/")
    (again,) = WheelBuilder(str(tree)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(again) as wheel:
        assert "exercises/course/affine/manifest.json" in wheel.namelist()
        assert "grader/web/static/built/manifest.json" in wheel.namelist()
        wheel.extractall(tmp_path / "again")
    installed = read_catalog(tmp_path / "again" / "exercises" / "course")
    assert installed["affine"].version == read_catalog()["affine"].version
