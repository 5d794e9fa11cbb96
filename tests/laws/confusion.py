"""Prints what the judge says of the labelled corpora: python -m tests.laws.confusion [seeds]."""

from __future__ import annotations

import sys
import time
from collections import Counter

import numpy as np

from exercises.numerics.verdict import Injective
from tests.laws.corpus import corpus, second_corpus
from tests.laws.corpus_third import third_corpus
from tests.laws.families import interval
from tests.laws.labels import LABELS, NO, WRONG, YES, Labelled
from tests.laws.plain_oracle import judge_plain


def main() -> None:
    """Judge every function, point by point and lifted; print each doubt, and the rates."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    corpora = {"first": corpus(), "second": second_corpus(), "third": third_corpus()}
    for name, cases in corpora.items():
        for lifted in (False, True):
            how = "called once for all points" if lifted else "called point by point"
            print(f"The {name} corpus, f {how}:")
            _print_table(cases, seeds, lifted)


def _print_table(cases: list[Labelled], seeds: int, lifted: bool) -> None:
    table: Counter[tuple[str, Injective]] = Counter()
    asked, seconds = [], []
    for case in cases:
        for seed in range(seeds):
            start = time.process_time()
            found = judge_plain(case.f, seed=seed, lifted=lifted)
            seconds.append(time.process_time() - start)
            table[case.label, found.verdict] += 1
            asked.append(found.evaluations)
            if found.verdict in WRONG[case.label]:
                print(f"  WRONG    {case.label:8}{case.name:32}{found.reason.name}")
            elif found.verdict is Injective.INCONCLUSIVE and case.label in (YES, NO):
                print(f"  in doubt {case.label:8}{case.name:32}{found.reason.name}")
    print(f"{'label':10}" + "".join(f"{verdict.value:>16}" for verdict in Injective))
    for label in LABELS:
        row = [table[label, verdict] for verdict in Injective]
        if sum(row):
            print(f"{label:10}" + "".join(f"{number:>16}" for number in row) + _rates(label, row))
    print(f"evaluations: median {np.median(asked):.0f}, most {max(asked)}")
    print(f"processor time with f: median {np.median(seconds):.3f} s, most {max(seconds):.2f} s\n")


def _rates(label: str, row: list[int]) -> str:
    """How many are wrong, with the 95 % confidence interval of the rate."""
    wrong = [n for n, v in zip(row, Injective, strict=True) if v in WRONG[label]]
    low, high = interval(sum(wrong), sum(row))
    return f"   wrong: {100 * low:.1f} to {100 * high:.1f} %"


if __name__ == "__main__":
    main()
