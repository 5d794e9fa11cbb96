"""Which functions of a class are the same, up to the symmetries of the Gaussian.

To compare all pairs would take a minute for 2,000 students. Summaries that no symmetry changes are
put in order along one line first; only functions that come to the same place can be the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.behaviour import compare, may_be_same, summary
from exercises.oracle import Array

#: How far apart, along the line, the summaries of one function may come to lie; see may_be_same.
_GAP = 1e-5


def behaviour_classes(behaviours: Sequence[Array | None]) -> NDArray[np.intp]:
    """A number for each function: the same one for the same function, and -1 where there is none.

    Each is compared with the first of each class that it can belong to.
    """
    labels = np.full(len(behaviours), -1, np.intp)
    kinds: dict[bytes, list[int]] = {}
    for place, behaviour in enumerate(behaviours):
        if behaviour is not None:
            kinds.setdefault(behaviour.tobytes(), []).append(place)
    first = [places[0] for places in kinds.values()]
    for label, group in enumerate(_grouped([behaviours[place] for place in first])):
        for kind in group:
            labels[kinds[_bytes(behaviours[first[kind]])]] = label
    return labels


def _grouped(distinct: Sequence[Array | None]) -> list[list[int]]:
    known = [one for one in distinct if one is not None]
    if not known:
        return []
    summaries = np.array([summary(one) for one in known])
    # Any fixed direction will do; a drawn one has no functions that it does not tell apart.
    direction = np.random.default_rng(0).standard_normal(summaries.shape[1])
    line = summaries @ (direction / np.abs(direction).sum())
    order = np.argsort(line, kind="stable")
    groups: list[list[int]] = []
    near: list[int] = []  # the groups that were met last along the line
    last = -np.inf
    for place in order.tolist():
        if line[place] - last > _GAP:
            near = []
        last = line[place]
        for number in near:
            leader = groups[number][0]
            if may_be_same(summaries[leader], summaries[place]) and (
                compare(known[leader], known[place]).same
            ):
                groups[number].append(place)
                break
        else:
            near.append(len(groups))
            groups.append([place])
    return groups


def _bytes(behaviour: Array | None) -> bytes:
    return b"" if behaviour is None else behaviour.tobytes()
