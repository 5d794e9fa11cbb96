"""The distribution of tests: a file that was renamed would start a service of its own, unseen."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from tests.distribution import SHARED, from_another_place, group, turns

ROOT = Path(__file__).parents[2]
FILES = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]


def test_each_file_that_shares_is_there_and_in_one_group() -> None:
    named = [file for files in SHARED.values() for file in files.split()]
    assert sorted(set(named)) == sorted(named)
    assert set(named) <= set(FILES)


def test_files_of_one_group_follow_each_other() -> None:
    """A group starts where its first file stands: one that stood elsewhere would be early."""
    places = turns(FILES)
    order = [group(file) for file in sorted(FILES, key=places.__getitem__)]
    assert sorted(places.values()) == list(range(len(FILES)))
    assert [name for name, _ in groupby(order)] == list(dict.fromkeys(order))


def test_what_waits_begins_among_what_computes() -> None:
    places = turns(FILES)
    order = sorted(FILES, key=places.__getitem__)
    begins = [group(file) for file in order[:20]]
    assert group("tests/browser/test_people.py") in begins
    assert any(name.startswith("tests/laws/") for name in begins)
    assert not any(file.startswith("tests/browser/") for file in order[len(order) // 2 :])


def test_each_process_reads_all_files_and_begins_with_others() -> None:
    orders = [from_another_place(FILES, number / 4) for number in range(4)]
    assert len({order[0] for order in orders}) == 4
    assert all(sorted(order) == sorted(FILES) for order in orders)
