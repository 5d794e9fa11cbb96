"""One process of a submission on the worker's side: started, asked, and heard to its end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

from exercises.oracle import Stopped
from exercises.outcome import Outcome
from worker.sandbox import endings, wire
from worker.sandbox.channel import Channel, Gone, Idle
from worker.sandbox.exits import outcome_of
from worker.sandbox.limits import Limits
from worker.sandbox.submission import Account, Program
from worker.sandbox.zygote_client import Ended, SandboxBroken, ZygoteClient

#: How long a child that was dismissed may take to end.
_DISMISS_SECONDS = 2.0
#: The least processor time that a further process of a submission is started with.
_LEAST_CPU_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the answer to a question may be."""

    value_bytes: int
    may_decline: bool = False


class SubmissionProcess:
    """A confined child that loads the submission and answers questions about it.

    Sending and hearing are apart, so that two processes can work at the same time.
    """

    def __init__(
        self, zygote: ZygoteClient, program: Program, account: Account, *, first: bool
    ) -> None:
        """Take a child and tell it its limits; it sees nothing of the submission yet.

        Args:
            zygote: forks it.
            program: what it loads.
            account: what it may use, and where what it uses is added up.
            first: whether what it prints is the submission's output.

        Raises:
            SandboxBroken: the process could not be started.
        """
        self._zygote, self._program, self._account = zygote, program, account
        self._first = first
        self._ended: Ended | None = None
        self._loaded = self._killed = False
        #: Whether the submission was sent, and what is expected of the answer that is not heard.
        self._sent = False
        self._expected = _Expected(0)
        limits = account.limits
        self._cpu_seconds = max(limits.cpu_seconds - account.spent(), _LEAST_CPU_SECONDS)
        self._child = zygote.fork(
            Limits(self._cpu_seconds, limits.wall_seconds, limits.memory_bytes)
        )
        self._channel = Channel(self._child, account)

    def begin_loading(self) -> None:
        """Send the submission, once the child has said that it is confined; `load` hears the rest.

        Raises:
            Stopped: the child ended.
            SandboxBroken: it could not be confined.
        """
        if not self._sent:
            self._greet()
            self._sent = True
            question = {
                "seed": self._program.seed,
                "functions": [
                    (function.name, function.arguments, function.outputs)
                    for function in self._program.functions
                ],
            }
            self.ask(wire.pack_question(question, self._program.source), value_bytes=0)

    def load(self) -> None:
        """Have the submission loaded, if it is not yet.

        Raises:
            Stopped: it did not load.
            SandboxBroken: the process could not be confined.
        """
        if not self._loaded:
            self.begin_loading()
            self.hear()
            self._loaded = True

    def ask(self, question: bytes, *, value_bytes: int, may_decline: bool = False) -> None:
        """Send a question; its answer has to be heard before the next.

        Raises:
            Stopped: the submission has ended, or used up its processor time.
            Cancelled: its answers are not wanted any more.
        """
        if self._ended is not None:
            raise RuntimeError("this process of the submission has ended")
        self._account.require_wanted()
        if self._account.spent() > self._account.limits.cpu_seconds:
            self._end(Outcome.CPU_LIMIT)
        self._expected = _Expected(value_bytes, may_decline)
        with self._talking():
            self._channel.send(question)

    def hear(self) -> tuple[bytearray, wire.Record]:
        """The answer to the last question: values of the size that it has, and a record.

        Raises:
            Stopped: the submission ended, by itself, by a limit, or because it sent garbage.
            Cancelled: its answers are not wanted any more.
        """
        with self._talking():
            data, record = wire.read_answer(
                self._channel.receive,
                value_bytes=self._expected.value_bytes,
                may_decline=self._expected.may_decline,
            )
        if self._first:
            self._account.printed = record.printed
            self._account.printed_truncated = record.printed_truncated
        if record.ending is not None:
            outcome = self._outcome_of(self._finish())
            raise self._stopped(outcome or self._believed(record.ending), record)
        return data, record

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Counts the time that we wait, and ends a process that does not talk as it should."""
        try:
            with self._channel.waiting():
                yield
        except Idle:
            self._end(Outcome.WALL_LIMIT)
        except wire.Garbled:
            self._end(Outcome.PROTOCOL_VIOLATION)
        except Gone:
            outcome = self._outcome_of(self._finish())
            raise self._stopped(outcome or Outcome.PROTOCOL_VIOLATION) from None

    def dismiss(self) -> None:
        """Let the process end; close() then need not wait as long."""
        self._child.socket.close()

    def close(self) -> None:
        """Dismiss the process, end it if it won't go, and add up what it used."""
        try:
            self._finish()
        finally:
            self._account.running.pop(id(self), None)
            self._child.close()

    def _greet(self) -> None:
        """Hear from the child that it is confined; only then does it see the source."""
        try:
            with self._channel.waiting():
                _, record = wire.read_answer(self._channel.receive, value_bytes=0)
        except (Gone, Idle, wire.Garbled) as error:
            raise SandboxBroken(f"a child could not be confined: {self._finish()}") from error
        # It was forked, rehearsed and confined by our own code; what it does now is the student's.
        self._channel.begin()
        self._account.running[id(self)] = lambda: self._channel.cpu_seconds
        self._account.layers = frozenset(record.message.split())
        lost = self._zygote.expected - self._account.layers
        if lost:
            raise SandboxBroken(f"a child was confined by less: {', '.join(sorted(lost))} is lost")

    def _end(self, outcome: Outcome) -> NoReturn:
        """End the process ourselves, and say why."""
        self._kill()
        self._finish()
        raise self._stopped(outcome) from None

    def _kill(self) -> None:
        self._killed = True
        self._child.kill()

    def _believed(self, ending: Outcome) -> Outcome:
        """What we make of an ending that only the child tells.

        Once points were asked it can't say any more that it was never gradable: it has seen them.
        """
        return Outcome.PROTOCOL_VIOLATION if self._loaded else ending

    def _finish(self) -> Ended:
        """Close our end, which dismisses the child, and hear how it ended."""
        if self._ended is None:
            self.dismiss()
            if self._account.cancelled:  # what it does is of no use: there is nothing to wait for
                self._kill()
            ended = self._zygote.wait(self._child, _DISMISS_SECONDS)
            if ended is None:
                self._kill()
                ended = self._zygote.wait(self._child, _DISMISS_SECONDS * 10)
            if ended is None:
                raise SandboxBroken("a child that was killed has not ended")
            before = self._channel.cpu_seconds_before
            self._ended = replace(ended, cpu_seconds=max(ended.cpu_seconds - before, 0.0))
            if self._sent:
                self._charge(self._ended)
        return self._ended

    def _charge(self, ended: Ended) -> None:
        """Put what the process used for the submission on the account."""
        account = self._account
        account.running.pop(id(self), None)
        account.cpu_seconds += ended.cpu_seconds
        account.waited_seconds += self._channel.waited_seconds
        account.memory_bytes = max(account.memory_bytes, ended.memory_bytes)

    def _stopped(self, outcome: Outcome, record: wire.Record | None = None) -> Stopped:
        return endings.stopped(
            outcome, self._account.limits, lines=self._program.lines, record=record
        )

    def _outcome_of(self, ended: Ended) -> Outcome | None:
        """The kernel's word on how the child ended; None where it has none.

        Raises:
            SandboxBroken: somebody else killed it: the machine ran out of memory.
        """
        if ended.status == signal.SIGKILL and not self._killed:
            if ended.cpu_seconds >= self._cpu_seconds:  # RLIMIT_CPU, behind the timers
                return Outcome.CPU_LIMIT
            raise SandboxBroken("a child was killed from outside; is the machine out of memory?")
        return outcome_of(ended.status)
