"""`plot_fold_map`: the service's fold map in a notebook or script, for the caller's own f."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure, SubFigure

from exercises.figures.fold_drawing import SIZE, fold_plate
from exercises.figures.fold_map import fold_map
from exercises.figures.layout import DPI, look
from exercises.figures.own_function import Array, Function, NotebookFigure, call, check_callable
from exercises.figures.plate import draw_plate
from exercises.numerics.injectivity import judge_injectivity
from exercises.numerics.streams import stream
from exercises.oracle import Answer

#: Beyond it the mesh takes more questions than one judgement may ask.
_LARGEST = 8.0


def plot_fold_map(
    f: Function, radius: float = 4.0, *, fig: Figure | SubFigure | None = None
) -> Figure | SubFigure:
    """Draw what f does to a square grid on |z| ≤ radius: folds, flat parts, jumps.

    Where two inputs with one output are found they are marked a and b. The numerics and the look
    are those of the service. Here f runs in your own process, once for each of some ten thousand
    points.

    Args:
        f: takes a NumPy array of length 2 and returns another one.
        radius: of the disc that is looked at, at most 8.
        fig: a figure to draw on; what is on it is cleared.

    Returns:
        The figure: a notebook shows it, `.savefig("folds.png")` keeps it.

    Raises:
        TypeError: f is not a function or does not return real numbers, or radius is no number.
        ValueError: f does not return two of them, or radius is out of range.
    """
    check_callable(f, "plot_fold_map")
    radius = _checked_radius(radius)

    def ask(points: Array) -> Answer:
        values = [call(f, point.copy(), "plot_fold_map") for point in points]
        return Answer(np.array(values).reshape(-1, 2))

    found = judge_injectivity(ask, radius, stream(0, "invertibility"))
    if found.warped is None:
        raise ValueError("f was not seen on the whole disc; try a smaller radius.")
    witness = found.witness
    pair = None if witness is None else (witness.z1, witness.z2, witness.x1)
    plate = fold_plate(fold_map(found.warped, radius, pair))
    with look():
        if fig is None:
            size = (SIZE[0] / DPI, SIZE[1] / DPI)
            fig = NotebookFigure(size, dpi=DPI, facecolor="white")
        fig.clear()
        draw_plate(fig, plate)
    return fig


def _checked_radius(radius: object) -> float:
    if isinstance(radius, bool) or not isinstance(radius, int | float | np.integer | np.floating):
        raise TypeError(f"radius must be a number; got {radius!r}.")
    if not 0 < float(radius) <= _LARGEST or math.isnan(radius):
        raise ValueError(f"radius must be above 0 and at most {_LARGEST:g}; got {radius}.")
    return float(radius)
