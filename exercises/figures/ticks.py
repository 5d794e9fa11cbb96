"""The ticks of an axis whose values may be anywhere among the doubles."""

from __future__ import annotations

import numpy as np
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator, ScalarFormatter


def scale_axis(axis: Axis, lo: float, hi: float, most: int = 6) -> tuple[float, float]:
    """Set an axis' ticks, and return its limits in the units that they count in.

    The units are a power of ten where the values are far from 1: matplotlib never sees the
    values themselves, as its transforms break down near the ends of the doubles, where hostile
    samples may lie. Where the range is narrow and far from 0, the axis counts from a round
    number, which its label adds. There are at most `most` intervals.
    """
    origin = _origin(lo, hi)
    largest = max(abs(lo - origin), abs(hi - origin))
    power = int(np.floor(np.log10(largest)))
    power = 0 if -3 <= power <= 4 else power
    unit = 10.0**power
    axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(_UnitFormatter(power, origin))
    return (lo - origin) / unit, (hi - origin) / unit


def _origin(lo: float, hi: float) -> float:
    """What an axis counts from: 0, or near the middle where six digits would be the same."""
    middle, width = 0.5 * lo + 0.5 * hi, 0.5 * hi - 0.5 * lo
    if width > 1e-4 * abs(middle):
        return 0.0
    digits = int(np.floor(np.log10(abs(middle)) - np.log10(width)))
    return float(f"{middle:.{digits}e}")


class _UnitFormatter(ScalarFormatter):
    """Plain numbers; at the axis' end, its power of ten and what is to be added."""

    def __init__(self, power: int, origin: float) -> None:
        super().__init__(useOffset=False, useMathText=False)
        self.set_scientific(False)
        times = f"×{_power_of_ten(power)}" if power else ""
        plus = f"{'+' if origin > 0 else _MINUS}{_decimal(abs(origin))}" if origin else ""
        self._unit = f"{times} {plus}".strip()

    def get_offset(self) -> str:
        """What matplotlib writes at the axis' end."""
        return self._unit


_MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _power_of_ten(power: int) -> str:
    return f"10{str(power).translate(_SUPERSCRIPTS)}"


def _decimal(value: float) -> str:
    mantissa, _, power = f"{value:.15g}".partition("e")
    return f"{mantissa}×{_power_of_ten(int(power))}" if power else mantissa
