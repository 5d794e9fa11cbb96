"""Which tests run in one process: those of a file, and files that share what is slow to start."""

from __future__ import annotations

import os
from collections.abc import Iterable

from xdist.scheduler.loadfile import LoadFileScheduling

#: Files whose tests meet one running service: in one process they start it once. Those that use
#: the service of the course are two groups, so that two processes do the work; a new file of
#: tests/browser/ comes to the second, unless it is named here.
SHARED = {
    "a course in use": """
        tests/browser/test_accessibility.py
        tests/browser/test_exercise_page.py
        tests/browser/test_german.py
    """,
    "a course in use by many": """
        tests/browser/test_assignment.py
        tests/browser/test_people.py
        tests/browser/test_report.py
        tests/integration/test_course_road.py
        tests/integration/test_demo.py
    """,
    "the small course": """
        tests/browser/test_quiz.py
        tests/integration/test_quiz_road.py
    """,
    "the page of the editor": """
        tests/browser/test_code_editor.py
        tests/browser/test_drafts.py
    """,
    "a service that is killed": """
        tests/integration/test_previews.py
        tests/integration/test_serve.py
    """,
}
_GROUPS = {file: group for group, files in SHARED.items() for file in files.split()}
#: Files whose tests ask a PostgreSQL, which each process that needs one starts.
_DATABASES = (
    "tests/integration/regrades/",
    "tests/integration/test_store",
    "tests/integration/test_versions.py",
)

#: Files whose tests mostly wait, for a page, a service or a sandbox: what takes longest first. All
#: others keep a processor busy.
_WAITING = ("tests/browser/", "tests/integration/", "tests/unit/worker/", "tests/escapes/")
#: Those that wait are spread over so much of the way, so that the processes end together.
_SPREAD = 0.75


def group(path: str) -> str:
    """What a file of tests runs together with, by its path."""
    if path.startswith(_DATABASES):
        return "the databases"
    others = "a course in use by many" if path.startswith("tests/browser/") else path
    return _GROUPS.get(path, others)


def turns(files: Iterable[str]) -> dict[str, int]:
    """The place of each file in the order in which they begin; those of a group stand together.

    What waits and what computes come by turns, so that processes that wait leave the processors to
    others.
    """
    groups: dict[str, list[str]] = {}
    for file in sorted(files):
        groups.setdefault(group(file), []).append(file)
    waiting = [name for start in _WAITING for name in groups if groups[name][0].startswith(start)]
    busy = [name for name in groups if name not in waiting]
    places = {name: _SPREAD * at / len(waiting) for at, name in enumerate(waiting)}
    places |= {name: at / len(busy) for at, name in enumerate(busy)}
    order = sorted(groups, key=lambda name: (places[name], name))
    return {file: at for at, file in enumerate(file for name in order for file in groups[name])}


def from_another_place(files: list[str], place: float) -> list[str]:
    """The files from a place between 0 and 1 on, and then those before it.

    Each process reads all of them, and pytest writes down what it makes of their asserts: so one
    process does it for the others, where each would do it for itself if all began with the first.
    """
    first = int(place * len(files))
    return files[first:] + files[:first]


def processes() -> int:
    """How many processes run tests: more than there are processors, as many tests wait."""
    return min(3 * len(os.sched_getaffinity(0)), 8)


class Distribution(LoadFileScheduling):
    """Files as pytest-xdist hands them to its processes, but those that share together."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0])
