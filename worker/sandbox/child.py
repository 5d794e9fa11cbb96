"""The confined child: loads one submission and answers batches of points until it is dismissed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from exercises.outcome import Outcome
from worker.sandbox import calls, confinement, language, lifting, unguarded, wire
from worker.sandbox.confinement import SOCKET
from worker.sandbox.exits import EXIT_CPU, EXIT_MEMORY, EXIT_OUTPUT
from worker.sandbox.layers import Layer
from worker.sandbox.limits import Limits


def run(socket: int, limits: Limits, *, base_bytes: int, without: frozenset[Layer]) -> NoReturn:
    """Confine this process and answer on `socket` until the other end closes; never returns."""
    confinement.close_descriptors(socket)
    guarded = Layer.LANGUAGE not in without
    child = _Child(guarded=guarded)
    signal.signal(signal.SIGPROF, child.out_of_time)
    held = list(confinement.steps(limits, base_bytes=base_bytes, without=without))
    if guarded:
        held.append(Layer.LANGUAGE)
    child.send(wire.Record(message=" ".join(held)))
    child.serve()


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
        self._functions: dict[str, Callable[[Any], Any]] = {}
        self._runner = language if guarded else unguarded
        self._sending = False
        # A handler that must allocate runs out of memory itself: this is let go first.
        self._reserve: bytes | None = bytes(2**20)

    def serve(self) -> NoReturn:
        # Around all of it: student code may leave so little memory that a question does not fit.
        try:
            question, source = wire.read_question(_receive)
            self.send(self._load(question, source.decode()))
            while True:
                question, points = wire.read_question(_receive)
                record, values = self._answer(question, points)
                self.send(record, values)
        except MemoryError as error:
            self._out_of_memory(error)
        except language.OutputLimit as error:
            self._too_much_output(error)

    def send(self, record: wire.Record, values: memoryview | bytes = b"") -> None:
        self._sending = True
        for piece in wire.pack_answer(record, values):
            _send(piece)
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
        for name in question["functions"]:
            complaint = calls.complaint(namespace, name)
            if complaint:
                return wire.Record(ending=Outcome.REFUSED, message=complaint, **self._output())
            self._functions[name] = namespace[name]
        return wire.Record(**self._output())

    def _answer(
        self, question: dict[str, Any], points: bytearray
    ) -> tuple[wire.Record, memoryview | bytes]:
        asked = np.frombuffer(points, np.float64).reshape(question["count"], question["inputs"])
        function = self._functions[question["function"]]
        if question["lifted"]:
            values = lifting.call_lifted(function, asked, question["outputs"])
            return wire.Record(**self._output()), _bytes_of(values)
        batch = calls.call_each(
            function, asked, outputs=question["outputs"], tolerant=question["tolerant"]
        )
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


def _receive(count: int) -> bytearray:
    """Read exactly `count` bytes; the end of the stream is our dismissal."""
    data = bytearray(count)
    view = memoryview(data)
    got = 0
    while got < count:
        piece = os.read(SOCKET, min(count - got, 2**20))
        if not piece:
            os._exit(0)
        view[got : got + len(piece)] = piece
        got += len(piece)
    return data


def _send(piece: bytes | memoryview) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(SOCKET, view) :]
