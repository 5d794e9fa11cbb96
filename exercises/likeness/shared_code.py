"""How much unusual code two programs share, and how often that happens by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

#: What more of a class have than this share says nothing of anybody.
_COMMON = 0.5
#: The pairs that calibrate the tail: above this share of all, and up to that one, so that pairs
#: that did work together do not calibrate themselves.
_BODY, _TAIL = 0.95, 0.99
#: With fewer people their own pairs tell no tail.
FEWEST = 12
#: No chance is said to be smaller.
LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class SharedCode:
    """What each pair of a class shares, in bits: the rarer a piece of code, the more it says."""

    #: Shape (n, n), 0 on the diagonal.
    bits: NDArray[np.float32]
    #: Shape (n,): the bits of each one's own code.
    own: NDArray[np.float32]
    #: The shares of all pairs in order, for chances.
    ranked: NDArray[np.float32]

    def share(self, a: int, b: int) -> float:
        """The share, from 0 to 1, of the smaller one's unusual code that the other has too."""
        smaller = float(min(self.own[a], self.own[b]))
        return min(1.0, float(self.bits[a, b]) / smaller) if smaller > 0 else 0.0

    def chance(self, a: int, b: int) -> float:
        """How many of the class's pairs would share so much by chance, as a share of all pairs.

        Up to the 95th of a hundred pairs it is what the pairs themselves show. Beyond, their tail
        goes on as an exponential one through the 95th and the 99th.
        """
        bits = float(self.bits[a, b])
        count = len(self.ranked)
        as_much = count - int(self.ranked.searchsorted(np.float32(bits), "left"))
        if len(self.own) < FEWEST:
            # This pair is one of those that are counted.
            return min(1.0, (as_much + 1) / (count + 1))
        body, tail = (float(self.ranked[int(part * (count - 1))]) for part in (_BODY, _TAIL))
        if bits <= body:
            return as_much / count
        # One piece that nobody else has is worth log2 n bits: no tail is thinner than that.
        scale = max((tail - body) / math.log((1 - _BODY) / (1 - _TAIL)), math.log2(len(self.own)))
        return max(LEAST, (1 - _BODY) * math.exp(-(bits - body) / scale))


def shared_code(programs: Sequence[Hashes], common: Hashes) -> SharedCode:
    """Compare all pairs.

    Args:
        programs: of each person the hashes of the code, sorted, each once.
        common: hashes that say nothing: of what the exercise itself holds.
    """
    count = len(programs)
    sizes = [len(program) for program in programs]
    rows = np.repeat(np.arange(count), sizes)
    known, columns, often = np.unique(
        np.concatenate(programs) if programs else common[:0],
        return_inverse=True,
        return_counts=True,
    )
    weights = np.log2(count / np.maximum(often, 1)).astype(np.float32)
    weights[(often > _COMMON * count) | np.isin(known, common)] = 0
    own = np.bincount(rows, weights[columns], minlength=count).astype(np.float32)
    bits = _products(rows, columns, weights, often, count)
    upper = bits[np.triu_indices(count, 1)]
    upper.sort()
    return SharedCode(bits, own, upper)


def _products(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    weights: NDArray[np.float32],
    often: NDArray[np.intp],
    count: int,
) -> NDArray[np.float32]:
    """The weights of what each two rows have in common, added up."""
    # Only a process that compares a class pays for this import.
    from scipy.sparse import csr_array

    telling = (often[columns] > 1) & (weights[columns] > 0)
    kept, columns = rows[telling], columns[telling]
    table = csr_array(
        (np.sqrt(weights[columns]), (kept, columns)), shape=(count, max(len(weights), 1))
    )
    bits: NDArray[np.float32] = (table @ table.T).toarray().astype(np.float32)
    np.fill_diagonal(bits, 0)
    return bits
