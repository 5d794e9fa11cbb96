"""What changed between two programs, line by line."""

from __future__ import annotations

from grader.web.difference import LONGEST_LINES, Sign, difference


def test_a_change_is_shown_with_both_numbers_and_a_few_lines_around() -> None:
    older = "".join(f"line {number}\n" for number in range(1, 21))
    newer = older.replace("line 10\n", "line ten\nand more\n")
    found = difference(older, newer)
    assert found is not None
    (hunk,) = found.hunks
    changed = [(one.sign, one.old, one.new, one.text) for one in hunk if one.sign is not Sign.KEPT]
    assert changed == [
        (Sign.GONE, 10, None, "line 10"),
        (Sign.NEW, None, 10, "line ten"),
        (Sign.NEW, None, 11, "and more"),
    ]
    assert [one.text for one in hunk[:3]] == ["line 7", "line 8", "line 9"]
    assert (hunk[-1].old, hunk[-1].new) == (13, 14)
    assert (found.gone, found.new) == (1, 2)


def test_changes_far_apart_are_apart() -> None:
    older = "".join(f"line {number}\n" for number in range(40))
    found = difference(older, older.replace("line 3\n", "x\n").replace("line 33\n", "y\n"))
    assert found is not None
    assert len(found.hunks) == 2


def test_the_same_text_has_no_changes() -> None:
    found = difference("def f(z):\r\n    return z\r\n", "def f(z):\n    return z\n")
    assert found is not None
    assert (found.hunks, found.gone, found.new) == ((), 0, 0)


def test_from_nothing_every_line_is_new() -> None:
    found = difference("", "a\nb\n")
    assert found is not None
    assert (found.gone, found.new) == (0, 2)


def test_what_is_too_long_is_not_compared() -> None:
    long = "x\n" * (LONGEST_LINES + 1)
    assert difference(long, "x\n") is None
    assert difference("x\n", long) is None
    assert difference("x\n" * LONGEST_LINES, "y\n") is not None
