"""A fingerprint: what is kept of one submission to compare it with others, and its bytes."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exercises.exercise import CodeExercise
from exercises.figures.thumbnail import MOST_BYTES, is_thumbnail, thumbnail
from exercises.likeness.code_shape import MOST_GRAMS, Shape
from exercises.live import has_picture, shows_target
from exercises.numerics.behaviour import behaviour_of
from exercises.numerics.hidden_points import ANGLES, RINGS
from exercises.numerics.law_embedding import SIZE, Law, embed
from exercises.numerics.window import Window
from exercises.oracle import Array
from exercises.tables.target import load_target

#: The file of a grading that holds it.
FILE = "fingerprint.bin"
_MAGIC = b"PFF1"
#: Magic, the law's noise, and the bytes of law, behaviour, thumbnail, grams, constants and origin.
_HEADER = struct.Struct("<4sd6I")
_GRID = RINGS * ANGLES
_LAW_BYTES, _BEHAVIOUR_BYTES = 2 * SIZE, 8 * 2 * _GRID
_MOST_ORIGIN = 80
#: What is shown, and about what spread is expected, where an exercise has no target.
_WINDOW = Window((-4.0, -4.0), (4.0, 4.0))
#: A target's extent (its 2nd to its 98th percentile) is so many standard deviations of a Gaussian.
_EXTENT = 4.1


class DamagedFingerprint(ValueError):
    """These are not the bytes of a fingerprint."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What is kept of one submission. The first three are there for an f of the plane at z."""

    law: Law | None = None
    #: f on the polar grid of the hidden points, shape (RINGS, ANGLES, 2), finite.
    behaviour: Array | None = None
    #: A PNG; see exercises/figures/thumbnail.py.
    thumbnail: bytes = b""
    shape: Shape = field(default_factory=Shape)
    #: Which program of the exercise's own has this behaviour ("mistakes/no_shift"); "" for none.
    origin: str = ""

    def to_bytes(self) -> bytes:
        """At most 20 kB for `from_bytes`, 7 kB for a program of a page."""
        law = b"" if self.law is None else self.law.vector.astype("<f2").tobytes()
        behaviour = b"" if self.behaviour is None else self.behaviour.astype("<f8").tobytes()
        grams, constants = (part.astype("<u4").tobytes() for part in self.shape.parts)
        parts = (law, behaviour, self.thumbnail, grams, constants, self.origin.encode())
        noise = 0.0 if self.law is None else self.law.noise
        return _HEADER.pack(_MAGIC, noise, *map(len, parts)) + b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Fingerprint:
        """Read what `to_bytes` wrote, and believe nothing: it was made beside student code.

        Raises:
            DamagedFingerprint: it is something else.
        """
        if len(data) < _HEADER.size or not data.startswith(_MAGIC):
            raise DamagedFingerprint("not the bytes of a fingerprint of this version")
        _, noise, *sizes = _HEADER.unpack_from(data)
        if sum(sizes) != len(data) - _HEADER.size or not math.isfinite(noise) or noise < 0:
            raise DamagedFingerprint("the parts do not add up")
        ends = np.cumsum([_HEADER.size, *sizes])
        law, behaviour, picture, grams, constants, origin = (
            data[start:end] for start, end in pairwise(ends.tolist())
        )
        if picture and not is_thumbnail(picture):
            raise DamagedFingerprint(f"no thumbnail: {len(picture)} of {MOST_BYTES} bytes")
        try:
            name = origin.decode()
        except UnicodeDecodeError as error:
            raise DamagedFingerprint("no name of an origin") from error
        if len(name) > _MOST_ORIGIN or not name.isprintable():
            raise DamagedFingerprint("no name of an origin")
        shape = Shape(_hashes(grams), _hashes(constants))
        return cls(_law(law, noise), _behaviour(behaviour), picture, shape, name)


def fingerprint_of(
    exercise: CodeExercise, values: Array | None, drawn: Array | None, shape: Shape, origin: str
) -> Fingerprint:
    """The fingerprint of an f, from its answers at the hidden points.

    Args:
        exercise: to which it answers.
        values: shape (n, 2), at `hidden_points`; None where it has no f of the plane at z, or gave
            no answers.
        drawn: f at the figure's samples, for the thumbnail.
        shape: of its code.
        origin: which program of the exercise's own does the same.
    """
    if values is None or not has_picture(exercise):
        return Fingerprint(shape=shape, origin=origin)
    middle, unit, window = _frame(exercise)
    law = embed(values[_GRID:], middle, unit)
    picture = thumbnail(values[_GRID:] if drawn is None else drawn, window)
    return Fingerprint(law, behaviour_of(values[:_GRID]), picture, shape, origin)


def _frame(exercise: CodeExercise) -> tuple[Array, Array, Window]:
    """The middle, the unit and the window in which x is looked at: the target's where there is one.

    Raises:
        BrokenTarget: our failure.
    """
    if not shows_target(exercise):
        return np.zeros(2), np.ones(2), _WINDOW
    target = load_target(exercise.folder)
    x0, y0, x1, y1 = target.window
    unit = np.asarray(target.frame.scale, np.float64) / _EXTENT
    return target.frame.middle, unit, Window((x0, y0), (x1, y1))


def _law(data: bytes, noise: float) -> Law | None:
    if not data:
        return None
    vector = np.frombuffer(data, "<f2") if len(data) == _LAW_BYTES else None
    if vector is None or not np.isfinite(vector).all():
        raise DamagedFingerprint("no law")
    return Law(vector.astype(np.float16), noise)


def _behaviour(data: bytes) -> Array | None:
    if not data:
        return None
    values = np.frombuffer(data, "<f8") if len(data) == _BEHAVIOUR_BYTES else None
    found = None if values is None else behaviour_of(values)
    if found is None:
        raise DamagedFingerprint("no behaviour")
    return found


def _hashes(data: bytes) -> NDArray[np.uint32]:
    if len(data) % 4 or len(data) > 4 * MOST_GRAMS:
        raise DamagedFingerprint("no shape of code")
    return np.unique(np.frombuffer(data, "<u4")).astype(np.uint32)
