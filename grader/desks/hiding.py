"""Which criteria of an exercise can be hidden: those on which nothing rests that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exercises.criteria import AnyCriterion, Likelihood
from exercises.exercise import AnyExercise, CodeExercise
from grader.desks.problems import INVALID, Complaint, RequestError


def require_hideable(names: Iterable[str], asked: AnyExercise) -> None:
    """Let criteria pass that can be hidden together.

    The finding of a criterion that requires another one tells whether that one passed.

    Raises:
        RequestError: invalid.
    """
    hidden = list(dict.fromkeys(names))
    criteria = list(asked.criteria) if isinstance(asked, CodeExercise) else []
    known = [one.check for one in criteria]
    complaints = [
        f"{asked.slug} has no criterion {name[:64]!r}; it has {', '.join(known) or 'none'}."
        for name in hidden
        if name not in known
    ]
    complaints += [
        f"{criterion.check} would tell what {other} found: hide both, or neither."
        for criterion in criteria
        for other in rests_on(criterion, criteria)
        if other in hidden and criterion.check not in hidden
    ]
    if complaints:
        raise RequestError(
            INVALID,
            "These criteria can not be hidden so.",
            [Complaint(text, pointer="#/hidden_criteria") for text in complaints],
        )


def rests_on(criterion: AnyCriterion, criteria: Iterable[AnyCriterion]) -> tuple[str, ...]:
    """The other criteria whose findings show in that of this one."""
    if isinstance(criterion, Likelihood):
        density = {"normalization", "log_prob"}
        of_density = [one.check for one in criteria if one.check in density]
        return (*criterion.requires, *of_density)
    return criterion.requires


def hideable(asked: AnyExercise | None) -> Mapping[str, float]:
    """By criterion what it is worth; none of a quiz."""
    if not isinstance(asked, CodeExercise):
        return {}
    return {one.check: one.points for one in asked.criteria}
