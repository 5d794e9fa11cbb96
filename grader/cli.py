"""The command line: `grader check`, `grader plot`, `grader serve`, `grader doctor`."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from exercises.catalog import COURSE, Catalog, read_catalog
from exercises.exercise import Exercise

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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
    "--plot", "plot", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.png|OUT.svg"
)
@_SEED
@_EXERCISES
@click.pass_context
def check(
    context: click.Context,
    files: tuple[str, ...],
    slug: str,
    as_json: bool,
    plot: Path | None,
    seed: int | None,
    folder: Path,
) -> None:
    """Grade files of student code here, with the service's own code; `-` reads standard input.

    Exit codes: 0 all passed, 1 some did not pass, 2 wrong usage or a file that cannot be read,
    3 the grader itself failed.
    """
    if plot is not None and len(files) > 1:
        raise click.UsageError("--plot draws one file: give one FILE, or leave --plot out.")
    from grader.local import check_files

    exercise = _exercise(read_catalog(folder), slug)
    context.exit(check_files(files, exercise, _fresh(seed), as_json=as_json, plot=plot))


@main.command()
@click.argument("file")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="OUT.png|OUT.svg",
)
@_SEED
@click.pass_context
def plot(context: click.Context, file: str, output: Path, seed: int | None) -> None:
    """Draw p(z) and p(x) for the f in FILE."""
    from grader.local import plot_file

    exercise = _exercise(read_catalog(), "playground")
    context.exit(plot_file(file, exercise, _fresh(seed), output))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Run the whole service here: web, worker, recorder and a private Valkey."""
    from grader.embedded.service import serve as run
    from grader.settings import Settings, SettingsError

    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    context.exit(run(host, port, settings))


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Say which layers of the sandbox hold on this machine."""
    from grader.local import examine

    context.exit(examine())


def _exercise(catalog: Catalog, slug: str) -> Exercise:
    exercise = catalog.get(slug)
    if exercise is None:
        why = catalog.broken.get(slug)
        if why:
            raise click.UsageError(f"The exercise {slug} can't be used: {why}.")
        known = ", ".join(catalog.exercises)
        raise click.UsageError(f"There is no exercise {slug!r}; there are: {known}.")
    return exercise


def _fresh(seed: int | None) -> int:
    return secrets.randbelow(2**53) if seed is None else seed
