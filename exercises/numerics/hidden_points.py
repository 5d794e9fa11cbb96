"""Hidden points: where every f of one exercise is asked, so that functions can be compared.

They are the same for all submissions to an exercise, whenever these are graded, and none of a
grade rests on them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

from exercises.numerics.streams import stream
from exercises.oracle import Array

#: The polar grid: so many rings, each with so many angles, half a step off the axes. Turning z by
#: a multiple of 7.5 degrees, mirroring it on an axis and exchanging z1 and z2 permute its points.
RINGS, ANGLES = 6, 48
#: Points of the law: two lattices that are shifted on their own, of so many points each, where f
#: is called once for all of them, and where it is called for each one.
HALF, HALF_SINGLY = 1024, 256
#: Rings lie at quantiles of the Rayleigh law, moved by at most this share of the way to the next.
_MOVED = 0.3
#: The R2 lattice of Martin Roberts (2018), as in gaussian_points.
_R2 = (0.7548776662466927, 0.5698402909980532)


@lru_cache(maxsize=64)
def hidden_points(slug: str, *, singly: bool) -> Array:
    """The points at which an exercise's f is asked: the polar grid, then the two lattices.

    Args:
        slug: the exercise's.
        singly: whether f is called for each point: then there are fewer.

    Returns:
        Shape (RINGS · ANGLES + 2 · half, 2), read-only; the grid ring by ring.
    """
    rng = stream(0, f"hidden points of {slug}")
    half = HALF_SINGLY if singly else HALF
    shifts = rng.random((2, 2))
    points = np.concatenate([_grid(rng), *(_lattice(shift, half) for shift in shifts)])
    points.setflags(write=False)
    return points


def _grid(rng: np.random.Generator) -> Array:
    """The polar grid; its radii are the exercise's own, so that nobody aims at them by heart."""
    moved = rng.uniform(-_MOVED, _MOVED, RINGS)
    radii = np.sqrt(-2 * np.log1p(-(np.arange(RINGS) + 0.5 + moved) / RINGS))
    angles = (np.arange(ANGLES) + 0.5) * (2 * np.pi / ANGLES)
    compass = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    grid: Array = (radii[:, None, None] * compass).reshape(-1, 2)
    return grid


def _lattice(shift: Array, count: int) -> Array:
    """A shifted R2 lattice, mapped to the Gaussian by the normal quantile of both coordinates."""
    uniform = (np.arange(1, count + 1)[:, None] * np.asarray(_R2) + shift) % 1.0
    points: Array = ndtri(np.clip(uniform, 1e-9, 1 - 1e-9))
    return points
