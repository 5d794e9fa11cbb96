"""The shelf: which exercises somebody sees."""

from __future__ import annotations

from collections.abc import Mapping

from exercises.exercise import AnyExercise
from grader.access.principal import Principal
from grader.store.lookups import Lookups


def shelf(
    exercises: Mapping[str, AnyExercise], who: Principal, lookups: Lookups
) -> dict[str, AnyExercise]:
    """The exercises that somebody sees, by slug, in their order.

    Who teaches sees all. A student sees what his or her courses have assigned and opened, and what
    carries no points: the others may be next week's, or another course's examination.
    """
    if who.sees_all_exercises:
        return dict(exercises)
    if who.id is None:
        return {}
    opened = lookups.open_exercises(who.id, who.bound_to)
    return {slug: one for slug, one in exercises.items() if slug in opened or is_for_all(one)}


def is_for_all(exercise: AnyExercise) -> bool:
    """Whether every student sees an exercise: there is nothing to earn."""
    return not exercise.max_score
