"""The material beside an exercise's texts: sketches, data, and the figures of questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exercises.catalog.manifest import PICTURES, files, is_public
from exercises.exercise import AnyExercise, CodeExercise, Sketch

#: The files of a question's figure: the picture, the numbers that it is drawn from, its words.
_FIGURE_ENDINGS = ("png", "npz", "txt")


def sketch_name(sketch: Sketch) -> str:
    """What a sketch is called in addresses."""
    return Path(sketch.file).stem


def read_sketch(exercise: CodeExercise, name: str) -> str | None:
    """The code of the sketch of this name, or None where there is none."""
    for sketch in exercise.gallery:
        if sketch_name(sketch) == name:
            return _sketch_file(exercise, sketch).read_text(encoding="utf-8-sig")
    return None


def data_file(exercise: AnyExercise, name: str) -> Path | None:
    """The file of this name, where it is one that students may download."""
    if isinstance(exercise, CodeExercise) and name in exercise.data:
        return exercise.folder / name
    return None


def picture_file(exercise: AnyExercise, name: str) -> Path | None:
    """The picture of this name, which a statement shows, where the exercise has one.

    Args:
        name: within the exercise's folder, with slashes.
    """
    if Path(name).suffix.lower() not in PICTURES or not is_public(name, frozenset()):
        return None
    return files(exercise.folder).get(name)


def figure_file(folder: Path, question: str, ending: str) -> Path:
    """A file of the figure of this question: its png, npz or txt."""
    return folder / "figures" / f"{question}.{ending}"


def missing_material(exercise: AnyExercise) -> str | None:
    """What the exercise's texts promise and its folder does not hold, in words; None: nothing."""
    for path in _promised(exercise):
        if not path.is_file():
            name = f"{exercise.slug}/{path.relative_to(exercise.folder).as_posix()}"
            remedy = "; build it with: grader exercises build" if "figures" in name else ""
            return f"{name}: the file is missing{remedy}"
    return None


def _promised(exercise: AnyExercise) -> Iterator[Path]:
    if isinstance(exercise, CodeExercise):
        yield from (_sketch_file(exercise, sketch) for sketch in exercise.gallery)
        yield from (exercise.folder / name for name in exercise.data)
        return
    for question in exercise.questions:
        if question.plots is not None:
            yield from (figure_file(exercise.folder, question.id, e) for e in _FIGURE_ENDINGS)


def _sketch_file(exercise: CodeExercise, sketch: Sketch) -> Path:
    return exercise.folder / "gallery" / sketch.file
