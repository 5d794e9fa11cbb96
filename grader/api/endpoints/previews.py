"""The API's previews: run an unfinished answer once, uncounted, and see what it does."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from exercises.catalog.bundle import grading_copy
from exercises.exercise import AnyExercise, CodeExercise
from exercises.preview import PreviewResult
from grader.api import resources
from grader.api.http.answers import answer, compressed, documented
from grader.api.http.owner import owner
from grader.api.http.prefer import wait_seconds
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import Complaint, RequestError
from grader.desks.sent import require_version, text_of
from grader.dispatch.previews import NoPreviewWorker, TooManyPreviews
from worker.live_streams import STREAMS_AT_ONCE, LiveRecord

blueprint = APIBlueprint(
    "previews",
    __name__,
    url_prefix="/api/v1/previews",
    abp_tags=[Tag(name="previews", description="See what an f does before it is submitted.")],
)

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
#: Seconds after which asking again is worth it: previews are over in a moment, workers are back in
#: a few seconds.
_SOON, _LATER = {"Retry-After": "1"}, {"Retry-After": "5"}


@blueprint.post(
    "",
    responses=documented(
        {HTTPStatus.OK: resources.Preview, HTTPStatus.ACCEPTED: resources.Preview},
        problems.NOT_JSON,
        problems.NOT_UTF8,
        problems.MEDIA_TYPE,
        problems.INVALID,
        problems.UNKNOWN_EXERCISE,
        problems.NO_PREVIEW,
        problems.EXERCISE_CHANGED,
        problems.SOURCE_TOO_LONG,
        problems.BODY_TOO_LARGE,
        problems.CROSS_SITE,
        problems.STALE_PAGE,
        problems.TOO_MANY_PREVIEWS,
        problems.PREVIEWS_UNAVAILABLE,
    ),
)
def start(body: resources.NewPreview, header: resources.PreferHeader) -> Response:
    """Run a program as far as it is written: nothing is stored, and it costs no attempt.

    202 with the address to ask at; with `Prefer: wait=N` 200 and the result, where it is there
    within N seconds. A preview with a higher number of the same `stream` ends this one.
    """
    asked, sent_along = _at_version(desk().asked(body.exercise), body.exercise_version)
    if not isinstance(asked, CodeExercise):
        raise RequestError(
            problems.NO_PREVIEW,
            f"The exercise {asked.slug} is a quiz: there is nothing to run.",
            [Complaint("This must be an exercise that is answered by a program.", "#/exercise")],
        )
    require_version(asked, body.exercise_version)
    with _reaching_workers():
        found = desk().previews.start(
            owner=owner(),
            stream=body.stream,
            number=body.number,
            exercise=asked.slug,
            version=asked.version,
            source=text_of(asked, body.source, None),
            archive=sent_along,
        )
        return _shown(found, header.prefer)


@blueprint.get(
    "/<id>",
    responses=documented(
        {HTTPStatus.OK: resources.Preview}, problems.NOT_FOUND, problems.PREVIEWS_UNAVAILABLE
    ),
)
def show(path: resources.PreviewPath, header: resources.PreferHeader) -> Response:
    """Read one preview, with its result once it is ready; after a minute it is gone.

    Until it is over, `Prefer: wait=N` waits here.
    """
    with _reaching_workers():
        found = desk().previews.look(path.id) if _ID.fullmatch(path.id) else None
        if found is None:
            raise RequestError(problems.NOT_FOUND, "There is no preview of this id, or no more.")
        return _shown(found, header.prefer)


def _at_version(asked: AnyExercise, version: str) -> tuple[AnyExercise, str]:
    """The exercise at an older version that an assignment asks for, with the files of it that a
    worker needs, in base64; else the exercise as it is, and nothing."""
    if not version or version == asked.version or not desk().is_id(version):
        return asked, ""
    pinned = desk().courses.pinned.get(asked.slug, version)
    whole = None if pinned is None else desk().versions.archive(asked.slug, version)
    if pinned is None or whole is None:
        return asked, ""
    return pinned, b64encode(grading_copy(whole)).decode()


def _shown(found: LiveRecord, prefer: str | None) -> Response:
    """A preview, after the wait that the client prefers."""
    headers = {"Vary": "Prefer", "Cache-Control": "no-store"}
    seconds = wait_seconds(prefer)
    if seconds and not found.state.is_over:
        found, waited = _wait(found, seconds)
        if waited:
            headers["Preference-Applied"] = f"wait={seconds}"
    status = HTTPStatus.OK
    if not found.state.is_over:
        headers |= _SOON
        status = HTTPStatus.ACCEPTED if request.method == "POST" else HTTPStatus.OK
    address = url_for("previews.show", id=found.id)
    if request.method == "POST":
        headers["Location"] = address
    resource = resources.Preview(
        id=found.id,
        number=found.number,
        state=found.state,
        problem=found.problem or None,
        # A worker's word is checked, as it runs beside student code.
        result=PreviewResult.model_validate_json(found.result) if found.result else None,
        links=resources.PreviewLinks(self=address),
    )
    return compressed(answer(resource, status, headers))


def _wait(found: LiveRecord, seconds: int) -> tuple[LiveRecord, bool]:
    """The preview as soon as it is over or the time is, and whether it was waited.

    Previews take no more than half of the places in which requests may wait, as each holds a thread
    of the web server: whoever waits for a report comes first.
    """
    held = desk()
    for places in (held.live_waits, held.waits):
        if not places.acquire(blocking=False):
            if places is held.waits:
                held.live_waits.release()
            return found, False
    try:
        return held.previews.wait(found, seconds), True
    finally:
        held.waits.release()
        held.live_waits.release()


@contextmanager
def _reaching_workers() -> Iterator[None]:
    """Turn what stands between us and a worker into problems.

    Raises:
        RequestError: previews-unavailable or too-many-previews.
    """
    try:
        yield
    except (NoPreviewWorker, RedisError, OperationalError):
        raise RequestError(
            problems.PREVIEWS_UNAVAILABLE,
            "Nobody runs previews at the moment. Submissions are not affected.",
            headers=_LATER,
        ) from None
    except TooManyPreviews:
        raise RequestError(
            problems.TOO_MANY_PREVIEWS,
            f"You have {STREAMS_AT_ONCE} other editors whose previews are under way.",
            headers=_SOON,
        ) from None
