"""Further targets: mixtures, shapes, curves, heavy tails, extreme scales, a random net's law."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from tests.laws.law_case import Array, Law, pair, turn, uniform

CHOLESKY = np.array([[1.0, 0.0], [0.8, 0.6]])


def correlated(z: Array, rho: float = 0.8) -> Array:
    """Unit variances, correlation rho, means 1 and −2."""
    return pair(z[:, 0] + 1, rho * z[:, 0] + np.sqrt(1 - rho * rho) * z[:, 1] - 2)


def banana(z: Array, bend: float = 1.0) -> Array:
    """A parabola with noise."""
    return pair(z[:, 0], z[:, 1] + bend * z[:, 0] ** 2)


def _mixture(z: Array, centres: Array, weights: Array, width: float) -> Array:
    """Gaussian modes: which one hangs on z1's quantile, and where in it on what is left."""
    u = uniform(z)[:, 0]
    edges = np.concatenate(([0.0], np.cumsum(weights)))
    edges[-1] = 1.0
    which = np.clip(np.searchsorted(edges, u, side="right") - 1, 0, len(weights) - 1)
    inner = (u - edges[which]) / (edges[which + 1] - edges[which])
    left = ndtri(np.clip(inner, 1e-15, 1 - 1e-15))
    return np.asarray(centres)[which] + width * pair(left, z[:, 1])


THREE = np.array([[-3.0, 0.0], [0.0, 2.0], [3.0, -1.0]])
FOUR = np.vstack((THREE, [[0.0, -3.0]]))
FIVE = 3 * np.stack(
    (np.cos(2 * np.pi * np.arange(5) / 5), np.sin(2 * np.pi * np.arange(5) / 5)), axis=1
)
IN_A_ROW = np.array([[-3.0, 0.0], [0.0, 0.0], [3.0, 0.0]])


def disc(z: Array, power: float = 0.5) -> Array:
    """Uniform on the unit disc where power is 1/2."""
    length = np.hypot(*z.T)
    return z / length[:, None] * (-np.expm1(-length * length / 2))[:, None] ** power


def spiral(z: Array, turns: float = 1.5, noise: float = 0.15) -> Array:
    """An arm that turns outwards, with noise."""
    u = uniform(z)[:, 0]
    angle = 2 * np.pi * turns * np.sqrt(u)
    return pair(angle * np.cos(angle), angle * np.sin(angle)) / 3 + noise * pair(
        z[:, 1], z[:, 1] * 0.5
    )


def checkerboard(z: Array, share: float = 1.0) -> Array:
    """The dark fields of 4 × 4; with share below one some mass lies on the light ones."""
    u = 4 * uniform(z)
    column, row = np.floor(u[:, 0]), np.floor(u[:, 1])
    dark = (column + row) % 2 == 0
    stays = dark | (u[:, 0] % 1.0 > share)
    return pair(u[:, 0], np.where(stays, u[:, 1], (u[:, 1] + 1) % 4.0))


def skewed(z: Array, skew: float = 0.5, tail: float = 0.8) -> Array:
    """Sinh-arcsinh coordinates (Jones and Pewsey, Biometrika 96, 2009)."""
    return np.sinh((np.arcsinh(z) + skew) / tail)


def student(z: Array) -> Array:
    """Student's t with two degrees of freedom, by its quantiles."""
    u = uniform(z)
    return (2 * u - 1) / np.sqrt(2 * u * (1 - u))


def spherical_student(z: Array) -> Array:
    """The two coordinates of a spherical t with two degrees of freedom, tied by one radius."""
    length = np.hypot(*z.T)
    return z / length[:, None] * np.sqrt(2 * np.expm1(length * length / 2))[:, None]


def _net(z: Array) -> Array:
    rng = np.random.default_rng(12)
    for width in (16, 16):
        z = np.tanh(z @ rng.normal(size=(z.shape[1], width)) + 0.3 * rng.normal(size=width))
    return z @ rng.normal(size=(16, 2)) + rng.normal(size=2)


def on_circle(z: Array, radius: float = 2.0) -> Array:
    """Uniform on a circle: a law without a density."""
    return radius * z / np.hypot(*z.T)[:, None]


def exponential(z: Array) -> Array:
    """Two independent exponential coordinates."""
    return -np.log1p(-uniform(z))


def atom_and_gaussian(z: Array, share: float = 0.3) -> Array:
    """A point of mass at (1, 1), beside a Gaussian."""
    u = uniform(z)[:, 0]
    left = ndtri(np.clip((u - share) / (1 - share), 1e-15, 1 - 1e-15))
    return np.where((u < share)[:, None], [1.0, 1.0], pair(left, z[:, 1]))


def dice(z: Array, faces: float = 6.0) -> Array:
    """Two dice."""
    return np.minimum(np.floor(faces * uniform(z)), faces - 1) + 1


