"""The example: of all points where a function is wrong, the one that a person should look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array


def clearest(wrong: NDArray[np.bool_], errors: Array, at: Array) -> int:
    """The row to show: clearly wrong, and as near to the origin as that goes.

    The largest error is often far out, where numbers are long and other things go wrong too. Of
    the errors that are numbers those count that are not below their median.

    Args:
        wrong: shape (n,), some of it True.
        errors: shape (n,), ≥ 0; inf or NaN where there is no number.
        at: the points, shape (n, d).
    """
    told = wrong & np.isfinite(errors)
    if told.any():
        wrong = told & (errors >= np.median(errors[told]))
    with np.errstate(all="ignore"):
        far = np.abs(at).max(axis=1, initial=0.0)
    far = np.where(np.isfinite(far), far, np.finfo(float).max)
    return int(np.argmin(np.where(wrong, far, np.inf)))
