"""The messages between the dispatch and the workers: one way as JSON, the other as fields of bytes.

A worker's word is checked when it is read: it runs beside student code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError

from exercises.report import Report

_FILE = b"file:"
_FAILURES = (b"failed", b"lost", b"unavailable")


class MalformedNewsError(ValueError):
    """An entry of the news stream that is none of ours."""


@dataclass(frozen=True, slots=True)
class GradingJob:
    """One attempt at grading one submission, with everything that a worker needs for it."""

    submission: str
    attempt: int
    source: str
    exercise: str
    exercise_version: str
    seed: int
    #: Which questions of a quiz the student was asked.
    variant: int = 0
    #: The exercise's files in that version, a zip archive in base64, for a worker that lacks it.
    archive: str = ""

    def to_json(self) -> dict[str, Any]:
        """The arguments of the Celery task."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Began:
    """A worker has begun an attempt."""

    submission: str
    attempt: int
    worker: str


@dataclass(frozen=True, slots=True)
class Finished:
    """An attempt has its report."""

    submission: str
    attempt: int
    worker: str
    report: Report
    #: By name, such as `density.png`.
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt ended without a report, which is our failure."""

    submission: str
    attempt: int
    worker: str
    #: What went wrong, for operators only.
    problem: str
    #: True where the process that had begun is gone.
    lost: bool = False
    #: True where the worker does not have the exercise in the version that was asked for.
    unavailable: bool = False


News = Began | Finished | Failed


def encode(news: News) -> dict[bytes, bytes]:
    """The fields of a stream entry."""
    fields = {
        b"submission": news.submission.encode(),
        b"attempt": str(news.attempt).encode(),
        b"worker": news.worker.encode(),
    }
    match news:
        case Began():
            fields[b"kind"] = b"began"
        case Finished():
            fields[b"kind"] = b"finished"
            fields[b"report"] = news.report.model_dump_json().encode()
            fields |= {_FILE + name.encode(): content for name, content in news.files.items()}
        case Failed():
            fields[b"kind"] = _failure(news)
            # Student code may have put anything into an exception's text.
            fields[b"problem"] = news.problem.encode(errors="replace")
    return fields


def decode(fields: Mapping[bytes, bytes]) -> News:
    """Read a stream entry.

    Raises:
        MalformedNewsError: a field is missing or holds something else than it should.
    """
    try:
        kind = fields[b"kind"]
        submission = fields[b"submission"].decode()
        attempt = int(fields[b"attempt"])
        worker = fields[b"worker"].decode()
        if kind == b"began":
            return Began(submission, attempt, worker)
        if kind == b"finished":
            report = Report.model_validate_json(fields[b"report"])
            return Finished(submission, attempt, worker, report, _files(fields))
        if kind in _FAILURES:
            problem = fields[b"problem"].decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
            lost, unavailable = kind == b"lost", kind == b"unavailable"
            return Failed(submission, attempt, worker, problem, lost=lost, unavailable=unavailable)
    except (KeyError, ValueError, ValidationError) as error:
        raise MalformedNewsError(f"{type(error).__name__}: {error}") from error
    raise MalformedNewsError(f"an unknown kind: {kind[:40]!r}")


def _failure(news: Failed) -> bytes:
    if news.unavailable:
        return b"unavailable"
    return b"lost" if news.lost else b"failed"


def _files(fields: Mapping[bytes, bytes]) -> dict[str, bytes]:
    return {
        name.removeprefix(_FILE).decode(): content
        for name, content in fields.items()
        if name.startswith(_FILE)
    }
