"""The further figures of a report: their words, and the small files that they are drawn from."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from exercises.figures.comparison import compare
from exercises.figures.comparison_words import comparison_alt_text
from exercises.figures.fold_map import fold_map
from exercises.figures.fold_words import fold_alt_text
from exercises.figures.panels import DensityPanels
from exercises.figures.two_ways import two_ways, two_ways_alt_text
from exercises.numerics.mesh import WarpedMesh
from exercises.numerics.witness import Witness
from exercises.oracle import Array
from exercises.report import Figure

#: Figures in the report's order, and for a figure drawn from NAME the file "NAME.npz".
Figures = tuple[list[Figure], dict[str, bytes]]


def fold_figures(
    panels: DensityPanels,
    mesh: WarpedMesh,
    radius: float,
    witness: Witness | None,
    *,
    invertible: bool,
) -> Figures:
    """The fold map; and where f was found invertible, the density two ways.

    Args:
        panels: of the density figure, whose file the density two ways is drawn from as well.
        mesh: what f does to |z| <= radius.
        radius: of the disc.
        witness: two inputs with one output, where there are such.
        invertible: whether f was found one-to-one on the disc.
    """
    pair = None if witness is None else (witness.z1, witness.z2, witness.x1)
    fold = fold_map(mesh, radius, pair)
    figures = [Figure(name="fold_map", alt=fold_alt_text(fold))]
    if invertible:
        ways = two_ways(panels, fold)
        figures.append(Figure(name="two_ways", alt=two_ways_alt_text(ways)))
    return figures, {"fold_map.npz": fold.to_bytes()}


def comparison_figure(
    density: NDArray[Any], window: tuple[float, float, float, float], x: Array
) -> Figures:
    """Target against yours; see `compare` for the arguments."""
    comparison = compare(density, window, x)
    figure = Figure(name="comparison", alt=comparison_alt_text(comparison))
    return [figure], {"comparison.npz": comparison.to_bytes()}
