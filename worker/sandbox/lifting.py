"""Calling f once for all points: an array whose last axis, the batch, student code does not see.

A Lifted object, over an array of shape (2, N), behaves as the one point z of shape (2,) would:
z[0] is a number, W @ z a vector, np.array([z[1], z[0]]) a point. At a branch (`if z[0] > 0`) the
points are divided and f is called again for each part. Where neither will do (float(z[0]), a
function of numpy that is not in the table), the call is declined and f is called point by point. A
lifted answer is never believed by itself: the oracle compares it with single calls in another
process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# The import of lifted_functions fills the table that Lifted looks into.
from exercises.oracle import Signature
from worker.sandbox import lifted_functions as _lifted_functions  # noqa: F401
from worker.sandbox.lifted import (
    Call,
    Lifted,
    Real,
    decline,
    holds_lifted,
    spread,
    stack_parts,
    under_way,
    whole,
    wrapped,
)

__all__ = [
    "Lifted",
    "array",
    "call_lifted",
    "decline",
    "filled",
    "lift",
    "of_numbers",
    "under_way",
]

#: So many parts may a batch be divided into; a program that needs more is a loop anyway.
_MOST_PARTS = 64
#: So many numbers may an array of zeros hold when it is made for all points.
_MOST_ZEROS = 2_000_000


def lift(points: Real) -> Lifted:
    """The points, shape (N, d), as one array that behaves as a single point of shape (d,).

    Of shape (N,): as one that behaves as a number.
    """
    lifted: Lifted = wrapped(np.ascontiguousarray(points.T))
    return lifted


def call_lifted(function: Callable[..., Any], points: Real, signature: Signature) -> Real | None:
    """f at all points in a few calls, shape (N, columns), or None where it was declined.

    Args:
        function: the student's.
        points: shape (N, inputs).
        signature: how the function is called, and the form of its answers.
    """
    values = np.empty((len(points), signature.columns))
    parts = [np.arange(len(points))]
    for _ in range(_MOST_PARTS):
        if not parts:
            return values
        chosen = parts.pop()
        answer = _call_part(function, points[chosen], signature)
        if answer is not None:
            values[chosen] = answer
        elif Call.mask is not None and not Call.declined:
            parts += [chosen[Call.mask], chosen[~Call.mask]]
        else:
            return None
    return None


def _call_part(function: Callable[..., Any], points: Real, signature: Signature) -> Real | None:
    """One call for all of the points; None where it declined or came to a branch."""
    Call.size, Call.declined, Call.mask = len(points), False, None
    try:
        x = stack_parts(function(*_arguments(points, signature)))
        if not isinstance(x, Lifted):  # a constant
            x = wrapped(spread(x, len(points)))
    except MemoryError:
        return None
    except BaseException:
        # Whatever it was, the calls point by point will say it better.
        return None
    finally:
        Call.size = 0
    if Call.declined or Call.mask is not None:
        return None
    if not isinstance(x, Lifted) or whole(x).dtype.kind not in "fiub":
        return None
    if signature.outputs == 0 and x.shape in ((), (1,)):
        return whole(x).reshape(-1, 1)
    return whole(x).T if x.shape == (signature.outputs,) else None


def _arguments(points: Real, signature: Signature) -> list[Lifted]:
    """The columns of the points as the arguments of one call."""
    lifted, start = [], 0
    for _, length in signature.arguments:
        lifted.append(lift(points[:, start : start + length] if length else points[:, start]))
        start += max(length, 1)
    return lifted


def array(obj: Any, dtype: Any = None, **options: Any) -> Any:
    """np.array, np.asarray and their kin for student code: also of lifted parts."""
    if isinstance(obj, Lifted) or (type(obj) in (list, tuple) and holds_lifted(obj)):
        if options.keys() - {"copy"}:
            decline()
        return stack_parts(obj, dtype)
    return np.array(obj, dtype=dtype, **options)


def filled(make: Callable[..., Real]) -> Callable[..., Any]:
    """np.zeros and its kin for student code: in a lifted call, an array that points can go into."""

    def make_filled(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        if not Call.size or made.dtype.kind not in "fiub":
            return made
        if made.size * Call.size > _MOST_ZEROS:
            return made
        return wrapped(np.repeat(made[..., None], Call.size, axis=-1))

    return make_filled


def of_numbers(func: Callable[..., float], lifted: np.ufunc) -> Callable[..., Any]:
    """A function of the math module for student code: also of lifted numbers."""

    def of_number(*numbers: Any) -> Any:
        for number in numbers:
            if type(number) is Lifted:
                return lifted(*numbers)
        return func(*numbers)

    return of_number
