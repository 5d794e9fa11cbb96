"""Fills a data folder with a demo, lets the service in it grade the demo, and says who is who."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from exercises.catalog.reading import read_catalog
from grader.demo.deeds import do_deeds
from grader.demo.filling import fill
from grader.demo.plan import CoursePlan, CourseSize, plan
from grader.embedded.service import serve
from grader.embedded.supervisor import Supervisor
from grader.settings import Settings
from grader.store.course.invitations import Invitations
from grader.store.database import migrate, open_database, reading
from grader.store.identity.people import People
from grader.store.models import SubmissionRow
from grader.store.submission.state import State

_HOST = "127.0.0.1"
_LOOK_SECONDS = 1.0
_SAY_SECONDS = 5.0
#: Far more than the largest demo takes on a slow machine.
_LONGEST_SECONDS = 4 * 3600


def show(port: int, settings: Settings, sizes: tuple[CourseSize, ...], seed: int) -> int:
    """Serve a demo on this machine alone until told to stop; it is made where there is none yet.

    Returns:
        the exit code of `serve`.

    Raises:
        AnotherDemo: there is one of another size or seed.
    """
    _private(settings.data_dir)
    engine = open_database(settings.database)
    try:
        migrate(engine)
        courses = plan(read_catalog(settings.exercises_dir), sizes, datetime.now(UTC), seed)
        count = sum(len(task.work) for course in courses for task in course.tasks)
        print(f"The demo is in {settings.data_dir}.", flush=True)
        if fill(engine, courses):
            people = sum(len(course.students) for course in courses)
            print(f"Written: {people} students with {count:,} submissions.", flush=True)
        demo = _Demo(engine, courses, seed)
        return serve(_HOST, port, settings, when_ready=demo.finish)
    finally:
        engine.dispose()


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


class _Demo:
    """A demo that is written, in a service that grades it."""

    def __init__(self, engine: Engine, courses: tuple[CoursePlan, ...], seed: int) -> None:
        self._engine = engine
        self._courses = courses
        self._seed = seed
        self._looked_at = self._said_at = 0.0

    def finish(self, supervisor: Supervisor, address: str) -> None:
        """Wait until all is graded, let the staff do its deeds, and print links to sign in by."""
        supervisor.wait_until(self._is_graded, seconds=_LONGEST_SECONDS, what="the gradings")
        if supervisor.stopping:
            return
        for course in self._courses:
            do_deeds(self._engine, course, self._seed)
        print(self._links(address), flush=True)

    def _is_graded(self) -> bool:
        now = time.monotonic()
        if now < self._looked_at + _LOOK_SECONDS:
            return False
        self._looked_at = now
        waiting = self._waiting()
        if waiting and now > self._said_at + _SAY_SECONDS:
            self._said_at = now
            print(f"{waiting:,} submissions wait to be graded.", flush=True)
        return not waiting

    def _waiting(self) -> int:
        ids = [course.id for course in self._courses]
        query = (
            select(func.count())
            .select_from(SubmissionRow)
            .where(SubmissionRow.state != State.GRADED, SubmissionRow.course.in_(ids))
        )
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def _links(self, address: str) -> str:
        lines = ["Sign in as one of these: each link is good once, and lets you choose a password."]
        for course in self._courses:
            lines += ["", f"  {course.title}: {address}/courses/{course.id}"]
            for what, someone in (
                ("instructor", course.instructor),
                ("assistant", course.assistants[0]),
                ("student", course.students[0]),
            ):
                person = People(self._engine).by_username(someone.username)
                if person is None:  # The demo was used to try out how a student is erased.
                    continue
                link = Invitations(self._engine).let_back_in(person.id)
                lines.append(f"    {what:10}  {person.name} ({someone.username})")
                lines.append(f"      {address}/join/{link}")
        return "\n".join([*lines, ""])
