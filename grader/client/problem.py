"""A problem that a server answers with (RFC 9457), as an exception."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError


class ProblemError(BaseModel):
    """What is wrong with one part of a request."""

    model_config = ConfigDict(frozen=True)

    message: str
    pointer: str | None = None
    parameter: str | None = None


class ProblemBody(BaseModel):
    """The body of a problem."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[ProblemError] | None = None


# Not frozen: Python itself sets __traceback__ of what is raised.
@dataclass(eq=False)
class ApiProblem(Exception):
    """The server refused a request, or failed at it.

    `type` is stable, such as `/problems/closed`; `title`, `detail` and `errors` are for people.
    """

    status: int
    type: str
    title: str
    detail: str
    request_id: str
    errors: tuple[ProblemError, ...] = ()
    #: Seconds after which another try is worth it; None where the server does not say.
    retry_after: float | None = None

    @property
    def name(self) -> str:
        """The last part of the type, such as `closed`."""
        return self.type.rpartition("/")[2]

    def __str__(self) -> str:
        # Some details only say the title as a sentence.
        repeats = self.detail.startswith(self.title)
        said = [self.detail if repeats else f"{self.title}. {self.detail}".strip()]
        said += [f"{_where(error)}{error.message}" for error in self.errors]
        return "\n".join(said)


def problem(answer: httpx.Response, retry_after: float | None) -> ApiProblem | None:
    """The problem in an answer; None where it holds none: something else answered."""
    if answer.headers.get("Content-Type", "").partition(";")[0] != "application/problem+json":
        return None
    try:
        body = ProblemBody.model_validate_json(answer.content, extra="ignore")
    except ValidationError:
        return None
    return ApiProblem(
        answer.status_code,
        body.type,
        body.title,
        body.detail,
        body.request_id,
        tuple(body.errors or ()),
        retry_after,
    )


def _where(error: ProblemError) -> str:
    place = error.parameter or (error.pointer or "").removeprefix("#/")
    return f"{place}: " if place else ""
