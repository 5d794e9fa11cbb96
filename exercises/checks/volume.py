"""What the checks of densities compare with: log |det J| of the student's f, by differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from exercises.checks.asking import Asking, fresh_points
from exercises.checks.case import Case
from exercises.numerics.block_log_abs_det import LARGEST_BLOCK, structured_log_abs_det
from exercises.numerics.log_abs_det import LogAbsDet, dense_log_abs_det
from exercises.numerics.precision import measure_precision
from exercises.numerics.streams import stream
from exercises.oracle import Array

#: Up to so many dimensions the whole Jacobian is asked at each point, at so many questions in all.
_DENSE, _DENSE_BUDGET = 64, 16_384
#: Most points, in few dimensions; and in many, with their questions.
_MOST, _MANY, _BUDGET = 1_024, 128, 8_192


@dataclass(frozen=True, slots=True)
class Volume:
    """log |det J| of f at some points."""

    #: Shape (n, d).
    z: Array
    #: f at z, shape (n, d).
    x: Array
    #: None where no structure was found that makes it affordable.
    ladj: LogAbsDet | None


def measure_volume(case: Case, f: Asking, purpose: str) -> Volume:
    """log |det J| of f at fresh points: 1,024 in the plane, 64 in 64 dimensions, else up to 128.

    Raises:
        ValueError: f does not map points to points of one length (our failure).
        Stopped: the submission ended.
    """
    dimension = f.as_map()
    rng = stream(case.seed, f"{purpose}/{f.signature.name}/directions")
    dense = dimension <= _DENSE
    count = min(_MOST, _DENSE_BUDGET // (4 * dimension)) if dense else _MANY
    z = fresh_points(case, f.signature.name, f"{purpose}/{f.signature.name}", count)
    if dense:
        return Volume(z, f(z), dense_log_abs_det(f, z, measure_precision(f, z[:32], rng)))
    x = f(z)
    finite = np.isfinite(x).all(axis=1)
    found = structured_log_abs_det(f, z[finite], rng, _BUDGET)
    if found is None:
        return Volume(z, x, None)
    count = len(found.values)
    return Volume(z[finite][:count], x[finite][:count], found)


def no_structure(name: str) -> str:
    """Why log |det J| could not be worked out."""
    return (
        f"In so many dimensions the determinant of {name}'s Jacobian can be worked out only where "
        f"coordinates pass unchanged or the rest is diagonal, triangular or in blocks of at most "
        f"{LARGEST_BLOCK:,}; {name} is none of these, so this was not judged."
    )
