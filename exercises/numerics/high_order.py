"""High-order differences: signs of determinants so small that simple differences drown them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.jacobian import Local, signs_within
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: Central differences of eighth and sixth order on the offsets 1, 2, 3, 4 (Fornberg, Mathematics of
#: Computation 51, 1988).
_EIGHTH = np.array([4 / 5, -1 / 5, 4 / 105, -1 / 280])
_SIXTH = np.array([3 / 4, -3 / 20, 1 / 60, 0.0])
#: The sum of the weights' sizes, both sides: how much noise comes through.
_GAIN = 2 * float(np.abs(_EIGHTH).sum())
#: Steps that are tried on a few points; the one that settles more of them serves for all.
_STEPS, _TRIED = (0.02, 0.005), 16
#: More points than this are left unsure: 16 questions each.
_MOST = 800
#: Where f is wild, the rarer orientation is asked for again with steps so many times the usual.
_LONGER = (1.0, 30.0)


def settle_signs(probe: Probe, known: Local, resolution: Resolution) -> Local:
    """`known` with signs at more of the points at which f is finite and the sign was unsure.

    With a step of 0.02 and errors of eighth order, a slope of a smooth f is right to about 1e-14 of
    f's value, where the best central difference reaches 1e-11. Its error is measured at each point
    by what the sixth order gives: where f jumps or bends, they differ, and the point stays unsure.
    """
    unsure = np.flatnonzero(known.finite & (known.sign == 0))
    if not 0 < len(unsure) <= min(_MOST, probe.left // 32):
        return known
    some = known.take(unsure[:: max(1, len(unsure) // _TRIED)][:_TRIED])
    settled = [np.count_nonzero(_slopes(probe, some, step, resolution)[1]) for step in _STEPS]
    if not max(settled):
        return known
    step = _STEPS[int(np.argmax(settled))]
    jacobian, sign, relative = _slopes(probe, known.take(unsure), step, resolution)
    sure = np.flatnonzero(sign)
    return _with(known, unsure[sure], jacobian[sure], sign[sure], relative[sure])


def settle_rarer(probe: Probe, known: Local, resolution: Resolution) -> Local:
    """`known` with the orientation put right at those points of the rarer one that have the other.

    A simple difference is off by the step times how fast slopes change there, which is known from a
    few points only: where f is far wilder than there, a determinant that is small beside its rows
    gets the wrong sign. Differences of eighth order measure their own error at the point itself.
    Only a sign that is sure by them replaces another.
    """
    counts = [int((known.sign == side).sum()) for side in (1, -1)]
    rarer = 1 if counts[0] < counts[1] else -1
    doubted = np.flatnonzero(known.sign == rarer)
    if not 0 < len(doubted) <= min(_MOST, probe.left // 64):
        return known
    points = known.take(doubted)
    for longer in _LONGER:
        found = _slopes(probe, points, longer * resolution.step, resolution)
        turned = found[1] == -rarer
        known = _with(known, doubted[turned], *(part[turned] for part in found))
    return known


def _with(
    known: Local, index: NDArray[np.intp], jacobian: Array, sign: NDArray[np.int8], relative: Array
) -> Local:
    """`known` with other Jacobians, signs and determinants at the points of `index`."""
    answer = Local(
        known.z, known.x, known.jacobian.copy(), known.sign.copy(), known.relative.copy()
    )
    answer.jacobian[index], answer.sign[index] = jacobian, sign
    answer.relative[index] = relative
    return answer


def _slopes(
    probe: Probe, at: Local, step: float, resolution: Resolution
) -> tuple[Array, NDArray[np.int8], Array]:
    """Jacobians at points, (n, 2, 2), the signs of their determinants, and these; (n,) each."""
    offsets = step * np.concatenate((np.arange(1, 5), -np.arange(1, 5)))
    axes = np.eye(2)[:, None, :] * offsets[None, :, None]
    x = probe((at.z[:, None, None] + axes).reshape(-1, 2)).reshape(len(at.z), 2, 8, 2)
    ahead = x[:, :, :4] - x[:, :, 4:]
    fine = np.einsum("k,naki->nia", _EIGHTH, ahead) / step
    rough = np.einsum("k,naki->nia", _SIXTH, ahead) / step
    error = resolution.error(x.reshape(-1, 2)).reshape(x.shape).max(axis=(1, 2))
    off = 2 * np.abs(fine - rough).max(axis=2) + _GAIN * error / step
    sign, relative = signs_within(at.x, fine, off)
    return fine, sign, relative
