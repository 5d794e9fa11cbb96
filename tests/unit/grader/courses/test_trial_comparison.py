"""What a regrade calls lower, which criteria it calls changed, and its histogram."""

from __future__ import annotations

import random

import pytest

from grader.store.regrade.comparison import Counting, criteria
from grader.store.regrade.lists import bars
from grader.store.regrade.regrading import Criterion
from tests.unit.grader.marking import finding, report_of


@pytest.mark.parametrize(
    ("before", "after", "lower"),
    [
        ((7.0, 10.0), (7.0, 10.0), False),
        ((7.0, 10.0), (6.9, 10.0), True),
        ((7.0, 10.0), (8.0, 10.0), False),
        ((7.0, 7.0), (7.0, 10.0), True),  # as many points, and no longer all of them
        ((7.0, 7.0), (9.0, 10.0), True),
        ((10.0, 10.0), (5.0, 5.0), True),  # all of them, and fewer points
        ((5.0, 10.0), (5.0, 5.0), False),
        ((0.0, 0.0), (3.0, 10.0), False),  # a failure of ours had no score
        ((None, None), (0.0, 10.0), False),
        ((0.1 + 0.2, 1.0), (0.3, 1.0), False),
    ],
)
def test_lower_is_fewer_points_or_less_of_all(
    before: tuple[float | None, float | None], after: tuple[float, float], lower: bool
) -> None:
    assert Counting(*after).is_lower_than(Counting(*before)) is lower


def test_criteria_are_compared_by_name_and_by_their_turn() -> None:
    before = report_of(finding("question", 1, 1), finding("question", 0, 1), finding("law", 2, 4))
    after = report_of(finding("question", 1, 1), finding("question", 1, 1), finding("fit", 1, 2))
    changed = criteria(before, after)
    assert [(one.check, one.points_before, one.points_after) for one in changed] == [
        ("question", 0, 1),
        ("fit", 0, 1),
        ("law", 2, 0),
    ]
    assert changed[2] == Criterion("law", "partial", 2, None, 0.0)
    assert changed[1].before is None
    assert criteria(after, after) == []
    assert [one.check for one in criteria(None, after)] == ["shape", "question", "question", "fit"]


def test_a_histogram_has_each_change_once_and_none_of_what_does_not_change() -> None:
    rng = random.Random(4)
    for _ in range(200):
        scale = 10 ** rng.uniform(-3, 4)
        values = [
            rng.choice([0.0, scale * rng.uniform(-1, 1)]) for _ in range(rng.randrange(1, 30))
        ]
        found = bars([(value, 1) for value in values])
        assert len(found) <= 11
        assert sum(bar.count for bar in found) == len(values)
        for bar in found:
            inside = [
                value
                for value in values
                if (bar.low < value <= bar.high if bar.high > 0 else bar.low <= value < bar.high)
                or (bar.low == bar.high == value == 0)
            ]
            assert len(inside) == bar.count, (bar, values)
    assert bars([]) == []
