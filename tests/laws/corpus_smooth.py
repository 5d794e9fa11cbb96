"""More labelled functions: continuous ones, of the real and of the complex plane."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.laws.labels import NO, TINY, YES, Array, Case, M, Map, of_complex, turn


def radial(g: Map) -> Map:
    """Each ray keeps its direction, and g says the new radius."""

    def f(z: Array) -> Array:
        r = np.hypot(*z)
        return np.asarray(z * (g(r) / r))

    return f


def henon(a: float, b: float, times: int) -> Map:
    """Hénon's map, iterated."""

    def f(z: Array) -> Array:
        for _ in range(times):
            z = np.array([1 - a * z[0] ** 2 + z[1], b * z[0]])
        return z

    return f


def shear(a: float, b: float, before: float = 0.0, after: float = 0.0) -> Map:
    """z0 moves by a wave of z1, between two rotations."""

    def f(z: Array) -> Array:
        u, v = turn(before) @ z
        return turn(after) @ np.array([u + a * np.sin(b * v), v])

    return f


def band(thick: float, speed: float, climb: float = 0.0) -> Map:
    """z0 runs around a ring or along a spiral, z1 across its band, which is 2·thick wide."""

    def f(z: Array) -> Array:
        r = 5 + climb * z[0] + thick * np.tanh(z[1])
        return np.array([r * np.cos(speed * z[0]), r * np.sin(speed * z[0])])

    return f


def crease(depth: float, width: float, bent: float, angle: float) -> Map:
    """A crease along a sine curve: across it the slope is 1 − depth."""

    def f(z: Array) -> Array:
        u, v = turn(angle) @ z
        return np.array([u, v - depth * width * np.tanh((v - bent * np.sin(2 * u)) / width)])

    return f


