"""Makes a quiz from one f: the judge shows that the options differ, and which is invertible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exercises.authoring.mutants import Mutant, without_draws
from exercises.authoring.puzzle import Choice, Judged, candidates, choose, normal_form, question
from exercises.authoring.scaffold import write_files
from exercises.catalog.reading import read_exercise
from exercises.checks.evidence import rounded
from exercises.checks.invertibility import check_invertibility
from exercises.checks.law import FALSE_FAIL
from exercises.checks.looking import look_at
from exercises.criteria import Invertibility
from exercises.oracle import Array, Stopped
from exercises.quiz.question_figures import build_question_figures
from exercises.tables.target_building import build_from_image
from exercises.tables.target_law import Target
from worker.sandbox.sandbox import Sandbox

#: The table of the plotted law, as exercises.quiz.distractors builds it.
_CELLS = (128, 256)
_SEED = 1
#: Outputs that may be not finite.
_NOT_FINITE = 1e-3
_WHICH = "Which $f$ turns the density on the left into the one on the right?"


class NoPuzzle(Exception):
    """No quiz can be made from this f; the message says why."""


@dataclass(frozen=True, slots=True)
class _Inverted:
    """A program with the judge's verdict on it."""

    source: str
    verdict: str
    message: str


def write_puzzle(source: str, folder: Path, sandbox: Sandbox) -> list[str]:
    """Write a quiz into `folder`, which is made; returns what to tell the author.

    Raises:
        NoPuzzle: the f does not run, or nothing like it has another law; nothing is written then.
        SandboxBroken: the sandbox failed.
    """
    try:
        plain = normal_form(without_draws(source))
    except SyntaxError as error:
        raise NoPuzzle(f"line {error.lineno}: {error.msg}") from error
    target = _target(plain, sandbox)
    found = [
        judged
        for mutant in candidates(plain)
        if (judged := _judged(mutant, target, sandbox)) is not None
    ]
    distractors = choose(found)
    if not distractors:
        raise NoPuzzle("no program like it has a law that is shown to be another one, and near")
    inverted = [_inverted(program, sandbox) for program in _programs(plain, distractors, found)]
    item = _invertible_item(inverted)
    write_files(folder, _files([_which(plain, distractors), *([item] if item else [])]))
    drawn = build_question_figures(read_exercise(folder))
    return [
        *(f"distractor, distance {d.distance:.3f}: {d.change}" for d in distractors),
        *(f"{each.verdict.replace('_', ' ')}: {each.message}" for each in inverted),
        *([] if item else ["None of these programs stands alone: there is no second question."]),
        f"Made {folder} with {', '.join(drawn)}.",
    ]


def _files(questions: Sequence[str]) -> dict[str, str]:
    return {
        "exercise.toml": 'kind = "quiz"\ntitle = "Which transformation?"\n'
        f"points = {len(questions)}\n",
        "statement.md": "Draw $z$ from $\\mathcal{N}(0, I)$ and push it through $f$: $x = f(z)$.\n",
        "questions.toml": "\n".join(questions),
    }


def _target(plain: str, sandbox: Sandbox) -> Target:
    try:
        with sandbox.open(plain.encode(), seed=_SEED) as oracle:

            def image(z: Array) -> Array:
                answer = oracle.evaluate(z)
                if answer.fault is not None:
                    raise NoPuzzle(f"f does not answer: {answer.fault.message}")
                return answer.values

            return build_from_image(image, {}, _CELLS)
    except Stopped as stopped:
        raise NoPuzzle(f"f does not run: {stopped.ending.message}") from stopped
    except ValueError as error:
        raise NoPuzzle(str(error)) from error


def _judged(mutant: Mutant, target: Target, sandbox: Sandbox) -> Judged | None:
    """A candidate, if its law is shown to be another one at the level at which answers fail."""
    try:
        with sandbox.open(mutant.source.encode(), seed=_SEED) as oracle:
            look = look_at(oracle, target, _SEED, "puzzle", 0)
    except Stopped:
        return None
    shown = bool((np.abs(look.deviation) > look.bound(FALSE_FAIL)).any())
    if not shown or look.not_finite > _NOT_FINITE:
        return None
    distance = target.misfit(look.seen)
    return Judged(mutant.source, mutant.change, mutant.kind, distance, look.seen.share)


def _which(plain: str, distractors: Sequence[Judged]) -> str:
    choices = [Choice(plain, "Its law is the one that is shown.", right=True)]
    choices += [
        Choice(
            judged.source,
            f"Its law is another one, at a distance of {rounded(judged.distance)}.",
            right=False,
        )
        for judged in distractors
    ]
    return question("which", _WHICH, choices, "The figure was drawn from it.", plots=True)


def _programs(plain: str, distractors: Sequence[Judged], found: Sequence[Judged]) -> list[str]:
    """The options of the first question, then others: among them are folds."""
    others = [judged.source for judged in found if judged.kind in ("fold", "constant", "function")]
    listed = [plain, *(judged.source for judged in distractors), *others]
    return list(dict.fromkeys(listed))[:12]


def _inverted(source: str, sandbox: Sandbox) -> _Inverted:
    try:
        with sandbox.open(source.encode(), seed=_SEED) as oracle:
            finding = check_invertibility(oracle, Invertibility(points=1.0), _SEED)
    except Stopped as stopped:
        return _Inverted(source, "inconclusive", stopped.ending.message)
    return _Inverted(source, str(finding.evidence["verdict"]), finding.message)


def _invertible_item(inverted: Sequence[_Inverted]) -> str | None:
    """A question with one invertible program among others that are not, or the other way round."""
    groups = {
        verdict: [each for each in inverted if each.verdict == verdict]
        for verdict in ("invertible", "not_invertible")
    }
    yes, no = groups["invertible"], groups["not_invertible"]
    if yes and len(no) >= 2:
        one, others, text = yes[0], no[:3], "Which of these $f$ is invertible?"
    elif no and len(yes) >= 2:
        one, others, text = no[0], yes[:3], "Which of these $f$ is not invertible?"
    else:
        return None
    choices = [Choice(one.source, one.message, right=True)]
    choices += [Choice(each.source, each.message, right=False) for each in others]
    return question("which-invertible", text, choices, one.message, plots=False)
