"""The events that webhooks are told of, and what is told: a small JSON object, never any code."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from exercises.outcome import Verdict

#: Of what is sent: new fields may come under one version; it rises when one goes or changes.
PAYLOAD_VERSION: Literal[1] = 1


class Event(StrEnum):
    """What can happen in a course that other programs want to know."""

    #: A submission has its first report.
    GRADED = "submission.graded"
    #: It has another report: a failure of ours was graded again, or staff had it regraded.
    REGRADED = "submission.regraded"
    #: What it counts, or whether its student may see it, has changed: by staff or by time.
    GRADE_CHANGED = "grade.changed"
    #: A student asks for a review.
    REVIEW_ASKED = "review.asked"
    #: Somebody tries whether a webhook works.
    PING = "ping"


#: What a webhook can be told of; a ping comes when it is asked for, in any case.
SUBSCRIBABLE = tuple(event for event in Event if event is not Event.PING)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Student(_Part):
    """Who sent a submission."""

    id: str = Field(description="The person's id, as in the API.")
    username: str | None = Field(description="What is typed to sign in; null where there is none.")
    external_ids: dict[str, str] = Field(
        description="What platforms call this person in the course, by kind, such as canvas_id."
    )


class Links(_Part):
    """Paths of the service that sent this."""

    submission: str = Field(description="In the API, with the report.")
    page: str = Field(description="For people.")


class Told(_Part):
    """A submission, as it was when the event happened."""

    submission: str
    assignment: str
    exercise: str = Field(description="The exercise's slug.")
    exercise_version: str
    student: Student | None
    accepted_at: datetime
    graded_at: datetime | None
    verdict: Verdict | None = Field(description="Null: there is no report yet.")
    score: float | None = Field(
        description="As it was earned; null where there is no grade: never a zero for our failure."
    )
    max_score: float | None
    counted_score: float | None = Field(
        description="What counts, after what staff gave instead and the late penalty."
    )
    days_late: int = Field(ge=0)
    shown: Literal["whole", "part", "receipt"] = Field(
        description="How much of the grade its student was shown at that moment: all of it, all "
        "but hidden criteria, or only that it was received. Keep from the student what is not."
    )
    links: Links


class Pinged(_Part):
    """That a webhook works."""

    webhook: str


class Payload(_Part):
    """What is sent to a webhook, as the body of a POST."""

    version: Literal[1] = PAYLOAD_VERSION
    id: str = Field(description="The event's id, as in the header webhook-id; each event has one.")
    type: Event
    timestamp: datetime = Field(description="When it happened; tries to send it come later.")
    course: str
    data: Told | Pinged

    def to_json(self) -> str:
        """The body, to the byte."""
        return self.model_dump_json()


def payload_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what is sent, as it is served and documented."""
    schema = Payload.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
