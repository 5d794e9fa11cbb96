"""A disc divided along the jumps of f: the pieces, how each is turned, and their outlines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from exercises.numerics.edges import CALM, forecast_error
from exercises.numerics.jacobian import Local, linearise
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: Nodes a side of the grid, where f is called point by point and where once for all of them.
_ACROSS, _ACROSS_LIFTED = 40, 64
#: More jumping edges are no few pieces any more.
_MOST_EDGES = 500
#: Halvings that pin a jump down.
_PINS = 24
#: The share of a piece's nodes that may be unsure of their orientation.
_UNSURE = 0.01
#: An angle that brings no node of the grid onto an axis or a diagonal, where students' jumps are.
_TURN = 0.37
#: The grid ends a hair within the disc, so that differences at its nodes stay on it.
_WITHIN = 1 - 1e-5


@dataclass(frozen=True, slots=True)
class Grid:
    """Four-sided cells that fill a disc."""

    #: Shape (n, 2).
    nodes: Array
    #: Shape (e, 2): indices of the two ends, the smaller first.
    edges: NDArray[np.intp]
    #: Shape (c, 4): the corners of each cell, counterclockwise.
    cells: NDArray[np.intp]
    #: Shape (c, 4): the edge from each corner to the next.
    sides: NDArray[np.intp]


@lru_cache(maxsize=4)
def disc_grid(radius: float, across: int) -> Grid:
    """A square grid bent onto the disc |z| <= radius, squares onto circles; finer in the middle.

    The concentric map of Shirley and Chiu (J. Graphics Tools 2, 1997).
    """
    line = np.linspace(-1, 1, across)
    a, b = (part.ravel() for part in np.meshgrid(line, line, indexing="ij"))
    steep = np.abs(a) > np.abs(b)
    length = np.where(steep, a, b)
    angle = np.where(
        steep, np.pi / 4 * b / np.where(steep, a, 1), np.pi / 2 - np.pi / 4 * a / np.where(b, b, 1)
    )
    length = radius * _WITHIN * np.sinh(length) / np.sinh(1.0)
    nodes = length[:, None] * np.column_stack((np.cos(angle + _TURN), np.sin(angle + _TURN)))
    index = np.arange(across * across).reshape(across, across)
    corners = (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:])
    cells = np.stack([corner.ravel() for corner in corners], axis=1)
    pairs = np.sort(_around(cells), axis=-1)
    edges, sides = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
    return Grid(nodes, edges, cells, sides.reshape(-1, 4))


@dataclass(frozen=True, slots=True)
class Division:
    """The grid with what f does at its nodes, cut where f jumps or turns over."""

    grid: Grid
    known: Local
    #: Shape (e,): the edges that are cut.
    cut: NDArray[np.bool_]
    #: Shape (n,): the number of each node's piece.
    label: NDArray[np.intp]
    #: The orientation of each piece, 1 or -1, or 0 where it has two or is unsure.
    turns: NDArray[np.intp]
    #: Shape (k, 2): where on each cut edge the jump is: shares of its length around it.
    pins: Array
    #: Shape (m, 2): directed edges of all outlines, by numbers of places: a place is a node, or
    #: behind those, two for each cut edge, its jump seen from either end.
    outline: NDArray[np.intp]
    #: Shape (m,): the piece of each edge of the outlines.
    owner: NDArray[np.intp]

    def places(self, strip: float) -> Array:
        """The nodes, and for each cut edge two points `strip` before and behind its jump."""
        start, end = (self.grid.nodes[self.grid.edges[self.cut, side]] for side in (0, 1))
        along = end - start
        share = strip / np.maximum(np.hypot(*along.T), 1e-300)
        low = np.maximum(self.pins[:, 0] - share, 0.0)
        high = np.minimum(self.pins[:, 1] + share, 1.0)
        beside = np.stack((start + low[:, None] * along, start + high[:, None] * along), axis=1)
        return np.concatenate((self.grid.nodes, beside.reshape(-1, 2)))


def divide(probe: Probe, resolution: Resolution, radius: float) -> Division | None:
    """The disc |z| <= radius divided into pieces; None where f is not finite or jumps too often."""
    grid = disc_grid(radius, _ACROSS_LIFTED if probe.lifted else _ACROSS)
    known = linearise(probe, grid.nodes, resolution)
    if not known.finite.all():
        return None
    cut = _cut_edges(known, grid)
    if not 0 < cut.sum() <= _MOST_EDGES:
        return None
    label = _pieces(grid, cut)
    turns = np.array([_orientation(known.sign[label == piece]) for piece in range(label.max() + 1)])
    pins = _pin(probe, known, grid.edges[cut])
    outline, owner = _outlines(grid, cut, label)
    return Division(grid, known, cut, label, turns, pins, outline, owner)


def _cut_edges(known: Local, grid: Grid) -> NDArray[np.bool_]:
    """The edges across which f jumps or turns over; a kink is neither."""
    one, two = known.take(grid.edges[:, 0]), known.take(grid.edges[:, 1])
    length = np.hypot(*(two.z - one.z).T)
    rows = np.linalg.norm(known.jacobian, axis=2)
    scale = np.maximum(rows[grid.edges[:, 0]], rows[grid.edges[:, 1]])
    scale = np.where(scale > 0, scale, np.maximum(np.median(rows, axis=0), 1e-300))
    mixed = forecast_error(one, two, scale)[1]
    return np.asarray(~(mixed <= CALM * length) | (one.sign * two.sign < 0), dtype=np.bool_)


def _pieces(grid: Grid, cut: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The number of each node's piece: nodes that edges which are not cut connect."""
    count = len(grid.nodes)
    kept = grid.edges[~cut]
    graph = coo_array((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), shape=(count, count))
    label: NDArray[np.intp] = connected_components(graph, directed=False)[1].astype(np.intp)
    return label


