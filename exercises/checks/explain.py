"""The usual confusions: from an exception's text to one sentence about what to write instead."""

from __future__ import annotations

import re

from exercises.oracle import Signature

#: Patterns of an exception's "Type: message", as Python 3.11 to 3.14 and numpy 2 word it, and the
#: sentence that helps, in the words of the function that was asked (`_words`). The first that
#: matches is said.
_CONFUSIONS: tuple[tuple[str, str], ...] = (
    (
        r"IndexError: too many indices",
        "{z} is one point, an array of {numbers}, not a table of samples: write {columns}.",
    ),
    (
        r"AxisError",
        "{z} is one point, an array of {numbers} with a single axis: leave axis=1 and keepdims "
        "out, as in np.linalg.norm({z}) or np.sum({z}).",
    ),
    (
        r"IndexError: index .* out of bounds .* size {size}\b",
        "{z} has {entries}: counting starts at 0.",
    ),
    (
        r"TypeError: only (length-1|0-dimensional|size-1) arrays? can be converted",
        "A function of one number (math.exp, float, …) was given an array: use numpy's, such as "
        "np.exp({z}), or give it one entry, such as math.exp({z}[0]).",
    ),
    (
        r"ValueError: .*truth value of an array",
        "An array of {numbers} is neither true nor false: compare one entry, as in "
        "if {z}[0] > 0, or choose entry by entry with np.where({z} > 0, …, …).",
    ),
    (
        r"ValueError: matmul: .*(core dimension|mismatch)",
        "The shapes do not fit: W @ {z} with a {z} of length {n} needs a W with {n} columns, and "
        "each next layer as many columns as the one before it has rows.",
    ),
    (
        r"ValueError: shapes .* not aligned",
        "The shapes do not fit: np.dot(W, {z}) with a {z} of length {n} needs a W with {n} "
        "columns.",
    ),
    (
        r"ValueError: operands could not be broadcast",
        "Two arrays of different lengths were added or multiplied: print their shapes, and see "
        "that the bias of a layer is as long as its W has rows.",
    ),
    (
        r"ValueError: setting an array element with a sequence|inhomogeneous shape",
        "An array can hold numbers only: one of the entries that you put into it is itself an "
        "array, so take its entry, as in {z}[0], or join arrays with np.concatenate.",
    ),
    (
        r"ValueError: (not enough|too many) values to unpack",
        "{unpacks}.",
    ),
    (
        r"TypeError: 'numpy\.ndarray' object is not callable",
        "An array is read with square brackets: {z}[0], not {z}(0).",
    ),
    (
        r"TypeError: 'numpy\.float64' object is not (iterable|subscriptable)|"
        r"TypeError: cannot unpack non-iterable numpy\.float64|"
        r"IndexError: invalid index to scalar variable",
        "{scalars} can not be indexed or looped over{again}.",
    ),
    (
        r"TypeError: .*NoneType",
        "One of the values is None: most often a function without a return.",
    ),
    (
        r"TypeError: .*positional argument",
        "A function was called with too many or too few arguments: compare the call with its def.",
    ),
    (
        r"TypeError: list indices must be|TypeError: can only concatenate list|"
        r"TypeError: can't multiply sequence",
        "A list does not calculate: make it an array with np.array([…]).",
    ),
    (
        r"ValueError: (math domain error|expected a (non-negative|positive) input)",
        "{domain}.",
    ),
    (
        r"OverflowError",
        "The number became too large: {overflow}.",
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
        "An index is too large: {z} has {entries}.",
    ),
)

_SHAPE = re.compile(r"\(([\d,\s]*)\)")
#: The size of the array that an index was too large for.
_SIZE = re.compile(r"\bsize (\d+)")


def explain_exception(text: str, signature: Signature | None = None) -> str | None:
    """One sentence for an exception given as "Type: message", or None where we know none.

    Args:
        text: the exception's.
        signature: of the function that was called; by default f(z) of the plane.
    """
    signature = signature or Signature()
    words = _words(signature, text)
    for pattern, sentence in _CONFUSIONS:
        if re.search(pattern.replace("{size}", words["size"]), text):
            return sentence.format_map(words)
    return None


