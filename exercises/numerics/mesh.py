"""A net of points over the disc that is judged, and what f makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Array

#: Coordinates a side on a disc of radius 4 and on smaller ones.
_ACROSS, _USUAL_RADIUS = 60, 4.0


@dataclass(frozen=True, slots=True)
class Mesh:
    """A net of points over a disc, finer in the middle, with the edges between neighbours."""

    #: Shape (n, 2).
    nodes: Array
    #: Shape (e, 2): indices of the two ends.
    edges: NDArray[np.intp]
    #: Shape (m, 3): indices of the corners, anticlockwise; two to each square of the net.
    triangles: NDArray[np.intp]
    #: The longest edge.
    spacing: float
    #: The coordinates of its rows and columns, shape (across,), ascending.
    line: Array
    #: Shape (across, across): the node at each crossing of those, -1 outside the disc.
    number: NDArray[np.intp]

    def nearest(self, points: Array) -> NDArray[np.intp]:
        """The node nearest to each of the points, shape (n, 2); -1 where that is off the disc."""
        between = (self.line[1:] + self.line[:-1]) / 2
        row, column = (np.searchsorted(between, points[:, axis]) for axis in (0, 1))
        nearest: NDArray[np.intp] = self.number[row, column]
        return nearest


@dataclass(frozen=True, slots=True)
class WarpedMesh:
    """The mesh with what f was seen to do to it: for pictures of how f folds the plane."""

    #: Shape (n, 2).
    nodes: Array
    #: Shape (m, 3): indices of the corners, anticlockwise in the plane of z.
    triangles: NDArray[np.intp]
    #: Shape (n, 2): f at the nodes, as f gave it; NaN or inf where f has no finite answer.
    images: Array
    #: Shape (n,): det J over the product of its rows' lengths, within -1 and 1; NaN where f is not
    #: finite.
    determinant: Array
    #: Shape (n,): 1 or -1 where the determinant's sign is sure, else 0.
    sign: NDArray[np.int8]


@lru_cache(maxsize=8)
def disc_mesh(radius: float) -> Mesh:
    """A tensor mesh cut to the disc |z| <= radius.

    Its edges are parallel to the axes and finer in the middle, by the sinh of an even spacing. The
    number of coordinates a side grows with the radius from 4 on, so that the spacing does not. It
    is even, so that no node lies on an axis, where f is most often singular.
    """
    across = 2 * math.ceil(_ACROSS / 2 * max(1.0, radius / _USUAL_RADIUS))
    line = radius * np.sinh(np.linspace(-1, 1, across)) / np.sinh(1.0)
    grid = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1)
    inside = np.hypot(grid[..., 0], grid[..., 1]) <= radius
    number = np.full(inside.shape, -1)
    number[inside] = np.arange(np.count_nonzero(inside))
    right = np.stack((number[:-1], number[1:]), axis=-1).reshape(-1, 2)
    up = np.stack((number[:, :-1], number[:, 1:]), axis=-1).reshape(-1, 2)
    edges = np.concatenate((right, up))
    edges = edges[(edges >= 0).all(axis=1)]
    mesh = Mesh(grid[inside], edges, _triangles(number), float(np.diff(line).max()), line, number)
    for array in (mesh.nodes, mesh.edges, mesh.triangles, mesh.line, mesh.number):
        array.setflags(write=False)
    return mesh


def _triangles(number: NDArray[np.intp]) -> NDArray[np.intp]:
    """Both halves of each square whose corners are nodes, and the one half of each with three."""
    here, right = number[:-1, :-1].ravel(), number[1:, :-1].ravel()
    up, across = number[:-1, 1:].ravel(), number[1:, 1:].ravel()
    # Where one corner is missing, the diagonal that leaves it out.
    falling = (here < 0) | (across < 0)
    first = np.where(falling[:, None], _of(here, right, up), _of(here, right, across))
    second = np.where(falling[:, None], _of(right, across, up), _of(here, across, up))
    found = np.concatenate((first, second))
    return found[(found >= 0).all(axis=1)]


def _of(*corners: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.stack(corners, axis=-1)
