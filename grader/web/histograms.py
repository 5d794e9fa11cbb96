"""Histograms of a class's scores as SVG: sizes are attributes, and bars differ by pattern."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from grader.desks.report.score_summaries import ScoreSummary
from grader.web.words import number

#: In the units of its own coordinates: the whole, where bars stand, how high they get, how wide.
_WIDTH, _HEIGHT, _FLOOR, _TALLEST, _STEP, _GAP = 360, 150, 124, 100, 35, 4
_LEFT = 5


def histogram(scores: ScoreSummary, max_score: float) -> Markup:
    """How many students have which share of the points, ten bars side by side; "" of too few.

    The last bar's lower part, which is solid, are those who have all points.
    """
    if scores.histogram is None:
        return Markup()
    pattern = f"hatch-{next(_numbers())}"
    bars = Markup("").join(_bars(scores.histogram, scores.whole, pattern))
    return Markup(
        '<svg class="score-histogram" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<defs><pattern id="{}" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="5"></line>'
        "</pattern></defs>{}{}</svg>"
    ).format(_WIDTH, _HEIGHT, alt_text(scores, max_score), pattern, bars, _axis())


def finding(scores: ScoreSummary, max_score: float) -> str:
    """What a histogram shows, in a sentence or two."""
    middle = scores.middle
    if middle is None:
        return ""
    most = number(max_score)
    ends = ngettext(
        "Of %(num)s score, %(whole)s with all points and %(nothing)s with none.",
        "Of %(num)s scores, %(whole)s with all points and %(nothing)s with none.",
        scores.students,
        whole=scores.whole,
        nothing=scores.nothing,
    )
    if middle.lower == middle.upper:
        same = _(
            "Half of the scores, or more, are %(score)s of %(most)s points.",
            score=number(middle.median),
            most=most,
        )
        return f"{ends} {same}"
    half = _(
        "Half of the scores lie from %(lower)s to %(upper)s of %(most)s points.",
        lower=number(middle.lower),
        upper=number(middle.upper),
        most=most,
    )
    return f"{ends} {half}"


def alt_text(scores: ScoreSummary, max_score: float) -> str:
    """The same with the height of each bar, for who does not see it."""
    bins = ", ".join(str(one) for one in scores.histogram or ())
    heights = _("From 0 %% to 100 %% of the points, in tenths: %(bins)s students.", bins=bins)
    return f"{finding(scores, max_score)} {heights}"


def _numbers() -> count[int]:
    """Of a page's patterns, each of which needs a name of its own."""
    found: count[int] | None = g.get("histograms")
    if found is None:
        found = g.histograms = count(1)
    return found


def _bars(bins: Sequence[int], whole: int, pattern: str) -> list[Markup]:
    tallest, pieces = max(bins), []
    for place, students in enumerate(bins):
        left, height = _LEFT + place * _STEP, _TALLEST * students / tallest
        solid = _TALLEST * whole / tallest if place == len(bins) - 1 else 0.0
        if students:
            pieces.append(
                Markup(
                    '<rect class="bin" x="{}" y="{:.2f}" width="{}" height="{:.2f}" '
                    'fill="url(#{})"></rect>'
                ).format(left, _FLOOR - height, _STEP - _GAP, height, pattern)
            )
            pieces.append(
                Markup('<text class="bin-count" x="{:.1f}" y="{:.2f}">{}</text>').format(
                    left + (_STEP - _GAP) / 2, _FLOOR - height - 4, students
                )
            )
        if solid:
            pieces.append(
                Markup(
                    '<rect class="bin-whole" x="{}" y="{:.2f}" width="{}" height="{:.2f}"></rect>'
                ).format(left, _FLOOR - solid, _STEP - _GAP, solid)
            )
    return pieces


def _axis() -> Markup:
    right = _WIDTH - _LEFT
    ends = ((_LEFT, "start", "0 %"), (_WIDTH / 2, "middle", "50 %"), (right, "end", "100 %"))
    ticks = Markup("").join(
        Markup('<text class="bin-tick" x="{}" y="{}" text-anchor="{}">{}</text>').format(
            x, _FLOOR + 16, anchor, words
        )
        for x, anchor, words in ends
    )
    line = Markup('<line class="bin-floor" x1="{}" y1="{}" x2="{}" y2="{}"></line>')
    return line.format(_LEFT, _FLOOR, right, _FLOOR) + ticks