def explain_shape(text: str, signature: Signature | None = None) -> str:
    """What to write instead, where `text` tells the shape that came back.

    Args:
        text: for instance "it returned an array of shape (2, 1)".
        signature: of the function that was called; by default f(z) of the plane.
    """
    signature = signature or Signature()
    outputs = signature.outputs
    found = _SHAPE.search(text)
    lengths = [int(part) for part in found[1].split(",") if part.strip()] if found else []
    if outputs == 0:
        return _explain_number(signature, lengths)
    wanted = f"return an array of {_numbers(outputs, digits=True)}"
    if outputs == 2:
        wanted += f", for instance np.array([{_names(signature)}])"
    if found is None or not lengths:
        came = "" if found is None else "A single number came back; "
        return f"{came or 'Please '}{wanted}."
    if len(lengths) == 2 and sorted(lengths) == [1, outputs]:
        return f"That is a table with one row or column; write .reshape({outputs}) or .ravel()."
    if len(lengths) == 1:
        return f"{_numbers(lengths[0], digits=True).capitalize()} came back; {wanted}."
    one = "point" if _maps_points(signature) else "array"
    return f"{signature.name} gets one point at a time and answers with one {one}; {wanted}."


def _explain_number(signature: Signature, lengths: list[int]) -> str:
    if lengths and set(lengths) == {1}:
        return "That is a table of one number: write .item() to take it out."
    if len(lengths) == 1:
        return (
            f"{lengths[0]:,} numbers came back; {signature.name} has to return one number. If they "
            "are the terms of a sum, return terms.sum()."
        )
    return "Please return one number, for instance of an array x its sum: x.sum()."


def _names(signature: Signature) -> str:
    """Names for the two numbers of an answer."""
    return "x1, x2" if _maps_points(signature) else "a, b"


def _maps_points(signature: Signature) -> bool:
    """Whether it takes one point and answers with one of the same length."""
    return len(signature.arguments) == 1 and signature.arguments[0][1] == signature.outputs


def _words(signature: Signature, text: str) -> dict[str, str]:
    """The words of a signature that the sentences are made of."""
    z, n = _array_argument(signature, text)
    numbers_of = [name for name, length in signature.arguments if length == 0]
    two = n == 2
    words = {
        "z": z,
        "n": f"{n}",
        "size": f"{n}",
        "numbers": _numbers(n),
        "entries": f"two entries, {z}[0] and {z}[1]"
        if two
        else f"{n:,} entries, {z}[0] to {z}[{n - 1}]",
        "columns": (
            f"{z}[0] and {z}[1] where you wrote {z}[:, 0] and {z}[:, 1]"
            if two
            else f"{z}[i] where you wrote {z}[:, i]"
        ),
        "unpacks": (
            f"{z} unpacks into two numbers: a, b = {z}"
            if two
            else f"{z} holds {_numbers(n)}: that many names have to stand on the left"
        ),
        "scalars": f"An entry of {z} is already one number: {z}[0]",
        "again": " again",
        "domain": (
            f"math.sqrt and math.log need positive numbers, but {z} takes every value: use np.abs, "
            "or another function"
        ),
        "overflow": f"{z} reaches beyond ±4, and what grows fast overflows there",
    }
    if numbers_of:
        words["scalars"] = f"{numbers_of[0]}, like an entry such as {z}[0], is one number: it"
        words["again"] = ""
    if not _maps_points(signature):
        words["domain"] = (
            "math.sqrt and math.log need positive numbers: see what they are given here; what is "
            "tiny may have become 0, so add logarithms instead of taking that of a product"
        )
        words["overflow"] = (
            "subtract the largest exponent before np.exp, or calculate with logarithms"
        )
    return words


def _array_argument(signature: Signature, text: str) -> tuple[str, int]:
    """The argument that an exception is most likely about: an array, of the size that it names."""
    arrays = [(name, length) for name, length in signature.arguments if length]
    size = _SIZE.search(text)
    same = [pair for pair in arrays if size is not None and int(size[1]) == pair[1]]
    (pair, *_) = [*same, *arrays, (signature.arguments[0][0], 1)]
    return pair


def _numbers(count: int, *, digits: bool = False) -> str:
    if count == 1:
        return "one number"
    return "two numbers" if count == 2 and not digits else f"{count:,} numbers"
