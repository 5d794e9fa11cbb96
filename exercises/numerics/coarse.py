"""Numbers with few bits, so that tables of them pack well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

#: Shares are kept in units of this.
SHARE = 2.0**-16
#: The root of a density is kept in so many steps from nothing to its peak.
_STEPS = 4095


def few_bits_above(values: Array, bits: int) -> NDArray[np.float32]:
    """The next larger numbers whose mantissa has so many bits."""
    mantissa, exponent = np.frexp(values)
    above = np.ldexp(np.ceil(np.ldexp(mantissa, bits)), exponent - bits)
    return np.asarray(above, dtype=np.float32)


def pack_shares(shares: Array) -> NDArray[np.uint16]:
    """Shares, shape (views, k), as differences along the second axis, to half of SHARE."""
    steps = np.round(shares * (1 - SHARE) / SHARE).astype(np.int64)
    return np.diff(steps, axis=1, prepend=0).astype(np.uint16)


def unpack_shares(packed: NDArray[np.uint16]) -> Array:
    """What `pack_shares` packed."""
    return packed.astype(np.int64).cumsum(axis=1) * (SHARE / (1 - SHARE))


def pack_density(density: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The root of a density on a grid over that of its peak, in steps, as differences.

    The root spreads the error evenly, as the estimate's own error grows with it. Differences
    along both axes are small, and their low and high bytes pack well apart.
    """
    root = np.sqrt(np.maximum(density, 0) / max(float(density.max()), 1e-300))
    steps = np.round(root * _STEPS).astype(np.int64)
    for axis in (0, 1):
        steps = np.diff(steps, axis=axis, prepend=0)
    pairs = steps.astype("<u2")[..., None].view(np.uint8)
    return np.ascontiguousarray(pairs.transpose(2, 0, 1))


def unpack_density(packed: NDArray[np.uint8], peak: float) -> NDArray[np.float32]:
    """What `pack_density` packed, of a density with this peak; to 0.03 % of the peak."""
    steps = np.ascontiguousarray(packed.transpose(1, 2, 0)).view("<u2")[..., 0]
    root = steps.astype("<i2").cumsum(axis=0).cumsum(axis=1) / _STEPS
    return (root * root * peak).astype(np.float32)