def yes() -> Iterator[Case]:
    """One-to-one and continuous."""
    yield "shear 200", shear(3, 200), YES, "triangular"
    yield "shear 50 turned", shear(1, 50, 0.7, 0.4), YES, "triangular between rotations"
    yield "shear small fast", shear(0.05, 200, 1.1, 0.3), YES, "triangular between rotations"
    yield (
        "shears crossed",
        lambda z: shear(1, 6, 1.57, 0)(shear(1, 6, 0.3, 0)(z)),
        YES,
        "two shears",
    )
    yield "shear tall", shear(20, 3, 0.5), YES, "triangular"
    yield "swirl 48", lambda z: turn(3 * (z @ z)) @ z, YES, "turns circles within themselves"
    yield "swirl by radius", lambda z: turn(12 * np.hypot(*z)) @ z, YES, "turns circles"
    yield (
        "swirl off centre",
        lambda z: turn(10 * np.exp(-((z - 1) @ (z - 1)))) @ (z - 1),
        YES,
        "turns circles about (1, 1)",
    )
    yield (
        "swirl of an ellipse",
        lambda z: M @ (turn(2 * z @ z) @ z) + 3,
        YES,
        "a swirl, then a linear map",
    )
    yield "fifth powers mixed", lambda z: M @ z**5, YES, "a linear map of odd powers"
    yield "cubes at 45 degrees", lambda z: turn(np.pi / 4) @ z**3, YES, "odd powers, turned"
    yield "cubes between", lambda z: M @ (M @ z) ** 3, YES, "odd powers between linear maps"
    yield "third and fifth", lambda z: M @ np.array([z[0] ** 3, z[1] ** 5]), YES, "odd powers"
    yield "henon thrice", henon(1.4, 0.3, 3), YES, "its inverse is known"
    yield "henon tame four times", henon(0.2, 0.6, 4), YES, "its inverse is known"
    yield "inversion at zero", lambda z: z / (z @ z), YES, "its own inverse"
    yield "inversion slow", lambda z: z / np.hypot(*z) ** 1.5, YES, "radius to the -1/2"
    yield "radius squared", lambda z: z * np.hypot(*z), YES, "monotone in the radius"
    yield "radius rooted", lambda z: z / np.sqrt(np.hypot(*z)), YES, "monotone in the radius"
    yield "radius logarithmic", radial(np.log1p), YES, "monotone in the radius"
    yield "radius to its maximum", radial(lambda r: np.sin(np.pi / 8 * r)), YES, "rising to r = 4"
    yield "radius short of it", radial(lambda r: np.sin(0.38 * r)), YES, "rising beyond r = 4"
    yield "cube roots mixed", lambda z: M @ np.cbrt(M @ z), YES, "odd roots between linear maps"
    yield "signed roots", lambda z: np.sign(z) * np.sqrt(np.abs(z)), YES, "monotone"
    yield "ninth root", lambda z: np.sign(z) * np.abs(z) ** (1 / 9), YES, "monotone"
    yield "sinh mixed", lambda z: M @ np.sinh(M @ z), YES, "monotone between linear maps"
    yield "exp 3z mixed", lambda z: M @ np.exp(3 * z), YES, "monotone, then linear"
    yield "exp 5z", lambda z: np.exp(5 * z), YES, "monotone"
    yield "tan narrow", lambda z: np.tan(0.39 * z), YES, "4 · 0.39 is below π/2"
    yield "arctan of sinh", lambda z: np.arctan(np.sinh(z)), YES, "monotone"
    yield "z minus tanh", lambda z: z - np.tanh(z), YES, "slope tanh² > 0 but at 0"
    yield "z minus tanh mixed", lambda z: M @ (M @ z - np.tanh(M @ z)), YES, "monotone between"
    yield "cube and a bit", lambda z: M @ (z**3 + 1e-3 * z), YES, "monotone, then linear"
    yield "waves to the limit", lambda z: z + np.sin(z), YES, "slope 1 + cos ≥ 0, zeros alone"
    yield "waves to the limit mixed", lambda z: M @ (z + np.sin(z)), YES, "the same, mixed"
    yield "absolute shear", lambda z: np.array([z[0] + abs(z[1]), z[1]]), YES, "triangular"
    yield "absolute both", lambda z: z + 0.5 * np.abs(z[::-1]), YES, "identity plus a contraction"
    yield "triangular cosh", lambda z: np.array([z[0] * np.cosh(z[1]), z[1]]), YES, "triangular"
    yield "triangular steep", lambda z: np.array([z[0], z[1] * np.exp(2 * z[0])]), YES, "triangular"
    yield "just beside a fold", lambda z: np.array([(z[0] - 4.05) ** 2, z[1]]), YES, "z0 < 4.05"
    yield "ring nearly closed", band(0.5, 0.78), YES, "8 · 0.78 is below 2π"
    yield "spiral not touching", band(0.6, 2.5, 0.5), YES, "turns are 1.26 apart, 1.2 wide"
    yield "slope tiny", crease(0.999, 0.3, 1.0, 0.4), YES, "slope 0.001 along a curve"
    yield (
        "angle stretched",
        of_complex(lambda w: w * np.exp(0.9j * np.sin(np.angle(w)))),
        YES,
        "the angle grows with slope at least 0.1",
    )
    yield from _complex_yes()


