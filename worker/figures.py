"""The figures of a report: the density as a picture, the others as what they are drawn from."""

from __future__ import annotations

from exercises.checks.case import Drawn
from exercises.criteria import Fit, Invertibility, Law
from exercises.exercise import CodeExercise
from exercises.figures.density import alt_text, density_panels, render_png
from exercises.figures.further import Figures, comparison_figure, fold_figures
from exercises.figures.panels import DensityPanels
from exercises.judge import Judgement
from exercises.report import Figure, Status
from exercises.tables.target import load_target


def figures_of(exercise: CodeExercise, judgement: Judgement) -> Figures:
    """The figures of an f of the plane: densities, fold map, density two ways, comparison.

    Those that show what a criterion judged are there where it was judged. Only the density is drawn
    now; the others are drawn when they are asked for (see exercises/figures/gallery.py).
    """
    drawn = judgement.drawn.get(exercise.function.name)
    if drawn is None or not exercise.function.of_the_plane:
        return [], {}
    panels = density_panels(drawn.points, drawn.values)
    figures = [Figure(name="density", alt=alt_text(panels))]
    files = {"density.png": render_png(panels), "density.npz": panels.to_bytes()}
    for more, stored in (
        _of_invertibility(exercise, judgement, panels),
        _of_the_law(exercise, judgement, drawn),
    ):
        figures += more
        files |= stored
    return figures, files


def _of_invertibility(
    exercise: CodeExercise, judgement: Judgement, panels: DensityPanels
) -> Figures:
    criteria = [c for c in exercise.criteria if isinstance(c, Invertibility)]
    if not criteria or judgement.mesh is None:
        return [], {}
    invertible = any(
        finding.check == "invertibility" and finding.evidence.get("verdict") == "invertible"
        for finding in judgement.findings
    )
    return fold_figures(
        panels, judgement.mesh, criteria[-1].radius, judgement.witness, invertible=invertible
    )


def _of_the_law(exercise: CodeExercise, judgement: Judgement, drawn: Drawn) -> Figures:
    # Where one coordinate alone is judged, the picture would blame what is left to the student.
    compared = [
        c
        for c in exercise.criteria
        if isinstance(c, Fit) or (isinstance(c, Law) and c.marginal is None)
    ]
    judged = any(
        finding.check in ("law", "fit") and finding.status is not Status.SKIPPED
        for finding in judgement.findings
    )
    if not compared or not judged:
        return [], {}
    target = load_target(exercise.folder)
    return comparison_figure(target.density, target.window, drawn.values)
