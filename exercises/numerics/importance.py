"""Integrals over the plane by importance sampling around samples: ridges, poles and long tails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from scipy.special import ndtri

from exercises.oracle import Array

#: Samples that get a bump each, and the points drawn from each bump.
_BUMPS, _EACH = 1_024, 8
#: A bump has the shape of so many neighbours, and of Student's law with so many degrees of
#: freedom: its tails are heavier than what it stands for, which keeps the weights bounded.
_NEIGHBOURS, _FREEDOM = 16, 3.0
#: A bump is no thinner than this in normal scores.
_THIN = 1e-9
#: Every so manieth sample is a knot of the scores, and at the ends those of rank 0, 1, 2, 4, 8.
_KNOT = 32
#: A gap between samples is one that takes this share of the way between two knots.
_GAP = 0.5
#: Bumps in one piece of work.
_PIECE = 64


@dataclass(frozen=True, slots=True)
class Estimate:
    """An integral with its standard error; inf where single points decide."""

    value: float
    standard_error: float
    evaluations: int


def estimate_plane(
    density: Callable[[Array], Array], samples: Array, rng: np.random.Generator
) -> Estimate:
    """The integral of a density over the plane, from 8,192 points near samples of about its law.

    Each coordinate is mapped to normal scores, by straight lines through order statistics, which
    brings poles and tails of any length to one scale. There each sample has a bump shaped like its
    neighbours, so that the bumps follow ridges; points are drawn from the bumps, the same number
    from each. The mean of density over the bumps' density is the integral (see Owen, Monte Carlo
    theory, methods and examples, 2013, chapter 9). Mass far from all samples is not seen.

    Args:
        density: takes points, shape (n, 2), and returns finite numbers >= 0, shape (n,).
        samples: shape (n, 2), finite, some of them different in each coordinate.
        rng: for the draws.
    """
    scores = [_Scores.of(column) for column in samples.T]
    chosen = samples[rng.permutation(len(samples))[:_BUMPS]]
    centres = np.column_stack([s.score(c)[0] for s, c in zip(scores, chosen.T, strict=True)])
    roots = _roots(centres)
    normal = rng.standard_normal((len(centres), _EACH, 2))
    spread = np.sqrt(_FREEDOM / rng.chisquare(_FREEDOM, size=(len(centres), _EACH, 1)))
    points = centres[:, None, :] + np.einsum("nij,nmj->nmi", roots, normal * spread)
    points = points.reshape(-1, 2)
    parts = [s.value(u) for s, u in zip(scores, points.T, strict=True)]
    x = np.column_stack([value for value, _ in parts])
    area = np.prod([slope for _, slope in parts], axis=0)
    with np.errstate(all="ignore"):
        weights = np.nan_to_num(density(x) * area / _mixture(points, centres, roots), posinf=0.0)
    value = float(weights.mean())
    # The bumps are strata, each with as many points: only what varies within them is chance.
    within = weights.reshape(-1, _EACH).var(axis=1, ddof=1)
    error = float(np.sqrt(within.mean() / len(points)))
    if not weights.max() < 0.05 * weights.sum():
        error = np.inf
    return Estimate(value, error, len(points))


@dataclass(frozen=True, slots=True)
class _Scores:
    """A rising map of one coordinate to normal scores, straight between knots and beyond them."""

    knots: Array
    scores: Array

    @classmethod
    def of(cls, column: Array) -> _Scores:
        """Through order statistics of the column, shape (n,)."""
        ordered = np.sort(column)
        n = len(ordered)
        ends = np.array([0, 1, 2, 4, 8, 16])
        ranks = np.concatenate((ends, np.arange(_KNOT, n - _KNOT, _KNOT), n - 1 - ends))
        ranks = np.unique(np.clip(ranks, 0, n - 1))
        ranks = np.unique(np.concatenate((ranks, _beside_gaps(ordered, ranks))))
        knots, first = np.unique(ordered[ranks], return_index=True)
        if len(knots) < 2:
            return cls(np.array([ordered[0] - 1, ordered[0] + 1]), np.array([-1.0, 1.0]))
        return cls(knots, ndtri((ranks[first] + 0.5) / n))

    def score(self, x: Array) -> tuple[Array, Array]:
        """The scores of x, and dx / dscore there."""
        return _line(x, self.knots, self.scores)

    def value(self, u: Array) -> tuple[Array, Array]:
        """The x of scores u, and dx / du there."""
        x, slope = _line(u, self.scores, self.knots)
        return x, slope


def _beside_gaps(ordered: Array, ranks: NDArray[np.intp]) -> NDArray[np.intp]:
    """The ranks on both sides of the gaps that take most of the way between two knots.

    Between two modes there is such a gap; on one line with samples it would thin them out.
    """
    sides: list[int] = []
    for low, high in pairwise(ranks):
        steps = np.diff(ordered[low : high + 1])
        widest = int(np.argmax(steps))
        if high - low > 2 and steps[widest] > _GAP * steps.sum():
            sides += [int(low) + widest, int(low) + widest + 1]
    return np.array(sides, dtype=np.intp)


def _line(at: Array, knots: Array, values: Array) -> tuple[Array, Array]:
    """Piecewise linear interpolation, going on beyond the ends, with its slope."""
    piece: NDArray[np.intp] = np.clip(np.searchsorted(knots, at) - 1, 0, len(knots) - 2)
    slope = (np.diff(values) / np.diff(knots))[piece]
    return values[piece] + slope * (at - knots[piece]), slope


def _roots(centres: Array) -> Array:
    """Square roots of the neighbours' second moments about each centre, shape (n, 2, 2)."""
    count = min(_NEIGHBOURS, len(centres))
    _, index = KDTree(centres).query(centres, k=count)
    away = centres[index.reshape(len(centres), count)] - centres[:, None, :]
    moments = np.einsum("nki,nkj->nij", away, away) / count
    moments += (_THIN + 1e-6 * np.trace(moments, axis1=1, axis2=2))[:, None, None] * np.eye(2)
    return np.linalg.cholesky(moments)


def _mixture(points: Array, centres: Array, roots: Array) -> Array:
    """The density of the bumps' mixture at points, shape (n,)."""
    inverse = np.linalg.inv(roots)
    height = np.abs(np.linalg.det(inverse)) / (2 * np.pi * len(centres))
    total = np.zeros(len(points))
    for start in range(0, len(centres), _PIECE):
        part = slice(start, start + _PIECE)
        # r² = |L⁻¹ (u − c)|², as |L⁻¹ u − L⁻¹ c|².
        turned = points @ np.swapaxes(inverse[part], 1, 2)
        turned -= np.einsum("bij,bj->bi", inverse[part], centres[part])[:, None, :]
        root = np.einsum("bni,bni->bn", turned, turned)
        root /= _FREEDOM
        root += 1
        # To the power −(ν + 2)/2 = −5/2; a square root is far cheaper than a power.
        total += height[part] @ (1 / (root * root * np.sqrt(root)))
    return total
