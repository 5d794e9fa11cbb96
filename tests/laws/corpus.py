"""Labelled functions of the plane: is f one-to-one on |z| <= 4, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tests.laws import corpus_digits, corpus_nets, corpus_pieces, corpus_smooth
from tests.laws.labels import BEYOND, NO, YES, Array, Case, Labelled, M, Map, of_complex, turn


def net(seed: int, hidden: int, act: Callable[[Array], Array], *, spread: float = 1.0) -> Map:
    """A random net of one hidden layer, as students draw it."""
    rng = np.random.default_rng(seed)
    W1, b1 = spread * rng.normal(size=(hidden, 2)), rng.normal(size=hidden)
    W2, b2 = rng.normal(size=(2, hidden)) / np.sqrt(hidden), rng.normal(size=2)
    return lambda z: W2 @ act(W1 @ z + b1) + b2


def residual(seed: int, bound: float) -> Map:
    """z + g(z) with a g whose slope is below `bound` < 1, so that the sum is one-to-one."""
    rng = np.random.default_rng(seed)
    W1, W2 = rng.normal(size=(8, 2)), rng.normal(size=(2, 8))
    W2 *= bound / (np.linalg.norm(W1, 2) * np.linalg.norm(W2, 2))
    return lambda z: z + W2 @ np.tanh(W1 @ z)


def coupling(seed: int, layers: int) -> Map:
    """Affine coupling layers: each keeps one coordinate and scales and shifts the other."""
    rng = np.random.default_rng(seed)
    draws = rng.normal(size=(layers, 4))

    def f(z: Array) -> Array:
        a, b = z
        for s, k, t, m in draws:
            b = b * np.exp(0.5 * np.tanh(s * a + k)) + t * np.sin(m * a)
            a, b = b, a
        return np.array([a, b])

    return f


def swirl(strength: float) -> Map:
    """Each circle turns by an angle that grows with its radius squared."""
    return lambda z: turn(strength * (z @ z)) @ z


def cut(gap: float) -> Map:
    """The right half plane moved by `gap`: apart where positive, over the left where negative."""
    return lambda z: z + np.array([gap if z[0] > 0 else 0.0, 0.0])


def _yes() -> Iterator[tuple[str, Map, str]]:
    linear = "linear with a determinant that is not zero"
    monotone = "strictly monotone in each coordinate"
    yield "identity", lambda z: z, linear
    yield "affine", lambda z: 2 * z + 1, linear
    yield "matrix", lambda z: M @ z, linear
    yield "reflection", lambda z: z * np.array([1.0, -1.0]), linear
    yield "swap", lambda z: z[::-1], linear
    yield "nearly singular", lambda z: np.array([z[0], z[0] + 1e-3 * z[1]]), linear
    yield "scale 1e-12", lambda z: 1e-12 * z, linear
    yield "scale 1e12", lambda z: 1e12 * z, linear
    yield "scale 1e-12 mixed", lambda z: 1e-12 * (M @ z), linear
    yield "scales apart", lambda z: z * np.array([1e-6, 1e6]), linear
    yield "offset 1e6", lambda z: z + 1e6, linear
    yield "exp", np.exp, monotone
    yield "exp 2z", lambda z: np.exp(2 * z), monotone
    yield "exp mixed", lambda z: np.exp(M @ z), "monotone after a linear map"
    yield "tanh", np.tanh, monotone
    yield "tanh mixed", lambda z: np.tanh(0.3 * M @ z), "monotone after a linear map"
    yield "sinh", np.sinh, monotone
    yield "arctan", np.arctan, monotone
    yield "sigmoid", lambda z: 1 / (1 + np.exp(-z)), monotone
    yield "softplus", lambda z: np.log1p(np.exp(z)), monotone
    yield "cubes", lambda z: z**3, "odd powers are strictly monotone"
    yield "cubes mixed", lambda z: M @ z**3, "a linear map of odd powers"
    yield "fifth powers", lambda z: z**5, "odd powers are strictly monotone"
    yield "cube of one", lambda z: np.array([z[0] ** 3, z[1]]), "odd powers are strictly monotone"
    yield "cube plus z", lambda z: z**3 + z, monotone
    yield "cube roots", np.cbrt, "odd roots are strictly monotone"
    yield "signed square", lambda z: z * np.abs(z), monotone
    yield "leaky relu", lambda z: np.where(z > 0, z, 0.1 * z), monotone
    yield "leaky mixed", lambda z: M @ np.where(M @ z > 0, M @ z, 0.2 * (M @ z)), monotone
    yield "elu", lambda z: np.where(z > 0, z, np.expm1(z)), monotone
    yield "sin below", lambda z: z + 0.9 * np.sin(z), "slope 1 + 0.9 cos > 0"
    yield "sin fast below", lambda z: z + 0.18 * np.sin(5 * z), "slope 1 + 0.9 cos > 0"
    yield "sin mixed below", lambda z: M @ (z + 0.8 * np.sin(z)), "slope 1 + 0.8 cos > 0"
    yield "swirl", swirl(0.1), "turns circles within themselves"
    yield "swirl strong", swirl(0.5), "turns circles within themselves"
    yield "shear", lambda z: np.array([z[0], z[1] + z[0] ** 2]), "triangular"
    yield "shear sin", lambda z: np.array([z[0], z[1] + 3 * np.sin(2 * z[0])]), "triangular"
    yield "banana", lambda z: np.array([2 * z[0], z[1] + 0.5 * z[0] ** 2 - 2]), "triangular"
    yield "triangular exp", lambda z: np.array([z[0], z[1] * np.exp(z[0])]), "triangular"
    yield (
        "henon",
        lambda z: np.array([1 - 1.4 * z[0] ** 2 + z[1], 0.3 * z[0]]),
        "its inverse is known",
    )
    yield (
        "henon twice",
        lambda z: (lambda a, b: np.array([1 - 1.4 * a**2 + b, 0.3 * a]))(
            1 - 1.4 * z[0] ** 2 + z[1], 0.3 * z[0]
        ),
        "its inverse is known",
    )
    for seed in range(4):
        yield f"coupling {seed}", coupling(seed, 4), "each layer is invertible"
        yield f"residual {seed}", residual(seed, 0.9), "identity plus a contraction"
    yield "radial", lambda z: z * (1 + z @ z), "monotone in the radius"
    yield "radial squash", lambda z: z / np.sqrt(1 + z @ z), "monotone in the radius"
    yield "inversion", lambda z: (z + 5) / ((z + 5) @ (z + 5)), "inversion about a point outside"
    yield "moebius", of_complex(lambda w: (w - 1) / (w + 6)), "a Moebius map"
    yield "complex square shifted", of_complex(lambda w: (w + 4.5) ** 2), "|arg| < 90 degrees there"
    yield "complex exp narrow", of_complex(lambda w: np.exp(0.7 * w)), "imaginary part below π"
    yield "float32", lambda z: 2 * z.astype(np.float32) + 1, "linear, rounded"
    yield "float32 net", lambda z: np.tanh(z.astype(np.float32)) + z.astype(np.float32), monotone
    yield "cut apart", cut(1.0), "the halves are moved apart"
    yield (
        "half reflected",
        lambda z: np.array([z[0], z[1] if z[0] > 0 else -z[1]]),
        "each half alone",
    )
    yield "fine ripple", lambda z: z + 0.001 * np.sin(500 * z), "slope 1 + 0.5 cos > 0"
    yield "seventh powers", lambda z: z**7, "odd powers are strictly monotone"
    yield from _yes_with_jumps()


def _yes_with_jumps() -> Iterator[tuple[str, Map, str]]:
    apart, onto = "the pieces are moved apart", "each piece is moved onto the place of another"
    yield "cut up", lambda z: z + np.array([0.0, 3.0 if z[0] > 0 else 0.0]), "slides along itself"
    yield "cut slanted", lambda z: z + 1.0 * (z.sum() > 0.1), apart
    yield "cut mixed", lambda z: M @ (z + np.array([1.0, 0.5]) * (z[0] > 0.3)), apart
    yield "signs apart", lambda z: z + np.sign(z), apart
    yield "steps up", lambda z: z + np.floor(z), apart
    yield "fine steps up", lambda z: z + 0.5 * np.floor(200 * z) / 200, apart
    yield "quarters exchanged", lambda z: z * (1.0 if z[0] * z[1] > 0 else -1.0), onto
    yield "outside turned", lambda z: turn(2.0) @ z if z @ z > 1 else z, onto
    yield "half reflected mixed", lambda z: M @ (z if z[0] > 0.2 else z * [1, -1]), onto
    yield "complex root", of_complex(np.sqrt), "the square undoes it"
    yield "complex logarithm", of_complex(np.log), "exp undoes it"
    yield "two modes", lambda z: 0.6 * z + np.array([1.5 * np.sign(z[0]), 0.0]), apart


def _no() -> Iterator[tuple[str, Map, str]]:
    even = "an even function takes each value twice"
    flat = "a region has one image"
    yield "square", lambda z: z**2, even
    yield "square of one", lambda z: np.array([z[0] ** 2, z[1]]), even
    yield "square mixed", lambda z: M @ (M @ z) ** 2, even
    yield "fourth powers", lambda z: z**4, even
    yield "abs", np.abs, even
    yield "abs of one", lambda z: np.array([abs(z[0]), z[1]]), even
    yield "cos", np.cos, even
    yield "sin", np.sin, "periodic"
    yield "sin above", lambda z: z + 1.3 * np.sin(z), "slope 1 + 1.3 cos < 0 somewhere"
    yield "sin just above", lambda z: z + 1.05 * np.sin(z), "slope 1 + 1.05 cos < 0 somewhere"
    yield "sin fast above", lambda z: z + 0.3 * np.sin(5 * z), "slope 1 + 1.5 cos < 0 somewhere"
    yield "shear and fold", lambda z: np.array([z[0] ** 2 + z[1], z[1]]), even
    yield "complex square", of_complex(lambda w: w**2), "w and -w"
    yield "complex cube", of_complex(lambda w: w**3), "three roots"
    yield "complex exp", of_complex(np.exp), "periodic"
    yield "complex exp turned", of_complex(lambda w: np.exp((0.8 + 0.6j) * w)), "periodic"
    yield "complex sine", of_complex(np.sin), "periodic"
    yield "complex square off centre", of_complex(lambda w: (w + 2) ** 2), "w and -4 - w"
    yield "joukowski", of_complex(lambda w: w + 4 / (w + 0.01j)), "w and 4/w"
    yield "ring", lambda z: z / np.hypot(*z), "rays have one image"
    yield "ring thick", lambda z: z / np.hypot(*z) * (3 + 0.1 * np.sin(z @ z)), "radius is folded"
    yield "polar", lambda z: np.array([np.hypot(*z), np.arctan2(z[1], z[0]) ** 2]), "mirror images"
    yield "relu", lambda z: np.maximum(z, 0), flat
    yield "relu mixed", lambda z: M @ np.maximum(M @ z, 0), flat
    yield "relu of one", lambda z: np.array([z[0], max(z[1], 0.0)]), flat
    yield "clip", lambda z: np.clip(z, -1, 1), flat
    yield "clip far", lambda z: np.clip(z, -2.5, 2.5), flat
    yield "clip of a bend", lambda z: np.array([z[0] + z[1] ** 3, max(z[1], 0.5)]), flat
    yield "soft threshold", lambda z: np.sign(z) * np.maximum(abs(z) - 1, 0), flat
    yield "floor", np.floor, flat
    yield "round", lambda z: np.round(z, 1), flat
    yield "sign", np.sign, flat
    yield "projection", lambda z: np.array([z[0], 0.0]), "lines have one image"
    yield "diagonal", lambda z: np.array([z[0], z[0]]), "lines have one image"
    yield "sum", lambda z: np.array([z.sum(), z.sum() ** 2]), "lines have one image"
    yield "circle", lambda z: np.array([np.cos(z[0]), np.sin(z[0])]), "lines have one image"
    yield "rank one bent", lambda z: np.array([z @ z, np.sin(z @ z)]), "circles have one image"
    yield "softmax", lambda z: np.exp(z) / np.exp(z).sum(), "shifts of both have one image"
    yield "constant", lambda z: np.array([1.0, 2.0]), flat
    yield "zero", lambda z: 0.0 * z, flat
    yield "scale 1e-12 square", lambda z: 1e-12 * z**2, even
    yield "scale 1e12 square", lambda z: 1e12 * z**2, even
    yield "float32 relu", lambda z: np.maximum(z.astype(np.float32), 0), flat
    yield "float32 clip", lambda z: np.clip(z.astype(np.float32), -1, 2), flat
    yield "float32 square", lambda z: z.astype(np.float32) ** 2, even
    yield "cut overlapping", cut(-0.5), "a strip is covered twice"
    yield "cut overlapping little", cut(-0.1), "a strip is covered twice"
    yield "cut overlapping by a hair", cut(-0.0025), "a thousandth of the mass is covered twice"
    yield "steps down", lambda z: z - 0.5 * np.floor(z), "strips are covered twice"
    yield "fine steps down", lambda z: z - 0.5 * np.floor(200 * z) / 200, "strips twice"
    yield (
        "outside turned inwards",
        lambda z: 0.99 * turn(2.0) @ z if z @ z > 1 else z,
        "a thin ring",
    )
    yield "ripple above", lambda z: z + 0.003 * np.sin(500 * z), "slope 1 + 1.5 cos < 0 somewhere"
    yield (
        "half turned over",
        lambda z: M @ (z if z[0] > 0.2 else np.array([0.4 - z[0], -z[1]])),
        "both halves have one image",
    )
    yield "sawtooth", lambda z: z - np.round(z), "periodic with jumps"
    yield "half folded", lambda z: np.array([abs(z[0] - 1.5), z[1]]), even
    yield (
        "nan half and square",
        lambda z: np.array([z[0] ** 2, z[1]] if z[1] > 0 else [np.nan, np.nan]),
        even,
    )
    yield (
        "dropped line mixed",
        lambda z: M @ np.array([(M @ z)[0] * (M @ z)[1], (M @ z)[1]]) + 1,
        "a line has one image",
    )
    yield "dropped line cubed", lambda z: np.array([z[0], z[1] * z[0] ** 3]), "a line has one image"
    yield "dropped line", lambda z: np.array([z[0] * z[1], z[1]]), "the line z1 = 0 has one image"
    yield (
        "dropped segment",
        lambda z: np.array([z[0] * (z[1] ** 2 + max(0.0, z[0] ** 2 - 1) ** 2), z[1]]),
        "the segment |z0| <= 1 of z1 = 0 has one image",
    )
    for seed in range(6):
        yield f"tanh net {seed}", net(seed, 16, np.tanh), "folds (found by hand for each seed)"
    for seed in range(3):
        yield f"relu net {seed}", net(seed, 16, lambda h: np.maximum(h, 0)), "folds and flats"
        yield f"sin net {seed}", net(seed, 8, np.sin), "folds"
    yield "max and min", lambda z: np.array([max(z), min(z)]), "swapped inputs"
    yield "sorted", np.sort, "swapped inputs"
    yield "sum and product", lambda z: np.array([z[0] + z[1], z[0] * z[1]]), "swapped inputs"


def _beyond() -> Iterator[tuple[str, Map, str]]:
    digits = "equal in float64 though not as real numbers"
    yield "tanh 10z", lambda z: np.tanh(10 * z), digits
    yield "tanh 30z", lambda z: np.tanh(30 * z), digits
    yield "float32 tanh 5z", lambda z: np.tanh(5 * z.astype(np.float32)), digits
    yield "float32 sigmoid", lambda z: 1 / (1 + np.exp(-8 * z.astype(np.float32))), digits
    yield "sigmoid 20z", lambda z: 1 / (1 + np.exp(-20 * z)), digits
    yield "exp -exp", lambda z: np.exp(-np.exp(2 * z)), digits
    yield "power 15", lambda z: z**15, "nearly flat around zero"
    yield "power 15 mixed", lambda z: M @ z**15, "nearly flat around zero"
    yield "tanh 3z mixed", lambda z: M @ np.tanh(3 * (M @ z)), digits
    yield "nearly dependent", lambda z: np.array([z[0], z[0] + 1e-11 * z[1]]), "the last digits"
    yield "erf-like", lambda z: np.tanh(z**3), digits
    yield "nan half", lambda z: z if z[0] > 0 else np.array([np.nan, 0.0]), "not defined everywhere"
    yield "overflow", lambda z: np.exp(np.exp(np.exp(z))), "inf for a part"
    yield "bump flat", lambda z: z * np.exp(-1 / np.maximum(z @ z, 1e-300)), "flat to every order"


def second_corpus() -> list[Labelled]:
    """Functions that a nasty examiner would think of, written without looking at the judge."""
    parts: list[Iterator[Case]] = [
        corpus_smooth.yes(), corpus_smooth.no(), corpus_smooth.tiny(),
        corpus_pieces.yes(), corpus_pieces.no(), corpus_pieces.tiny(), corpus_pieces.beyond(),
        corpus_nets.yes(), corpus_nets.no(),
        corpus_digits.yes(), corpus_digits.no(), corpus_digits.coarse(), corpus_digits.beyond(),
    ]  # fmt: skip
    return [Labelled(*case) for part in parts for case in part]


def corpus() -> list[Labelled]:
    """The first labelled functions; names are unique."""
    found = [Labelled(name, f, YES, why) for name, f, why in _yes()]
    found += [Labelled(name, f, NO, why) for name, f, why in _no()]
    found += [Labelled(name, f, BEYOND, why) for name, f, why in _beyond()]
    return found


def _piece(rng: np.random.Generator) -> Map:
    """A random map that is one-to-one on the whole plane."""
    A, c = rng.normal(size=(2, 2)) + 1.2 * turn(rng.uniform(0, 6.3)), rng.normal(size=4)
    if abs(np.linalg.det(A)) < 0.3:
        A = turn(c[0])
    pieces: list[Map] = [
        lambda z: A @ z + c[:2],
        lambda z: np.array(
            [z[0], z[1] * np.exp(0.5 * np.tanh(c[0] * z[0])) + c[1] * np.sin(c[2] * z[0])]
        ),
        lambda z: np.array([z[0] + 2 * c[0] * np.tanh(c[1] * z[1]), z[1]]),
        lambda z: turn(0.9 * c[0] * np.tanh(z @ z / 8)) @ z,
        lambda z: np.where(z > 0, z, 0.2 * z),
        np.arcsinh,
        lambda z: z + 0.9 * np.sin(z + c[:2]),
        lambda z: z**3 / 10 + 0.3 * z,
        lambda z: np.array([1 - 0.4 * z[0] ** 2 + z[1], 0.5 * z[0]]),
    ]
    return pieces[rng.integers(len(pieces))]


def one_to_one(seed: int) -> Map:
    """A composition of one to four random one-to-one maps."""
    rng = np.random.default_rng(seed)
    pieces = [_piece(rng) for _ in range(rng.integers(1, 5))]

    def f(z: Array) -> Array:
        for piece in pieces:
            z = piece(z)
        return z

    return f


def folded(seed: int, size: float) -> Map:
    """A map with one fold, of about `size` across, near the middle, then a one-to-one map."""
    rng = np.random.default_rng(seed)
    c, u = 0.6 * rng.normal(size=2), turn(rng.uniform(0, 6.3))
    after = _piece(rng)

    def f(z: Array) -> Array:
        d = u.T @ (z - c)
        return after(z + u @ np.array([-2.2 * d[0] * np.exp(-(d @ d) / size**2), 0.0]))

    return f
