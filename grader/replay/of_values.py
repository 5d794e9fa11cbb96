"""Replays of what is judged at held-out points: one of them, with what was said of it."""

from __future__ import annotations

from grader.replay.block import Clue, Replay, program
from grader.replay.writing import array, read_number, read_numbers, told


def other_value(clue: Clue) -> Replay | None:
    """A value that is not the reference's."""
    called = clue.at(clue.function, "point")
    value, right = (read_numbers(clue.evidence.get(key)) for key in ("value", "right"))
    if called is None or value is None or right is None:
        return None
    name = clue.function.name
    return Replay(
        ((f"{name}(…)", told(value)), ("right", told(right))),
        program(
            f"print({name}({', '.join(called)}))",
            f"print({array(right) if len(right) > 1 else right[0]!s})  # the right value",
        ),
    )


def other_class(clue: Clue) -> Replay | None:
    """A point on whose wrong side the classifier is surest."""
    called = clue.at(clue.function, "point")
    value, threshold = (read_number(clue.evidence.get(key)) for key in ("value", "threshold"))
    if called is None or value is None or threshold is None:
        return None
    name = clue.function.name
    return Replay(
        ((f"{name}(…)", told([value])),),
        program(
            f"print({name}({', '.join(called)}) > {threshold})",
            f"# the point's label is {int(not value > threshold)}, which is "
            f"{not value > threshold}",
        ),
    )


def unlikely(clue: Clue) -> Replay | None:
    """The held-out point that the density gives least."""
    called = clue.at(clue.function, "least_likely")
    value = read_number(clue.evidence.get("least_likely_value"))
    if called is None or value is None:
        return None
    name = clue.function.name
    return Replay(
        ((f"{name}(…)", told([value])),),
        program(f"print({name}({', '.join(called)}))  # the least likely of the points"),
    )
