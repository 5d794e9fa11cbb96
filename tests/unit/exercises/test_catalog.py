"""The catalogue serves what fits, and says of the rest which file and key do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exercises.catalog import COURSE, digest, read_catalog


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(slug: str = "mine", **files: str | bytes) -> Path:
        folder = tmp_path / slug
        folder.mkdir(exist_ok=True)
        defaults = {
            "exercise.toml": 'title = "Mine"\n',
            "statement.md": "Write an $f$.\n",
            "starter.py": "def f(z):\n    return z\n",
        }
        for name, content in (
            defaults | {k.replace("__", "."): v for k, v in files.items()}
        ).items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(data)
        return folder

    return write


def test_the_course_that_comes_with_the_grader_has_nothing_broken() -> None:
    catalog = read_catalog()
    assert catalog.broken == {}
    assert {"playground", "affine"} <= catalog.exercises.keys()
    assert not catalog["playground"].graded
    assert catalog["affine"].max_score == 10


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"exercise__toml": "title = "}, "mine/exercise.toml"),
        ({"exercise__toml": 'title = "T"\nponits = 3'}, "ponits"),
        ({"exercise__toml": 'title = "T"\nslug = "x"'}, "slug"),
        ({"exercise__toml": "points = 3"}, "title"),
        ({"exercise__toml": 'title = "T"\n[[criteria]]\ncheck = "beauty"'}, "criteria.0.check"),
        ({"exercise__toml": 'title = "T"\n[limits]\ncpu_seconds = 1e9'}, "limits.cpu_seconds"),
        ({"exercise__toml": 'title = "T"\nsamples = nan'}, "samples"),
        ({"statement__md": b"\xff\xfe"}, "mine/statement.md: not UTF-8"),
    ],
)
def test_a_broken_exercise_is_told_with_its_file_and_key(
    write: Callable[..., Path], files: dict[str, str | bytes], words: str
) -> None:
    folder = write(**files)
    write("other")
    catalog = read_catalog(folder.parent)
    assert list(catalog.exercises) == ["other"]
    assert words in catalog.broken["mine"]
    assert str(folder) not in catalog.broken["mine"]


def test_a_missing_file_is_told(write: Callable[..., Path]) -> None:
    folder = write()
    (folder / "starter.py").unlink()
    assert read_catalog(folder.parent).broken == {"mine": "mine/starter.py: the file is missing"}


def test_a_file_that_cannot_be_read_breaks_its_exercise_only(write: Callable[..., Path]) -> None:
    folder = write()
    write("other")
    (folder / "starter.py").unlink()
    (folder / "starter.py").mkdir()
    catalog = read_catalog(folder.parent)
    assert list(catalog.exercises) == ["other"]
    assert "mine/starter.py: the file can't be read" in catalog.broken["mine"]


def test_a_folder_that_is_not_there_is_an_error() -> None:
    with pytest.raises(NotADirectoryError, match="no folder of exercises"):
        read_catalog(COURSE / "nowhere")


def test_the_version_changes_with_each_file_and_with_nothing_else(
    write: Callable[..., Path],
) -> None:
    folder = write()
    version = digest(folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"1")
    (folder / ".hidden").write_text("x")
    assert digest(folder) == version
    (folder / "notes.txt").write_text("x")
    changed = digest(folder)
    assert changed != version
    (folder / "notes.txt").rename(folder / "other.txt")
    assert digest(folder) not in (version, changed)
