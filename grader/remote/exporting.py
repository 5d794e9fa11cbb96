"""The command that takes something out of a course: `grader export`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from grader.client.client import Client
from grader.remote.logins import HERE, Logins
from grader.remote.saving import Written, pour, require_free, save
from grader.remote.server import ALLOW_HTTP, PATIENCE, TO, TOKEN, client_of, told


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is taken, as the command line says it."""

    course: str
    format: str
    assignment: str | None
    student: str | None
    which: str | None
    figures: bool
    #: Of the grades: penalty, unit, released, bom.
    grades: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Format:
    """One thing that can be taken."""

    #: Makes what writes it.
    writer: Callable[[Client, _Asked], Written]
    #: The ending of its file.
    ending: str
    #: The options that mean something for it.
    options: frozenset[str]


def _at_once(content: Callable[[Client, _Asked], bytes]) -> Callable[[Client, _Asked], Written]:
    """What is small, and comes as a whole."""

    def writer(client: Client, asked: _Asked) -> Written:
        def write(into: IO[bytes]) -> None:
            into.write(content(client, asked))

        return write

    return writer


def _grades(platform: Any) -> Callable[[Client, _Asked], Written]:
    return _at_once(lambda client, asked: client.grades(asked.course, platform, **asked.grades))


def _results(client: Client, asked: _Asked) -> Written:
    id_ = _assignment(client, asked)
    return lambda into: client.class_results(id_, into)


def _archive(client: Client, asked: _Asked) -> Written:
    which: Any = asked.which or "all"
    return lambda into: client.archive(asked.course, into, which=which, figures=asked.figures)


def _student(client: Client, asked: _Asked) -> Written:
    if asked.student is None:
        raise click.UsageError("--format student needs --student.")
    person = asked.student
    return lambda into: client.student_archive(asked.course, person, into)


def _report(client: Client, asked: _Asked) -> bytes:
    one = None if asked.assignment is None else _assignment(client, asked)
    return client.report(asked.course, assignment=one)


_OF_GRADES = frozenset({"penalty", "unit", "released", "bom"})
_FORMATS: Mapping[str, _Format] = {
    "canvas": _Format(_grades("canvas"), "csv", _OF_GRADES),
    "moodle": _Format(_grades("moodle"), "csv", _OF_GRADES),
    "csv": _Format(_grades(None), "csv", _OF_GRADES),
    "results": _Format(_results, "zip", frozenset({"assignment"})),
    "archive": _Format(_archive, "zip", frozenset({"which", "figures"})),
    "report": _Format(_at_once(_report), "json", frozenset({"assignment"})),
    "student": _Format(_student, "zip", frozenset({"student"})),
}


@click.command()
@click.argument("course", metavar="COURSE")
@click.option(
    "--format",
    "format_",
    type=click.Choice([*_FORMATS]),
    required=True,
    help="canvas, moodle, csv: the grades as a table. results: a class's results.json of one "
    "assignment, for Gradescope. archive: all that the course holds. report: the course report, "
    "as JSON. student: all that the course holds of one student.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write it; `-`: standard output. [default: a name of its own, here]",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--assignment", metavar="ID|SLUG", help="For results and report: of which.")
@click.option("--student", metavar="PERSON", help="By id, or such as canvas_id:4711.")
@click.option(
    "--which",
    type=click.Choice(["all", "latest", "counting"]),
    help="For archive: all submissions, or one of each person and assignment. [default: all]",
)
@click.option("--figures/--no-figures", default=True, help="For archive. [default: with figures]")
@click.option("--penalty", type=click.Choice(["after", "before"]), help="For grades: late ones.")
@click.option("--unit", type=click.Choice(["points", "percent"]), help="For grades.")
@click.option("--released", is_flag=True, help="For grades: only those that students see.")
@click.option("--bom", is_flag=True, help="For grades: with a byte order mark, for Excel.")
@TO
@TOKEN
@ALLOW_HTTP
@click.pass_context
@told
def export(
    context: click.Context,
    course: str,
    format_: str,
    output: Path | None,
    force: bool,
    assignment: str | None,
    student: str | None,
    which: str | None,
    figures: bool,
    url: str | None,
    token: str | None,
    allow_http: bool,
    **grades: Any,
) -> None:
    """Take something out of a COURSE on a server, into a file. For who teaches it.

    The file is there when it is whole; until then it has .part after its name. No file that is
    there is replaced without --force.

    Exit codes: 0 saved, 2 wrong usage, refused, or the file can't be written, 3 the server
    failed, does not answer, or broke off.
    """
    _require_meant(context, format_)
    to_pipe = str(output) == "-"
    given = {name: value or None for name, value in grades.items()}
    asked = _Asked(course, format_, assignment, student, which, figures, given)
    logins = Logins()
    chosen = url or logins.last() or HERE
    target = output or Path(_own_name(asked))
    if not to_pipe:
        require_free(target, force=force)  # before anything is asked of the server
    with client_of(
        context, chosen, token or logins.token(chosen.rstrip("/")), allow_http
    ) as client:
        client.me()
        client.patience = PATIENCE
        written = _FORMATS[format_].writer(client, asked)
        if to_pipe:
            pour(written)
            return
        save(written, target, force=force)
    click.echo(f"Saved {target} ({target.stat().st_size:,} bytes).")


def _own_name(asked: _Asked) -> str:
    """What the file is called where nothing else is said."""
    named = (asked.course, asked.assignment, asked.student, asked.format)
    parts = [re.sub(r"[^0-9A-Za-z.-]+", "_", part).strip(".") for part in named if part]
    return f"{'-'.join(parts)}.{_FORMATS[asked.format].ending}"


def _require_meant(context: click.Context, format_: str) -> None:
    """Refuse options that would be passed over in silence."""
    known = {name for one in _FORMATS.values() for name in one.options}
    given = {
        name
        for name in known
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    }
    strange = sorted(given - _FORMATS[format_].options)
    if strange:
        raise click.UsageError(f"--{strange[0]} says nothing with --format {format_}.")


def _assignment(client: Client, asked: _Asked) -> str:
    """The id of the assignment that is named by its id or its exercise."""
    listed = client.assignments(asked.course)
    named = asked.assignment
    if named is None:
        raise click.UsageError(f"--format {asked.format} needs --assignment.")
    found = [one.id for one in listed if named in {one.id, one.exercise}]
    if len(found) != 1:
        many = f"asks for {named} {len(found)} times: say which by its id"
        raise click.UsageError(f"{asked.course} {many if found else f'does not ask for {named}'}.")
    return found[0]
