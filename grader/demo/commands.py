"""The command `grader demo`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise
from grader.demo.plan import FULL, SEED, SMALL


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where the demo is kept: made the first time, served from then on.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--small", is_flag=True, help="One course of 12 students: ready in seconds.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53 - 1),
    default=SEED,
    show_default=True,
    help="Another one makes other people and other work.",
)
@click.pass_context
def demo(context: click.Context, folder: Path, port: int, seed: int, *, small: bool) -> None:
    """Serve courses full of work, to look around as their staff: on this machine alone.

    What students have handed in is made up, and then graded here by the service as all work is.
    """
    from grader.demo.filling import AnotherDemo
    from grader.demo.showing import show
    from grader.settings import SettingError, read_settings

    try:
        # In a folder of its own: never among what a service that people use keeps.
        read = replace(read_settings(), data_dir=folder.absolute(), demo=True)
        settings = replace(read, database_url="", broker_url="")
    except SettingError as error:
        raise click.UsageError(str(error)) from error
    _require_answers(settings.exercises_dir)
    try:
        context.exit(show(port, settings, SMALL if small else FULL, seed))
    except AnotherDemo:
        size = "without" if small else "with"
        raise click.ClickException(
            f"The demo in {folder} was made {size} --small, or with another --seed. Say it as "
            "then, name another --folder, or delete this one."
        ) from None


def _require_answers(folder: Path) -> None:
    """Students' copies of exercises have no answers that students of a demo could hand in."""
    known = read_catalog(folder).exercises.values()
    graded = [one for one in known if isinstance(one, CodeExercise) and one.graded]
    if not graded or any(not (one.folder / "reference.py").is_file() for one in graded):
        raise click.ClickException(
            f"The exercises in {folder} lack their answers, which the demo is made of: set "
            "GRADER_EXERCISES_DIR to exercises/course of the source."
        )
