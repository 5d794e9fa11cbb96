"""An oracle over a Python function in this process: for tests of the judge, not for the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from exercises.numerics.injectivity import judge_injectivity
from exercises.numerics.streams import stream
from exercises.numerics.verdict import Injectivity
from exercises.oracle import Answer, Array, Ending, Fault, FaultKind, Stopped
from exercises.outcome import Outcome


class PlainOracle:
    """Answers as the sandbox would, from `load()`, which is called anew for each fresh process."""

    def __init__(
        self, load: Callable[[], Callable[[Array], object]], stop_after: int | None = None
    ) -> None:
        self._load = load
        self._f = load()
        self._stop_after = stop_after
        self.evaluations = 0

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        """As the protocol says; the submission ends after `stop_after` points."""
        values = np.full((len(points), 2), np.nan)
        first: Fault | None = None
        faults, changed, first_changed = 0, 0, None
        for index, point in enumerate(points):
            self.evaluations += 1
            if self._stop_after is not None and self.evaluations > self._stop_after:
                raise Stopped(Ending(Outcome.CPU_LIMIT, "The processor time was used up.", 4))
            given = point.copy()
            answer = self._call(given, index)
            if not np.array_equal(given, point):
                changed += 1
                first_changed = index if first_changed is None else first_changed
            if isinstance(answer, Fault):
                faults += 1
                first = first or answer
                if not tolerant:
                    break
            else:
                values[index] = answer
        return Answer(values, first, faults, changed, first_changed)

    def stop_lifting(self) -> None:
        """It never lifts."""

    @contextmanager
    def fresh(self) -> Iterator[PlainOracle]:
        """The same text, loaded again."""
        yield PlainOracle(self._load)

    def _call(self, z: Array, index: int) -> Array | Fault:
        try:
            with np.errstate(all="ignore"):
                answer = self._f(z)
        except Exception as error:  # whatever student code raises is a fault
            return Fault(FaultKind.RAISED, f"{type(error).__name__}: {error}", index, 7)
        if answer is None:
            return Fault(FaultKind.NO_RETURN, "f returned None.", index)
        found = np.asarray(answer)
        if found.dtype.kind not in "fiub":
            return Fault(FaultKind.DTYPE, f"f returned {found.dtype} numbers.", index)
        if found.shape != (2,):
            return Fault(FaultKind.SHAPE, f"f returned an array of shape {found.shape}.", index)
        return found.astype(np.float64)


def oracle_of(f: Callable[[Array], object]) -> PlainOracle:
    """An oracle of a function without state."""
    return PlainOracle(lambda: f)


class BatchOracle:
    """An oracle over a function of whole batches, (n, 2) -> (n, 2): fast, for simulations."""

    def __init__(self, f: Callable[[Array], Array]) -> None:
        self._f = f
        self.evaluations = 0

    def evaluate(self, points: Array, *, function: str = "f", tolerant: bool = False) -> Answer:
        """As the protocol says."""
        self.evaluations += len(points)
        with np.errstate(all="ignore"):
            return Answer(np.asarray(self._f(points), dtype=np.float64))

    def stop_lifting(self) -> None:
        """It knows no single calls."""

    @contextmanager
    def fresh(self) -> Iterator[BatchOracle]:
        """Another with nothing asked yet."""
        yield BatchOracle(self._f)


def judge_plain(
    f: Callable[[Array], object], radius: float = 4.0, seed: int = 0, *, lifted: bool = False
) -> Injectivity:
    """Judge a function of one point, as if it were lifted or not."""

    def ask(points: Array) -> Answer:
        with np.errstate(all="ignore"):
            values = [np.asarray(f(point.copy()), dtype=np.float64) for point in points]
        return Answer(np.array(values), lifted=lifted and len(points) >= 1024)

    return judge_injectivity(ask, radius, stream(seed, "invertibility"))
