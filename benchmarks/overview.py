"""The overview of a course of 2,000 students and 15 assignments, and where such a class fails.

Requests to the web application in this process, as multiples of a new Python that imports numpy: a
page of what staff look at, and the same by the API.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import update

from benchmarks.grading import IMPORT_NUMPY
from benchmarks.school import School, build, sketch
from benchmarks.timing import medians
from exercises.catalog.reading import read_catalog
from grader.access.cookies import SESSION
from grader.access.door import Door
from grader.app import create_app
from grader.embedded import valkey
from grader.settings import Settings
from grader.store.database import migrate, open_database, writing
from grader.store.gradebook.tallies import Tallies
from grader.store.models import AssignmentRow
from worker.kinship import die_with_parent

_IMPORT = '(a) python -c "import numpy"'


def main(rounds: int = 9, students: int = 2_000) -> None:
    """Measure and print."""
    with served(students) as (client, school):
        ways = {name: partial(_get, client, path) for name, path in _paths(school).items()}
        times = medians({**ways, _IMPORT: _import_numpy}, rounds=rounds)
    unit = times[_IMPORT]
    size = f"{students:,} × {len(school.assignments)}, {school.submissions:,} submissions"
    print(f"\n{size:45}{'median':>10}   {'÷ (a)':>7}")
    for name, seconds in times.items():
        print(f"{name:45}{seconds * 1e3:8.1f} ms   {seconds / unit:7.2f}")


@contextmanager
def served(students: int) -> Iterator[tuple[FlaskClient, School]]:
    """The application on a course of so many, and the browser of its instructor."""
    folder = Path(tempfile.mkdtemp(prefix="pf-", dir="/tmp"))
    try:
        school = _prepared(folder, students)
        with _queue(folder) as address:
            app = create_app(Settings(data_dir=folder, broker_url=address, max_waits=1, demo=False))
            door: Door = app.extensions["door"]
            client = app.test_client()
            client.set_cookie(SESSION, door.sessions.begin(school.instructor.id))
            yield client, school
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(folder: Path, students: int) -> School:
    engine = open_database(f"sqlite:///{folder / 'grader.db'}")
    migrate(engine)
    catalog = read_catalog()
    school = build(engine, catalog, students=students)
    tallies = Tallies(engine)
    start = time.perf_counter()
    dues = tallies.catch_up(school.course)
    first = time.perf_counter() - start
    sketch(engine, catalog, school)
    one = school.assignments[0]
    with writing(engine) as connection:
        connection.execute(
            update(AssignmentRow).where(AssignmentRow.id == one.id).values(attempts=30)
        )
    start = time.perf_counter()
    tallies.catch_up(school.course)
    again = time.perf_counter() - start
    engine.dispose()
    print(
        f"counted once: all tallies of {dues:,} submissions in {first:.1f} s, "
        f"those of one assignment whose rules have changed in {again:.2f} s"
    )
    return school


@contextmanager
def _queue(folder: Path) -> Iterator[str]:
    """A Valkey of its own, which the application asks for its limits of rates."""
    socket, parent = valkey.socket_path(folder), os.getpid()
    process = subprocess.Popen(
        valkey.command(folder, socket),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: die_with_parent(parent),
    )
    try:
        address = valkey.url(socket)
        while not valkey.is_ready(address):
            time.sleep(0.05)
        yield address
    finally:
        process.kill()
        process.wait()


def _paths(school: School) -> dict[str, str]:
    page = f"/courses/{school.course}"
    api = f"/api/v1{page}"
    one = school.assignments[1].id
    return {
        "overview, 50 students": f"{page}/overview",
        "overview, 100 students": f"{page}/overview?limit=100",
        "overview, lowest total first": f"{page}/overview?order=lowest",
        "overview, who needs a look": f"{page}/overview?look=true",
        "overview, who failed in one": f"{page}/overview?state=failed&assignment={one}",
        "overview by the API": f"{api}/overview",
        "one student's record": f"{page}/students/{school.students[7]}",
        "failures of the course": f"{page}/failures",
        "failures of one assignment": f"{page}/failures/{one}",
        "failures by the API": f"{api}/failures",
        "course report": f"{page}/report",
        "course report by the API": f"{api}/report",
        "course report on one assignment": f"{page}/report?assignment={one}",
    }


def _get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _import_numpy() -> None:
    subprocess.run([sys.executable, "-c", IMPORT_NUMPY], check=True)


if __name__ == "__main__":
    main()
