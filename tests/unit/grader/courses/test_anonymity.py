"""Anonymising a course: nobody is left in it who can be named, and all its numbers stay."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, Table, insert, select, update

from exercises.quiz.questions import variant
from grader.cli import main
from grader.store.anonymity import anonymity
from grader.store.anonymity.anonymity import Anonymised, Anonymity, Keep, NoStudents, Unquiet
from grader.store.anonymity.scope import people_in
from grader.store.assignment.assignments import Assignment, Assignments, Extension
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.identity.access_tokens import AccessTokens, Wanted
from grader.store.identity.guises import Guise
from grader.store.identity.scopes import Scope
from grader.store.models import (
    AttemptRow,
    BatchItemRow,
    BatchRow,
    ExtensionRow,
    PersonRow,
    RegradeRow,
    SubmissionRow,
    TallyDueRow,
    TrialRow,
)
from grader.store.models import Table as Base
from grader.store.webhook.webhooks import Webhooks
from grader.webhooks.event import Event
from tests.unit.grader.classroom import Classroom, Handed
from tests.unit.grader.marking import grade, report_of
from tests.unit.grader.town import Town

#: Students, by their first names; the others have the course in them, as tests share a town.
FIRST = ("mia", "nia", "pia", "tia")
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
#: What is not asked of who somebody was.
WHO = {
    *("id", "person", "name", "username", "links", "student", "students", "at", "next", "page"),
    *("decided_by", "begun_by", "reason"),
}


@dataclass
class Year:
    """A course that was held, with students of whom every table tells."""

    town: Town
    course: str
    asked: Assignment
    room: Classroom
    #: By name the ids of the students.
    people: dict[str, str] = field(default_factory=dict)
    #: The ids of their access tokens.
    tokens: list[str] = field(default_factory=list)

    @property
    def surname(self) -> str:
        return f"Zwicky{self.course}"

    def said(self, text: str) -> str:
        """A text that names her."""
        return text.replace("Zwicky", self.surname)

    @property
    def engine(self) -> Engine:
        return self.town.desk.engine

    @property
    def traces(self) -> list[bytes]:
        """What may be nowhere afterwards."""
        told = [self.surname, self.surname.lower(), f"4711{self.course}"]
        return [text.encode() for text in [*told, *self.people.values(), *self.tokens]]

    def traced(self) -> dict[str, set[str]]:
        """By table the columns that tell who somebody was."""
        found: dict[str, set[str]] = {}
        with reading(self.engine) as connection:
            for table in Base.metadata.sorted_tables:
                for row in connection.execute(select(table)).mappings():
                    for column, value in row.items():
                        held = value if isinstance(value, bytes) else str(value).encode()
                        if any(trace in held for trace in self.traces):
                            found.setdefault(table.name, set()).add(str(column))
        return found

    def numbers(self) -> dict[str, Any]:
        """All that pages and exports count, without whom it is counted of."""
        get, id_ = self._get, self.asked.id
        return {
            "overview": in_order(get(f"courses/{self.course}/overview?limit=100")["items"]),
            "of assignments": get(f"courses/{self.course}/overview")["assignments"],
            "failures": plain(get(f"courses/{self.course}/failures")),
            "failure": plain(get(f"assignments/{id_}/failures")),
            "atlas": plain(get(f"assignments/{id_}/atlas")),
            "similarity": in_order(get(f"assignments/{id_}/similarity")["items"]),
            "submissions": in_order(get(f"submissions?course={self.course}")["items"]),
            "regrade": plain(get(f"courses/{self.course}/regrades")),
        }

    def _get(self, path: str) -> Any:
        answer = self.town.get("op", f"/api/v1/{path}")
        assert answer.status_code == 200, (path, answer.text)
        return answer.get_json()

    def anonymise(self, keep: Keep = anonymity.NOTHING) -> Anonymised:
        return Anonymity(self.engine).anonymise(self.course, keep)


def plain(value: Any) -> Any:
    """What was answered, without anything that names a person."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items() if key not in WHO}
    return [plain(one) for one in value] if isinstance(value, list) else value


