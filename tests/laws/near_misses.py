"""Prints what the law check says of all targets: python -m tests.laws.near_misses [TARGET …].

--seeds: gradings of each answer; --points: of the measurement of a near miss.

Of every target: which right answers passed, which near misses did not and by which mistake's
name, how far each near miss is from the target by its largest half-plane discrepancy (measured
without the judge's code), and what the judging cost.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator

from exercises.checks.law import check_law
from exercises.criteria import Law as Criterion
from exercises.report import Finding
from exercises.tables.target_building import build_from_image
from exercises.tables.target_law import Target
from tests.laws.half_planes import Yardstick
from tests.laws.law_case import Batch, Law
from tests.laws.plain_oracle import BatchOracle
from tests.laws.slips import slips
from tests.laws.targets import LAWS, right_answers

#: Near misses further away than this must not pass.
MUST_FAIL = 0.01
_TEN = Criterion(points=10)


def main() -> None:
    """Judge all answers to the named targets, or to all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--points", type=int, default=2**17)
    asked = parser.parse_args()
    names = asked.targets or list(LAWS)
    confusion: Counter[tuple[str, str]] = Counter()
    faults = []
    for name in names:
        law, target = LAWS[name], build_from_image(LAWS[name].reference, {})
        print(f"\n{name}")
        faults += [f"{name}: {fault}" for fault in _right(law, target, asked.seeds)]
        faults += [
            f"{name}: {fault}"
            for fault in _wrong(law, target, confusion, asked.seeds, asked.points)
        ]
    print("\nMistakes: what was done, what was named, how often")
    for (truth, named), times in sorted(confusion.items()):
        print(f"  {truth:22}{named:22}{times:4}{'' if truth == named else '   *'}")
    print(f"\n{len(faults)} faults")
    print("\n".join(faults))


def _right(law: Law, target: Target, seeds: int) -> Iterator[str]:
    answers = right_answers(law)
    passed, nearest, evaluations = 0, 0.0, []
    started = time.process_time()
    for name, f in answers.items():
        for seed in range(seeds):
            finding = check_law(BatchOracle(f), _TEN, target, seed)
            evidence = finding.evidence
            evaluations.append(_number(finding, "evaluations"))
            nearest = max(
                nearest, _number(finding, "difference") / _number(finding, "difference_bound")
            )
            passed += evidence["verdict"] == "right"
            if evidence["verdict"] != "right":
                yield f"right answer {name!r}: {evidence['verdict']}: {finding.message}"
    count = len(answers) * seeds
    print(
        f"  {len(answers)} right answers, {passed} of {count} gradings passed; "
        f"{sum(evaluations) / count:.0f} points and "
        f"{1000 * (time.process_time() - started) / count:.0f} ms each; "
        f"nearest to its bound: {100 * nearest:.0f} %"
    )


def _wrong(
    law: Law, target: Target, confusion: Counter[tuple[str, str]], seeds: int, points: int
) -> Iterator[str]:
    yardstick = Yardstick(law.reference, points)
    for name, f, mistake in _near_misses(law):
        away = yardstick.discrepancy(f)
        findings = [check_law(BatchOracle(f), _TEN, target, seed) for seed in range(seeds)]
        verdicts = [str(finding.evidence["verdict"]) for finding in findings]
        named = [str(finding.evidence["mistake"] or "-") for finding in findings]
        print(
            f"  {name:28}{100 * away:7.2f} %  {'/'.join(dict.fromkeys(verdicts)):12}"
            f"{findings[0].points:6.2f}  {'/'.join(dict.fromkeys(named)):22}"
            f"{findings[0].message.removeprefix('x does not follow the target. ')[:100]}"
        )
        if away > MUST_FAIL:
            confusion.update((mistake or "-", one) for one in named)
            if "right" in verdicts:
                yield f"near miss {name!r} passed at {100 * away:.2f} %"


def _near_misses(law: Law) -> Iterator[tuple[str, Batch, str | None]]:
    for name, (f, mistake) in law.wrong.items():
        yield name, f, mistake
    yield from slips(law)


def _number(finding: Finding, name: str) -> float:
    return float(finding.evidence[name])  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
