"""The oracle on the worker's side of the wall: asks a submission's processes, believes bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from exercises.oracle import Answer, Array, Fault
from worker.sandbox import lift_proof, wire
from worker.sandbox.process import SubmissionProcess
from worker.sandbox.submission import Account, Program
from worker.sandbox.zygote_client import ZygoteClient

#: From so many points on it pays to find out whether f can be called for all at once.
_MANY = 1024
#: So many rows of a lifted answer may be not finite; they are asked again one by one.
_MOST_ASKED_AGAIN = 1024


class SandboxOracle:
    """Answers questions about one submission; see exercises.oracle.Oracle. Not for several threads.

    It has up to two processes: the first, and a second that is started when a comparison needs it.
    """

    def __init__(
        self, zygote: ZygoteClient, program: Program, account: Account, *, first: bool = True
    ) -> None:
        """Start the first process and load the submission in it.

        Args:
            zygote: forks the processes.
            program: what they load.
            account: what they may use, and where what they use is added up.
            first: whether this is the one whose answers are judged: the second never lifts.

        Raises:
            Stopped: the submission did not load.
            SandboxBroken: the process could not be started or confined.
        """
        self._zygote, self._program, self._account = zygote, program, account
        self._may_lift = first
        self._process = SubmissionProcess(zygote, program, account, first=first)
        self._second: SandboxOracle | None = None
        self._lifts: dict[tuple[str, int, int], bool] = {}
        self._evaluations = 0

    @property
    def evaluations(self) -> int:
        """How many points this process has been asked."""
        return self._evaluations

    def evaluate(
        self, points: Array, *, function: str = "f", outputs: int = 2, tolerant: bool = False
    ) -> Answer:
        """See exercises.oracle.Oracle.evaluate."""
        if function not in self._program.functions:
            raise ValueError(f"{function} was not announced when the submission was opened")
        points = np.ascontiguousarray(points, dtype=np.float64)
        self._evaluations += len(points)
        if len(points) >= _MANY and self._can_lift(function, points.shape[1], outputs):
            lifted = self._lifted(points, function, outputs)
            if lifted is not None:
                return Answer(lifted, lifted=True)
        return self._singles(points, function, outputs, tolerant)

    def stop_lifting(self) -> None:
        """See exercises.oracle.Oracle.stop_lifting."""
        self._may_lift = False

    @contextmanager
    def fresh(self) -> Iterator[SandboxOracle]:
        """See exercises.oracle.Oracle.fresh."""
        if self._second is None:
            self._second = SandboxOracle(self._zygote, self._program, self._account, first=False)
        yield self._second

    def close(self) -> None:
        """Dismiss the processes and add up what they used."""
        self._process.dismiss()  # both end at the same time
        try:
            if self._second is not None:
                self._second.close()
        finally:
            self._process.close()

    def _can_lift(self, function: str, inputs: int, outputs: int) -> bool:
        """Whether one call for all points gives what single calls in the second process give."""
        key = (function, inputs, outputs)
        if key not in self._lifts:
            self._lifts[key] = self._may_lift and self._prove(*key)
        return self._may_lift and self._lifts[key]

    def _prove(self, function: str, inputs: int, outputs: int) -> bool:
        points = lift_proof.probes(self._program.probe_seed, inputs)
        lifted = self._ask_lifted(points, function, outputs)
        if lifted is None:
            return False
        with self.fresh() as other:
            singles = other.evaluate(points, function=function, outputs=outputs, tolerant=True)
        return lift_proof.agree(lifted, singles)

    def _lifted(self, points: Array, function: str, outputs: int) -> Array | None:
        """The lifted answer, or None. What is not finite is asked again by single calls.

        There a call that raises, or a branch that single calls take, would show.
        """
        values = self._ask_lifted(points, function, outputs)
        if values is None:
            return None
        odd = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if len(odd) > _MOST_ASKED_AGAIN:
            return None
        if len(odd):
            again = self._singles(points[odd], function, outputs, tolerant=True)
            if not lift_proof.agree(values[odd], again):
                return None
        return values

    def _ask_lifted(self, points: Array, function: str, outputs: int) -> Array | None:
        question = self._question(points, function, outputs, lifted=True)
        size = 8 * len(points) * outputs
        data, _ = self._process.exchange(question, value_bytes=size, may_decline=True)
        return np.frombuffer(data, np.float64).reshape(-1, outputs) if data else None

    def _singles(self, points: Array, function: str, outputs: int, tolerant: bool) -> Answer:
        count = len(points)
        question = self._question(points, function, outputs, tolerant=tolerant)
        data, record = self._process.exchange(question, value_bytes=8 * count * outputs)
        changed = min(record.changed, count)
        first_changed = min(record.first_changed or 0, count - 1) if changed else None
        values = np.frombuffer(data, np.float64).reshape(count, outputs)
        if record.fault is None or not count:
            return Answer(values, None, 0, changed, first_changed)
        line = record.line if (record.line or 0) <= self._program.lines else None
        index = min(record.fault_index or 0, count - 1)
        # An Answer keeps its promises whatever the child sent along with its fault.
        values[index : index + 1 if tolerant else None] = np.nan
        faults = min(max(record.faults, 1), count) if tolerant else 1
        fault = Fault(record.fault, record.message, index, line)
        return Answer(values, fault, faults, changed, first_changed)

    def _question(
        self,
        points: Array,
        function: str,
        outputs: int,
        *,
        tolerant: bool = False,
        lifted: bool = False,
    ) -> list[bytes]:
        question = {
            "function": function,
            "inputs": points.shape[1],
            "outputs": outputs,
            "count": len(points),
            "tolerant": tolerant,
            "lifted": lifted,
        }
        return wire.pack_question(question, points.data.cast("B") if points.size else b"")
