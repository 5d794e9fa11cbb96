"""The argument by counting: how many inputs have one output, told from the outlines of pieces."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from exercises.numerics.division import Division
from exercises.numerics.frame import Frame
from exercises.numerics.jacobian import Local
from exercises.numerics.polygon import winding_of_pieces
from exercises.numerics.probe import Probe, Resolution
from exercises.numerics.witness import Witness, confirm, newton
from exercises.oracle import Array

#: How far from a jump the pieces end.
_STRIP = 1e-4
#: Where an outline runs along a jump, its chords are broken once at the jump itself: it is sought
#: to both sides of the chord's middle, this share of the chord away, by so many halvings.
_AWAY, _HALVINGS = 0.3, 12
#: Pieces of fewer nodes are left out: they are no pieces, but places where the grid is too coarse.
_SMALL, _MOST_PIECES = 4, 120
#: Probes whose inputs are counted, and of places beside jumps that are compared with all else.
_PROBES, _PLACES = 2_400, 160
#: How far within its piece such a place is: an overlap of this width is met.
_DEEP = 2e-3
#: Inputs are near where they lie this near; from so many of the nearest outputs Newton starts.
_NEAR, _STARTS = 0.1, 2


def argue_by_counting(
    probe: Probe, division: Division, known: Local, resolution: Resolution, radius: float
) -> tuple[float | None, Witness | None]:
    """How much of the mass is not seen to have an output of its own, or a witness.

    On each piece between its jumps f has one orientation, so a point x has as many inputs there
    as the image of the piece's outline runs around x (degree theory). At the image of each
    probe these numbers, over all pieces, must add up to one. Images of pieces may touch: then some
    probes beside the jumps are miscounted, as the outlines are polygons, and their share is what
    the argument leaves out. Where two inputs are counted, and beside every jump, a witness is
    sought.

    Args:
        known: the probes, following N(0, I).

    Returns:
        The share of probes that are not counted once, None where there are no orientations; and a
        witness.
    """
    turns, sizes = division.turns.copy(), np.bincount(division.label)
    turns[sizes < _SMALL] = 0
    if len(turns) > _MOST_PIECES or not turns[sizes >= _SMALL].all():
        return None, None
    outline, places, owner = _along_jumps(probe, division)
    ends = probe(places)[outline]
    probes = known.take(np.arange(min(len(known.z), _PROBES)))
    if not (np.isfinite(ends).all() and probes.finite.all()):
        return None, None
    frame = Frame.box(probes.x)
    curves = frame(ends.reshape(-1, 2)).reshape(ends.shape)
    count = np.zeros(len(probes.z), dtype=np.intp)
    for piece in np.flatnonzero(turns):
        own = curves[owner == piece]
        count += turns[piece] * winding_of_pieces(own[:, 0], own[:, 1], frame(probes.x))
    twice = probes.z[count > 1]
    seams = _beside_jumps(division)
    sought = np.concatenate((twice[:: max(1, len(twice) // _PLACES)], seams))
    witness = _other_input(probe, sought, division.known, resolution, radius)
    return float((count != 1).mean()) + 1 / len(probes.z), witness


def _along_jumps(
    probe: Probe, division: Division
) -> tuple[NDArray[np.intp], Array, NDArray[np.intp]]:
    """The outlines with each chord along a jump broken at the jump: edges, places and owners."""
    nodes, places = len(division.grid.nodes), division.places(_STRIP)
    outline, owner = division.outline, division.owner
    chord = np.flatnonzero((outline >= nodes).all(axis=1))
    if not len(chord):
        return outline, places, owner
    ends = division.grid.edges[division.cut]
    behind = ends.ravel()[outline[chord, 0] - nodes]
    across = ends[:, ::-1].ravel()[outline[chord, 0] - nodes]
    own, other = division.known.take(behind), division.known.take(across)
    start, end = places[outline[chord, 0]], places[outline[chord, 1]]
    along = end - start
    normal = np.column_stack((-along[:, 1], along[:, 0]))
    middle = (start + end) / 2
    # Towards its own piece, which lies to the left of an outline.
    low, high = np.full(len(chord), _AWAY), np.full(len(chord), -_AWAY)
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        z = middle + share[:, None] * normal
        x = probe(z)
        mine = _misses(own, z, x) <= _misses(other, z, x)
        low, high = np.where(mine, share, low), np.where(mine, high, share)
    back = _STRIP / np.maximum(np.hypot(*normal.T), 1e-300)
    between = middle + np.minimum(low + back, _AWAY)[:, None] * normal
    number = len(places) + np.arange(len(chord))
    kept = np.delete(outline, chord, axis=0)
    first = np.column_stack((outline[chord, 0], number))
    second = np.column_stack((number, outline[chord, 1]))
    return (
        np.concatenate((kept, first, second)),
        np.concatenate((places, between)),
        np.concatenate((np.delete(owner, chord), owner[chord], owner[chord])),
    )


def _misses(node: Local, z: Array, x: Array) -> Array:
    """How far off x is from what the node foresees at z, in its usual slopes; (n,)."""
    foreseen = node.x + (node.jacobian @ (z - node.z)[:, :, None])[:, :, 0]
    scale = np.maximum(np.abs(node.jacobian).max(axis=2), 1e-300)
    return np.asarray(np.nan_to_num((np.abs(x - foreseen) / scale).max(axis=1), nan=np.inf))


def _beside_jumps(division: Division) -> Array:
    """Places a little within the pieces, beside their jumps; shape (k, 2)."""
    beside = division.places(_DEEP)[len(division.grid.nodes) :]
    return beside[:: max(1, len(beside) // _PLACES)]


def _other_input(
    probe: Probe, z: Array, known: Local, resolution: Resolution, radius: float
) -> Witness | None:
    """A witness with one of z, (n, 2), from nodes whose outputs are near and which are not."""
    if not len(z):
        return None
    frame = Frame.scores(known.x)
    x = probe(z)
    near = cKDTree(frame(known.x)).query(frame(np.nan_to_num(x)), k=8)[1]
    far = np.hypot(*(known.z[near] - z[:, None]).transpose(2, 0, 1)) > _NEAR
    order = np.argsort(~far, axis=1, kind="stable")[:, :_STARTS]
    chosen = np.take_along_axis(near, order, axis=1)
    valid = np.take_along_axis(far, order, axis=1).ravel()
    goal = np.repeat(z, _STARTS, axis=0)[valid]
    if not len(goal):
        return None
    start = known.z[chosen.ravel()[valid]]
    z2 = newton(probe, start, np.repeat(x, _STARTS, axis=0)[valid], resolution, radius)
    return confirm(probe, goal, z2, resolution, radius)
