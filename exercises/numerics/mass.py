"""How much mass a claimed density has near given points: a lower bound that chance cannot raise."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from exercises.oracle import Array

#: Centres of the mixture that the points are drawn from, and points drawn.
_CENTRES, _DRAWN = 512, 4_096
#: Weights above this count as this much: it can only lower the bound, and makes it a sharp one.
_LARGEST = 8.0
_BLOCK = 512


def least_mass(
    log_density: Callable[[Array], Array],
    points: Array,
    rng: np.random.Generator,
    false_alarm: float,
) -> float:
    """A number that the integral of exp(log_density) exceeds, but with probability `false_alarm`.

    Points y are drawn from h, a mixture of Gaussians around some of `points`. The mean of
    w = exp(log_density(y)) / h(y) is the integral whatever h is, and cut off at a constant it is
    at most that; for the mean of bounded numbers there is an empirical Bernstein bound (Maurer and
    Pontil, COLT 2009, theorem 4).

    Args:
        log_density: asked at points, shape (m, d), for shape (m,); NaN counts as no mass.
        points: shape (n, d), where the mass is looked for.
        rng: draws the points that are asked.
        false_alarm: above 0.
    """
    centres = points[rng.permutation(len(points))[:_CENTRES]]
    # Scott's rule: wide enough to join neighbours, narrow enough to stay where the points are.
    factor = len(centres) ** (-1 / (centres.shape[1] + 4))
    root = factor * _root_of_covariance(points)
    chosen = centres[rng.integers(len(centres), size=_DRAWN)]
    asked = chosen + rng.standard_normal(chosen.shape) @ root.T
    with np.errstate(all="ignore"):
        weights = np.exp(log_density(asked) - _log_mixture(asked, centres, root))
    weights = np.minimum(np.where(np.isnan(weights), 0.0, weights), _LARGEST)
    log_term = math.log(2 / false_alarm)
    spread = math.sqrt(2 * float(weights.var(ddof=1)) * log_term / _DRAWN)
    return float(weights.mean()) - spread - 7 * _LARGEST * log_term / (3 * (_DRAWN - 1))


def _root_of_covariance(points: Array) -> Array:
    """A matrix whose square is the covariance, never singular."""
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(points.T)))
    floor = max(float(values.max()), np.finfo(float).tiny) * 1e-6
    return np.asarray(vectors * np.sqrt(np.maximum(values, floor)))


def _log_mixture(points: Array, centres: Array, root: Array) -> Array:
    """The log-density of the mixture of N(c, root rootᵀ) over the centres c."""
    d = points.shape[1]
    white = np.linalg.inv(root).T
    near, far = points @ white, centres @ white
    parts = []
    for start in range(0, len(near), _BLOCK):
        block = near[start : start + _BLOCK]
        squares = (block**2).sum(1)[:, None] - 2 * block @ far.T + (far**2).sum(1)
        least = squares.min(axis=1, keepdims=True)
        sums = np.exp((least - squares) / 2).sum(axis=1)
        parts.append(np.log(sums) - least[:, 0] / 2)
    log_det = float(np.linalg.slogdet(root)[1])
    constant = d / 2 * math.log(2 * math.pi) + log_det + math.log(len(centres))
    return np.asarray(np.concatenate(parts) - constant)
