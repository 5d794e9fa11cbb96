"""The commands of authors: `grader exercises …`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises.authoring.scaffold import TEMPLATES
from exercises.catalog.reading import COURSE, MARKS, BrokenExercise, read_exercise

if TYPE_CHECKING:
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
#: What an exercise may be called; see exercises.exercise.Slug.
_SLUG = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*")
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def exercises() -> None:
    """For authors of exercises."""


@exercises.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option(
    "--seeds",
    default=3,
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="Seeds that each right answer is graded with.",
)
@click.option(
    "--mutants",
    default=40,
    show_default=True,
    type=click.IntRange(0, 1_000),
    help="Changed references, at most; 0 is faster and leaves out near misses too.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one an exercise.")
@_EXERCISES
@click.pass_context
def check(
    context: click.Context,
    slugs: tuple[str, ...],
    seeds: int,
    mutants: int,
    as_json: bool,
    folder: Path,
) -> None:
    """Check that exercises can be published: all in the folder, or those of these names.

    Right answers must pass, wrong ones get the verdict that they declare, texts and tables fit.

    Exit codes: 0 all can be published, 1 some need work, 2 wrong usage, 3 the grader itself failed.
    """
    from grader.authoring.run import check_all
    from worker.sandbox.zygote_client import SandboxBroken

    folders = _folders(folder, slugs)
    try:
        with _start_sandbox() as sandbox:
            good = check_all(folders, sandbox, seeds=seeds, mutants=mutants, as_json=as_json)
    except SandboxBroken as error:
        click.echo(f"The sandbox failed: {error}.", err=True)
        context.exit(3)
    context.exit(0 if good else 1)


@exercises.command()
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="FOLDER...",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
def build(folders: tuple[Path, ...]) -> None:
    """Build what these exercises need to be graded: tables of laws and points, figures."""
    from exercises.tables.building import build_tables

    for folder in folders:
        try:
            built = build_tables(folder)
        except (BrokenExercise, ValueError) as error:
            raise click.ClickException(f"{folder.name}: {error}") from error
        for line in built or ["there is nothing to build"]:
            click.echo(f"{folder.name}: {line}")


@exercises.command()
@click.argument("slug", metavar="SLUG")
@click.option("--kind", type=click.Choice(["code", "quiz"]), default="code", show_default=True)
@click.option(
    "--template",
    type=click.Choice(list(TEMPLATES)),
    default="law",
    show_default=True,
    help="What a program is asked for.",
)
@click.option(
    "--exercises",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="GRADER_EXERCISES_DIR",
    default=Path(),
    show_default="this folder",
    help="Where the new folder goes.",
)
def new(slug: str, kind: str, template: str, folder: Path) -> None:
    """Make the folder of a new exercise, ready to be changed; what is there is never changed."""
    from exercises.authoring.scaffold import scaffold, write_files
    from exercises.tables.building import build_tables

    if not _SLUG.fullmatch(slug):
        raise click.UsageError(
            f"SLUG must be of small letters and digits with hyphens between, not {slug!r}."
        )
    try:
        write_files(folder / slug, scaffold(slug, kind, template))
    except FileExistsError as error:
        raise click.UsageError(f"There is something at {folder / slug} already.") from error
    except OSError as error:
        raise click.ClickException(f"{folder / slug}: {error.strerror}.") from error
    build_tables(folder / slug)
    click.echo(f"Made {folder / slug}. Change its files, then:")
    click.echo(f"  grader exercises build {folder / slug}")
    click.echo(f"  grader exercises check {slug} --exercises {folder}")


@exercises.command()
@click.argument("slug", metavar="SLUG")
@click.option("-o", "--output", type=_NEW_FILE, required=True, metavar="FILE.zip")
@_EXERCISES
def bundle(slug: str, output: Path, folder: Path) -> None:
    """Pack a student's copy: what repeats a grade offline, without anything that tells answers."""
    from exercises.catalog.bundle import student_copy, why_not_offline

    (path,) = _folders(folder, (slug,))
    try:
        exercise = read_exercise(path)
        output.write_bytes(student_copy(exercise))
    except (BrokenExercise, OSError) as error:
        raise click.ClickException(str(error)) from error
    why = why_not_offline(exercise)
    click.echo(f"Packed {output}." + (f" It does not repeat grades: {why}" if why else ""))


@exercises.command()
@click.argument("reference", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The new folder. [default: puzzle-NAME beside you]",
)
@click.pass_context
def puzzle(context: click.Context, reference: Path, output: Path | None) -> None:
    """Make a quiz from the f in REFERENCE: which transformation is it, and which is invertible?"""
    from grader.authoring.puzzle import NoPuzzle, write_puzzle
    from worker.sandbox.zygote_client import SandboxBroken

    name = _slugged(reference.stem)
    folder = output or Path(f"puzzle-{name}")
    if not _SLUG.fullmatch(folder.name):
        raise click.UsageError(f"-o: {folder.name!r} can't be the name of an exercise.")
    if folder.exists():
        raise click.UsageError(f"There is something at {folder} already.")
    try:
        with _start_sandbox() as sandbox:
            said = write_puzzle(reference.read_text(encoding="utf-8"), folder, sandbox)
    except (NoPuzzle, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    except SandboxBroken as error:
        click.echo(f"The sandbox failed: {error}.", err=True)
        context.exit(3)
    for line in said:
        click.echo(line)


@exercises.command()
@click.argument("file", type=click.Choice(["exercise", "questions"]), default="exercise")
def schema(file: str) -> None:
    """Print the JSON Schema of exercise.toml or questions.toml, for editors."""
    import json

    from exercises.catalog.schemas import exercise_schema, questions_schema

    found = exercise_schema() if file == "exercise" else questions_schema()
    click.echo(json.dumps(found, indent=1, ensure_ascii=False))


def _folders(folder: Path, slugs: tuple[str, ...]) -> list[Path]:
    """The folders of the exercises that were named, or of all."""
    there = sorted({path.parent for name in MARKS for path in folder.glob(f"*/{name}")})
    if not slugs:
        if not there:
            raise click.UsageError(f"There is no exercise in {folder}.")
        return there
    names = [path.name for path in there]
    for slug in slugs:
        if slug not in names:
            known = ", ".join(names) or "none"
            raise click.UsageError(
                f"There is no exercise {slug!r} in {folder}; there are: {known}."
            )
    return [folder / slug for slug in slugs]


def _slugged(name: str) -> str:
    """A file's name as part of a slug."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "f"


def _start_sandbox() -> Sandbox:
    from worker.sandbox.sandbox import Sandbox

    return Sandbox()
