"""More labelled functions: nets and flows as students write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from tests.laws.labels import NO, YES, Array, Case, M, Map, turn

Act = Callable[[Array], Array]


def relu(h: Array) -> Array:
    """The positive part."""
    return np.maximum(h, 0)


def leaky(h: Array) -> Array:
    """A tenth of it below 0."""
    return np.where(h > 0, h, 0.1 * h)


def softplus(h: Array) -> Array:
    """A smooth positive part."""
    return np.log1p(np.exp(-np.abs(h))) + np.maximum(h, 0)


def gelu(h: Array) -> Array:
    """The positive part, smooth, with a dip (tanh form)."""
    return np.asarray(0.5 * h * (1 + np.tanh(0.7978845608 * (h + 0.044715 * h**3))))


def net(seed: int, widths: tuple[int, ...], act: Act) -> Map:
    """A random net with these hidden widths."""
    rng = np.random.default_rng(seed)
    sizes = (2, *widths, 2)
    layers = [
        (rng.normal(size=(after, before)) / np.sqrt(before), 0.5 * rng.normal(size=after))
        for before, after in pairwise(sizes)
    ]

    def f(z: Array) -> Array:
        for number, (W, b) in enumerate(layers):
            z = W @ z + b
            if number < len(layers) - 1:
                z = act(z)
        return z

    return f


def square_net(seed: int, depth: int, act: Act) -> Map:
    """Layers of width 2 with well conditioned matrices and a rising activation: one-to-one."""
    rng = np.random.default_rng(seed)
    layers = [
        (turn(rng.uniform(0, 6.3)) * rng.uniform(0.7, 1.4, 2), rng.normal(size=2))
        for _ in range(depth)
    ]

    def f(z: Array) -> Array:
        for W, b in layers:
            z = act(W @ z + b)
        return z

    return f


def residual(seed: int, blocks: int, bound: float, act: Act) -> Map:
    """Blocks z + g(z), the slope of g below `bound` (for activations of slope at most 1)."""
    rng = np.random.default_rng(seed)
    layers = []
    for _ in range(blocks):
        W1, b, W2 = rng.normal(size=(12, 2)), rng.normal(size=12), rng.normal(size=(2, 12))
        layers.append((W1, b, W2 * bound / np.linalg.norm(W1, 2) / np.linalg.norm(W2, 2)))

    def f(z: Array) -> Array:
        for W1, b, W2 in layers:
            z = z + W2 @ act(W1 @ z + b)
        return z

    return f


def real_nvp(seed: int, layers: int, strength: float, *, volume: bool = True) -> Map:
    """Affine couplings, each of its own small net; without `volume` they only shift (NICE)."""
    rng = np.random.default_rng(seed)
    draws = [
        (rng.normal(size=8), rng.normal(size=8), rng.normal(size=(2, 8))) for _ in range(layers)
    ]

    def f(z: Array) -> Array:
        a, b = z
        for w, k, out in draws:
            s, t = out @ np.tanh(w * a + k) / np.sqrt(8)
            a, b = (b * np.exp(strength * np.tanh(s)) if volume else b) + 2 * t, a
        return np.array([a, b])

    return f


def glow(seed: int, layers: int) -> Map:
    """Couplings with linear maps and scales between them."""
    rng = np.random.default_rng(seed)
    steps = [(real_nvp(seed + 50 + k, 1, 0.7), rng.uniform(0, 6.3)) for k in range(layers)]
    scales = rng.uniform(0.6, 1.6, (layers, 2))

    def f(z: Array) -> Array:
        for (step, angle), scale in zip(steps, scales, strict=True):
            z = turn(angle) @ np.asarray(step(scale * z + 0.1))
        return z

    return f


def planar(seed: int, layers: int, product: float) -> Map:
    """Planar flows z + u tanh(w·z + b) with w·u = `product`: one-to-one from -1 on."""
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(layers):
        w, u = rng.normal(size=2), rng.normal(size=2)
        u += (product - w @ u) * w / (w @ w)
        draws.append((w, u, 0.5 * rng.normal()))

    def f(z: Array) -> Array:
        for w, u, b in draws:
            z = z + u * np.tanh(w @ z + b)
        return z

    return f


def radial_flow(alpha: float, beta: float) -> Map:
    """z + β (z − c)/(α + |z − c|): one-to-one for β ≥ −α."""
    centre = np.array([0.4, -0.2])
    return lambda z: z + beta * (z - centre) / (alpha + np.hypot(*(z - centre)))


def spline(seed: int, bins: int, least: float) -> Map:
    """Two couplings by piecewise linear splines whose knots move with the other coordinate.

    One-to-one while the least rise `least` of a bin is positive.
    """
    rng = np.random.default_rng(seed)
    rise, place = rng.normal(size=(2, bins)), np.linspace(-4.5, 4.5, bins + 1)

    def bend(a: float, b: float, row: int) -> float:
        steps = least + np.exp(rise[row] + 0.5 * np.sin(a + np.arange(bins)))
        if least <= 0:
            steps[bins // 2] = least
        return float(np.interp(b, place, np.cumsum(np.append(-steps.sum() / 2, steps))))

    def f(z: Array) -> Array:
        u, v = z
        v = bend(u, v, 0)
        return np.array([bend(v, u, 1), v])

    return f


#: Activation, hidden widths, seed, and the share of the mass on which det J has its rarer sign (or
#: is 0), from the derivatives of 200,000 draws by the chain rule.
_FOLDED: list[tuple[Act, tuple[int, ...], int, float]] = [
    (relu, (2,), 0, 0.98),
    (relu, (3,), 0, 0.12),
    (relu, (8,), 1, 0.39),
    (relu, (16,), 2, 0.46),
    (relu, (64,), 0, 0.024),
    (relu, (8, 8), 1, 0.38),
    (relu, (3, 3), 0, 1.0),
    (np.tanh, (3,), 0, 0.071),
    (np.tanh, (8,), 1, 0.021),
    (np.tanh, (16, 16, 16), 1, 0.094),
    (np.tanh, (64, 64), 0, 0.062),
    (leaky, (3,), 0, 0.12),
    (leaky, (3, 3), 1, 0.059),
    (leaky, (64,), 0, 0.015),
    (leaky, (16, 16, 16), 2, 0.32),
    (softplus, (8,), 1, 0.0056),
    (softplus, (8, 8), 0, 0.006),
    (softplus, (16, 16, 16), 2, 0.038),
    (softplus, (4,), 1, 0.31),
    (np.sin, (2,), 0, 0.0013),
    (np.sin, (3, 3), 0, 0.005),
    (np.sin, (16,), 1, 0.29),
    (np.sin, (64, 64), 0, 0.24),
    (gelu, (2,), 0, 0.021),
    (gelu, (3, 3), 0, 0.026),
    (gelu, (16, 16, 16), 1, 0.39),
    (gelu, (64,), 1, 0.38),
]


def _name(act: Act, widths: tuple[int, ...], seed: int) -> str:
    return f"{act.__name__} net {'x'.join(map(str, widths))} of seed {seed}"


def yes() -> Iterator[Case]:
    """One-to-one by construction."""
    rising = "invertible matrices and a rising activation"
    for seed in range(3):
        yield f"leaky layers {seed}", square_net(seed, 4, leaky), YES, rising
        yield f"sinh layers {seed}", square_net(seed + 9, 3, np.arcsinh), YES, rising
        yield f"RealNVP {seed}", real_nvp(seed, 8, 1.0), YES, "each coupling is invertible"
        yield f"glow {seed}", glow(seed, 4), YES, "each step is invertible"
        yield f"residual blocks {seed}", residual(seed, 3, 0.95, np.tanh), YES, "contractions"
        yield f"planar flows {seed}", planar(seed, 4, -0.8), YES, "w·u > -1"
        yield f"spline couplings {seed}", spline(seed, 8, 0.1), YES, "rising splines"
        for act in (np.tanh, leaky, softplus):
            name = _name(act, (2,), seed)
            yield name, net(seed, (2,), act), YES, "two matrices and a rising activation"
    for widths in ((64,), (3, 3)):
        name = _name(softplus, widths, 0)
        yield name, net(0, widths, softplus), YES, "L J + (L J)ᵀ > 0 for one L, by the chain rule"
    yield "tanh layers", square_net(4, 2, np.tanh), YES, rising
    yield "softplus layers", square_net(5, 3, softplus), YES, rising
    yield "residual relu", residual(5, 4, 0.9, relu), YES, "contractions"
    yield "RealNVP strong", real_nvp(7, 6, 2.0), YES, "each coupling is invertible"
    yield "NICE", real_nvp(3, 10, 0, volume=False), YES, "each coupling is invertible"
    yield "planar to the limit", planar(6, 1, -1.0), YES, "slope 1 - tanh' is 0 on a line alone"
    yield "planar long", planar(8, 16, -0.5), YES, "w·u > -1"
    yield "radial flow", radial_flow(1.0, 5.0), YES, "β ≥ -α"
    yield "radial flow in", radial_flow(1.0, -0.9), YES, "β ≥ -α"
    yield "spline of many bins", spline(11, 40, 0.02), YES, "rising splines"
    yield (
        "autoregressive",
        lambda z: (
            M @ np.array([np.sinh(z[0]), z[1] * np.exp(np.tanh(3 * z[0])) + np.sin(7 * z[0])])
        ),
        YES,
        "triangular, then linear",
    )


def no() -> Iterator[Case]:
    """Not one-to-one; for nets the share of det J's rarer sign was computed from their weights."""
    for act, widths, seed, share in _FOLDED:
        yield _name(act, widths, seed), net(seed, widths, act), NO, f"share {share}"
    yield "planar invalid", planar(1, 1, -1.5), NO, "w·u < -1"
    yield "planar just invalid", planar(2, 1, -1.05), NO, "w·u < -1"
    yield "planar one of four", lambda z: planar(3, 3, -0.5)(planar(4, 1, -2.0)(z)), NO, "w·u < -1"
    yield "radial flow invalid", radial_flow(1.0, -1.3), NO, "β < -α"
    yield "radial flow far", radial_flow(0.5, -2.0), NO, "β < -α"
    yield "spline with a flat", spline(12, 8, 0.0), NO, "a bin does not rise"
    yield "spline that falls", spline(13, 8, -0.2), NO, "a bin falls"
    yield "residual too steep", residual(3, 1, 6.0, np.tanh), NO, "both orientations"
    yield "residual blocks too steep", residual(14, 3, 5.0, np.sin), NO, "both orientations"
    yield "relu after RealNVP", lambda z: relu(real_nvp(1, 4, 1.0)(z)), NO, "flat where negative"
    yield "abs before glow", lambda z: glow(3, 3)(np.abs(z)), NO, "even"
