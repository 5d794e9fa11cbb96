"""The oracle on the worker's side of the wall: asks a submission's processes, believes bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from exercises.oracle import Answer, Array, Fault, Signature
from worker.sandbox import lift_proof, wire
from worker.sandbox.process import SubmissionProcess
from worker.sandbox.submission import Account, Program
from worker.sandbox.zygote_client import ZygoteClient

#: So many processes a submission has.
PROCESSES = 2
#: From so many points on it pays to find out whether f can be called for all at once.
_MANY = 1024
#: So many rows of a lifted answer may be not finite; they are asked again one by one.
_MOST_ASKED_AGAIN = 1024


class SandboxOracle:
    """Answers questions about one submission; see exercises.oracle.Oracle. Not for several threads.

    It has two processes: the first, and a second that loads when a comparison needs it.
    """

    def __init__(
        self, zygote: ZygoteClient, program: Program, account: Account, *, first: bool = True
    ) -> None:
        """Take the processes and load the submission in the first.

        Args:
            zygote: forks the processes.
            program: what they load.
            account: what they may use, and where what they use is added up.
            first: whether this is the one whose answers are judged: the second never lifts.

        Raises:
            Stopped: the submission did not load.
            SandboxBroken: the process could not be started or confined.
        """
        self._zygote, self._program = zygote, program
        self._may_lift = first
        self._process = SubmissionProcess(zygote, program, account, first=first)
        self._second: SandboxOracle | None = None
        self._lifts: dict[str, bool] = {}
        self._evaluations = 0
        if first:
            try:
                self._process.load()
                # Nearly every submission needs it, and it gets ready while the first one works.
                self._second = SandboxOracle(zygote, program, account, first=False)
            except BaseException:
                self.close()
                raise

    @property
    def evaluations(self) -> int:
        """How many points this process has been asked."""
        return self._evaluations

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        """See exercises.oracle.Oracle.evaluate."""
        signature = self._program.signature(function)
        points = np.ascontiguousarray(points, dtype=np.float64)
        if points.shape[1:] != (signature.inputs,):
            raise ValueError(f"points for {function} have {signature.inputs} columns")
        self._evaluations += len(points)
        self._process.load()
        if len(points) >= _MANY and self._may_lift:
            lifted = self._lifted(points, signature)
            if lifted is not None:
                return Answer(lifted, lifted=True)
        return self._singles(points, signature, tolerant)

    def stop_lifting(self) -> None:
        """See exercises.oracle.Oracle.stop_lifting."""
        self._may_lift = False

    @contextmanager
    def fresh(self) -> Iterator[SandboxOracle]:
        """See exercises.oracle.Oracle.fresh."""
        if self._second is None:
            raise RuntimeError("the second process of a submission has no second of its own")
        self._second._process.load()
        yield self._second

    def dismiss(self) -> None:
        """Let the processes end while the caller goes on; nothing can be asked any more.

        Meanwhile others get ready for the next submission.
        """
        self._let_go()
        self._zygote.prepare(PROCESSES)

    def close(self) -> None:
        """Dismiss the processes, add up what they used, and have others get ready."""
        self._let_go()  # both end at the same time
        try:
            if self._second is not None:
                self._second._process.close()
        finally:
            self._process.close()
        self._zygote.prepare(PROCESSES)

    def _let_go(self) -> None:
        self._process.dismiss()
        if self._second is not None:
            self._second._process.dismiss()

    def _lifted(self, points: Array, signature: Signature) -> Array | None:
        """The lifted answer, or None. What is not finite is asked again by single calls.

        There a call that raises, or a branch that single calls take, would show.
        """
        if signature.name not in self._lifts:
            self._lifts[signature.name], values = self._proved(points, signature)
        elif self._lifts[signature.name]:
            values = self._ask_lifted(points, signature)
        else:
            return None
        if values is None:
            return None
        odd = np.flatnonzero(~np.isfinite(values).all(axis=1))
        if len(odd) > _MOST_ASKED_AGAIN:
            return None
        if len(odd):
            again = self._singles(points[odd], signature, tolerant=True)
            if not lift_proof.agree(values[odd], again):
                return None
        return values

    def _proved(self, points: Array, signature: Signature) -> tuple[bool, Array | None]:
        """Whether one call for many points gives what single calls in the second process give.

        And the lifted answer, if so: the first process works on it while the second one loads the
        submission and makes the single calls.
        """
        probes = self._probes(points, signature)
        self._ask(probes, signature, lifted=True)
        second = self._second
        if second is not None:
            second._process.begin_loading()
        lifted = self._hear_lifted(signature)
        if lifted is None or second is None:
            return False, None
        self._ask(points, signature, lifted=True)
        singles = second.evaluate(probes, function=signature.name, tolerant=True)
        values = self._hear_lifted(signature)
        agreed = lift_proof.agree(lifted, singles)
        return agreed, values if agreed else None

    def _probes(self, points: Array, signature: Signature) -> Array:
        seed = self._program.probe_seed
        first = signature is self._program.functions[0]
        if first and signature.inputs == signature.outputs:
            return lift_proof.probes(seed, signature.inputs)
        return lift_proof.some(seed, points)  # it may have no answer at a Gaussian point

    def _ask_lifted(self, points: Array, signature: Signature) -> Array | None:
        self._ask(points, signature, lifted=True)
        return self._hear_lifted(signature)

    def _hear_lifted(self, signature: Signature) -> Array | None:
        data, _ = self._process.hear()
        return np.frombuffer(data, np.float64).reshape(-1, signature.columns) if data else None

    def _singles(self, points: Array, signature: Signature, tolerant: bool) -> Answer:
        count, columns = len(points), signature.columns
        self._ask(points, signature, tolerant=tolerant)
        data, record = self._process.hear()
        changed = min(record.changed, count)
        first_changed = min(record.first_changed or 0, count - 1) if changed else None
        values = np.frombuffer(data, np.float64).reshape(count, columns)
        if record.fault is None or not count:
            return Answer(values, None, 0, changed, first_changed)
        line = record.line if (record.line or 0) <= self._program.lines else None
        index = min(record.fault_index or 0, count - 1)
        # An Answer keeps its promises whatever the child sent along with its fault.
        values[index : index + 1 if tolerant else None] = np.nan
        faults = min(max(record.faults, 1), count) if tolerant else 1
        fault = Fault(record.fault, record.message, index, line)
        return Answer(values, fault, faults, changed, first_changed)

    def _ask(
        self, points: Array, signature: Signature, *, tolerant: bool = False, lifted: bool = False
    ) -> None:
        question = {
            "function": signature.name,
            "count": len(points),
            "tolerant": tolerant,
            "lifted": lifted,
        }
        self._process.ask(
            wire.pack_question(question, points.data.cast("B") if points.size else b""),
            value_bytes=8 * len(points) * signature.columns,
            may_decline=lifted,
        )
