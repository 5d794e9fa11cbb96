"""The list of submissions: one's own, and for who teaches those of the course."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template, request
from pydantic import ValidationError

from exercises.exercise import AnyExercise
from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.errors import refuse
from grader.desks.desk import desk
from grader.store.submission.submissions import Summary

#: How many submissions a page of the list has.
PAGE_LENGTH = 50


def submissions() -> str:
    """The list, newest first, of one exercise or all."""
    asked = {key: value for key, value in request.args.items() if value}
    try:
        query = resources.SubmissionsQuery.model_validate(asked | {"limit": PAGE_LENGTH})
    except ValidationError as error:
        refuse(error)
    page, cursor = desk().latest(**query.model_dump())
    who = principal()
    exercises = desk().exercises() | _answered(page)
    return render_template(
        "submissions.html",
        items=[represent.item(summary) for summary in page],
        query=query,
        cursor=cursor,
        exercises=exercises,
        # One's own need no column that says so.
        of_others=who.is_operator or who.is_demo or bool(who.staffed),
        names=_names(page),
    )


def _answered(page: Iterable[Summary]) -> dict[str, AnyExercise]:
    """The exercises of a page that are there still, also those that are assigned no longer."""
    catalog = desk().catalog
    found = {one.exercise: catalog.get(one.exercise) for one in page}
    return {slug: exercise for slug, exercise in found.items() if exercise is not None}


def _names(page: Iterable[Summary]) -> dict[str, str]:
    """By id the names of those who have signed in."""
    people = desk().courses.people
    found = {id_: people.get(id_) for id_ in {one.person for one in page if one.person}}
    return {id_: person.name for id_, person in found.items() if person is not None}
