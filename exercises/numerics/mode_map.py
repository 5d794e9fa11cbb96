"""Which mode of a density each point of the plane belongs to, and points drawn from a mode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from exercises.numerics.basins import Density, Index, basins
from exercises.numerics.kde import Array
from exercises.numerics.smoothed import FLOOR, SAMPLES
from exercises.numerics.window import Window

#: Neighbouring peaks are two modes when the pass between them is below this share of the lower.
_VALLEY = 0.6
#: Peaks below this share of the highest one are not looked at.
_LEAST_HEIGHT = 0.02
#: The least variance that is left to a mode, in units of the window: a point's.
_POINT = 1e-12


@dataclass(frozen=True, slots=True)
class ModeMap:
    """The modes of a smoothed density, with the plane shared out among them."""

    window: Window
    #: Shape (cells, cells): the density, and for each node the number of its mode.
    density: Density
    labels: Index
    #: Shape (m, 2): where each mode's peak is, the highest first.
    places: Array
    #: Shape (m,): the share of the mass that belongs to each.
    shares: Array

    @classmethod
    def of(cls, density: Density, window: Window) -> ModeMap:
        """Of a density as `smoothed` returns it; it must be above 0 somewhere.

        What lies too low for a mode of its own belongs to the nearest one, as do points outside
        the window.
        """
        cells, values = len(density), density.ravel()
        least = _LEAST_HEIGHT * float(values.max())
        found = basins(density, least, lambda height, pass_: pass_ > _VALLEY * height)
        peaks = sorted(found.taken, key=lambda peak: -values[peak])
        labels: Index = np.full(len(values), -1, dtype=np.intp)
        for mode, peak in enumerate(peaks):
            labels[np.isin(found.peaks, found.taken[peak])] = mode
        square = labels.reshape(cells, cells)
        nearest = distance_transform_edt(square < 0, return_distances=False, return_indices=True)
        labels = square[tuple(nearest)]
        rows, columns = np.divmod(np.array(peaks), cells)
        places = window.from_unit((np.column_stack((columns, rows)) + 0.5) / cells)
        mass = np.bincount(labels.ravel(), values, len(peaks))
        return cls(window, density, labels, places, mass / mass.sum())

    def which(self, points: Array) -> Index:
        """The number of the mode that each of the points (n, 2) belongs to."""
        found: Index = self.labels[self._nearest(points)]
        return found

    def holds(self, points: Array) -> float:
        """The share of the points (n, 2) that lie where the density is not next to nothing."""
        heights = self.density[self._nearest(points)]
        return float(np.mean(heights >= _LEAST_HEIGHT * self.density.max()))

    def _nearest(self, points: Array) -> tuple[Index, Index]:
        cells = len(self.labels)
        nodes = np.clip(self.window.to_unit(points) * cells, 0, cells - 1).astype(np.intp)
        return nodes[:, 1], nodes[:, 0]

    def share(self, points: Array, weights: NDArray[np.floating] | None = None) -> Array:
        """Shape (m,): the share of the points (n, 2) that belongs to each mode."""
        counts = np.bincount(self.which(points), weights, len(self.shares))
        shares: Array = counts / counts.sum()
        return shares

    def nodes(self) -> Array:
        """The places of the density's values, flat: shape (cells², 2)."""
        return self.window.from_unit(self._unit_nodes())

    def draw(self, mode: int, count: int, rng: np.random.Generator) -> Array:
        """Draw points, shape (count, 2), from what is one mode's.

        The kernel has widened it: the points are drawn in by as much, so that mean and covariance
        are those of the mode before it was smoothed.
        """
        nodes, cells = self._unit_nodes(), len(self.labels)
        mass = np.where(self.labels.ravel() == mode, self.density.ravel(), 0.0)
        mass = mass / mass.sum()
        mean, covariance = _moments(nodes, mass)
        seen = _raised(covariance, _POINT)
        before = _raised(covariance - self._kernel(nodes), _POINT)
        narrowing = np.linalg.cholesky(before) @ np.linalg.inv(np.linalg.cholesky(seen))
        # Evenly over the mass, as it adds up node by node: chance would have the shares ragged.
        even = (np.arange(count) + 0.5) / count
        drawn = nodes[np.searchsorted(np.cumsum(mass), even * mass.sum())]
        drawn += (rng.random((count, 2)) - 0.5) / cells
        return self.window.from_unit(mean + (drawn - mean) @ narrowing.T)

    def _kernel(self, nodes: Array) -> Array:
        """The kernel's covariance, from that of the smoothed density, which has it added."""
        mass = self.density.ravel() / self.density.sum(dtype=np.float64)
        scott = SAMPLES ** (-1 / 3)
        return _raised(_moments(nodes, mass)[1] * scott / (1 + scott), FLOOR**2)

    def _unit_nodes(self) -> Array:
        steps = (np.arange(len(self.labels)) + 0.5) / len(self.labels)
        return np.column_stack([axis.ravel() for axis in np.meshgrid(steps, steps)])


def _moments(points: Array, mass: Array) -> tuple[Array, Array]:
    """Mean and covariance of points (n, 2) with these shares (n,)."""
    mean = mass @ points
    centred = points - mean
    return mean, (centred * mass[:, None]).T @ centred


def _raised(covariance: Array, least: float) -> Array:
    """A covariance with no variance below the least."""
    variances, directions = np.linalg.eigh(covariance)
    raised: Array = (directions * np.maximum(variances, least)) @ directions.T
    return raised
