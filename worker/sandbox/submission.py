"""What belongs to one submission as a whole: its program, and the account of what it used."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from exercises.oracle import Signature
from worker.sandbox.limits import Limits

#: So often it is asked whether a submission's answers are still wanted.
ASK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Program:
    """What every process of one submission is started with."""

    source: bytes
    #: Seeds what the student's code draws; not the judge's seed, nor a way to it.
    seed: int
    #: What may be asked.
    functions: tuple[Signature, ...]
    #: Seeds the points at which lifted answers are compared; student code never has it.
    probe_seed: int = 0

    def signature(self, function: str) -> Signature:
        """How the function of this name is called.

        Raises:
            ValueError: it was not announced when the submission was opened.
        """
        for signature in self.functions:
            if signature.name == function:
                return signature
        raise ValueError(f"{function} was not announced when the submission was opened")

    @property
    def lines(self) -> int:
        """How many lines the source has."""
        return self.source.count(b"\n") + 1


class Cancelled(Exception):
    """Nobody wants the submission's answers any more: it was ended, and says nothing."""


@dataclass(slots=True)
class Account:
    """What a submission has used, over all its processes, and what it may use."""

    limits: Limits
    #: Asked now and then while the submission runs: whether nobody wants its answers any more.
    is_unwanted: Callable[[], bool] | None = None
    #: Whether it was ended for that reason.
    cancelled: bool = False
    #: Of processes that have ended; see `spent` for all.
    cpu_seconds: float = 0.0
    memory_bytes: int = 0
    #: Time that we waited for it; what others held the processor is in it.
    waited_seconds: float = 0.0
    printed: str = ""
    printed_truncated: bool = False
    layers: frozenset[str] = frozenset()
    #: The clocks of its processes that run now.
    running: dict[int, Callable[[], float]] = field(default_factory=dict)
    #: When it was last asked whether it is unwanted.
    _asked_at: float = float("-inf")

    def require_wanted(self) -> None:
        """Go on, unless the answers are not wanted any more.

        Raises:
            Cancelled: they are not.
        """
        if self.is_unwanted is None:
            return
        now = time.monotonic()
        if not self.cancelled and now - self._asked_at >= ASK_SECONDS:
            self._asked_at = now
            self.cancelled = self.is_unwanted()
        if self.cancelled:
            raise Cancelled

    def spent(self) -> float:
        """Processor time used so far, by processes that have ended and by those that run."""
        return self.cpu_seconds + sum(clock() for clock in self.running.values())
