"""Simulates gradings of right answers: python -m tests.laws.calibration [gradings]."""

from __future__ import annotations

import sys

from scipy.stats import beta

from exercises.catalog import COURSE
from exercises.checks.law import check_law
from exercises.exercise import Criterion
from exercises.report import Status
from exercises.target import load_target
from tests.laws.answers import RIGHT
from tests.laws.plain_oracle import BatchOracle


def main() -> None:
    """Grade right answers with many seeds and print how often they fail, and how near they came."""
    gradings = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    target, ten = load_target(COURSE / "affine"), Criterion(check="law", points=10)
    names = list(RIGHT)
    counts = dict.fromkeys(Status, 0)
    nearest, looks = 0.0, 0
    for seed in range(gradings):
        finding = check_law(BatchOracle(RIGHT[names[seed % len(names)]]), ten, target, seed)
        counts[finding.status] += 1
        looks += int(finding.evidence["evaluations"])  # type: ignore[arg-type]
        nearest = max(
            nearest,
            float(finding.evidence["difference"])  # type: ignore[arg-type]
            / float(finding.evidence["difference_bound"]),  # type: ignore[arg-type]
        )
    failed = counts[Status.FAILED] + counts[Status.PARTIAL]
    print(f"{gradings} gradings of {len(names)} right answers:")
    print(f"{failed} failed, {counts[Status.INCONCLUSIVE]} inconclusive")
    # The exact upper bound of Clopper and Pearson, which for none is 1 − 0.05^(1/n).
    print(
        f"rate of false fails: at most {beta.ppf(0.95, failed + 1, gradings - failed):.1e} "
        "with 95 % confidence; 1e-06 by theory"
    )
    print(f"largest difference as a share of its bound: {nearest:.2f}")
    print(f"evaluations a grading: {looks / gradings:.0f}")


if __name__ == "__main__":
    main()
