"""The API's archives: a course, a class's results, and what is held of a person, to take away."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.takeaway.desk import Takeaway

blueprint = APIBlueprint(
    "takeaway",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="archives", description="Work and data to take away, as zip archives.")],
)

_ZIP = {
    HTTPStatus.OK: {
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    }
}
#: Stands for a submission's id while the address of its page is made.
_ANY = "ID"


@blueprint.get(
    "/courses/<course>/exports/archive",
    responses=documented({HTTPStatus.OK: resources.ArchiveSizes}, problems.NOT_FOUND),
)
def sizes(path: resources.CoursePath) -> Response:
    """Read about how much the archive of a course would hold. For instructors."""
    return answer(sizes_of(path.course))


def sizes_of(course: str) -> resources.ArchiveSizes:
    """About how much the archive of a course would hold."""
    found = desk().takeaway.bulk(principal(), course)
    listed = [
        resources.ArchiveSize(
            which=which,
            submissions=bulk.submissions,
            text_bytes=bulk.text_bytes,
            figure_bytes=bulk.figure_bytes,
        )
        for which, bulk in found.items()
    ]
    return resources.ArchiveSizes(sizes=listed)


@blueprint.get(
    "/courses/<course>/exports/archive.zip",
    responses=documented(_ZIP, problems.INVALID, problems.NOT_FOUND, problems.TOO_MANY_ARCHIVES),
)
def course(path: resources.CoursePath, query: resources.ArchiveQuery) -> Response:
    """Download all that a course holds: people, rules, programs, reports, figures. For instructors.

    It is made while it is sent, so its length is not known before. Where it ends without
    SHA256SUMS, which comes last, something went wrong.
    """
    taken = desk().takeaway.course(principal(), path.course, query.which, figures=query.figures)
    return _sent(taken, path.course, "archive.zip")


@blueprint.get(
    "/assignments/<id>/exports/results.zip",
    responses=documented(_ZIP, problems.NOT_FOUND, problems.TOO_MANY_ARCHIVES),
)
def results(path: resources.AssignmentPath) -> Response:
    """Download a class's results as Gradescope reads them. For instructors.

    A folder for each student with the results.json of the submission that counts, and
    summary.json; there a student without a result has null, which is no zero.
    """
    address = url_for("pages.submission", id_=_ANY, _external=True)

    def page(submission: str) -> str:
        return f"{address.removesuffix(_ANY)}{submission}"

    held = desk().takeaway
    asked = desk().courses.entity(principal(), path.id)
    return _sent(held.results(principal(), path.id, page), asked.course, "results.zip")


@blueprint.get(
    "/courses/<course>/students/<person>/archive.zip",
    responses=documented(_ZIP, problems.NOT_FOUND, problems.TOO_MANY_ARCHIVES),
)
def student(path: resources.MemberPath) -> Response:
    """Download all that a course holds of a student, who may have left it. For instructors."""
    who = principal()
    person = desk().privacy.person(who, path.course, path.person)
    taken = desk().takeaway.student(who, path.course, person)
    return _sent(taken, path.course, "student.zip", person.id)


@blueprint.get(
    "/me/archive.zip",
    responses=documented(_ZIP, problems.FORBIDDEN, problems.TOO_MANY_ARCHIVES),
)
def own() -> Response:
    """Download all that is held of you, in all courses. No token does this.

    What is not shown to you yet is left out.
    """
    return sent(desk().takeaway.own(principal()))


def sent(taken: Takeaway) -> Response:
    """An archive as an answer that is made while it is sent."""
    response = Response(taken.chunks(), mimetype="application/zip")
    # Also where nothing is ever read of it, as for HEAD.
    response.call_on_close(taken.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{taken.name}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(taken: Takeaway, course: str, what: str, about: str | None = None) -> Response:
    response = sent(taken)
    if request.method == "GET":
        desk().takeaway.note(principal(), course, what, about)
    return response
