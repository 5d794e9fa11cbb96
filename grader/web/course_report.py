"""The words of a course report: what it says first, and how it names what it counts."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from exercises.outcome import Outcome
from grader.desks.report.assignments import AssignmentReport
from grader.desks.report.common_laws import CommonLaw
from grader.desks.report.desk import CourseReport
from grader.desks.report.headlines import Headline, HeadlineKind
from grader.desks.report.score_summaries import share as share_of
from grader.store.gradebook.course_report import PartRight
from grader.store.submission.snags import Snag, SnagKind
from grader.web import failures
from grader.web.charts import Part, bar
from grader.web.histograms import finding, histogram
from grader.web.statement import render_inline
from grader.web.words import number

__all__ = ["finding", "histogram"]

#: Stands in a sentence for what is put in once it is translated.
_TITLE = "{title}"


def headline(one: Headline, english: Markup) -> Markup:
    """A headline as a sentence.

    Args:
        one: the headline.
        english: the attribute of an element whose text stays English.
    """
    text = str(escape(_sentence(one)))
    if one.assignment is None:
        return Markup(text)
    title = Markup("<b{}>{}</b>").format(english, title_of(one.assignment))
    return Markup(text.replace(_TITLE, title))


def title_of(one: AssignmentReport) -> str:
    """What an assignment is called, as text."""
    return Markup(render_inline(one.column.title)).striptags()


def share(count: int, of: int) -> str:
    """A share in percent, or "" where there are too few to say one."""
    found = share_of(count, of)
    if found is None:
        return ""
    percent = round(100 * found)
    # 299 of 300 are not all of them, and 1 of 300 is not nobody.
    if percent in (0, 100) and count not in (0, of):
        return "<\u00a01\u00a0%" if percent == 0 else ">\u00a099\u00a0%"
    return f"{number(percent)}\u00a0%"


def of_all(count: int, of: int) -> str:
    """A number of so many, with its share where one can be said."""
    percent = share(count, of)
    numbers = {"count": number(count), "of": number(of), "share": percent}
    if not percent:
        return str(_("%(count)s of %(of)s", **numbers))
    return str(_("%(count)s of %(of)s (%(share)s)", **numbers))


def still_open(report: CourseReport) -> list[str]:
    """Why the numbers will still change; nothing where they will not."""
    said = []
    if report.waiting:
        said.append(
            ngettext(
                "%(num)s submission is not graded yet.",
                "%(num)s submissions are not graded yet.",
                report.waiting,
            )
        )
    if report.internal_errors:
        said.append(
            ngettext(
                "On %(num)s submission the grader itself has failed.",
                "On %(num)s submissions the grader itself has failed.",
                report.internal_errors,
            )
        )
    return said


def of_whole(count: int, of: int) -> str:
    """The share of submissions, which are nobody's in particular, in percent."""
    return f"{number(round(100 * count / of, 1))}\u00a0%" if of else "–"


def right_bar(part: PartRight) -> Markup:
    """How many of those who were asked have all points; the rest is empty."""
    label = str(_("all points"))
    return bar([Part("passed", label, part.right)], part.students)


def sentence(meaning: str) -> str:
    """What a misconception means, as a sentence."""
    return f"{meaning[:1].upper()}{meaning[1:]}."


def snag_name(snag: Snag, one: AssignmentReport) -> str:
    """What students fail by, with the part of the assignment; in Markdown, as questions are."""
    part = failures.part_words(snag.part, one.column.exercise)
    if snag.kind is SnagKind.UNNAMED:
        return part
    if not snag.name:
        return f"{part}: {_('an exception of their own')}"
    return f"{part}: {failures.snag_words(snag)}"


def snag_sentence(snag: Snag) -> str:
    """What that means, in a sentence; "" for a misconception, which says it itself, in English."""
    if snag.kind is SnagKind.MISTAKE:
        return ""
    if snag.kind is SnagKind.UNNAMED:
        return str(_("Not right, by no misconception that has a name."))
    if snag.name in set(Outcome):
        return str(_("The program ended early."))
    return str(_("The program ended with this exception."))


def law_alt(law: CommonLaw) -> str:
    """What a picture of a wrong law shows."""
    name = law.misconception
    if not name:
        return str(
            ngettext(
                "The density of x that %(num)s student has, in the window of the target.",
                "The density of x that %(num)s students have, in the window of the target.",
                law.students,
            )
        )
    return str(
        ngettext(
            "The density of x that %(num)s student has, by the misconception “%(name)s”.",
            "The density of x that %(num)s students have, by the misconception “%(name)s”.",
            law.students,
            name=name,
        )
    )


def _sentence(one: Headline) -> str:
    numbers = {
        "count": number(one.count),
        "of": number(one.of),
        "share": share(one.count, one.of),
        "title": _TITLE,
        "part": one.part.replace("_", " "),
    }
    match one.kind:
        case HeadlineKind.HARDEST:
            return str(
                ngettext(
                    "Most fail at %(title)s: of %(of)s students who have begun it, %(num)s "
                    "has not passed (%(share)s).",
                    "Most fail at %(title)s: of %(of)s students who have begun it, %(num)s "
                    "have not passed (%(share)s).",
                    one.count,
                    **numbers,
                )
            )
        case HeadlineKind.WEAKEST_PART:
            return str(
                _(
                    "Of all criteria, “%(part)s” in %(title)s is met least: by %(count)s of "
                    "%(of)s students (%(share)s).",
                    **numbers,
                )
            )
        case HeadlineKind.MISCONCEPTION:
            return _misconception(one)
        case _:
            return _counted(one, numbers)


def _misconception(one: Headline) -> str:
    name = one.snag.name if one.snag else ""
    where = ngettext("%(num)s assignment", "%(num)s assignments", one.of)
    return str(
        ngettext(
            "The commonest misconception is “%(name)s”: %(num)s newest report fails by it, in "
            "%(where)s.",
            "The commonest misconception is “%(name)s”: %(num)s newest reports fail by it, in "
            "%(where)s.",
            one.count,
            name=name,
            where=where,
        )
    )


def _counted(one: Headline, numbers: dict[str, str]) -> str:
    match one.kind:
        case HeadlineKind.ATTEMPTS:
            return str(
                ngettext(
                    "To pass, students take %(num)s attempt at the median.",
                    "To pass, students take %(num)s attempts at the median.",
                    one.count,
                )
            )
        case HeadlineKind.MOST_ATTEMPTS:
            return str(
                ngettext(
                    "They take the most in %(title)s: %(num)s attempt at the median.",
                    "They take the most in %(title)s: %(num)s attempts at the median.",
                    one.count,
                    **numbers,
                )
            )
        case HeadlineKind.LATE:
            return str(
                ngettext(
                    "Of %(of)s scores that count, %(num)s came late (%(share)s).",
                    "Of %(of)s scores that count, %(num)s came late (%(share)s).",
                    one.count,
                    **numbers,
                )
            )
        case _:
            return str(
                _(
                    "No assignment has been begun by five students yet: there are counts, and no "
                    "shares or medians."
                )
            )
