"""The web application: puts the API, the pages and what they rest on together."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from exercises.catalog.reading import Catalog, read_catalog
from grader.api import bundles, exercises, figures, health, material, schemas, submissions
from grader.api.desk import Desk
from grader.api.errors import handle_errors, refuse
from grader.api.guard import guard
from grader.api.problems import BODY_LIMIT_BYTES
from grader.api.resources import ProblemBody
from grader.dispatch.wait import Waiting
from grader.settings import Settings, read_settings
from grader.store.database import open_database
from grader.store.submissions import Submissions
from grader.store.versions import Versions
from grader.web import pages
from grader.web.language import speak
from worker.channel import connect
from worker.environment import require

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> OpenAPI:
    """The application, for gunicorn as `grader.app:create_app()`.

    Args:
        settings: None reads them from the environment.

    Raises:
        SettingError: a setting is bad, or there is no broker.
    """
    settings = settings or read_settings()
    require(bool(settings.broker_url), "broker_url", "must be set: the address of the queue")
    app = OpenAPI(
        "grader.web",
        info=Info(
            title="Pushforward",
            version="1",
            description="Grades transformations of distributions: x = f(z), z ~ N(0, I).",
        ),
        doc_ui=False,
        # Not None: the description would hold a null where OpenAPI has an object.
        security_schemes={},
        validation_error_model=ProblemBody,
        validation_error_callback=refuse,
    )
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = BODY_LIMIT_BYTES
    app.extensions["desk"] = _desk(settings)
    guard(app, settings.allowed_hosts)
    handle_errors(app)
    speak(app)
    for part in (bundles, submissions, figures, exercises, material, schemas, health):
        app.register_api(part.blueprint)
    app.register_blueprint(schemas.stable)
    app.register_blueprint(pages.blueprint)
    return app


def _desk(settings: Settings) -> Desk:
    engine = open_database(settings.database)
    broker = connect(settings.broker_url)
    rows = Submissions(engine)
    return Desk(
        submissions=rows,
        waiting=Waiting(broker, rows),
        catalog=_catalog(settings.exercises_dir),
        broker=broker,
        engine=engine,
        versions=Versions(engine),
        waits=threading.Semaphore(settings.max_waits),
    )


def _catalog(folder: Path) -> Catalog:
    catalog = read_catalog(folder)
    for why in catalog.broken.values():
        log.error("an exercise is not served: %s", why)
    return catalog
