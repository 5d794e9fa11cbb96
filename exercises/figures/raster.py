"""A panel as pixels: ink, smoothly enlarged, with lines of equal density, as palette indices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.figures.palette import RAMP_SIZE, TONE_OF_INK
from exercises.figures.panels import FULL_INK, Ink

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

#: The lines enclose these shares of the density shown (regions of highest density).
ENCLOSED = (0.25, 0.5, 0.75, 0.95)
#: Half the width of a line, for a panel of two pixels a node.
LINE_HALF_WIDTH = 0.45
#: How far along the ramp a line goes: towards the dark, or back where the level itself is dark.
LINE_SHIFT = 0.22
DARK = 0.6


def panel_pixels(ink: Ink, enlarge: int = 2) -> Pixels:
    """Draw a density's ink (cells, cells) as palette indices (enlarge·cells, enlarge·cells).

    The first row is the top one, as in an image.
    """
    plane = _enlarge(ink.astype(np.float32), enlarge)
    np.clip(plane, 0, FULL_INK, out=plane)
    tone = TONE_OF_INK[plane.astype(np.intp)]
    _add_lines(tone, plane, enclosing_levels(ink), LINE_HALF_WIDTH * enlarge / 2)
    indices: Pixels = (np.clip(tone, 0, 1) * (RAMP_SIZE - 1) + 0.5).astype(np.uint8)
    return indices[::-1]


def enclosing_levels(ink: Ink) -> list[float]:
    """The ink at the edge of the regions of highest density that hold the ENCLOSED shares."""
    counts = np.bincount(ink.ravel(), minlength=FULL_INK + 1)
    # Density goes with the square of ink; sum it from the most ink down.
    mass = np.cumsum((counts * np.arange(FULL_INK + 1.0) ** 2)[::-1])
    if mass[-1] == 0:
        return []
    return [float(FULL_INK - np.searchsorted(mass, share * mass[-1])) for share in ENCLOSED]


def _enlarge(plane: Plane, times: int) -> Plane:
    """Interpolate by cubic convolution (R. Keys, IEEE Trans. ASSP 29 (1981) 1153-1160)."""
    for _ in range(2):
        plane = _enlarge_rows(plane, times).T
    return np.ascontiguousarray(plane)


def _enlarge_rows(plane: Plane, times: int) -> Plane:
    rows, columns = plane.shape
    padded = np.pad(plane, ((2, 2), (0, 0)), mode="edge")
    larger = np.empty((rows * times, columns), np.float32)
    for phase in range(times):
        # The pixel's middle, counted in nodes from the middle of the node it lies in.
        offset = (phase + 0.5) / times - 0.5
        first = 1 + int(np.floor(offset))
        weights = _cubic_weights(offset - np.floor(offset))
        larger[phase::times] = sum(
            weight * padded[first + tap : first + tap + rows] for tap, weight in enumerate(weights)
        )
    return larger


def _cubic_weights(t: float) -> NDArray[np.float32]:
    weights = [
        -0.5 * t + t**2 - 0.5 * t**3,
        1 - 2.5 * t**2 + 1.5 * t**3,
        0.5 * t + 2 * t**2 - 1.5 * t**3,
        -0.5 * t**2 + 0.5 * t**3,
    ]
    return np.array(weights, np.float32)


def _add_lines(tone: Plane, plane: Plane, levels: list[float], half_width: float) -> None:
    """Shift `tone` along the lines where `plane` is at one of the levels.

    The distance to a line is estimated as |plane − level| / |gradient|, which is exact where the
    surface is flat over a pixel, and gives lines of one width without steps. Of all levels only
    the nearest is looked at, which each whole amount of ink knows.
    """
    if not levels:
        return
    nearest, shift = _nearest_levels(levels)
    whole = plane.astype(np.intp)
    distance = plane - nearest[whole]
    np.abs(distance, out=distance)
    distance /= _ink_per_pixel(plane)
    np.subtract(np.float32(half_width + 0.5), distance, out=distance)
    np.clip(distance, 0, 1, out=distance)
    distance *= shift[whole]
    tone += distance


def _nearest_levels(levels: list[float]) -> tuple[Plane, Plane]:
    """For each amount of ink the level nearest to it, and how far a line there shifts the tone."""
    ordered = np.array(sorted(levels), np.float32)
    middles = (ordered[1:] + ordered[:-1]) / 2
    which = np.searchsorted(middles, np.arange(FULL_INK + 1))
    dark = TONE_OF_INK[ordered.astype(np.intp)] > DARK
    shift = np.where(dark, -LINE_SHIFT, LINE_SHIFT).astype(np.float32)
    return ordered[which], shift[which]


def _ink_per_pixel(plane: Plane) -> Plane:
    """The size of the gradient; never so small that a flat surface would be all line."""
    slope = np.zeros_like(plane)
    slope[:, 1:-1] = (plane[:, 2:] - plane[:, :-2]) ** 2
    slope[1:-1] += (plane[2:] - plane[:-2]) ** 2
    np.sqrt(slope, out=slope)
    slope *= np.float32(0.5)
    # Where the surface is flat to a few counts of ink there is no line to speak of.
    steep: Plane = np.maximum(slope, np.float32(1.5), out=slope)
    return steep
