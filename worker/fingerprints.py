"""Fingerprints on the worker's side: asks f at hidden points once its grade is made."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path

from exercises.exercise import AnyExercise, CodeExercise
from exercises.judge import Judgement
from exercises.likeness.code_shape import shape_of
from exercises.likeness.fingerprint import FILE, fingerprint_of
from exercises.live import has_picture
from exercises.numerics.behaviour import behaviour_of, compare, may_be_same, summary
from exercises.numerics.hidden_points import ANGLES, RINGS, hidden_points
from exercises.oracle import Array, Oracle, Stopped
from exercises.outcome import Outcome
from worker.grading import Graded, account_of, grade
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.zygote_client import SandboxBroken

log = logging.getLogger(__name__)

_GRID = RINGS * ANGLES
#: So many versions of exercises are remembered by their own programs.
_VERSIONS = 64
#: The exercise's own programs, the likeliest first.
_OWN = ("reference.py", "alternatives/*.py", "starter.py", "mistakes/*.py")


class Fingerprinter:
    """Grades, and keeps of each f what comparisons need. One a process, with its sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._known: OrderedDict[tuple[str, str], Mapping[str, Array]] = OrderedDict()

    def grade(self, source: bytes, exercise: AnyExercise, seed: int, variant: int) -> Graded:
        """As `worker.grading.grade`, with a fingerprint among the files where f answered.

        Raises:
            SandboxBroken: our failure; there is no report.
        """
        asked: list[Array] = []

        def ask(oracle: Oracle, judgement: Judgement) -> None:
            values = _answers(oracle, exercise, judgement)
            if values is not None:
                asked.append(values)

        graded = grade(source, exercise, seed, self._sandbox, variant=variant, afterwards=ask)
        if graded.report.outcome is not Outcome.COMPLETED or not isinstance(exercise, CodeExercise):
            return graded
        values = asked[0] if asked else None
        made = fingerprint_of(
            exercise,
            values,
            graded.drawn,
            # It was compiled in the sandbox, so that it can't exhaust the parser here.
            shape_of(source.decode(errors="replace")),
            "" if values is None else self._origin(exercise, values),
        )
        return Graded(graded.report, {**graded.files, FILE: made.to_bytes()})

    def _origin(self, exercise: CodeExercise, values: Array) -> str:
        """Which of the exercise's own programs does the same; "" for none."""
        behaviour = behaviour_of(values[:_GRID])
        if behaviour is None:
            return ""
        mine = summary(behaviour)
        for name, known in self._own(exercise).items():
            if may_be_same(summary(known), mine) and compare(known, behaviour).same:
                return name
        return ""

    def _own(self, exercise: CodeExercise) -> Mapping[str, Array]:
        """What the exercise's own programs do at the hidden points, by name."""
        key = exercise.slug, exercise.version
        known = self._known.get(key)
        if known is None:
            try:
                known = dict(self._behaviours(exercise))
            except SandboxBroken:
                # The next submission is graded in a new one; this one has its grade.
                log.exception("the programs of exercise %s could not be asked", exercise.slug)
                return {}
            self._known[key] = known
            if len(self._known) > _VERSIONS:
                self._known.popitem(last=False)
        return known

    def _behaviours(self, exercise: CodeExercise) -> Iterator[tuple[str, Array]]:
        grid = hidden_points(exercise.slug, singly=True)[:_GRID]
        for path in _own_programs(exercise.folder):
            try:
                with self._sandbox.open(
                    path.read_bytes(),
                    seed=0,
                    account=account_of(exercise),
                    functions=[function.signature for function in exercise.functions],
                ) as oracle:
                    answer = oracle.evaluate(grid, function=exercise.function.name)
            except (Stopped, OSError):
                continue
            behaviour = behaviour_of(answer.values)
            if behaviour is not None:
                yield path.relative_to(exercise.folder).with_suffix("").as_posix(), behaviour


def _own_programs(folder: Path) -> list[Path]:
    return [path for pattern in _OWN for path in sorted(folder.glob(pattern))]


def _answers(oracle: Oracle, exercise: AnyExercise, judgement: Judgement) -> Array | None:
    """f at the hidden points; None where it is not asked there, or does not answer.

    Many points where f is called once for all of them, as it was for the figure; otherwise a few,
    which cost a fiftieth of what the judge has asked.
    """
    if not isinstance(exercise, CodeExercise) or not has_picture(exercise):
        return None
    drawn = judgement.drawn.get("f")
    if drawn is None or judgement.outcome is not Outcome.COMPLETED:
        return None
    points = hidden_points(exercise.slug, singly=not drawn.lifted)
    try:
        answer = oracle.evaluate(points)
    except Stopped:
        return None
    return None if answer.fault is not None else answer.values
