"""Laws of a class in clusters: which are the same to the accuracy of what was asked, and in order.

The distance between two laws is counted in units of their noise: within about two of these they
cannot be told apart. Average linkage (Sokal and Michener, 1958) on these distances is cut at a
height; the clusters then follow an optimal order of the leaves (Bar-Joseph, Gifford and Jaakkola,
Bioinformatics 17, 2001), in which neighbours are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.numerics.law_embedding import distances

#: Below this nothing is told apart: what rounding a vector costs.
_LEAST_NOISE = 5e-4
#: The noise of a wild f counts as this many times the class's median at most: it would join all.
_MOST_NOISE = 4.0
#: Up to so many clusters are put into the optimal order; it takes a time like the square of them.
_ORDERED = 300


@dataclass(frozen=True, slots=True)
class Cluster:
    """Laws that are taken together, by their rows."""

    #: Those nearest to the medoid first, which is the first itself.
    members: tuple[int, ...]
    #: How far they lie from it, as a root mean square in units of the embedding.
    spread: float

    @property
    def medoid(self) -> int:
        """The member that is nearest to all of them."""
        return self.members[0]


def cluster_laws(
    vectors: NDArray[np.float32], noise: NDArray[np.float64], within: float
) -> list[Cluster]:
    """Put laws into clusters, neighbours next to each other.

    Args:
        vectors: shape (n, law_embedding.SIZE).
        noise: shape (n,), of each.
        within: how many times their noise the laws of a cluster may be apart, on average.
    """
    if not len(vectors):
        return []
    first, inverse = _distinct(vectors)
    between = distances(vectors[first])
    labels, leaves = _linked(_in_noise(between, noise[first]), within)
    weights = np.bincount(inverse, minlength=len(first)).astype(np.float64)
    groups = [leaves[labels[leaves] == label] for label in dict.fromkeys(labels[leaves].tolist())]
    groups = [group[np.argsort(between[group][:, group] @ weights[group])] for group in groups]
    medoids = np.array([group[0] for group in groups])
    order = _in_order(between[np.ix_(medoids, medoids)])
    return [_cluster(groups[place], between, inverse) for place in order]


def _distinct(vectors: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first row of each kind, and which kind each row is: equal functions are equal rows."""
    kinds: dict[bytes, int] = {}
    first: list[int] = []
    inverse = np.empty(len(vectors), np.intp)
    for row, vector in enumerate(vectors):
        kind = kinds.setdefault(vector.tobytes(), len(first))
        if kind == len(first):
            first.append(row)
        inverse[row] = kind
    return np.array(first), inverse


def _in_noise(between: NDArray[np.float32], noise: NDArray[np.float64]) -> NDArray[np.float32]:
    """Distances in units of what two draws of one law would differ by."""
    noise = np.clip(noise, _LEAST_NOISE, max(_LEAST_NOISE, _MOST_NOISE * float(np.median(noise))))
    squares = (noise * noise).astype(np.float32)
    scaled: NDArray[np.float32] = between / np.sqrt(squares[:, None] + squares[None, :])
    return scaled


def _linked(
    scaled: NDArray[np.float32], within: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The cluster of each row, and all rows in the order of the tree's leaves."""
    if len(scaled) == 1:
        return np.zeros(1, np.intp), np.zeros(1, np.intp)
    # Only a process that shows an atlas pays for this import.
    from scipy.cluster import hierarchy

    upper = scaled[np.triu_indices(len(scaled), 1)].astype(np.float64)
    tree = hierarchy.linkage(upper, "average")
    labels = hierarchy.fcluster(tree, within, "distance")
    return np.asarray(labels, np.intp), np.asarray(hierarchy.leaves_list(tree), np.intp)


def _in_order(between: NDArray[np.float32]) -> NDArray[np.intp]:
    """An order of the clusters in which the next one is alike."""
    count = len(between)
    if not 2 < count <= _ORDERED:
        return np.arange(count)
    from scipy.cluster import hierarchy

    upper = between[np.triu_indices(count, 1)].astype(np.float64)
    tree = hierarchy.linkage(upper, "average", optimal_ordering=True)
    return np.asarray(hierarchy.leaves_list(tree), np.intp)


def _cluster(
    kinds: NDArray[np.intp], between: NDArray[np.float32], inverse: NDArray[np.intp]
) -> Cluster:
    away = between[kinds[0], kinds]
    nearest = kinds[np.argsort(away, kind="stable")]
    # Kinds are numbered by their first row, so that the medoid's own rows come first.
    rows = [np.flatnonzero(inverse == kind) for kind in nearest]
    members = np.concatenate(rows)
    spread = np.repeat(np.sort(away), [len(group) for group in rows])
    return Cluster(tuple(members.tolist()), float(np.sqrt(np.mean(spread**2))))
