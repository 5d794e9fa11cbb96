"""Flows with all that can be asked of them: inverse, log |det J|, log-density; right by formula.

Each is plain code as a student writes it, for one point. Where a flow has log-density and base,
p(f(z)) |det J| = N(z; 0, I) by the change of variables.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Vector = NDArray[np.float64]
Map = Callable[[Vector], NDArray[np.floating]]
Number = Callable[[Vector], float]


@dataclass(frozen=True, slots=True)
class Flow:
    """A transformation of points of `dimension` numbers with its inverse and volume."""

    name: str
    f: Map
    f_inv: Map
    #: log |det J| of f at z.
    log_det: Number
    dimension: int = 2

    def log_prob(self, x: Vector) -> float:
        """The log-density of f(z) at x."""
        z = np.asarray(self.f_inv(x), dtype=np.float64)
        return log_normal(z) - float(self.log_det(z))


def log_normal(z: Vector) -> float:
    """The log-density of N(0, I)."""
    return float(-(z @ z) / 2 - len(z) * math.log(2 * math.pi) / 2)


_A = np.array([[1.0, 1.0], [-0.5, 2.0]])
_W = np.array([[1.3, -0.7], [0.4, 1.1]])
_V = np.array([[0.5, -0.2], [0.3, 0.4]])


def _newton(f: Map, jacobian: Callable[[Vector], Vector], steps: int) -> Map:
    def inverse(x: Vector) -> Vector:
        z = x.copy()
        for _ in range(steps):
            z = z - np.linalg.solve(jacobian(z), f(z) - x)
        return z

    return inverse


def fixed_point(f: Map, steps: int) -> Map:
    """The inverse of an f with f(z) − z a contraction, by so many steps z ← z − (f(z) − x)."""

    def inverse(x: Vector) -> Vector:
        z = x.copy()
        for _ in range(steps):
            z = z - (f(z) - x)
        return z

    return inverse


def _residual(z: Vector) -> Vector:
    return np.asarray(z + _V @ np.tanh(_W @ z))


def _residual_jacobian(z: Vector) -> Vector:
    slope = 1 - np.tanh(_W @ z) ** 2
    return np.asarray(np.eye(2) + _V @ (slope[:, None] * _W))


def _residual_log_det(z: Vector) -> float:
    return float(np.linalg.slogdet(_residual_jacobian(z))[1])


def _turn(angle: float) -> Vector:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _elementwise(
    name: str,
    g: Callable[[Vector], Vector],
    g_inv: Callable[[Vector], Vector],
    slope: Callable[[Vector], Vector],
    dimension: int = 2,
) -> Flow:
    def log_det(z: Vector) -> float:
        with np.errstate(all="ignore"):
            return float(np.log(np.abs(slope(z))).sum())

    return Flow(name, g, g_inv, log_det, dimension)


def _coupling(name: str, s: Callable[[float], float], t: Callable[[float], float]) -> Flow:
    return Flow(
        name,
        lambda z: np.array([z[0], z[1] * np.exp(s(z[0])) + t(z[0])]),
        lambda x: np.array([x[0], (x[1] - t(x[0])) * np.exp(-s(x[0]))]),
        lambda z: float(s(z[0])),
    )


def _single(x: Vector) -> NDArray[np.float32]:
    return np.asarray(x, dtype=np.float32)


def _leaky(x: Vector) -> Vector:
    return np.where(x > 0, x, 0.2 * x)


#: Flows of the plane, all of them one-to-one.
PLANE = (
    Flow(
        "affine",
        lambda z: _A @ z + np.array([1.0, -2.0]),
        lambda x: np.linalg.solve(_A, x - np.array([1.0, -2.0])),
        lambda z: math.log(2.5),
    ),
    Flow(
        "reflection",
        lambda z: np.array([3 * z[1], z[0]]),
        lambda x: np.array([x[1], x[0] / 3]),
        lambda z: math.log(3),
    ),
    _elementwise("sinh", np.sinh, np.arcsinh, np.cosh),
    _elementwise("exp", np.exp, np.log, np.exp),
    _elementwise(
        "steep exp", lambda z: np.exp(5 * z), lambda x: np.log(x) / 5, lambda z: 5 * np.exp(5 * z)
    ),
    _elementwise("tanh", np.tanh, np.arctanh, lambda z: 1 - np.tanh(z) ** 2),
    _elementwise(
        "softplus",
        lambda z: np.log1p(np.exp(z)),
        lambda x: np.log(np.expm1(x)),
        lambda z: 1 / (1 + np.exp(-z)),
    ),
    _elementwise("normal cdf", ndtr, ndtri, lambda z: np.exp(-z * z / 2) / np.sqrt(2 * np.pi)),
    _elementwise("cube", lambda z: z**3, np.cbrt, lambda z: 3 * z**2),
    _elementwise(
        "leaky relu",
        _leaky,
        lambda x: np.where(x > 0, x, 5 * x),
        lambda z: np.where(z > 0, 1.0, 0.2),
    ),
    _elementwise(
        "cauchy",
        lambda z: np.tan(np.pi * (ndtr(z) - 0.5)),
        lambda x: ndtri(0.5 + np.arctan(x) / np.pi),
        lambda z: (
            np.pi * np.exp(-z * z / 2) / np.sqrt(2 * np.pi) / np.cos(np.pi * (ndtr(z) - 0.5)) ** 2
        ),
    ),
    _elementwise("small", lambda z: 1e-9 * z, lambda x: 1e9 * x, lambda z: np.full(2, 1e-9)),
    _elementwise("large", lambda z: 1e9 * z, lambda x: 1e-9 * x, lambda z: np.full(2, 1e9)),
    _elementwise(
        "small and shifted",
        lambda z: 5 + 1e-6 * z,
        lambda x: (x - 5) * 1e6,
        lambda z: np.full(2, 1e-6),
    ),
    _elementwise("jump", lambda z: z + np.sign(z), lambda x: x - np.sign(x), np.ones_like),
    _coupling("coupling", lambda a: float(np.tanh(a)), lambda a: float(np.sin(2 * a))),
    _coupling("strong coupling", lambda a: float(3 * np.tanh(2 * a)), lambda a: 10 * a),
    Flow(
        "henon",
        lambda z: np.array([1 - 1.4 * z[0] ** 2 + z[1], 0.3 * z[0]]),
        lambda x: np.array([x[1] / 0.3, x[0] - 1 + 1.4 * (x[1] / 0.3) ** 2]),
        lambda z: math.log(0.3),
    ),
    Flow(
        "swirl",
        lambda z: _turn(2 * np.hypot(z[0], z[1])) @ z,
        lambda x: _turn(-2 * np.hypot(x[0], x[1])) @ x,
        lambda z: 0.0,
    ),
    Flow("residual net", _residual, _newton(_residual, _residual_jacobian, 8), _residual_log_det),
    Flow("contraction", _residual, fixed_point(_residual, 80), _residual_log_det),
    Flow(
        "float32",
        lambda z: _single(np.array([2 * z[0], z[1] + z[0] ** 2])),
        lambda x: _single(np.array([x[0] / 2, x[1] - (x[0] / 2) ** 2])),
        lambda z: float(np.float32(math.log(2))),
    ),
)


def coupling_in(dimension: int, hidden: int = 16, seed: int = 0) -> Flow:
    """An affine coupling layer over two halves, with a small net."""
    half = dimension // 2
    rng = np.random.default_rng(seed)
    first = rng.standard_normal((hidden, half)) / np.sqrt(half)
    second = rng.standard_normal((2 * half, hidden)) / 8

    def net(a: Vector) -> tuple[Vector, Vector]:
        out = second @ np.tanh(first @ a)
        return np.tanh(out[:half]), out[half:]

    def f(z: Vector) -> Vector:
        s, t = net(z[:half])
        return np.concatenate([z[:half], z[half:] * np.exp(s) + t])

    def f_inv(x: Vector) -> Vector:
        s, t = net(x[:half])
        return np.concatenate([x[:half], (x[half:] - t) * np.exp(-s)])

    return Flow(
        f"coupling in {dimension}", f, f_inv, lambda z: float(net(z[:half])[0].sum()), dimension
    )


def autoregressive_in(dimension: int, seed: int = 0) -> Flow:
    """x_i = z_i exp(s_i) + t_i with s and t from the coordinates before it, in a random order."""
    order = np.random.default_rng(seed).permutation(dimension)

    def before(z: Vector) -> Vector:
        """For each coordinate the sum of those before it."""
        sums = np.empty(dimension)
        sums[order] = np.cumsum(z[order]) - z[order]
        return np.asarray(sums / np.sqrt(dimension))

    def f(z: Vector) -> Vector:
        t = before(z)
        return np.asarray(z * np.exp(np.tanh(t)) + 2 * t)

    def f_inv(x: Vector) -> Vector:
        z, total = np.zeros(dimension), 0.0
        for i in order:
            t = total / np.sqrt(dimension)
            z[i] = (x[i] - 2 * t) * np.exp(-np.tanh(t))
            total += z[i]
        return z

    def log_det(z: Vector) -> float:
        return float(np.tanh(before(z)).sum())

    return Flow(f"autoregressive in {dimension}", f, f_inv, log_det, dimension)


def residual_in(dimension: int, seed: int = 0) -> Flow:
    """z + V tanh(W z): its Jacobian has no structure."""
    rng = np.random.default_rng(seed)
    w = rng.standard_normal((8, dimension)) / np.sqrt(dimension)
    v = 0.2 * rng.standard_normal((dimension, 8)) / np.sqrt(8)

    def f(z: Vector) -> Vector:
        return np.asarray(z + v @ np.tanh(w @ z))

    def log_det(z: Vector) -> float:
        slope = 1 - np.tanh(w @ z) ** 2
        # det(I + V S W) = det(I + S W V)
        return float(np.linalg.slogdet(np.eye(8) + slope[:, None] * (w @ v))[1])

    return Flow(f"residual in {dimension}", f, fixed_point(f, 40), log_det, dimension)


def elementwise_in(dimension: int) -> Flow:
    """sinh of each coordinate."""
    return _elementwise(f"sinh in {dimension}", np.sinh, np.arcsinh, np.cosh, dimension)


#: Flows in more dimensions, some of them small enough for the whole Jacobian.
HIGHER = (
    coupling_in(4),
    coupling_in(100),
    autoregressive_in(16),
    autoregressive_in(80),
    residual_in(3),
    residual_in(64),
    residual_in(70),
    elementwise_in(5),
    elementwise_in(300),
)
