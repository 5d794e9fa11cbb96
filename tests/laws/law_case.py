"""What a labelled target is, and the maps that leave the Gaussian as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]
Batch = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Law:
    """A target's reference with right and wrong answers, all functions of batches (n, 2)."""

    reference: Batch
    right: Mapping[str, Batch] = field(default_factory=dict)
    #: Each with the mistake that the report should name, or None.
    wrong: Mapping[str, tuple[Batch, str | None]] = field(default_factory=dict)


def pair(first: Array, second: Array) -> Array:
    """Two coordinates as points."""
    return np.column_stack((first, second))


def turn(z: Array, angle: float) -> Array:
    """z turned counterclockwise."""
    cos, sin = np.cos(angle), np.sin(angle)
    return z @ np.array([[cos, sin], [-sin, cos]])


def uniform(z: Array) -> Array:
    """Both coordinates uniform on (0, 1)."""
    return np.clip(ndtr(z), 1e-16, 1 - 1e-16)


def box_muller(z: Array) -> Array:
    """Gaussian again, by radius and angle from two uniform numbers."""
    first, second = uniform(z).T
    length, angle = np.sqrt(-2 * np.log(first)), 2 * np.pi * second
    return pair(length * np.cos(angle), length * np.sin(angle))


def swirled(z: Array) -> Array:
    """Turned by an angle that grows outwards."""
    angle = np.hypot(*z.T)
    return pair(
        z[:, 0] * np.cos(angle) - z[:, 1] * np.sin(angle),
        z[:, 0] * np.sin(angle) + z[:, 1] * np.cos(angle),
    )


def halves_exchanged(z: Array) -> Array:
    """Another branch: the inner and the outer half of one coordinate's quantiles exchanged."""
    return pair(ndtri((uniform(z)[:, 0] + 0.5) % 1.0), z[:, 1])


def other_sign(z: Array) -> Array:
    """Another branch: the sign of one coordinate hangs on the other, finely."""
    return pair(np.abs(z[:, 0]) * np.where(np.sin(1e5 * z[:, 1]) < 0, -1.0, 1.0), z[:, 1])


def digits_shuffled(z: Array) -> Array:
    """Thirds of one coordinate's quantiles in another order, hanging on the other's half."""
    u = uniform(z)[:, 0]
    moved = np.where(z[:, 1] > 0, (3 * u + 1) // 1 % 3, (3 * u + 2) // 1 % 3)
    return pair(ndtri(np.clip((moved + 3 * u % 1) / 3, 1e-16, 1 - 1e-16)), z[:, 1])


#: Maps of the plane that N(0, I) does not notice: before a reference they give the same law.
PRESERVING: dict[str, Batch] = {
    "turned": lambda z: turn(z, 0.7),
    "mirrored": lambda z: -z,
    "roles swapped": lambda z: z[:, ::-1],
    "polar": box_muller,
    "swirled": swirled,
    "halves exchanged": halves_exchanged,
    "fine signs": other_sign,
    "thirds shuffled": digits_shuffled,
    "in float32": lambda z: z.astype(np.float32).astype(np.float64),
}