FURTHER: dict[str, Law] = {
    "correlated": Law(
        correlated,
        {"the other way round": lambda z: correlated(z[:, ::-1])[:, ::-1] + [3, -3]},
        {
            "less correlated": (lambda z: correlated(z, 0.7), None),
            "independent": (lambda z: z + np.array([1, -2]), None),
            # A quarter turn, as the report says, is the same.
            "sign of the correlation": (lambda z: correlated(z, -0.8), "rotation"),
            "means exchanged": (lambda z: correlated(z)[:, ::-1], "shift"),
        },
    ),
    "heavy exp": Law(
        lambda z: np.exp(2 * z),
        {"reciprocal": lambda z: 1 / np.exp(2 * z)},
        {
            "exponent 1.8": (lambda z: np.exp(1.8 * z), "wrong tail"),
            "base 2": (lambda z: 2.0 ** (2 * z), None),
        },
    ),
    "ratio": Law(
        lambda z: pair(z[:, 0] / np.abs(z[:, 1]), np.abs(z[:, 1])),
        {"signed": lambda z: pair(-z[:, 0] / np.abs(z[:, 1]), np.abs(z[:, 1]))},
        {
            "sign kept": (lambda z: pair(z[:, 0] / np.abs(z[:, 1]), z[:, 1]), None),
            "product": (lambda z: pair(z[:, 0] * np.abs(z[:, 1]), np.abs(z[:, 1])), None),
        },
    ),
    "banana": Law(
        banana,
        {"mirrored first": lambda z: banana(z * [-1, 1])},
        {
            "straight": (lambda z: z + np.array([0, 1]), None),
            "less bent": (lambda z: banana(z, 0.9), None),
            "upside down": (lambda z: banana(z) * [1, -1], "sign of x2"),
            "lying": (lambda z: banana(z)[:, ::-1], "swapped axes"),
            "cubic": (lambda z: pair(z[:, 0], z[:, 1] + np.abs(z[:, 0]) ** 3), None),
        },
    ),
    "three modes": Law(
        lambda z: _mixture(z, THREE, np.array([0.5, 0.3, 0.2]), 0.5),
        {"order": lambda z: _mixture(z, THREE[[2, 0, 1]], np.array([0.2, 0.5, 0.3]), 0.5)},
        {
            "even weights": (lambda z: _mixture(z, THREE, np.full(3, 1 / 3), 0.5), "mode shares"),
            "one missing": (
                lambda z: _mixture(z, THREE[:2], np.array([0.6, 0.4]), 0.5),
                "missing mode",
            ),
            "one more": (
                lambda z: _mixture(z, FOUR, np.array([0.4, 0.24, 0.16, 0.2]), 0.5),
                "extra mode",
            ),
            "wider": (lambda z: _mixture(z, THREE, np.array([0.5, 0.3, 0.2]), 0.6), None),
        },
    ),
    "three in a row": Law(
        lambda z: _mixture(z, IN_A_ROW, np.full(3, 1 / 3), 0.5),
        {"backwards": lambda z: _mixture(z, IN_A_ROW[::-1], np.full(3, 1 / 3), 0.5)},
        {
            "one missing": (
                lambda z: _mixture(z, IN_A_ROW[[0, 2]], np.full(2, 1 / 2), 0.5),
                "missing mode",
            ),
            "standing": (
                lambda z: _mixture(z, IN_A_ROW, np.full(3, 1 / 3), 0.5)[:, ::-1],
                "swapped axes",
            ),
        },
    ),
    "five modes": Law(
        lambda z: _mixture(z, FIVE, np.full(5, 0.2), 0.4),
        {"order": lambda z: _mixture(z, FIVE[::-1], np.full(5, 0.2), 0.4)},
        {
            "four": (lambda z: _mixture(z, FIVE[:4], np.full(4, 0.25), 0.4), "missing mode"),
            "uneven": (
                lambda z: _mixture(z, FIVE, np.array([0.24, 0.2, 0.2, 0.2, 0.16]), 0.4),
                "mode shares",
            ),
            "merged": (lambda z: _mixture(z, FIVE[:1] * 0, np.ones(1), 0.4), None),
            "turned": (lambda z: turn(_mixture(z, FIVE, np.full(5, 0.2), 0.4), 0.4), "rotation"),
        },
    ),
    "square": Law(
        ndtr,
        {"from above": lambda z: 1 - ndtr(z), "turned in steps": lambda z: (ndtr(z) + 0.37) % 1.0},
        {
            "logistic": (lambda z: 1 / (1 + np.exp(-z)), "wrong tail"),
            "rounded": (lambda z: np.round(ndtr(z), 1), None),
            "tied": (lambda z: ndtr(pair(z[:, 0], 0.3 * z[:, 0] + 0.9539392 * z[:, 1])), None),
            "larger": (lambda z: 1.1 * ndtr(z) - 0.05, "scale"),
        },
    ),
    "disc": Law(
        disc,
        {"angles doubled": lambda z: disc(_angles_doubled(z))},
        {
            "root forgotten": (lambda z: disc(z, 1.0), None),
            "gaussian": (lambda z: 0.5 * z, None),
            "circle": (lambda z: on_circle(z, 0.7), None),
        },
    ),
    "spiral": Law(
        spiral,
        {"noise mirrored": lambda z: spiral(z * [1, -1])},
        {
            "other hand": (lambda z: spiral(z) * [1, -1], "sign of x2"),
            "fewer turns": (lambda z: spiral(z, 1.3), None),
            "more noise": (lambda z: spiral(z, 1.5, 0.25), None),
        },
    ),
    "checkerboard": Law(
        checkerboard,
        {"half a turn": lambda z: 4 - checkerboard(z)},
        {
            "all fields": (lambda z: 4 * ndtr(z), None),
            "light fields": (lambda z: (checkerboard(z) + np.array([1, 0])) % 4.0, "rotation"),
            "a tenth on light": (lambda z: checkerboard(z, 0.8), None),
        },
    ),
    "folded": Law(
        np.abs,
        {"sign of the other": lambda z: np.abs(z[:, ::-1])},
        {
            "not folded": (lambda z: z, None),
            "one not folded": (lambda z: pair(np.abs(z[:, 0]), z[:, 1]), None),
            "squared": (np.square, None),
        },
    ),
    "parabola": Law(
        lambda z: pair(z[:, 0], z[:, 0] ** 2),
        {"other coordinate": lambda z: pair(z[:, 1], z[:, 1] ** 2)},
        {
            "thick": (lambda z: pair(z[:, 0], z[:, 0] ** 2 + 0.05 * z[:, 1]), None),
            "upside down": (lambda z: pair(z[:, 0], -(z[:, 0] ** 2)), "sign of x2"),
            "untied": (lambda z: pair(z[:, 0], z[:, 1] ** 2), None),
        },
    ),
    "circle": Law(
        on_circle,
        {"angles doubled": lambda z: on_circle(_angles_doubled(z))},
        {
            "larger": (lambda z: on_circle(z, 2.2), "scale"),
            "upper half": (lambda z: on_circle(z * [1, 0] + np.abs(z) * [0, 1]), "lost sign of x2"),
        },
    ),
    "skewed": Law(
        skewed,
        {"mirrored twice": lambda z: skewed(-z)},
        {
            "other tail": (lambda z: skewed(z, 0.5, 0.9), None),
            "leaning left": (lambda z: -skewed(z), "sign of x1 and x2"),
        },
    ),
    "student": Law(
        student,
        {"by quotient": lambda z: student(z[:, ::-1] * [-1, 1])},
        {
            "gaussian": (lambda z: z, "wrong tail"),
            "cauchy": (lambda z: np.tan(np.pi * (ndtr(z) - 0.5)), "wrong tail"),
        },
    ),
    "spherical student": Law(
        spherical_student,
        {"angles doubled": lambda z: spherical_student(_angles_doubled(z))},
        {"independent": (student, None)},
    ),
    "scales apart": Law(
        lambda z: z * [1e-9, 1e6] + [0.0, 1e6],
        {"negated": lambda z: z * [1e-9, -1e6] + [0.0, 1e6]},
        {
            "one scale": (lambda z: z * [1.1e-9, 1e6] + [0.0, 1e6], "scale"),
            "not shifted": (lambda z: z * [1e-9, 1e6], "shift"),
        },
    ),
    "random net": Law(_net, {}, {}),
    "exponential": Law(
        exponential,
        {"other end": lambda z: -np.log(uniform(z))},
        {
            "rate": (lambda z: 0.9 * exponential(z), "scale"),
            "half normal": (lambda z: 1.0 * np.abs(z), None),
            "both signs": (lambda z: np.sign(z) * exponential(np.abs(z)), "extra mode"),
        },
    ),
    "atom and gaussian": Law(
        atom_and_gaussian,
        {"mirrored": lambda z: atom_and_gaussian(z * [1, -1])},
        {
            "lighter": (lambda z: atom_and_gaussian(z, 0.28), None),
            "no atom": (lambda z: z, None),
            "moved": (lambda z: atom_and_gaussian(z) + 0.3, "shift"),
            "wider": (lambda z: 1.2 * atom_and_gaussian(z), "scale"),
        },
    ),
    "dice": Law(
        dice,
        {"seven minus": lambda z: 7 - dice(z)},
        {
            "from zero": (lambda z: dice(z) - 1, "shift"),
            "not rounded": (lambda z: 6 * uniform(z) + 0.5, None),
            "seven faces": (lambda z: dice(z, 7.0), None),
            "loaded": (lambda z: dice(z + 0.1), None),
        },
    ),
}


def _angles_doubled(z: Array) -> Array:
    length, angle = np.hypot(*z.T), 2 * np.arctan2(z[:, 1], z[:, 0])
    return pair(length * np.cos(angle), length * np.sin(angle))
