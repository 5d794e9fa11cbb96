"""The pictures of a preview as numbers: the page draws them, and moves them."""

from __future__ import annotations

import math
from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exercises.figures.description import alt_text
from exercises.figures.fold_map import FoldMap, fold_map
from exercises.figures.fold_words import fold_alt_text
from exercises.figures.panels import FULL_INK, Ink, Panel, density_panels
from exercises.figures.sheets import WarpedGrid, cut_into_sheets
from exercises.numerics.mesh import WarpedMesh
from exercises.numerics.window import Window
from exercises.numerics.witness import Witness
from exercises.oracle import Array
from exercises.preview import (
    Alt,
    DensityView,
    DensityViews,
    FoldView,
    MeshView,
    Picture,
    SampleView,
    WitnessView,
)

#: So many samples are sent; the density is estimated from all that were drawn.
_SAMPLES = 3_000
#: The grid has lines at these parts of the radius, as in the report's figure, and between two nodes
#: of the mesh so many points.
_LINES, _BETWEEN = np.arange(-7, 8) / 8, 2
#: Folded triangles are cut from every second node: a fourth of the triangles.
_EVERY = 2


def live_picture(
    z: Array, x: Array, mesh: WarpedMesh | None, radius: float, witness: Witness | None
) -> Picture:
    """What a preview shows of an f of the plane.

    Args:
        z: samples, shape (n, 2), n ≥ 1.
        x: f of these, same shape, any float64 at all.
        mesh: what f does to |z| <= radius; None where that was not looked at.
        radius: of the disc.
        witness: two inputs with one output.
    """
    panels = density_panels(z, x)
    pair = None if witness is None else (witness.z1, witness.z2, witness.x1)
    fold = None if mesh is None else fold_map(mesh, radius, pair)
    some = min(_SAMPLES, len(z))
    return Picture(
        samples=SampleView(count=some, z=_floats(z[:some]), x=_floats(x[:some])),
        densities=DensityViews(z=_density(panels.z), x=_density(panels.x)),
        mesh=fold and _mesh(fold),
        folds=fold and _folds(fold),
        witness=fold and _witness(fold),
        alt=Alt(density=alt_text(panels), fold_map=fold_alt_text(fold) if fold else ""),
    )


def density_view(shares: NDArray[Any], window: Window, mass: float) -> DensityView:
    """A density as the page gets it.

    Args:
        shares: shape (k, k), rows from the lowest second coordinate: the density over its peak.
        window: what it is shown on.
        mass: how much of the law lies in the window; the cells add up to so much.
    """
    (x0, y0), (x1, y1) = window.lo, window.hi
    rows, columns = shares.shape
    total = float(shares.sum())
    with np.errstate(all="ignore"):
        cell = np.float64(x1 / columns - x0 / columns) * np.float64(y1 / rows - y0 / rows)
        peak = float(np.float64(mass) / (total * cell))
    return DensityView(
        extent=(x0, x1, y0, y1),
        shape=(rows, columns),
        values=_base64((shares * 255 + 0.5).astype(np.uint8)),
        peak=peak if math.isfinite(peak) else 0.0,
    )


def shares_of(ink: Ink) -> Array:
    """A density over its peak, of its ink."""
    return (ink / np.float64(FULL_INK)) ** 2


def _density(panel: Panel) -> DensityView:
    return density_view(shares_of(panel.ink), panel.window, 1 - panel.share_outside)


def _mesh(fold: FoldMap) -> MeshView:
    curves = list(fold.grid.curves(_LINES * fold.radius, _BETWEEN))
    # After the last node there is no further one to go to.
    z, images = (np.concatenate(parts)[:, :-_BETWEEN] for parts in zip(*curves, strict=True))
    inside = np.hypot(z[..., 0], z[..., 1]) <= fold.radius
    images = np.where(inside[..., None], images, np.nan)
    (x0, y0), (x1, y1) = fold.window.lo, fold.window.hi
    return MeshView(
        lines=len(z),
        shape=(len(z), z.shape[1]),
        z=_floats(z),
        x=_floats(_placed(images, fold.window)),
        breaks=fold.grid.is_torn,
        radius=fold.radius,
        extent=(x0, x1, y0, y1),
    )


def _folds(fold: FoldMap) -> FoldView | None:
    shares = fold.shares
    if not min(shares.kept, shares.reversed) > 0:
        return None
    sheets = cut_into_sheets(_coarser(fold.grid), fold.radius)
    turned = (sheets.label == -1) & sheets.whole
    return FoldView(
        count=int(np.count_nonzero(turned)),
        cells=_floats(_placed(sheets.x[turned], fold.window)),
        cells_z=_floats(sheets.z[turned]),
        share=min(shares.reversed, 1.0),
    )


def _coarser(grid: WarpedGrid) -> WarpedGrid:
    """The grid of every second node, and the outermost on both sides."""
    kept = np.unique(np.append(np.arange(0, len(grid.line), _EVERY), len(grid.line) - 1))
    pick = np.ix_(kept, kept)
    return WarpedGrid(
        grid.line[kept], grid.images[pick], grid.determinant[pick], grid.orientation[pick]
    )


def _witness(fold: FoldMap) -> WitnessView | None:
    shared = fold.shared
    return None if shared is None else WitnessView(z1=shared.a, z2=shared.b, x=shared.x)


def _placed(unit: Array, window: Window) -> Array:
    """Points in units of the window as points of the plane."""
    with np.errstate(all="ignore"):
        return window.from_unit(unit)


def _floats(values: Array) -> str:
    """float32, NaN where that has no finite number."""
    with np.errstate(all="ignore"):
        short = values.astype("<f4")
    short[~np.isfinite(short)] = np.nan
    return _base64(short)


def _base64(values: NDArray[Any]) -> str:
    return b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
