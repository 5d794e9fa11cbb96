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


TABS: tuple[Tab, ...] = (Tab("pages.course", lazy_gettext("Assignments")),)
