"""Replays of what is checked of maps: one-to-one, inverse, derivatives, coupling, law."""

from __future__ import annotations

from exercises.checks.statistics import LEVELS
from exercises.criteria import Coupling, Inverse, LogDet, LogProb, Normalization
from grader.replay.block import Clue, Evidence, Replay, program
from grader.replay.writing import array, read_number, read_numbers, told

#: Points of the sample from which quantiles are computed.
_SAMPLE = 20_000
#: A quantile is worth showing where it is off by more than this, against the target's middle half.
_OFF = 0.05

#: The Jacobian by central differences, as a student would write it.
_JACOBIAN = (
    "def derivatives(function, at, step=1e-5):",
    "    moves = step * np.eye(len(at))",
    "    differences = [function(at + move) - function(at - move) for move in moves]",
    "    return np.stack(differences, axis=1) / (2 * step)",
    "",
    "",
)


def folded(clue: Clue) -> Replay | None:
    """Two inputs with one output."""
    witness = _part(clue.evidence, "witness")
    first, second = (read_numbers(witness.get(name)) for name in ("z1", "z2"))
    if first is None or second is None:
        return None
    name = clue.function.name
    outputs = [read_numbers(witness.get(key)) for key in ("x", "x2")]
    x1, x2 = outputs[0], outputs[1] or outputs[0]
    numbers = [("z1", told(first)), ("z2", told(second))]
    if x1 is not None and x2 is not None:
        numbers += [(f"{name}(z1)", told(x1)), (f"{name}(z2)", told(x2))]
    return Replay(
        tuple(numbers),
        program(
            f"z1 = {array(first)}",
            f"z2 = {array(second)}",
            f"print({name}(z1))",
            f"print({name}(z2))  # two inputs, one output",
        ),
    )


def not_undone(clue: Clue) -> Replay | None:
    """A point that does not come back: from z there and back, or from x = f(z)."""
    if not isinstance(clue.criterion, Inverse):
        return None
    left, right = _part(clue.evidence, "left"), _part(clue.evidence, "right")
    f, f_inv = clue.criterion.function, clue.criterion.inverse
    if (read_number(left.get("bad_share")) or 0) > 0:
        shown, start, inner, outer, last = _part(left, "example"), "z", f, f_inv, "w"
    elif (read_number(right.get("bad_share")) or 0) > 0:
        shown, start, inner, outer, last = _part(right, "example"), "x", f_inv, f, "y"
    else:
        return None
    begun, back = read_numbers(shown.get(start)), read_numbers(shown.get(last))
    if begun is None or back is None:
        return None
    return Replay(
        ((start, told(begun)), (f"{outer}({inner}({start}))", told(back))),
        program(
            f"{start} = {array(begun)}",
            f"print({start})",
            f"print({outer}({inner}({start})))  # should be the same",
        ),
    )


def other_number(clue: Clue) -> Replay | None:
    """A log-determinant or a log-density that is not what the derivatives of f say."""
    criterion = clue.criterion
    if not isinstance(criterion, LogDet | LogProb):
        return None
    shown = _part(clue.evidence, "example")
    at, yours, ours = (
        read_numbers(shown.get("at")),
        read_number(shown.get("answer")),
        read_number(shown.get("numeric")),
    )
    share, needed = (
        read_number(clue.evidence.get(key)) for key in ("right_share", "right_share_needed")
    )
    is_right = share is not None and needed is not None and share >= needed
    if at is None or yours is None or ours is None or is_right:
        return None
    lines: tuple[str, ...]
    if isinstance(criterion, LogDet):
        name, letter = criterion.log_det, "z"
        lines = (
            *_JACOBIAN,
            f"z = {array(at)}",
            f"print({name}(z))",
            f"print(np.linalg.slogdet(derivatives({criterion.function}, z))[1])  # the derivatives",
        )
    else:
        name, letter = criterion.log_prob, "x"
        lines = (f"x = {array(at)}", f"print({name}(x))  # should be {ours:.6g}")
    means = f"log |det J({letter})|" if isinstance(criterion, LogDet) else f"log p({letter})"
    numbers = ((letter, told(at)), (f"{name}({letter})", told([yours])), (means, told([ours])))
    return Replay(numbers, program(*lines))


