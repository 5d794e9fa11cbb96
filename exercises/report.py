"""The report: what a grading says, as strict JSON that others rely on."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from exercises.outcome import Outcome, Verdict

#: Raised by one when a field changes its meaning or goes; new fields do not change it.
REPORT_VERSION: Final = 1

Points = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Status(StrEnum):
    """What one check found."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    #: The check cannot tell, and says so rather than guess.
    INCONCLUSIVE = "inconclusive"
    #: Tells something and judges nothing.
    INFORMATIVE = "informative"
    #: Not run, because an earlier finding left nothing to check.
    SKIPPED = "skipped"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Finding(_Part):
    """What one check found, in a sentence, with its points and its evidence."""

    check: str = Field(description="The check's name: function, shape, purity, invertibility, law.")
    status: Status
    points: Points = Field(0.0, description="Points earned.")
    max_points: Points = Field(0.0, description="Points to earn; 0 where the check only informs.")
    message: str = Field(description="One sentence that a student understands.")
    line: int | None = Field(None, ge=1, description="The line in the student's code.")
    hint: str | None = Field(None, description="Where to look, if the mistake has a name.")
    evidence: dict[str, JsonValue] = Field(
        default_factory=dict, description="What the sentence rests on, to be checked by hand."
    )


class Usage(_Part):
    """What the submission cost, over all processes that it ran in, as the kernel counted."""

    cpu_seconds: float = Field(0.0, ge=0)
    wall_seconds: float = Field(0.0, ge=0)
    memory_bytes: int = Field(0, ge=0, description="The largest resident set of any process.")


class Printed(_Part):
    """What the submission printed in its first calls."""

    text: str = ""
    truncated: bool = Field(False, description="True where more was printed than is kept.")


class Figure(_Part):
    """A picture made by the grader, with the words that stand for it."""

    name: str = Field(description="For instance density.")
    alt: str = Field(description="The finding of the picture as text.")
    links: dict[str, str] = Field(
        default_factory=dict, description="Media type to address; empty before it is served."
    )


class Report(_Part):
    """One grading of one submission."""

    version: Literal[1] = REPORT_VERSION
    exercise: str = Field(description="The exercise's slug.")
    exercise_version: str = Field(description="A digest of the exercise's files.")
    verdict: Verdict
    outcome: Outcome
    score: Points
    max_score: Points
    findings: list[Finding]
    printed: Printed = Printed()
    seed: int = Field(ge=0, lt=2**53, description="Repeats this grade: grader check --seed.")
    samples: int = Field(ge=0, description="Gaussian samples that the figure shows.")
    usage: Usage = Usage()
    layers: list[str] = Field(description="The sandbox layers that were in force.")
    figures: list[Figure] = Field(default_factory=list)


def report_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a report, as it is served and documented."""
    schema = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
