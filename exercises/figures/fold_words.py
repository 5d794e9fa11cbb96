"""The fold map in words: the alt text, and the one line under the figure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from exercises.figures.description import place_text
from exercises.figures.edges import AXES, Mask, shifted, tears
from exercises.figures.fold_map import FoldMap
from exercises.figures.layout import percent

#: A region that holds less of the Gaussian than this is not spoken of.
_LEAST = 1e-4
_WITNESS = "The inputs"


def fold_alt_text(fold: FoldMap) -> str:
    """The finding of the figure as plain text."""
    return (
        f"A square grid on the disc |z| ≤ {fold.radius:g} and its image under f, in panels side "
        f"by side. {' '.join(_findings(fold))}"
    )


def fold_caption(fold: FoldMap) -> str:
    """The finding in one line."""
    # The marks in the panels say where the witness is.
    found = [part for part in _findings(fold) if not part.startswith(_WITNESS)]
    return " ".join(found[:2])


def _edges(fold: FoldMap) -> list[tuple[Mask, Mask]]:
    """Along both axes, the edges on which f jumps, and those that change the orientation."""
    grid = fold.grid
    label = np.where(np.isfinite(grid.determinant), grid.orientation, 0).astype(np.float64)
    return [
        (
            tears(grid.images, grid.nodes, direction),
            label * shifted(label, direction, 1) == -1,
        )
        for direction in AXES
    ]


def _between(fold: FoldMap) -> str:
    """What lies between the two orientations: folds, or jumps."""
    edges = _edges(fold)
    changing = sum(np.count_nonzero(changes) for _, changes in edges)
    jumping = sum(np.count_nonzero(changes & torn) for torn, changes in edges)
    if jumping > changing / 10:
        return ", with jumps between the two"
    return ", so the grid folds over itself"


def _findings(fold: FoldMap) -> Iterator[str]:
    shares = fold.shares
    if shares.missing > 1 - _LEAST:
        yield "f has no finite value here, so there is nothing to see."
        return
    folded = min(shares.kept, shares.reversed) > 0
    if shares.flat > 1 - shares.missing - _LEAST:
        yield "f flattens the whole disc: its image is a line or a point."
    elif folded:
        yield (
            f"f keeps the orientation on {_about(shares.kept)} of the z and reverses it on "
            f"{_about(shares.reversed)}{_between(fold)}."
        )
    else:
        yield _unfolded(fold)
    if _LEAST < shares.flat <= 1 - shares.missing - _LEAST:
        yield f"f flattens {_about(shares.flat)} of the z onto a line or a point."
    if fold.shared is not None:
        a, b, x = fold.shared.a, fold.shared.b, fold.shared.x
        size = (fold.radius, fold.radius)
        (x0, y0), (x1, y1) = fold.window.lo, fold.window.hi
        extent = (0.5 * x1 - 0.5 * x0, 0.5 * y1 - 0.5 * y0)
        yield (
            f"{_WITNESS} a = {place_text(a, size)} and b = {place_text(b, size)} share the output "
            f"{place_text(x, extent)}."
        )
    if fold.grid.is_torn:
        yield "Where f jumps the grid is cut."
    if shares.missing > _LEAST:
        yield f"On {_about(shares.missing)} of the z f has no finite value."


def _unfolded(fold: FoldMap) -> str:
    mirror = fold.shares.reversed > fold.shares.kept
    way = "reverses the orientation, as a mirror does," if mirror else "keeps the orientation"
    if fold.shared is not None and fold.shares.flat <= _LEAST:
        return f"f {way} everywhere, yet the image covers some places twice."
    if fold.shares.flat > _LEAST or fold.grid.is_torn:
        return f"f {way} wherever it is neither flat nor cut: there is no fold."
    return f"The grid never folds over itself: f {way} everywhere."


def _about(share: float) -> str:
    """A share as well as the grid tells it."""
    return f"about {percent(round(share, 2))}" if 0.01 <= share <= 0.99 else percent(share)


def share_outside(fold: FoldMap) -> float:
    """The share of the Gaussian whose image the window does not show."""
    images = fold.grid.images
    known = np.isfinite(images).all(axis=2)
    outside = known & ((images < 0) | (images > 1)).any(axis=2)
    weights = fold.weights
    return float(weights[outside].sum() / max(weights[known].sum(), 1e-300))
