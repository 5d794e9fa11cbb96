"""Erasing a student: nothing is left in any table, and nobody else loses anything."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, insert, select, update

from grader.cli import main
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.erasure import ERASED, Erasure, NobodyThere
from grader.store.identifiers import new_id
from grader.store.identity.access_tokens import AccessTokens, Wanted
from grader.store.identity.guises import Guise
from grader.store.identity.people import Person
from grader.store.identity.scopes import Scope
from grader.store.models import (
    AuditRow,
    BatchItemRow,
    BatchRow,
    FingerprintRow,
    RegradeRow,
    Table,
    TrialFileRow,
    TrialRow,
)
from grader.store.webhook.webhooks import Webhooks
from grader.webhooks.event import Event
from tests.unit.grader.access.test_rules import add_regrade
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.town import Town

MARK = "Zwicky"
SOURCE = f"# by Mia {MARK}\ndef f(z):\n    return z\n"
#: What says nothing of anybody who is a student.
IMPERSONAL = {
    *("courses", "assignments", "closings", "exercise_versions", "capacity", "webhooks"),
}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Planted:
    """A student of whom every table tells."""

    person: Person
    work: list[str]

    @property
    def traces(self) -> list[bytes]:
        return [text.encode() for text in (MARK, MARK.lower(), self.person.id, *self.work)]

    def tables(self, engine: Engine) -> dict[str, list[str]]:
        """By table the columns that hold a trace."""
        found: dict[str, list[str]] = {}
        with reading(engine) as connection:
            for table in Table.metadata.sorted_tables:
                for row in connection.execute(select(table)).mappings():
                    for column, value in row.items():
                        held = value if isinstance(value, bytes) else str(value).encode()
                        if any(trace in held for trace in self.traces):
                            found.setdefault(table.name, []).append(str(column))
        return found


def plant(town: Town, name: str, course: str = "red") -> Planted:
    """Let somebody do, and have done, all that leaves something behind."""
    desk, now = town.desk, datetime.now(UTC)
    people, assignment = town.door.people, town.opened[course].id
    person = people.create(f"Mia {MARK}", name, "a hash")
    town.people[name], town.clients[name] = person, town.app.test_client()
    town.clients[name].set_cookie("pushforward_session", town.door.sessions.begin(person.id))
    Memberships(desk.engine).put(course, person.id, Role.STUDENT, actor=town.principal("op").actor)
    ids = {"email": f"mia@{MARK}.org", "canvas_id": f"{name}-4711"}
    desk.courses.roster.set_ids(course, person.id, ids)
    actor = town.principal("op").actor
    events = [Event.GRADED]
    Webhooks(desk.engine).create(course, "https://lms.example.org/", events, actor=actor)
    AccessTokens(desk.engine).make(person.id, Wanted(f"of {MARK}", Scope.STUDENT, course))
    desk.courses.invitations.let_back_in(person.id)
    seen = town.door.sessions.begin(town.people["op"].id)
    town.door.guises.begin(seen, Guise(person, course), actor)
    sent = {"source": SOURCE, "assignment": assignment}
    key = {"Idempotency-Key": f"{name}-1", **SAME_SITE}
    answer = town.client(name).post("/api/v1/submissions", json=sent, headers=key)
    assert answer.status_code == 202, answer.text
    id_ = str(answer.get_json()["id"])
    report = report_of(finding("law", 1.0, 6.0, message=f"{MARK}, this is wrong."))
    grade(town, id_, report, {"density.png": MARK.encode()})
    practice = town.practise(name)
    for who, path, body in (
        ("op", f"submissions/{id_}/comments", {"text": f"See me, {MARK}."}),
        ("op", f"submissions/{id_}/overrides", {"points": 2, "reason": f"{MARK} was ill."}),
        (name, f"submissions/{id_}/reviews", {"text": f"It is right. {MARK}"}),
    ):
        kept = {"Idempotency-Key": f"{name}-{path}", **SAME_SITE}
        said = town.client(who).post(f"/api/v1/{path}", json=body, headers=kept)
        assert said.status_code == 201, said.text
    plant_grading(desk.engine, add_regrade(town, town.opened[course]), id_, person.id, now)
    plant_batch(town, course, person, id_)
    desk.classes.overviews.cells(course, person.id)  # counts the tallies
    extend(town, assignment, person.id)
    return Planted(person, [id_, practice])


def plant_batch(town: Town, course: str, person: Person, work: str) -> None:
    """What was handed in for the class: known by an id, by nothing, passed over, and in a plan."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in (f"{person.id}.py", f"{MARK.lower()}mia_99_1_f.py", f"{MARK}.txt", "ann.py"):
            archive.writestr(name, SOURCE if MARK.lower() in name.lower() else "x = 1\n")
    who = town.principal("op")
    for hold in (True, False):
        made = town.desk.batches.record(
            who, town.opened[course].id, packed.getvalue(), name=f"{MARK}.zip", hold=hold
        )
    items, batches = BatchItemRow, BatchRow
    with writing(town.desk.engine) as connection:
        mine = (items.batch == made.id) & (items.person == person.id)
        became = {"state": "handed_in", "submission": work}
        connection.execute(update(items).where(mine).values(**became))
        # Who has left the staff.
        connection.execute(update(batches).where(batches.id == made.id).values(person=person.id))