def in_order(items: list[Any]) -> list[str]:
    """The same of a list, in whatever order people come."""
    return sorted(json.dumps(plain(one), sort_keys=True) for one in items)


SOURCES = {
    "mia": '# Mia Zwicky\ndef f(z):\n    """By Zwicky."""\n    return z\n',
    "nia": "def f(z):\n    # with Mia Zwicky\n    return 2.5 * z\n",
    "pia": "def f(z):\n    return z + 1.25\n",
}


def hold(town: Town, course: str, *, whole: bool = True) -> Year:
    """Let a course be held, and, as a whole, everything be said and done in it."""
    desk, op = town.desk, town.people["op"]
    Courses(desk.engine).create(course, f"The year {course}")
    Memberships(desk.engine).put(course, town.people["tess"].id, Role.ASSISTANT)
    asked = town.assign(course, "affine")
    year = Year(town, course, asked, Classroom(desk, asked))
    actor = town.principal("op").actor
    for name in FIRST:
        full = f"{name.title()} {year.surname}"
        person = town.door.people.create(full, f"{name}.{year.surname}", "a hash")
        year.people[name] = year.room.people[name] = person.id
        Memberships(desk.engine).put(course, person.id, Role.STUDENT, actor=actor)
        ids = {"canvas_id": f"4711{course}-{name}", "email": f"{name}@{year.surname}.org"}
        desk.courses.roster.set_ids(course, person.id, ids)
    client = town.clients[f"Mia {course}"] = town.app.test_client()
    client.set_cookie("pushforward_session", town.door.sessions.begin(year.people["mia"]))
    events = [Event.GRADED]
    Webhooks(desk.engine).create(course, "https://lms.example.org/", events, actor=actor)
    year.room.hand_in([Handed(name, year.said(text)) for name, text in SOURCES.items()])
    if not whole:
        return year
    send_by_program(year)
    talk(year)
    leave_traces(year, op.id)
    desk.classes.overviews.cells(course, year.people["mia"])  # counts the tallies
    return year


def send_by_program(year: Year) -> None:
    """Hand in and practise as a program of hers does, with keys; and have it graded."""
    town, mia = year.town, year.people["mia"]
    tokens = AccessTokens(year.engine)
    made, secret = tokens.make(mia, Wanted(year.said("of Zwicky"), Scope.STUDENT, year.course))
    year.tokens.append(made.id)
    bearer = {"Authorization": f"Bearer {secret}", "Idempotency-Key": f"{year.course}-1"}
    sent = {"source": year.said(SOURCES["mia"]), "assignment": year.asked.id}
    answer = town.app.test_client().post("/api/v1/submissions", json=sent, headers=bearer)
    assert answer.status_code == 202, answer.text
    year.room.work["mia"].append(answer.get_json()["id"])
    grade(town, answer.get_json()["id"], report_of(printed={"text": year.said("Zwicky\n")}))
    practice = town.post(
        f"Mia {year.course}", "/api/v1/submissions", {"source": year.said("# Zwicky")}
    )
    assert practice.status_code == 202, practice.text


