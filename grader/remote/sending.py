"""Sending files to a server: each is sent first, then each report is printed as it comes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from grader.client.answers import Submission
from grader.client.client import Client
from grader.client.problem import ApiProblem
from grader.exits import ALL_PASSED, OUR_FAILURE, UNREADABLE, exit_code, read
from grader.terminal import Terminal

_ANSWERS = TypeAdapter(dict[str, bool | str])


class NotAnswers(ValueError):
    """A file holds no answers to a quiz."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the files answer."""

    #: The slug of an exercise; None where an assignment says it.
    exercise: str | None
    #: The id of an assignment; None for practice.
    assignment: str | None
    is_quiz: bool
    #: From a platform: the student, by id or as `kind:value`.
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was accepted."""

    file: str
    source: bytes
    id: str


class Sending:
    """Sends files and prints what becomes of them.

    Args:
        wait: for how many seconds to wait for all grades together; 0: not at all.
        as_json: whether to print each submission as a line of JSON instead of text.
    """

    def __init__(
        self, client: Client, task: Task, terminal: Terminal, *, wait: float, as_json: bool
    ) -> None:
        self._client, self._task, self._terminal = client, task, terminal
        self._wait, self._as_json = wait, as_json

    def run(self, files: Sequence[str]) -> int:
        """Send the files, print their reports in this order, and return the exit code."""
        codes = [ALL_PASSED]
        accepted = []
        for file in files:
            sent = self._send(file)
            if sent is None:
                codes.append(UNREADABLE)
            else:
                accepted.append(sent)
        if len(accepted) > 1:
            self._terminal.complain(f"Sent {len(accepted)} files.")
        ends = time.monotonic() + self._wait
        codes += [self._follow(sent, ends) for sent in accepted]
        return max(codes)

    def _send(self, file: str) -> Sent | None:
        """Send one file; None, with a complaint, where it can't be read or is not accepted."""
        source = read(file, self._terminal)
        if source is None:
            return None
        task = self._task
        try:
            text = source.decode("utf-8-sig")
            found = self._client.submit(
                None if task.is_quiz else text,
                answers=_answers(text) if task.is_quiz else None,
                exercise=task.exercise,
                assignment=task.assignment,
                on_behalf_of=task.on_behalf_of,
            )
        except UnicodeDecodeError:
            self._terminal.complain(f"{file} is no UTF-8 text.")
        except NotAnswers as error:
            self._terminal.complain(f"{file}: {error}")
        except ApiProblem as error:
            if error.status >= 500:
                raise
            self._terminal.complain(f"{file} was not accepted. {error}")
        else:
            return Sent(file, source, found.id)
        return None

    def _follow(self, sent: Sent, ends: float) -> int:
        """Wait for one grade and print it; the exit code for it."""
        if self._wait:
            found = self._client.wait(sent.id, max(0.0, ends - time.monotonic()))
        else:
            found = self._client.submission(sent.id)
        if self._as_json:
            print(found.model_dump_json(), flush=True)
        else:
            self._print(sent, found)
        if found.report is not None:
            return exit_code(found.report.verdict)
        return ALL_PASSED if found.is_graded or not self._wait else OUR_FAILURE

    def _print(self, sent: Sent, found: Submission) -> None:
        page = self._client.whole(found.links.page)
        if found.report is not None:
            self._terminal.report(sent.file, sent.source, found.report)
        elif found.receipt is not None:
            receipt = found.receipt
            self._terminal.receipt(sent.file, sent.source, receipt.findings, receipt.printed)
        else:
            self._terminal.say(f"{sent.file}  handed in, not graded yet")
        for sentence in _counts(found):
            self._terminal.say(f"  {sentence}")
        self._terminal.say(f"  {page}")
        self._terminal.say("")


def _counts(found: Submission) -> list[str]:
    """What the score counts, where that is not what the report says."""
    counted, report = found.counted, found.report
    said = []
    if found.hidden_criteria:
        said.append(f"Not shown yet: {', '.join(found.hidden_criteria)}.")
    if counted is None or counted.score is None or report is None:
        return said
    if counted.given is not None:
        said.append(f"Staff gave {counted.given:g} points.")
    if counted.days_late:
        days = "1 day" if counted.days_late == 1 else f"{counted.days_late} days"
        said.append(f"{days} late: {counted.kept:.0%} of it counts.")
    if counted.score != report.score:
        said.append(f"It counts {counted.score:g} of {report.max_score:g} points.")
    return said


def _answers(text: str) -> dict[str, bool | str]:
    """The answers in a file such as `grader check` takes.

    Raises:
        NotAnswers: there are none.
    """
    try:
        found = json.loads(text)
        held = found["answers"] if isinstance(found, dict) and set(found) == {"answers"} else None
        return _ANSWERS.validate_python(held, strict=True)
    except (ValueError, RecursionError, ValidationError) as error:
        shape = '{"answers": {"QUESTION": "OPTION", "STATEMENT": true}}'
        raise NotAnswers(f"To a quiz, a file holds answers, as {shape}.") from error
