"""The oracle on the worker's side of the wall: asks one confined child, and believes only bytes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from exercises.oracle import Answer, Array, Ending, Fault, Stopped
from exercises.outcome import Outcome
from worker.sandbox import wire
from worker.sandbox.channel import Channel, Gone, Idle
from worker.sandbox.exits import outcome_of
from worker.sandbox.limits import Limits
from worker.sandbox.zygote_client import Ended, SandboxBroken, ZygoteClient

#: How long a child that was dismissed may take to end.
_DISMISS_SECONDS = 2.0
#: The least processor time that a further process of a submission is started with.
_LEAST_CPU_SECONDS = 0.05

_SENTENCES = {
    Outcome.CPU_LIMIT: "The code used more than its {cpu:g} s of processor time"
    " and was stopped{at}: is there a loop that never ends?",
    Outcome.WALL_LIMIT: "The code did nothing for more than {wall:g} s and was stopped.",
    Outcome.MEMORY_LIMIT: "The code asked for more than its {memory:.0f} MB of memory"
    " and was stopped{at}.",
    Outcome.OUTPUT_LIMIT: "The code printed more than 16 MB and was stopped{at}.",
    Outcome.CRASH: "The code crashed the Python interpreter: most often recursion that goes too"
    " deep, or an operation on an array with an impossible shape.",
    Outcome.POLICY_VIOLATION: "The code asked the operating system for something that no function"
    " of z needs, and was stopped.",
    Outcome.PROTOCOL_VIOLATION: "The code ended or answered in a way that Python code of"
    " a submission does not, and was stopped.",
}


@dataclass(frozen=True, slots=True)
class Program:
    """What every process of one submission is started with."""

    source: bytes
    #: Seeds what the student's code draws; not the judge's seed, nor a way to it.
    seed: int
    functions: tuple[str, ...]


@dataclass(slots=True)
class Account:
    """What a submission has used, over all its processes, and what it may use."""

    limits: Limits
    cpu_seconds: float = 0.0
    memory_bytes: int = 0
    #: Time that we waited for it; what others held the processor is in it.
    waited_seconds: float = 0.0
    printed: str = ""
    printed_truncated: bool = False
    layers: frozenset[str] = field(default_factory=frozenset)


class SandboxOracle:
    """One process of a submission; see exercises.oracle.Oracle. Not for several threads."""

    def __init__(self, zygote: ZygoteClient, program: Program, account: Account) -> None:
        """Start a process and load the submission in it.

        Raises:
            Stopped: the submission did not load.
            SandboxBroken: the process could not be started or confined.
        """
        self._zygote, self._program, self._account = zygote, program, account
        self._evaluations = 0
        self._ended: Ended | None = None
        limits = account.limits
        self._child = zygote.fork(
            Limits(
                max(limits.cpu_seconds - account.cpu_seconds, _LEAST_CPU_SECONDS),
                limits.wall_seconds,
                limits.memory_bytes,
            )
        )
        self._channel = Channel(self._child, limits.wall_seconds)
        try:
            self._greet()
            self._load()
        except BaseException:
            self.close()
            raise

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
        count, inputs = points.shape
        question = {
            "function": function,
            "inputs": inputs,
            "outputs": outputs,
            "count": count,
            "tolerant": tolerant,
        }
        pieces = wire.pack_question(question, points.data.cast("B") if count else b"")
        self._evaluations += count
        data, record = self._exchange(pieces, value_bytes=8 * count * outputs)
        values = np.frombuffer(data, np.float64).reshape(count, outputs)
        fault = None
        if record.fault is not None:
            index = min(record.fault_index or 0, count - 1)
            fault = Fault(record.fault, record.message, index, self._real_line(record.line))
        return Answer(
            values,
            fault,
            min(record.faults, count),
            changed=min(record.changed, count),
            first_changed=record.first_changed,
        )

    @contextmanager
    def fresh(self) -> Iterator[SandboxOracle]:
        """See exercises.oracle.Oracle.fresh."""
        self._account.cpu_seconds += (running := self._channel.cpu_seconds)
        try:
            other = SandboxOracle(self._zygote, self._program, self._account)
        finally:
            self._account.cpu_seconds -= running
        try:
            yield other
        finally:
            other.close()

    def close(self) -> None:
        """Dismiss the process, end it if it won't go, and add up what it used."""
        if self._ended is None:
            self._finish()
        self._child.close()

    def _greet(self) -> None:
        """Hear from the child that it is confined; only then does it see the source."""
        try:
            _, record = wire.read_answer(self._channel.receive, value_bytes=0)
        except (Gone, wire.Garbled) as error:
            raise SandboxBroken(f"a child could not be confined: {self._finish()}") from error
        self._account.layers = frozenset(record.message.split())

    def _load(self) -> None:
        question = {"seed": self._program.seed, "functions": self._program.functions}
        self._exchange(wire.pack_question(question, self._program.source), value_bytes=0)

    def _exchange(self, pieces: list[bytes], *, value_bytes: int) -> tuple[bytearray, wire.Record]:
        """Ask, and return the answer.

        Raises:
            Stopped: the submission ended, by itself, by a limit, or because it sent garbage.
        """
        if self._ended is not None:
            raise RuntimeError("this process of the submission has ended")
        try:
            with self._channel.waiting():
                for piece in pieces:
                    self._channel.send(piece)
                data, record = wire.read_answer(self._channel.receive, value_bytes=value_bytes)
        except Idle:
            self._child.kill()
            self._finish()
            raise self._stopped(Outcome.WALL_LIMIT) from None
        except wire.Garbled:
            self._child.kill()
            self._finish()
            raise self._stopped(Outcome.PROTOCOL_VIOLATION) from None
        except Gone:
            outcome = self._outcome_of_end(self._finish())
            raise self._stopped(outcome or Outcome.PROTOCOL_VIOLATION) from None
        self._account.printed = record.printed
        self._account.printed_truncated = record.printed_truncated
        if record.ending is not None:
            outcome = self._outcome_of_end(self._finish())
            raise self._stopped(outcome or record.ending, record)
        return data, record

    def _finish(self) -> Ended:
        """Close our end, which dismisses the child, and hear how it ended."""
        if self._ended is None:
            self._child.socket.close()
            ended = self._zygote.wait(self._child, _DISMISS_SECONDS)
            if ended is None:
                self._child.kill()
                ended = self._zygote.wait(self._child, _DISMISS_SECONDS * 10)
            if ended is None:
                raise SandboxBroken("a child that was killed has not ended")
            self._ended = ended
            self._account.cpu_seconds += ended.cpu_seconds
            self._account.waited_seconds += self._channel.waited_seconds
            self._account.memory_bytes = max(self._account.memory_bytes, ended.memory_bytes)
        return self._ended

    @staticmethod
    def _outcome_of_end(ended: Ended) -> Outcome | None:
        if ended.status == signal.SIGKILL:
            # Not ours: we say so before we kill. So the machine ran out of memory.
            raise SandboxBroken("a child was killed from outside; is the machine out of memory?")
        return outcome_of(ended.status)

    def _stopped(self, outcome: Outcome, record: wire.Record | None = None) -> Stopped:
        line = self._real_line(record.line) if record else None
        limits = self._account.limits
        template = _SENTENCES.get(outcome)
        if template is not None:
            message = template.format(
                cpu=limits.cpu_seconds,
                wall=limits.wall_seconds,
                memory=limits.memory_bytes / 2**20,
                at=f" at line {line}" if line else "",
            )
        else:
            message = record.message if record else ""
        return Stopped(Ending(outcome, message, line, (record.excerpt or None) if record else None))

    def _real_line(self, line: int | None) -> int | None:
        """The line, if the source has it: the child may say any number."""
        last = self._program.source.count(b"\n") + 1
        return line if line is not None and line <= last else None