def _complex_yes() -> Iterator[Case]:
    inverse = "a right inverse is one-to-one"
    yield "conjugate", of_complex(np.conj), YES, "a reflection"
    yield "conjugate mixed in", of_complex(lambda w: np.conj(w) + 0.3 * w), YES, "linear, det < 0"
    yield "near square", of_complex(lambda w: w + 0.12 * w**2), YES, "w1 + w2 is not -8.3"
    yield "near cube", of_complex(lambda w: w + 0.02 * w**3), YES, "48 · 0.02 is below 1"
    yield "three cusps", of_complex(lambda w: w + 0.12 * np.conj(w) ** 2), YES, "0.96 is below 1"
    yield "starlike", of_complex(lambda w: w * np.exp(0.2 * w)), YES, "Re (w f'/f) = 1 + 0.2 Re w"
    yield "complex sine narrow", of_complex(lambda w: np.sin(0.35 * w)), YES, "|Re| below π/2"
    yield "complex exp just", of_complex(lambda w: np.exp(0.78 * w)), YES, "8 · 0.78 below 2π"
    yield "complex tan narrow", of_complex(lambda w: np.tan(0.35 * w)), YES, "|Re| below π/2"
    yield "Joukowski far", of_complex(lambda w: (w + 6) + 1 / (w + 6)), YES, "outside |w| = 1"
    yield "Moebius with pole", of_complex(lambda w: (w - 1) / (w + 0.5)), YES, "a Möbius map"
    yield "reciprocal", of_complex(lambda w: 1 / w), YES, "a Möbius map"
    yield "Blaschke factor", of_complex(lambda w: (w / 5 - 0.3) / (1 - 0.06 * w)), YES, "Möbius"
    yield "power 0.9", of_complex(lambda w: w**0.9), YES, "its angles stay within ±0.9 π"
    yield "power -0.5", of_complex(lambda w: w**-0.5), YES, "its square is a reciprocal"
    yield "spiral slit", of_complex(lambda w: w ** (0.8 + 0.4j)), YES, "its edges touch, no more"
    yield "complex arcsine", of_complex(np.arcsin), YES, inverse
    yield "complex arctangent", of_complex(np.arctan), YES, inverse
    yield "complex arcosh", of_complex(np.arccosh), YES, inverse


def no() -> Iterator[Case]:
    """Continuous and not one-to-one."""
    yield "z minus more tanh", lambda z: z - 1.1 * np.tanh(z), NO, "slope -0.1 at 0"
    yield "z minus a bit more", lambda z: z - 1.01 * np.tanh(z), NO, "slope -0.01 at 0"
    yield "cube less a bit", lambda z: z**3 - 1e-3 * z, NO, "slope -0.001 at 0"
    yield "cube less a bit mixed", lambda z: M @ (z**3 - 1e-2 * z), NO, "slope -0.01 at 0"
    yield "fifth less third", lambda z: z**5 - 0.1 * z**3, NO, "falls around 0"
    yield "absolute too much", lambda z: z + 1.5 * np.abs(z[::-1]), NO, "both orientations"
    yield "absolute just", lambda z: z + np.abs(z[::-1]), NO, "a quarter goes to a line"
    yield "three cusps folded", of_complex(lambda w: w + 0.3 * np.conj(w) ** 2), NO, "det < 0 far"
    yield "cusps at the rim", of_complex(lambda w: w + 0.14 * np.conj(w) ** 2), NO, "from r = 3.57"
    yield "folding in sight", lambda z: np.array([(z[0] - 3.0) ** 2, z[1]]), NO, "around z0 = 3"
    yield "radius turns back", radial(lambda r: np.sin(0.45 * r)), NO, "falls from r = 3.49"
    yield "radius waves", radial(lambda r: r + 0.3 * np.sin(4 * r)), NO, "slope 1 - 1.2"
    yield "rim folds", radial(lambda r: np.where(r < 3, r, 6 - r)), NO, "r and 6 - r"
    yield "swirl and fold", lambda z: (turn(z @ z) @ z) ** 2, NO, "even"
    yield "shear and absolute", lambda z: np.abs(shear(3, 50)(z)), NO, "even after a shear"
    yield "cosh of one", lambda z: np.array([np.cosh(z[0] + z[1]), z[1]]), NO, "even"
    yield "saddle", lambda z: np.array([z[0] * z[1], z[0] ** 2 - z[1] ** 2]), NO, "even"
    yield "sum and cubes", lambda z: np.array([z.sum(), (z**3).sum()]), NO, "swapped inputs"
    yield "sum and max", lambda z: np.array([z.sum(), z.max()]), NO, "swapped inputs"
    yield "lesser of both", lambda z: np.minimum(z, z[::-1]), NO, "lies on a line"
    yield "tan wide", lambda z: np.tan(z), NO, "period π"
    yield "z minus 1/z", lambda z: z - 1 / z, NO, "z and -1/z"
    yield "z plus 1/z", lambda z: z + 1 / z, NO, "z and 1/z"
    yield "ring closed", band(0.5, 1.3), NO, "|z0| > 2.4 is covered twice"
    yield "ring closed late", band(0.5, 1.0), NO, "|z0| > π is covered twice"
    yield "spiral touching", band(0.75, 2.5, 0.5), NO, "turns are 1.26 apart, 1.5 wide"
    yield "crease deep", crease(1.5, 0.3, 1.0, 0.4), NO, "slope -0.5 along a curve"
    yield "crease fine", crease(1.5, 0.02, 0.7, 2.0), NO, "slope -0.5 along a curve"
    yield "crease shallow", crease(1.02, 0.2, 0.5, 1.0), NO, "slope -0.02 along a curve"
    yield "crease straight", crease(2.0, 0.01, 0.0, 0.9), NO, "slope -1 along a line"
    yield "bump pushed over", lambda z: z + 2.5 * np.exp(-4 * (z @ z)) * z[::-1], NO, "det < 0 near"
    yield "angle too much", of_complex(lambda w: w * np.exp(1.5j * np.sin(np.angle(w)))), NO, "back"
    yield "angle doubled", of_complex(lambda w: w * w / abs(w)), NO, "w and -w"
    yield "angle tripled", of_complex(lambda w: w**3 / abs(w) ** 2), NO, "three roots"
    yield "ring by angle", lambda z: z / np.hypot(*z) * (2 + np.sin(z[0])), NO, "in r it waves"
    yield from _complex_no()


