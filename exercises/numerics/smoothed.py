"""The density of many points as a target's table holds it: a window, and a grid over it."""

from __future__ import annotations

from exercises.numerics.kde import BANDWIDTH_FLOOR, Array, Density, density_on_grid, scott_bandwidth
from exercises.numerics.window import Window, choose_window

#: The density is smoothed as that of about so many samples is: those of a figure.
SAMPLES = 10_000
#: Nodes along each axis.
CELLS = 128
#: The least standard deviation of the kernel, as a share of the window: 1.5 nodes.
FLOOR = max(BANDWIDTH_FLOOR, 1.5 / CELLS)


def smoothed(x: Array) -> tuple[Density, Window]:
    """The density of all points x, in the window and with the bandwidth of a figure's samples.

    Args:
        x: shape (n, 2), n ≥ 1, finite.

    Returns:
        Shape (CELLS, CELLS), as `density_on_grid` returns it, per unit of the window's area.
    """
    few = x[:: -(-len(x) // SAMPLES)]  # Spread over all: of stratified points, the first are inner.
    window = choose_window(few)
    shown = window.to_unit(few)[window.shows(few)]
    bandwidth = scott_bandwidth(shown, FLOOR)
    return density_on_grid(window.to_unit(x), bandwidth, CELLS), window
