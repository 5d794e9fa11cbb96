"""The files of submissions: what was sent, what was found, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice

from exercises.exercise import QuizExercise
from grader.access.principal import Principal
from grader.desks.pinned import PinnedExercises
from grader.desks.reviews import ReviewDesk, Talk
from grader.desks.takeaway.written import as_json, told
from grader.store.submission.submissions import Submission
from grader.store.takeaway.collection import Collected, Collections

#: A file: its path within the folder, and what is in it.
File = tuple[str, bytes | str]
#: A submission by its id, and the folder that it goes into.
Placed = tuple[str, str]

#: So many submissions are in memory at once; one with its figures has about 100 KB.
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class WorkReader:
    """Reads submissions as files, a few at a time."""

    collections: Collections
    reviews: ReviewDesk
    pinned: PinnedExercises

    def some(
        self, who: Principal, ids: Iterable[str], *, figures: bool = False
    ) -> Iterator[tuple[Collected, Talk]]:
        """Submissions with what was said of them, as far as somebody sees them now."""
        left = iter(ids)
        while portion := list(islice(left, _AT_ONCE)):
            found = self.collections.read(portion, who.view, figures=figures)
            talks = self.reviews.talks(who, [one.submission for one in found])
            for one in found:
                yield one, talks[one.submission.id]

    def files(
        self,
        who: Principal,
        placed: Sequence[Placed],
        *,
        figures: bool = True,
        versions: set[tuple[str, str]] | None = None,
    ) -> Iterator[File]:
        """The files of submissions, each in a folder of its own.

        Args:
            who: takes them.
            placed: which, and into which folder each.
            figures: whether theirs are taken too.
            versions: gets the exercises and versions that they were graded by.
        """
        folders = dict(placed)
        for found, talk in self.some(who, folders, figures=figures):
            one = found.submission
            if versions is not None:
                versions.add((one.exercise, one.exercise_version))
            stamp = one.accepted_at.astimezone(UTC).strftime("%Y%m%d-%H%M%S")
            for name, content in self._of_one(found, talk):
                yield f"{folders[one.id]}/{stamp}-{one.id}/{name}", content

    def _of_one(self, found: Collected, talk: Talk) -> Iterator[File]:
        one = found.submission
        yield "submission.json", as_json(told(one))
        yield f"{one.exercise}.{self._ending(one)}", one.source
        yield from _findings(one, "report.json", "receipt.json")
        for file in found.files:
            yield f"figures/{file.name}", file.content
        for before in found.earlier:
            yield from _findings(
                before, f"earlier/report-{before.attempt}.json", f"earlier/{before.attempt}.json"
            )
        comments = [each for thread in talk.threads for each in (thread.first, *thread.answers)]
        said = {"comments": comments, "points": talk.overrides, "reviews": talk.reviews}
        for name, several in said.items():
            if several:
                yield f"{name}.json", as_json(several)

    def _ending(self, found: Submission) -> str:
        asked = self.pinned.get(found.exercise, found.exercise_version)
        return "json" if isinstance(asked, QuizExercise) else "py"


def _findings(found: Submission, report: str, receipt: str) -> Iterator[File]:
    if found.report is not None:
        yield report, found.report.model_dump_json(indent=2) + "\n"
    elif found.receipt is not None:
        yield receipt, as_json(found.receipt)
