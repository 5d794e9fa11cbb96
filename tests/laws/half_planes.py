"""The largest half-plane discrepancy of two laws, measured without the judge's code."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from tests.laws.law_case import Array, Batch

#: Directions over half a turn, the bulk of the first law made round.
DIRECTIONS = 120


def gaussian(points: int, seed: int) -> Array:
    """Points of N(0, I), one in each of `points` cells of equal mass, for a sharp measurement."""
    side = round(points**0.5)
    rng = np.random.default_rng(seed)
    place = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    return ndtri(np.clip((place + rng.random((side * side, 2))) / side, 1e-16, 1 - 1e-16))


class Yardstick:
    """A law's sample, against which others are measured."""

    def __init__(self, reference: Batch, points: int = 2**17) -> None:
        self._points = points
        x = reference(gaussian(points, 101))
        low, high = np.quantile(x, [0.02, 0.98], axis=0)
        scale = np.where(high > low, high - low, 1.0)
        self._frame = (np.median(x, axis=0), scale)
        clipped = np.clip((x - self._frame[0]) / scale, -2, 2)
        values, axes = np.linalg.eigh(np.cov(clipped.T))
        whitening = axes.T / np.sqrt(np.maximum(values, 1e-8 * max(values[1], 1e-9)))[:, None]
        angles = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
        compass = np.stack((np.cos(angles), np.sin(angles)), axis=1)
        self._rows = np.concatenate((np.eye(2), compass @ whitening))
        self._sorted = np.sort(self._project(x), axis=1)

    def _project(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            projected = self._rows @ ((x - self._frame[0]) / self._frame[1]).T
        return np.where(np.isnan(projected), np.inf, projected)

    def discrepancy(self, f: Batch) -> float:
        """The largest difference of the share of a half-plane, over all borders and directions.

        Differences of values below a millionth of the spread are rounding.
        """
        with np.errstate(all="ignore"):
            other = np.sort(self._project(f(gaussian(self._points, 202))), axis=1)
        worst = 0.0
        for mine, theirs in zip(self._sorted, other, strict=True):
            borders = np.concatenate((mine[::64], theirs[::64]))
            borders = np.concatenate((borders - 1e-6, borders + 1e-6))
            shares = [np.searchsorted(row, borders) / len(row) for row in (mine, theirs)]
            worst = max(worst, float(np.abs(shares[0] - shares[1]).max()))
        return worst
