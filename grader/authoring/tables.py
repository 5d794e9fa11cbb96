"""Whether the tables and figures that an exercise needs are there, and belong to its files."""

from __future__ import annotations

from collections.abc import Iterator

from exercises.catalog.manifest import SECRET
from exercises.catalog.material import missing_material
from exercises.exercise import AnyExercise, CodeExercise
from exercises.quiz.question_figures import stale_figures
from exercises.tables.building import needed_tables
from exercises.tables.points import BrokenPoints, load_points
from exercises.tables.target import BrokenTarget, load_target
from grader.authoring.step import Step, ok, problem


def check_tables(exercise: AnyExercise) -> Iterator[Step]:
    """Look at target.npz, points.npz, the figures of questions, the sketches and the data."""
    missing = missing_material(exercise)
    if missing is not None:
        yield problem("tables", missing)
        return
    if isinstance(exercise, CodeExercise):
        yield from _of_program(exercise)
        return
    try:
        stale = stale_figures(exercise)
    except ValueError as error:
        stale = [str(error)]
    yield from (problem("figures", said) for said in stale)


def _of_program(exercise: CodeExercise) -> Iterator[Step]:
    told = sorted(SECRET.intersection(exercise.data))
    if told:
        yield problem("exercise.toml", f"data: {', '.join(told)} would tell students the answer")
    found = []
    needed = needed_tables(exercise)
    try:
        if "target.npz" in needed:
            target = load_target(exercise.folder)
            found.append(f"target.npz, to {target.errors.max():.1e}")
        if "points.npz" in needed:
            held_out = load_points(exercise.folder)
            counts = (f"{name} {len(table.inputs):,}" for name, table in held_out.items())
            found.append(f"points.npz, {', '.join(counts)} points")
    except (BrokenTarget, BrokenPoints) as error:
        yield problem("tables", str(error))
    if found:
        yield ok("tables", "; ".join(found))
