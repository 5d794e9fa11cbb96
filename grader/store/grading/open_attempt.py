"""An attempt that is under way, at grading a submission or a trial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that is handed out and has not ended."""

    #: The submission's id, or the name of a trial.
    submission: str
    number: int
    handed_out_at: datetime
    lease_expires_at: datetime
    #: None until a worker has begun it.
    started_at: datetime | None
    worker: str | None
