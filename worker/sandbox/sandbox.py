"""The sandbox: opens submissions, each in processes of its own behind the wall."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType

from exercises.oracle import Signature
from worker.sandbox.examination import Examination, examine
from worker.sandbox.layers import FROM_CHILDREN, REQUIRED, Layer
from worker.sandbox.limits import Limits
from worker.sandbox.oracle import PROCESSES, SandboxOracle
from worker.sandbox.submission import Account, Program
from worker.sandbox.zygote_client import SandboxBroken, ZygoteClient


class Sandbox:
    """Owns a zygote. It takes about a second to get ready, in the background; opening a submission
    then takes a few milliseconds.

    One for each worker process; not for use from several threads.
    """

    def __init__(self, *, without: frozenset[Layer] = frozenset()) -> None:
        """Start the zygote.

        Args:
            without: layers to leave out. Only tests do, to prove the others alone; no setting
                of the service reaches this.
        """
        self._without = without
        self._zygote = ZygoteClient(without=without)
        self._examination: Examination | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that the self-test showed to hold here.

        Raises:
            SandboxBroken: the zygote did not start, or a layer that needs no privilege does not
                hold.
        """
        held = self._examined().held
        return tuple(layer.value for layer in Layer if layer in held)

    @property
    def missing(self) -> Mapping[str, str]:
        """Why each of the other layers does not hold; raises as `layers` does."""
        missing = self._examined().missing
        return {layer.value: missing[layer] for layer in Layer if layer in missing}

    def _examined(self) -> Examination:
        """What the self-test showed of this zygote: it is tried once, before it serves."""
        if self._examination is None:
            found = examine(self._zygote, without=self._without)
            lost = REQUIRED - self._without - found.held
            if lost:
                each = "; ".join(_with_reason(layer, found) for layer in sorted(lost))
                raise SandboxBroken(f"not in force here: {each}")
            self._zygote.expected = found.held & FROM_CHILDREN
            self._examination = found
            self._zygote.prepare(PROCESSES)
        return self._examination

    def close(self) -> None:
        """End the zygote and whatever it started."""
        self._zygote.close()

    @contextmanager
    def open(
        self,
        source: bytes,
        *,
        seed: int,
        account: Account | None = None,
        functions: Sequence[Signature] = (Signature(),),
    ) -> Iterator[SandboxOracle]:
        """Load a submission in a process of its own.

        Args:
            source: the submission's text, in UTF-8.
            seed: the grading's seed; what student code draws is derived from it.
            account: its limits, and where what it uses is added up.
            functions: what may be asked; the first is the one that is asked at Gaussian points.

        Raises:
            Stopped: the submission did not load.
            Cancelled: its account said that nobody wants its answers any more, now or later; its
                processes are ended.
            SandboxBroken: the sandbox failed; a new zygote is started for the next submission.
        """
        if not self._zygote.alive():
            self._restart()
        self._examined()  # nothing is opened before it is known what holds
        program = Program(
            source, _derived("student", seed), tuple(functions), _derived("lift", seed)
        )
        try:
            oracle = SandboxOracle(self._zygote, program, account or Account(Limits()))
            try:
                yield oracle
            finally:
                oracle.close()
        except SandboxBroken:
            self._restart()
            raise

    def _restart(self) -> None:
        self._zygote.close()
        self._examination = None
        self._zygote = ZygoteClient(without=self._without)


def _with_reason(layer: Layer, found: Examination) -> str:
    why = found.missing.get(layer)
    return f"{layer} ({why})" if why else layer


def _derived(purpose: str, seed: int) -> int:
    """A seed of its own for one purpose: it tells neither the judge's nor another."""
    return int.from_bytes(hashlib.sha256(f"{purpose}/{seed}".encode()).digest()[:4], "little")
