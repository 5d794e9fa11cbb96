"""Target against yours: two densities on the same axes, and where they differ."""

from __future__ import annotations

import json
import math
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exercises.figures.panels import FULL_INK, Ink, differences, from_differences, ink_of
from exercises.figures.runs import pack
from exercises.numerics.kde import BANDWIDTH_FLOOR, density_on_grid, scott_bandwidth
from exercises.numerics.window import Window
from exercises.oracle import Array

_MAGIC = b"PFC1"
_HEADER = struct.Struct("<4sI")
_CELLS = (16, 400)
#: A difference of so many standard errors is drawn with 1 − 1/e of its strength; smaller ones,
#: which are noise, fade.
_ERRORS = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Both densities as ink, FULL_INK √(density / its peak), on the target's window."""

    window: Window
    #: The target's and your density at full ink, per unit of the window's area.
    peaks: tuple[float, float]
    #: Shape (cells, cells), from the lowest second coordinate.
    target: Ink
    yours: Ink
    #: Samples in all, those with finite values, and of these those that the window shows.
    samples: int
    finite: int
    shown: int
    #: The determinant of the kernel's covariance, in units of the window.
    kernel: float

    @property
    def densities(self) -> tuple[Array, Array]:
        """The target's density and yours, per unit of the window's area."""
        first, second = (
            peak * (ink.astype(np.float64) / FULL_INK) ** 2
            for peak, ink in zip(self.peaks, (self.target, self.yours), strict=True)
        )
        return first, second

    @property
    def beyond_noise(self) -> Array:
        """Yours minus the target's, faded where the samples' chance explains it.

        The standard error of the estimate is √(p / (4π n √det H)), with H the kernel's covariance:
        B. W. Silverman, Density Estimation (1986), section 4.3.
        """
        target, yours = self.densities
        spread = 4 * math.pi * max(self.finite, 1) * math.sqrt(self.kernel)
        error = np.sqrt(np.maximum(target, yours) / spread)
        off = yours - target
        with np.errstate(all="ignore"):
            sure = -np.expm1(-((off / (_ERRORS * error)) ** 2))
        return np.where(error > 0, off * sure, off)

    def to_bytes(self) -> bytes:
        """This comparison in about 20 kB, for `from_bytes`; the same one gives the same bytes."""
        facts = {
            "window": [self.window.lo, self.window.hi],
            "peaks": self.peaks,
            "cells": len(self.target),
            "counts": [self.samples, self.finite, self.shown],
            "kernel": self.kernel,
        }
        header = json.dumps(facts, separators=(",", ":")).encode()
        packed = pack(header + differences(self.target) + differences(self.yours))
        return _HEADER.pack(_MAGIC, len(header)) + packed

    @classmethod
    def from_bytes(cls, data: bytes) -> Comparison:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: this is something else, or damaged.
        """
        if len(data) < _HEADER.size or not data.startswith(_MAGIC):
            raise ValueError("not the bytes of a comparison of this version")
        _, length = _HEADER.unpack_from(data)
        most = 2**14 + 4 * _CELLS[1] ** 2
        try:
            content = zlib.decompressobj().decompress(data[_HEADER.size :], most)
            return _read(json.loads(content[:length]), content[length:])
        except (zlib.error, ValueError, KeyError, TypeError, OverflowError) as error:
            raise ValueError("the bytes of a comparison are damaged") from error


def compare(
    density: NDArray[np.float32], window: tuple[float, float, float, float], x: Array
) -> Comparison:
    """Compare samples with a target's density.

    Args:
        density: of the target, shape (k, k), rows from the lowest x₂, per unit of the window's
            area; smoothed by a kernel such as the samples get.
        window: what it is shown on: x₁ from, x₂ from, x₁ to, x₂ to.
        x: the samples, shape (n, 2), n ≥ 1, any float64 at all.
    """
    cells = len(density)
    frame = Window((window[0], window[1]), (window[2], window[3]))
    first, second = np.isfinite(x).T
    finite = x[first & second]
    unit = frame.to_unit(finite)
    inside = frame.shows(finite)
    bandwidth = scott_bandwidth(unit[inside], max(BANDWIDTH_FLOOR, 1.5 / cells))
    yours = np.zeros((cells, cells), np.float32)
    if inside.any():
        yours = density_on_grid(unit, bandwidth, cells) * np.float32(len(finite) / len(x))
    peaks = (float(density.max()) or 1.0, float(yours.max()) or 1.0)
    return Comparison(
        window=frame,
        peaks=peaks,
        target=ink_of(density, peaks[0]),
        yours=ink_of(yours, peaks[1]),
        samples=len(x),
        finite=len(finite),
        shown=int(np.count_nonzero(inside)),
        kernel=float(np.linalg.det(bandwidth)),
    )


def _read(facts: dict[str, Any], content: bytes) -> Comparison:
    (a, b), (c, d) = facts["window"]
    window = Window((float(a), float(b)), (float(c), float(d)))
    one, other = map(float, facts["peaks"])
    kernel, cells = float(facts["kernel"]), int(facts["cells"])
    samples, finite, shown = map(int, facts["counts"])
    if not (np.isfinite(window.lo + window.hi).all() and a < c and b < d):
        raise ValueError("the window is not a rectangle")
    if not (min(one, other, kernel) > 0 and max(one, other, kernel) < np.inf):
        raise ValueError("not a density")
    if not _CELLS[0] <= cells <= _CELLS[1]:
        raise ValueError("not a density")
    if not 0 <= shown <= finite <= samples:
        raise ValueError("not counts")
    grids = np.frombuffer(content, np.uint8).reshape(2, -1)
    target, yours = (from_differences(grid, cells) for grid in grids)
    return Comparison(window, (one, other), target, yours, samples, finite, shown, kernel)
