"""The web application: puts the API, the pages and what they rest on together."""

from __future__ import annotations

import logging

from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from grader.access.door import Door
from grader.access.passwords import Passwords
from grader.access.quotas import Quotas
from grader.access.throttle import Throttle
from grader.api.described import schemas
from grader.api.endpoints import ENDPOINTS
from grader.api.http.archives import admit_archives
from grader.api.http.body import read_bodies
from grader.api.http.conditional import answer_conditionally
from grader.api.http.errors import handle_errors, refuse
from grader.api.http.gate import keep_gate
from grader.api.http.guard import guard
from grader.api.http.once import keep_keys
from grader.api.http.rate_limit import Rates, limit_rates
from grader.api.http.unchanged import heed_if_match
from grader.api.resources import ProblemBody
from grader.desks.desk import Desk
from grader.desks.opening import open_desk
from grader.desks.problems import BODY_LIMIT_BYTES
from grader.settings import Settings, read_settings
from grader.store.course.demo import DEMO_PERSON, ready_demo
from grader.store.course.invitations import Invitations
from grader.store.identity.access_tokens import AccessTokens
from grader.store.identity.guises import Guises
from grader.store.identity.people import People
from grader.store.identity.sessions import Sessions
from grader.web import completions, pages
from grader.web.assets import serve_assets
from grader.web.language import speak
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
        # The static files have a way of their own: see grader/web/assets.py.
        static_folder=None,
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
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        # Not the host: a proxy passes it on as it came.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = BODY_LIMIT_BYTES
    app.extensions["desk"] = open_desk(settings)
    door = _door(settings, app.extensions["desk"])
    app.extensions |= {"door": door, "identify": door.identify}
    guard(app, settings.allowed_hosts)
    limit_rates(app, Rates.of(settings), Quotas(app.extensions["desk"].broker))
    admit_archives(app, settings.batch_megabytes)
    keep_gate(app)
    answer_conditionally(app)
    handle_errors(app)
    speak(app)
    serve_assets(app)
    for blueprint in ENDPOINTS:
        app.register_api(blueprint)
    app.register_api(schemas.blueprint)
    app.register_blueprint(schemas.stable)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(completions.blueprint)
    keep_keys(app)
    heed_if_match(app)
    read_bodies(app)
    return app


def _door(settings: Settings, desk: Desk) -> Door:
    return Door(
        people=People(desk.engine),
        sessions=Sessions(desk.engine),
        guises=Guises(desk.engine),
        tokens=AccessTokens(desk.engine),
        invitations=Invitations(desk.engine),
        passwords=Passwords(),
        throttle=Throttle(desk.broker),
        demo=_demo(desk) if settings.demo else None,
        public_url=settings.public_url,
    )


def _demo(desk: Desk) -> str:
    """The demo student's id. A database that is away is told by each request, not by the start."""
    try:
        return ready_demo(desk.engine, desk.catalog.exercises)
    except SQLAlchemyError as error:
        log.error("the demo course can't be made: %s", getattr(error, "orig", error))
        return DEMO_PERSON
