"""The desk of batches: what staff hand in for a whole class, as it was collected elsewhere.

Who may ask is decided before, by the rules of access. What is looked for here is looked for within
one course all the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exercises.exercise import AnyExercise, QuizExercise
from exercises.quiz.answers import read_answers
from grader.access.principal import Principal
from grader.collected.archive import BadArchive, PassedOver, read_archive
from grader.collected.gathering import Piece, gather, wanted
from grader.collected.members import Known, Members
from grader.collected.why import Why
from grader.desks.acceptance import Acceptance, unavailable
from grader.desks.courses import CourseDesk
from grader.desks.problems import (
    ARCHIVED,
    BAD_CURSOR,
    BATCH_STAGE,
    INVALID,
    NOT_FOUND,
    Complaint,
    RequestError,
)
from grader.desks.sent import text_of
from grader.store.assignment.assignments import Assignment
from grader.store.audit import Actor
from grader.store.batch.batches import Batches, TwoFiles, WrongStage
from grader.store.batch.entities import (
    Batch,
    BatchStage,
    Counts,
    Draft,
    Fate,
    Item,
    ItemState,
)
from grader.store.course.roles import Role
from grader.store.course.roster import SHARED_KINDS
from grader.store.identifiers import new_id
from worker.source import SOURCE_BYTES

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_STAGES = {
    BatchStage.PLANNED: "Nobody has begun it yet.",
    BatchStage.HANDING_IN: "It is being handed in.",
    BatchStage.DONE: "All of it is handed in.",
    BatchStage.CANCELLED: "It was cancelled.",
}
#: How many members are read at once.
_PAGE = 1000
#: Characters of an archive's name that are kept.
_NAME_LIMIT = 200
#: Of what was passed over, so much is kept.
_PASSED_OVER_LIMIT = 200
#: Clocks differ; what is later than this is a mistake.
_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of an archive; nothing of it is stored."""

    items: tuple[Item, ...]
    passed_over: tuple[PassedOver, ...]

    @property
    def counts(self) -> Counts:
        """The plan in numbers."""
        number = Counter(one.state for one in self.items)
        return Counts({state: number[state] for state in ItemState if state in number}, 0, 0)


@dataclass(frozen=True, slots=True)
class _Read:
    """What an archive holds for an assignment."""

    assignment: Assignment
    asked: AnyExercise
    drafts: list[Draft]
    passed_over: tuple[PassedOver, ...]
    people: dict[str, Known]


