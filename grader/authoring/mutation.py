"""What becomes of changed references: which fail, which are right too, and which slip through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from exercises.authoring.mutants import Mutant, mutants, without_draws
from exercises.checks.case import Drawn, points_of
from exercises.checks.evidence import percent, rounded
from exercises.checks.law import FALSE_FAIL
from exercises.checks.looking import LOOKS, look_at
from exercises.criteria import Accuracy, Fit, Law, Likelihood, Values
from exercises.exercise import CodeExercise
from exercises.oracle import Array
from exercises.outcome import Outcome, Verdict
from exercises.tables.target import load_target
from grader.authoring.step import Bench, Step, note, ok
from worker.grading import grade

#: Values that differ by less, relative to their size, are the same.
_SAME = 1e-9
#: Near misses of a law: how x = f(z) is changed, by how much, and how that is written.
_NEAR = {
    "scaled": ("%", (0.2, 0.5, 1, 2, 5), "(1 + {0} / 100) * x"),
    "shifted along x1": (
        "of its spread",
        (0.002, 0.005, 0.01, 0.02, 0.05),
        "x + {0} * SPREAD * E1",
    ),
    "turned": (
        "degrees",
        (0.2, 0.5, 1, 2, 5),
        "np.array([np.cos(A) * x[0] - np.sin(A) * x[1], np.sin(A) * x[0] + np.cos(A) * x[1]])",
    ),
}


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that passed."""

    mutant: Mutant
    #: Whether it is the reference in other words, as far as can be told.
    same: bool
    #: What is known of it, in words.
    why: str


def check_mutants(bench: Bench, exercise: CodeExercise) -> Iterator[Step]:
    """Grade mutants of the reference, and near misses of its law."""
    path = exercise.folder / "reference.py"
    if not bench.mutants or not exercise.graded or not path.is_file():
        return
    source = without_draws(path.read_text(encoding="utf-8-sig"))
    found = mutants(source, bench.mutants)
    survivors = []
    for number, mutant in enumerate(found, 1):
        if number % 10 == 1:
            bench.progress(f"mutants from {number} on, of {len(found)}")
        report = grade(mutant.source.encode(), exercise, bench.seeds[0], bench.sandbox).report
        if report.verdict is Verdict.PASSED:
            survivors.append(_survivor(bench, exercise, source, mutant))
    failed = len(found) - len(survivors)
    same = [survivor for survivor in survivors if survivor.same]
    yield ok(
        "mutants",
        f"{failed} of {len(found)} fail, {len(same)} are the same or as right",
        made=len(found),
        failed=failed,
        same=len(same),
        survive=len(survivors) - len(same),
    )
    for why in dict.fromkeys(survivor.why for survivor in same):
        changes = (survivor.mutant.change for survivor in same if survivor.why == why)
        yield ok("mutants", f"{'; '.join(changes)}: {why}")
    for survivor in survivors:
        if not survivor.same:
            yield note("mutants", f"survives: {survivor.mutant.change}: {survivor.why}")
    if _judges_law(exercise) and len(exercise.functions) == 1:
        yield _near_misses(bench, exercise, source)


def _survivor(bench: Bench, exercise: CodeExercise, source: str, mutant: Mutant) -> Survivor:
    """What is known of a mutant that passed."""
    seed = bench.seeds[0]
    ours = _values(bench, exercise, source, seed)
    theirs = _values(bench, exercise, mutant.source, seed)
    off = max((_difference(ours[name], theirs[name]) for name in ours), default=0.0)
    if off <= _SAME:
        return Survivor(mutant, True, "the same function, to the last digits")
    if _judges_law(exercise):
        return _same_law(bench, exercise, mutant)
    for criterion in exercise.criteria:
        if isinstance(criterion, Values | Likelihood):
            why = f"its values differ by up to {rounded(off)} of their size, within the tolerance"
            return Survivor(mutant, False, why)
        if isinstance(criterion, Accuracy):
            name = criterion.function
            return _same_decisions(mutant, ours[name], theirs[name], criterion.threshold)
    return Survivor(mutant, True, "another right answer: the rubric asks for no more")


