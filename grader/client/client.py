"""The client: a method for what programs ask most of a server. See docs/api.md for all there is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, Literal, TypeVar
from urllib.parse import quote

import httpx

from grader.client.answers import (
    ArchiveSize,
    ArchiveSizes,
    Assignment,
    AssignmentItem,
    AssignmentList,
    Batch,
    BatchItem,
    BatchItemPage,
    BatchPlan,
    Course,
    CourseList,
    Exercise,
    ExerciseItem,
    ExerciseList,
    Me,
    Member,
    MemberList,
    Overview,
    Page,
    Progress,
    Regrade,
    RegradedList,
    RegradedSubmission,
    Role,
    Submission,
    SubmissionItem,
    SubmissionList,
)
from grader.client.connection import Connection, retry_after

_Item = TypeVar("_Item")

#: What the server grants at most, in seconds, to a request that waits for its report.
_LONGEST_WAIT = 30
#: The pauses between two looks at something that has no waiting of its own, in seconds.
_FIRST_LOOK, _LONGEST_LOOK = 1.0, 15.0
_V1 = "api/v1"


class Client(Connection):
    """A server, as whoever the token is for.

        with Client("https://grader.example.org", token) as client:
            found = client.submit(source, assignment=id, wait=60)

    Every method raises ApiProblem where the server refuses, Unreachable where nothing answers, and
    Unreadable where something else does. What is sent is done once, also where an answer is lost.
    """

    def me(self) -> Me:
        """Who the server says that this is."""
        return self.read(Me, "GET", f"{_V1}/me")

    def exercises(self) -> list[ExerciseItem]:
        """The exercises that one sees, in the order of the course."""
        return self.read(ExerciseList, "GET", f"{_V1}/exercises").items

    def exercise(self, slug: str) -> Exercise:
        """One exercise, with its statement."""
        return self.read(Exercise, "GET", f"{_V1}/exercises/{_part(slug)}")

    def courses(self) -> list[Course]:
        """The courses that one is in, the newest first."""
        return self.read(CourseList, "GET", f"{_V1}/courses").items

    def assignments(self, course: str) -> list[AssignmentItem]:
        """What a course asks for, and how one stands in each."""
        path = f"{_V1}/courses/{_part(course)}/assignments"
        return self.read(AssignmentList, "GET", path).items

    def assignment(self, id: str) -> Assignment:
        """One assignment, with what is asked."""
        return self.read(Assignment, "GET", f"{_V1}/assignments/{_part(id)}")

    def members(self, course: str) -> Iterator[Member]:
        """The members of a course. For staff."""
        path = f"{_V1}/courses/{_part(course)}/members"
        return self._items(MemberList, path, {"limit": 1000})

    def bring_in(
        self,
        course: str,
        name: str,
        external_ids: Mapping[str, str],
        *,
        role: Role | None = None,
        idempotency_key: str | None = None,
    ) -> Member:
        """Bring somebody into a course whom a platform knows, or up to date. For instructors.

        Args:
            external_ids: by kind, such as `canvas_id`; whoever has one of them is this person.
            role: None: as it is; a student where there was nobody.
        """
        body = {"name": name, "external_ids": dict(external_ids), "role": role}
        path = f"{_V1}/courses/{_part(course)}/members"
        return self.read(Member, "POST", path, body=body, headers=_key(idempotency_key))

    def submit(
        self,
        source: str | None = None,
        *,
        answers: Mapping[str, bool | str] | None = None,
        exercise: str | None = None,
        assignment: str | None = None,
        exercise_version: str | None = None,
        on_behalf_of: str | None = None,
        course: str | None = None,
        student: str | None = None,
        wait: float = 0.0,
        idempotency_key: str | None = None,
    ) -> Submission:
        """Send a program, or the answers to a quiz, to be graded.

        Args:
            source: Python that defines f; or
            answers: by a question's id the chosen option's id, or true or false.
            exercise: its slug, for practice; the playground where no assignment is given either.
            assignment: the id of an assignment that this answers.
            exercise_version: the version that was answered, where another is to be refused.
            on_behalf_of: from a platform: the student, by id or as `kind:value`.
            course, student: labels, where nobody has signed in.
            wait: for how many seconds at most to wait for the grade.
            idempotency_key: what is sent twice with one key is done once; None: a fresh one.

        Returns:
            The submission as it is by then: `is_graded` says whether there is a grade.

        Raises:
            ValueError: neither of source and answers is given, or both.
        """
        if (source is None) == (answers is None):
            raise ValueError("Give either source or answers.")
        fields = {
            "source": source,
            "answers": None if answers is None else dict(answers),
            "exercise": exercise,
            "assignment": assignment,
            "exercise_version": exercise_version,
            "on_behalf_of": on_behalf_of,
            "course": course,
            "student": student,
        }
        began = time.monotonic()
        answer = self.ask(
            "POST",
            f"{_V1}/submissions",
            body={name: value for name, value in fields.items() if value is not None},
            headers=_key(idempotency_key) | _prefer(wait),
        )
        found = self.parsed(Submission, answer)
        left = wait - (time.monotonic() - began)
        if found.is_graded or left <= 0:
            return found
        self._rest(answer, left)
        return self.wait(found.id, wait - (time.monotonic() - began))

    def submission(self, id: str, *, attempt: int | None = None) -> Submission:
        """One submission; with `attempt` as that earlier grading found it."""
        path = f"{_V1}/submissions/{_part(id)}"
        return self.read(Submission, "GET", path, query={"attempt": attempt})

    def wait(self, id: str, timeout: float = 300.0) -> Submission:
        """Wait until a submission is graded, for at most `timeout` seconds.

        The server holds the request until there is a grade; where it has no time for that, it says
        when to ask again.

        Returns:
            The submission as it is by then: `is_graded` says whether there is a grade.
        """
        ends = time.monotonic() + timeout
        path = f"{_V1}/submissions/{_part(id)}"
        while True:
            left = max(0.0, ends - time.monotonic())
            answer = self.ask("GET", path, headers=_prefer(left))
            found = self.parsed(Submission, answer)
            left = ends - time.monotonic()
            if found.is_graded or left <= 0:
                return found
            self._rest(answer, left)

    def submissions(
        self,
        *,
        exercise: str | None = None,
        assignment: str | None = None,
        course: str | None = None,
        student: str | None = None,
    ) -> Iterator[SubmissionItem]:
        """The submissions that one may read, the newest first; pages are asked for as one goes."""
        query = {
            "limit": 200,
            "exercise": exercise,
            "assignment": assignment,
            "course": course,
            "student": student,
        }
        return self._items(SubmissionList, f"{_V1}/submissions", query)

    def source(self, id: str) -> bytes:
        """What was sent: a program, or the answers as JSON."""
        return self.ask("GET", f"{_V1}/submissions/{_part(id)}/source").content

    def bundle(self, id: str) -> bytes:
        """A graded submission as a zip archive: code, report, figures, and the exercise."""
        return self.ask("GET", f"{_V1}/submissions/{_part(id)}/bundle").content

    def results(self, id: str) -> bytes:
        """The report of a graded submission as Gradescope reads it: results.json."""
        return self.ask("GET", f"{_V1}/submissions/{_part(id)}/results.json").content

    def overview(
        self,
        course: str,
        *,
        q: str | None = None,
        section: str | None = None,
        assignment: str | None = None,
        state: Progress | None = None,
        late: bool | None = None,
        look: bool | None = None,
        order: Literal["name", "highest", "lowest", "latest"] | None = None,
    ) -> Overview:
        """How the students of a course have done, all of them that fit the filters. For staff."""
        query: dict[str, Any] = {
            "limit": 200,
            "q": q,
            "section": section,
            "assignment": assignment,
            "state": state,
            "late": late,
            "look": look,
            "order": order,
        }
        page = self.read(Overview, "GET", f"{_V1}/courses/{_part(course)}/overview", query=query)
        students = list(page.items)
        following = page.next
        while following is not None:
            more = self.read(Overview, "GET", following)
            students += more.items
            following = more.next
        return page.model_copy(update={"items": students, "next": None})

    def hand_in_class(
        self,
        assignment: str,
        archive: bytes,
        *,
        name: str = "",
        sent_at: datetime | None = None,
        hold: bool = False,
        idempotency_key: str | None = None,
    ) -> Batch:
        """Hand in the archive of a class, each file for its student. For staff.

        Args:
            archive: a zip archive, as Canvas, Moodle or Gradescope makes one, or by hand.
            name: the archive's own, for people.
            sent_at: when all of it was handed in; None: now.
            hold: whether it is only planned, until `begin_batch`.
        """
        query = {"name": name or None, "sent_at": _moment(sent_at), "hold": hold or None}
        answer = self._send_archive(assignment, archive, query, idempotency_key)
        return self.parsed(Batch, answer)

    def plan_class(
        self, assignment: str, archive: bytes, *, sent_at: datetime | None = None
    ) -> BatchPlan:
        """What would become of the archive of a class; nothing is stored. For staff."""
        query = {"sent_at": _moment(sent_at)}
        answer = self._send_archive(assignment, archive, query, None, below="/dry-run")
        return self.parsed(BatchPlan, answer)

    def batch(self, id: str) -> Batch:
        """How far a batch is. For staff."""
        return self.read(Batch, "GET", f"{_V1}/batches/{_part(id)}")

    def batch_items(self, id: str) -> Iterator[BatchItem]:
        """The files of a batch with what became of each. For staff."""
        return self._items(BatchItemPage, f"{_V1}/batches/{_part(id)}/items", {"limit": 200})

    def begin_batch(self, id: str, *, idempotency_key: str | None = None) -> Batch:
        """Let a planned batch be handed in. For staff."""
        path = f"{_V1}/batches/{_part(id)}/begin"
        return self.read(Batch, "POST", path, headers=_key(idempotency_key))

    def cancel_batch(self, id: str, *, idempotency_key: str | None = None) -> Batch:
        """End a batch; what is handed in stays. For staff."""
        path = f"{_V1}/batches/{_part(id)}/cancel"
        return self.read(Batch, "POST", path, headers=_key(idempotency_key))

    def wait_for_batch(self, id: str, timeout: float = 3_600.0) -> Batch:
        """Wait until all of a batch is handed in and graded.

        Returns:
            The batch as it is by then: `is_graded` says whether it is.
        """
        ends = time.monotonic() + timeout
        pause = _FIRST_LOOK
        while True:
            found = self.batch(id)
            left = ends - time.monotonic()
            if found.is_graded or left <= 0:
                return found
            self.pause(min(pause, left))
            pause = min(2 * pause, _LONGEST_LOOK)

    def grades(
        self,
        course: str,
        platform: Literal["canvas", "moodle"] | None = None,
        *,
        penalty: Literal["after", "before"] | None = None,
        unit: Literal["points", "percent"] | None = None,
        released: bool | None = None,
        bom: bool | None = None,
    ) -> bytes:
        """The grades of a class as CSV: for a platform, or as a plain table. For instructors.

        Args:
            penalty: the best score after late penalties, or before.
            unit: what grades are counted in.
            released: whether only grades that their students are shown.
            bom: whether it begins with a byte order mark, as Excel wants it.
        """
        query = {"penalty": penalty, "unit": unit, "released": released, "bom": bom}
        path = f"{_V1}/courses/{_part(course)}/exports/{platform or 'grades'}.csv"
        return self.ask("GET", path, query=query).content

    def report(self, course: str, *, assignment: str | None = None) -> bytes:
        """The report on a course, or on one of its assignments, as JSON. For staff."""
        path = f"{_V1}/courses/{_part(course)}/report"
        return self.ask("GET", path, query={"assignment": assignment}).content

    def archive_sizes(self, course: str) -> list[ArchiveSize]:
        """About how much the archive of a course would hold. For instructors."""
        path = f"{_V1}/courses/{_part(course)}/exports/archive"
        return self.read(ArchiveSizes, "GET", path).sizes

    def archive(
        self,
        course: str,
        into: IO[bytes],
        *,
        which: Literal["all", "latest", "counting"] = "all",
        figures: bool = True,
    ) -> None:
        """Write all that a course holds into a file, a zip archive. For instructors.

        It comes as it is made, and is never in memory as a whole.
        """
        path = f"{_V1}/courses/{_part(course)}/exports/archive.zip"
        self.fetch(path, into, query={"which": which, "figures": figures})

    def class_results(self, assignment: str, into: IO[bytes]) -> None:
        """Write a class's results, as Gradescope reads them, into a file. For instructors."""
        self.fetch(f"{_V1}/assignments/{_part(assignment)}/exports/results.zip", into)

    def student_archive(self, course: str, person: str, into: IO[bytes]) -> None:
        """Write all that a course holds of a student into a file. For instructors.

        Args:
            person: by id, or as `kind:value`.
        """
        path = f"{_V1}/courses/{_part(course)}/students/{_part(person)}/archive.zip"
        self.fetch(path, into)

    def regrade(
        self,
        assignment: str,
        *,
        which: Literal["latest", "best", "all", "these"] = "latest",
        submissions: Sequence[str] = (),
        exercise_version: str | None = None,
        reason: str = "",
        idempotency_key: str | None = None,
    ) -> Regrade:
        """Begin to grade submissions to an assignment again, on trial first. For staff.

        Args:
            submissions: with `these`: their ids.
            exercise_version: a version that is kept; None: as the exercise is served now.
        """
        body = {
            "which": which,
            "submissions": list(submissions),
            "exercise_version": exercise_version,
            "reason": reason,
        }
        path = f"{_V1}/assignments/{_part(assignment)}/regrades"
        return self.read(Regrade, "POST", path, body=body, headers=_key(idempotency_key))

    def regrade_state(self, id: str) -> Regrade:
        """How far a regrade is, with its totals. For staff."""
        return self.read(Regrade, "GET", f"{_V1}/regrades/{_part(id)}")

    def wait_for_regrade(self, id: str, timeout: float = 3_600.0) -> Regrade:
        """Wait until nothing goes on in a regrade: it is ready to be applied, or it is over.

        Returns:
            The regrade as it is by then: `stage` says whether it is.
        """
        ends = time.monotonic() + timeout
        pause = _FIRST_LOOK
        while True:
            found = self.regrade_state(id)
            left = ends - time.monotonic()
            if found.stage not in {"trying", "applying"} or left <= 0:
                return found
            self.pause(min(pause, left))
            pause = min(2 * pause, _LONGEST_LOOK)

    def regrade_items(
        self,
        id: str,
        *,
        only: Literal["up", "down", "same", "otherwise", "inconclusive", "failed", "left_out"]
        | None = None,
    ) -> Iterator[RegradedSubmission]:
        """What a regrade would change, the largest change first. For staff."""
        path = f"{_V1}/regrades/{_part(id)}/items"
        return self._items(RegradedList, path, {"limit": 200, "only": only})

    def apply_regrade(
        self,
        id: str,
        *,
        never_lower: bool = True,
        move_version: bool = False,
        idempotency_key: str | None = None,
    ) -> Regrade:
        """Let the trials' reports become the grades, in the background. For staff."""
        body = {"never_lower": never_lower, "move_version": move_version}
        path = f"{_V1}/regrades/{_part(id)}/apply"
        return self.read(Regrade, "POST", path, body=body, headers=_key(idempotency_key))

    def cancel_regrade(self, id: str, *, idempotency_key: str | None = None) -> Regrade:
        """End a regrade; what was applied before that stays. For staff."""
        path = f"{_V1}/regrades/{_part(id)}/cancel"
        return self.read(Regrade, "POST", path, headers=_key(idempotency_key))

    def _send_archive(
        self,
        assignment: str,
        archive: bytes,
        query: Mapping[str, Any],
        key: str | None,
        *,
        below: str = "",
    ) -> httpx.Response:
        return self.ask(
            "POST",
            f"{_V1}/assignments/{_part(assignment)}/batches{below}",
            query=query,
            content=archive,
            stores=not below,
            headers={"Content-Type": "application/zip"} | _key(key),
        )

    def _rest(self, answer: httpx.Response, left: float) -> None:
        """Pause as the server asks, where it has not waited itself; never longer than is left."""
        if "Preference-Applied" not in answer.headers:
            self.pause(min(left, retry_after(answer) or _FIRST_LOOK))

    def _items(
        self, kind: type[Page[_Item]], path: str, query: Mapping[str, Any]
    ) -> Iterator[_Item]:
        page = self.read(kind, "GET", path, query=query)
        while True:
            yield from page.items
            if page.next is None:
                return
            page = self.read(kind, "GET", page.next)


def _prefer(seconds: float) -> dict[str, str]:
    whole = min(int(seconds), _LONGEST_WAIT)
    return {"Prefer": f"wait={whole}"} if whole > 0 else {}


def _key(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Idempotency-Key": key}


def _moment(at: datetime | None) -> str | None:
    """A moment with its offset; without one it is this machine's local time."""
    return None if at is None else at.astimezone().isoformat()


def _part(id: str) -> str:
    """An id as one part of a path, whatever is in it.

    Raises:
        ValueError: it would be no part of its own.
    """
    if id in {"", ".", ".."}:
        raise ValueError(f"{id!r} is no id.")
    return quote(id, safe=":")
