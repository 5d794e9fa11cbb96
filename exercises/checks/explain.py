"""The usual confusions: from an exception's text to one sentence about what to write instead."""

from __future__ import annotations

import re

#: Patterns of an exception's "Type: message", as Python 3.11 to 3.14 and numpy 2 word it, and the
#: sentence that helps. The first that matches is said.
_CONFUSIONS: tuple[tuple[str, str], ...] = (
    (
        r"IndexError: too many indices",
        "z is one point, an array of two numbers, not a table of samples: write z[0] and z[1] "
        "where you wrote z[:, 0] and z[:, 1].",
    ),
    (
        r"AxisError",
        "z is one point, an array of two numbers with a single axis: leave axis=1 and keepdims "
        "out, as in np.linalg.norm(z) or np.sum(z).",
    ),
    (
        r"IndexError: index .* out of bounds .* size 2\b",
        "z has two entries, z[0] and z[1]: counting starts at 0.",
    ),
    (
        r"TypeError: only (length-1|0-dimensional|size-1) arrays? can be converted",
        "A function of one number (math.exp, float, …) was given an array: use numpy's, such as "
        "np.exp(z), or give it one entry, such as math.exp(z[0]).",
    ),
    (
        r"ValueError: .*truth value of an array",
        "An array of two numbers is neither true nor false: compare one entry, as in "
        "if z[0] > 0, or choose entry by entry with np.where(z > 0, …, …).",
    ),
    (
        r"ValueError: matmul: .*(core dimension|mismatch)",
        "The shapes do not fit: W @ z with a z of length 2 needs a W with 2 columns, and each "
        "next layer as many columns as the one before it has rows.",
    ),
    (
        r"ValueError: shapes .* not aligned",
        "The shapes do not fit: np.dot(W, z) with a z of length 2 needs a W with 2 columns.",
    ),
    (
        r"ValueError: operands could not be broadcast",
        "Two arrays of different lengths were added or multiplied: print their shapes, and see "
        "that the bias of a layer is as long as its W has rows.",
    ),
    (
        r"ValueError: setting an array element with a sequence|inhomogeneous shape",
        "An array can hold numbers only: one of the entries that you put into it is itself an "
        "array, so take its entry, as in z[0], or join arrays with np.concatenate.",
    ),
    (
        r"ValueError: (not enough|too many) values to unpack",
        "z unpacks into two numbers: a, b = z.",
    ),
    (
        r"TypeError: 'numpy\.ndarray' object is not callable",
        "An array is read with square brackets: z[0], not z(0).",
    ),
    (
        r"TypeError: 'numpy\.float64' object is not (iterable|subscriptable)|"
        r"IndexError: invalid index to scalar variable",
        "An entry of z is already one number: z[0] can not be indexed or looped over again.",
    ),
    (
        r"TypeError: .*NoneType",
        "One of the values is None: most often a function without a return.",
    ),
    (
        r"TypeError: list indices must be|TypeError: can only concatenate list|"
        r"TypeError: can't multiply sequence",
        "A list does not calculate: make it an array with np.array([…]).",
    ),
    (
        r"ValueError: (math domain error|expected a (non-negative|positive) input)",
        "math.sqrt and math.log need positive numbers, but z takes every value: use np.abs, or "
        "another function.",
    ),
    (
        r"OverflowError",
        "The number became too large: z reaches beyond ±4, and what grows fast overflows there.",
    ),
    (
        r"ZeroDivisionError",
        "Something was divided by zero.",
    ),
    (
        r"NameError: name 'np'",
        "numpy is missing: write import numpy as np in the first line.",
    ),
    (
        r"UnboundLocalError",
        "The name is assigned further below in the function, so it is not known yet here.",
    ),
    (
        r"NameError",
        "The name is not known at this place: look for a typing mistake or a missing import.",
    ),
    (
        r"RecursionError",
        "A function calls itself without an end.",
    ),
    (
        r"IndexError",
        "An index is too large: z has two entries, z[0] and z[1].",
    ),
)

_SHAPE = re.compile(r"\(([\d,\s]*)\)")


def explain_exception(text: str) -> str | None:
    """One sentence for an exception given as "Type: message", or None where we know none."""
    for pattern, sentence in _CONFUSIONS:
        if re.search(pattern, text):
            return sentence
    return None


def explain_shape(text: str, outputs: int) -> str:
    """What to write instead, where `text` tells the shape that came back."""
    wanted = f"return an array of {outputs} numbers, for instance np.array([x1, x2])"
    found = _SHAPE.search(text)
    if found is None:
        return f"Please {wanted}."
    lengths = [int(part) for part in found[1].split(",") if part.strip()]
    if not lengths:
        return f"A single number came back; {wanted}."
    if len(lengths) == 2 and sorted(lengths) == [1, outputs]:
        return f"That is a table with one row or column; write .reshape({outputs}) or .ravel()."
    if len(lengths) == 1:
        return f"{lengths[0]} numbers came back; {wanted}."
    return f"f gets one point at a time and answers with one point; {wanted}."
