"""Prints what the judge says of the labelled corpus: python -m tests.laws.confusion [seeds]."""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from exercises.numerics.verdict import Injective
from tests.laws.corpus import BEYOND, NO, YES, corpus
from tests.laws.plain_oracle import judge_plain


def main() -> None:
    """Judge every function, point by point and lifted, and print each doubt with its reason."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for lifted in (False, True):
        print("f called once for all points:" if lifted else "f called point by point:")
        _print_table(seeds, lifted)


def _print_table(seeds: int, lifted: bool) -> None:
    table: Counter[tuple[str, Injective]] = Counter()
    asked = []
    for case in corpus():
        for seed in range(seeds):
            found = judge_plain(case.f, seed=seed, lifted=lifted)
            table[case.label, found.verdict] += 1
            asked.append(found.evaluations)
            if found.verdict is Injective.INCONCLUSIVE:
                print(f"  {case.label:8}{case.name:28}{found.reason.name}")
    print(f"{'label':10}" + "".join(f"{verdict.value:>16}" for verdict in Injective))
    for label in (YES, NO, BEYOND):
        print(f"{label:10}" + "".join(f"{table[label, verdict]:>16}" for verdict in Injective))
    print(f"evaluations: median {np.median(asked):.0f}, most {max(asked)}")


if __name__ == "__main__":
    main()
