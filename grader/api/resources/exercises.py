"""The resources of exercises, as a student may see them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from exercises.criteria import AnyCriterion
from exercises.exercise import Function
from exercises.report import Figure
from grader.api.resources.fields import Answer, Label


class ExercisePath(BaseModel):
    """The path of one exercise."""

    slug: str = Field(description="The exercise's slug.")


class ExerciseQuery(BaseModel):
    """Whose questions of a quiz are meant."""

    model_config = ConfigDict(extra="forbid")

    student: Label = ""
    course: Label = ""


class ExerciseItem(Answer):
    """An exercise in the list."""

    slug: str
    title: str
    kind: str = Field(description="code: answered by a program; quiz: by choosing.")
    part: str = Field(description="The part of the course that it belongs to; may be empty.")
    version: str
    max_score: float = Field(description="0: nothing to earn.")
    links: dict[str, str]


class ExerciseList(Answer):
    """The exercises, in the order of the course."""

    items: list[ExerciseItem]


class QuestionOption(Answer):
    """One answer to choose."""

    id: str
    text: str = Field(description="Markdown with LaTeX mathematics; may be empty.")
    code: str = Field(description="A program that defines f; may be empty.")


class Question(Answer):
    """A question of a quiz, without its answer."""

    id: str
    text: str = Field(description="Markdown with LaTeX mathematics.")
    options: list[QuestionOption] = Field(
        description="One of them is right. Those of a statement are true and false."
    )
    figure: Figure | None = Field(description="What the question is about, where it has one.")


class Sketch(Answer):
    """A transformation to start from."""

    name: str
    title: str
    code: str


class Exercise(ExerciseItem):
    """An exercise as a student may see it: never its reference, its target or its answers."""

    statement: str = Field(description="Markdown with LaTeX mathematics.")
    reading: str = Field(description="Further reading, Markdown; may be empty.")
    hints: list[str] = Field(description="Markdown, one after the other.")
    pictures: str = Field(
        description="Where the pictures are that these texts name: a URI template (RFC 6570)."
    )
    starter: str = Field("", description="The code to start from.")
    functions: list[Function] = Field([], description="The functions that a program must define.")
    criteria: list[AnyCriterion] = Field([], description="What earns points.")
    gallery: list[Sketch] = Field([], description="Programs to start from.")
    data: dict[str, str] = Field({}, description="Files to download: name to address.")
    redraw: bool = Field(False, description="Whether another seed in the starter is of interest.")
    questions: list[Question] = Field(
        [], description="Those that this student is asked, in this order."
    )