def talk(year: Year) -> None:
    """Say and give what names her."""
    town, mia = year.town, f"Mia {year.course}"
    id_ = year.room.work["mia"][0]
    town.desk.courses.invitations.let_back_in(year.people["mia"])
    for who, path, body in (
        ("op", f"submissions/{id_}/comments", {"text": year.said("See me, Zwicky.")}),
        (
            "op",
            f"submissions/{id_}/overrides",
            {"points": 2, "reason": year.said("Zwicky was ill.")},
        ),
        (mia, f"submissions/{id_}/reviews", {"text": year.said("It is right. Zwicky")}),
    ):
        key = {"Idempotency-Key": f"{year.course}-{path}", **SAME_SITE}
        said = town.client(who).post(f"/api/v1/{path}", json=body, headers=key)
        assert said.status_code == 201, said.text
    queue = town.get("op", f"/api/v1/courses/{year.course}/reviews").get_json()["items"]
    path = f"/api/v1/courses/{year.course}/reviews/{queue[0]['id']}/answer"
    assert town.post("op", path, {"text": year.said("No, Zwicky.")}).status_code == 200
    more = {"more_attempts": 2, "reason": year.said("Zwicky was ill.")}
    path = f"/api/v1/assignments/{year.asked.id}/extensions/{year.people['mia']}"
    assert town.client("op").put(path, json=more, headers=SAME_SITE).status_code == 200


def leave_traces(year: Year, op: str) -> None:
    """What other programs leave behind: a regrade, a batch, a guise."""
    now, mia, town = datetime.now(UTC), year.people["mia"], year.town
    id_ = year.room.work["mia"][0]
    where = {"course": year.course, "assignment": year.asked.id}
    regrade = {"id": new_id(), **where, "exercise_version": "v", "which": "all", "total": 1}
    regrade |= {
        "stage": "applied",
        "reason": year.said("Zwicky asked"),
        "created_at": now,
        "ended_at": now,
    }
    trial = {"id": new_id(), "regrade": regrade["id"], "submission": id_, "place": 0, "base": 1}
    trial |= {"state": "graded", "attempt": 1, "due_at": now, "failures": 0, "size": 0.0}
    told = report_of(printed={"text": year.said("Zwicky\n")}).model_dump_json()
    trial |= {"needs_files": False, "is_chosen": True, "report": told}
    batch: dict[str, Any] = {"id": new_id(), **where, "exercise_version": "v", "digest": "d"}
    batch |= {"name": year.said("Zwicky.zip"), "stage": "done", "total": 1, "passed_over": "[]"}
    batch |= {"created_at": now, "ended_at": now}
    item: dict[str, Any] = {"batch": batch["id"], "place": 0, "person": mia, "submission": id_}
    item |= {"file": year.said("Zwicky_4711/f.py"), "detail": year.said("Mia Zwicky")}
    item |= {"state": "handed_in", "source": year.said("# Zwicky").encode()}
    with writing(year.engine) as connection:
        connection.execute(insert(RegradeRow).values(**regrade, decided_person=mia))
        connection.execute(insert(TrialRow).values(**trial))
        connection.execute(insert(BatchRow).values(**batch))
        connection.execute(insert(BatchItemRow).values(**item))
    session = town.door.sessions.begin(op)
    student = town.door.people.get(mia)
    assert student is not None
    town.door.guises.begin(session, Guise(student, year.course), town.principal("op").actor)


@pytest.fixture(scope="module")
def years(town: Town) -> Callable[[str], Year]:
    return partial(hold, town)


def test_nothing_names_anybody_afterwards_and_every_number_is_as_before(
    years: Callable[[str], Year],
) -> None:
    year = years("numbers")
    before = year.numbers()
    with writing(year.engine) as connection:
        due = {"assignment": year.asked.id, "person": year.people["mia"]}
        connection.execute(insert(TallyDueRow).values(**due))
    told = year.traced()
    known = {table.name for table in Base.metadata.sorted_tables}
    assert known - told.keys() == UNTOUCHED, "plant something, or say why it names nobody"
    assert year.anonymise() == Anonymised(students=4, accounts=4)
    assert year.traced() == {}
    assert year.numbers() == before
    members = year.town.get("op", "/api/v1/courses/numbers/members").get_json()["items"]
    students = [one for one in members if one["role"] == "student"]
    assert sorted(one["name"] for one in students) == [f"Student 00{n}" for n in (1, 2, 3, 4)]
    assert {one["username"] for one in students} == {None}
    assert [one["name"] for one in members if one["role"] == "assistant"] == ["Tess"]
    log = year.town.get("op", "/courses/numbers/log").text
    assert "anonymised the course" in log
    assert "gave a student an extension" in log
    assert "A student</bdi></b> asked for a review" in log
    with reading(year.engine) as connection:
        sources = {source.decode() for source in connection.scalars(select(SubmissionRow.source))}
    assert '\ndef f(z):\n    ""\n    return z\n' in sources
    assert b"CREATE TABLE people" in (content := on_disk(year.engine))
    assert [trace for trace in year.traces if trace in content] == []


