"""The resources of the API: the shapes of its requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from exercises.exercise import Criterion, Function
from exercises.outcome import Verdict
from exercises.report import Report
from grader.api.prefer import WAIT_LIMIT_SECONDS
from grader.store.submissions import State
from worker.source import SOURCE_BYTES

#: No control characters: PostgreSQL refuses NUL in text, and a label is one line.
_LABEL = r"^[^\x00-\x1f\x7f-\x9f]*$"

Label = Annotated[
    str,
    StringConstraints(max_length=200, pattern=_LABEL),
    Field(
        description="A label of the client's choosing. It is trusted as it comes: there is no "
        "sign-in yet, so it says who a submission claims to be from, not who it is from."
    ),
]


def _require_unicode(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise PydanticCustomError("string_unicode", "half of a surrogate pair") from None
    return text


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NewSubmission(_Request):
    """What is sent to be graded. The points that f is asked are drawn by the service."""

    exercise: str = Field(
        "playground", max_length=64, description="The slug of an exercise, as in /exercises."
    )
    # Pydantic looks at the characters only where there is a pattern or a length to check.
    source: Annotated[str, AfterValidator(_require_unicode)] = Field(
        description=f"Python that defines f; at most {SOURCE_BYTES:,} bytes of UTF-8. Any "
        "text is accepted, empty text too: the report says what is wrong with it.",
        examples=["import numpy as np\n\ndef f(z):\n    return 2 * z + np.ones(2)\n"],
    )
    course: Label = ""
    student: Label = ""


class SubmissionPath(BaseModel):
    """The path of one submission."""

    id: str = Field(description="The submission's id.")


class FigurePath(SubmissionPath):
    """The path of one figure of a submission."""

    figure: str = Field(description="The file: density.png or density.svg.")


class FigureQuery(BaseModel):
    """Which grading's figure is meant."""

    model_config = ConfigDict(extra="forbid")

    attempt: int | None = Field(
        None, ge=1, description="The attempt, as in the report's links; the latest without it."
    )


class ExercisePath(BaseModel):
    """The path of one exercise."""

    slug: str = Field(description="The exercise's slug.")


class PreferHeader(BaseModel):
    """The preference that is understood."""

    # An integer or a string would be too narrow: what is malformed is ignored (RFC 7240).
    prefer: str | None = Field(
        None,
        description=f"`wait=N` (RFC 7240): wait up to N seconds, at most {WAIT_LIMIT_SECONDS}, "
        "for the graded report. When it was heeded, Preference-Applied says so.",
    )


class SubmissionsQuery(BaseModel):
    """Which submissions to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id after which the last page ended.",
        # Told, not checked here: what does not fit has a problem type of its own.
        json_schema_extra={"pattern": "^[0-9A-Za-z_-]{1,64}$"},
    )
    exercise: str | None = Field(None, max_length=64, description="Only those to this exercise.")
    student: Label | None = None


class SubmissionLinks(_Answer):
    """Where else to look."""

    self: str
    page: str = Field(description="The same for people.")
    source: str = Field(description="What was sent, as a file.")


class Submission(_Answer):
    """One submission: where it is, and its report once it is graded."""

    id: str
    exercise: str
    exercise_version: str = Field(description="The version that it is graded by.")
    course: str
    student: str
    state: State
    attempt: int = Field(description="How many times it was handed to a worker.")
    place: int | None = Field(description="Its place in the queue, from 1; null once it runs.")
    estimate_seconds: float | None = Field(
        description="About how long until it is graded; null where that is not known."
    )
    accepted_at: datetime
    started_at: datetime | None
    graded_at: datetime | None
    report: Report | None
    links: SubmissionLinks


class SubmissionItem(_Answer):
    """One line of the list of submissions."""

    id: str
    exercise: str
    course: str
    student: str
    state: State
    verdict: Verdict | None
    score: float | None
    max_score: float | None
    accepted_at: datetime
    graded_at: datetime | None
    links: SubmissionLinks


class SubmissionList(_Answer):
    """Submissions, newest first."""

    items: list[SubmissionItem]
    next: str | None = Field(description="The address of the next page, or null.")


class ExerciseItem(_Answer):
    """An exercise in the list."""

    slug: str
    title: str
    version: str
    max_score: float = Field(description="0: nothing to earn.")
    links: dict[str, str]


class ExerciseList(_Answer):
    """The exercises, by slug."""

    items: list[ExerciseItem]


class Exercise(ExerciseItem):
    """An exercise as a student may see it: never its reference or its target."""

    statement: str = Field(description="Markdown with LaTeX mathematics.")
    starter: str = Field(description="The code to start from.")
    function: Function
    criteria: list[Criterion]


class Part(_Answer):
    """One part of the service."""

    name: str
    ok: bool
    message: str


class Health(_Answer):
    """Whether the service can do its work."""

    status: str = Field(
        description="ok; degraded (submissions are accepted, and graded once what is missing is "
        "back); down (nothing is accepted).",
        examples=["ok"],
    )
    parts: list[Part]


class ProblemError(_Answer):
    """What is wrong with one part of a request."""

    message: str
    pointer: str | None = Field(None, description="A JSON pointer into the body.")
    parameter: str | None = Field(None, description="The name of a query parameter.")


class ProblemBody(_Answer):
    """A problem (RFC 9457)."""

    type: str = Field(description="A path of this service that explains the problem.")
    title: str
    status: int
    detail: str
    request_id: str = Field(description="What our log calls this request.")
    errors: list[ProblemError] | None = None