def _same_decisions(mutant: Mutant, ours: Array, theirs: Array, threshold: float) -> Survivor:
    """Compare a mutant's decisions with the reference's; a classifier is judged by nothing else."""
    other = float(((ours > threshold) != (theirs > threshold)).mean())
    if other == 0:
        return Survivor(mutant, True, f"the same decision at all of {len(ours):,} held-out points")
    why = f"another decision at {percent(other)} of the held-out points: within the tolerance"
    return Survivor(mutant, False, why)


def _same_law(bench: Bench, exercise: CodeExercise, mutant: Mutant) -> Survivor:
    """Compare a mutant's law with the target at the most points that a grading ever asks."""
    target = load_target(exercise.folder)
    for criterion in exercise.criteria:
        if isinstance(criterion, Law) and criterion.marginal is not None:
            target = target.marginal(criterion.marginal)
    signatures = [function.signature for function in exercise.functions]
    with bench.sandbox.open(
        mutant.source.encode(), seed=bench.seeds[0], functions=signatures
    ) as oracle:
        look = look_at(oracle, target, bench.seeds[0], "authoring", len(LOOKS) - 1)
    size, bound = np.abs(look.deviation), look.bound(FALSE_FAIL)
    far = rounded(target.misfit(look.seen))
    largest = percent(float(size.max()))
    if bool((size <= bound).all()):
        points = f"{look.counts.points:,} points"
        return Survivor(mutant, True, f"the same law, as far as {points} tell: distance {far}")
    why = f"another law, distance {far}, the largest difference {largest}: within the tolerance"
    return Survivor(mutant, False, why)


def _near_misses(bench: Bench, exercise: CodeExercise, source: str) -> Step:
    """The largest change of each kind that passes, and the smallest that does not."""
    target = load_target(exercise.folder)
    spread = float(target.quantiles[0, 3] - target.quantiles[0, 1]) / 1.349
    said = []
    for name, (unit, sizes, written) in _NEAR.items():
        passed = ""
        for size in sizes:
            bench.progress(f"near miss: {name} by {size} {unit}")
            program = _changed(source, written.format(size), spread, size)
            report = grade(program.encode(), exercise, bench.seeds[0], bench.sandbox).report
            if report.outcome is not Outcome.COMPLETED:
                break
            if report.verdict is not Verdict.PASSED:
                earned = f"earns {report.score:g} of {report.max_score:g} by {size:g} {unit}"
                said.append(f"x {name} {passed}{earned}")
                break
            passed = f"passes by {size:g} {unit}, "
        else:
            said.append(f"x {name} passes by {sizes[-1]:g} {unit} and perhaps more")
    return note("near misses", "; ".join(said))


def _changed(source: str, written: str, spread: float, size: float) -> str:
    """The reference with x = f(z) changed after it."""
    return (
        f"{source}\n\nimport numpy as np\n\nE1 = np.array([1.0, 0.0])\nSPREAD = {spread!r}\n"
        f"A = np.pi / 180 * {size}\nreference_f = f\n\n\n"
        f"def f(z):\n    x = np.asarray(reference_f(z))\n    return {written}\n"
    )


def _values(bench: Bench, exercise: CodeExercise, source: str, seed: int) -> Mapping[str, Array]:
    """What each function of a program answers, at the points of the grading with this seed."""
    signatures = [function.signature for function in exercise.functions]
    drawn: dict[str, Drawn] = {}
    with bench.sandbox.open(source.encode(), seed=seed, functions=signatures) as oracle:
        for function in exercise.functions:
            points = points_of(function, exercise, seed, drawn)
            answer = oracle.evaluate(points, function=function.name, tolerant=True)
            drawn[function.name] = Drawn(points, answer.values)
    return {name: each.values for name, each in drawn.items()}


def _difference(ours: Array, theirs: Array) -> float:
    """The largest difference of two tables of values, relative to their size plus one."""
    if ours.shape != theirs.shape:
        return float("inf")
    gap = np.abs(ours - theirs) / (1 + np.abs(ours))
    return float(np.nanmax(gap, initial=0.0))


def _judges_law(exercise: CodeExercise) -> bool:
    return any(isinstance(criterion, Law | Fit) for criterion in exercise.criteria)
