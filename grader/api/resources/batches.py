"""The resources of batches: what is handed in for a whole class."""

from __future__ import annotations

from datetime import datetime

from flask_openapi3.models import RawModel
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from exercises.outcome import Verdict
from grader.api.resources.fields import Answer, Label, Request, Text
from grader.collected.why import Aside, Why
from grader.store.batch.entities import BatchStage, ItemState
from grader.store.submission.state import State

_CURSOR: dict[str, JsonValue] = {"pattern": "^[0-9A-Za-z_-]{1,64}$"}


class ClassArchive(RawModel):
    """The archive of a class, as it is."""

    # The library reads it from the class.
    mimetypes: list[str] = ["application/zip"]  # noqa: RUF012


class BatchPath(BaseModel):
    """The path of one batch."""

    batch: str = Field(description="The batch's id.")


class BatchItemPath(BatchPath):
    """The path of one file of a batch."""

    place: int = Field(ge=0, le=1_000_000, description="Its place in the batch, from 0.")


class DryRunQuery(BaseModel):
    """When the archive of a class counts as handed in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sent_at: AwareDatetime | None = Field(
        None,
        description="When all of it was handed in, with an offset: deadlines count by that. Left "
        "out: now. It stands in the log.",
    )


class NewBatchQuery(DryRunQuery):
    """How the archive of a class is handed in."""

    hold: bool = Field(
        False, description="Only plan it: files can be given to other people before it is begun."
    )
    sent_at: AwareDatetime | None = Field(
        None,
        description="When all of it was handed in, with an offset: deadlines count by that. Left "
        "out: now. It stands in the log.",
    )
    name: Label = Field("", description="The archive's own name, for people.")


class BatchesQuery(BaseModel):
    """Which batches to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: only batches older than the one of this id.",
        json_schema_extra=_CURSOR,
    )


class BatchItemsQuery(BaseModel):
    """Which files of a batch to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: ItemState | None = Field(None, description="Only those of which this became.")
    limit: int = Field(50, ge=1, le=1000, description="How many at most.")
    after: int | None = Field(
        None, ge=0, le=1_000_000, description="A cursor: the place of the last file before."
    )


class BatchChoice(Request):
    """Whose a file of a planned batch is."""

    person: Text | None = Field(
        max_length=300,
        description="A student of the course: the id, or KIND:VALUE of an external one. Null: "
        "nobody; it is left out.",
    )


class PassedOver(Answer):
    """An entry of the archive that is nobody's work."""

    file: str
    why: Aside
    message: str


class BatchSubmission(Answer):
    """The submission that a file became, as it is by now."""

    id: str
    state: State
    verdict: Verdict | None
    score: float | None = Field(description="What counts, after overrides and the late penalty.")
    max_score: float | None
    self: str
    page: str


class BatchItem(Answer):
    """A file of a batch, and what became of it; of a planned one, what would."""

    place: int
    file: str = Field(description="Its path in the archive.")
    person: str | None = Field(description="Whose it is: the person's id.")
    name: str | None
    username: str | None
    state: ItemState = Field(
        description="waiting; handed_in; repeated: an earlier batch has handed in the same for the "
        "same student; refused: by the assignment's rules; left_out."
    )
    why: Why | None = Field(description="Why it is refused or left out.")
    message: str = Field(description="The same as a sentence.")
    detail: str = Field(description="The people or files that could be meant.")
    open: bool = Field(description="Whether it can be given to another person.")
    submission: BatchSubmission | None = Field(
        description="Null as long as there is none, and in a dry run."
    )


class BatchItemList(Answer):
    """The files of a batch, in the order of their paths."""

    items: list[BatchItem]
    next: str | None = Field(description="The address of the next page, or null.")


class BatchPlan(Answer):
    """What would become of an archive; nothing is stored."""

    counts: dict[ItemState, int]
    items: list[BatchItem]
    passed_over: list[PassedOver]


class BatchLinks(Answer):
    """Where else to look."""

    self: str
    items: str
    table: str = Field(description="The files as CSV.")
    assignment: str
    page: str = Field(description="The same for people.")


class Batch(Answer):
    """What was handed in for a class."""

    id: str
    course: str
    assignment: str
    exercise_version: str
    name: str = Field(description="The archive's own; may be empty.")
    digest: str = Field(description="SHA-256 of the archive, which itself is not kept.")
    stage: BatchStage = Field(
        description="planned: nothing is handed in before it is begun; handing_in; done; cancelled."
    )
    total: int = Field(description="How many files.")
    counts: dict[ItemState, int]
    graded: int = Field(description="How many of the submissions are graded.")
    passed: int
    passed_over: list[PassedOver]
    sent_at: datetime | None = Field(description="Since when they count as handed in; null: begun.")
    created_at: datetime
    sent_by: str | None = Field(description="The person's id.")
    begun_at: datetime | None
    ended_at: datetime | None
    links: BatchLinks


class BatchList(Answer):
    """Batches, the newest first."""

    items: list[Batch]
    next: str | None = Field(description="The address of the next page, or null.")
