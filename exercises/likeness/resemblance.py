"""Pairs of a class that agree more than others do, and how likely chance is.

What is counted is what pairs of this very class do. Two functions that agree say little where 400
of 600 students have that function, and nothing where it is the exercise's own. Where nobody else
agrees in a thing so rare, that is said, with the number of pairs that it was looked for in: never
who wrote it first, nor that anybody copied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from exercises.likeness.code_shape import Shape
from exercises.likeness.shared_code import Hashes, shared_code
from exercises.numerics.behaviour_classes import behaviour_classes
from exercises.oracle import Array

#: So many pairs are kept, the least likely first.
MOST_PAIRS = 1000
#: Pairs are of interest from here on: by their functions, …
_INTERESTING = 0.05
#: … and by their code, where so many of the class or fewer would share as much by chance.
_EXPECTED, _MOST_CHANCE = 5.0, 0.1
#: And so are functions that no more people than these have, in however small a class.
_FEW = 3


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One submission that is compared with those of others."""

    #: The number of the person, from 0.
    person: int
    #: f on the hidden points' grid; None where there is none.
    behaviour: Array | None
    shape: Shape
    #: Whether the exercise's own programs do the same.
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people whose work agrees. Chances are shares of pairs: what a pair has by chance."""

    #: Rows of the work that agrees most, of the person with the smaller number first.
    a: int
    b: int
    #: Whether both functions are the same, up to the symmetries of the Gaussian.
    same: bool
    #: How many people have that function, these two included; 0 where they are not the same.
    people: int
    #: How many pairs of other people agree in a function that no more people have than this one.
    as_rare: int
    #: Whether it is one of the exercise's own, so that the agreement says nothing.
    is_own: bool
    #: How likely two people agree in a function so rare; 1 where these two do not.
    by_function: float
    #: The share of the smaller program's unusual code that the other one has.
    share: float
    #: How likely two people share so much unusual code.
    by_code: float

    @property
    def chance(self) -> float:
        """How likely both are, at least: twice the smaller one, as two things were looked at.

        Bonferroni's bound holds however the two depend on each other, and they do.
        """
        return min(1.0, 2 * min(self.by_function, self.by_code))


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What was found in a class."""

    pairs: tuple[Pair, ...]
    people: int

    @property
    def compared(self) -> int:
        """How many pairs of people were looked at."""
        return self.people * (self.people - 1) // 2


def resemblance(works: Sequence[Work], people: int, common: Hashes) -> Resemblance:
    """Find the pairs of different people that agree more than the class does.

    Args:
        works: several of a person are tried; those that agree most count.
        people: how many there are.
        common: hashes of the exercise's own programs; they say nothing.
    """
    group = _Group(works, people, common)
    found = [group.pair(a, b) for a, b in group.candidates()]
    found.sort(key=lambda pair: (pair.chance, -pair.share, pair.a, pair.b))
    return Resemblance(tuple(found[:MOST_PAIRS]), people)


def one_pair(works: Sequence[Work], people: int, common: Hashes, a: int, b: int) -> Pair:
    """What is to be said of two people, whether they agree or not."""
    return _Group(works, people, common).pair(a, b)