@dataclass(frozen=True, slots=True)
class BatchDesk:
    """What the web process holds to serve batches."""

    batches: Batches
    acceptance: Acceptance
    courses: CourseDesk
    #: Of how many people's work an archive may hold.
    files_limit: int

    def plan(
        self, who: Principal, assignment: str, archive: bytes, *, sent_at: datetime | None = None
    ) -> Plan:
        """What would become of an archive.

        Args:
            who: asks for it.
            assignment: the id of what its files answer.
            archive: a zip archive.
            sent_at: when all of it was handed in; None: now.

        Raises:
            RequestError: not-found, archived, exercise-unavailable or invalid.
        """
        read = self._read(who, assignment, archive, sent_at)
        fates = self.batches.foresee(read.assignment.id, read.drafts, sent_at=sent_at)
        pairs = zip(read.drafts, fates, strict=True)
        items = (_item(place, *pair, read.people) for place, pair in enumerate(pairs))
        return Plan(tuple(items), read.passed_over)

    def record(
        self,
        who: Principal,
        assignment: str,
        archive: bytes,
        *,
        name: str = "",
        sent_at: datetime | None = None,
        hold: bool = False,
    ) -> Batch:
        """Record an archive as a batch, which is handed in in the background.

        Args:
            who: sends it.
            assignment: the id of what its files answer.
            archive: a zip archive.
            name: the archive's own.
            sent_at: when all of it was handed in; None: now.
            hold: whether it is only planned, until somebody begins it.

        Raises:
            RequestError: not-found, archived, exercise-unavailable or invalid.
        """
        read = self._read(who, assignment, archive, sent_at)
        self.acceptance.keep(read.asked)
        now = self.courses.clock()
        batch = Batch(
            id=new_id(int(now.timestamp() * 1000)),
            course=read.assignment.course,
            assignment=read.assignment.id,
            exercise_version=read.asked.version,
            name="".join(char for char in name if char.isprintable())[:_NAME_LIMIT],
            digest=hashlib.sha256(archive).hexdigest(),
            stage=BatchStage.PLANNED if hold else BatchStage.HANDING_IN,
            total=len(read.drafts),
            passed_over=read.passed_over,
            sent_at=sent_at,
            created_at=now,
            sent_by=Actor(who.actor.person, who.actor.token),
            begun_at=None,
            ended_at=None,
        )
        return self.batches.record(batch, read.drafts, who.actor)

    def page(
        self, who: Principal, assignment: str, *, limit: int, before: str | None = None
    ) -> tuple[list[Batch], str | None]:
        """A page of an assignment's batches, the newest first, and the next one's cursor or None.

        Raises:
            RequestError: not-found or bad-cursor.
        """
        found = self.courses.entity(who, assignment)
        if before is not None and not _ID.fullmatch(before):
            complaint = Complaint("This must come from a “next” link.", parameter="before")
            raise RequestError(BAD_CURSOR, "The cursor is not one of ours.", [complaint])
        page = self.batches.latest(found.id, limit=limit + 1, before=before)
        return page[:limit], page[limit - 1].id if len(page) > limit else None

    def batch(self, who: Principal, id_: str) -> Batch:
        """One batch of a course that somebody teaches.

        Raises:
            RequestError: not-found.
        """
        found = self.batches.get(id_) if _ID.fullmatch(id_) else None
        if found is None or not who.is_staff(found.course):
            raise RequestError(NOT_FOUND, "There is no such batch.")
        return found

    def counts(self, batch: Batch) -> Counts:
        """A batch in numbers."""
        return self.batches.counts(batch.id)

    def items(
        self, batch: Batch, *, limit: int, after: int = -1, state: ItemState | None = None
    ) -> tuple[list[Item], int | None]:
        """A page of a batch's files in their order, and the next one's cursor or None."""
        found = self.batches.items(batch, limit=limit + 1, after=after, state=state)
        return found[:limit], found[limit - 1].place if len(found) > limit else None

    def all_items(self, batch: Batch) -> list[Item]:
        """All files of a batch in their order: as many as an archive may hold."""
        return self.batches.items(batch, limit=max(batch.total, 1))

    def choose(self, who: Principal, id_: str, place: int, person: str | None) -> None:
        """Say whose a file of a planned batch is; None: nobody's.

        Raises:
            RequestError: not-found, batch-stage or invalid.
        """
        batch = self.batch(who, id_)
        if person is not None:
            member = self.courses.member(batch.course, person)
            if member is None or member.role is not Role.STUDENT:
                raise _unfit("This must be a student of the course.")
            person = member.person.id
        try:
            known = self.batches.choose(batch, place, person)
        except WrongStage as error:
            raise _wrong_stage(error) from error
        except TwoFiles:
            raise _unfit("Another file of the batch is this student's.") from None
        if not known:
            raise RequestError(NOT_FOUND, "There is no such file, or it can't be handed in.")

    def begin(self, who: Principal, id_: str) -> Batch:
        """Let a planned batch be handed in, in the background.

        Raises:
            RequestError: not-found, batch-stage.
        """
        batch = self.batch(who, id_)
        try:
            self.batches.begin(batch, who.actor)
        except WrongStage as error:
            raise _wrong_stage(error) from error
        return self.batch(who, id_)

    def cancel(self, who: Principal, id_: str) -> Batch:
        """End a batch; what was handed in before that stays.

        Raises:
            RequestError: not-found, batch-stage.
        """
        batch = self.batch(who, id_)
        try:
            self.batches.cancel(batch, who.actor)
        except WrongStage as error:
            raise _wrong_stage(error) from error
        return self.batch(who, id_)

    def without_files(self, batch: Batch) -> list[Known]:
        """The students of a batch's course who have no file in it, by name."""
        held = {one.person for one in self.all_items(batch)}
        people = self._people(batch.course)
        students = (one for one in people if one.is_student and one.id not in held)
        return sorted(students, key=lambda one: (one.name.casefold(), one.id))

    def _read(
        self, who: Principal, assignment: str, archive: bytes, sent_at: datetime | None
    ) -> _Read:
        found = self.courses.entity(who, assignment)
        if self.courses.course(who, found.course).archived_at is not None:
            raise RequestError(ARCHIVED, "The course is over: nothing can be handed in.")
        if sent_at is not None and sent_at > self.courses.clock() + _SLACK:
            complaint = Complaint("This must not be in the future.", parameter="sent_at")
            raise RequestError(INVALID, "Nothing was handed in at that time yet.", [complaint])
        asked = self.courses.pinned.get(found.exercise, found.exercise_version)
        if asked is None:
            raise unavailable(found.exercise)
        people = self._people(found.course)
        members = Members(people)
        sought = wanted(
            found.exercise,
            is_quiz=isinstance(asked, QuizExercise),
            file_limit=SOURCE_BYTES,
            files_limit=self.files_limit,
        )
        try:
            gathered = gather(read_archive(archive), sought, members.knows)
        except BadArchive as error:
            raise RequestError(INVALID, str(error), [Complaint(str(error), pointer="#")]) from error
        drafts = _one_each([_draft(one, asked, members) for one in gathered.pieces])
        passed_over = tuple(gathered.passed_over[:_PASSED_OVER_LIMIT])
        return _Read(found, asked, drafts, passed_over, {one.id: one for one in people})

    def _people(self, course: str) -> list[Known]:
        """Everybody in a course, by all that they are known by."""
        found: list[Known] = []
        after: str | None = None
        while True:
            page = self.courses.memberships.of(course, limit=_PAGE, after=after)
            ids = self.courses.roster.ids_of(course, [one.person.id for one in page])
            for one in page:
                telling = {
                    kind: value
                    for kind, value in ids[one.person.id].items()
                    if kind not in SHARED_KINDS
                }
                is_student, person = one.role is Role.STUDENT, one.person
                known = Known(person.id, person.name, person.username, is_student, telling)
                found.append(known)
            if len(page) < _PAGE:
                return found
            after = page[-1].person.id


