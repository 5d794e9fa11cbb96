"""The target's density by itself, as the comparison of a report shows it: numbers and words."""

from __future__ import annotations

import math

import numpy as np

from exercises.figures.comparison_words import plain_number
from exercises.figures.description import number_text, place_text
from exercises.figures.live import density_view, shares_of
from exercises.figures.panels import ink_of
from exercises.numerics.window import Window
from exercises.preview import DensityView
from exercises.tables.target_law import Target


def target_view(target: Target) -> DensityView:
    """The density on the target's window; no finer than the figure of a report has it."""
    mass = float(target.density.mean())
    return density_view(
        shares_of(ink_of(target.density, float(target.density.max()))), _window(target), mass
    )


def target_alt_text(target: Target) -> str:
    """The density in words: where it is shown, its middle, and how it spreads there."""
    (x0, y0), (x1, y1) = _window(target).lo, _window(target).hi
    shares = target.density.astype(np.float64)
    shares /= shares.sum() or 1.0
    first, second = (
        lo + (hi - lo) * (np.arange(len(shares)) + 0.5) / len(shares)
        for lo, hi in ((x0, x1), (y0, y1))
    )
    across, along = shares.sum(axis=0), shares.sum(axis=1)
    mean = float(first @ across), float(second @ along)
    a = float((first - mean[0]) ** 2 @ across)
    c = float((second - mean[1]) ** 2 @ along)
    b = float((second - mean[1]) @ shares @ (first - mean[0]))
    both = number_text(b, math.sqrt(a * c))
    half = (x1 - x0) / 2, (y1 - y0) / 2
    return (
        f"The target's density, shown for x₁ from {plain_number(x0, half[0])} to "
        f"{plain_number(x1, half[0])} and x₂ from {plain_number(y0, half[1])} to "
        f"{plain_number(y1, half[1])}. Of what is shown: mean {place_text(mean, half)}; covariance "
        f"(({number_text(a, a)}, {both}), ({both}, {number_text(c, c)})); highest near "
        f"{place_text(_highest(target, first, second), half)}."
    )


def _highest(target: Target, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    row, column = np.unravel_index(int(np.argmax(target.density)), target.density.shape)
    return float(first[column]), float(second[row])


def _window(target: Target) -> Window:
    x0, y0, x1, y1 = target.window
    return Window((x0, y0), (x1, y1))
