"""`plot_density`: the service's density figure in a notebook or script, for the caller's own f."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from exercises.figures.layout import DPI, SIZE, caption_of, draw, look
from exercises.figures.panels import density_panels
from exercises.numerics.streams import stream

Array = NDArray[np.float64]
Function = Callable[[Array], Any]


class DensityFigure(Figure):
    """A matplotlib figure that a notebook shows by itself.

    It is made without pyplot, so it neither piles up in memory nor is shown twice.
    """

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()


def plot_density(
    f: Function,
    *,
    n: int = 10_000,
    seed: int | None = None,
    fig: Figure | SubFigure | None = None,
) -> Figure | SubFigure:
    """Draw p(z) for z ~ N(0, I) and beside it p(x) for x = f(z), estimated from n samples.

    The numerics and the look are those of the service, and the same seed gives the same z. Here
    f runs in your own process, once for each sample.

    Args:
        f: takes a NumPy array of length 2 and returns another one.
        n: how many samples to draw.
        seed: a whole number that repeats the draw; by default a new one, shown in the figure.
        fig: a figure to draw on; what is on it is cleared. To see a window from a script, pass
            `fig=plt.figure(figsize=(9.6, 4.8))` and call `plt.show()`.

    Returns:
        The figure: a notebook shows it, `.savefig("density.png")` keeps it.

    Raises:
        TypeError: f is not a function, or does not return real numbers.
        ValueError: f does not return two of them, or n or seed is out of range.
    """
    if not callable(f):
        raise TypeError(
            f"plot_density needs the function itself, as in plot_density(f); got {_kind(f)}."
        )
    n = _whole_number("n", n, 1)
    seed = secrets.randbelow(2**32) if seed is None else _whole_number("seed", seed, 0)
    z = stream(seed, "figure").standard_normal((n, 2))
    x = np.array([_call(f, z[index].copy(), index) for index in range(n)])
    panels = density_panels(z, x)
    with look():
        if fig is None:
            fig = DensityFigure(SIZE, dpi=DPI, facecolor="white")
        fig.clear()
        draw(fig, panels, caption_of(panels, seed))
    return fig


def _whole_number(name: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number; got {_kind(value)}.")
    if value < least:
        raise ValueError(f"{name} must be at least {least}; got {value}.")
    return int(value)


def _call(f: Function, z: Array, index: int) -> Array:
    """The answer of f to one sample, as shape (2,) float64."""
    where = f"for sample {index}, z = [{z[0]:.3g}, {z[1]:.3g}]"
    try:
        answer = f(z)
    except Exception as error:
        error.add_note(f"plot_density: f raised this {where}.")
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
            f"f returned {_kind(answer)} {where}, not real numbers. "
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


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    return f"a value of type {type(value).__name__}"
