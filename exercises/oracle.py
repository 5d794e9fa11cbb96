"""The judge's only view of a submission: an oracle that is asked batches of points.

The judge never holds the student's function. It names a function of the submission, hands over
points, and gets raw float64 back. How the oracle runs the code is the sandbox's business.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exercises.outcome import Outcome

Array = NDArray[np.float64]

#: The largest difference between a lifted answer and a single call's, relative to the larger.
LIFTED_TOLERANCE = 1e-9


class FaultKind(StrEnum):
    """What was wrong with one answer of the student's function."""

    #: It raised an exception.
    RAISED = "raised"
    #: It returned None: most often a forgotten return.
    NO_RETURN = "no_return"
    #: It returned an array of another shape.
    SHAPE = "shape"
    #: It returned something that is not real numbers (complex, text, objects).
    DTYPE = "dtype"


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function of the submission is called, and how long its answer is."""

    name: str = "f"
    #: Names and lengths of the arguments; length 0 is a number.
    arguments: tuple[tuple[str, int], ...] = (("z", 2),)
    #: The answer's length; 0 is a number, whose row of values has one column.
    outputs: int = 2

    @property
    def inputs(self) -> int:
        """How many numbers one call takes in all: the columns of a batch of points."""
        return sum(max(length, 1) for _, length in self.arguments)

    @property
    def columns(self) -> int:
        """The columns of the values of a batch."""
        return max(self.outputs, 1)

    def split(self, row: Array) -> tuple[Array | np.float64, ...]:
        """The arguments of one call, copies, from one row of a batch of points."""
        parts: list[Array | np.float64] = []
        start = 0
        for _, length in self.arguments:
            parts.append(row[start : start + length].copy() if length else row[start])
            start += max(length, 1)
        return tuple(parts)

    @property
    def head(self) -> str:
        """The function's first line, as a student writes it."""
        return f"def {self.name}({', '.join(name for name, _ in self.arguments)}):"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first answer of a batch that is no answer. All text in it comes from student code."""

    kind: FaultKind
    #: A sentence about what came back, or the exception's type and message.
    message: str
    #: Which point of the batch, from 0.
    index: int
    #: The line in the student's code, where there is one.
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the oracle returned for a batch of n points."""

    #: Shape (n, outputs), one column where f returns a number; a row is NaN where it gave none.
    values: Array
    #: The first fault, or None.
    fault: Fault | None = None
    #: How many points of the batch had a fault (when not tolerant: 0 or 1, as the batch stops).
    faults: int = 0
    #: How many calls changed the array that they were given.
    changed: int = 0
    #: Which point of the batch was the first such call, from 0.
    first_changed: int | None = None
    #: Whether f was called once for all points: then the values are those of single calls but for
    #: rounding (LIFTED_TOLERANCE), else bit for bit.
    lifted: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a submission ended before it had answered: a value that becomes the report's outcome."""

    outcome: Outcome
    #: One sentence that a student understands.
    message: str
    #: The line in the student's code, where there is one.
    line: int | None = None
    #: The text of that line and a caret, for syntax errors.
    excerpt: str | None = None


class Stopped(Exception):
    """Carries the Ending of a submission out of a check, however deep; judge.py alone catches it.

    The student's failure is the value inside: an exception only so that numerics that ask
    adaptively need not thread it through every loop.
    """

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.message)
        self.ending = ending


class Oracle(Protocol):
    """Answers questions about one submission, in one process of its own."""

    @property
    def evaluations(self) -> int:
        """How many points have been asked of this process so far."""

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        """Ask the submission's `function` at each row of `points`.

        A large batch may be answered by a few calls for all points (Answer.lifted), where that was
        found to be true to single calls in another process; a small one never is.

        Args:
            points: shape (n, inputs), float64; each row is passed as arguments of its own, one
                after the other as the function's Signature has them.
            function: one that was announced when the submission was opened, by its Signature.
            tolerant: go on after a fault (its row is NaN), as probes at chosen points need;
                otherwise the batch stops at the first fault and the rows from there on are NaN.

        Raises:
            Stopped: the process ended (a limit, a crash, a violation).
        """

    def stop_lifting(self) -> None:
        """From here on answer by single calls only, whatever the size of the batch."""

    def fresh(self) -> AbstractContextManager[Oracle]:
        """The same submission in another process, which shares no memory with this one.

        It may have been asked other points before, and is the same one each time.

        Raises:
            Stopped: the submission did not load this time.
        """
