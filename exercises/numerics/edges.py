"""Edges between probes: what f does along them, against what the slopes at their ends foresee."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.jacobian import Local
from exercises.numerics.probe import Probe, Resolution
from exercises.oracle import Array

#: An edge is calm when its change is foreseen to this share by the slopes at its ends: a hidden
#: jump could then shift f by at most this share of an edge.
CALM = 0.05
#: The share of its error that an edge with a jump keeps, at least, when it is cut.
STAYS = 0.9
#: Where an edge is cut. Not in the very middle: on a symmetric mesh that is where students' jumps
#: are.
_CUT = 0.47
#: The weights of the slopes at both ends and at the cut that integrate parabolas exactly; for a
#: cut in the very middle this is Simpson's rule.
_PARABOLA = (0.5 - 1 / (6 * _CUT), 1 / (6 * _CUT * (1 - _CUT)), 0.5 - 1 / (6 * (1 - _CUT)))


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges with what f does at their ends, and how that fits together."""

    #: Shape (n, 2): the places of both ends, and f there.
    start: Array
    end: Array
    x_start: Array
    x_end: Array
    #: Shape (n, 2): how fast f changes at both ends, per unit of length along the edge.
    slope_start: Array
    slope_end: Array
    #: Shape (n, 2): the sizes of J's rows at the ends of the edge that it is a part of.
    scale: Array
    length: Array
    #: The two errors of `_misfit`, shape (n,); the second is inf where a kink is no excuse.
    off: Array
    mixed: Array

    @classmethod
    def of(cls, known: Local, ends: NDArray[np.intp]) -> Edges:
        """The edges between the points with these numbers, shape (n, 2)."""
        one, two = known.take(ends[:, 0]), known.take(ends[:, 1])
        rows = np.linalg.norm(known.jacobian, axis=2)
        scale = np.maximum(rows[ends[:, 0]], rows[ends[:, 1]])
        scale = np.where(scale > 0, scale, np.maximum(np.median(rows, axis=0), 1e-300))
        along = two.z - one.z
        along = (along / np.hypot(*along.T)[:, None])[:, :, None]
        with np.errstate(all="ignore"):
            slopes = [(end.jacobian @ along)[:, :, 0] for end in (one, two)]
        return cls.between(one.z, two.z, one.x, two.x, slopes[0], slopes[1], scale)

    @classmethod
    def between(
        cls,
        start: Array,
        end: Array,
        x_start: Array,
        x_end: Array,
        slope_start: Array,
        slope_end: Array,
        scale: Array,
    ) -> Edges:
        """The edges with these ends, values, slopes and scales."""
        length = np.hypot(*(end - start).T)
        with np.errstate(all="ignore"):
            unit = length[:, None] / scale
            off, mixed = _misfit((x_end - x_start) / scale, slope_start * unit, slope_end * unit)
        return cls(start, end, x_start, x_end, slope_start, slope_end, scale, length, off, mixed)

    @property
    def hard(self) -> NDArray[np.intp]:
        """The edges that surprise and can not be kinks: across one the change lies between."""
        return np.flatnonzero(
            ~(self.off <= CALM * self.length) & ~(self.mixed <= CALM * self.length)
        )

    @property
    def kinks(self) -> NDArray[np.intp]:
        """The edges that surprise as a kink does."""
        return np.flatnonzero(
            ~(self.off <= CALM * self.length) & (self.mixed <= CALM * self.length)
        )

    def take(self, index: NDArray[np.intp]) -> Edges:
        """The edges of `index`."""
        return Edges(*(getattr(self, name)[index] for name in self.__slots__))

    def join(self, other: Edges) -> Edges:
        """These edges and the others."""
        return Edges(
            *(
                np.concatenate((getattr(self, name), getattr(other, name)))
                for name in self.__slots__
            )
        )

    def cut(self, probe: Probe, resolution: Resolution) -> tuple[Edges, Edges]:
        """Both parts of each edge, cut a little beside its middle: two questions each.

        The slope is asked along the edge alone, as no other part of J counts here.
        """
        unit = (self.end - self.start) / self.length[:, None]
        middle = self.start + _CUT * (self.end - self.start)
        ahead = middle + resolution.step * unit
        x, x_ahead = np.split(probe(np.concatenate((middle, ahead))), 2)
        with np.errstate(all="ignore"):
            slope = (x_ahead - x) / np.hypot(*(ahead - middle).T)[:, None]
        one, two = (
            (self.x_start, x, self.slope_start, slope),
            (x, self.x_end, slope, self.slope_end),
        )
        return (
            Edges.between(self.start, middle, *one, self.scale),
            Edges.between(middle, self.end, *two, self.scale),
        )

    def without_excuse(self) -> Edges:
        """The same edges, where none that surprises passes for a kink before it is cut."""
        return replace(self, mixed=np.full(len(self.off), np.inf))

    def refine(self, probe: Probe, resolution: Resolution, *, kinks: bool) -> tuple[Edges, float]:
        """The same with each hard edge cut in two, and the share of those whose error stays.

        Where the slopes at the ends and at the cut together foresee the change, by the parabola
        through them, to the share of an edge that is allowed for each part, both parts are calm:
        a jump in either would be seen as well as by its own ends, and bends are foreseen from
        fewer points, as the error falls with the fourth power of the length, not the third.
        The error of bends becomes less with the length of their parts; that of a jump is the jump.

        Args:
            kinks: whether a part may pass for a kink, where the other one is calm. A jump passes
                too, while f bends as much along the part: so only short parts should.
        """
        hard = self.hard
        whole = self.take(hard)
        left, right = whole.cut(probe, resolution)
        with np.errstate(all="ignore"):
            slopes = (whole.slope_start, left.slope_end, whole.slope_end)
            foreseen = sum(w * slope for w, slope in zip(_PARABOLA, slopes, strict=True))
            change = whole.x_end - whole.x_start
            off = _larger((change - foreseen * whole.length[:, None]) / whole.scale)
        worse = np.maximum(left.off, right.off)
        stay = float((~(worse <= STAYS * whole.off)).mean()) if len(hard) else 0.0
        together = off <= CALM * np.minimum(left.length, right.length)
        parts = left.join(right)
        np.minimum(parts.off, np.tile(np.where(together, off, np.inf), 2), out=parts.off)
        calm = parts.off <= CALM * parts.length
        parts.mixed[~np.roll(calm, len(hard)) | (not kinks)] = np.inf
        easy = np.ones(len(self.length), dtype=np.bool_)
        easy[hard] = False
        return self.take(np.flatnonzero(easy)).join(parts), stay


