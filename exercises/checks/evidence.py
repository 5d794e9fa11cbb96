"""Evidence in strict JSON, exact, with words where JSON has no number; and text for people."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pydantic import JsonValue

#: Characters of student text that a finding repeats.
_LONGEST = 600


def number(value: float) -> float | str:
    """The float itself, or "nan", "inf" or "-inf", which JSON cannot say as numbers."""
    value = float(value)
    return value if math.isfinite(value) else str(value)


def numbers(values: Iterable[float]) -> list[JsonValue]:
    """A list of numbers, each as `number` says it."""
    return [number(value) for value in values]


def clean(text: str) -> str:
    """Text from student code without what JSON or a database cannot hold, and of bounded length."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def short(value: float) -> str:
    """About four digits, for a sentence; the exact value belongs into the evidence."""
    return f"{float(value):.4g}"


def rounded(value: float, digits: int = 2) -> str:
    """A number for a sentence, to so many digits, without exponents where they can be helped."""
    text = f"{float(value):.{digits}g}"
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e6 else text


def place(point: Iterable[float]) -> str:
    """A point as a student writes it, with digits enough to repeat the call exactly."""
    return "[" + ", ".join(repr(float(value)) for value in point) + "]"


def near(point: Iterable[float]) -> str:
    """A point with about four digits, for a sentence."""
    return "(" + ", ".join(short(value) for value in point) + ")"


def percent(share: float) -> str:
    """A share of the mass as text: two digits of it, or of what is missing from all of it."""
    return f"{100 * share:.2f} %" if 0.99 < share < 0.99995 else f"{rounded(100 * share)} %"