#: By themselves, or by what stands in another table, these say nothing of a student.
UNTOUCHED = {
    *("courses", "assignments", "exercise_versions", "capacity", "webhooks", "closings"),
    *("files", "outcomes", "trial_files"),
}


def on_disk(engine: Engine) -> bytes:
    with engine.connect() as connection:
        connection.commit()
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(str(engine.url.database)).read_bytes()


def test_people_of_other_courses_keep_their_account_and_lose_the_link(
    years: Callable[[str], Year],
) -> None:
    year = years("elsewhere")
    town, mia, nia = year.town, year.people["mia"], year.people["nia"]
    Memberships(year.engine).put("blue", mia, Role.STUDENT)
    there = town.hand_in("Mia elsewhere", town.opened["blue"].id)
    town.desk.courses.roster.set_ids("blue", mia, {"canvas_id": "5"})
    town.door.people.make_operator(nia)
    everything = others(year)
    assert year.anonymise() == Anonymised(students=4, accounts=2)
    assert [one for one in everything if one not in others(year)] == []
    person = town.door.people.get(mia)
    assert person is not None
    assert person.name == year.said("Mia Zwicky")
    assert town.door.people.roles(mia) == {"blue": Role.STUDENT}
    assert town.desk.courses.roster.ids_of("blue", [mia])[mia] == {"canvas_id": "5"}
    listed = town.get("Mia elsewhere", "/api/v1/submissions").get_json()["items"]
    assert there in [one["id"] for one in listed]
    assert not {one["id"] for one in listed} & set(year.room.work["mia"])
    linked = year.traced()
    assert linked.keys() <= {
        *("people", "memberships", "sessions", "submissions", "external_ids", "audit"),
        *("access_tokens", "tally_dues", "tallies", "invitations"),
    }
    operator = town.door.people.get(nia)
    assert operator is not None
    assert operator.is_operator


def others(year: Year) -> list[Any]:
    """The rows of the courses red and blue."""
    found: list[Any] = []
    mine = {"red", "blue", *(one.id for one in year.town.opened.values())}
    with reading(year.engine) as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(select(table)).all()
            found += [(table.name, *row) for row in rows if mine & {str(one) for one in row}]
    return found


def test_numbers_and_ids_follow_neither_names_nor_who_came_first(town: Town) -> None:
    year = hold(town, "many", whole=False)
    memberships = Memberships(year.engine)
    for number in range(30):
        one = year.town.door.people.create(f"Person {number:03}", None)
        memberships.put("many", one.id, Role.STUDENT)
        Assignments(year.engine).extend(year.asked.id, one.id, Extension(more_attempts=number))
    assert year.anonymise().students == 34
    listed = [one.person for one in memberships.of("many") if one.role is Role.STUDENT]
    assert len({one.name for one in listed}) == 34
    assert [one.name for one in listed] != sorted(one.name for one in listed)
    with reading(year.engine) as connection:
        in_time = connection.scalars(
            select(PersonRow.name)
            .join(ExtensionRow, ExtensionRow.person == PersonRow.id)
            .where(ExtensionRow.assignment == year.asked.id)
            .order_by(ExtensionRow.more_attempts)
        ).all()
        assert len(in_time) == 30
        assert list(in_time) != sorted(in_time), "who came first has no lower number"
        work = connection.scalars(
            select(SubmissionRow.person)
            .where(SubmissionRow.assignment == year.asked.id)
            .order_by(SubmissionRow.id)
        ).all()
    assert set(work) <= {one.id for one in listed}


