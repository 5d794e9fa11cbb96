"""Writes points and calls as Python, exactly: what is pasted asks what the grader asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydantic import JsonValue

from exercises.oracle import Signature

#: What JSON has no numbers for, as evidence says it.
_WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_NAMES = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}


def read_numbers(value: JsonValue) -> list[float] | None:
    """The numbers of a point in evidence, or None where it is none, or was cut short."""
    if not isinstance(value, list) or not value:
        return None
    found = [read_number(part) for part in value]
    return None if None in found else [number for number in found if number is not None]


def read_number(value: JsonValue) -> float | None:
    """A number in evidence, or None where it is none."""
    if isinstance(value, str):
        return _WORDS.get(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def written(value: float) -> str:
    """A number as Python, to its last bit."""
    return _NAMES.get(str(value), repr(value))


def array(values: Sequence[float]) -> str:
    """An array as Python."""
    return f"np.array([{', '.join(written(value) for value in values)}])"


def arguments(signature: Signature, row: Sequence[float]) -> list[str] | None:
    """The arguments of one call as Python; None where the row does not fit the signature."""
    if len(row) != signature.inputs:
        return None
    texts, start = [], 0
    for _, length in signature.arguments:
        part = row[start : start + max(length, 1)]
        texts.append(array(part) if length else written(part[0]))
        start += max(length, 1)
    return texts


def told(values: Sequence[float]) -> str:
    """A point for the eye: six digits; of a single number the number itself."""
    texts = [f"{value:.6g}".replace("-", "\N{MINUS SIGN}") for value in values]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
