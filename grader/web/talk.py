"""What people say of a submission, as its page shows it: comments, points, reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.store.assignment.disclosure import Extent, Policy, Release
from grader.store.review.comments import Thread
from grader.store.review.overrides import Override
from grader.store.review.points import Earned
from grader.store.review.reviews import Review
from grader.store.submission.submissions import State, Submission
from grader.web import words


@dataclass(frozen=True, slots=True)
class Talk:
    """What people say of a submission, for whoever looks at it."""

    #: Whether that is staff of its course.
    is_staff: bool
    threads: Sequence[Thread]
    #: By line of the code those that are about it.
    by_line: Mapping[int, Sequence[Thread]]
    #: Points that staff gave and that hold, and for staff those that no longer do.
    overrides: Sequence[Override]
    ended: Sequence[Override]
    #: Of these the points by criterion.
    given: Mapping[str, float]
    #: What staff can change, by criterion; empty where the report has none.
    criteria: Mapping[str, Earned]
    reviews: Sequence[Review]
    may_ask: bool
    #: What is shown later, and when; "" where everything is shown.
    later: str
    #: To staff: what the student does not see yet; "" where all is seen.
    unseen: str


def talk(found: Submission) -> Talk | None:
    """What people say of a submission; None outside a course."""
    if found.assignment is None or found.policy is None:
        return None
    held, who = desk().reviews, principal()
    is_staff = held.is_staff(who, found)
    given = held.overrides_of(who, found)
    holding = [one for one in given if one.holds]
    threads = held.threads(who, found)
    reviews = held.reviews_of(who, found)
    shown = found.disclosure
    graded = found.state is State.GRADED and found.report is not None
    return Talk(
        is_staff=is_staff,
        threads=threads,
        by_line=_by_line(threads),
        overrides=holding,
        ended=[one for one in given if not one.holds],
        given={one.criterion: one.points for one in holding if one.criterion},
        criteria=found.points or {},
        reviews=reviews,
        may_ask=(
            found.person == who.id
            and graded
            and shown.extent is not Extent.RECEIPT
            and not any(one.is_open for one in reviews)
        ),
        later=_later(found.policy, shown.extent, sorted(shown.hidden)),
        unseen=_unseen(found) if is_staff else "",
    )


def _by_line(threads: Sequence[Thread]) -> dict[int, list[Thread]]:
    found: dict[int, list[Thread]] = {}
    for thread in threads:
        if thread.first.line is not None:
            found.setdefault(thread.first.line, []).append(thread)
    return found


def _later(policy: Policy, extent: Extent, hidden: Sequence[str]) -> str:
    """What a student is shown later."""
    if extent is Extent.WHOLE:
        return ""
    what = str(_("Your grade is shown"))
    if extent is Extent.PART:
        names = ", ".join(hidden)
        what = str(_("Not shown yet, and not in the score: %(names)s. That comes", names=names))
    return f"{what} {_when(policy, extent)}"


def _when(policy: Policy, extent: Extent) -> str:
    by_close = policy.release is Release.AFTER_CLOSE or (
        extent is Extent.PART and policy.closes_at is not None
    )
    if by_close and policy.closes_at is not None:
        closes = words.moment(policy.closes_at).striptags()
        return str(_("once nothing can be handed in any more, after %(moment)s.", moment=closes))
    return str(_("when your teachers release it."))


def _unseen(found: Submission) -> str:
    assert found.policy is not None  # by `talk`
    shown = found.policy.disclosed(desk().courses.clock())
    if shown.extent is Extent.RECEIPT:
        return str(
            _("The student does not see this grade yet, nor comments: only whether the code ran.")
        )
    if shown.extent is Extent.PART:
        names = ", ".join(sorted(shown.hidden))
        return str(
            _(
                "The student sees this without %(names)s for now. Comments are seen at once.",
                names=names,
            )
        )
    return ""
