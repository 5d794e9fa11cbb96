"""The pages of the atlas: the laws that a class hands in, in clusters, and what to do with one."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response

from exercises.outcome import Verdict
from grader.access.principal import principal
from grader.api.represent.likeness import thumbnail_address
from grader.desks.atlas import Atlas, AtlasOrder, LawCluster, Within, can_have_law
from grader.desks.desk import desk
from grader.desks.paging import page_of
from grader.desks.problems import INVALID, NOT_FOUND, RequestError
from grader.web.forms import Complaints

#: How many clusters, or members of one, a page shows.
CLUSTERS, MEMBERS = 150, 240

WITHIN: Mapping[Within, Any] = {
    Within.SAME: lazy_gettext("The same law"),
    Within.ALIKE: lazy_gettext("Alike"),
    Within.ROUGH: lazy_gettext("Roughly alike"),
}
ORDERS: Mapping[AtlasOrder, Any] = {
    AtlasOrder.ALIKE: lazy_gettext("neighbours are alike"),
    AtlasOrder.SIZE: lazy_gettext("the largest first"),
}


def atlases(course: str) -> str:
    """The assignments of a course that have an atlas."""
    held, who = desk().courses, principal()
    found = held.course(who, course)
    assigned = [
        (one.assignment.id, one.exercise.title, can_have_law(one.exercise))
        for one in held.assigned(who, course)
    ]
    return render_template("staff/atlases.html", course=found, assigned=assigned)


def atlas(course: str, id_: str) -> str:
    """The atlas of an assignment."""
    within, order = _chosen(Within, "within"), _chosen(AtlasOrder, "order")
    found = _atlas(course, id_, within, order)
    page, cursor = page_of(
        found.clusters, CLUSTERS, request.args.get("after"), lambda one: one.medoid.submission
    )
    return render_template(
        "staff/atlas.html",
        atlas=found,
        clusters=page,
        following=cursor,
        order=order,
        **_vocabulary(),
    )


def law_cluster(course: str, id_: str, submission: str) -> str:
    """The cluster that a submission is in, with what can be done with all of it."""
    found = _atlas(course, id_, _chosen(Within, "within"), AtlasOrder.ALIKE)
    return _show(found, found.cluster_of(submission))


def comment_cluster(course: str, id_: str, submission: str) -> Response | str:
    """Comment on all submissions of a cluster, or on none."""
    found = _atlas(course, id_, _chosen(Within, "within"), AtlasOrder.ALIKE)
    cluster = found.cluster_of(submission)
    text = request.form.get("text", "").replace("\r\n", "\n")
    ids = [member.submission for member in cluster.members]
    try:
        desk().reviews.comment_on_each(principal(), id_, ids, text)
    except RequestError as error:
        if error.problem.type is not INVALID:
            raise
        detail = "; ".join(complaint.message for complaint in error.problem.errors)
        return _show(found, cluster, {"text": detail or error.problem.detail}, text)
    back = url_for(
        "pages.law_cluster",
        course=course,
        id_=id_,
        submission=submission,
        within=found.within.value,
        done="commented",
    )
    return redirect(back, HTTPStatus.SEE_OTHER)


def _show(
    found: Atlas, cluster: LawCluster, complaints: Complaints | None = None, text: str = ""
) -> str:
    page, cursor = page_of(
        cluster.members, MEMBERS, request.args.get("after"), lambda one: one.submission
    )
    count = len(cluster.members)
    done = ngettext(
        "Your comment stands on %(num)s submission.",
        "Your comment stands on %(num)s submissions.",
        count,
    )
    return render_template(
        "staff/law_cluster.html",
        atlas=found,
        cluster=cluster,
        members=page,
        following=cursor,
        complaints=complaints or {},
        text=text,
        said=desk().reviews.said_to_all([one.submission for one in cluster.members]),
        done=done if request.args.get("done") == "commented" else "",
        **_vocabulary(),
    )


def _atlas(course: str, id_: str, within: Within, order: AtlasOrder) -> Atlas:
    """The atlas of an assignment of this course.

    Raises:
        RequestError: not-found.
    """
    found = desk().atlas.atlas(principal(), id_, within, order)
    if found.course.id != course:
        raise RequestError(NOT_FOUND, "There is no such assignment.")
    return found


def cluster_name(cluster: LawCluster) -> str:
    """What a cluster is called."""
    if cluster.is_right:
        return str(_("A right law"))
    name, count = cluster.misconception
    if 2 * count >= len(cluster.members):
        return name
    return str(_("Another law"))


def otherwise(cluster: LawCluster) -> str:
    """Why some whose law is right did not pass, in a sentence; "" where all did."""
    count = sum(one.verdict is not Verdict.PASSED for one in cluster.members)
    if not cluster.is_right or not count:
        return ""
    return str(
        ngettext(
            "The law is right. %(num)s did not pass all the same: another criterion failed, or the "
            "law is off by a little.",
            "The law is right. %(num)s did not pass all the same: another criterion failed, or the "
            "law is off by a little.",
            count,
        )
    )


def _chosen(kind: Any, name: str) -> Any:
    """A choice in the address or the form; the first one where there is none of that name."""
    said = request.values.get(name, "")
    return next((member for member in kind if member.value == said), next(iter(kind)))


def _vocabulary() -> dict[str, object]:
    return {
        "WITHIN": WITHIN,
        "ORDERS": ORDERS,
        "cluster_name": cluster_name,
        "otherwise": otherwise,
        "thumbnail": thumbnail_address,
    }