def extend(town: Town, assignment: str, person: str, attempts: int = 2) -> None:
    """Give an extension, by which a tally is due."""
    more = {"more_attempts": attempts, "reason": f"{MARK} was ill."}
    path = f"/api/v1/assignments/{assignment}/extensions/{person}"
    assert town.client("op").put(path, json=more, headers=SAME_SITE).status_code == 200


def plant_grading(engine: Engine, regrade: str, id_: str, person: str, now: datetime) -> None:
    """What a regrade and a comparison have kept of a submission."""
    trial = {"id": new_id(), "regrade": regrade, "submission": id_, "place": 0, "base": 1}
    trial |= {"state": "graded", "attempt": 1, "due_at": now, "failures": 0, "size": 0.0}
    trial |= {"needs_files": False, "is_chosen": True, "report": f"{MARK} on trial"}
    picture = f"{MARK}, drawn on trial".encode()
    kept = {"name": "density.png", "media_type": "image/png", "content": picture}
    likeness: dict[str, Any] = {"submission": id_, "attempt": 1, "person": person}
    likeness |= {"exercise": "affine", "misconception": "", "origin": ""}
    likeness |= {"grams": f"grams of {MARK}".encode(), "constants": b""}
    with writing(engine) as connection:
        connection.execute(insert(TrialRow).values(**trial))
        begun = update(RegradeRow).where(RegradeRow.id == regrade)
        connection.execute(begun.values(person=person, decided_person=person))
        connection.execute(insert(TrialFileRow).values(trial=trial["id"], **kept))
        connection.execute(insert(FingerprintRow).values(**likeness))


def rows(engine: Engine, without: Planted) -> dict[str, list[Any]]:
    """All rows in which a student does not appear."""
    found: dict[str, list[Any]] = {}
    with reading(engine) as connection:
        for table in Table.metadata.sorted_tables:
            found[table.name] = [
                tuple(row)
                for row in connection.execute(select(table))
                if not any(trace in repr(tuple(row)).encode() for trace in without.traces)
            ]
    return found


@pytest.fixture(scope="module")
def planted(town: Town) -> Planted:
    return plant(town, f"mia.{MARK.lower()}")


def erase(town: Town, who: str, course: str, person: str, confirm: str) -> Any:
    path = f"/api/v1/courses/{course}/students/{person}/erase"
    return town.post(who, path, {"confirm": confirm})


def test_only_the_right_name_erases_and_only_students_are(town: Town, planted: Planted) -> None:
    wrong = erase(town, "op", "red", planted.person.id, "Mia")
    assert wrong.status_code == 422
    assert wrong.get_json()["errors"][0]["pointer"] == "#/confirm"
    assert erase(town, "op", "red", town.people["tess"].id, "Tess").status_code == 403
    assert erase(town, "op", "red", town.people["cas"].id, "Cas").status_code == 404
    assert erase(town, "op", "red", "nobody", "x").status_code == 404
    assert planted.tables(town.desk.engine)["people"]


def test_no_token_erases(town: Town, planted: Planted) -> None:
    operator = town.people["ivo"].id
    wanted = Wanted("x", Scope.TA)
    _, secret = AccessTokens(town.desk.engine).make(operator, wanted)
    path = f"/api/v1/courses/blue/students/{town.people['cas'].id}/erase"
    headers = {"Authorization": f"Bearer {secret}"}
    answer = town.app.test_client().post(path, json={"confirm": "Cas"}, headers=headers)
    assert answer.status_code == 403
    assert town.desk.courses.member("blue", town.people["cas"].id) is not None


def test_the_page_asks_for_the_name(town: Town, planted: Planted) -> None:
    page = f"/courses/red/students/{planted.person.id}"
    assert f'href="{page}/erase"' in town.get("op", page).text
    assert f'href="{page}/erase"' not in town.get("tess", page).text
    asked = town.get("op", f"{page}/erase")
    assert "can not be undone" in asked.text
    wrong = town.form("op", f"{page}/erase", {"confirm": "Ann"}, page="/courses/red/exports")
    assert wrong.status_code == 422
    assert "This is not the name." in wrong.text


