"""The log in words: what each deed is called, and what it changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _

from grader.store.anonymity.words import A_STUDENT
from grader.store.audit import Deed, Entry
from grader.store.erasure import ERASED
from grader.web import words

#: A moment as the log keeps it.
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?\+00:00$", re.ASCII)

#: What an entry keeps for programs: an id says nothing to people.
_IDS = frozenset({"webhook", "delivery", "regrade", "token", "override", "review", "comment"})

#: What somebody did, after the name. %(about)s is the name of whom it concerns.
DEEDS: Mapping[Deed, LazyString] = MappingProxyType(
    {
        Deed.COURSE_CREATED: lazy_gettext("began the course"),
        Deed.COURSE_CHANGED: lazy_gettext("changed the course"),
        Deed.ROLE_GIVEN: lazy_gettext("gave %(about)s a role"),
        Deed.MEMBER_REMOVED: lazy_gettext("took %(about)s out of the course"),
        Deed.INVITED: lazy_gettext("made an invitation"),
        Deed.INVITATION_WITHDRAWN: lazy_gettext("withdrew invitations"),
        Deed.ASSIGNED: lazy_gettext("assigned an exercise"),
        Deed.ASSIGNMENT_CHANGED: lazy_gettext("changed an assignment"),
        Deed.ASSIGNMENT_REMOVED: lazy_gettext("removed an assignment"),
        Deed.EXTENDED: lazy_gettext("gave %(about)s an extension"),
        Deed.EXTENSION_TAKEN_BACK: lazy_gettext("took the extension of %(about)s back"),
        Deed.GRADES_RELEASED: lazy_gettext("released the grades of an assignment"),
        Deed.GRADES_WITHHELD: lazy_gettext("withheld the grades of an assignment"),
        Deed.COMMENTED: lazy_gettext("commented on the work of %(about)s"),
        Deed.COMMENT_CHANGED: lazy_gettext("changed a comment on the work of %(about)s"),
        Deed.COMMENT_REMOVED: lazy_gettext("withdrew a comment on the work of %(about)s"),
        Deed.OVERRIDDEN: lazy_gettext("changed the points of %(about)s"),
        Deed.OVERRIDE_REMOVED: lazy_gettext("took changed points of %(about)s back"),
        Deed.REVIEW_ASKED: lazy_gettext("asked for a review"),
        Deed.REVIEW_ANSWERED: lazy_gettext("answered a review that %(about)s asked for"),
        Deed.REGRADE_BEGUN: lazy_gettext("began a regrade"),
        Deed.REGRADE_APPLIED: lazy_gettext("put a regrade into effect"),
        Deed.REGRADE_CANCELLED: lazy_gettext("cancelled a regrade"),
        Deed.GRADED_AGAIN: lazy_gettext("had the work of %(about)s graded again"),
        Deed.BATCH_BEGUN: lazy_gettext("handed in for a class"),
        Deed.BATCH_CANCELLED: lazy_gettext("stopped handing in for a class"),
        Deed.TOKEN_MADE: lazy_gettext("made an access token"),
        Deed.TOKEN_REVOKED: lazy_gettext("revoked an access token"),
        Deed.WEBHOOK_MADE: lazy_gettext("made a webhook"),
        Deed.WEBHOOK_CHANGED: lazy_gettext("changed a webhook"),
        Deed.WEBHOOK_REMOVED: lazy_gettext("removed a webhook"),
        Deed.DELIVERY_REPLAYED: lazy_gettext("sent a webhook's message again"),
        Deed.EXPORTED: lazy_gettext("took an export"),
        Deed.IDS_KEPT: lazy_gettext("kept ids from a platform's table"),
        Deed.PERSON_ERASED: lazy_gettext("erased a person's data"),
        Deed.COURSE_ANONYMISED: lazy_gettext("anonymised the course"),
        Deed.SEEN_AS: lazy_gettext("looked at the course as %(about)s sees it"),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a deed changed."""

    name: str
    #: "" where there was nothing, or is nothing now.
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Day:
    """What was done on one day, in UTC."""

    first: Entry
    #: Entries that stand together: the same, done to several students at once.
    together: list[list[Entry]]


def days(log: Iterable[Entry]) -> list[Day]:
    """Entries by day, with those together that one click has made."""
    found = []
    for _day, entries in groupby(log, key=lambda one: one.at.astimezone(UTC).date()):
        together = [list(several) for _key, several in groupby(entries, key=_done_at_once)]
        found.append(Day(together[0][0], together))
    return found


def _done_at_once(entry: Entry) -> tuple[object, ...]:
    """What entries have in common that tell of one thing, done to several."""
    if entry.about is None:
        return (entry.id,)
    what = repr((entry.before, entry.after))
    return entry.at, entry.actor, entry.deed, entry.assignment, entry.reason, what


def deed_words(entry: Entry, names: Mapping[str, str], students: int = 1) -> str:
    """What was done, in words that follow the name of who did it; to several, with their number."""
    if students > 1:
        about = ngettext("one student", "%(num)s students", students)
    else:
        about = about_words(entry, names)
    words = DEEDS.get(entry.deed)
    # A deed of a newer service than this one has no words here.
    return entry.deed.value.replace("_", " ") if words is None else str(words) % {"about": about}


def about_words(entry: Entry, names: Mapping[str, str]) -> str:
    """Whom it concerns."""
    if entry.about == A_STUDENT:
        return str(_("a student"))
    erased = entry.about == ERASED
    return names.get(entry.about or "") or str(_("an erased person") if erased else _("somebody"))


def actor_words(entry: Entry, names: Mapping[str, str]) -> str:
    """Who did it."""
    if entry.actor.person is None:
        return str(_("The service"))
    if entry.actor.person == ERASED:
        return str(_("An erased person"))
    if entry.actor.person == A_STUDENT:
        return str(_("A student"))
    return names.get(entry.actor.person) or str(_("Somebody"))


def changes(entry: Entry) -> list[Change]:
    """What a deed changed, by name."""
    keys = [*entry.before, *(key for key in entry.after if key not in entry.before)]
    keys = [key for key in keys if key not in _IDS]
    found = [
        Change(key.replace("_", " "), _said(entry.before.get(key)), _said(entry.after.get(key)))
        for key in keys
        # Of what is new, what is nothing needs no line.
        if entry.before or entry.after.get(key) not in (0, "at_once")
    ]
    return [one for one in found if one.before != one.after]


def _said(value: Any) -> str:
    if value is None or value == [] or value == "":
        return ""
    if isinstance(value, str) and _MOMENT.match(value):
        return words.moment(datetime.fromisoformat(value)).striptags()
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value)
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    return f"{value:g}" if isinstance(value, float) else str(value)
