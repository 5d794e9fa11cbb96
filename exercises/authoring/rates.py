"""Error rates from counts."""

from __future__ import annotations

from scipy.stats import beta


def highest_rate(events: int, trials: int, confidence: float = 0.95) -> float:
    """The upper end of the one-sided interval of Clopper and Pearson for a probability.

    If the probability were higher, so few events would be seen with probability at most
    1 − confidence (Clopper and Pearson, Biometrika 26, 1934).

    Raises:
        ValueError: there are no trials, or more events than trials.
    """
    if not 0 <= events <= trials or trials == 0:
        raise ValueError(f"{events} events in {trials} trials")
    if events == trials:
        return 1.0
    return float(beta.ppf(confidence, events + 1, trials - events))
