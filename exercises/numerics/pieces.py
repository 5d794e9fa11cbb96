"""The argument by pieces: where f jumps, each piece is one-to-one and the images lie apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.division import Division, Grid
from exercises.numerics.frame import Frame
from exercises.numerics.polygon import meetings, winding_of_pieces
from exercises.numerics.probe import Probe
from exercises.oracle import Array

#: More pieces are no few pieces any more.
_MOST_PIECES = 16
#: How far from a jump the pieces end; the wider strip is for jumps along curves, whose images
#: touch: there a polygon is off by its chords' distance from the curve.
_STRIPS = (1e-4, 3e-3)
#: Into so many parts an outline's edges are divided where their images bend too much.
_FINER = 4


def argue_by_pieces(probe: Probe, division: Division) -> float | None:
    """Whether f is one-to-one on each piece between its jumps, with images that lie apart.

    If no two edges of the pieces' images cross, each piece has as many preimages of a
    point as its edge's image runs around it (degree theory, see exercises/numerics/degree), so f
    is one-to-one when at every node's image all those numbers together are one.

    Returns:
        The Gaussian mass of the strips beside the jumps, which belong to no piece; None where
        the argument fails.
    """
    grid, known, label, turns = division.grid, division.known, division.label, division.turns
    if len(turns) > _MOST_PIECES or not turns.all():
        return None
    outline, owner = division.outline, division.owner
    inner = _inner_nodes(grid, outline)
    if set(label[inner]) != set(range(len(turns))):
        return None
    for strip in _STRIPS:
        places = division.places(strip)
        x = np.concatenate((known.x, probe(places[len(grid.nodes) :])))
        mass = _strip_mass(places, outline, len(grid.nodes), strip)
        for finer in (1, _FINER):
            curves = _Curves.along(probe, places, x, outline, owner, finer)
            if curves.surround_once(known.x[inner], label[inner], turns):
                return mass
    return None


def _inner_nodes(grid: Grid, outline: NDArray[np.intp]) -> NDArray[np.intp]:
    """The nodes none of whose cells has an edge of an outline: away from the error of chords."""
    on = np.zeros(len(grid.nodes), dtype=np.bool_)
    on[outline[outline < len(on)]] = True
    touched = on[grid.cells].any(axis=1)
    return np.setdiff1d(np.arange(len(on)), grid.cells[touched])


@dataclass(frozen=True, slots=True)
class _Curves:
    """The images of the pieces' outlines, as directed straight edges."""

    #: Shape (m, 2, 2): edge, end, coordinate.
    ends: Array
    #: Shape (m, 2): numbers of the places at the ends.
    outline: NDArray[np.intp]
    #: Shape (m,): the piece of each edge.
    owner: NDArray[np.intp]

    @classmethod
    def along(
        cls,
        probe: Probe,
        places: Array,
        x: Array,
        outline: NDArray[np.intp],
        owner: NDArray[np.intp],
        finer: int,
    ) -> _Curves:
        """From the places' images x, with each edge divided into `finer` equal parts."""
        order = np.argsort(owner, kind="stable")
        outline, owner = outline[order], owner[order]
        if finer == 1:
            return cls(x[outline], outline, owner)
        start, end = places[outline[:, 0]], places[outline[:, 1]]
        shares = (np.arange(1, finer) / finer)[None, :, None]
        between = start[:, None] + shares * (end - start)[:, None]
        number = len(places) + np.arange(between.shape[0] * (finer - 1)).reshape(-1, finer - 1)
        chain = np.column_stack((outline[:, 0], number, outline[:, 1]))
        outline = np.stack((chain[:, :-1], chain[:, 1:]), axis=-1).reshape(-1, 2)
        x = np.concatenate((x, probe(between.reshape(-1, 2))))
        return cls(x[outline], outline, np.repeat(owner, finer))

    def surround_once(self, x: Array, label: NDArray[np.intp], turns: NDArray[np.intp]) -> bool:
        """Whether no two edges cross, and each of x, (n, 2), lies in its own piece's curve alone.

        Args:
            label: the piece of each of x.
            turns: the orientation of each piece.
        """
        if not (np.isfinite(self.ends).all() and np.isfinite(x).all()):
            return False
        frame = Frame.box(self.ends.reshape(-1, 2))
        ends = frame(self.ends.reshape(-1, 2)).reshape(self.ends.shape)
        first, second = (self.outline[side] for side in meetings(ends).T)
        if not (first[:, :, None] == second[:, None, :]).any(axis=(1, 2)).all():
            return False
        for piece, turn in enumerate(turns):
            own = ends[self.owner == piece]
            around = winding_of_pieces(own[:, 0], own[:, 1], frame(x))
            if not (around == np.where(label == piece, turn, 0)).all():
                return False
        return True


def _strip_mass(places: Array, outline: NDArray[np.intp], nodes: int, strip: float) -> float:
    """The mass of strips of this width beside the jumps: length times width times density."""
    ends = places[outline[(outline >= nodes).all(axis=1)]]
    middle, length = ends.mean(axis=1), np.hypot(*(ends[:, 1] - ends[:, 0]).T)
    density = np.exp(-(middle * middle).sum(axis=1) / 2) / (2 * np.pi)
    return float((length * density).sum() * strip)
