"""The table of criteria: which check judges which, with what a figure of it shows."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.checks.accuracy import check_accuracy
from exercises.checks.case import Case
from exercises.checks.coupling import check_coupling
from exercises.checks.fit import check_fit
from exercises.checks.inverse import check_inverse
from exercises.checks.invertibility import judge_invertibility
from exercises.checks.law import check_law
from exercises.checks.likelihood import check_likelihood
from exercises.checks.log_det import check_log_det
from exercises.checks.log_prob import check_log_prob
from exercises.checks.normalization import check_normalization
from exercises.checks.values import check_values
from exercises.criteria import (
    Accuracy,
    AnyCriterion,
    Coupling,
    Fit,
    Inverse,
    Invertibility,
    Law,
    Likelihood,
    LogDet,
    LogProb,
    Normalization,
    Values,
)
from exercises.numerics.mesh import WarpedMesh
from exercises.numerics.witness import Witness
from exercises.report import Finding
from exercises.tables.target import load_target


@dataclass(frozen=True, slots=True)
class Checked:
    """The finding of a criterion."""

    finding: Finding
    #: The mesh over the disc as f maps it, and two inputs with one output: from invertibility.
    mesh: WarpedMesh | None = None
    witness: Witness | None = None


def check_criterion(case: Case, criterion: AnyCriterion) -> Checked:
    """Judge one criterion.

    Raises:
        Stopped: the submission ended.
        BrokenTarget, BrokenPoints: a table of the exercise is missing or stale (our failure).
    """
    match criterion:
        case Invertibility():
            judged = judge_invertibility(
                case.oracle, criterion, case.seed, budget=case.effort.invertibility_singly
            )
            return Checked(judged.finding, judged.mesh, judged.witness)
        case Law():
            target = load_target(case.exercise.folder)
            return Checked(check_law(case.oracle, criterion, target, case.seed))
        case Fit():
            target = load_target(case.exercise.folder)
            return Checked(check_fit(case.oracle, criterion, target, case.seed))
        case Inverse():
            return Checked(check_inverse(case, criterion))
        case LogDet():
            return Checked(check_log_det(case, criterion))
        case LogProb():
            return Checked(check_log_prob(case, criterion))
        case Normalization():
            return Checked(check_normalization(case, criterion))
        case Coupling():
            return Checked(check_coupling(case, criterion))
        case Values():
            return Checked(check_values(case, criterion))
        case Accuracy():
            return Checked(check_accuracy(case, criterion))
        case Likelihood():
            return Checked(check_likelihood(case, criterion))
