"""An exercise as a preview runs it: no points, nothing that tells the grade, small limits."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from exercises.criteria import Fit, Invertibility, Law
from exercises.exercise import CodeExercise, Exercise
from exercises.outcome import Outcome
from exercises.report import Finding

if TYPE_CHECKING:
    from exercises.judge import Judgement

#: What one preview may cost; a student waits for it.
CPU_SECONDS, WALL_SECONDS = 3.0, 4.0
#: The seeds of gradings lie below (see exercises.report.Report), those of previews from here on.
_SEEDS = 2**53


def has_picture(exercise: CodeExercise) -> bool:
    """Whether it asks for an f that takes Gaussian z of the plane to the plane."""
    first = exercise.function
    return first.of_the_plane and first.name == "f" and first.asked_at == "z"


def live_version(exercise: CodeExercise) -> CodeExercise:
    """The exercise as a preview judges it: form, purity, and an f of the plane's invertibility.

    Never the law, nor anything at held-out points: whoever may try without being counted could
    climb to the answer by their numbers.
    """
    limits = exercise.limits
    smaller = {
        "cpu_seconds": min(CPU_SECONDS, limits.cpu_seconds),
        "wall_seconds": min(WALL_SECONDS, limits.wall_seconds),
    }
    criteria: tuple[Invertibility, ...] = ()
    if has_picture(exercise):
        criteria = (Invertibility(radius=radius_of(exercise)),)
    return exercise.model_copy(
        update={"criteria": criteria, "limits": limits.model_copy(update=smaller)}
    )


def radius_of(exercise: CodeExercise) -> float:
    """The radius of the disc on which f is looked at."""
    radii = [c.radius for c in exercise.criteria if isinstance(c, Invertibility)]
    return (radii or [Invertibility().radius])[-1]


def live_seed(owner: str, slug: str) -> int:
    """The seed of an owner's previews of an exercise: the same each time, so that the picture moves
    with the code alone; never that of a grading.
    """
    digest = hashlib.sha256(f"preview/{owner}/{slug}".encode()).digest()
    return _SEEDS + int.from_bytes(digest[:6], "little")


def live_findings(judgement: Judgement, exercise: CodeExercise) -> list[Finding]:
    """The findings; where a limit ended the run, with what a submission may use.

    Args:
        judgement: of the exercise's live version.
        exercise: as it is graded.
    """
    first, *others = judgement.findings
    more = {
        Outcome.CPU_LIMIT: f"A submission may use {exercise.limits.cpu_seconds:g} s.",
        Outcome.WALL_LIMIT: f"A submission may take {exercise.limits.wall_seconds:g} s.",
    }.get(judgement.outcome)
    if more is None:
        return [first, *others]
    said = f"{first.message} This is the limit of a preview. {more}"
    return [first.model_copy(update={"message": said}), *others]


def shows_target(exercise: Exercise) -> bool:
    """Whether its reports show the density of the law that x should have."""
    return (
        isinstance(exercise, CodeExercise)
        and exercise.function.of_the_plane
        and any(isinstance(criterion, Law | Fit) for criterion in exercise.criteria)
    )
