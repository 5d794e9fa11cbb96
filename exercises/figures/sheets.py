"""Sheets: the image of the disc in pieces, each of one orientation, cut where f folds or jumps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exercises.figures.edges import (
    AXES,
    Direction,
    Edges,
    edges_across,
    edges_along,
    shifted,
    tears,
)
from exercises.oracle import Array

Labels = NDArray[np.int8]

(_RIGHT, _UP), _ACROSS = AXES, (1, 1)
#: The two triangles of a cell: their corners, as offsets from its lower left one.
_TRIANGLES = (((0, 0), (1, 0), (1, 1)), ((0, 0), (1, 1), (0, 1)))


@dataclass(frozen=True, slots=True, eq=False)
class WarpedGrid:
    """A square grid over the disc, and where f sends its nodes."""

    #: Shape (k,): the coordinates of the nodes along both axes, ascending.
    line: Array
    #: Shape (k, k, 2): [i, j] is the image of (line[i], line[j]) in units of a window, the window
    #: being the square from 0 to 1; NaN beyond the disc and where f has no finite value.
    images: Array
    #: Shape (k, k): det J over the product of its rows' lengths; NaN where the image is.
    determinant: Array
    #: Shape (k, k): 1 where f keeps the orientation, −1 where it reverses it, 0 where it is flat.
    orientation: Labels

    @property
    def nodes(self) -> Array:
        """The nodes, shape (k, k, 2)."""
        return np.stack(np.meshgrid(self.line, self.line, indexing="ij"), axis=-1)

    @property
    def is_torn(self) -> bool:
        """Whether f jumps between any neighbours."""
        return any(bool(tears(self.images, self.nodes, axis).any()) for axis in AXES)

    def curves(self, at: Array, subdivisions: int = 4) -> Iterator[tuple[Array, Array]]:
        """The lines z₁ = c and z₂ = c for each c in `at`, as (z, image), each (2c, m, 2).

        An image is NaN where f jumps or has no value, so that a line ends there.
        """
        last = len(self.line) - 2
        where = np.clip(np.searchsorted(self.line, at, side="right") - 1, 0, last).astype(np.intp)
        share = (at - self.line[where]) / (self.line[where + 1] - self.line[where])
        fine = np.arange(subdivisions) / subdivisions
        for turned in (False, True):
            images = self.images.transpose(1, 0, 2) if turned else self.images
            nodes = self.nodes
            across = edges_along(images, nodes, _RIGHT)
            coarse = across.at(
                np.broadcast_to(share[:, None], (len(at), len(self.line))), (where.astype(np.intp),)
            )
            places = nodes[where].copy()
            places[..., 0] = at[:, None]
            along = edges_along(coarse, places, _UP)
            shape = (len(at), len(self.line), subdivisions)
            spread = np.broadcast_to(fine, shape).transpose(2, 0, 1)
            values = np.stack([along.at(part) for part in spread], axis=2)
            step = np.diff(places, axis=1, append=np.nan)[:, :, None]
            points = places[:, :, None] + fine[:, None] * step
            z = points.reshape(len(at), -1, 2)
            yield (z[..., ::-1] if turned else z), values.reshape(len(at), -1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Sheets:
    """Triangles of one orientation each, in z and in x, and the curves between orientations."""

    #: Shape (m, 3, 2): corners in z, and their images in units of the window.
    z: Array
    x: Array
    #: Shape (m,): 1, −1 or 0, as WarpedGrid.orientation.
    label: Labels
    #: Shape (m,): whether f jumps on it, so that it has no image.
    torn: NDArray[np.bool_]
    #: Shape (s, 2, 2): pieces of the curves where the orientation changes, in z and in x.
    folds_z: Array
    folds_x: Array
    #: Shape (s,): True where one side of such a piece is flat, so that it bounds a flat region.
    flat_edge: NDArray[np.bool_]

    @property
    def whole(self) -> NDArray[np.bool_]:
        """The triangles that have an image."""
        return ~self.torn


def cut_into_sheets(grid: WarpedGrid, radius: float) -> Sheets:
    """Cut the grid's cells along folds, and off at |z| = radius."""
    corners = _corners(grid)
    labels = _two_at_most(_at(grid.orientation, corners))
    cuts = _Cuts.of(grid)
    torn = cuts.torn(corners)
    even = (labels == labels[:, :1]).all(axis=1)
    order = _odd_first(labels[~even])
    mixed = np.take_along_axis(corners[~even], order[:, :, None], axis=1)
    sides = np.take_along_axis(labels[~even], order, axis=1)
    ends = [cuts.between(mixed[:, 0], mixed[:, corner]) for corner in (1, 2)]
    parts_z = _split(_at(grid.nodes, mixed), ends[0][0], ends[1][0])
    parts_x = _split(_at(grid.images, mixed), ends[0][1], ends[1][1])
    cut = _Triangles(
        np.concatenate((_at(grid.nodes, corners[even]), *parts_z)),
        np.concatenate((_at(grid.images, corners[even]), *parts_x)),
        np.concatenate((labels[even, 0], sides[:, 0], sides[:, 1], sides[:, 1])),
        np.concatenate((torn[even], *[torn[~even]] * 3)),
    ).within(radius)
    folds_z, folds_x = (np.stack((ends[0][k], ends[1][k]), axis=1) for k in (0, 1))
    seen = ~torn[~even] & (np.hypot(folds_z[..., 0], folds_z[..., 1]) < radius).all(axis=1)
    flat = (sides[:, :2] == 0).any(axis=1)
    return Sheets(cut.z, cut.x, cut.label, cut.torn, folds_z[seen], folds_x[seen], flat[seen])


