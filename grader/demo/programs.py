"""What students hand in to an exercise: usual mistakes, slips of all kinds, and right answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random

from exercises.authoring.mutants import mutants, without_draws
from exercises.exercise import CodeExercise
from grader.demo.rewriting import endless, misspelt, plain, remarked, renamed


class Kind(StrEnum):
    """What is known of an attempt when it is planned; the grader is not told."""

    RIGHT = "right"
    MISTAKE = "mistake"
    #: A small change of a right answer: most of them are wrong.
    SLIP = "slip"
    #: It does not run.
    BROKEN = "broken"
    ENDLESS = "endless"
    #: What the page begins with, unchanged.
    STARTER = "starter"
    #: What somebody else has handed in, with other names.
    COPY = "copy"
    QUIZ = "quiz"


#: How often a wrong attempt is of each kind.
_WRONG = {Kind.MISTAKE: 0.6, Kind.SLIP: 0.24, Kind.BROKEN: 0.12, Kind.STARTER: 0.04}
#: So many slips in each right program, at most.
_SLIPS = 16
#: How often somebody takes the usual way, or makes the usual mistake: the next one half as often.
_FALLS = 0.6


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of one exercise; each list begins with what most write."""

    right: tuple[str, ...]
    mistakes: tuple[str, ...]
    slips: tuple[str, ...]
    starter: str

    def passing(self, draw: Random) -> str:
        """A right answer in somebody's own words."""
        return _in_own_words(_usual(self.right, draw), draw)

    def failing(self, draw: Random) -> tuple[Kind, str]:
        """What is wrong, as far as can be known before it is graded."""
        kind = draw.choices([*_WRONG], [*_WRONG.values()])[0]
        if kind is Kind.BROKEN:
            return kind, misspelt(_usual(self.right, draw), draw)
        if kind is Kind.STARTER:
            return kind, self.starter
        pool = self.mistakes if kind is Kind.MISTAKE else self.slips
        return kind, _in_own_words(_usual(pool, draw, 0.9 if kind is Kind.SLIP else _FALLS), draw)

    def never_ending(self) -> str:
        """A right answer after a search without an end."""
        return endless(self.right[0])

    def odd(self, draw: Random) -> str:
        """Wrong in a way of its own: two slips at once."""
        once = draw.choice(self.slips)
        twice = mutants(once)
        return draw.choice(twice).source + "\n" if twice else once


def programs_of(exercise: CodeExercise) -> Programs:
    """The programs that come with an exercise, and mutants of right ones."""
    return _programs(exercise.folder, exercise.version, exercise.starter)


@cache
def _programs(folder: Path, _version: str, starter: str) -> Programs:
    reference = plain(without_draws(_read(folder / "reference.py")))
    right = (reference, *map(plain, _all(folder / "alternatives")))
    mistakes = tuple(map(plain, _all(folder / "mistakes")))
    found = [each.source + "\n" for source in right for each in mutants(source, _SLIPS)]
    slips = tuple(dict.fromkeys(one for one in found if one not in (*right, *mistakes)))
    return Programs(
        right=right,
        mistakes=mistakes or slips,
        slips=slips,
        starter=starter,
    )


def _usual(pool: Sequence[str], draw: Random, falls: float = _FALLS) -> str:
    return draw.choices(pool, [falls**place for place in range(len(pool))])[0]


def _in_own_words(source: str, draw: Random) -> str:
    if draw.random() < 0.5:
        source = renamed(source, draw)
    return remarked(source, draw) if draw.random() < 0.25 else source


def _all(folder: Path) -> list[str]:
    return [_read(path) for path in sorted(folder.glob("*.py"))]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
