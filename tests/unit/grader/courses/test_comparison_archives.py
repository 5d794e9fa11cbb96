"""The programs of a class as Dolos and JPlag read them, by the rules of their formats."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import pytest

from grader.exports.comparison_archives import Program, Programs, dolos_archive, jplag_archive

AT = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
NAMES = ("Ann", "Jörg Müller", "=1+1", "../../etc", "李小龙", "Ann", "a/b\\c:d*e?", "x" * 200, "")


@pytest.fixture(scope="module")
def taken() -> Programs:
    return Programs(
        "affine",
        tuple(
            Program(f"01abc{place}", name, "passed", AT + timedelta(hours=place), f"# {place}\n")
            for place, name in enumerate(NAMES)
        ),
        "def f(z):\n    return z\n",
    )


def opened(archive: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_dolos_finds_its_table_in_the_root_and_each_program_by_it(taken: Programs) -> None:
    found = opened(dolos_archive(taken))
    rows = list(csv.DictReader(io.StringIO(found["info.csv"])))
    assert list(rows[0]) == ["filename", "label", "created_at", "full_name"]
    assert {row["filename"] for row in rows} == found.keys() - {"info.csv"}
    assert len(rows) == len(NAMES)
    for place, row in enumerate(rows):
        assert found[row["filename"]] == f"# {place}\n"
        assert row["filename"].endswith(".py")
        assert row["label"] == "passed"
        written = datetime.strptime(row["created_at"], "%Y-%m-%d %H:%M:%S %z")
        assert written == AT + timedelta(hours=place)
    assert rows[1]["full_name"] == "Jörg Müller"
    # A spreadsheet that opens the table computes nothing.
    assert rows[2]["full_name"] == "'=1+1"


def test_jplag_finds_one_folder_for_each_program_and_the_base_code(taken: Programs) -> None:
    found = opened(jplag_archive(taken))
    submissions = [name for name in found if name.startswith("submissions/")]
    folders = {PurePosixPath(name).parts[1] for name in submissions}
    assert len(folders) == len(submissions) == len(NAMES)
    assert all(len(PurePosixPath(name).parts) == 3 for name in submissions)
    assert sorted(found[name] for name in submissions) == [f"# {n}\n" for n in range(len(NAMES))]
    assert found["basecode/affine.py"] == taken.starter
    assert "-l python3 submissions -bc basecode" in found["README.txt"]
    assert found.keys() - set(submissions) == {"README.txt", "basecode/affine.py"}


@pytest.mark.parametrize("pack", [dolos_archive, jplag_archive])
def test_names_are_safe_on_every_system_and_the_archive_is_the_same_each_time(
    pack: type, taken: Programs
) -> None:
    archive = pack(taken)
    assert pack(taken) == archive
    for name in opened(archive):
        assert name.isascii()
        assert not any(character in name for character in '\\:*?"<>| ')
        assert ".." not in name
        assert not name.startswith("/")
        assert all(len(part) < 100 for part in PurePosixPath(name).parts)


def test_without_a_starter_there_is_no_base_code() -> None:
    found = opened(jplag_archive(Programs("affine", (), "")))
    assert list(found) == ["README.txt"]
    assert "-bc" not in found["README.txt"]
