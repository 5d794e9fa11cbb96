"""Simulates gradings of right answers: python -m tests.laws.calibration --gradings 100000.

Each grading has a seed of its own, 0, 1, 2 …; with `--first 100000` those that follow are run.
All targets of tests/laws/targets.py in turn, with their right answers; one in two hundred is the
wildest, whose law needs all looks. Printed: how many failed, with the exact interval of Clopper
and Pearson for the rate, and how near the nearest difference of each grading came to its bound.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator

import numpy as np
from scipy.stats import beta

from exercises.checks.law import FALSE_FAIL, check_law
from exercises.criteria import Law as Criterion
from exercises.tables.target_building import build_from_image
from tests.laws.law_case import Array
from tests.laws.plain_oracle import BatchOracle
from tests.laws.targets import LAWS, right_answers

_WILD, _ONE_IN = "fine signs", 200
_QUANTILES = (0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0)
_CONFIDENCE = 0.95


def main() -> None:
    """Grade right answers with many seeds and print how often they fail, and how near they came."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gradings", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    asked = options.gradings
    verdicts: Counter[str] = Counter()
    looks: Counter[int] = Counter()
    ratios: list[float] = []
    started = time.process_time()
    for verdict, ratio, evaluations in _gradings(range(options.first, options.first + asked)):
        verdicts[verdict] += 1
        looks[evaluations] += 1
        ratios.append(ratio)
        if len(ratios) % 5000 == 0 or len(ratios) == asked:
            seconds = time.process_time() - started
            _print(verdicts, looks, np.array(ratios), seconds)


def _gradings(seeds: range) -> Iterator[tuple[str, float, int]]:
    """Verdict, largest difference over its bound, and evaluations, of each grading."""
    kinds = [(build_from_image(law.reference, {}), right_answers(law)) for law in LAWS.values()]
    criterion = Criterion(points=10)
    for seed in seeds:
        target, answers = kinds[seed % len(kinds)]
        tame = [name for name in answers if name != _WILD]
        name = _WILD if seed % _ONE_IN == _ONE_IN - 1 else tame[seed // len(kinds) % len(tame)]
        evidence = check_law(BatchOracle(answers[name]), criterion, target, seed).evidence
        ratio = float(evidence["difference"]) / float(evidence["difference_bound"])  # type: ignore[arg-type]
        yield str(evidence["verdict"]), ratio, int(evidence["evaluations"])  # type: ignore[arg-type]
        if evidence["verdict"] == "wrong":
            print(f"seed {seed}: {list(LAWS)[seed % len(kinds)]}, {name} failed")


def _print(verdicts: Counter[str], looks: Counter[int], ratios: Array, seconds: float) -> None:
    gradings, failed = len(ratios), verdicts["wrong"]
    tail = (1 - _CONFIDENCE) / 2
    low = float(beta.ppf(tail, failed, gradings - failed + 1)) if failed else 0.0
    high = float(beta.ppf(1 - tail, failed + 1, gradings - failed))
    print(f"\n{gradings} gradings of right answers of {len(LAWS)} targets: {dict(verdicts)}")
    print(
        f"rate of false fails: between {low:.1e} and {high:.1e} with 95 % confidence; "
        f"at most {FALSE_FAIL:.0e} by theory"
    )
    print("largest difference of a grading as a share of its bound:")
    for level in _QUANTILES:
        print(f"  {100 * level:7.2f} % of gradings below {np.quantile(ratios, level):.2f}")
    print(f"evaluations: {dict(sorted(looks.items()))}")
    print(f"processor time: {1000 * seconds / gradings:.1f} ms a grading", flush=True)


if __name__ == "__main__":
    main()
