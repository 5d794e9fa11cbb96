"""What two programs have in common: marked whatever the names, and never the exercise's own."""

from __future__ import annotations

import pytest

from grader.web.common_code import LONGEST_TOKENS, Lines, Shared, common_code
from grader.web.listing import code_lines

ONE = "def f(z):\n    first = np.sin(z[0]) * 1.37\n    return [first, z[1]]\n"
TWO = "def g(w):\n    # mine\n    a = np.sin(w[0]) * 2.5\n    return [a, w[1]]\n"


def text_of(lines: Lines) -> list[str]:
    return ["".join(piece.text for piece in line) for line in lines]


def marked(lines: Lines) -> list[str]:
    return [piece.text for line in lines for piece in line if piece.shared is Shared.BOTH]


def faint(lines: Lines) -> list[str]:
    return [piece.text for line in lines for piece in line if piece.shared is Shared.OWN]


def test_names_numbers_and_comments_do_not_matter() -> None:
    found = common_code(ONE, TWO)
    assert found is not None
    a, b = found
    assert marked(a) == ["def f(z):", "first = np.sin(z[0]) * 1.37", "return [first, z[1]]"]
    assert marked(b) == ["def g(w):", "a = np.sin(w[0]) * 2.5", "return [a, w[1]]"]
    # All of the text is there, as it was.
    assert text_of(a) == code_lines(ONE)
    assert text_of(b) == code_lines(TWO)


def test_what_the_exercise_holds_is_not_marked() -> None:
    own = "def f(z):\n    first = z[0]\n    return [first, z[1]]\n"
    found = common_code(ONE, TWO, (own,))
    assert found is not None
    assert marked(found[0]) == [".sin(z[0]) * 1.37"]
    assert marked(found[1]) == [".sin(w[0]) * 2.5"]


def test_what_the_exercise_holds_too_is_marked_faintly() -> None:
    own = "def f(z):\n    first = z[0]\n    return [first, z[1]]\n"
    found = common_code(ONE, TWO, (own,))
    assert found is not None
    assert faint(found[0]) == ["def f(z):", "first = np", "return [first, z[1]]"]
    assert faint(found[1]) == ["def g(w):", "a = np", "return [a, w[1]]"]
    assert text_of(found[0]) == code_lines(ONE)


def test_names_of_a_library_are_not_the_student_s_to_choose() -> None:
    found = common_code("x = np.sin(z[0])\n", "y = np.cos(w[0])\n")
    assert found is not None
    assert marked(found[0]) == ["(z[0])"]
    found = common_code("x = np.sin(z[0])\n", "y = mine.sin(w[0])\n")
    assert found is not None
    assert marked(found[1]) == ["y = mine.sin(w[0])"]


def test_an_unusual_number_is_marked_alone_unless_the_exercise_has_it() -> None:
    a, b = "x = 1.37 + 2\n", "def g(y):\n    return y ** 1.37 - 2\n"
    found = common_code(a, b)
    assert found is not None
    assert marked(found[0]) == marked(found[1]) == ["1.37"]
    found = common_code(a, b, ("1.37\n",))
    assert found is not None
    assert marked(found[0]) == marked(found[1]) == []


def test_programs_with_nothing_in_common_have_no_marks() -> None:
    found = common_code(ONE, "x = 1\n")
    assert found is not None
    assert marked(found[0]) == marked(found[1]) == []


def test_text_over_several_lines_is_marked_on_each() -> None:
    source = 'def f(z):\n    t = """one\n    two"""\n    return g(z, t)\n'
    found = common_code(source, source)
    assert found is not None
    assert text_of(found[0]) == code_lines(source)
    assert '    two"""' in marked(found[0])


@pytest.mark.parametrize("bad", ["def f(z:\n", '"""', "x = (" * 500, "a\n  b\n c\n"])
def test_what_is_no_python_is_not_compared(bad: str) -> None:
    assert common_code(bad, ONE) is None
    assert common_code(ONE, bad) is None


def test_what_is_too_long_is_not_compared() -> None:
    assert common_code("x = 1\n" * LONGEST_TOKENS, ONE) is None
