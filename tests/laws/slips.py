"""Slips that can be made with any reference: near misses, each with the mistake's name."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.laws.half_planes import gaussian
from tests.laws.law_case import Array, Batch, Law, pair, turn, uniform


def _contaminated(reference: Batch, place: Array, share: float) -> Batch:
    """The right law but for `share` of the mass, which lies at one place."""

    def f(z: Array) -> Array:
        digits = uniform(z)[:, 0] * 50 % 1.0
        return np.where((digits < share)[:, None], place, reference(z))

    return f


def _untied(reference: Batch) -> Batch:
    """Both coordinates with their right laws, but independent of each other."""

    def f(z: Array) -> Array:
        # Two further independent Gaussian numbers from the later digits of the first two.
        from scipy.special import ndtri

        later = ndtri(np.clip(uniform(z) * 64 % 1.0, 1e-16, 1 - 1e-16))
        earlier = ndtri((np.floor(uniform(z) * 64) + 0.5 + 0.49 * np.sin(1e5 * z[:, ::-1])) / 64)
        return pair(reference(later)[:, 0], reference(earlier)[:, 1])

    return f


def slips(law: Law) -> Iterator[tuple[str, Batch, str | None]]:
    """Near misses of a law: what was done, the answer, and the name of the mistake."""
    reference = law.reference
    x = reference(gaussian(2**14, 7))
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
    spread = high - low
    yield "scale 1.1", lambda z: middle + 1.1 * (reference(z) - middle), "scale"
    yield "scale 0.9", lambda z: middle + 0.9 * (reference(z) - middle), "scale"
    yield (
        "scale of x2",
        lambda z: middle + (reference(z) - middle) * [1.0, 1.3],
        "scale",
    )
    yield "shift of a tenth", lambda z: reference(z) + 0.1 * spread, "shift"
    yield "shift of x1", lambda z: reference(z) - [0.3 * spread[0], 0.0], "shift"
    yield "axes swapped", lambda z: reference(z)[:, ::-1], "swapped axes"
    yield "turned by 20 degrees", lambda z: _about(reference(z), middle, 20.0), "rotation"
    yield "turned by -50 degrees", lambda z: _about(reference(z), middle, -50.0), "rotation"
    yield "x1 negated", lambda z: reference(z) * [-1.0, 1.0], "sign of x1"
    yield "x2 negated", lambda z: reference(z) * [1.0, -1.0], "sign of x2"
    yield (
        "sign of x1 lost",
        lambda z: pair(middle[0] + np.abs(reference(z)[:, 0] - middle[0]), reference(z)[:, 1]),
        "lost sign of x1",
    )
    yield "on a line", lambda z: reference(z)[:, :1] * [1.0, 0.5], "collapsed to a line"
    yield "one point", lambda z: 0 * reference(z) + middle, "collapsed to a point"
    yield "z cut off at 2", lambda z: reference(np.clip(z, -2, 2)), None
    yield (
        "z stretched beyond 1.5",
        lambda z: reference(z + 0.5 * np.sign(z) * np.maximum(np.abs(z) - 1.5, 0)),
        None,
    )
    yield "untied", _untied(reference), None
    far = middle + 2 * spread
    yield "2 % elsewhere", _contaminated(reference, far, 0.02), None
    yield "5 % in the middle", _contaminated(reference, middle, 0.05), None
    yield "shift z", lambda z: reference(z + 0.1), None
    yield "scale z", lambda z: reference(1.1 * z), None
    yield "shear", lambda z: reference(z) + 0.2 * (reference(z)[:, ::-1] - middle) * [0, 1], None


def _about(x: Array, middle: Array, degrees: float) -> Array:
    return middle + turn(x - middle, np.radians(degrees))
