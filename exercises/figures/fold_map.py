"""The fold map as data: what f does to a grid over the disc, small enough to keep."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exercises.figures.sheets import Labels, WarpedGrid
from exercises.numerics.mesh import WarpedMesh
from exercises.numerics.window import Window, choose_window
from exercises.oracle import Array

_MAGIC = b"PFF1"
_HEADER = struct.Struct("<4sI")
#: More than any header takes, and the most nodes along a side that are kept.
_MOST_HEADER, _MOST_NODES = 8_192, 72
#: Images are kept in units of the window; further away than this they are all the same.
_FAR = 1e6
#: A determinant that is smaller than this, of orthogonal rows' 1, counts as none where its sign is
#: not sure.
_FLAT = 1e-4
#: Points that stand for the Gaussian when the window is chosen.
_POINTS = 4_000
#: How many windows' sizes away a witness may lie for the window to grow until it shows it.
_NEAR = 2.0


@dataclass(frozen=True, slots=True)
class Shared:
    """A witness: two inputs with one output."""

    a: tuple[float, float]
    b: tuple[float, float]
    x: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the Gaussian's mass on the disc; they add up to one."""

    kept: float
    reversed: float
    flat: float
    #: Where f has no finite value.
    missing: float


@dataclass(frozen=True, slots=True, eq=False)
class FoldMap:
    """A grid over |z| ≤ radius, where f sends it, and which way round."""

    radius: float
    #: What of x is shown.
    window: Window
    grid: WarpedGrid
    shared: Shared | None

    @property
    def shares(self) -> Shares:
        """How much of the Gaussian f keeps the right way round, reverses, flattens, or loses."""
        weights = self.weights
        known = np.isfinite(self.grid.determinant)
        label = self.grid.orientation
        parts = (known & (label == 1), known & (label == -1), known & (label == 0))
        total = weights.sum()
        kept, back, flat = (float(weights[part].sum() / total) for part in parts)
        return Shares(kept, back, flat, max(0.0, 1 - kept - back - flat))

    @property
    def weights(self) -> Array:
        """The Gaussian's mass around each node, up to a factor, shape (k, k)."""
        return _weights(self.grid.line, self.radius)

    def to_bytes(self) -> bytes:
        """This map in about 35 kB, for `from_bytes`; the same map gives the same bytes."""
        shared = self.shared and [self.shared.a, self.shared.b, self.shared.x]
        facts = {
            "radius": self.radius,
            "window": [self.window.lo, self.window.hi],
            "nodes": len(self.grid.line),
            "shared": shared,
        }
        header = json.dumps(facts, separators=(",", ":")).encode()
        inside = _inside(self.grid.line, self.radius)
        arrays = (
            self.grid.line.astype("<f8"),
            self.grid.images[inside].astype("<f4"),
            self.grid.determinant[inside].astype("<f2"),
            self.grid.orientation[inside].astype("i1"),
        )
        content = b"".join(array.tobytes() for array in arrays)
        return _HEADER.pack(_MAGIC, len(header)) + header + content

    @classmethod
    def from_bytes(cls, data: bytes) -> FoldMap:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: this is something else, or damaged.
        """
        if len(data) < _HEADER.size or not data.startswith(_MAGIC):
            raise ValueError("not the bytes of a fold map of this version")
        _, length = _HEADER.unpack_from(data)
        content = data[_HEADER.size :]
        try:
            if length > _MOST_HEADER:
                raise ValueError("too long a header")
            return _read(json.loads(content[:length]), content[length:])
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise ValueError("the bytes of a fold map are damaged") from error


def fold_map(
    mesh: WarpedMesh, radius: float, witness: tuple[Array, Array, Array] | None
) -> FoldMap:
    """The map of what f does to the disc.

    Args:
        mesh: the nodes of a tensor mesh cut to |z| <= radius, as `disc_mesh` makes it, with what f
            was seen to do to them; any float64 at all.
        radius: of the disc.
        witness: two inputs and their one output, shape (2,) each.

    Raises:
        ValueError: the nodes do not lie on a square grid.
    """
    line = np.unique(mesh.nodes)
    line = line[:: -(-len(line) // _MOST_NODES)]
    column, row = (np.searchsorted(line, coordinate) for coordinate in mesh.nodes.T)
    column, row = (np.minimum(index, len(line) - 1) for index in (column, row))
    kept = (line[column] == mesh.nodes[:, 0]) & (line[row] == mesh.nodes[:, 1])
    if len(line) < 4 or np.count_nonzero(kept) != np.count_nonzero(_inside(line, radius)):
        raise ValueError("the nodes of the mesh do not lie on a square grid over the disc")
    column, row = column[kept], row[kept]
    images, determinant = mesh.images[kept], mesh.determinant[kept]
    known = np.isfinite(images).all(axis=1) & np.isfinite(determinant)
    shared = _shared(witness)
    window = _window(images[known], _weights(line, radius)[column, row][known], shared)
    grid = _empty_grid(line)
    column, row = column[known], row[known]
    grid.images[column, row] = np.clip(window.to_unit(images[known]), -_FAR, _FAR)
    grid.determinant[column, row] = determinant[known]
    grid.orientation[column, row] = _labels(mesh.sign[kept][known], determinant[known])
    _fill_lone_flats(grid)
    return FoldMap(radius, window, grid, shared)


def _empty_grid(line: Array) -> WarpedGrid:
    count = len(line)
    images, determinant = np.full((count, count, 2), np.nan), np.full((count, count), np.nan)
    return WarpedGrid(line, images, determinant, np.zeros((count, count), np.int8))


def _labels(sign: Labels, determinant: Array) -> Labels:
    """The sure signs, and of the others those that are not next to nothing."""
    likely = np.where(np.abs(determinant) > _FLAT, np.sign(determinant), 0).astype(np.int8)
    return np.where(sign != 0, sign, likely).astype(np.int8)


def _fill_lone_flats(grid: WarpedGrid) -> None:
    """Give flat nodes that are part of no flat cell, as those on a fold, a sign of those around."""
    label = grid.orientation
    flat = (label == 0) & np.isfinite(grid.determinant)
    cell = flat[:-1, :-1] & flat[1:, :-1] & flat[:-1, 1:] & flat[1:, 1:]
    padded = np.pad(cell, 1)
    in_cell = padded[:-1, :-1] | padded[1:, :-1] | padded[:-1, 1:] | padded[1:, 1:]
    around = np.pad(label.astype(np.int64), 1)
    count = len(label)
    blocks = [around[i : i + count, j : j + count] for i in range(3) for j in range(3)]
    total = np.stack(blocks).sum(axis=0)
    lone = flat & ~in_cell
    label[lone] = np.where(total[lone] < 0, -1, 1)


def _window(images: Array, weights: Array, shared: Shared | None) -> Window:
    """The window of so many points that follow the Gaussian, grown to show the witness."""
    if not len(images):
        return choose_window(images)
    heap = np.cumsum(weights)
    picked = np.searchsorted(heap, (np.arange(_POINTS) + 0.5) / _POINTS * heap[-1])
    window = choose_window(images[np.minimum(picked, len(images) - 1)])
    if shared is None:
        return window
    place = window.to_unit(np.array([shared.x]))[0]
    if not (np.abs(place - 0.5) <= _NEAR).all():
        return window
    lo, hi = np.minimum(0.0, place - 0.06), np.maximum(1.0, place + 0.06)
    ends = window.from_unit(np.where(np.stack((place < 0.06, place > 0.94)), (lo, hi), [[0], [1]]))
    if not np.isfinite(ends).all():
        return window
    (a, b), (c, d) = ends.tolist()
    return Window((a, b), (c, d))


def _shared(witness: tuple[Array, Array, Array] | None) -> Shared | None:
    if witness is None or not all(np.isfinite(part).all() for part in witness):
        return None
    (a1, a2), (b1, b2), (x1, x2) = (part.tolist() for part in witness)
    return Shared((a1, a2), (b1, b2), (x1, x2))


def _inside(line: Array, radius: float) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = np.hypot(line[:, None], line[None, :]) <= radius
    return inside


def _weights(line: Array, radius: float) -> Array:
    """The Gaussian's mass around each node, shape (k, k); 0 beyond the disc."""
    width = np.gradient(line)
    density = np.exp(-(line**2) / 2) * width
    weights: Array = density[:, None] * density[None, :] * _inside(line, radius)
    return weights


