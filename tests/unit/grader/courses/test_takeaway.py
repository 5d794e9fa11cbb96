"""What is taken away as an archive: all of it is there, nothing more, and each file is whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from exercises.outcome import Outcome, Verdict
from grader.desks.takeaway.course_folder import folder_of
from grader.exports.summed_folder import SUMS
from grader.store.assignment.assignments import Rules
from grader.store.assignment.disclosure import Release
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.identity.access_tokens import AccessTokens, Wanted
from grader.store.identity.scopes import Scope
from grader.store.models import Table
from grader.store.takeaway.collection import WhichWork
from tests.unit.grader.courses.test_erasure import MARK, Planted, plant
from tests.unit.grader.courses.test_erasure import SOURCE as SOURCE_OF_MIA
from tests.unit.grader.marking import finding, grade, grade_again, report_of
from tests.unit.grader.town import SOURCE, Town

DENSITY = {"density.png": b"\x89PNG picture", "density.npz": b"PK numbers"}
HALF = report_of(finding("law", 4.0, 7.0), finding("invertibility", 0.0, 3.0))
RIGHT = report_of(finding("law", 7.0, 7.0), finding("invertibility", 3.0, 3.0))


class Folder(dict[str, bytes]):
    """The files of an archive, by their paths within its one folder; their sums are right."""

    @classmethod
    def of(cls, answer: TestResponse) -> Folder:
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/zip"
        assert answer.headers["Cache-Control"] == "no-store"
        made = zipfile.ZipFile(io.BytesIO(answer.data))
        assert made.testzip() is None
        roots = {name.partition("/")[0] for name in made.namelist()}
        assert len(roots) == 1
        assert f'filename="{roots.pop()}.zip"' in answer.headers["Content-Disposition"]
        assert len(set(made.namelist())) == len(made.namelist())
        found = cls({name.partition("/")[2]: made.read(name) for name in made.namelist()})
        sums = [line.split("  ", 1) for line in found.pop(SUMS).decode().splitlines()]
        assert {path: sum_ for sum_, path in sums} == {
            path: hashlib.sha256(content).hexdigest() for path, content in found.items()
        }
        return found

    def json(self, path: str) -> Any:
        return json.loads(self[path])

    def below(self, part: str) -> set[str]:
        return {path for path in self if part in path}

    def one(self, *parts: str) -> str:
        """The one path that has all these parts."""
        (found,) = [path for path in self if all(part in path for part in parts)]
        return found


@pytest.fixture(scope="module")
def worked(town: Town) -> Town:
    """Ann has handed in three times: what counts is the second, of which more was said."""
    work = [town.work["ann"]]
    for _ in range(2):
        grade(town, work[-1], HALF, DENSITY)
        work.append(town.hand_in("ann", town.opened["red"].id))
    grade_again(town, work[1], RIGHT, {"density.png": b"\x89PNG the newer one"})
    for path, body in (
        (f"submissions/{work[1]}/comments", {"text": "Well done — “ω”."}),
        (f"submissions/{work[1]}/overrides", {"points": 9.5, "reason": "A day of grace."}),
        (
            f"submissions/{work[1]}/overrides",
            {"criterion": "law", "points": 6.5, "reason": "Not quite."},
        ),
    ):
        assert town.post("tess", f"/api/v1/{path}", body).status_code == 201
    town.work["ann, the best"], town.work["ann, the last"] = work[1:]
    return town


def archive(town: Town, query: str = "") -> Folder:
    return Folder.of(town.get("op", f"/api/v1/courses/red/exports/archive.zip{query}"))


def test_a_course_is_taken_away_whole(worked: Town) -> None:
    found = archive(worked)
    assigned = folder_of(worked.opened["red"])
    assert found.json("course.json")["id"] == "red"
    assert found.json("course.json")["which"] == "all"
    people = list(csv.DictReader(io.StringIO(found["people.csv"].decode())))
    assert {(one["name"], one["role"]) for one in people} >= {
        *(("Ann", "student"), ("Bob", "student"), ("Tess", "assistant")),
    }
    rules = found.json(f"{assigned}/assignment.json")
    assert (rules["exercise"], rules["rules"]["release"]) == ("affine", "at_once")
    work = {path.split("/")[4] for path in found.below(f"{assigned}/students/Ann/")}
    assert [one.partition("-")[2].partition("-")[2] for one in sorted(work)] == sorted(
        worked.work[name] for name in ("ann", "ann, the best", "ann, the last")
    )
    best = worked.work["ann, the best"]
    assert found[found.one(best, "/affine.py")].decode() == SOURCE
    assert found.json(found.one(best, "-" + best + "/report.json"))["score"] == 10.0
    assert found.json(found.one(best, "earlier/report-1.json"))["score"] == 4.0
    assert found[found.one(best, "figures/density.png")] == b"\x89PNG the newer one"
    told = found.json(found.one(best, "submission.json"))
    assert (told["score"], told["given_score"], told["counted_score"]) == (10.0, 9.5, 9.5)
    (comment,) = found.json(found.one(best, "comments.json"))
    assert (comment["text"], comment["name"]) == ("Well done — “ω”.", "Tess")
    given = found.json(found.one(best, "points.json"))
    assert [(one["criterion"], one["points"], one["reason"]) for one in given] == [
        (None, 9.5, "A day of grace."),
        ("law", 6.5, "Not quite."),
    ]
    assert found.below(f"{assigned}/exercise/{rules['exercise_version']}/affine/exercise.toml")
    assert not found.below("reference.py")
    (ann,) = [
        row
        for row in csv.DictReader(io.StringIO(found["grades.csv"].decode()))
        if row["Username"] == "ann"
    ]
    assert "9.5" in ann.values()
    assert "names, grades and programs" in found["README.txt"].decode()


@pytest.mark.parametrize(
    ("which", "kept"), [("latest", "ann, the last"), ("counting", "ann, the best")]
)
def test_of_each_student_the_latest_or_what_counts_is_taken(
    worked: Town, which: str, kept: str
) -> None:
    found = archive(worked, f"?which={which}&figures=false")
    assert found.below(worked.work[kept])
    others = {worked.work[name] for name in ("ann", "ann, the best", "ann, the last")}
    assert not any(found.below(id_) for id_ in others - {worked.work[kept]})
    assert not found.below("/figures/")
    assert "without figures" in found["README.txt"].decode()


def test_who_has_left_the_course_is_in_its_archive_still(worked: Town) -> None:
    person = worked.door.people.create("Ann", "ann.two")
    Memberships(worked.desk.engine).put("red", person.id, Role.STUDENT)
    worked.people["ann.two"], worked.clients["ann.two"] = person, worked.app.test_client()
    session = worked.door.sessions.begin(person.id)
    worked.clients["ann.two"].set_cookie("pushforward_session", session)
    id_ = worked.hand_in("ann.two", worked.opened["red"].id)
    found = archive(worked, "?figures=false")
    ann = worked.people["ann"].id
    assert f"/students/Ann-{person.id}/" in found.one(id_, "/affine.py")
    assert f"/students/Ann-{ann}/" in found.one(worked.work["ann, the last"], "/affine.py")
    Memberships(worked.desk.engine).remove("red", person.id)
    left = archive(worked, "?figures=false")
    assert f"/students/Ann-{person.id}/" in left.one(id_, "/affine.py")
    rows = csv.DictReader(io.StringIO(left["people.csv"].decode()))
    assert [row["role"] for row in rows if row["person"] == person.id] == ["left"]


def test_the_results_of_a_class_are_those_of_what_counts(worked: Town) -> None:
    assignment = worked.opened["red"].id
    path = f"/api/v1/assignments/{assignment}/exports/results.zip"
    found = Folder.of(worked.get("op", path))
    summary = found.json("summary.json")
    assert (summary["assignment"], summary["exercise"]) == (assignment, "affine")
    rows = {row["username"]: row for row in summary["students"]}
    assert rows["bob"]["results"] is None, "waits for its grade, which is no zero"
    assert "tess" not in rows
    ann = rows["ann"]
    assert (ann["score"], ann["submission"]) == (9.5, worked.work["ann, the best"])
    results = found.json(ann["results"])
    single = worked.get("op", f"/api/v1/submissions/{ann['submission']}/results.json").get_json()
    assert results == single
    assert "A day of grace." in results["output"]
    assert {one["name"]: one.get("score") for one in results["tests"]}["law"] == 6.5
    assert f"/submissions/{ann['submission']}" in results["output"]


def test_a_failure_of_ours_is_no_result(worked: Town) -> None:
    assigned = worked.assign("red", "affine")
    id_ = worked.hand_in("bob", assigned.id)
    failed = report_of(verdict=Verdict.INTERNAL_ERROR, outcome=Outcome.INTERNAL_ERROR, figures=[])
    grade(worked, id_, failed)
    found = Folder.of(worked.get("op", f"/api/v1/assignments/{assigned.id}/exports/results.zip"))
    assert found.keys() == {"README.txt", "summary.json"}


def test_how_large_an_archive_is_is_said_before(worked: Town) -> None:
    sizes = worked.get("op", "/api/v1/courses/red/exports/archive").get_json()["sizes"]
    count = {one["which"]: one["submissions"] for one in sizes}
    assert count["all"] > count["latest"] > count["counting"] > 0
    every = next(one for one in sizes if one["which"] == "all")
    assert every["text_bytes"] > every["submissions"] * len(SOURCE)
    figures = sum(map(len, DENSITY.values())) + len(b"\x89PNG the newer one")
    assert every["figure_bytes"] == figures


def test_what_is_taken_out_is_in_the_log_and_a_look_at_the_headers_is_not(worked: Town) -> None:
    def noted() -> list[Any]:
        log = worked.get("op", "/api/v1/courses/red/audit?deed=exported&limit=200").get_json()
        return [(one["after"]["what"], one["about"]) for one in log["items"]]

    before = noted()
    path = "/api/v1/courses/red/exports/archive.zip"
    head = worked.client("op").head(path)
    assert (head.status_code, head.data) == (200, b"")
    head.close()
    assert noted() == before
    ann = worked.people["ann"].id
    assert worked.get("op", path).data
    assert worked.get("op", f"/api/v1/courses/red/students/{ann}/archive.zip").data
    assert noted() == [("student.zip", ann), ("archive.zip", None), *before]


def test_only_a_few_archives_go_out_at_once_and_one_of_each_person(worked: Town) -> None:
    path = "/api/v1/courses/red/exports/archive.zip"
    first = worked.client("op").get(path)
    refused = worked.get("op", path)
    assert (refused.status_code, refused.get_json()["type"]) == (503, "/problems/too-many-archives")
    assert int(refused.headers["Retry-After"]) > 0
    mine = worked.get("op", "/api/v1/me/archive.zip")
    assert mine.status_code == 200, "who takes away what is held of oneself waits for nobody else"
    mine.close()
    first.close()
    again = worked.client("op").get(path)
    assert again.status_code == 200
    again.close()
    turns = worked.desk.takeaway.staff_turns
    for person in ("a", "b"):
        turns.take(person)
    assert worked.get("op", path).status_code == 503
    for person in ("a", "b", "b"):
        turns.give_back(person)
    Folder.of(worked.get("op", path))


def test_an_archive_begins_before_it_is_read(worked: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    collections = type(worked.desk.takeaway.work.collections)
    kept = collections.read

    def noted(self: Any, ids: Any, *rest: Any, **further: Any) -> Any:
        read.append(len(ids))
        return kept(self, ids, *rest, **further)

    monkeypatch.setattr(collections, "read", noted)
    held, who = worked.desk.takeaway, worked.principal("op")
    taken = held.course(who, "red", WhichWork.ALL, figures=True)
    files = iter(taken.files)
    names = [next(files)[0] for _ in range(5)]
    assert names[:4] == ["README.txt", "course.json", "people.csv", "grades.csv"]
    assert read == []
    next(files)
    assert len(read) == 1
    read.clear()
    assert list(held.work.some(who, [f"none-{number}" for number in range(100)])) == []
    assert sum(read) == 100
    assert max(read) <= 20, "more would be in memory at once"
    taken.close()


def test_the_pages_lead_to_the_archives_and_say_how_large_they_are(worked: Town) -> None:
    page = worked.get("op", "/courses/red/exports").text
    assert 'action="/api/v1/courses/red/exports/archive.zip"' in page
    assert f'href="/api/v1/assignments/{worked.opened["red"].id}/exports/results.zip"' in page
    sizes = worked.get("op", "/api/v1/courses/red/exports/archive").get_json()["sizes"]
    for one in sizes:
        assert f'<option value="{one["which"]}">' in page
        assert f": {one['submissions']} (about" in page
    ann = worked.people["ann"].id
    path = f"/courses/red/students/{ann}"
    assert f'href="/api/v1{path}/archive.zip"' in worked.get("op", path).text
    assert f'href="/api/v1{path}/archive.zip"' not in worked.get("tess", path).text


#: What is in no archive of a person, and why.
NOT_AT_ALL = {
    "requests": "Answers to requests, kept for two days: copies of what else is in the archive.",
    "fingerprints": "Hashes and numbers made from the programs, which are in the archive.",
    "outcomes": "Copies of what the reports say, without evidence.",
    "tally_dues": "Says only that a tally is to be counted again.",
    "batches": "Is of the class: what the archive was called, and what was passed over in it.",
    "guises": "Who of the staff sees the course so at this moment; that it was done is in the log.",
}
NOT_BY_STAFF = NOT_AT_ALL | {
    "sessions": "The account is the person's own.",
    "invitations": "So is a link to a new password, of which there is a digest.",
}
NOT_BY_ONESELF = NOT_AT_ALL | {
    "tallies": "Counted from the submissions; would tell what is not shown yet.",
    "trials": "No grade until somebody applies them.",
    "trial_files": "The same.",
}
#: Of these tables a person gets files that say that there is something, without the words: these
#: are for staff.
WORDLESS = {
    "deliveries": {"deliveries.json"},
    "audit": {"done_about_you.json", "done_by_you.json"},
    "extensions": {"extensions.json"},
}
#: By table the column that is empty where nobody knows whose a row is: a name alone may be that of
#: somebody else, who would then be told of.
OF_NOBODY = {"batch_items": "person"}
#: By table the column that is empty where a row is of no course.
OF_NO_COURSE = {"submissions": "assignment", "audit": "course"}
#: The files of tables whose rows hold no words and no ids.
FILES = {
    "memberships": {"memberships.json"},
    "tallies": {"tallies.json"},
    "sessions": {"sessions.json"},
    "invitations": {"links_to_a_new_password.json"},
    "regrades": {"regrades_begun.json"},
    "batch_items": {"handed_in_by_staff.json"},
}


@pytest.fixture(scope="module")
def planted(town: Town) -> Planted:
    return plant(town, "mia.zwicky")


def leaves(value: object) -> Iterator[str]:
    """The texts in a value, those within JSON too."""
    if isinstance(value, bytes):
        yield from leaves(value.decode(errors="replace"))
    elif isinstance(value, dict):
        yield from (leaf for one in value.values() for leaf in leaves(one))
    elif isinstance(value, list):
        yield from (leaf for one in value for leaf in leaves(one))
    elif isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            yield value
        else:
            yield from leaves(inner) if isinstance(inner, dict | list) else (value,)


def missing(
    town: Town,
    planted: Planted,
    found: Folder,
    wordless: Mapping[str, set[str]] = MappingProxyType({}),
    *,
    in_course: bool = False,
) -> dict[str, object]:
    """By table what is told of a person there, and not in the person's archive."""
    texts = {leaf for content in found.values() for leaf in leaves(content)}
    lacking: dict[str, object] = {}
    with reading(town.desk.engine) as connection:
        for table in Table.metadata.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                told = [one for value in row.values() for one in leaves(value)]
                if not any(trace.decode() in one for trace in planted.traces for one in told):
                    continue
                words = [one for one in told if MARK in one or MARK.lower() in one]
                empty = OF_NOBODY | (OF_NO_COURSE if in_course else {})
                if table.name in empty and row[empty[table.name]] is None:
                    continue
                if table.name in wordless:
                    told_of = wordless[table.name] <= found.keys()
                elif words:
                    told_of = all(any(word in text for text in texts) for word in words)
                elif table.name in FILES:
                    told_of = FILES[table.name] <= found.keys()
                else:
                    told_of = any(str(row.get("id")) in text for text in (*found, *texts))
                if not told_of:
                    lacking[table.name] = words or told
    return lacking


