"""The confined child: waits for a submission, loads it, and answers points until it is dismissed.

It may be forked long before: then it has rehearsed and waits, confined but for the limits and the
filter, which it puts in force when it is told its limits. Only then does it get a source.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Signature
from exercises.outcome import Outcome
from worker.sandbox import calls, child_socket, confinement, language, lifting, unguarded, wire
from worker.sandbox.exits import EXIT_CPU, EXIT_MEMORY, EXIT_OUTPUT
from worker.sandbox.layers import Layer
from worker.sandbox.limits import Limits

#: What a child practises on.
_REHEARSAL = """
import numpy as np
W1, b = np.random.randn(16, 2), np.random.randn(16)
W2 = np.random.randn(2, 16)
def f(z):
    h = np.tanh(W1 @ z + b)
    return W2 @ h
"""
_REHEARSED = 10_000


def run(socket: int, *, base_bytes: int, without: frozenset[Layer]) -> NoReturn:
    """Confine this process and answer on `socket` until the other end closes; never returns."""
    confinement.close_descriptors(socket)
    guarded = Layer.LANGUAGE not in without
    _Child(guarded=guarded).rehearse()
    child = _Child(guarded=guarded)
    signal.signal(signal.SIGPROF, child.out_of_time)
    held = list(confinement.steps(_hear_limits, base_bytes=base_bytes, without=without))
    if guarded:
        held.append(Layer.LANGUAGE)
    child.send(wire.Record(message=" ".join(held)))
    child.serve()


def _hear_limits() -> Limits:
    return wire.read_limits(child_socket.receive)


class _Printed(language.Printed):
    """What is printed; a lifted call may not print, as it would print once for all points."""

    __slots__ = ()

    def write(self, text: str) -> None:
        if lifting.under_way():
            lifting.decline()
        super().write(text)


class _Child:
    def __init__(self, *, guarded: bool) -> None:
        self._printed = _Printed()
        self._functions: dict[str, tuple[Callable[..., Any], Signature]] = {}
        self._runner = language if guarded else unguarded
        self._sending = False
        # A handler that must allocate runs out of memory itself: this is let go first.
        self._reserve: bytes | None = bytes(2**20)

    def rehearse(self) -> None:
        """Load and answer something, as for a submission.

        The first time that a forked process writes to a page, the kernel copies it: this way most
        of that is done before the submission comes.
        """
        self._load({"seed": 0, "functions": [("f", [("z", 2)], 2)]}, _REHEARSAL)
        for count, lifted in ((3, False), (_REHEARSED, True)):
            question = {"function": "f", "count": count, "tolerant": True, "lifted": lifted}
            self._answer(question, bytearray(np.ones((count, 2)).data))

    def serve(self) -> NoReturn:
        # Around all of it: student code may leave so little memory that a question does not fit.
        try:
            question, source = wire.read_question(child_socket.receive)
            self.send(self._load(question, source.decode()))
            while True:
                question, points = wire.read_question(child_socket.receive)
                record, values = self._answer(question, points)
                self.send(record, values)
        except MemoryError as error:
            self._out_of_memory(error)
        except language.OutputLimit as error:
            self._too_much_output(error)

    def send(self, record: wire.Record, values: memoryview | bytes = b"") -> None:
        self._sending = True
        child_socket.send(wire.pack_answer(record, values))
        self._sending = False

    def out_of_time(self, _number: int, frame: FrameType | None) -> NoReturn:
        """The processor timer's handler: tells the line that was running, and ends the process."""
        if not self._sending:
            line = next(_student_lines(frame), None)
            self.send(wire.Record(ending=Outcome.RUNTIME_ERROR, line=line, **self._output()))
        os._exit(EXIT_CPU)

    def _load(self, question: dict[str, Any], source: str) -> wire.Record:
        try:
            program = self._runner.compile_submission(source)
            namespace = self._runner.run_module(
                program, seed=question["seed"], printed=self._printed
            )
        except language.Refused as refused:
            refusal = refused.refusal
            return wire.Record(
                ending=refusal.outcome,
                message=refusal.message,
                line=refusal.line,
                excerpt=refusal.excerpt or "",
            )
        except (MemoryError, language.OutputLimit):
            raise
        except BaseException as error:
            return wire.Record(
                ending=Outcome.RUNTIME_ERROR,
                message=language.describe(error),
                line=language.student_line(error),
                **self._output(),
            )
        for name, arguments, outputs in question["functions"]:
            signature = Signature(
                name, tuple((word, length) for word, length in arguments), outputs
            )
            complaint = calls.complaint(namespace, signature)
            if complaint:
                return wire.Record(ending=Outcome.REFUSED, message=complaint, **self._output())
            self._functions[name] = namespace[name], signature
        return wire.Record(**self._output())

    def _answer(
        self, question: dict[str, Any], points: bytearray
    ) -> tuple[wire.Record, memoryview | bytes]:
        function, signature = self._functions[question["function"]]
        asked = np.frombuffer(points, np.float64).reshape(question["count"], signature.inputs)
        if question["lifted"]:
            values = lifting.call_lifted(function, asked, signature)
            return wire.Record(**self._output()), _bytes_of(values)
        batch = calls.call_each(function, asked, signature, tolerant=question["tolerant"])
        if self._printed.exceeded:  # student code caught the exception
            self._last_words(None, EXIT_OUTPUT)
        fault = batch.fault
        record = wire.Record(
            fault=fault.kind if fault else None,
            message=fault.message if fault else "",
            line=fault.line if fault else None,
            fault_index=fault.index if fault else None,
            faults=batch.faults,
            changed=batch.changed,
            first_changed=batch.first_changed,
            **self._output(),
        )
        return record, _bytes_of(batch.values)

    def _output(self) -> dict[str, Any]:
        return {"printed": self._printed.text, "printed_truncated": self._printed.truncated}

    def _out_of_memory(self, error: MemoryError) -> NoReturn:
        self._reserve = None
        self._last_words(language.student_line(error), EXIT_MEMORY)

    def _too_much_output(self, error: BaseException) -> NoReturn:
        self._last_words(language.student_line(error), EXIT_OUTPUT)

    def _last_words(self, line: int | None, status: int) -> NoReturn:
        """Say where it happened, and end with the status that says what."""
        try:
            self.send(wire.Record(ending=Outcome.RUNTIME_ERROR, line=line, **self._output()))
        finally:
            os._exit(status)


def _bytes_of(values: NDArray[np.float64] | None) -> memoryview | bytes:
    return b"" if values is None or not values.size else values.data.cast("B")


def _student_lines(frame: FrameType | None) -> Iterator[int]:
    while frame is not None:
        if frame.f_code.co_filename == language.FILENAME:
            yield frame.f_lineno
        frame = frame.f_back
