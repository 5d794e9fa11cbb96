"""A worker whose grading is a double: all else is the real program. `celery -A stub_worker`.

The source says what the double does: sleep, wait for a file, crash the process, raise, or nothing.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field

from exercises.outcome import Outcome, Verdict
from exercises.report import Report
from worker.messages import GradingJob
from worker.program import worker_program
from worker.settings import read_worker_settings


@dataclass(frozen=True)
class Canned:
    report: Report
    files: dict[str, bytes] = field(default_factory=dict)


class Stub:
    def grade(self, job: GradingJob) -> Canned:
        command, _, argument = job.source.partition(" ")
        first = job.attempt == 1
        if command == "sleep" or (command == "sleep-first" and first):
            time.sleep(float(argument))
        elif command == "wait":
            while not os.path.exists(argument):
                time.sleep(0.01)
        elif command == "die" or (command == "die-first" and first):
            os.kill(os.getpid(), signal.SIGKILL)
        elif command == "raise" or (command == "raise-first" and first):
            raise RuntimeError("the grading broke \0")
        report = Report(
            exercise=job.exercise,
            exercise_version=job.exercise_version,
            verdict=Verdict.PASSED,
            outcome=Outcome.COMPLETED,
            score=job.attempt,
            max_score=9,
            findings=[],
            seed=job.seed,
            samples=0,
            layers=[],
        )
        return Canned(report, {"density.png": b"\x89PNG\0" + bytes(30_000)})

    def close(self) -> None:
        pass


app = worker_program(read_worker_settings(), Stub)
