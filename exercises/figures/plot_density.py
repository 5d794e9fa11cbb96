"""`plot_density`: the service's density figure in a notebook or script, for the caller's own f."""

from __future__ import annotations

import secrets

import numpy as np
from matplotlib.figure import Figure, SubFigure

from exercises.figures.layout import DPI, SIZE, caption_of, draw, look
from exercises.figures.own_function import (
    Function,
    NotebookFigure,
    call,
    check_callable,
    whole_number,
)
from exercises.figures.panels import density_panels
from exercises.numerics.streams import stream


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
    check_callable(f, "plot_density")
    n = whole_number("n", n, 1)
    seed = secrets.randbelow(2**32) if seed is None else whole_number("seed", seed, 0)
    z = stream(seed, "figure").standard_normal((n, 2))
    x = np.array([call(f, z[index].copy(), "plot_density", index) for index in range(n)])
    panels = density_panels(z, x)
    with look():
        if fig is None:
            fig = NotebookFigure(SIZE, dpi=DPI, facecolor="white")
        fig.clear()
        draw(fig, panels, caption_of(panels, seed))
    return fig
