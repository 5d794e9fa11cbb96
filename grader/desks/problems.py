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
    "-H 'Content-Type: application/json'. The archive of a class is sent as application/zip.",
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
    f"A request may have {BODY_LIMIT_BYTES:,} bytes, and the source in it {SOURCE_BYTES:,}. The "
    "archive of a class may be larger: whoever runs the service says how large. Send it in parts.",
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
NOT_GRADED = ProblemType(
    "not-graded",
    HTTPStatus.CONFLICT,
    "There is no grade yet",
    "Ask again when the submission is graded: its own address says how far it is. Where the grader "
    "itself failed, it grades again by itself.",
)
NOT_RELEASED = ProblemType(
    "not-released",
    HTTPStatus.CONFLICT,
    "The grade is not shown yet",
    "The assignment says when grades are shown. What you sent was received, and its own address "
    "says whether it ran.",
)
REVIEW_OPEN = ProblemType(
    "review-open",
    HTTPStatus.CONFLICT,
    "A review is open already",
    "Wait for its answer. What you want to add can be said there, or in an answer to a comment.",
)
REVIEW_ANSWERED = ProblemType(
    "review-answered",
    HTTPStatus.CONFLICT,
    "The review is answered already",
    "Read it again: somebody else has answered it meanwhile. A comment can add to that.",
)
EXERCISE_UNAVAILABLE = ProblemType(
    "exercise-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The exercise is being changed",
    "Its files were changed while the service runs, and whoever runs it has to restart it. Nothing "
    "was accepted, and no attempt is spent: keep your answer and send it again later.",
)
UNKNOWN_ASSIGNMENT = ProblemType(
    "unknown-assignment",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "There is no such assignment",
    "Your assignments are listed under the courses at /api/v1/courses. Nothing was accepted.",
)
NOT_OPEN = ProblemType(
    "not-open",
    HTTPStatus.CONFLICT,
    "The assignment is not open yet",
    "Send it again once the assignment has opened. Nothing was accepted, and no attempt is spent.",
)
CLOSED = ProblemType(
    "closed",
    HTTPStatus.CONFLICT,
    "The assignment is closed",
    "Nothing was accepted. Who teaches the course can give you an extension.",
)
NO_ATTEMPTS_LEFT = ProblemType(
    "no-attempts-left",
    HTTPStatus.CONFLICT,
    "You have no attempts left",
    "Nothing was accepted; the best of your submissions counts. What was not gradable and what "
    "failed on our side has cost no attempt. Who teaches the course can give you further ones.",
)
COOLING_DOWN = ProblemType(
    "cooling-down",
    HTTPStatus.TOO_MANY_REQUESTS,
    "The next attempt comes too soon",
    "Wait as long as Retry-After says, and read the last report meanwhile. Nothing was accepted, "
    "and no attempt is spent.",
)
ARCHIVED = ProblemType(
    "archived",
    HTTPStatus.CONFLICT,
    "The course is over",
    "All of it can still be read. Nothing was accepted.",
)
TAKEN = ProblemType(
    "taken",
    HTTPStatus.CONFLICT,
    "There is one of this name already",
    "Choose another name.",
)
ANSWERED = ProblemType(
    "answered",
    HTTPStatus.CONFLICT,
    "The assignment has been answered",
    "What was handed in must keep its rules. Close the assignment instead: set “closes_at”.",
)
COURSE_BUSY = ProblemType(
    "course-busy",
    HTTPStatus.CONFLICT,
    "Something of the course is under way",
    "Wait until all that was handed in is graded, and apply or cancel what is not over: regrades, "
    "and batches. Nothing was changed.",
)
REGRADE_STAGE = ProblemType(
    "regrade-stage",
    HTTPStatus.CONFLICT,
    "The regrade is not at the stage for this",
    "Read it again: “stage” says how far it is. It can be applied once its trials have ended, and "
    "cancelled until it is applied.",
)
BATCH_STAGE = ProblemType(
    "batch-stage",
    HTTPStatus.CONFLICT,
    "The batch is not at the stage for this",
    "Read it again: “stage” says how far it is. It can be changed and begun while it is planned, "
    "and cancelled until all of it is handed in.",
)
NOT_FAILED = ProblemType(
    "not-failed",
    HTTPStatus.CONFLICT,
    "The grader has not failed on it",
    "Only what ended in a failure of ours is graded again so; it may be under way already. To "
    "grade by another version of the exercise, begin a regrade.",
)
NO_PREVIEW = ProblemType(
    "no-preview",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "This exercise has no preview",
    "Only programs can be tried before they are submitted. The answers to a quiz are sent to "
    "/api/v1/submissions.",
)
TOO_MANY_PREVIEWS = ProblemType(
    "too-many-previews",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many previews at once",
    "Wait a second, or close editors that you do not use: one person's previews run from a few "
    "editors at once. What you submit is not affected.",
)
PREVIEWS_UNAVAILABLE = ProblemType(
    "previews-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "No previews at the moment",
    "Nobody runs previews now; it may be different in a few seconds. What you submit is graded all "
    "the same.",
)
TOO_MANY_ARCHIVES = ProblemType(
    "too-many-archives",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too many archives go out at once",
    "Ask again after the seconds that Retry-After says. Only a few archives go out at a time, and "
    "one of each person, so that the pages stay fast.",
)
NOT_FOUND = ProblemType(
    "not-found",
    HTTPStatus.NOT_FOUND,
    "There is nothing at this address",
    "Check the address for a missing or extra character. What belongs to somebody else is not "
    "shown either: sign in as whoever may see it. To a program, the Location header of the answer "
    "that accepted a submission tells its address.",
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
SIGN_IN_REQUIRED = ProblemType(
    "sign-in-required",
    HTTPStatus.UNAUTHORIZED,
    "Sign in first",
    "Open /sign-in in your browser. Who has no account gets one by the link that the course gives.",
)
INVALID_TOKEN = ProblemType(
    "invalid-token",
    HTTPStatus.UNAUTHORIZED,
    "The access token does not work",
    "It may have been revoked, have run out, or not have been copied whole: a token is pf_ and 43 "
    "characters. Make a new one on your account's page, or ask who gave it to you.",
)
INSUFFICIENT_SCOPE = ProblemType(
    "insufficient-scope",
    HTTPStatus.FORBIDDEN,
    "The access token is not good for this",
    "The scope that would do is in the header WWW-Authenticate, where there is one. No token opens "
    "pages, chooses passwords or makes somebody an instructor: sign in for that.",
)
FORBIDDEN = ProblemType(
    "not-allowed",
    HTTPStatus.FORBIDDEN,
    "This is not for you",
    "Your account may not see or do this. If it should, ask whoever teaches the course.",
)
IN_GUISE = ProblemType(
    "in-guise",
    HTTPStatus.FORBIDDEN,
    "You see the course as a student does",
    "Nothing can be sent meanwhile, and only what the student sees of this course can be opened. "
    "The button at the top of each page leads back; a program leaves out the header See-As.",
)
STALE_PAGE = ProblemType(
    "stale-page",
    HTTPStatus.FORBIDDEN,
    "The page is out of date",
    "You may have signed in or out in another window since you opened it. Copy what you wrote, "
    "load the page again and send it from there. Your browser must accept cookies.",
)
TOO_MANY_TRIES = ProblemType(
    "too-many-tries",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many tries",
    "Wait as long as Retry-After says, then try again. Who has forgotten a password can ask "
    "whoever teaches the course for a link to choose a new one.",
)
KEY_REUSED = ProblemType(
    "idempotency-key-reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The key belongs to another request",
    "A key stands for one request, with its address and its body to the byte. Send a new key with "
    "each new request, a random UUID for instance. Nothing was accepted.",
)
REQUEST_IN_PROGRESS = ProblemType(
    "request-in-progress",
    HTTPStatus.CONFLICT,
    "The first request with this key may not be over yet",
    "Send the same again, with the same key, after the seconds that Retry-After says: it is done "
    "once, however often it is sent.",
)
ANSWER_NOT_KEPT = ProblemType(
    "answer-not-kept",
    HTTPStatus.CONFLICT,
    "It was done, but its answer is not kept",
    "The answer held a secret, such as a link or a token, which is shown once and stored nowhere. "
    "Where it was lost, take back what was made, and make another with a new key.",
)
CHANGED_MEANWHILE = ProblemType(
    "changed-meanwhile",
    HTTPStatus.PRECONDITION_FAILED,
    "It was changed meanwhile",
    "It is no longer what If-Match names. Read it again, see whether your change still makes "
    "sense, and send it with the new ETag, or without If-Match. Nothing was changed.",
)
TOO_MANY_REQUESTS = ProblemType(
    "too-many-requests",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many requests",
    "Wait as long as Retry-After says. The RateLimit header of each answer says how many are left. "
    "Nothing was accepted.",
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

#: What is wrong with a body, whatever it is about.
OF_A_BODY = (NOT_JSON, NOT_UTF8, MEDIA_TYPE, INVALID, BODY_TOO_LARGE, CROSS_SITE, STALE_PAGE)

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
            NOT_GRADED,
            NOT_RELEASED,
            REVIEW_OPEN,
            REVIEW_ANSWERED,
            EXERCISE_UNAVAILABLE,
            UNKNOWN_ASSIGNMENT,
            NOT_OPEN,
            CLOSED,
            NO_ATTEMPTS_LEFT,
            COOLING_DOWN,
            ARCHIVED,
            TAKEN,
            ANSWERED,
            COURSE_BUSY,
            REGRADE_STAGE,
            BATCH_STAGE,
            NOT_FAILED,
            NO_PREVIEW,
            TOO_MANY_PREVIEWS,
            PREVIEWS_UNAVAILABLE,
            TOO_MANY_ARCHIVES,
            NOT_FOUND,
            METHOD_NOT_ALLOWED,
            BAD_CURSOR,
            CROSS_SITE,
            SIGN_IN_REQUIRED,
            INVALID_TOKEN,
            INSUFFICIENT_SCOPE,
            FORBIDDEN,
            IN_GUISE,
            STALE_PAGE,
            TOO_MANY_TRIES,
            KEY_REUSED,
            REQUEST_IN_PROGRESS,
            ANSWER_NOT_KEPT,
            CHANGED_MEANWHILE,
            TOO_MANY_REQUESTS,
            UNKNOWN_HOST,
            BAD_REQUEST,
            STORE_UNAVAILABLE,
            INTERNAL_ERROR,
        )
    }
)
