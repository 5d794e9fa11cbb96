"""The rooms of a course's staff: which pages there are, in the order of their tabs."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a course that its staff can open from any other."""

    #: Its endpoint, which takes the course alone.
    endpoint: str
    label: LazyString
    #: Whether it is for instructors only.
    instructors: bool = False


TABS: tuple[Tab, ...] = (
    Tab("pages.course", lazy_gettext("Assignments")),
    Tab("pages.overview", lazy_gettext("Overview")),
    Tab("pages.failures", lazy_gettext("Failures")),
    Tab("pages.atlases", lazy_gettext("Atlas")),
    Tab("pages.similarities", lazy_gettext("Similarity")),
    Tab("pages.course_report", lazy_gettext("Course report")),
    Tab("pages.reviews", lazy_gettext("Reviews")),
    Tab("pages.regrades", lazy_gettext("Regrades")),
    Tab("pages.internal_errors", lazy_gettext("Our errors")),
    Tab("pages.log", lazy_gettext("Log")),
    Tab("pages.exports", lazy_gettext("Export"), instructors=True),
    Tab("pages.access", lazy_gettext("Access"), instructors=True),
    Tab("pages.webhooks", lazy_gettext("Webhooks"), instructors=True),
)
