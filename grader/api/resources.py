"""The resources of the API: the shapes of its requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from exercises.criteria import AnyCriterion
from exercises.exercise import Function
from exercises.outcome import Verdict
from exercises.report import Figure, Report
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


def _require_option(value: object) -> object:
    if not isinstance(value, bool | str):
        raise PydanticCustomError("option_type", "neither text nor true or false")
    return value if isinstance(value, bool) else _require_unicode(value)


Text = Annotated[str, AfterValidator(_require_unicode)]
#: Checked by hand first: of a union, each member would have a complaint of its own.
Choice = Annotated[bool | Text, BeforeValidator(_require_option)]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NewSubmission(_Request):
    """What is sent to be graded: `source` to most exercises, `answers` to a quiz, never both.

    The points that f is asked are drawn by the service.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["source"]}, {"required": ["answers"]}]}
    )

    exercise: str = Field(
        "playground", max_length=64, description="The slug of an exercise, as in /exercises."
    )
    # Pydantic looks at the characters only where there is a pattern or a length to check.
    # Without a default in the description: what is left out is not the empty text.
    source: Text = Field(
        default_factory=str,
        description=f"Python that defines f; at most {SOURCE_BYTES:,} bytes of UTF-8. Any "
        "text is accepted, empty text too: the report says what is wrong with it.",
        examples=["import numpy as np\n\ndef f(z):\n    return 2 * z + np.ones(2)\n"],
    )
    answers: dict[Text, Choice] = Field(
        default_factory=dict,
        max_length=1000,
        description="To a quiz: by a question's id the id of the chosen option, or true or false. "
        "The questions are those of the same `student` and `course`, as /exercises/{slug} has "
        "them. A question that is left out is a wrong one; answers to other questions are refused "
        "by the report, which costs no attempt.",
        examples=[{"flow-exact": True, "determinant": "quarter"}],
    )
    exercise_version: str = Field(
        "",
        max_length=64,
        description="The version that was answered; if it is another by now, nothing is accepted.",
    )
    course: Label = ""
    student: Label = ""

    def sent(self) -> dict[str, Any]:
        """The fields, with None for a source or answers that were left out."""
        left_out = {"source", "answers"} - self.model_fields_set
        return self.model_dump() | dict.fromkeys(left_out)


class SubmissionPath(BaseModel):
    """The path of one submission."""

    id: str = Field(description="The submission's id.")


class FigurePath(SubmissionPath):
    """The path of one figure of a submission."""

    figure: str = Field(
        description="The file, as the report's links name it: density.png, fold_map.svg, …"
    )


class FigureQuery(BaseModel):
    """Which grading's figure is meant."""

    model_config = ConfigDict(extra="forbid")

    attempt: int | None = Field(
        None, ge=1, description="The attempt, as in the report's links; the latest without it."
    )


class ExercisePath(BaseModel):
    """The path of one exercise."""

    slug: str = Field(description="The exercise's slug.")


class ExerciseQuery(BaseModel):
    """Whose questions of a quiz are meant."""

    model_config = ConfigDict(extra="forbid")

    student: Label = ""
    course: Label = ""


class QuestionFigurePath(ExercisePath):
    """The path of the figure of one question."""

    figure: str = Field(description="The file: the question's id with .png or .svg.")


class DataPath(ExercisePath):
    """The path of one file of data."""

    name: str = Field(description="The file's name, as the exercise has it.")


class MaterialQuery(BaseModel):
    """Which version's file is meant."""

    model_config = ConfigDict(extra="forbid")

    version: str | None = Field(
        None, max_length=64, description="The version, as in the exercise's links."
    )


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
    answers: dict[str, bool | str] | None = Field(
        description="The answers to a quiz; null for a program."
    )
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
    kind: str = Field(description="code: answered by a program; quiz: by choosing.")
    part: str = Field(description="The part of the course that it belongs to; may be empty.")
    version: str
    max_score: float = Field(description="0: nothing to earn.")
    links: dict[str, str]


class ExerciseList(_Answer):
    """The exercises, in the order of the course."""

    items: list[ExerciseItem]


class QuestionOption(_Answer):
    """One answer to choose."""

    id: str
    text: str = Field(description="Markdown with LaTeX mathematics; may be empty.")
    code: str = Field(description="A program that defines f; may be empty.")


class Question(_Answer):
    """A question of a quiz, without its answer."""

    id: str
    text: str = Field(description="Markdown with LaTeX mathematics.")
    options: list[QuestionOption] = Field(
        description="One of them is right. Those of a statement are true and false."
    )
    figure: Figure | None = Field(description="What the question is about, where it has one.")


class Sketch(_Answer):
    """A transformation to start from."""

    name: str
    title: str
    code: str


class Exercise(ExerciseItem):
    """An exercise as a student may see it: never its reference, its target or its answers."""

    statement: str = Field(description="Markdown with LaTeX mathematics.")
    reading: str = Field(description="Further reading, Markdown; may be empty.")
    hints: list[str] = Field(description="Markdown, one after the other.")
    starter: str = Field("", description="The code to start from.")
    functions: list[Function] = Field([], description="The functions that a program must define.")
    criteria: list[AnyCriterion] = []
    gallery: list[Sketch] = Field([], description="Programs to start from.")
    data: dict[str, str] = Field({}, description="Files to download: name to address.")
    redraw: bool = Field(False, description="Whether another seed in the starter is of interest.")
    questions: list[Question] = Field(
        [], description="Those that this student is asked, in this order."
    )


class Part(_Answer):
    """One part of the service."""

    name: str
    ok: bool
    message: str


class Health(_Answer):
    """Whether the service can do its work."""

    status: str = Field(
        description="ok; degraded (submissions are accepted, and graded once what is missing is "
        "back, or an exercise is broken and not served); down (nothing is accepted).",
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