def _complex_no() -> Iterator[Case]:
    yield "power 1.5", of_complex(lambda w: w**1.5), NO, "angles from -1.5 π to 1.5 π"
    yield "power 1.1", of_complex(lambda w: w**1.1), NO, "angles from -1.1 π to 1.1 π"
    yield "power 1.02", of_complex(lambda w: w**1.02), NO, "angles from -1.02 π to 1.02 π"
    yield "power -2", of_complex(lambda w: w**-2.0), NO, "w and -w"
    yield "spiral sheets", of_complex(lambda w: w ** (1 + 0.5j)), NO, "the sheets overlap"
    yield "Joukowski", of_complex(lambda w: w + 1 / w), NO, "w and 1/w"
    yield "Blaschke two", of_complex(lambda w: (w / 5) * (w / 5 - 0.3) / (1 - 0.06 * w)), NO, "two"
    yield (
        "Blaschke three",
        of_complex(lambda w: (w / 5) ** 2 * (w / 5 - 0.3j) / (1 + 0.06j * w)),
        NO,
        "three roots",
    )
    yield "conjugate square", of_complex(lambda w: np.conj(w) ** 2), NO, "w and -w"
    yield "cube and w", of_complex(lambda w: w + 0.2 * w**3), NO, "f' = 0 at ±1.3i"
    yield "w exp w", of_complex(lambda w: w * np.exp(w)), NO, "f' = 0 at -1"
    yield "w exp w late", of_complex(lambda w: w * np.exp(0.35 * w)), NO, "f' = 0 at -2.9"
    yield "complex cosh", of_complex(np.cosh), NO, "even"
    yield "square beside", of_complex(lambda w: (w + 3) ** 2), NO, "w and -6 - w"
    yield "square and conjugate", of_complex(lambda w: w**2 + np.conj(w)), NO, "both orientations"


def tiny() -> Iterator[Case]:
    """Not one-to-one, by less than a thousandth of the mass."""
    yield "radius past it", radial(lambda r: np.sin(0.42 * r)), TINY, "falls from r = 3.74"
    yield "cusps at the edge", of_complex(lambda w: w + 0.13 * np.conj(w) ** 2), TINY, "r > 3.85"
    yield "complex exp touching", of_complex(lambda w: np.exp(0.8 * w)), TINY, "Im beyond π"
    yield "complex sine touching", of_complex(lambda w: np.sin(0.4 * w)), TINY, "Re beyond π/2"
    yield "square touching", of_complex(lambda w: w + 0.13 * w**2), TINY, "w1 + w2 = -7.7"
    yield "ring touching", band(0.5, 0.8), TINY, "|z0| beyond 3.93"
    yield "folding at the edge", lambda z: np.array([(z[0] - 3.9) ** 2, z[1]]), TINY, "z0 > 3.9"