def waiting(year: Year) -> None:
    with writing(year.engine) as connection:
        mine = SubmissionRow.assignment == year.asked.id
        connection.execute(update(SubmissionRow).where(mine).values(state="queued"))


def failing(year: Year) -> None:
    with writing(year.engine) as connection:
        mine = SubmissionRow.assignment == year.asked.id
        later = update(SubmissionRow).where(mine)
        connection.execute(later.values(state="graded", regrade_at=datetime.now(UTC)))


def open_again(row: type[RegradeRow] | type[BatchRow]) -> Callable[[Year], None]:
    def change(year: Year) -> None:
        with writing(year.engine) as connection:
            mine = row.course == year.course
            connection.execute(update(row).where(mine).values(ended_at=None))

    return change


@pytest.fixture(scope="module")
def busy(years: Callable[[str], Year]) -> Year:
    return years("busy")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (open_again(BatchRow), "A batch"),
        (open_again(RegradeRow), "A regrade"),
        (failing, "waits for its grade"),
        (waiting, "waits for its grade"),
    ],
)
def test_it_is_refused_while_something_is_under_way(
    busy: Year, change: Callable[[Year], None], why: str
) -> None:
    change(busy)
    before = busy.traced()
    with pytest.raises(Unquiet, match=why):
        busy.anonymise()
    path = f"/api/v1/courses/{busy.course}/anonymise"
    answer = busy.town.post("op", path, {"confirm": "The year busy"})
    assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/course-busy")
    assert busy.traced() == before
    assert busy.town.door.people.get(busy.people["mia"]) is not None


def test_what_goes_wrong_on_the_way_leaves_everything_as_it_was(
    years: Callable[[str], Year], monkeypatch: pytest.MonkeyPatch
) -> None:
    year = years("broken")
    before, numbers = year.traced(), year.numbers()

    def fail(*_: Any) -> int:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(anonymity, "end_accounts", fail)
        with pytest.raises(RuntimeError):
            year.anonymise()
    assert (year.traced(), year.numbers()) == (before, numbers)
    assert year.anonymise().students == 4, "nothing of the first try is in the way"


def test_what_people_wrote_stays_where_that_is_asked_for(years: Callable[[str], Year]) -> None:
    year = years("kept")
    id_ = year.room.work["mia"][0]
    year.anonymise(Keep(words=True, code_comments=True))
    town = year.town
    comments = town.get("op", f"/api/v1/submissions/{id_}/comments").get_json()["items"]
    assert [one["text"] for one in comments] == [year.said("See me, Zwicky.")]
    (review,) = town.get("op", f"/api/v1/submissions/{id_}/reviews").get_json()["items"]
    assert (review["text"], review["answer"]) == (
        year.said("It is right. Zwicky"),
        year.said("No, Zwicky."),
    )
    source = town.get("op", f"/api/v1/submissions/{id_}/source").text
    assert source == year.said(SOURCES["mia"])
    with reading(year.engine) as connection:
        graded = select(AttemptRow.report).where(AttemptRow.report.is_not(None))
        reports = "".join(connection.scalars(graded))
    assert f"{year.surname}\\n" in reports
    assert "people" not in year.traced()


