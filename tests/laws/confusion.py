"""Prints what the judge says of the labelled corpus: python -m tests.laws.confusion [seeds]."""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from exercises.numerics.injectivity import Injective, judge_injectivity
from exercises.numerics.streams import stream
from tests.laws.corpus import BEYOND, NO, YES, Array, Labelled, corpus


def judged(case: Labelled, seed: int) -> tuple[Injective, str, int]:
    """Verdict, reason and evaluations of one function."""

    def ask(points: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.array([np.asarray(case.f(p.copy()), dtype=np.float64) for p in points])

    found = judge_injectivity(ask, 4.0, stream(seed, "invertibility"))
    return found.verdict, found.reason.name, found.evaluations


def main() -> None:
    """Judge every function with a few seeds; print the table and each doubt with its reason."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    table: Counter[tuple[str, Injective]] = Counter()
    asked = []
    for case in corpus():
        for seed in range(seeds):
            verdict, reason, evaluations = judged(case, seed)
            table[case.label, verdict] += 1
            asked.append(evaluations)
            if verdict is Injective.INCONCLUSIVE and seed == 0:
                print(f"  {case.label:8}{case.name:28}{reason}")
    print(f"{'label':10}" + "".join(f"{verdict.value:>16}" for verdict in Injective))
    for label in (YES, NO, BEYOND):
        print(f"{label:10}" + "".join(f"{table[label, verdict]:>16}" for verdict in Injective))
    print(f"evaluations: median {np.median(asked):.0f}, most {max(asked)}")


if __name__ == "__main__":
    main()
