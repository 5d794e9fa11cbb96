"""Stamps: words and ticks that matplotlib drew once, to be laid down again anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

#: So many stamps are kept: a thousand of them take half a megabyte.
_MOST = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Stamp:
    """The part of an image that something drawn on it made darker."""

    #: Palette indices of greys, black first.
    ink: Pixels
    #: Where its first pixel was drawn.
    row: int
    column: int

    def lay(self, indices: Pixels, down: int = 0, right: int = 0) -> None:
        """Darken an image (height, width) with it, moved by so many pixels; the rest is cut off."""
        height, width = indices.shape
        top, left = self.row + down, self.column + right
        first, last = max(-top, 0), min(self.ink.shape[0], height - top)
        start, end = max(-left, 0), min(self.ink.shape[1], width - left)
        if first < last and start < end:
            place = indices[top + first : top + last, left + start : left + end]
            np.minimum(place, self.ink[first:last, start:end], out=place)


class Stamps:
    """The stamps of one canvas, made at their first use."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Stamp] = {}

    def of(self, kind: str, words: str, draw: Callable[[], tuple[Pixels, Pixels]]) -> Stamp:
        """The stamp of these words; `draw` returns the image with it and the one without it."""
        stamp = self._made.get((kind, words))
        if stamp is None:
            if len(self._made) == _MOST:  # a stamp is soon made again
                self._made.clear()
            stamp = self._made[kind, words] = cut_out(*draw())
        return stamp


def cut_out(image: Pixels, plain: Pixels) -> Stamp:
    """What is in an image and not in the plain one, both of shape (height, width)."""
    differs = image != plain
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return Stamp(image[:0, :0].copy(), 0, 0)
    top, left = int(rows[0]), int(columns[0])
    return Stamp(image[top : rows[-1] + 1, left : columns[-1] + 1].copy(), top, left)
