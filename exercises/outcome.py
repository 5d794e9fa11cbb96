"""How a submission can end, and which verdict follows: the one table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Outcome(StrEnum):
    """How the run of a submission ended, as the kernel and the sandbox saw it."""

    #: Every question was answered.
    COMPLETED = "completed"
    #: The text is not Python.
    SYNTAX_ERROR = "syntax_error"
    #: It is Python, but the policy does not allow it, or it is not what was asked for (no `f`).
    REFUSED = "refused"
    #: The student's code raised an exception.
    RUNTIME_ERROR = "runtime_error"
    #: The processor time was used up (SIGPROF or SIGXCPU).
    CPU_LIMIT = "cpu_limit"
    #: The clock ran out while the processor was idle (our SIGKILL).
    WALL_LIMIT = "wall_limit"
    #: An allocation went over the memory budget.
    MEMORY_LIMIT = "memory_limit"
    #: More was printed than any honest program prints.
    OUTPUT_LIMIT = "output_limit"
    #: The process died of a signal that was none of ours (SIGSEGV, SIGABRT, …).
    CRASH = "crash"
    #: The process asked the kernel for something that student code has no use for (SIGSYS).
    POLICY_VIOLATION = "policy_violation"
    #: The process answered in a form that the grader did not ask for.
    PROTOCOL_VIOLATION = "protocol_violation"
    #: The grader itself failed.
    INTERNAL_ERROR = "internal_error"


class Verdict(StrEnum):
    """What the report says of a submission as a whole."""

    #: Full marks, or an ungraded exercise whose function ran.
    PASSED = "passed"
    #: Some of the points.
    PARTIAL = "partial"
    #: None of the points.
    FAILED = "failed"
    #: There was nothing to grade; no attempt is spent.
    NOT_GRADABLE = "not_gradable"
    #: Our failure; no attempt is spent, it is never a zero, and it is graded again.
    INTERNAL_ERROR = "internal_error"


#: The verdict that follows from each outcome; None where the findings decide.
VERDICT_OF: Mapping[Outcome, Verdict | None] = MappingProxyType(
    {
        Outcome.COMPLETED: None,
        Outcome.SYNTAX_ERROR: Verdict.NOT_GRADABLE,
        Outcome.REFUSED: Verdict.NOT_GRADABLE,
        Outcome.RUNTIME_ERROR: Verdict.FAILED,
        Outcome.CPU_LIMIT: Verdict.FAILED,
        Outcome.WALL_LIMIT: Verdict.FAILED,
        Outcome.MEMORY_LIMIT: Verdict.FAILED,
        Outcome.OUTPUT_LIMIT: Verdict.FAILED,
        Outcome.CRASH: Verdict.FAILED,
        Outcome.POLICY_VIOLATION: Verdict.FAILED,
        Outcome.PROTOCOL_VIOLATION: Verdict.FAILED,
        Outcome.INTERNAL_ERROR: Verdict.INTERNAL_ERROR,
    }
)

#: Verdicts that leave the student's attempts as they were.
SPENDS_NO_ATTEMPT = frozenset({Verdict.NOT_GRADABLE, Verdict.INTERNAL_ERROR})