def _draft(piece: Piece, asked: AnyExercise, members: Members) -> Draft:
    """A file with whose it is, and its text as a submission holds it."""
    person, why, detail = None, piece.why, piece.detail
    if piece.label is None:
        match_why: Why | None = Why.NOBODY
    else:
        match = members.find(piece.label)
        person = None if match.person is None else match.person.id
        match_why, detail = match.why, detail or match.detail
    source = None
    if piece.content is not None:
        text = _text(piece.content, asked)
        if isinstance(text, Why):
            why = text
        else:
            source = text.encode()
    return Draft(piece.path, person, source, why or match_why, detail)


def _text(content: bytes, asked: AnyExercise) -> str | Why:
    """The text of a submission that a file holds, or why it holds none."""
    try:
        # Editors on Windows begin a file with a byte order mark.
        text = content.decode("utf-8-sig")
        if not isinstance(asked, QuizExercise):
            return text_of(asked, text, None)
        answers = read_answers(text)
        if answers is None:
            return Why.NO_ANSWERS
        written = text_of(asked, None, answers)
        written.encode()
    except UnicodeDecodeError:
        return Why.NOT_UTF8
    except UnicodeEncodeError:
        return Why.NO_ANSWERS
    except RequestError:
        return Why.TOO_LONG
    return written


def _one_each(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts; where several are one person's, none of them is handed in by itself."""
    held = Counter(one.person for one in drafts if one.person is not None)
    files: dict[str, list[str]] = {}
    for one in drafts:
        if one.person is not None:
            files.setdefault(one.person, []).append(one.file)
    return [
        replace(
            one,
            person=None,
            why=Why.TWO_FILES,
            detail=", ".join(file for file in files[one.person] if file != one.file)[:300],
        )
        if one.person is not None and held[one.person] > 1
        else one
        for one in drafts
    ]


def _item(place: int, draft: Draft, fate: Fate, people: dict[str, Known]) -> Item:
    """A file of an archive that is not stored."""
    person = people.get(draft.person or "")
    return Item(
        place=place,
        file=draft.file,
        person=draft.person,
        name=None if person is None else person.name,
        username=None if person is None else person.username,
        state=fate.state,
        why=fate.why,
        detail=draft.detail,
        is_open=False,
        submission=fate.submission,
        summary=None,
    )


def _unfit(sentence: str) -> RequestError:
    return RequestError(INVALID, sentence, [Complaint(sentence, pointer="#/person")])


def _wrong_stage(error: WrongStage) -> RequestError:
    return RequestError(BATCH_STAGE, _STAGES[error.stage])