def forecast_error(start: Local, end: Local, scale: Array) -> tuple[Array, Array]:
    """How far off the forecasts are along each edge, in lengths of z; not finite counts as inf.

    `scale` has shape (n, 2): the sizes of the rows of J at the ends of the whole edge. A slope
    inside would not do: a difference across a jump fakes one, which then hides the jump.

    Returns:
        Against the mean of the two ends' forecasts, which is right to third order for smooth f;
        and against the nearest mixture of the two, which is what one kink in between allows.
    """
    step = (end.z - start.z)[:, :, None]
    with np.errstate(all="ignore"):
        one = (start.jacobian @ step)[:, :, 0] / scale
        two = (end.jacobian @ step)[:, :, 0] / scale
        return _misfit((end.x - start.x) / scale, one, two)


def _misfit(seen: Array, one: Array, two: Array) -> tuple[Array, Array]:
    """How far what was seen to change is from the mean of two forecasts, and from any mixture."""
    with np.errstate(all="ignore"):
        off = _larger(seen - (one + two) / 2)
        span = two - one
        square = np.maximum(np.einsum("ni,ni->n", span, span), 1e-300)
        share = np.clip(np.einsum("ni,ni->n", seen - one, span) / square, 0.0, 1.0)
        mixed = _larger(seen - one - share[:, None] * span)
    return np.nan_to_num(off, nan=np.inf), np.nan_to_num(mixed, nan=np.inf)


def _larger(pairs: Array) -> Array:
    """The larger of each pair, by size; numpy's max along an axis of two is many times slower."""
    size = np.abs(pairs)
    return np.asarray(np.maximum(size[:, 0], size[:, 1]), dtype=np.float64)