def whole_triangles(grid: WarpedGrid) -> NDArray[np.intp]:
    """The triangles on which f has values and no jump: indices of corners, shape (m, 3, 2)."""
    corners = _corners(grid)
    return corners[~_Cuts.of(grid).torn(corners)]


@dataclass(frozen=True, slots=True)
class _Triangles:
    """As in Sheets."""

    z: Array
    x: Array
    label: Labels
    torn: NDArray[np.bool_]

    def within(self, radius: float) -> _Triangles:
        """Cut off at |z| = radius."""
        outside = np.hypot(self.z[..., 0], self.z[..., 1]) > radius
        count = outside.sum(axis=1)
        cut = (count == 1) | (count == 2)
        order = _odd_first(outside[cut])
        z, x = (
            np.take_along_axis(values[cut], order[:, :, None], axis=1)
            for values in (self.z, self.x)
        )
        shares = [_circle_share(z[:, 0], z[:, corner], radius) for corner in (1, 2)]
        odd_inside = count[cut] == 2
        parts = [
            _split(values, *(_mix(values[:, 0], values[:, k + 1], shares[k]) for k in (0, 1)))
            for values in (z, x)
        ]
        kept, label, torn = count == 0, self.label[cut], self.torn[cut]
        pick = [odd_inside, ~odd_inside, ~odd_inside]
        return _Triangles(
            np.concatenate((self.z[kept], *(p[m] for p, m in zip(parts[0], pick, strict=True)))),
            np.concatenate((self.x[kept], *(p[m] for p, m in zip(parts[1], pick, strict=True)))),
            np.concatenate((self.label[kept], *(label[m] for m in pick))),
            np.concatenate((self.torn[kept], *(torn[m] for m in pick))),
        )


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Where each edge would be cut, shape (3, k, k, …): direction, first node."""

    z: Array
    x: Array
    broken: NDArray[np.bool_]

    @classmethod
    def of(cls, grid: WarpedGrid) -> _Cuts:
        """Look along the edges of the three directions."""
        right, up = (edges_along(grid.images, grid.nodes, step) for step in (_RIGHT, _UP))
        z, x, broken = [], [], []
        for edges, direction in ((right, _RIGHT), (up, _UP), (edges_across(right, up), _ACROSS)):
            share = _share(grid, edges, direction)
            z.append(_mix(grid.nodes, shifted(grid.nodes, direction, 1), share))
            x.append(edges.at(share))
            broken.append(edges.torn)
        return cls(np.stack(z), np.stack(x), np.stack(broken))

    def between(self, one: NDArray[np.intp], other: NDArray[np.intp]) -> tuple[Array, Array]:
        """Where the edges from the nodes `one` to `other` are cut, in z and in x."""
        place = self._place(one, other)
        return self.z[place], self.x[place]

    def torn(self, corners: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which triangles have an edge on which f jumps."""
        pairs = ((0, 1), (1, 2), (0, 2))
        found = [self.broken[self._place(corners[:, a], corners[:, b])] for a, b in pairs]
        torn: NDArray[np.bool_] = np.any(found, axis=0)
        return torn

    @staticmethod
    def _place(
        one: NDArray[np.intp], other: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        step = np.abs(other - one)
        first = np.minimum(one, other)
        # 0 to the right, 1 up, 2 across.
        return step[:, 0] + 2 * step[:, 1] - 1, first[:, 0], first[:, 1]


def _share(grid: WarpedGrid, edges: Edges, direction: Direction) -> Array:
    """Where along each edge the orientation changes, if it does: at a kink, or where det J is 0."""
    size = np.abs(grid.determinant)
    there = shifted(size, direction, 1)
    both = size + there
    share = np.where(both > 0, size / np.where(both > 0, both, 1.0), 0.5)
    return np.where(edges.kink, edges.meeting, share)


def _corners(grid: WarpedGrid) -> NDArray[np.intp]:
    """The corners of all triangles whose three images are known, shape (m, 3, 2)."""
    known = np.asarray(np.isfinite(grid.images).all(axis=2))
    cells = np.stack(np.nonzero(np.ones(np.array(known.shape) - 1, np.bool_)), axis=-1)
    found = np.concatenate([cells[:, None] + np.array(offsets) for offsets in _TRIANGLES])
    corners: NDArray[np.intp] = found[_at(known, found).all(axis=1)]
    return corners


def _at(values: NDArray[Any], corners: NDArray[np.intp]) -> NDArray[Any]:
    return values[corners[..., 0], corners[..., 1]]


def _two_at_most(labels: Labels) -> Labels:
    """Where a triangle has all three labels its flat corner counts as kept."""
    three = (np.sort(labels, axis=1) == (-1, 0, 1)).all(axis=1)
    return np.where(three[:, None] & (labels == 0), np.int8(1), labels)


def _odd_first(marks: NDArray[Any]) -> NDArray[np.intp]:
    """For triples with two equal marks, an order with the odd one first."""
    odd = np.where(marks[:, 0] == marks[:, 1], 2, np.where(marks[:, 0] == marks[:, 2], 1, 0))
    return (odd[:, None] + np.arange(3)) % 3


def _split(corners: Array, first: Array, second: Array) -> tuple[Array, Array, Array]:
    """Cut triangles from `first`, on edge 0–1, to `second`, on 0–2: the odd one and the rest."""
    odd, one, two = (corners[:, k] for k in range(3))
    return (
        np.stack((odd, first, second), axis=1),
        np.stack((first, one, two), axis=1),
        np.stack((first, two, second), axis=1),
    )


def _mix(start: Array, end: Array, share: Array) -> Array:
    mixed: Array = start + share[..., None] * (end - start)
    return mixed


def _circle_share(start: Array, end: Array, radius: float) -> Array:
    """Where the way from one side of |z| = radius to the other crosses it, 0 … 1."""
    way = end - start
    a, b = (way * way).sum(axis=1), (start * way).sum(axis=1)
    c = (start * start).sum(axis=1) - radius**2
    root = np.sqrt(np.maximum(b * b - a * c, 0.0))
    # From inside (c < 0) the later of the two solutions, else the earlier.
    share: Array = np.clip((-b + np.where(c < 0, root, -root)) / a, 0.0, 1.0)
    return share
