"""Handing in for a class: sends an archive, prints what becomes of each file, and waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from exercises.outcome import Verdict
from grader.client.answers import Batch, BatchItem, PassedOver
from grader.client.client import Client
from grader.collected.folder import packed
from grader.exits import ALL_PASSED, OUR_FAILURE, UNREADABLE, exit_code
from grader.terminal import Terminal

_NOT_HANDED_IN = {"refused", "left_out"}
#: Of what was passed over, so many are named.
_NAMED = 5
_WORDS = {
    "waiting": "waits",
    "handed_in": "handed in",
    "repeated": "handed in before",
    "refused": "not accepted",
    "left_out": "left out",
}
_FORESEEN = _WORDS | {"waiting": "would be handed in", "refused": "would not be accepted"}


class ClassSending:
    """Hands in the archive of a class.

    Args:
        wait: for how many seconds to wait until all are graded; 0: not at all.
        as_json: whether to print each file as a line of JSON instead of a table.
    """

    def __init__(self, client: Client, terminal: Terminal, *, wait: float, as_json: bool) -> None:
        self._client, self._terminal = client, terminal
        self._wait, self._as_json = wait, as_json

    def run(self, archive: str, assignment: str, *, dry_run: bool, sent_at: datetime | None) -> int:
        """Send a zip archive or a folder, print what becomes of it, and return the exit code."""
        content = self._read(archive)
        if content is None:
            return UNREADABLE
        if dry_run:
            plan = self._client.plan_class(assignment, content, sent_at=sent_at)
            self._print(plan.items, _FORESEEN)
            self._tell_passed_over(plan.passed_over)
            return self._code(plan.items, waited=False)
        name = Path(archive).name
        made = self._client.hand_in_class(assignment, content, name=name, sent_at=sent_at)
        if self._wait:
            made = self._client.wait_for_batch(made.id, self._wait)
        items = [*self._client.batch_items(made.id)]
        self._print(items, _WORDS)
        self._tell_passed_over(made.passed_over)
        self._tell(made)
        return self._code(items, waited=bool(self._wait))

    def _read(self, archive: str) -> bytes | None:
        path = Path(archive)
        try:
            return packed(path) if path.is_dir() else path.read_bytes()
        except OSError as error:
            self._terminal.complain(f"{error.filename or archive} can't be read: {error.strerror}.")
        except ValueError:  # a NUL in the name
            self._terminal.complain(f"{archive!r} is no name of a file.")
        return None

    def _print(self, items: Iterable[BatchItem], words: dict[str, str]) -> None:
        if self._as_json:
            for one in items:
                print(one.model_dump_json(), flush=True)
            return
        rows = [
            (one.file, one.name or "", words[one.state], _more(one), _counted(one)) for one in items
        ]
        self._terminal.table(("file", "student", "", "why", "counts"), rows)

    def _tell_passed_over(self, found: list[PassedOver]) -> None:
        if not found:
            return
        named = ", ".join(one.file for one in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        self._terminal.complain(f"Passed over: {named}{more}.")

    def _tell(self, made: Batch) -> None:
        page = self._client.whole(made.links.page)
        if not self._as_json:
            self._terminal.say(f"{page}")
        if self._wait and not made.is_graded:
            self._terminal.complain(
                f"Not all of it is graded yet; it goes on, and {page} shows how far it is."
            )

    @staticmethod
    def _code(items: Iterable[BatchItem], *, waited: bool) -> int:
        """The worst of all files."""
        codes = [ALL_PASSED]
        for one in items:
            verdict = None if one.submission is None else one.submission.verdict
            if one.state in _NOT_HANDED_IN:
                codes.append(UNREADABLE)
            elif verdict is not None:
                codes.append(exit_code(verdict))
            elif waited:
                codes.append(OUR_FAILURE)
        return max(codes)


def _more(one: BatchItem) -> str:
    return f"{one.message} ({one.detail})" if one.detail else one.message


def _counted(one: BatchItem) -> str:
    """The verdict, and what it counts."""
    found = one.submission
    if found is None or found.verdict is None:
        return ""
    words = found.verdict.replace("_", " ")
    if found.verdict is Verdict.INTERNAL_ERROR or not found.max_score or found.score is None:
        return words
    return f"{words} {found.score:g}/{found.max_score:g}"
