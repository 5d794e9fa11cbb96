"""Opens the desks: puts them together over one database, one queue and one catalogue."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from sqlalchemy import Engine

from exercises.catalog.reading import Catalog, read_catalog
from grader.desks.acceptance import Acceptance
from grader.desks.atlas import AtlasDesk
from grader.desks.batches import BatchDesk
from grader.desks.classes import ClassDesk
from grader.desks.courses import CourseDesk
from grader.desks.desk import Desk
from grader.desks.gradebooks import GradebookDesk
from grader.desks.guises import GuiseDesk
from grader.desks.internal_errors import InternalErrorDesk
from grader.desks.pinned import PinnedExercises
from grader.desks.privacy import PrivacyDesk
from grader.desks.regrades import RegradeDesk
from grader.desks.report.common_laws import CommonLawDesk
from grader.desks.report.desk import CourseReportDesk
from grader.desks.reviews import ReviewDesk
from grader.desks.similarity import SimilarityDesk
from grader.desks.takeaway.course_folder import CourseFolder
from grader.desks.takeaway.desk import TakeawayDesk
from grader.desks.takeaway.student_folder import StudentFolder
from grader.desks.takeaway.turns import Turns
from grader.desks.takeaway.work import WorkReader
from grader.desks.tokens import TokensDesk
from grader.desks.webhooks import WebhookDesk
from grader.dispatch.previews import Previews, sender
from grader.dispatch.wait import Waiting
from grader.settings import Settings
from grader.store.anonymity.anonymity import Anonymity
from grader.store.assignment.assignments import Assignments
from grader.store.assignment.releases import Releases
from grader.store.assignment.standing import Standings
from grader.store.assignment.versions import Versions
from grader.store.audit import Audit
from grader.store.batch.batches import Batches
from grader.store.course.courses import Courses
from grader.store.course.invitations import Invitations
from grader.store.course.memberships import Memberships
from grader.store.course.roster import Roster
from grader.store.database import open_database
from grader.store.erasure import Erasure
from grader.store.gradebook.course_report import CourseReports
from grader.store.gradebook.failing_laws import FailingLaws
from grader.store.gradebook.failures import Failures
from grader.store.gradebook.overview import Overviews
from grader.store.gradebook.rounds import Rounds
from grader.store.grading.fingerprints import Fingerprints
from grader.store.grading.internal_errors import InternalErrors
from grader.store.identity.access_tokens import AccessTokens
from grader.store.identity.guises import Guises
from grader.store.identity.people import People
from grader.store.lookups import Lookups
from grader.store.regrade.lists import TrialLists
from grader.store.regrade.regrades import Regrades
from grader.store.requests import Requests
from grader.store.review.comments import Comments
from grader.store.review.overrides import Overrides
from grader.store.review.reviews import Reviews
from grader.store.submission.gradings import Gradings
from grader.store.submission.submissions import Submissions
from grader.store.takeaway.collection import Collections
from grader.store.takeaway.holdings import Holdings
from grader.store.webhook.deliveries import Deliveries
from grader.store.webhook.webhooks import Webhooks
from grader.webhooks.addresses import read_allowed
from worker.channel import connect

log = logging.getLogger(__name__)


def open_desk(settings: Settings) -> Desk:
    """Everything that the web process holds, over the database and the queue of the settings.

    Raises:
        SettingError: a setting is bad.
    """
    engine = open_database(settings.database)
    broker = connect(settings.broker_url)
    rows = Submissions(engine)
    catalog = _catalog(settings.exercises_dir)
    versions = Versions(engine)
    courses = open_course_desk(engine, PinnedExercises(catalog, versions))
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
        course_reports=CourseReportDesk(
            courses,
            CourseReports(engine),
            Failures(engine),
            CommonLawDesk(FailingLaws(engine)),
        ),
        gradebooks=GradebookDesk(engine, courses, Overviews(engine)),
        privacy=PrivacyDesk(courses, Erasure(engine), Anonymity(engine)),
        takeaway=_takeaway(engine, courses, settings.threads),
        guises=GuiseDesk(Guises(engine), courses),
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
        batches=BatchDesk(
            batches=Batches(engine),
            acceptance=Acceptance(rows, versions, courses),
            courses=courses,
            files_limit=settings.batch_files,
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


def open_course_desk(engine: Engine, pinned: PinnedExercises) -> CourseDesk:
    """The desk of courses over a database."""
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


def _takeaway(engine: Engine, courses: CourseDesk, threads: int) -> TakeawayDesk:
    work = WorkReader(Collections(engine), _reviews(engine), courses.pinned)
    grades = GradebookDesk(engine, courses, Overviews(engine))
    # Each archive holds a thread: with 16 of them 4 at most.
    most = max(1, threads // 8)
    return TakeawayDesk(
        engine=engine,
        courses=courses,
        course_folder=CourseFolder(courses, grades, work),
        student_folder=StudentFolder(courses, Holdings(engine), work),
        work=work,
        staff_turns=Turns(most),
        own_turns=Turns(most),
    )


def _catalog(folder: Path) -> Catalog:
    catalog = read_catalog(folder)
    for why in catalog.broken.values():
        log.error("an exercise is not served: %s", why)
    return catalog