def test_answers_to_a_quiz_are_still_marked_by_what_was_asked(town: Town) -> None:
    Courses(town.desk.engine).create("asked", "Asked")
    asked = town.assign("asked", "true-or-false-flows")
    person = town.door.people.create("Lia Payne", None)
    Memberships(town.desk.engine).put("asked", person.id, Role.STUDENT)
    answers = json.dumps({"answers": {"any": True}})
    made = town.desk.submissions.hand_in(
        *(asked.id, person.id),
        exercise=asked.exercise,
        exercise_version=asked.exercise_version,
        source=answers,
        seed=1,
    )
    grade(town, made.id, report_of(exercise=asked.exercise))
    number = variant("asked", person.id, asked.exercise)
    for _ in range(2):  # another time, too
        Anonymity(town.desk.engine).anonymise("asked")
        with reading(town.desk.engine) as connection:
            row = connection.execute(select(SubmissionRow).where(SubmissionRow.id == made.id)).one()
        assert person.id not in repr(row)
        assert variant(row.course, row.student, row.exercise) == number
        assert row.source == answers.encode()


def test_a_course_without_students_has_nobody_to_hide(town: Town) -> None:
    Courses(town.desk.engine).create("empty", "Empty")
    with pytest.raises(NoStudents):
        Anonymity(town.desk.engine).anonymise("empty")


def test_the_page_asks_for_the_title_and_only_instructors(town: Town) -> None:
    year = hold(town, "page", whole=False)
    page = "/courses/page/anonymise"
    assert f'href="{page}"' in town.get("op", "/courses/page/exports").text
    assert town.get("tess", page).status_code == 403
    assert "This can not be undone." in town.get("op", page).text
    wrong = town.form("op", page, {"confirm": "The year", "keep_words": "yes"}, page="/help")
    assert wrong.status_code == 422
    assert "This is not the title." in wrong.text
    assert re.search(r'name="keep_words" value="yes" checked', wrong.text)
    assert year.traced()["people"]
    done = town.form("op", page, {"confirm": "The  year page "}, page="/help")
    assert (done.status_code, done.headers["Location"]) == (303, "/courses/page/log")
    assert year.traced() == {}


def test_the_interface_does_it_by_hand_only(town: Town) -> None:
    year = hold(town, "api", whole=False)
    path = "/api/v1/courses/api/anonymise"
    wrong = year.town.post("op", path, {"confirm": "x"})
    assert wrong.get_json()["errors"][0]["pointer"] == "#/confirm"
    Memberships(year.engine).put("api", year.town.people["ivo"].id, Role.INSTRUCTOR)
    wanted = Wanted("x", Scope.TA)
    _, secret = AccessTokens(year.engine).make(year.town.people["ivo"].id, wanted)
    bearer = {"Authorization": f"Bearer {secret}"}
    body = {"confirm": "The year api"}
    refused = year.town.app.test_client().post(path, json=body, headers=bearer)
    assert refused.status_code == 403
    key = {"Idempotency-Key": "once", **SAME_SITE}
    first = year.town.client("ivo").post(path, json=body, headers=key)
    again = year.town.client("ivo").post(path, json=body, headers=key)
    assert first.get_json() == again.get_json() == {"students": 4, "accounts": 4}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert year.traced() == {}


def test_the_command_line_asks_for_the_title(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    year = hold(town, "command", whole=False)
    folder = Path(str(year.engine.url.database)).parent
    monkeypatch.setenv("GRADER_DATA_DIR", str(folder))
    wrong = CliRunner().invoke(main, ["courses", "anonymise", "command"], input="x\n")
    assert wrong.exit_code == 1
    assert "Nothing was changed" in wrong.output
    assert year.traced()["people"]
    done = CliRunner().invoke(main, ["courses", "anonymise", "command", "--yes"])
    assert done.output == "4 students have no name any more; 4 accounts are gone.\n"
    assert year.traced() == {}


def test_every_column_that_names_a_person_is_known() -> None:
    """A column that holds a person's id has a foreign key or one of our names."""
    named = {"person", "taken_by", "answered_by", "created_by", "decided_person", "about", "owner"}
    for table in Base.metadata.sorted_tables:
        assert isinstance(table, Table)
        known = {column.name for column in people_in(table)}
        # The log's and the requests' have roads of their own.
        assert {one.name for one in table.c if one.name in named} - known <= {"about", "owner"}
