"""Arguments in the wrong order: asked with them exchanged, the function gives the right values."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from exercises.checks.slips import LEAST, Slip, mended
from exercises.misconceptions import Misconception
from exercises.oracle import Array, Signature

#: Points at which exchanged arguments are asked, and kinds of exchange that are tried.
_ASKED, _EXCHANGES = 256, 4


def slip_in_arguments(
    signature: Signature,
    points: Array,
    right: Array,
    tolerance: float,
    ask: Callable[[Array], Array],
) -> Slip | None:
    """The exchange of arguments, or of the two numbers of one, that gives the right values.

    Args:
        signature: of the function.
        points: shape (n, inputs), where it was asked.
        right: what it should have answered, shape (n, columns).
        tolerance: as for slip_in_values.
        ask: asks the submission at other points.
    """
    few, wanted = points[:_ASKED], right[:_ASKED]
    if len(few) < LEAST:
        return None
    for index, (columns, sentence) in enumerate(_exchanges(signature)):
        if index == _EXCHANGES:
            break
        with np.errstate(all="ignore"):
            if mended(ask(np.ascontiguousarray(few[:, columns])), wanted, tolerance):
                return Slip(Misconception.EXCHANGED_ARGUMENTS, sentence)
    return None


def _exchanges(signature: Signature) -> Iterator[tuple[list[int], str]]:
    """Other orders of the columns of a batch of points, and what each would mean."""
    spans: dict[str, list[int]] = {}
    start = 0
    for name, length in signature.arguments:
        spans[name] = list(range(start, start + max(length, 1)))
        start += max(length, 1)
    names = list(spans)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            if len(spans[first]) == len(spans[second]):
                order = {**spans, first: spans[second], second: spans[first]}
                yield (
                    [column for name in names for column in order[name]],
                    f"It has the right values with {first} and {second} exchanged: the order of "
                    f"the arguments is {', '.join(names)}.",
                )
    for name in names:
        if len(spans[name]) == 2:
            order = {**spans, name: spans[name][::-1]}
            yield (
                [column for each in names for column in order[each]],
                f"It has the right values with the two numbers of {name} exchanged: see where "
                f"{name}[0] and {name}[1] stand.",
            )
