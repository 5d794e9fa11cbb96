"""The check of a log-determinant: log_det(z) is log |det J| of f at z."""

from __future__ import annotations

from exercises.checks.asking import Asking
from exercises.checks.case import Case
from exercises.checks.comparison import Comparison, Truth, compare
from exercises.checks.density_mistakes import log_det_mistakes
from exercises.checks.volume import measure_volume, no_structure
from exercises.criteria import LogDet
from exercises.report import Finding


def check_log_det(case: Case, criterion: LogDet) -> Finding:
    """Compare log_det with differences of f, at points that f was not asked at before.

    Raises:
        ValueError: f, or log_det, does not have a fitting form (our failure).
        Stopped: the submission ended.
    """
    f, log_det = Asking(case, criterion.function), Asking(case, criterion.log_det)
    dimension = f.as_map()
    if log_det.signature.inputs != dimension or log_det.signature.columns != 1:
        raise ValueError(f"{criterion.log_det} must take {dimension} numbers and return one")
    volume = measure_volume(case, f, "log_det")
    ladj = volume.ladj
    truth = None
    if ladj is not None:
        method = f"differences of {criterion.function}: {ladj.method}"
        truth = Truth.of(ladj.values, ladj.errors, method)
    comparison = Comparison(
        check="log_det",
        points=criterion.points,
        function=log_det,
        at=volume.z,
        answers=log_det(volume.z)[:, 0],
        truth=truth,
        unclear=no_structure(criterion.function),
        means=f"log |det J| of {criterion.function}",
    )
    return compare(comparison, lambda: log_det_mistakes(volume), lambda: f.spent + log_det.spent)
