"""How far a judgement goes: how much it asks of a slow function, and where."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.numerics.injectivity import BUDGET


@dataclass(frozen=True, slots=True)
class Effort:
    """Bounds on what is asked beside those of the exercise; they count points, never time."""

    #: Where the first function is called point by point, so many samples of the figure at most.
    samples_singly: int | None = None
    #: Points that the check of invertibility may ask where f is called point by point.
    invertibility_singly: int = BUDGET
    #: Whether the form of a function that is asked at held-out points is looked at there.
    at_held_out: bool = True


#: What a grading does.
FULL = Effort()
#: What a preview does: a slow function has a picture within the preview's limits, and nobody's
#: code sees a held-out point who did not submit it.
LIVE = Effort(samples_singly=1_024, invertibility_singly=30_000, at_held_out=False)