class _Group:
    """A class whose functions and code have been compared."""

    def __init__(self, works: Sequence[Work], people: int, common: Hashes) -> None:
        self._works = works
        self._people = people
        self._labels = behaviour_classes([work.behaviour for work in works]).tolist()
        #: By person the rows of the work.
        self._rows: list[list[int]] = [[] for _ in range(people)]
        for row, work in enumerate(works):
            self._rows[work.person].append(row)
        #: By label whoever has that function, each once, in order.
        self._who = self._by_label()
        self._own = {label for work, label in zip(works, self._labels, strict=True) if work.is_own}
        #: By the number of people who have a function, the pairs of these; not of the own ones.
        self._pairs_by_size: Counter[int] = Counter()
        for label, members in self._who.items():
            if label not in self._own:
                self._pairs_by_size[len(members)] += len(members) * (len(members) - 1) // 2
        #: By label how many pairs agree so, without two who have it.
        self._as_rare = {label: self._pairs_as_rare(label) for label in self._who}
        self._chances = {label: self._chance(label) for label in self._who}
        self._code = shared_code([self._all_of(person) for person in range(people)], common)

    def candidates(self) -> set[tuple[int, int]]:
        """Pairs that may be of interest, the smaller number first."""
        found: set[tuple[int, int]] = set()
        for label, members in self._who.items():
            few = len(members) <= _FEW and label not in self._own
            # Where as many pairs agree in a thing so common as are kept, none of them is a sign.
            rare = self._as_rare[label] < MOST_PAIRS and self._chances[label] <= _INTERESTING
            if len(members) > 1 and (few or rare):
                found.update(islice(combinations(members, 2), MOST_PAIRS))
        return found | self._by_code()

    def pair(self, a: int, b: int) -> Pair:
        """What is to be said of two people."""
        both = [(mine, other) for mine in self._rows[a] for other in self._rows[b]]
        first, second = min(both, key=self._rarest) if len(both) > 1 else both[0]
        label = self._labels[first]
        same = label >= 0 and label == self._labels[second]
        return Pair(
            a=first,
            b=second,
            same=same,
            people=len(self._who[label]) if same else 0,
            as_rare=self._as_rare[label] if same else 0,
            is_own=same and label in self._own,
            by_function=self._chances[label] if same else 1.0,
            share=self._code.share(a, b),
            by_code=self._code.chance(a, b),
        )

    def _by_label(self) -> dict[int, list[int]]:
        people: dict[int, set[int]] = {}
        for work, label in zip(self._works, self._labels, strict=True):
            if label >= 0:
                people.setdefault(label, set()).add(work.person)
        return {label: sorted(members) for label, members in people.items()}

    def _pairs_as_rare(self, label: int) -> int:
        """How many pairs agree in a function that no more people have, without two who have it."""
        size = len(self._who[label])
        of_all = sum(count for most, count in self._pairs_by_size.items() if most <= size)
        return max(0, of_all - (2 * size - 3)) if label not in self._own else of_all

    def _chance(self, label: int) -> float:
        """How likely two people agree in a function so rare.

        Of the pairs that hold neither of two who have it, so many do; with one more on both sides,
        so that what nobody else does is not said to be impossible.
        """
        if label in self._own:
            return 1.0
        others = (self._people - 2) * (self._people - 3) // 2
        return min(1.0, (self._as_rare[label] + 1) / (others + 1))

    def _by_code(self) -> set[tuple[int, int]]:
        """The pairs that share most code, as far as that is unlikely."""
        bits = np.triu(self._code.bits, 1).ravel()
        most = min(MOST_PAIRS, len(bits))
        top = np.argpartition(-bits, most - 1)[:most] if most else np.empty(0, np.intp)
        pairs = (divmod(place, self._people) for place in top[bits[top] > 0].tolist())
        unlikely = min(_MOST_CHANCE, _EXPECTED / max(1, self._people * (self._people - 1) // 2))
        return {(a, b) for a, b in pairs if self._code.chance(a, b) <= unlikely}

    def _rarest(self, rows: tuple[int, int]) -> tuple[float, int]:
        """In which order pairs of work are looked at: the rarest function that both have first,
        then the most code in common.
        """
        a, b = rows
        label = self._labels[a]
        same = label >= 0 and label == self._labels[b]
        mine, theirs = self._works[a].shape.grams, self._works[b].shape.grams
        common = np.intersect1d(mine, theirs, assume_unique=True)
        return self._chances[label] if same else 2.0, -len(common)

    def _all_of(self, person: int) -> Hashes:
        """The hashes of all of a person's code. Numbers and runs of tokens can't be taken for each
        other but by one chance in four thousand million.
        """
        parts = [part for row in self._rows[person] for part in self._works[row].shape.parts]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint32)
