"""The resources of figures and of files that belong to an exercise."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from grader.api.resources.exercises import ExercisePath
from grader.api.resources.submissions import SubmissionPath


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


class QuestionFigurePath(ExercisePath):
    """The path of the figure of one question."""

    figure: str = Field(description="The file: the question's id with .png or .svg.")


class DataPath(ExercisePath):
    """The path of one file of data."""

    name: str = Field(description="The file's name, as the exercise has it.")


class PicturePath(ExercisePath):
    """The path of one picture of a statement."""

    name: str = Field(description="The file's name within the exercise's folder, with slashes.")


class MaterialQuery(BaseModel):
    """Which version's file is meant."""

    model_config = ConfigDict(extra="forbid")

    version: str | None = Field(
        None, max_length=64, description="The version, as in the exercise's links."
    )
