"""The resources of what is taken away: which submissions, and how much there is of them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from grader.api.resources.fields import Answer
from grader.store.takeaway.collection import WhichWork


class ArchiveQuery(BaseModel):
    """What the archive of a course is to hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    which: WhichWork = Field(
        WhichWork.ALL,
        description="All submissions, or of each person and assignment the latest, or the one "
        "that counts.",
    )
    figures: bool = Field(True, description="Whether the figures are taken too.")


class ArchiveSize(Answer):
    """About how much an archive would hold, before it is packed."""

    which: WhichWork
    submissions: int
    text_bytes: int = Field(description="Of programs and reports, by the newest of them.")
    figure_bytes: int = Field(description="Of figures, by the newest of them.")


class ArchiveSizes(Answer):
    """How much there is to take away of a course."""

    sizes: list[ArchiveSize]
