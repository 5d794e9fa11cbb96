"""Batches in words, as the pages of staff show them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from grader.collected.why import Aside, Why
from grader.store.batch.entities import Batch, BatchStage, Counts, ItemState
from grader.web.words import whole

STAGES: Mapping[BatchStage, LazyString] = {
    BatchStage.PLANNED: lazy_gettext("not begun"),
    BatchStage.HANDING_IN: lazy_gettext("being handed in"),
    BatchStage.DONE: lazy_gettext("handed in"),
    BatchStage.CANCELLED: lazy_gettext("cancelled"),
}
#: The class of a stage's chip in the style sheet.
STAGE_CHIPS: Mapping[BatchStage, str] = {
    BatchStage.PLANNED: "partial",
    BatchStage.HANDING_IN: "pending",
    BatchStage.DONE: "passed",
    BatchStage.CANCELLED: "",
}
STATES: Mapping[ItemState, LazyString] = {
    ItemState.WAITING: lazy_gettext("waits"),
    ItemState.HANDED_IN: lazy_gettext("handed in"),
    ItemState.REPEATED: lazy_gettext("handed in before"),
    ItemState.REFUSED: lazy_gettext("not accepted"),
    ItemState.LEFT_OUT: lazy_gettext("left out"),
}
#: The same before anything is handed in.
FORESEEN: Mapping[ItemState, LazyString] = {
    **STATES,
    ItemState.WAITING: lazy_gettext("would be handed in"),
    ItemState.REPEATED: lazy_gettext("was handed in before"),
    ItemState.REFUSED: lazy_gettext("would not be accepted"),
    ItemState.LEFT_OUT: lazy_gettext("would be left out"),
}
#: The class of a state's chip.
CHIPS: Mapping[ItemState, str] = {
    ItemState.WAITING: "pending",
    ItemState.HANDED_IN: "passed",
    ItemState.REPEATED: "",
    ItemState.REFUSED: "failed",
    ItemState.LEFT_OUT: "partial",
}
WHY: Mapping[Why | Aside, LazyString] = {
    Why.NOBODY: lazy_gettext("nobody in the course is known by this name or id"),
    Why.SEVERAL_PEOPLE: lazy_gettext("it could be more than one person's"),
    Why.NOT_A_STUDENT: lazy_gettext("it belongs to somebody who is no student of the course"),
    Why.TWO_FILES: lazy_gettext("there are two files for one student"),
    Why.SEVERAL_FILES: lazy_gettext("several files could be meant: name one of them f.py"),
    Why.NO_FILE: lazy_gettext("no file of the right kind is there"),
    Why.TOO_LONG: lazy_gettext("it is longer than a submission may be"),
    Why.NOT_UTF8: lazy_gettext("it is no UTF-8 text"),
    Why.NO_ANSWERS: lazy_gettext("it holds no answers to a quiz"),
    Why.UNREADABLE: lazy_gettext("it can't be read: damaged, encrypted, or packed unusually"),
    Why.BY_CHOICE: lazy_gettext("somebody has left it out"),
    Why.CANCELLED: lazy_gettext("it was cancelled before this one was handed in"),
    Why.UNKNOWN: lazy_gettext("the assignment is not there for this student"),
    Why.ARCHIVED: lazy_gettext("the course is over"),
    Why.CHANGED: lazy_gettext("the assignment asks for another version by now"),
    Why.NOT_OPEN: lazy_gettext("the assignment was not open yet"),
    Why.CLOSED: lazy_gettext("the assignment was closed for this student"),
    Why.NO_ATTEMPTS_LEFT: lazy_gettext("the student has no attempts left"),
    Why.COOLING_DOWN: lazy_gettext("the pause between two attempts was not over"),
    Aside.SYSTEM_FILE: lazy_gettext("of the operating system, or hidden"),
    Aside.EMPTY_FOLDER: lazy_gettext("an empty folder"),
    Aside.UNSAFE_NAME: lazy_gettext("its name leads out of the archive, or is no name"),
    Aside.LINK: lazy_gettext("a link"),
    Aside.OTHER_KIND: lazy_gettext("not of the kind that answers this exercise"),
    Aside.BESIDE: lazy_gettext("beside the file that counts"),
}


def goes_on(batch: Batch, counts: Counts) -> bool:
    """Whether something still changes by itself: it is handed in, or graded."""
    return batch.stage is BatchStage.HANDING_IN or to_grade(counts) > counts.graded


def to_grade(counts: Counts) -> int:
    """How many submissions there are of a batch."""
    return sum(counts.states.get(one, 0) for one in (ItemState.HANDED_IN, ItemState.REPEATED))


def progress_words(counts: Counts) -> str:
    """How far a batch is, in a sentence."""
    left = counts.states.get(ItemState.WAITING, 0)
    done = to_grade(counts)
    graded = _("%(graded)s of %(all)s are graded.", graded=whole(counts.graded), all=whole(done))
    if not left:
        return str(graded)
    waiting = _("%(left)s wait to be handed in.", left=whole(left))
    return f"{waiting} {graded}"