def _orientation(sign: NDArray[np.int8]) -> int:
    """The one orientation of a piece, or 0 where it has two or is unsure."""
    if (sign == 0).mean() > _UNSURE or ((sign == 1).any() and (sign == -1).any()):
        return 0
    return 1 if (sign == 1).any() else -1


def _pin(probe: Probe, known: Local, edges: NDArray[np.intp]) -> Array:
    """Where on each edge f leaves what one end foresees for what the other does, (k, 2) shares."""
    one, two = known.take(edges[:, 0]), known.take(edges[:, 1])
    along = two.z - one.z
    low, high = np.zeros(len(edges)), np.ones(len(edges))
    rows = np.maximum(np.abs(one.jacobian).max(axis=2), np.abs(two.jacobian).max(axis=2))
    for _ in range(_PINS):
        middle = (low + high) / 2
        z = one.z + middle[:, None] * along
        x = probe(z)
        with np.errstate(all="ignore"):
            off = [
                np.abs(x - end.x - (end.jacobian @ (z - end.z)[:, :, None])[:, :, 0]) / rows
                for end in (one, two)
            ]
            first = off[0].max(axis=1) <= off[1].max(axis=1)
        low, high = np.where(first, middle, low), np.where(first, high, middle)
    return np.column_stack((low, high))


def _outlines(
    grid: Grid, cut: NDArray[np.bool_], label: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The directed edges of all pieces, (m, 2) numbers of places, and the piece of each.

    A place is a node, or behind those, two for each cut edge: its jump seen from either end.
    Within a cell each piece is a polygon; sides that two polygons share cancel.
    """
    count, number = len(grid.nodes), np.cumsum(cut) - 1
    broken = cut[grid.sides].any(axis=1)
    whole = grid.cells[~broken]
    pairs = [_around(whole).reshape(-1, 2)]
    for corners, sides in zip(grid.cells[broken], grid.sides[broken], strict=True):
        pairs += [_around(polygon) for polygon in _parts(corners, sides, cut, number, count)]
    directed = np.concatenate(pairs)
    many = count + 2 * int(cut.sum())
    there, back = directed @ [many, 1], directed @ [1, many]
    outline = directed[~np.isin(there, back)]
    ends = grid.edges[cut].ravel()  # the node behind each place that is none
    node = np.concatenate((np.arange(count), ends))[outline[:, 0]]
    return outline, label[node]


def _around(polygons: NDArray[np.intp]) -> NDArray[np.intp]:
    """The directed edges of polygons, (…, corners), as (…, corners, 2)."""
    return np.stack((polygons, np.roll(polygons, -1, axis=-1)), axis=-1)


def _parts(
    corners: NDArray[np.intp],
    sides: NDArray[np.intp],
    cut: NDArray[np.bool_],
    number: NDArray[np.intp],
    count: int,
) -> list[NDArray[np.intp]]:
    """The polygons of one cell, each from one cut side to the next."""
    start = next(i for i in range(4) if cut[sides[i]])
    parts: list[list[int]] = [[]]
    for i in range(start + 1, start + 5):
        here, behind, ahead = corners[i % 4], sides[(i - 1) % 4], sides[i % 4]
        before, after = corners[(i - 1) % 4], corners[(i + 1) % 4]
        if cut[behind]:
            parts.append([count + 2 * number[behind] + int(here > before)])
        parts[-1].append(here)
        if cut[ahead]:
            parts[-1].append(count + 2 * number[ahead] + int(here > after))
    return [np.array(part) for part in parts if part]
