"""Targets of every kind, each with other answers of the same law and with near misses."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from tests.laws.law_case import PRESERVING, Array, Batch, Law, pair
from tests.laws.targets_further import FURTHER


def cauchy(z: Array) -> Array:
    """Cauchy coordinates by the tangent."""
    return np.tan(np.pi * (ndtr(z) - 0.5))


def ring(z: Array, radius: float = 3.0, *, sign: float = 1.0) -> Array:
    """Angle as z's, distance from the middle N(radius, 0.3²)."""
    length = np.hypot(*z.T)[:, None]
    score = ndtri(-np.expm1(-length * length / 2))
    return z / length * (radius + sign * 0.3 * score)


def modes(z: Array) -> Array:
    """Half of the mass around (−2, 0), half around (2, 0), each N(·, 0.25 I)."""
    side = np.sign(z[:, 0])
    return pair(2 * side + 0.5 * ndtri(2 * ndtr(np.abs(z[:, 0])) - 1), 0.5 * z[:, 1])


TILT = np.array([[0.8, 0.6], [-0.6, 0.8]])


def tilted(z: Array) -> Array:
    """A Gaussian four times as long as wide, along (0.8, 0.6)."""
    return z * [2.0, 0.5] @ TILT


_FIRST: dict[str, Law] = {
    "line": Law(
        lambda z: pair(z[:, 0], 2 * z[:, 0] + 1),
        {
            "other coordinate": lambda z: pair(z[:, 1], 2 * z[:, 1] + 1),
            "mirrored": lambda z: pair(-z[:, 1], 1 - 2 * z[:, 1]),
        },
        {
            "thick": (lambda z: pair(z[:, 0], 2 * z[:, 0] + 1 + 0.05 * z[:, 1]), None),
            "falling": (lambda z: pair(z[:, 0], 1 - 2 * z[:, 0]), "sign of x1"),
            "beside": (lambda z: pair(z[:, 0], 2 * z[:, 0] + 1.05), "shift"),
            "steeper": (lambda z: pair(z[:, 0], 2.2 * z[:, 0] + 1), "scale"),
        },
    ),
    "four atoms": Law(
        np.sign,
        {"turned": lambda z: -np.sign(z[:, ::-1])},
        {
            "nearer": (lambda z: 0.9 * np.sign(z), "scale"),
            "moved": (lambda z: np.sign(z) + 0.05, "shift"),
            "uneven": (lambda z: np.sign(z - 0.1), "mode shares"),
            "blurred": (lambda z: np.sign(z) + 0.05 * z, None),
            "tied": (lambda z: np.sign(z[:, [0, 0]]), "collapsed to a line"),
        },
    ),
    "four lines": Law(
        lambda z: pair(np.clip(np.floor(z[:, 0]), -2, 1), z[:, 1]),
        {"mirrored": lambda z: pair(np.clip(np.floor(-z[:, 0]), -2, 1), -z[:, 1])},
        {
            # No other line is passed on the way: only thresholds beside the atom can tell.
            "one of them moved": (
                lambda z: pair(
                    np.select([z[:, 0] < -1, z[:, 0] < 0, z[:, 0] < 1], [-2.0, -0.995, 0.0], 1.0),
                    z[:, 1],
                ),
                None,
            ),
        },
    ),
    "atom and half plane": Law(
        lambda z: np.where(z[:, :1] > 0.5, z, [-1.0, 0.5]),
        {"mirrored": lambda z: np.where(z[:, :1] > 0.5, z * [1, -1], [-1.0, 0.5])},
        {
            "less of it": (lambda z: np.where(z[:, :1] > 0.6, z, [-1.0, 0.5]), None),
            "elsewhere": (lambda z: np.where(z[:, :1] > 0.5, z, [-1.0, 0.6]), None),
        },
    ),
    "cauchy": Law(
        cauchy,
        {
            "mirrored": lambda z: -cauchy(z),
            "other branch": lambda z: np.tan(np.pi * ndtr(z)),
            "reciprocal": lambda z: 1 / cauchy(z),
        },
        {
            "scale": (lambda z: 1.1 * cauchy(z), "scale"),
            "shift": (lambda z: cauchy(z) + 0.1, "shift"),
            "gaussian": (lambda z: z, "wrong tail"),
            "one gaussian": (lambda z: pair(cauchy(z[:, 0]), z[:, 1]), "wrong tail"),
        },
    ),
    "log-normal": Law(
        np.exp,
        {"mirrored": lambda z: np.exp(-z), "swapped": lambda z: np.exp(z[:, ::-1])},
        {
            "wider": (lambda z: np.exp(1.1 * z), None),
            "larger": (lambda z: 1.1 * np.exp(z), "scale"),
            "gaussian": (lambda z: z, None),
        },
    ),
    "ring": Law(
        ring,
        {"turned": lambda z: -ring(z), "inside out": lambda z: ring(z, sign=-1.0)},
        {
            "filled": (lambda z: 2.1 * z, None),
            "thin": (lambda z: 3 * z / np.hypot(*z.T)[:, None], None),
            "half": (lambda z: ring(pair(np.abs(z[:, 0]), z[:, 1])), "lost sign of x1"),
        },
    ),
    "two modes": Law(
        modes,
        {"mirrored": lambda z: -modes(z)},
        {
            # It is what a lost sign leaves of the law, too.
            "one mode": (lambda z: pair(2 + 0.5 * z[:, 0], 0.5 * z[:, 1]), "missing mode"),
            "one wide mode": (lambda z: pair(2.06 * z[:, 0], 0.5 * z[:, 1]), "missing mode"),
            "bridge": (
                lambda z: modes(z) * np.where(np.abs(z) < 0.15, [0.5, 1], 1),
                "extra mode",
            ),
            "uneven": (
                lambda z: pair(2 * np.sign(z[:, 0] - 0.1), 0 * z[:, 1]) + modes(z) * [0, 1],
                None,
            ),
            "swapped": (lambda z: modes(z)[:, ::-1], "swapped axes"),
        },
    ),
    "tilted": Law(
        tilted,
        {"mirrored": lambda z: -tilted(z), "other": lambda z: tilted(z[:, ::-1])},
        {
            "not turned": (lambda z: z * [2.0, 0.5], "rotation"),
            "turned too far": (lambda z: tilted(z) @ TILT, "rotation"),
            "line": (lambda z: 2 * z[:, :1] * [0.8, 0.6], "collapsed to a line"),
        },
    ),
    "gaussian": Law(
        lambda z: 2 * z + 1,
        {"mirrored": lambda z: 1 - 2 * z},
        {
            "lost sign": (lambda z: 1 + 2 * np.abs(z), "lost sign of x1 and x2"),
            "heavy": (lambda z: 1 + 4 * np.sinh(z / 2), "wrong tail"),
            "uniform": (lambda z: 1 + 3.46 * (2 * ndtr(z) - 1), "wrong tail"),
            "extra mode": (lambda z: 1 + 1.2 * z + 3 * np.sign(z), "extra mode"),
            "point": (np.ones_like, "collapsed to a point"),
        },
    ),
}

LAWS: dict[str, Law] = _FIRST | FURTHER


def right_answers(law: Law) -> dict[str, Batch]:
    """The reference, its alternatives, and the reference of every map that keeps N(0, I)."""
    composed = {
        name: lambda z, change=change: law.reference(change(z))
        for name, change in PRESERVING.items()
    }
    return {"reference": law.reference, **law.right, **composed}
