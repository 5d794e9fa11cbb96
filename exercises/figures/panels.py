"""The density figure as data: two panels, small enough to keep and to draw again later."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exercises.figures.runs import pack
from exercises.numerics.kde import BANDWIDTH_FLOOR, density_on_grid, scott_bandwidth
from exercises.numerics.modes import Mode, find_modes
from exercises.numerics.summary import Shape, Summary, summarise
from exercises.numerics.window import Window, choose_window

Array = NDArray[np.float64]
Ink = NDArray[np.uint16]

#: Nodes along each axis of a panel.
CELLS = 200
#: Ink at a panel's highest density.
FULL_INK = 4095
#: What p(z) is shown on: 99.99 % of the Gaussian.
BASE_WINDOW = Window((-4.0, -4.0), (4.0, 4.0))

_MAGIC = b"PFD1"
_HEADER = struct.Struct("<4sI")
#: More than any header and any two grids take: a bound on what unpacking may cost.
_MOST_BYTES = 2**14 + 4 * 2 * CELLS**2


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One density, as it is drawn."""

    window: Window
    #: Shape (CELLS, CELLS), from the lowest second coordinate: FULL_INK √(density / peak). The
    #: root spreads the estimate's noise evenly: its standard error grows as √density.
    ink: Ink
    summary: Summary

    @property
    def share_outside(self) -> float:
        """The share of the finite samples that the window does not show."""
        return self.summary.outside / self.summary.finite if self.summary.finite else 0.0

    @property
    def share_not_finite(self) -> float:
        """The share of the samples that have a coordinate NaN or infinite; they are not drawn."""
        return 1 - self.summary.finite / self.summary.samples


@dataclass(frozen=True, slots=True, eq=False)
class DensityPanels:
    """p(z) and p(x), estimated from the same draw."""

    z: Panel
    x: Panel

    def to_bytes(self) -> bytes:
        """These panels in about 25 kB, for `from_bytes`; the same panels give the same bytes."""
        facts = [
            {"window": asdict(panel.window), "summary": asdict(panel.summary)}
            for panel in (self.z, self.x)
        ]
        header = json.dumps(facts, separators=(",", ":")).encode()
        grids = b"".join(differences(panel.ink) for panel in (self.z, self.x))
        return _HEADER.pack(_MAGIC, len(header)) + pack(header + grids)

    @classmethod
    def from_bytes(cls, data: bytes) -> DensityPanels:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: this is something else, or damaged.
        """
        if len(data) < _HEADER.size or not data.startswith(_MAGIC):
            raise ValueError("not the bytes of a density figure of this version")
        _, length = _HEADER.unpack_from(data)
        try:
            content = zlib.decompressobj().decompress(data[_HEADER.size :], _MOST_BYTES)
            facts = json.loads(content[:length])
            grids = np.frombuffer(content[length:], np.uint8).reshape(2, -1)
            z, x = (_panel(fact, grid) for fact, grid in zip(facts, grids, strict=True))
        except (zlib.error, ValueError, KeyError, TypeError, OverflowError) as error:
            raise ValueError("the bytes of a density figure are damaged") from error
        return cls(z, x)


def density_panels(z: Array, x: Array) -> DensityPanels:
    """Estimate both densities.

    What is drawn where a density does not exist or does not fit: samples that are not finite are
    left out and counted; a point mass and a line get a kernel of a hundredth of the window; of a
    heavy tail the window shows the body, the samples outside it are counted, and the bandwidth
    is that of the samples inside.

    Args:
        z: the base samples, shape (n, 2), n ≥ 1; shown on the fixed square |zᵢ| ≤ 4.
        x: where they went, shape (n, 2), any float64 at all.

    Raises:
        ValueError: the shapes are not these.
    """
    if z.ndim != 2 or z.shape[1] != 2 or z.shape != x.shape or len(z) == 0:
        raise ValueError(f"z and x must both have shape (n, 2), n ≥ 1; not {z.shape}, {x.shape}")
    return DensityPanels(_estimate(z, BASE_WINDOW), _estimate(x))


def _estimate(points: Array, window: Window | None = None) -> Panel:
    first, second = np.isfinite(points).T
    finite = points[first & second]
    window = window or choose_window(finite)
    shown = window.shows(finite)
    if not shown.any():
        empty = np.zeros((CELLS, CELLS), np.uint16)
        return Panel(window, empty, summarise(finite, window, len(points), ()))
    unit = window.to_unit(finite)
    bandwidth = scott_bandwidth(unit[shown], BANDWIDTH_FLOOR)
    density = density_on_grid(unit, bandwidth, CELLS)
    modes = find_modes(density, bandwidth, len(finite))
    root = np.sqrt(density / np.float32(density.max()))
    ink = (root * FULL_INK + 0.5).astype(np.uint16)
    # Below a thousandth of full ink the transforms' rounding would show.
    ink[ink <= 5] = 0
    return Panel(window, ink, summarise(finite, window, len(points), modes))


def ink_of(density: NDArray[np.floating[Any]], peak: float) -> Ink:
    """The ink of a density where `peak` has FULL_INK, and so has all above it."""
    if not peak > 0:
        return np.zeros(density.shape, np.uint16)
    root = np.sqrt(np.clip(density / peak, 0.0, 1.0))
    return np.asarray(root * FULL_INK + 0.5).astype(np.uint16)


def differences(ink: Ink) -> bytes:
    """Differences along both axes, low bytes before high ones: small numbers that pack well."""
    steps = ink.astype(np.int32)
    for axis in (0, 1):
        steps = np.diff(steps, axis=axis, prepend=0)
    # Small negative numbers become small odd ones.
    folded = np.where(steps < 0, -2 * steps - 1, 2 * steps).astype("<u2")
    return folded.view(np.uint8).reshape(-1, 2).T.tobytes()


def from_differences(data: NDArray[np.uint8], cells: int) -> Ink:
    """The ink, shape (cells, cells), of what `differences` made.

    Raises:
        ValueError: it is of another size, or has more ink than there is.
    """
    folded = data.reshape(2, -1).T.copy().view("<u2").reshape(cells, cells).astype(np.int32)
    steps = np.where(folded % 2, -(folded + 1) // 2, folded // 2)
    ink = steps.cumsum(axis=0).cumsum(axis=1)
    if ink.min() < 0 or ink.max() > FULL_INK:
        raise ValueError("more ink than there is")
    return ink.astype(np.uint16)


def _panel(fact: dict[str, Any], grid: NDArray[np.uint8]) -> Panel:
    window = Window(_pair(fact["window"]["lo"]), _pair(fact["window"]["hi"]))
    if not (np.isfinite(window.lo + window.hi).all() and (np.array(window.lo) < window.hi).all()):
        raise ValueError("the window is not a rectangle")
    ink = from_differences(grid, CELLS)
    return Panel(window, ink, _summary(fact["summary"]))


def _summary(fact: dict[str, Any]) -> Summary:
    modes = tuple(Mode(_pair(m["place"]), m["height"], m["broad"]) for m in fact["modes"])
    read: dict[str, Any] = fact | {
        "mean": fact["mean"] and _pair(fact["mean"]),
        "covariance": fact["covariance"] and tuple(fact["covariance"]),
        "median": fact["median"] and _pair(fact["median"]),
        "shape": Shape(fact["shape"]),
        "modes": modes,
    }
    return Summary(**read)


def _pair(values: list[float]) -> tuple[float, float]:
    first, second = map(float, values)
    return first, second
