"""The command line; each command imports what it needs, so that none waits for the others."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from exercises.catalog.manifest import is_copy
from exercises.catalog.reading import COURSE, Catalog, read_catalog
from exercises.exercise import AnyExercise, QuizExercise
from exercises.quiz.questions import variant
from grader.authoring.commands import exercises

if TYPE_CHECKING:
    from grader.settings import Settings
    from worker.sandbox.sandbox import Sandbox

_EXERCISES = click.option(
    "--exercises",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="GRADER_EXERCISES_DIR",
    default=COURSE,
    show_default="the course that comes with the grader",
    help="The folder of exercises.",
)
_SEED = click.option(
    "--seed",
    type=click.IntRange(0, 2**53 - 1),
    default=None,
    help="Repeat a grading: the seed is in its report. [default: a fresh one]",
)


def _drawable(context: click.Context, parameter: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in {".png", ".svg"}:
        raise click.BadParameter(f"{path} should end in .png or .svg.")
    return path


class _Commands(click.Group):
    """The commands of this module, and those of other rooms: read when asked."""

    _ROOMS: ClassVar = {
        "courses": "grader.administration.courses",
        "login": "grader.remote.commands",
        "logout": "grader.remote.commands",
        "demo": "grader.demo.commands",
        "export": "grader.remote.exporting",
        "package": "grader.platforms.commands",
        "people": "grader.administration.people",
        "submit": "grader.remote.commands",
    }

    def list_commands(self, context: click.Context) -> list[str]:
        """All names, for the help."""
        return sorted([*super().list_commands(context), *self._ROOMS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name, or None."""
        if name not in self._ROOMS:
            return super().get_command(context, name)
        room: click.Command = getattr(import_module(self._ROOMS[name]), name)
        return room


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="pushforward")
def main() -> None:
    """Grade transformations of distributions: x = f(z), z ~ N(0, I)."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--exercise", "slug", default="playground", show_default=True, metavar="SLUG")
@click.option("--json", "as_json", is_flag=True, help="One report a line, in the input's order.")
@click.option(
    "--plot",
    "plot",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_drawable,
    metavar="OUT.png|OUT.svg",
    help="Write the figure here as well.",
)
@_SEED
@click.option("--student", default="", metavar="NAME", help="Whose questions of a quiz are meant.")
@click.option("--course", default="", metavar="NAME", help="The course that goes with --student.")
@_EXERCISES
@click.pass_context
def check(
    context: click.Context,
    files: tuple[str, ...],
    slug: str,
    as_json: bool,
    plot: Path | None,
    seed: int | None,
    student: str,
    course: str,
    folder: Path,
) -> None:
    """Grade files of student code here, with the service's own code; `-` reads standard input.

    Of a folder, all programs in it are graded (of a quiz, all files of answers, .json).

    To a quiz, the files are answers: {"answers": {"QUESTION": "OPTION", "STATEMENT": true}}.

    Exit codes: 0 all passed, 1 some did not pass, 2 wrong usage or a file that cannot be read,
    3 the grader itself failed.
    """
    if plot is not None and len(files) > 1:
        raise click.UsageError("--plot draws one file: give one FILE, or leave --plot out.")
    exercise = _exercise(read_catalog(folder), slug)
    if isinstance(exercise, QuizExercise):
        if plot is not None:
            raise click.UsageError(f"--plot: {slug} is a quiz, which has no f to draw.")
        from grader.local import mark_files

        chosen = _variant(course, student, slug)
        meant = _meant(files, ".json")
        context.exit(mark_files(meant, exercise, _fresh(seed), chosen, as_json=as_json))
    if student or course:
        raise click.UsageError(f"--student and --course are for quizzes; {slug} is none.")
    meant = _meant(files, ".py")
    if plot is not None and len(meant) > 1:
        raise click.UsageError("--plot draws one file, and the folder has more.")
    sandbox = _start_sandbox()
    from grader.local import check_files

    context.exit(check_files(meant, exercise, _fresh(seed), sandbox, as_json=as_json, plot=plot))


@main.command()
@click.argument("file")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_drawable,
    required=True,
    metavar="OUT.png|OUT.svg",
)
@_SEED
@click.pass_context
def plot(context: click.Context, file: str, output: Path, seed: int | None) -> None:
    """Draw p(z) and p(x) for the f in FILE."""
    exercise = _exercise(read_catalog(), "playground")
    sandbox = _start_sandbox()
    from grader.local import plot_file

    context.exit(plot_file(file, exercise, _fresh(seed), sandbox, output=output))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--demo/--no-demo",
    default=None,
    help="Let whoever sits here in as a demo student, without a password. [default: where nobody "
    "else can reach the service]",
)
@click.pass_context
def serve(context: click.Context, host: str, port: int, demo: bool | None) -> None:
    """Run the whole service here: web, worker, dispatch and a private Valkey."""
    from dataclasses import replace

    from grader.embedded.service import serve as run
    from grader.settings import SettingError

    settings = _settings()
    if demo is not None:
        try:
            settings = replace(settings, demo=demo)
        except SettingError as error:
            raise click.UsageError(str(error)) from error
    context.exit(run(host, port, settings))


@main.command()
@click.pass_context
def dispatch(context: click.Context) -> None:
    """Hand out and record, as a program of its own: for production."""
    from grader.dispatch.run import main as run

    context.exit(run())


@main.command()
def migrate() -> None:
    """Bring the database's tables to this version: for production, before the others start."""
    from sqlalchemy.exc import OperationalError

    from grader.store.database import migrate as run
    from grader.store.database import open_database

    engine = open_database(_settings().database)
    try:
        run(engine)
    except OperationalError as error:
        # The driver's own words name the address, never the password.
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Say which layers of the sandbox hold on this machine."""
    from grader.local import examine

    context.exit(examine())


@main.command()
def allowed() -> None:
    """Print what student code may use, as the page docs/student-code.md."""
    from grader.student_code import markdown

    click.echo(markdown(), nl=False)


main.add_command(exercises)


def _meant(files: Sequence[str], suffix: str) -> Sequence[str]:
    from grader.exits import in_folders

    meant = in_folders(files, suffix)
    if not meant:
        raise click.UsageError(f"There is nothing to grade in {', '.join(files)}.")
    return meant


def _start_sandbox() -> Sandbox:
    """Start the sandbox first: it gets ready in the background while the rest is imported."""
    from worker.sandbox.sandbox import Sandbox

    return Sandbox()


def _settings() -> Settings:
    from grader.settings import SettingError, read_settings

    try:
        return read_settings()
    except SettingError as error:
        raise click.UsageError(str(error)) from error


def _exercise(catalog: Catalog, slug: str) -> AnyExercise:
    exercise = catalog.get(slug)
    if exercise is None:
        why = catalog.broken.get(slug)
        if why:
            raise click.UsageError(f"The exercise {slug} can't be used: {why}.")
        known = ", ".join(catalog.exercises)
        raise click.UsageError(f"There is no exercise {slug!r}; there are: {known}.")
    if is_copy(exercise.folder):
        from exercises.catalog.bundle import lacks_points, why_not_offline

        if lacks_points(exercise):
            why = why_not_offline(exercise)
            raise click.UsageError(f"This student's copy of {slug} grades nothing. {why}")
    return exercise


def _variant(course: str, student: str, slug: str) -> int:
    try:
        return variant(course, student, slug)
    except UnicodeEncodeError as error:  # bytes of the command line that are no UTF-8
        raise click.UsageError("--student and --course must be UTF-8 text.") from error


def _fresh(seed: int | None) -> int:
    return secrets.randbelow(2**53) if seed is None else seed
