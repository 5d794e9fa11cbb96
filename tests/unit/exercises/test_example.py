"""Which of the points where a function is wrong is shown."""

from __future__ import annotations

import numpy as np

from exercises.checks.example import clearest

AT = np.array([[3.0, 0.0], [0.5, 0.0], [0.1, -0.2], [1.0, 2.0]])


def test_what_is_clearly_wrong_is_shown_as_near_to_the_origin_as_that_goes() -> None:
    wrong = np.array([True, True, True, True])
    assert clearest(wrong, np.array([9.0, 1.0, 1e-3, 2.0]), AT) == 3
    assert clearest(wrong, np.array([1.0, 1.0, 1.0, 1.0]), AT) == 2


def test_a_point_that_is_right_is_never_shown() -> None:
    wrong = np.array([True, False, False, False])
    assert clearest(wrong, np.array([0.5, 3.0, 3.0, 3.0]), AT) == 0


def test_an_error_that_is_a_number_tells_more() -> None:
    wrong = np.array([True, False, True, True])
    errors = np.array([1.0, 0.0, np.inf, np.inf])
    assert clearest(wrong, errors, AT) == 0
    assert clearest(wrong, np.full(4, np.inf), AT) == 2


def test_points_that_are_no_numbers_come_last() -> None:
    at = np.array([[np.nan, 0.0], [1e300, 1e300]])
    assert clearest(np.array([True, True]), np.array([1.0, 1.0]), at) == 1
