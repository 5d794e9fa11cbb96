"""The resources of the service itself: its health and its problems."""

from __future__ import annotations

from pydantic import Field

from grader.api.resources.fields import Answer


class Part(Answer):
    """One part of the service."""

    name: str
    ok: bool
    message: str


class Health(Answer):
    """Whether the service can do its work."""

    status: str = Field(
        description="ok; degraded (submissions are accepted, and graded once what is missing is "
        "back, or an exercise is broken and not served); down (nothing is accepted).",
        examples=["ok"],
    )
    parts: list[Part]


class ProblemError(Answer):
    """What is wrong with one part of a request."""

    message: str
    pointer: str | None = Field(None, description="A JSON pointer into the body.")
    parameter: str | None = Field(None, description="The name of a query parameter.")


class ProblemBody(Answer):
    """A problem (RFC 9457)."""

    type: str = Field(description="A path of this service that explains the problem.")
    title: str
    status: int
    detail: str
    request_id: str = Field(description="What our log calls this request.")
    errors: list[ProblemError] | None = None
