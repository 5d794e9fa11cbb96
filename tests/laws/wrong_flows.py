"""What students get wrong about inverses, determinants, densities and coupling layers, labelled."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tests.laws.flows import PLANE, Flow, Map, Number, Vector, fixed_point, log_normal

_A = np.array([[1.0, 1.0], [-0.5, 2.0]])
_C = np.array([[1.0, 1.0], [0.0, 2.0]])
_B = np.array([1.0, -2.0])
_V = np.array([[0.5, -0.2], [0.3, 0.4]])

#: What a student's function returns of a flow at a point.
Wrong = Callable[[Flow, Vector], float]


@dataclass(frozen=True, slots=True)
class WrongPair:
    """A pair that does not undo each other on 1 % of the mass or more."""

    name: str
    f: Map
    f_inv: Map
    #: The mistake that the report names, or None.
    mistake: str | None


def _sinh(z: Vector) -> Vector:
    return np.array([np.sinh(z[0]), z[1] + z[0] ** 2])


def _sinh_inv(x: Vector) -> Vector:
    first = np.arcsinh(x[0])
    return np.array([first, x[1] - first**2])


def _where(condition: Callable[[Vector], bool], right: Map, wrong: Map) -> Map:
    return lambda x: right(x) if condition(x) else wrong(x)


def _fails(x: Vector) -> Vector:
    raise ValueError("no inverse here")


def _residual(z: Vector) -> Vector:
    return np.asarray(z + _V @ np.tanh(z))


#: To eight digits one-to-one, and the inverse of one with another last entry.
_NEARLY = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-8]])
_OTHER = np.linalg.inv(np.array([[1.0, 1.0], [1.0, 1.0 + 2e-8]]))

WRONG_PAIRS = (
    WrongPair("shift kept", lambda z: z + _B, lambda x: x, "identity"),
    WrongPair("shift of the wrong sign", lambda z: z + _B, lambda x: x + _B, "same as f"),
    WrongPair("shift subtracted last", lambda z: 2 * z + _B, lambda x: x / 2 - _B, "shift"),
    WrongPair("scale forgotten", lambda z: 2 * z + _B, lambda x: x - _B, "scale"),
    WrongPair("scale off by 0.001", lambda z: 2 * z, lambda x: x / 2.002, "scale"),
    WrongPair("shift off by 0.00001", lambda z: z + _B, lambda x: x - _B - 1e-5, "shift"),
    WrongPair("transposed", lambda z: _C @ z, lambda x: _C.T @ x, None),
    WrongPair("another matrix of condition 1e8", lambda z: _NEARLY @ z, lambda x: _OTHER @ x, None),
    WrongPair("order not reversed", _sinh, lambda x: _sinh_inv(_A @ x), None),
    WrongPair(
        "bend of the wrong coordinate",
        _sinh,
        lambda x: np.array([np.arcsinh(x[0]), x[1] - x[0] ** 2]),
        None,
    ),
    WrongPair(
        "right for z[0] > 0 only",
        _sinh,
        _where(lambda x: bool(x[0] > 0), _sinh_inv, lambda x: [*_sinh_inv(x), 0.0, 1.0]),
        "half",
    ),
    WrongPair(
        "no value for z[1] < 0",
        lambda z: z**3,
        lambda x: np.array([np.cbrt(x[0]), math.nan if x[1] < 0 else np.cbrt(x[1])]),
        "half",
    ),
    WrongPair(
        "raises beyond 2", _sinh, _where(lambda x: bool(abs(x[1]) < 2), _sinh_inv, _fails), "part"
    ),
    WrongPair(
        "wrong on 2 % of the mass",
        _sinh,
        _where(lambda x: bool(np.arcsinh(x[0]) < 2.054), _sinh_inv, lambda x: _sinh_inv(x) + 0.1),
        "part",
    ),
    WrongPair(
        "scaled in the tail",
        lambda z: 2 * z + 1,
        _where(lambda x: bool(x[0] > -3.6), lambda x: (x - 1) / 2, lambda x: 0.55 * (x - 1)),
        "part",
    ),
    WrongPair(
        "wavering",
        lambda z: 2 * z + 1,
        lambda x: (x - 1) / 2 * (1 + 1e-5 * np.sin(1e3 * x[0])),
        "inaccurate",
    ),
    WrongPair("lost sign", lambda z: z**3, lambda x: np.abs(np.cbrt(x)), "lost sign"),
    WrongPair("swapped", lambda z: 2 * z, lambda x: x[::-1] / 2, "swapped axes"),
    WrongPair("squares", lambda z: z**2, np.sqrt, "other preimage"),
    WrongPair("folded", np.abs, lambda x: x, "other preimage"),
    WrongPair("five iterations", _residual, fixed_point(_residual, 5), "inaccurate"),
    WrongPair("single iteration", _residual, fixed_point(_residual, 1), None),
    WrongPair(
        "table of values",
        np.tanh,
        lambda x: np.interp(x, np.tanh(np.linspace(-4, 4, 401)), np.linspace(-4, 4, 401)),
        "inaccurate",
    ),
)

#: f flattens out so far that float64 can not tell its inputs apart: nothing can be said.
UNDECIDED_PAIRS: tuple[tuple[str, Map, Map], ...] = (
    ("tanh of 20 z", lambda z: np.tanh(20 * z), lambda x: np.arctanh(x) / 20),
    ("saturated exp", lambda z: np.exp(-np.exp(4 * z)), lambda x: np.log(-np.log(x)) / 4),
    ("constant", lambda z: np.ones(2), lambda x: np.zeros(2)),
)

#: A wrong log_det of a flow with det J of both signs or neither 0 nor 1; what it is called.
WRONG_LOG_DETS: tuple[tuple[str, Wrong], ...] = (
    ("zero", lambda flow, z: 0.0),
    ("sign", lambda flow, z: -flow.log_det(z)),
    ("no log", lambda flow, z: math.exp(flow.log_det(z))),
    ("other base", lambda flow, z: flow.log_det(z) / math.log(10)),
    ("other base", lambda flow, z: flow.log_det(z) / math.log(2)),
    ("offset", lambda flow, z: flow.log_det(z) + 0.01),
    ("factor", lambda flow, z: flow.log_det(z) / 2),
)

#: A wrong log_prob of a flow at x, and what it is called.
WRONG_LOG_PROBS: tuple[tuple[str, Wrong], ...] = (
    ("no log det", lambda flow, x: log_normal(np.asarray(flow.f_inv(x)))),
    ("sign", lambda flow, x: log_normal(_z(flow, x)) + flow.log_det(_z(flow, x))),
    ("sign", lambda flow, x: -flow.log_prob(x)),
    ("log det at x", lambda flow, x: log_normal(_z(flow, x)) - flow.log_det(x)),
    ("base at x", lambda flow, x: log_normal(x) - flow.log_det(_z(flow, x))),
    ("untransformed", lambda flow, x: log_normal(x)),
    ("no constant", lambda flow, x: flow.log_prob(x) + flow.dimension / 2 * math.log(2 * math.pi)),
    (
        "constant once",
        lambda flow, x: flow.log_prob(x) + (flow.dimension - 1) / 2 * math.log(2 * math.pi),
    ),
    ("no half", lambda flow, x: flow.log_prob(x) - float(_z(flow, x) @ _z(flow, x)) / 2),
    ("no log", lambda flow, x: math.exp(flow.log_prob(x))),
    ("other base", lambda flow, x: flow.log_prob(x) / math.log(10)),
    (
        "det without log",
        lambda flow, x: log_normal(_z(flow, x)) - math.exp(flow.log_det(_z(flow, x))),
    ),
    ("offset", lambda flow, x: flow.log_prob(x) + 0.3),
)


def _z(flow: Flow, x: Vector) -> Vector:
    return np.asarray(flow.f_inv(x), dtype=np.float64)


def naming(part: object) -> str:
    """What pytest calls a case of a mistake and what makes it."""
    return part if isinstance(part, str) else ""


def named(name: str) -> Flow:
    """The flow of the plane of this name."""
    return next(flow for flow in PLANE if flow.name == name)


#: Maps that are no affine coupling layer: name, f, and the mistake that the report names.
NO_LAYERS: tuple[tuple[str, Map, str], ...] = (
    ("identity", lambda z: z, "identity"),
    ("both change", lambda z: np.array([z[0] + z[1], z[1] * np.exp(z[0])]), "nothing passes"),
    ("scaled only", lambda z: 2 * z, "nothing passes"),
    ("exchanged", lambda z: np.array([z[1] * np.exp(z[0]) + z[0], z[0]]), "permuted"),
    ("additive", lambda z: np.array([z[0], z[1] + z[0] ** 2]), "additive"),
    ("constant", lambda z: np.array([z[0], 2 * z[1] + 1]), "uncoupled"),
    ("no shift", lambda z: np.array([z[0], z[1] * np.exp(z[0]) + 1]), "no shift"),
    (
        "scale of both signs",
        lambda z: np.array([z[0], z[1] * np.sin(z[0]) + z[0]]),
        "zero scale",
    ),
    (
        "scale of itself",
        lambda z: np.array([z[0], z[1] * np.exp(np.tanh(z[1])) + z[0]]),
        "not affine",
    ),
    ("shift of itself", lambda z: np.array([z[0], z[1] * np.exp(z[0]) + z[1] ** 2]), "not affine"),
    ("a cube", lambda z: np.array([z[0], z[1] ** 3 * np.exp(z[0]) + z[0]]), "not affine"),
    ("no value", lambda z: np.array([z[0], z[1] * np.log(z[0]) + z[0]]), "not finite"),
)

#: Affine coupling layers as students write them.
LAYERS: tuple[tuple[str, Map], ...] = (
    ("second decides", lambda z: np.array([z[0] * np.exp(z[1]) + np.sin(z[1]), z[1]])),
    ("logistic scale", lambda z: np.array([z[0], z[1] / (1 + np.exp(-z[0])) + 5 * z[0]])),
    ("negative scale", lambda z: np.array([z[0], -z[1] * (1 + z[0] ** 2) + z[0]])),
    ("relu net", lambda z: np.array([z[0], z[1] * np.exp(max(z[0], 0.0)) + max(-z[0], 0.0)])),
    (
        "float32",
        lambda z: np.array([z[0], z[1] * np.exp(np.tanh(z[0])) + z[0] ** 2], dtype=np.float32),
    ),
)

#: Densities of the plane that integrate to one and are hard to integrate: samples and log-density.
HARD_DENSITIES: tuple[tuple[str, Map, Number], ...] = (
    (
        "three narrow modes",
        lambda z: (
            0.05 * z + np.array([[-4.0, 0.0], [4.0, 0.0], [0.0, 5.0]])[int(abs(z[0] * 1e4)) % 3]
        ),
        lambda x: float(
            np.logaddexp.reduce(
                [
                    log_normal((x - np.array(c)) / 0.05) - 2 * math.log(0.05) - math.log(3)
                    for c in ((-4.0, 0.0), (4.0, 0.0), (0.0, 5.0))
                ]
            )
        ),
    ),
    (
        "a mode a thousand times narrower than the other",
        lambda z: 1e-3 * z + 2 if int(abs(z[0] * 1e4)) % 2 else z,
        lambda x: float(
            np.logaddexp(log_normal(x), log_normal((x - 2) / 1e-3) - 2 * math.log(1e-3))
            - math.log(2)
        ),
    ),
    (
        "a thin bent ridge",
        lambda z: np.array([3 * z[0], 0.01 * z[1] + np.sin(3 * z[0])]),
        lambda x: log_normal(np.array([x[0] / 3, (x[1] - np.sin(x[0])) / 0.01])) - math.log(0.03),
    ),
    (
        "a square",
        lambda z: np.array([math.erf(z[0]), math.erf(z[1])]),
        lambda x: -math.log(4) if np.abs(x).max() < 1 else -math.inf,
    ),
    (
        "a disc",
        lambda z: z / np.hypot(*z) * math.sqrt(-math.expm1(-(z @ z) / 2)),
        lambda x: -math.log(math.pi) if x @ x < 1 else -math.inf,
    ),
    (
        "a thin ring",
        lambda z: z / np.hypot(*z) * (1 + 0.01 * ndtri(-math.expm1(-(z @ z) / 2))),
        lambda x: (
            -(((np.hypot(*x) - 1) / 0.01) ** 2) / 2
            - math.log(0.01 * math.sqrt(2 * math.pi) * 2 * math.pi)
        ),
    ),
    (
        "heavy tails",
        lambda z: np.sign(z) * np.expm1(np.abs(z) ** 2) ** 1.2,
        lambda x: (
            float(np.log(0.25 * 0.8 / (1 + np.abs(x)) ** 1.8).sum()) + math.log(4) - math.log(1)
        ),
    ),
)
