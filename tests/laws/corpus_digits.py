"""More labelled functions: scales, formats of numbers, rounding, saturation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import expit, ndtr, ndtri

from tests.laws.labels import BEYOND, COARSE, NO, YES, Array, Case, M, Map, turn


def short(f: Map) -> Map:
    """f in float32 from the input on."""
    return lambda z: f(z.astype(np.float32))


def half(f: Map) -> Map:
    """The result of f in float16."""
    return lambda z: np.asarray(f(z)).astype(np.float16)


_M32 = M.astype(np.float32)


def yes() -> Iterator[Case]:
    """One-to-one, and float64 can tell (or float32, in whose digits they are written)."""
    yield "scales 1e12 and 1e-12", lambda z: z * [1e12, 1e-12], YES, "linear"
    yield "scales 1e-12 and 1e12", lambda z: z[::-1] * [1e-12, 1e12], YES, "linear"
    yield "cubes at 1e-12 and 1e12", lambda z: z**3 * [1e-12, 1e12], YES, "odd powers"
    yield "waves at 1e-12 and 1e12", lambda z: (z + 0.9 * np.sin(z)) * [1e-12, 1e12], YES, "rising"
    yield "swirl at 1e9", lambda z: 1e9 * (turn(z @ z) @ z) + 3e9, YES, "turns circles"
    yield "condition 1e6", lambda z: turn(0.3) @ (turn(1) @ z * [1e3, 1e-3]), YES, "linear"
    yield "condition 1e8", lambda z: turn(0.3) @ (turn(1) @ z * [1e4, 1e-4]), YES, "linear"
    yield "offset 1e9", lambda z: z + 1e9, YES, "steps of 1e-7"
    yield "offset, small scale", lambda z: 1 + 1e-6 * (M @ z), YES, "steps of 1e-10"
    yield "1e-200", lambda z: 1e-200 * (M @ z), YES, "linear"
    yield "1e200 cubes", lambda z: 1e200 * z**3, YES, "odd powers"
    yield "float32 matrix", short(lambda z: _M32 @ z + np.float32(1)), YES, "linear, rounded"
    yield "float32 cube", short(lambda z: z**3 + z), YES, "rising, rounded"
    yield "float32 swirl", short(lambda z: turn(z @ z).astype(np.float32) @ z), YES, "turns circles"
    yield "float32 exp", short(lambda z: np.exp(z)), YES, "rising, rounded"
    yield "float32 waves", short(lambda z: z + np.float32(0.9) * np.sin(z)), YES, "rising, rounded"
    yield "float32 shear", short(lambda z: np.array([z[0], z[1] + z[0] ** 2])), YES, "triangular"
    yield "float32 at the end", lambda z: (M @ (z + 0.5 * np.sin(z))).astype(np.float32), YES, "M"
    yield "normal distribution", lambda z: ndtr(z), YES, "rising"
    yield "normal distribution mixed", lambda z: ndtr(M @ z), YES, "rising after a linear map"
    yield "logistic quantile", lambda z: np.log(ndtr(z) / ndtr(-z)), YES, "rising"
    yield "there and back", lambda z: ndtri(ndtr(z)), YES, "z but for rounding"
    yield "mixed distribution", lambda z: M @ ndtr(z), YES, "rising, then linear"
    yield "list of floats", lambda z: [float(z[0]) + 1, float(z[1]) * 2], YES, "linear"
    yield "decimals kept", lambda z: np.round(z, 13) * 2, YES, "rounded to what float64 keeps"


def no() -> Iterator[Case]:
    """Not one-to-one, whatever the scale or the format."""
    even, flat = "even", "flat cells"
    yield "squares at 1e-12 and 1e12", lambda z: z**2 * [1e-12, 1e12], NO, even
    yield "square at 1e-12", lambda z: np.array([1e12 * z[0], 1e-12 * z[1] ** 2]), NO, even
    yield "waves over at 1e12", lambda z: (z + 1.2 * np.sin(z)) * [1e-12, 1e12], NO, "slope -0.2"
    yield "1e-200 abs", lambda z: 1e-200 * np.abs(M @ z), NO, even
    yield "1e9 plus abs", lambda z: 1e9 + np.abs(z), NO, even
    yield "float32 abs", short(lambda z: np.abs(_M32 @ z)), NO, even
    yield "float32 waves over", short(lambda z: z + np.float32(1.3) * np.sin(z)), NO, "slope -0.3"
    yield "float32 floor", short(lambda z: np.floor(2 * z)), NO, flat
    yield "float16 square", half(lambda z: z**2), NO, even
    yield "whole numbers", lambda z: np.round(10 * z).astype(int), NO, flat
    yield "whole numbers of thousands", lambda z: (300 * (M @ z)).astype(np.int64), NO, flat
    for digits in range(3):
        yield f"rounded to {digits}", lambda z, k=digits: np.round(M @ z, k), NO, flat  # type: ignore[misc]
    yield "rounded after exp", lambda z: np.round(np.exp(z), 1), NO, flat
    yield "one rounded", lambda z: np.array([z[0], np.round(z[1], 1)]), NO, "flat across"
    yield "true or false", lambda z: z > 0, NO, "four values"
    yield "radius falls again", lambda z: z * np.exp(-2 * (z @ z)), NO, "two radii"
    yield "float32 constant", short(lambda z: 0 * z + np.float32(0.1)), NO, "one value"


def coarse() -> Iterator[Case]:
    """Rounded coarsely: must not be called invertible."""
    for digits in (3, 4, 5, 6):
        yield f"rounded to {digits}", lambda z, k=digits: np.round(M @ z, k), COARSE, "flat cells"  # type: ignore[misc]
    yield "rounded in one to 6", lambda z: np.array([z[0], np.round(z[1], 6)]), COARSE, "flat"
    yield "rounded to 5 and mixed", lambda z: M @ np.round(z, 5), COARSE, "flat cells"
    yield "rounded before sinh", lambda z: np.sinh(np.round(z, 4)), COARSE, "flat cells"
    yield "float16", half(lambda z: 2 * z + 1), COARSE, "eleven bits"
    yield "float16 mixed", half(lambda z: M @ z), COARSE, "eleven bits"
    yield "float16 exp", half(np.exp), COARSE, "eleven bits"
    yield "float16 inside", lambda z: M @ z.astype(np.float16).astype(float), COARSE, "eleven bits"
    yield "float32 far off", short(lambda z: z + np.float32(1e6)), COARSE, "steps of 1/16"
    yield "far off", lambda z: z + 1e15, COARSE, "steps of 1/8"
    yield "grid of a millionth", lambda z: np.floor(1e6 * z), COARSE, "flat cells"


def beyond() -> Iterator[Case]:
    """One-to-one as mathematics, but float64 has no digits for a part of it."""
    digits = "equal in float64 though not as real numbers"
    yield "offset 1e12", lambda z: z + 1e12, BEYOND, "steps of 1e-4"
    yield "one plus 1e-12", lambda z: 1 + 1e-12 * z, BEYOND, "steps of 1e-4"
    yield "scales mixed", lambda z: np.array([[1, 1], [1, -1]]) @ (z * [1e6, 1e-6]), BEYOND, digits
    yield "normal 2z", lambda z: ndtr(2 * z), BEYOND, digits
    yield "normal 5z", lambda z: ndtr(5 * z), BEYOND, digits
    yield "expit 12z", lambda z: expit(12 * (M @ z)), BEYOND, digits
    yield "float32 normal", short(lambda z: ndtr(3 * z)), BEYOND, digits
    yield "exp 9z mixed", lambda z: M @ np.exp(9 * z), BEYOND, "the smaller drowns"
    yield "tanh twice", lambda z: np.tanh(3 * np.tanh(3 * z)), BEYOND, "nearly flat"
    yield "seventh powers mixed", lambda z: M @ z**7, BEYOND, "nearly flat around zero"
    yield "thirteenth powers", lambda z: z**13, BEYOND, "nearly flat around zero"
    yield "henon four times", _henon_four, BEYOND, "slopes 1e12 apart"
    yield "rounded to 9", lambda z: np.round(M @ z, 9), BEYOND, "finer than single precision"


def _henon_four(z: Array) -> Array:
    for _ in range(4):
        z = np.array([1 - 1.4 * z[0] ** 2 + z[1], 0.3 * z[0]])
    return z
