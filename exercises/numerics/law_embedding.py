"""Laws as vectors: the distance between two vectors is one between the laws of x.

A law of the plane is known by its projections on all lines (Cramér and Wold), and a law of the line
by its quantiles. The vector holds means over blocks of sorted projections, so that its distance is
the sliced Wasserstein distance (Bonneel, Rabin, Peyré and Pfister, J. Math. Imaging Vis. 51, 2015)
of the laws once each projection t is squeezed to arsinh t: near 0 a difference counts as it is, and
far out by its ratio, so that a heavy tail does not outweigh everything else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

Embedding = NDArray[np.float16]

#: Directions over half a turn, and blocks of equal mass along each.
DIRECTIONS, BLOCKS = 32, 32
SIZE = DIRECTIONS * BLOCKS
_ANGLES = (np.arange(DIRECTIONS) + 0.5) * (np.pi / DIRECTIONS)
_COMPASS = np.stack((np.cos(_ANGLES), np.sin(_ANGLES)))
#: Beyond this everything is one: infinity is there too.
_FAR = 1e30
#: The share of points that may be NaN; of more, nothing is said of the law.
_MOST_NAN = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """The law of an f's x as a vector."""

    #: Shape (SIZE,), direction by direction. Rounded to 1 in 2,000, less than `noise` is.
    vector: Embedding
    #: How far the vectors of one law typically lie from the truth, as a root mean square over the
    #: entries: half of what two independent halves of the points differ by.
    noise: float


def embed(x: Array, middle: Array, unit: Array) -> Law | None:
    """The law of x, from two groups of points of the same size, one after the other.

    Args:
        x: shape (2m, 2), m a multiple of BLOCKS; any float64 at all.
        middle: shape (2,), about where the target's x lie.
        unit: shape (2,), positive: about the target's standard deviation in each coordinate.

    Returns:
        None where too many points have no x.
    """
    with np.errstate(all="ignore"):
        framed = np.clip((x - middle) / unit, -_FAR, _FAR)
    missing = np.isnan(framed).any(axis=1)
    if missing.mean() > _MOST_NAN:
        return None
    framed[missing] = _FAR
    projections = np.arcsinh(framed @ _COMPASS).astype(np.float32)
    sorted_ = np.sort(projections.reshape(2, -1, DIRECTIONS).transpose(0, 2, 1), axis=2)
    halves = sorted_.reshape(2, DIRECTIONS, BLOCKS, -1).mean(axis=3, dtype=np.float64)
    noise = float(np.sqrt(np.mean((halves[0] - halves[1]) ** 2))) / 2
    return Law(halves.mean(axis=0).ravel().astype(np.float16), noise)


def distances(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The distances between laws, shape (n, n), of their vectors, shape (n, SIZE)."""
    # From the middle, so that less is lost where squares of like numbers are subtracted.
    centred = vectors - vectors.mean(axis=0)
    squares = np.einsum("ij,ij->i", centred, centred)
    products = centred @ centred.T
    products *= -2
    products += squares[:, None]
    products += squares[None, :]
    np.maximum(products, 0, out=products)
    products /= np.float32(vectors.shape[1])
    between: NDArray[np.float32] = np.sqrt(products, out=products)
    np.fill_diagonal(between, 0)
    return between
