"""Evidence in strict JSON, exact, with words where JSON has no number; and text for people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from pydantic import JsonValue

from exercises.oracle import Signature

#: Characters of student text that a finding repeats.
_LONGEST = 600
#: Of a longer point only the first numbers are said; the report's seed draws it again.
_MOST_NUMBERS, _FIRST = 16, 3


def number(value: float) -> float | str:
    """The float itself, or "nan", "inf" or "-inf", which JSON cannot say as numbers."""
    value = float(value)
    return value if math.isfinite(value) else str(value)


def numbers(values: Iterable[float]) -> list[JsonValue]:
    """A list of numbers, each as `number` says it; the first few of more than sixteen."""
    values = list(values)
    if len(values) > _MOST_NUMBERS:
        return [*numbers(values[:_FIRST]), f"… {len(values)} numbers in all"]
    return [number(value) for value in values]


def clean(text: str) -> str:
    """Text from student code without what JSON or a database cannot hold, and of bounded length."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def short(value: float) -> str:
    """About four digits, for a sentence; the exact value belongs into the evidence."""
    return f"{float(value) + 0.0:.4g}"  # -0.0 + 0.0 is 0.0


def apart(first: float, second: float, most: int = 17) -> tuple[str, str]:
    """Two numbers with digits enough to tell them apart, four at least, if `most` are enough."""
    for digits in range(4, most + 1):
        texts = f"{float(first):.{digits}g}", f"{float(second):.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return short(first), short(second)


def rounded(value: float, digits: int = 2) -> str:
    """A number for a sentence, to so many digits, without exponents where they can be helped."""
    text = f"{float(value) + 0.0:.{digits}g}"  # -0.0 + 0.0 is 0.0
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e6 else text


def place(point: Iterable[float]) -> str:
    """A point as a student writes it, with digits enough to repeat the call exactly."""
    return "[" + ", ".join(_few(point, lambda value: repr(float(value)))) + "]"


def near(point: Iterable[float]) -> str:
    """A point with about four digits, for a sentence; of a single number the number itself."""
    texts = _few(point, short)
    return texts[0] if len(texts) == 1 else "(" + ", ".join(texts) + ")"


def call(signature: Signature, row: Iterable[float]) -> str:
    """A call as a student writes it, for one row of a batch of points."""
    values, texts, start = list(row), [], 0
    for _, length in signature.arguments:
        part = values[start : start + max(length, 1)]
        texts.append(f"np.array({place(part)})" if length else repr(float(part[0])))
        start += max(length, 1)
    return f"{signature.name}({', '.join(texts)})"


def _few(point: Iterable[float], text: Callable[[float], str]) -> list[str]:
    values = list(point)
    if len(values) <= _MOST_NUMBERS:
        return [text(value) for value in values]
    return [*(text(value) for value in values[:_FIRST]), f"… {len(values)} numbers"]


def percent(share: float) -> str:
    """A share of the mass as text: two digits of it, or of what is missing from all of it."""
    return f"{100 * share:.2f} %" if 0.99 < share < 0.99995 else f"{rounded(100 * share)} %"