def test_nothing_is_left_of_a_student_in_any_table_and_nobody_else_loses_anything(
    town: Town, planted: Planted
) -> None:
    engine = town.desk.engine
    extend(town, town.opened["red"].id, planted.person.id, attempts=3)
    told = planted.tables(engine)
    known = {table.name for table in Table.metadata.sorted_tables}
    assert known - told.keys() == IMPERSONAL, "plant something in each table, or call it impersonal"
    others = rows(engine, planted)
    answer = erase(town, "op", "red", planted.person.id, f"Mia {MARK}")
    assert answer.status_code == 200, answer.text
    assert answer.get_json() == {"submissions": 2, "account": True}
    assert planted.tables(engine) == {}
    left = rows(engine, planted)
    for table, before in others.items():
        if table not in {"regrades", "audit", "access_tokens", "sessions"}:
            assert [row for row in before if row not in left[table]] == [], table
    with reading(engine) as connection:
        deeds = connection.execute(select(Table.metadata.tables["audit"])).mappings().all()
        (regrade,) = connection.execute(select(Table.metadata.tables["regrades"])).mappings()
    about = [(one["deed"], one["reason"]) for one in deeds if one["about"] == ERASED]
    assert ("extended", "") in about
    assert ("overridden", "") in about
    assert about.count(("person_erased", "")) == 1
    assert regrade["total"] == -1  # it began with none: one fewer than there were
    page = town.get("op", "/courses/red/log").text
    assert "erased a person" in page
    assert "an erased person" in page


def test_nothing_is_left_in_the_file_either(town: Town) -> None:
    planted = plant(town, f"nia.{MARK.lower()}")
    engine = town.desk.engine
    path = Path(str(engine.url.database))
    Erasure(engine).erase("red", planted.person.id)
    with engine.connect() as connection:
        connection.commit()
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    assert b"CREATE TABLE people" in content
    assert MARK.encode() not in content
    assert planted.work[0].encode() not in content


def test_why_work_was_graded_again_is_forgotten_with_it_and_not_with_a_part(town: Town) -> None:
    course, engine = "red", town.desk.engine
    planted = plant(town, f"ria.{MARK.lower()}")
    alone, other = planted.work[0], town.hand_in("ann", town.opened[course].id)
    grade(town, other, report_of(finding("law", 6.0, 6.0)))
    reasons = (f"{MARK} has asked for it.", "A wider tolerance.")
    for reason, some in zip(reasons, ([alone], [alone, other]), strict=True):
        body = {"which": "these", "submissions": some, "reason": reason}
        path = f"/api/v1/assignments/{town.opened[course].id}/regrades"
        assert town.post("op", path, body).status_code == 202

    def kept() -> list[str]:
        with reading(engine) as connection:
            return [
                *connection.scalars(select(RegradeRow.reason).where(RegradeRow.course == course)),
                *connection.scalars(select(AuditRow.reason).where(AuditRow.course == course)),
            ]

    assert [kept().count(reason) for reason in reasons] == [2, 2]
    Erasure(engine).erase(course, planted.person.id)
    assert [kept().count(reason) for reason in reasons] == [0, 2]


def test_whom_another_course_knows_keeps_the_account_and_what_is_there(town: Town) -> None:
    planted = plant(town, f"pia.{MARK.lower()}")
    person, engine = planted.person.id, town.desk.engine
    Memberships(engine).put("blue", person, Role.STUDENT)
    town.desk.courses.roster.set_ids("blue", person, {"canvas_id": "5"})
    there = town.hand_in(planted.person.username or "", town.opened["blue"].id)
    erased = Erasure(engine).erase("red", person)
    assert (erased.submissions, erased.person_gone) == (1, False)
    assert town.door.people.get(person) == planted.person
    own = town.client(planted.person.username or "").get(f"/api/v1/submissions/{there}")
    assert own.status_code == 200
    assert town.desk.courses.roster.ids_of("blue", [person])[person] == {"canvas_id": "5"}
    assert town.desk.courses.roster.ids_of("red", [person])[person] == {}
    assert town.desk.courses.member("red", person) is None
    assert town.desk.submissions.get(planted.work[0]) is None
    assert town.desk.submissions.get(planted.work[1]) is not None, "practice is of no course"
    with pytest.raises(NobodyThere):
        Erasure(engine).erase("red", person)
    assert Erasure(engine).erase("blue", person).person_gone
    assert town.desk.submissions.get(planted.work[1]) is None


def test_who_has_left_the_course_is_erased_too(town: Town) -> None:
    engine = town.desk.engine
    planted = plant(town, f"tia.{MARK.lower()}")
    named = f"/api/v1/courses/red/members/{planted.person.id}"
    assert town.client("op").delete(named, headers=SAME_SITE).status_code == 204
    answer = erase(town, "op", "red", planted.person.id, f"Mia {MARK}")
    assert answer.get_json()["account"] is True
    assert planted.tables(engine) == {}


def test_the_command_line_erases_who_is_named(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = plant(town, f"via.{MARK.lower()}")
    engine = town.desk.engine
    monkeypatch.setenv("GRADER_DATA_DIR", str(Path(str(engine.url.database)).parent))
    command = ["people", "erase", "red", planted.person.username or ""]
    wrong = CliRunner().invoke(main, command, input="Mia\n")
    assert wrong.exit_code == 1
    assert "Nothing was changed" in wrong.output
    assert planted.tables(engine)["submissions"]
    done = CliRunner().invoke(main, [*command, "--yes"])
    assert done.exit_code == 0, done.output
    assert "The account is gone; 2 submissions are erased." in done.output
    assert planted.tables(engine) == {}
    staff = CliRunner().invoke(main, ["people", "erase", "red", "tess", "--yes"])
    assert "no student of red" in staff.output
