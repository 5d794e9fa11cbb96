"""Evidence in strict JSON, exact, with words where JSON has no number; and text for people."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pydantic import JsonValue


def number(value: float) -> float | str:
    """The float itself, or "nan", "inf" or "-inf", which JSON cannot say as numbers."""
    value = float(value)
    return value if math.isfinite(value) else str(value)


def numbers(values: Iterable[float]) -> list[JsonValue]:
    """A list of numbers, each as `number` says it."""
    return [number(value) for value in values]


def short(value: float) -> str:
    """About four digits, for a sentence; the exact value belongs into the evidence."""
    return f"{float(value):.4g}"


def place(point: Iterable[float]) -> str:
    """A point as a student writes it, with digits enough to repeat the call exactly."""
    return "[" + ", ".join(repr(float(value)) for value in point) + "]"


def near(point: Iterable[float]) -> str:
    """A point with about four digits, for a sentence."""
    return "(" + ", ".join(short(value) for value in point) + ")"


def percent(share: float) -> str:
    """A share of the mass as text: three digits of it, or of what is missing from all of it."""
    return f"{100 * share:.2f} %" if 0.99 < share < 0.99995 else f"{100 * share:.3g} %"
