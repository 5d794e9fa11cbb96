"""What commands name, a course, and how they say what went wrong."""

from __future__ import annotations

import click
from sqlalchemy import Engine

from grader.store.course.courses import Course, Courses


def found_course(engine: Engine, id_: str) -> Course:
    """A course.

    Raises:
        click.ClickException: there is none of this id.
    """
    found = Courses(engine).get(id_)
    if found is None:
        known = ", ".join(course.id for course in Courses(engine).all())
        raise click.ClickException(
            f"There is no course {id_!r}; there are: {known}."
            if known
            else f"There is no course {id_!r}: begin one with grader courses new."
        )
    return found


def sentence(error: Exception) -> str:
    """What an error says, as a sentence."""
    said = str(error).rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."
