"""An exercise: what is asked, for how many points, within which limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Function(_Part):
    """The function that a submission must define."""

    name: str = Field("f", pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    inputs: int = Field(2, ge=1, le=4096)
    outputs: int = Field(2, ge=1, le=4096)


class Criterion(_Part):
    """One line of the rubric: a check and what it is worth."""

    check: Literal["law", "invertibility"]
    points: float = Field(0.0, ge=0, description="0: the check only informs.")
    radius: float = Field(
        4.0, gt=0, le=6, description="Invertibility is judged on the disc |z| <= radius."
    )


class Limits(_Part):
    """What one grading may cost; the defaults are in one place, here."""

    #: Processor time of the submission, over all its calls; the playground's net needs about 0.2.
    cpu_seconds: float = Field(10.0, gt=0, le=60)
    #: Time that the grader waits for the submission; sleeping and paging count.
    wall_seconds: float = Field(20.0, gt=0, le=120)
    #: Memory beyond what Python, numpy and scipy hold already.
    memory_bytes: int = Field(512 * 2**20, ge=2**24, le=4 * 2**30)


class Exercise(_Part):
    """An exercise as its folder describes it (see docs/authoring.md)."""

    slug: Slug
    #: A digest of the folder's files: a report says which version graded it.
    version: str
    title: str = Field(min_length=1, max_length=120)
    function: Function = Function()
    criteria: tuple[Criterion, ...] = ()
    limits: Limits = Limits()
    #: Gaussian samples drawn for the figure.
    samples: int = Field(10_000, ge=100, le=100_000)
    #: Markdown with LaTeX mathematics.
    statement: str
    #: The code that the editor starts with.
    starter: str
    #: Where the exercise's files are.
    folder: Path

    @property
    def max_score(self) -> float:
        """The sum of the points of all criteria; 0 for an ungraded exercise."""
        return sum(criterion.points for criterion in self.criteria)

    @property
    def graded(self) -> bool:
        """Whether there is anything to earn."""
        return self.max_score > 0
