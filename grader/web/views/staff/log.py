"""The page of a course's log: what its staff have done, by whom, and why."""

from __future__ import annotations

from flask import render_template, request, url_for
from pydantic import ValidationError

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.errors import refuse
from grader.desks.desk import desk
from grader.web import deeds
from grader.web.views.staff.policies import title_of

#: How many entries a page of the log has.
PAGE_LENGTH = 30
_FILTERS = {"person", "about", "deed", "submission", "assignment"}


def log(course: str) -> str:
    """The log, the newest first, with filters that stay in the address."""
    found = desk().courses.course(principal(), course)
    asked = {key: value for key, value in request.args.items() if value}
    try:
        query = resources.AuditQuery.model_validate(asked | {"limit": PAGE_LENGTH})
    except ValidationError as error:
        refuse(error)
    page, cursor = desk().reviews.log(course, **query.model_dump())
    people = {id_ for one in page for id_ in (one.actor.person, one.about) if id_}
    filters = query.model_dump(mode="json", exclude_none=True, include=_FILTERS)
    members = desk().courses.memberships.of(course)
    return render_template(
        "staff/log.html",
        course=found,
        query=query,
        log=page,
        days=deeds.days(page),
        cursor=cursor,
        newest=url_for(".log", course=course, **filters),
        older=url_for(".log", course=course, **filters, before=cursor),
        filtered=bool(filters),
        titles={one.id: title_of(one) for one in desk().courses.assignments.of(course)},
        names=desk().courses.people.names(people),
        staff=[one for one in members if one.role.is_staff],
        deeds=[(deed.value, str(label) % {"about": "…"}) for deed, label in deeds.DEEDS.items()],
        deed_words=deeds.deed_words,
        about_words=deeds.about_words,
        actor_words=deeds.actor_words,
    )