def test_all_that_a_course_holds_of_a_student_is_in_the_archive(
    town: Town, planted: Planted
) -> None:
    """A table that is new fails this until it is in the archive, or in the list with a reason."""
    path = f"/api/v1/courses/red/students/{planted.person.id}/archive.zip"
    found = Folder.of(town.get("op", path))
    lacking = missing(town, planted, found, in_course=True)
    assert lacking.keys() <= NOT_BY_STAFF.keys(), lacking
    assert planted.work[1] not in "".join(found), "practice is of no course"
    assert SOURCE_OF_MIA in {content.decode() for name, content in found.items() if ".py" in name}
    named = Folder.of(town.get("op", path.replace(planted.person.id, "canvas_id:mia.zwicky-4711")))
    assert named.keys() == found.keys()


def test_all_that_is_held_of_oneself_is_in_ones_own_archive(town: Town, planted: Planted) -> None:
    page = town.get("mia.zwicky", "/account")
    assert 'href="/api/v1/me/archive.zip"' in page.text
    found = Folder.of(town.get("mia.zwicky", "/api/v1/me/archive.zip"))
    lacking = missing(town, planted, found, WORDLESS)
    assert lacking.keys() <= NOT_BY_ONESELF.keys(), lacking
    assert {"trials", "fingerprints", "requests"} <= lacking.keys(), "the test can fail"
    for id_, folder in zip(planted.work, ("courses/red/assignments/", "practice/"), strict=True):
        assert found.one(id_, ".py").startswith(folder)
    assert "was ill" not in found["extensions.json"].decode()


