"""The service's health: whether database, queue and workers are there."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from exercises.catalog.reading import Catalog
from grader.api import resources
from grader.api.http.answers import answer, documented
from grader.desks.desk import Desk, desk
from grader.dispatch.capacity import live_workers
from worker.channel import LEADER, PREVIEWING

blueprint = APIBlueprint(
    "health",
    __name__,
    url_prefix="/api/v1/health",
    abp_tags=[Tag(name="health", description="Whether the service can do its work.")],
)


@blueprint.get(
    "",
    responses=documented(
        {
            HTTPStatus.OK: resources.Health,
            HTTPStatus.SERVICE_UNAVAILABLE: resources.Health,
        },
        for_everyone=True,
    ),
)
def show() -> Response:
    """Say what works and what is missing.

    200 as long as submissions are accepted, so also while the queue or the workers are away; 503
    when they are not.
    """
    parts = [
        _part("database", _database, "The database does not answer: nothing can be accepted."),
        _part(
            "queue",
            _queue,
            "The queue does not answer: what is accepted is graded once it is back.",
        ),
        _part(
            "dispatch",
            _dispatch,
            "Nobody hands out and records: what is accepted is graded once it is back.",
        ),
        _part("workers", _workers, "No worker is there: what is accepted is graded once one is."),
        _part(
            "previews",
            _previews,
            "No worker runs previews: pages show none, and submissions are graded all the same.",
        ),
        _exercises(desk().catalog),
    ]
    if not parts[0].ok:
        status, code = "down", HTTPStatus.SERVICE_UNAVAILABLE
    else:
        status, code = ("ok" if all(part.ok for part in parts) else "degraded"), HTTPStatus.OK
    return answer(resources.Health(status=status, parts=parts), code, {"Cache-Control": "no-store"})


def _part(name: str, look: Callable[[Desk], str | None], otherwise: str) -> resources.Part:
    """One part: `look` says how it is, or returns None or fails where it is missing."""
    try:
        found = look(desk())
    except (SQLAlchemyError, RedisError, OSError):
        found = None
    if found is None:
        return resources.Part(
            name=name, ok=False, message=f"The {name} cannot be seen. {otherwise}"
        )
    return resources.Part(name=name, ok=True, message=found)


def _exercises(catalog: Catalog) -> resources.Part:
    """Whether all exercises can be read. Only names: what is wrong with one may tell its answer."""
    served = f"Exercises that are served: {len(catalog.exercises)}."
    if catalog.broken:
        names = ", ".join(sorted(catalog.broken))
        served += f" Broken, and not served: {names}. The log says why."
    return resources.Part(name="exercises", ok=not catalog.broken, message=served)


def _database(asked: Desk) -> str:
    with asked.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return "The database answers."


def _queue(asked: Desk) -> str:
    asked.broker.ping()
    return "The queue answers."


def _dispatch(asked: Desk) -> str | None:
    # The hand-out that leads holds this lock for a few seconds at a time.
    return "The dispatch is there." if asked.broker.exists(LEADER) else None


def _workers(asked: Desk) -> str | None:
    workers = live_workers(asked.broker)
    slots = sum(workers.values())
    return f"Slots to grade in: {slots}." if slots else None


def _previews(asked: Desk) -> str | None:
    slots = sum(live_workers(asked.broker, PREVIEWING).values())
    return f"Slots for previews: {slots}." if slots else None
