from __future__ import annotations

import pytest

from exercises.authoring.rates import highest_rate


def test_none_of_n_is_the_rule_of_three_made_exact() -> None:
    # (1 − p)^n = 5 %.
    for trials in (1, 10, 1000):
        assert highest_rate(0, trials) == pytest.approx(1 - 0.05 ** (1 / trials))


def test_the_bound_is_where_so_few_events_would_be_rare() -> None:
    from scipy.stats import binom

    assert binom.cdf(3, 50, highest_rate(3, 50)) == pytest.approx(0.05)
    assert highest_rate(5, 5) == 1.0


@pytest.mark.parametrize(("events", "trials"), [(0, 0), (2, 1), (-1, 3)])
def test_counts_that_cannot_be_are_refused(events: int, trials: int) -> None:
    with pytest.raises(ValueError, match="events"):
        highest_rate(events, trials)