def test_nothing_of_anybody_else_is_in_ones_own_archive(worked: Town, planted: Planted) -> None:
    for who, path in (
        ("bob", "/api/v1/me/archive.zip"),
        ("op", f"/api/v1/courses/red/students/{worked.people['bob'].id}/archive.zip"),
    ):
        content = b"".join(Folder.of(worked.get(who, path)).values())
        others = [*planted.traces, *(worked.work[name].encode() for name in ("ann", "cas"))]
        assert [trace for trace in others if trace in content] == []
        assert worked.work["bob"].encode() in content


def test_what_is_not_shown_yet_is_not_in_ones_own_archive(town: Town) -> None:
    assigned = town.assign("red", "affine", Rules(release=Release.BY_HAND))
    id_ = town.hand_in("ann", assigned.id)
    grade(town, id_, HALF, DENSITY)
    town.post("tess", f"/api/v1/submissions/{id_}/comments", {"text": "Not yet."})
    own = Folder.of(town.get("ann", "/api/v1/me/archive.zip"))
    mine = {path.rpartition("/")[2] for path in own.below(id_)}
    assert mine == {"submission.json", "affine.py", "receipt.json"}
    assert own.json(own.one(id_, "submission.json"))["score"] is None
    path = f"/api/v1/courses/red/students/{town.people['ann'].id}/archive.zip"
    staffs = Folder.of(town.get("op", path))
    assert {"report.json", "comments.json"} <= {
        path.rpartition("/")[2] for path in staffs.below(id_)
    }


def test_no_token_takes_away_what_is_held_of_oneself(town: Town) -> None:
    _, secret = AccessTokens(town.desk.engine).make(
        town.people["ann"].id, Wanted("x", Scope.STUDENT)
    )
    headers = {"Authorization": f"Bearer {secret}"}
    answer = town.app.test_client().get("/api/v1/me/archive.zip", headers=headers)
    assert answer.status_code == 403
    assert answer.get_json()["type"] == "/problems/insufficient-scope"


def test_the_archive_of_somebody_unknown_is_not_there(town: Town) -> None:
    for person in ("nobody", town.people["cas"].id, "canvas_id:0"):
        answer = town.get("op", f"/api/v1/courses/red/students/{person}/archive.zip")
        assert answer.status_code == 404, person
