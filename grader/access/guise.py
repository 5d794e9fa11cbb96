"""What is open in a guise: to who sees a course as one of its students does."""

from __future__ import annotations

#: The header by which a program asks for a guise, as COURSE/PERSON.
HEADER = "See-As"

#: What says nothing of anybody, to whoever asks.
_OF_NOBODY = frozenset(
    {
        *("static", "health.show", "completions.show"),
        *("schemas.openapi", "schemas.report", "schemas.webhook"),
        *("stable_schemas.versioned_report", "stable_schemas.versioned_webhook"),
        *("pages.favicon", "pages.help_page", "pages.interface"),
        *("pages.problem", "pages.problems", "pages.schemas"),
    }
)
#: What shows a student his or her work in a course. Whose it is, is decided by the rules as ever.
OF_A_COURSE = frozenset(
    {
        *("pages.home", "pages.playground", "pages.exercises", "pages.exercise"),
        *("pages.courses", "pages.course", "pages.assignment"),
        *("pages.submissions", "pages.submission", "pages.compare"),
        *("exercises.index", "exercises.show", "bundles.show", "target.show"),
        *("material.figure", "material.data", "material.picture"),
        *("courses.index", "courses.show", "assignments.index", "assignments.show"),
        *("submissions.index", "submissions.show", "submissions.source", "submissions.gradings"),
        *("figures.show", "exports.bundle", "exports.gradescope"),
        *("comments.index", "overrides.index", "reviews.of_submission"),
    }
)
#: What may be sent all the same: the way back, and what concerns the browser alone.
_FORMS = frozenset({"pages.end_guise", "pages.sign_out", "pages.choose_language"})

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def is_open(endpoint: str, method: str) -> bool:
    """Whether an address can be asked in a guise. What is not listed here can not.

    So a new address is closed, until somebody has thought of what it would show, and nothing is
    ever sent in the name of a student.
    """
    if method in _SAFE_METHODS:
        return endpoint in _OF_NOBODY or endpoint in OF_A_COURSE
    return endpoint in _FORMS
