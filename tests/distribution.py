"""Which tests run in one process: those of a file, and files that share what is slow to start."""

from __future__ import annotations

import os

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

#: What takes longest comes first, so that the processes end together: by the beginning of its
#: path, the first that fits.
_ORDER = (
    "tests/browser/",
    "tests/integration/",
    "tests/unit/worker/",
    "tests/escapes/",
    "tests/laws/",
    "tests/",
)


def group(path: str) -> str:
    """What a file of tests runs together with, by its path."""
    if path.startswith(_DATABASES):
        return "the databases"
    others = "a course in use by many" if path.startswith("tests/browser/") else path
    return _GROUPS.get(path, others)


def turn(path: str) -> tuple[int, str, str]:
    """By what the files of tests are put in order."""
    rank = next(n for n, start in enumerate(_ORDER) if path.startswith(start))
    return rank, group(path), path


def from_another_place(files: list[str], place: float) -> list[str]:
    """The files from a place between 0 and 1 on, and then those before it.

    Each process reads all of them, and pytest writes down what it makes of their asserts: so one
    process does it for the others, where each would do it for itself if all began with the first.
    """
    first = int(place * len(files))
    return files[first:] + files[:first]


def processes() -> int:
    """How many processes run tests: more than there are processors, as many tests wait."""
    return min(2 * len(os.sched_getaffinity(0)), 8)


class Distribution(LoadFileScheduling):
    """Files as pytest-xdist hands them to its processes, but those that share together."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid.partition("::")[0])
