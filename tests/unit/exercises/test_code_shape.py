"""The shape of code: names, layout and comments do not count, and numbers are kept apart."""

from __future__ import annotations

import numpy as np
import pytest

from exercises.likeness.code_shape import MOST_GRAMS, K, Shape, shape_of

ONE = """
import numpy as np

def f(z):
    angle = 0.37 * np.hypot(z[0], z[1])
    first = z[0] * np.cos(angle) - z[1] * np.sin(angle)
    second = z[0] * np.sin(angle) + z[1] * np.cos(angle)
    return np.array([first, second])
"""
#: The same with other names, comments, layout, annotations and a docstring.
DISGUISED = '''
import numpy as linear_algebra

def f(point):
    """My own work."""
    # I thought long of this.
    t: float = 0.37 * (linear_algebra.hypot(point[0],
                                            point[1]))
    u = (point[0] * linear_algebra.cos(t)) - point[1] * linear_algebra.sin(t)
    v = point[0] * linear_algebra.sin(t) + point[1] * linear_algebra.cos(t)
    return linear_algebra.array([u, v])
'''
OTHER = """
def f(z):
    if z[0] > 0:
        return [z[0] ** 3, z[1]]
    return [-abs(z[0]), z[1] - 1]
"""


def shared(a: Shape, b: Shape) -> float:
    return len(np.intersect1d(a.grams, b.grams)) / min(len(a.grams), len(b.grams))


def test_names_comments_and_layout_do_not_change_a_shape() -> None:
    a, b = shape_of(ONE), shape_of(DISGUISED)
    assert shared(a, b) == 1
    assert np.array_equal(a.constants, b.constants)


def test_another_program_has_another_shape() -> None:
    assert shared(shape_of(ONE), shape_of(OTHER)) < 0.2


def test_what_is_copied_into_a_longer_program_is_found_there() -> None:
    lines = ONE.splitlines()
    longer = "\n".join([*lines[:4], *OTHER.splitlines()[2:4], *lines[4:]])
    assert shared(shape_of(ONE), shape_of(longer)) > 0.8


def test_other_operations_are_another_shape() -> None:
    assert shared(shape_of(ONE), shape_of(ONE.replace("np.cos", "np.tan"))) < 0.9


@pytest.mark.parametrize(
    ("number", "kept"),
    [("1.37", True), ("0.5", False), ("2", False), ("12", False), ("13", True), ("2.0", False)],
)
def test_numbers_that_are_in_every_program_are_left_out(number: str, kept: bool) -> None:
    assert len(shape_of(f"def f(z): return {number} * z").constants) == kept


def test_a_number_is_the_same_however_it_is_written() -> None:
    one, two = (shape_of(f"x = {number}").constants for number in ("1.37", "13.7e-1"))
    assert np.array_equal(one, two)


@pytest.mark.parametrize("source", ["def f(z:", "\0", "x = " + "(" * 500, "", "# nothing"])
def test_what_is_no_program_has_no_shape(source: str) -> None:
    found = shape_of(source)
    assert not len(found.grams)
    assert not len(found.constants)


def test_a_program_of_any_length_has_a_bounded_shape() -> None:
    long = "\n".join(f"x{i} = {i}.5 * z[{i}] ** {i} + np.f{i}(z)" for i in range(3000))
    found = shape_of(long)
    assert K < len(found.grams) <= MOST_GRAMS
    assert len(found.constants) <= MOST_GRAMS
    assert (np.diff(found.grams.astype(np.int64)) > 0).all()
