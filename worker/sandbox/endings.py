"""What a student reads when a submission ended early."""

from __future__ import annotations

from exercises.oracle import Ending, Stopped
from exercises.outcome import Outcome
from worker.sandbox import wire
from worker.sandbox.limits import Limits

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


def stopped(
    outcome: Outcome, limits: Limits, *, lines: int, record: wire.Record | None = None
) -> Stopped:
    """The end of a submission, in a sentence.

    Args:
        outcome: how it ended, by the kernel's word where it has one.
        limits: what it was allowed.
        lines: how many lines its source has: the child may say any number.
        record: the child's own account, if it gave one.
    """
    record = record or wire.Record()
    line = record.line if record.line is not None and record.line <= lines else None
    template = _SENTENCES.get(outcome)
    message = record.message
    if template is not None:
        message = template.format(
            cpu=limits.cpu_seconds,
            wall=limits.wall_seconds,
            memory=limits.memory_bytes / 2**20,
            at=f" at line {line}" if line else "",
        )
    return Stopped(Ending(outcome, message, line, record.excerpt or None))