def _read(facts: dict[str, Any], content: bytes) -> FoldMap:
    count = int(facts["nodes"])
    radius = float(facts["radius"])
    if not (4 <= count <= _MOST_NODES and 0 < radius < np.inf):
        raise ValueError("not a grid")
    line = np.frombuffer(content, "<f8", count)
    if not (np.isfinite(line).all() and (np.diff(line) > 0).all()):
        raise ValueError("not a grid")
    inside = _inside(line, radius)
    nodes = int(np.count_nonzero(inside))
    if len(content) != 8 * count + 11 * nodes:
        raise ValueError("another number of nodes")
    grid = _empty_grid(line)
    start = 8 * count
    grid.images[inside] = np.frombuffer(content, "<f4", 2 * nodes, start).reshape(nodes, 2)
    grid.determinant[inside] = np.frombuffer(content, "<f2", nodes, start + 8 * nodes)
    grid.orientation[inside] = np.clip(
        np.frombuffer(content, "i1", nodes, start + 10 * nodes), -1, 1
    )
    (a, b), (c, d) = facts["window"]
    window = Window((float(a), float(b)), (float(c), float(d)))
    if not (np.isfinite(window.lo + window.hi).all() and a < c and b < d):
        raise ValueError("the window is not a rectangle")
    points = facts["shared"]
    one, two, three = (np.array(point, dtype=np.float64) for point in points or [()] * 3)
    shared = _shared((one, two, three)) if points else None
    return FoldMap(radius, window, grid, shared)
