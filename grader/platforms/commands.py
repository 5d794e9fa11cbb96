"""The commands that make packages for other platforms: `grader package …`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from exercises.catalog.bundle import ChangedExercise
from exercises.catalog.manifest import is_copy
from exercises.catalog.reading import COURSE, read_catalog
from exercises.exercise import CodeExercise, QuizExercise

_FOLDER = click.option(
    "--exercises",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="GRADER_EXERCISES_DIR",
    default=COURSE,
    show_default="the course that comes with the grader",
    help="The folder of exercises.",
)


def _output(default: str) -> Callable[[Any], Any]:
    return click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"Where to write it. [default: {default}]",
    )


@click.group()
def package() -> None:
    """Make an exercise into an autograder for another platform."""


@package.command()
@click.argument("slug")
@_output("SLUG-gradescope.zip")
@_FOLDER
def gradescope(slug: str, output: Path | None, folder: Path) -> None:
    """An autograder to upload to Gradescope. It holds what grades: not for students."""
    from grader.platforms.gradescope import package as made

    exercise = _exercise(folder, slug)
    _write(output or Path(f"{slug}-gradescope.zip"), lambda: made(exercise))


@package.command()
@click.argument("slug")
@click.option(
    "--image",
    required=True,
    metavar="NAME",
    help="The name under which PrairieLearn pulls the image that grades, as docker pull takes it.",
)
@_output("SLUG-prairielearn.zip")
@_FOLDER
def prairielearn(slug: str, image: str, output: Path | None, folder: Path) -> None:
    """A question for a PrairieLearn course, graded in a container. Not for students."""
    from grader.platforms.prairielearn import package as made
    from grader.web.statement import render_statement

    exercise = _exercise(folder, slug)
    _write(
        output or Path(f"{slug}-prairielearn.zip"), lambda: made(exercise, image, render_statement)
    )


def _exercise(folder: Path, slug: str) -> CodeExercise:
    catalog = read_catalog(folder)
    exercise = catalog.get(slug)
    if exercise is None:
        why = catalog.broken.get(slug)
        if why:
            raise click.UsageError(f"The exercise {slug} can't be used: {why}.")
        raise click.UsageError(
            f"There is no exercise {slug!r}; there are: {', '.join(catalog.exercises)}."
        )
    if isinstance(exercise, QuizExercise):
        raise click.UsageError(
            f"{slug} is a quiz: its questions are asked on pages of its own, not by a file."
        )
    if is_copy(exercise.folder):
        raise click.UsageError(
            f"This is a student's copy of {slug}, without what it is graded by. Use the folder of "
            "the course: --exercises DIR."
        )
    return exercise


def _write(output: Path, made: Callable[[], bytes]) -> None:
    try:
        content = made()
        output.write_bytes(content)
    except ChangedExercise as error:
        raise click.ClickException(f"{error}. Run the command again.") from error
    except OSError as error:
        raise click.ClickException(f"{output} can't be written: {error.strerror}.") from error
    click.echo(f"Wrote {output} ({len(content) / 2**20:.1f} MiB). README.txt in it says the rest.")
