"""Owns the problem types: every way a request can go wrong, with its status and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType

from worker.source import SOURCE_BYTES

#: The largest request body. A source of 65,536 bytes takes up to six times that when every
#: character is escaped as \uXXXX; the rest is room for labels.
BODY_LIMIT_BYTES = 6 * SOURCE_BYTES + 16_384


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of error, as RFC 9457 has it: a stable address, a title, a status, and advice."""

    slug: str
    status: HTTPStatus
    title: str
    #: What the reader can do about it, in plain sentences.
    advice: str

    @property
    def path(self) -> str:
        """The problem's `type`: a path of this service, where a page explains it."""
        return f"/problems/{self.slug}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one part of a request."""

    message: str
    #: A JSON pointer into the body, as a URI fragment (`#/source`), or None.
    pointer: str | None = None
    #: The name of a query parameter, or None.
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemDetail:
    """One occurrence of a problem."""

    type: ProblemType
    detail: str
    errors: tuple[Complaint, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class RequestError(Exception):
    """Ends a request with a problem; errors.py alone catches it."""

    def __init__(
        self,
        type_: ProblemType,
        detail: str,
        errors: Iterable[Complaint] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = ProblemDetail(type_, detail, tuple(errors), headers or {})


NOT_JSON = ProblemType(
    "not-json",
    HTTPStatus.BAD_REQUEST,
    "The body is not JSON",
    'Send one JSON object, for instance {"source": "def f(z): return z"}. NaN and Infinity are '
    "not JSON. Let a library write the JSON: by hand, the newlines and quotes of Python code are "
    "easily left unescaped.",
)
NOT_UTF8 = ProblemType(
    "not-utf-8",
    HTTPStatus.BAD_REQUEST,
    "The body is not UTF-8 text",
    "Save the file as UTF-8 and send it again. Most editors offer this under “Save with encoding”.",
)
MEDIA_TYPE = ProblemType(
    "media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "The body's content type is not the one that is read here",
    "Send the header Content-Type: application/json. With curl: "
    "-H 'Content-Type: application/json'.",
)
INVALID = ProblemType(
    "invalid",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "A field or parameter does not fit",
    "Each entry of “errors” says which field or parameter is meant and what it should hold. The "
    "fields are described in the API's OpenAPI document at /api/v1/openapi.json.",
)
SOURCE_TOO_LONG = ProblemType(
    "source-too-long",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The source is too long",
    f"A source may have {SOURCE_BYTES:,} bytes of UTF-8 text. Leave out data that was pasted "
    "into the code: weights can be drawn with np.random.default_rng(0) instead of being listed.",
)
BODY_TOO_LARGE = ProblemType(
    "body-too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The request is too large",
    f"A request may have {BODY_LIMIT_BYTES:,} bytes, and the source in it {SOURCE_BYTES:,}.",
)
UNKNOWN_EXERCISE = ProblemType(
    "unknown-exercise",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "There is no such exercise",
    "The exercises are listed at /api/v1/exercises. A submission names one of them by its slug; "
    "without a name it goes to the playground.",
)
EXERCISE_CHANGED = ProblemType(
    "exercise-changed",
    HTTPStatus.CONFLICT,
    "The exercise has changed since you opened it",
    "Open the exercise again and send your answer to what is asked now. Nothing was accepted, and "
    "no attempt is spent.",
)
EXERCISE_UNAVAILABLE = ProblemType(
    "exercise-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The exercise is being changed",
    "Its files were changed while the service runs, and whoever runs it has to restart it. Nothing "
    "was accepted, and no attempt is spent: keep your answer and send it again later.",
)
NOT_FOUND = ProblemType(
    "not-found",
    HTTPStatus.NOT_FOUND,
    "There is nothing at this address",
    "Check the address for a missing or extra character. A submission's own address is the one in "
    "the Location header of the answer that accepted it.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "This address does not take that method",
    "The Allow header of the answer lists the methods that the address takes.",
)
BAD_CURSOR = ProblemType(
    "bad-cursor",
    HTTPStatus.BAD_REQUEST,
    "The cursor is not one of ours",
    "Take “before” from the “next” link of the page before, unchanged, or leave it out to start "
    "at the newest submission.",
)
CROSS_SITE = ProblemType(
    "cross-site",
    HTTPStatus.FORBIDDEN,
    "The request came from another site",
    "Another web page tried to submit something in your name. If it was you, open this service's "
    "own page and submit there.",
)
UNKNOWN_HOST = ProblemType(
    "unknown-host",
    HTTPStatus.MISDIRECTED_REQUEST,
    "This service does not answer under that name",
    "Open the service under the address that it printed when it started. Whoever runs it can add "
    "further host names with the setting GRADER_ALLOWED_HOSTS.",
)
BAD_REQUEST = ProblemType(
    "bad-request",
    HTTPStatus.BAD_REQUEST,
    "The request cannot be read",
    "Something is wrong with the request as HTTP. Try again, or with another client.",
)
STORE_UNAVAILABLE = ProblemType(
    "store-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The database does not answer",
    "This is our failure. Nothing was accepted, so keep your code and send it again in a minute.",
)
INTERNAL_ERROR = ProblemType(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something went wrong on our side",
    "This is our failure, and it is in our log under the request's id. Try again; if it comes "
    "back, tell whoever runs this service the request id.",
)

#: Every problem type by its slug, in the order of the table above.
PROBLEM_TYPES: Mapping[str, ProblemType] = MappingProxyType(
    {
        kind.slug: kind
        for kind in (
            NOT_JSON,
            NOT_UTF8,
            MEDIA_TYPE,
            INVALID,
            SOURCE_TOO_LONG,
            BODY_TOO_LARGE,
            UNKNOWN_EXERCISE,
            EXERCISE_CHANGED,
            EXERCISE_UNAVAILABLE,
            NOT_FOUND,
            METHOD_NOT_ALLOWED,
            BAD_CURSOR,
            CROSS_SITE,
            UNKNOWN_HOST,
            BAD_REQUEST,
            STORE_UNAVAILABLE,
            INTERNAL_ERROR,
        )
    }
)
