"""The resources of gradebooks: which grades are taken, and a platform's table with them in it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from grader.api.resources.fields import Answer, Request, Text
from grader.exports.gradebook_fill import Kind

#: The most characters of a table that is filled.
TABLE_LIMIT = 400_000


class Penalty(StrEnum):
    """Whether late penalties are taken off."""

    AFTER = "after"
    BEFORE = "before"


class Unit(StrEnum):
    """What grades are counted in."""

    POINTS = "points"
    PERCENT = "percent"


class GradebookQuery(BaseModel):
    """Which grades are taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    penalty: Penalty = Field(
        Penalty.AFTER, description="The best score after late penalties, or before."
    )
    unit: Unit = Unit.POINTS
    released: bool = Field(
        False, description="Whether only grades that their students are shown in full."
    )
    bom: bool = Field(
        False, description="Whether the file begins with a byte order mark, as Excel wants it."
    )


class TableToFill(Request):
    """A table that Canvas or Moodle has exported."""

    csv: Text = Field(max_length=TABLE_LIMIT, description="The whole file as text.")
    assignment: Text | None = Field(
        None, max_length=64, description="For an offline worksheet: the assignment's id."
    )
    penalty: Penalty = Field(Penalty.AFTER, strict=False)
    unit: Unit = Field(Unit.POINTS, strict=False)
    released: bool = False
    keep_ids: bool = Field(
        False,
        description="Whether ids in the table become external ids of the students whose rows were "
        "found beyond doubt: kinds that a student has already stay as they are.",
    )


class FilledTable(Answer):
    """The same table with grades in it."""

    kind: Kind
    csv: str
    matched: int = Field(description="How many students were found in it.")
    strangers: list[str] = Field(description="The first cells of rows that nobody here is.")
    absent: list[str] = Field(description="The names of students who have no row.")
    filled: list[str] = Field(description="The ids of assignments whose columns were filled.")
    unfilled: list[str] = Field(description="The ids of those that have none.")
    learnt: int = Field(
        description="Of how many students the table has ids that are not known here; with "
        "`keep_ids`, of how many some were kept."
    )


class GradebookState(Answer):
    """What a table for each platform would lack."""

    students: int
    assignments: int = Field(description="How many earn points, and are a column.")
    canvas: list[str] = Field(description="The names of students without an id for Canvas.")
    moodle: list[str] = Field(
        description="The names of students who are left out of the table for Moodle, as they lack "
        "the kind of id that most have."
    )
