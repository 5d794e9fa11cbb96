"""Points in the Gaussian plane: stratified pairs for laws, a lattice for probes."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from exercises.oracle import Array

#: The plastic number's powers: the R2 lattice of Martin Roberts, "The unreasonable effectiveness
#: of quasirandom sequences" (2018).
_R2 = (0.7548776662466927, 0.5698402909980532)


def stratified_pairs(rng: np.random.Generator, rows: int, columns: int) -> Array:
    """Two independent points in each of rows × columns cells of equal Gaussian mass.

    The unit square is cut into equal cells, each gets two independent uniform points, and the
    normal quantile maps both coordinates. Every point's law, averaged over the cells, is N(0, I).

    Returns:
        Shape (rows · columns, 2, 2): cell, which of the two points, coordinate.
    """
    uniform = rng.random((rows, columns, 2, 2))
    uniform[..., 0] += np.arange(rows)[:, None, None]
    uniform[..., 1] += np.arange(columns)[None, :, None]
    uniform /= (rows, columns)
    # The generator returns 0 with probability 2**-53; the quantile there is -inf.
    np.clip(uniform, 1e-17, 1 - 2.0**-53, out=uniform)
    points: Array = ndtri(uniform).reshape(rows * columns, 2, 2)
    return points


def gaussian_lattice(rng: np.random.Generator, count: int, radius: float) -> Array:
    """`count` points that follow N(0, I) on the disc |z| <= radius more evenly than a draw does.

    A randomly shifted R2 lattice, mapped by the polar form: r² = −2 ln(1 − u·m) with m the disc's
    mass. Shape (count, 2).
    """
    index = np.arange(1, count + 1)[:, None]
    uniform = (index * np.asarray(_R2) + rng.random(2)) % 1.0
    mass = -np.expm1(-radius * radius / 2)
    length = np.sqrt(-2 * np.log1p(-uniform[:, 0] * mass))
    angle = 2 * np.pi * uniform[:, 1]
    return np.column_stack((length * np.cos(angle), length * np.sin(angle)))
