"""The distribution of tests: a file that was renamed would start a service of its own, unseen."""

from __future__ import annotations

from pathlib import Path

from tests.distribution import SHARED, from_another_place, group, turn

ROOT = Path(__file__).parents[2]
FILES = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]


def test_each_file_that_shares_is_there_and_in_one_group() -> None:
    named = [file for files in SHARED.values() for file in files.split()]
    assert sorted(set(named)) == sorted(named)
    assert set(named) <= set(FILES)


def test_files_of_one_group_follow_each_other() -> None:
    """The order is that of groups, so that a group starts where its first file stands."""
    order = sorted(FILES, key=turn)
    groups = [group(file) for file in order if file.startswith("tests/browser/")]
    assert sorted(groups) == groups


def test_each_process_reads_all_files_and_begins_with_others() -> None:
    orders = [from_another_place(FILES, number / 4) for number in range(4)]
    assert len({order[0] for order in orders}) == 4
    assert all(sorted(order) == sorted(FILES) for order in orders)
