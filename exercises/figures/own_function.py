"""A function of one's own, called in one's own process: for figures in notebooks and scripts."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

Array = NDArray[np.float64]
Function = Callable[[Array], Any]


class NotebookFigure(Figure):
    """A matplotlib figure that a notebook shows by itself.

    It is made without pyplot, so it neither piles up in memory nor is shown twice.
    """

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()


def check_callable(f: object, who: str) -> None:
    """Raise TypeError where f is no function; `who` is the one that was called with it."""
    if not callable(f):
        raise TypeError(f"{who} needs the function itself, as in {who}(f); got {kind(f)}.")


def whole_number(name: str, value: object, least: int) -> int:
    """The value, or TypeError or ValueError that name it."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number; got {kind(value)}.")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}.")
    return int(value)


def call(f: Function, z: Array, who: str, index: int | None = None) -> Array:
    """The answer of f to one point, as shape (2,) float64.

    Args:
        who: the one that f was given to, for its errors.
        index: which sample the point is, where it is one.

    Raises:
        TypeError, ValueError: the answer is not two real numbers; what f raises comes through.
    """
    sample = "at" if index is None else f"for sample {index},"
    where = f"{sample} z = [{z[0]:.3g}, {z[1]:.3g}]"
    try:
        answer = f(z)
    except Exception as error:
        error.add_note(f"{who}: f raised this {where}.")
        raise
    if answer is None:
        raise TypeError(
            f"f returned None {where}. Is a return missing? "
            "The last line of f should be like: return x"
        )
    try:
        x = np.asarray(answer)
    except ValueError:
        # Lists of unequal lengths: numpy's own words would not help.
        x = np.empty(0, object)
    if x.dtype.kind not in "fiub":
        raise TypeError(
            f"f returned {kind(answer)} {where}, not real numbers. "
            "Return np.array([x1, x2]) with two real numbers."
        )
    if x.shape != (2,):
        raise ValueError(
            f"f returned shape {x.shape} {where}; it must be (2,). "
            "z is one point, so return np.array([x1, x2])."
        )
    with np.errstate(over="ignore"):
        # A long double may be larger than any float64.
        return x.astype(np.float64)


def kind(value: object) -> str:
    """What the value is, in words."""
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return f"a value of type {type(value).__name__}"
