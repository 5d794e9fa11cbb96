"""The figures of questions: the density of one option's f, drawn off line and kept as files.

A figure is what every student of the question sees. Its files say what the density looks like,
never which option it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from exercises.catalog.material import figure_file
from exercises.exercise import Exercise, QuizExercise
from exercises.figures.density import DensityPanels, alt_text, density_panels, render_png
from exercises.numerics.streams import stream
from exercises.quiz.option_code import image
from exercises.quiz.questions import Question

#: As many samples as a report's figure shows.
SAMPLES = 10_000
#: Two drawings of one density differ by no more than this much ink of 4095: rounding, which
#: differs between machines, never moves it further.
_SAME_INK = 4
#: How a PNG begins and ends (ISO/IEC 15948, 5.2 and 11.2.5).
_PNG_BEGINS, _PNG_ENDS = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"


def build_question_figures(exercise: Exercise) -> list[str]:
    """Draw the figures of a quiz's questions into its folder; returns the files' names.

    The seed is fixed, so a figure is a constant of its exercise: the same bytes each time.

    Raises:
        ValueError: the code of an option does not run or answer; the message names it.
    """
    written = []
    for question in _with_figures(exercise):
        panels = question_panels(question)
        content = {
            "npz": panels.to_bytes(),
            "png": render_png(panels),
            "txt": _words(panels),
        }
        for ending, data in content.items():
            path = figure_file(exercise.folder, question.id, ending)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            written.append(path.relative_to(exercise.folder).as_posix())
    return written


def stale_figures(exercise: Exercise) -> list[str]:
    """What is wrong with the figures in the folder, a sentence each: missing, or out of date.

    Raises:
        ValueError: the code of an option does not run or answer; the message names it.
    """
    remedy = f"build it with: grader exercises build FOLDER, where FOLDER is {exercise.slug}"
    found = []
    for question in _with_figures(exercise):
        path = figure_file(exercise.folder, question.id, "npz")
        name = f"{exercise.slug}/figures/{path.name}"
        if not all(_sibling(path, ending).is_file() for ending in ("npz", "png", "txt")):
            found.append(f"{name} is missing; {remedy}")
        elif not _same(path, question_panels(question)):
            found.append(f"{name} does not show the option that the question plots; {remedy}")
        else:
            found += [f"{each} {what}; {remedy}" for each, what in _odd_ones(path, exercise.slug)]
    return found


def question_panels(question: Question) -> DensityPanels:
    """The panels of the option that a question plots.

    Raises:
        ValueError: the option's code does not run or answer.
    """
    option = next(option for option in question.options if option.id == question.plots)
    z = stream(0, f"question/{question.id}").standard_normal((SAMPLES, 2))
    return density_panels(z, image(question, option, z))


def _with_figures(exercise: Exercise) -> Iterator[Question]:
    if isinstance(exercise, QuizExercise):
        yield from (question for question in exercise.questions if question.plots is not None)


def _sibling(path: Path, ending: str) -> Path:
    return path.with_suffix(f".{ending}")


def _odd_ones(path: Path, slug: str) -> Iterator[tuple[str, str]]:
    """The picture or the words that do not belong to a figure's numbers, which are right."""
    picture, words = _sibling(path, "png"), _sibling(path, "txt")
    data = picture.read_bytes()
    if not (data.startswith(_PNG_BEGINS) and data.endswith(_PNG_ENDS)):
        yield f"{slug}/figures/{picture.name}", "is no whole picture"
    if words.read_bytes() != _words(DensityPanels.from_bytes(path.read_bytes())):
        yield f"{slug}/figures/{words.name}", "does not say what the figure shows"


def _words(panels: DensityPanels) -> bytes:
    return (alt_text(panels) + "\n").encode()


def _same(path: Path, drawn: DensityPanels) -> bool:
    try:
        kept = DensityPanels.from_bytes(path.read_bytes())
    except ValueError:
        return False
    windows = [np.array([panel.window.lo, panel.window.hi]) for panel in (kept.x, drawn.x)]
    inks = [panel.ink.astype(np.int32) for panel in (kept.x, drawn.x)]
    near = np.allclose(windows[0], windows[1], rtol=1e-6)
    return near and bool(np.abs(inks[0] - inks[1]).max() <= _SAME_INK)
