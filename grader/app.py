"""The web application: puts the API, the pages and what they rest on together."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from exercises.catalog.reading import Catalog, read_catalog
from grader.access.door import Door
from grader.access.passwords import Passwords
from grader.access.quotas import Quotas
from grader.access.throttle import Throttle
from grader.api.described import schemas
from grader.api.endpoints import (
    assignments,
    atlas,
    bundles,
    comments,
    courses,
    exercises,
    exports,
    failures,
    figures,
    gradebook,
    health,
    internal_errors,
    material,
    members,
    overrides,
    overview,
    previews,
    privacy,
    regrades,
    reviews,
    similarity,
    submissions,
    target,
    tokens,
    webhooks,
)
from grader.api.http.conditional import answer_conditionally
from grader.api.http.errors import handle_errors, refuse
from grader.api.http.gate import keep_gate
from grader.api.http.guard import guard
from grader.api.http.once import keep_keys
from grader.api.http.rate_limit import Rates, limit_rates
from grader.api.http.unchanged import heed_if_match
from grader.api.resources import ProblemBody
from grader.desks.acceptance import Acceptance
from grader.desks.atlas import AtlasDesk
from grader.desks.classes import ClassDesk
from grader.desks.courses import CourseDesk
from grader.desks.desk import Desk
from grader.desks.gradebooks import GradebookDesk
from grader.desks.internal_errors import InternalErrorDesk
from grader.desks.pinned import PinnedExercises
from grader.desks.privacy import PrivacyDesk
from grader.desks.problems import BODY_LIMIT_BYTES
from grader.desks.regrades import RegradeDesk
from grader.desks.reviews import ReviewDesk
from grader.desks.similarity import SimilarityDesk
from grader.desks.tokens import TokensDesk
from grader.desks.webhooks import WebhookDesk
from grader.dispatch.previews import Previews, sender
from grader.dispatch.wait import Waiting
from grader.settings import Settings, read_settings
from grader.store.assignment.assignments import Assignments
from grader.store.assignment.releases import Releases
from grader.store.assignment.standing import Standings
from grader.store.assignment.versions import Versions
from grader.store.audit import Audit
from grader.store.course.courses import Courses
from grader.store.course.demo import DEMO_PERSON, ready_demo
from grader.store.course.invitations import Invitations
from grader.store.course.memberships import Memberships
from grader.store.course.roster import Roster
from grader.store.database import open_database
from grader.store.erasure import Erasure
from grader.store.gradebook.failures import Failures
from grader.store.gradebook.overview import Overviews
from grader.store.gradebook.rounds import Rounds
from grader.store.grading.fingerprints import Fingerprints
from grader.store.grading.internal_errors import InternalErrors
from grader.store.identity.access_tokens import AccessTokens
from grader.store.identity.people import People
from grader.store.identity.sessions import Sessions
from grader.store.lookups import Lookups
from grader.store.regrade.lists import TrialLists
from grader.store.regrade.regrades import Regrades
from grader.store.requests import Requests
from grader.store.review.comments import Comments
from grader.store.review.overrides import Overrides
from grader.store.review.reviews import Reviews
from grader.store.submission.gradings import Gradings
from grader.store.submission.submissions import Submissions
from grader.store.webhook.deliveries import Deliveries
from grader.store.webhook.webhooks import Webhooks
from grader.web import completions, pages
from grader.web.assets import serve_assets
from grader.web.language import speak
from grader.webhooks.addresses import read_allowed
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
    app.extensions["desk"] = _desk(settings)
    door = _door(settings, app.extensions["desk"])
    app.extensions |= {"door": door, "identify": door.identify}
    guard(app, settings.allowed_hosts)
    limit_rates(app, Rates.of(settings), Quotas(app.extensions["desk"].broker))
    keep_gate(app)
    answer_conditionally(app)
    handle_errors(app)
    speak(app)
    serve_assets(app)
    for part in (
        bundles,
        submissions,
        figures,
        exports,
        comments,
        overrides,
        reviews,
        regrades,
        internal_errors,
        exercises,
        material,
        target,
        previews,
        courses,
        members,
        assignments,
        atlas,
        similarity,
        overview,
        failures,
        gradebook,
        privacy,
        webhooks,
        tokens,
        schemas,
        health,
    ):
        app.register_api(part.blueprint)
    app.register_blueprint(schemas.stable)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(completions.blueprint)
    keep_keys(app)
    heed_if_match(app)
    return app


def _desk(settings: Settings) -> Desk:
    engine = open_database(settings.database)
    broker = connect(settings.broker_url)
    rows = Submissions(engine)
    catalog = _catalog(settings.exercises_dir)
    versions = Versions(engine)
    courses = _courses(engine, PinnedExercises(catalog, versions))
    return Desk(
        submissions=rows,
        waiting=Waiting(broker, rows),
        catalog=catalog,
        broker=broker,
        engine=engine,
        versions=versions,
        lookups=Lookups(engine),
        courses=courses,
        classes=ClassDesk(courses, rows, Overviews(engine), Failures(engine)),
        gradebooks=GradebookDesk(engine, courses, Overviews(engine)),
        privacy=PrivacyDesk(courses, Erasure(engine)),
        reviews=_reviews(engine),
        regrades=RegradeDesk(
            regrades=Regrades(engine),
            trials=TrialLists(engine),
            versions=versions,
            catalog=catalog,
            courses=courses,
            acceptance=Acceptance(rows, versions, courses),
            broker=broker,
        ),
        internal_errors=InternalErrorDesk(InternalErrors(engine), broker),
        gradings=Gradings(engine),
        acceptance=Acceptance(rows, versions, courses),
        atlas=AtlasDesk(Fingerprints(engine), courses),
        similarity=SimilarityDesk(Fingerprints(engine), courses),
        tokens=TokensDesk(AccessTokens(engine), courses),
        requests=Requests(engine),
        webhooks=WebhookDesk(
            Webhooks(engine), Deliveries(engine), read_allowed(settings.webhook_allowed)
        ),
        waits=threading.Semaphore(settings.max_waits),
        previews=Previews(broker, sender(settings.broker_url)),
        live_waits=threading.Semaphore(max(1, settings.max_waits // 2)),
    )


def _courses(engine: Engine, pinned: PinnedExercises) -> CourseDesk:
    return CourseDesk(
        courses=Courses(engine),
        assignments=Assignments(engine),
        memberships=Memberships(engine),
        roster=Roster(engine),
        invitations=Invitations(engine),
        people=People(engine),
        standings=Standings(engine),
        pinned=pinned,
    )


def _reviews(engine: Engine) -> ReviewDesk:
    return ReviewDesk(
        engine=engine,
        comments=Comments(engine),
        overrides=Overrides(engine),
        reviews=Reviews(engine),
        releases=Releases(engine),
        rounds=Rounds(engine),
        audit=Audit(engine),
        lookups=Lookups(engine),
    )


def _door(settings: Settings, desk: Desk) -> Door:
    return Door(
        people=People(desk.engine),
        sessions=Sessions(desk.engine),
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


def _catalog(folder: Path) -> Catalog:
    catalog = read_catalog(folder)
    for why in catalog.broken.values():
        log.error("an exercise is not served: %s", why)
    return catalog