def not_one(clue: Clue) -> Replay | None:
    """An integral that is not one, on a square that can be summed by hand."""
    if not isinstance(clue.criterion, Normalization):
        return None
    name = clue.criterion.log_prob
    example = read_numbers(clue.evidence.get("example"))
    if example is not None:
        return Replay((("x", told(example)),), program(f"print({name}({array(example)}))"))
    integral = read_number(clue.evidence.get("integral"))
    if integral is None:
        return None
    return Replay(
        ((f"∫ exp({name}(x)) dx", told([integral])),),
        program(
            "# On the square from -10 to 10; what lies outside of it is not in this sum.",
            "ticks = np.linspace(-10, 10, 401)",
            f"values = [{name}(np.array([a, b])) for a in ticks for b in ticks]",
            "print(np.exp(values).sum() * 0.05**2)  # should be 1",
        ),
    )


def no_coupling(clue: Clue) -> Replay | None:
    """The derivatives of f at the point that fits a coupling layer worst."""
    if not isinstance(clue.criterion, Coupling):
        return None
    worst = read_numbers(clue.evidence.get("worst"))
    if worst is None:
        return None
    return Replay(
        (("z", told(worst)),),
        program(
            *_JACOBIAN,
            f"z = {array(worst)}",
            f"print(derivatives({clue.criterion.function}, z).round(4))",
            "# Of a coupling layer, the rows of the half that stays are those of the identity, and",
            "# each other row has one entry more: its own scale, beside what that half adds.",
        ),
    )


def other_law(clue: Clue) -> Replay | None:
    """Numbers of x and of the target: of the coordinate that is furthest off, or a half-plane."""
    found = {name: _pair(value) for name, value in _part(clue.evidence, "quantiles").items()}
    pairs = {name: pair for name, pair in found.items() if pair is not None}
    if not pairs or not pairs.keys() <= {"x1", "x2"}:
        return None
    worst = max(pairs, key=lambda name: _distance(*pairs[name]))
    if _distance(*pairs[worst]) < _OFF:
        return _half_plane(clue)  # each coordinate is right: it is how they go together
    mine, goal = pairs[worst]
    levels = ", ".join(str(level) for level in LEVELS)
    percents = ", ".join(f"{100 * level:g}" for level in LEVELS)
    return Replay(
        ((f"{worst}: {percents} %", told(_brief(mine))), ("target", told(_brief(goal)))),
        program(
            *_sample(clue),
            f"{worst} = x[:, {int(worst[1]) - 1}]",
            f"print(np.quantile({worst}, [{levels}]).round(2))",
            f"# the target: {_brief(goal)}",
        ),
    )


def _half_plane(clue: Clue) -> Replay | None:
    plane = _part(clue.evidence, "half_plane")
    slope = read_numbers(plane.get("slope"))
    offset, mine, goal = (read_number(plane.get(key)) for key in ("offset", "x", "target"))
    if slope is None or offset is None or mine is None or goal is None:
        return None
    inside = f"x @ np.array([{slope[0]:.4g}, {slope[1]:.4g}]) <= {offset:.4g}"
    return Replay(
        ((inside, f"{mine:.1%}"), ("target", f"{goal:.1%}")),
        program(*_sample(clue), f"print(np.mean({inside}))", f"# the target: {goal:.3f}"),
    )


def _sample(clue: Clue) -> tuple[str, ...]:
    return (
        f"z = np.random.default_rng(0).standard_normal(({_SAMPLE:_}, 2))",
        f"x = np.array([{clue.exercise.function.name}(point) for point in z])",
    )


def _pair(value: object) -> tuple[list[float], list[float]] | None:
    if not isinstance(value, dict):
        return None
    mine, goal = read_numbers(value.get("x")), read_numbers(value.get("target"))
    whole = mine is not None and goal is not None and len(mine) == len(goal) == len(LEVELS)
    return (mine, goal) if whole and mine is not None and goal is not None else None


def _distance(mine: list[float], goal: list[float]) -> float:
    """The largest difference of two quantiles, against the middle half of the target."""
    middle = max(goal[3] - goal[1], 1e-9)
    return max(abs(a - b) for a, b in zip(mine, goal, strict=True)) / middle


def _brief(values: list[float]) -> list[float]:
    return [round(value, 2) + 0.0 for value in values]


def _part(evidence: Evidence, key: str) -> Evidence:
    found = evidence.get(key)
    return found if isinstance(found, dict) else {}
