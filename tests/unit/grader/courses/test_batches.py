"""Handing in for a class: recorded first, then each file once, under the assignment's rules."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from exercises.catalog.bundle import archive as bundle
from grader.app import create_app
from grader.desks.problems import RequestError
from grader.settings import Settings
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.audit import Audit, Deed
from grader.store.batch import handing_in
from grader.store.batch.batches import PLANS_LAST
from grader.store.batch.fates import admitted
from grader.store.batch.handing_in import HandingIn
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.course.roster import Roster
from grader.store.database import reading, writing
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.grading.turns import turns
from grader.store.models import BatchItemRow, BatchRow, SubmissionRow
from tests.unit.grader.marking import finding, report_of
from tests.unit.grader.town import SOURCE, Town

ZIP = {"Content-Type": "application/zip", "Sec-Fetch-Site": "same-origin"}
JSON = {"Sec-Fetch-Site": "same-origin"}


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


@dataclass
class Room:
    """A course that Tess assists in and Ivo does not, with what it asks for."""

    town: Town
    assignment: Assignment

    def send(
        self, files: dict[str, str | bytes] | bytes, who: str = "tess", key: str = "", **query: str
    ) -> TestResponse:
        body = files if isinstance(files, bytes) else packed(files)
        headers = ZIP | ({"Idempotency-Key": key} if key else {})
        below = "/dry-run" if query.pop("dry_run", "") else ""
        address = f"/api/v1/assignments/{self.assignment.id}/batches{below}"
        return self.town.client(who).post(address, data=body, headers=headers, query_string=query)

    def sent(self, files: dict[str, str | bytes], **kept: Any) -> dict[str, Any]:
        answer = self.send(files, **kept)
        assert answer.status_code == 202, answer.text
        return dict(answer.get_json())

    def read(self, batch: str, rest: str = "") -> Any:
        answer = self.town.get("tess", f"/api/v1/batches/{batch}{rest}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def fates(self, batch: str) -> dict[str, tuple[str, str | None]]:
        items = self.read(batch, "/items?limit=1000")["items"]
        return {one["file"]: (one["state"], one["why"]) for one in items}

    def ask(self, method: str, address: str, body: object = None) -> TestResponse:
        sent = {} if body is None else {"json": body}
        return self.town.client("tess").open(
            f"/api/v1/batches/{address}", method=method, headers=JSON, **sent
        )

    def hand_in(self, batch: str, times: int = 100) -> int:
        """What the dispatch does, until it has nothing to do; how many files that were."""
        runner, done = HandingIn(self.town.desk.engine), 0
        for _ in range(times):
            step = runner.step(batch, datetime.now(UTC))
            done += step
            if not step:
                break
            self.take_over()
        return done

    def take_over(self) -> None:
        """Let workers have what waits."""
        engine, now = self.town.desk.engine, datetime.now(UTC)
        Attempts(engine).hand_out(10_000, now=now, lease=timedelta(minutes=5))

    def submissions(self, name: str | None = None) -> int:
        query = select(func.count()).where(SubmissionRow.assignment == self.assignment.id)
        if name is not None:
            query = query.where(SubmissionRow.person == self.town.people[name].id)
        with reading(self.town.desk.engine) as connection:
            return connection.scalar(query) or 0

    def all_rows(self) -> int:
        with reading(self.town.desk.engine) as connection:
            return sum(
                connection.scalar(select(func.count()).select_from(table)) or 0
                for table in (BatchRow, BatchItemRow, SubmissionRow)
            )


@pytest.fixture(scope="module")
def built(module_settings: Settings) -> Iterator[Town]:
    town = Town(create_app(replace(module_settings, demo=False, batch_megabytes=1)))
    town.build()
    roster = Roster(town.desk.engine)
    roster.set_ids("red", town.people["ann"].id, {"canvas_id": "41", "email": "ann@x.edu"})
    for name in ("cleo", "dan", "eve"):
        town.let_in(name)
        Memberships(town.desk.engine).put("red", town.people[name].id, Role.STUDENT)
    yield town
    town.desk.engine.dispose()
    town.desk.broker.close()


@pytest.fixture
def room(built: Town) -> Room:
    """An assignment of its own for each test."""
    return opened(built)


def opened(town: Town, rules: Rules | None = None, slug: str = "affine") -> Room:
    return Room(town, town.assign("red", slug, rules))


CLASS: dict[str, str | bytes] = {
    "ann_41_900_f.py": SOURCE,
    "bob/f.py": SOURCE + "# bob\n",
    "zoe.py": SOURCE,
    "__MACOSX/._bob.py": b"\0",
}


def test_each_file_becomes_one_submission_of_its_student(room: Room) -> None:
    made = room.sent(CLASS, name="week 3.zip")
    assert (made["stage"], made["total"], made["name"]) == ("handing_in", 3, "week 3.zip")
    assert made["counts"] == {"waiting": 2, "left_out": 1}
    assert [one["why"] for one in made["passed_over"]] == ["system_file"]
    assert room.submissions() == 0
    assert room.hand_in(made["id"]) == 2
    assert room.fates(made["id"]) == {
        "ann_41_900_f.py": ("handed_in", None),
        "bob/f.py": ("handed_in", None),
        "zoe.py": ("left_out", "nobody"),
    }
    done = room.read(made["id"])
    assert (done["stage"], done["counts"]) == ("done", {"handed_in": 2, "left_out": 1})
    assert done["ended_at"] is not None
    (ann, bob, zoe) = room.read(made["id"], "/items")["items"]
    own = room.town.get("bob", bob["submission"]["self"]).get_json()
    assert (own["student"], own["assignment"]) == (room.town.people["bob"].id, room.assignment.id)
    source = room.town.get("bob", f"{bob['submission']['self']}/source")
    assert source.text == SOURCE + "# bob\n"
    assert ann["submission"]["state"] == "queued"
    assert (zoe["submission"], zoe["message"]) == (
        None,
        "Nobody in the course is known by this name or id.",
    )


def test_a_dry_run_says_the_same_and_stores_nothing(room: Room) -> None:
    before = room.all_rows()
    answer = room.send(CLASS, dry_run="true")
    assert answer.status_code == 200
    plan = answer.get_json()
    assert plan["counts"] == {"waiting": 2, "left_out": 1}
    assert [(one["file"], one["name"], one["state"]) for one in plan["items"]] == [
        ("ann_41_900_f.py", "Ann", "waiting"),
        ("bob/f.py", "Bob", "waiting"),
        ("zoe.py", None, "left_out"),
    ]
    assert len(plan["passed_over"]) == 1
    assert room.all_rows() == before


def test_one_key_is_one_batch_and_another_archive_needs_another_key(room: Room) -> None:
    first, again = room.send(CLASS, key="k-1"), room.send(CLASS, key="k-1")
    assert first.get_json()["id"] == again.get_json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = room.send({"bob.py": SOURCE}, key="k-1")
    assert other.get_json()["type"] == "/problems/idempotency-key-reused"
    room.hand_in(first.get_json()["id"])
    assert room.submissions() == 2


def test_the_same_archive_again_hands_nothing_in_twice(room: Room) -> None:
    first, second = room.sent(CLASS), room.sent(CLASS)
    assert first["digest"] == second["digest"]
    # Whichever comes first: the other one finds it done.
    assert room.hand_in(second["id"]) == 2
    assert room.hand_in(first["id"]) == 2
    assert room.submissions() == 2
    repeated = room.read(first["id"], "/items?state=repeated")["items"]
    done = room.read(second["id"], "/items?state=handed_in")["items"]
    assert [one["submission"]["id"] for one in repeated] == [
        one["submission"]["id"] for one in done
    ]
    # Who was not found the first time is handed in by the next archive, and nobody else.
    more = {**CLASS, "names.csv": "file,student\nzoe.py,cleo\n"}
    third = room.sent(more)
    room.hand_in(third["id"])
    assert {file: state for file, (state, _) in room.fates(third["id"]).items()} == {
        "ann_41_900_f.py": "repeated",
        "bob/f.py": "repeated",
        "zoe.py": "handed_in",
    }
    assert room.submissions("cleo") == 1


def test_another_text_of_the_same_student_is_another_submission(room: Room) -> None:
    for text in (SOURCE, SOURCE + "# better\n"):
        room.hand_in(room.sent({"bob.py": text})["id"])
    assert room.submissions("bob") == 2


def test_what_is_killed_between_two_files_goes_on_and_hands_in_each_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | bytes] = {
        f"{name}.py": f"{SOURCE}# {name}\n" for name in ("ann", "bob", "cleo", "dan", "eve")
    }
    made = room.sent(files)
    monkeypatch.setattr(handing_in, "STEP", 2)
    assert HandingIn(room.town.desk.engine).step(made["id"], datetime.now(UTC)) == 2
    original, calls = admitted, []

    def dies(*arguments: Any, **kept: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise OperationalError("the power", {}, Exception("is gone"))
        return original(*arguments, **kept)

    with monkeypatch.context() as patch:
        patch.setattr(handing_in, "admitted", dies)
        with pytest.raises(OperationalError):
            HandingIn(room.town.desk.engine).step(made["id"], datetime.now(UTC))
    # Of the step that died nothing is kept, not even the file that it had done.
    assert room.submissions() == 2
    assert room.read(made["id"])["counts"] == {"handed_in": 2, "waiting": 3}
    assert room.hand_in(made["id"]) == 3
    assert room.submissions() == 5
    assert all(room.submissions(name) == 1 for name in ("ann", "bob", "cleo", "dan", "eve"))


def test_a_class_does_not_stand_before_who_hands_in_alone(room: Room) -> None:
    people, files = [], {}
    for number in range(30):
        person = room.town.door.people.create(f"Crowd {number}", f"crowd{number}")
        Memberships(room.town.desk.engine).put("red", person.id, Role.STUDENT)
        files[f"crowd{number}.py"] = SOURCE
        people.append(person)
    made = room.sent(files)
    runner, now = HandingIn(room.town.desk.engine), datetime.now(UTC)
    room.take_over()  # what other tests have left
    while runner.step(made["id"], now):
        pass
    assert room.submissions() == handing_in.AT_LEAST
    alone = room.town.hand_in("bob", room.assignment.id)
    order = turns()
    with reading(room.town.desk.engine) as connection:
        rank = connection.scalar(select(order.c.rank).where(order.c.id == alone))
    assert rank is not None
    assert rank <= handing_in.AT_LEAST + 1
    room.take_over()
    assert runner.step(made["id"], now) == handing_in.AT_LEAST
    assert room.read(made["id"])["counts"]["waiting"] == 30 - 2 * handing_in.AT_LEAST
    room.ask("POST", f"{made['id']}/cancel")


def test_the_rules_of_the_assignment_hold_for_each_student(built: Town) -> None:
    room = opened(built, Rules(attempts=1))
    built.hand_in("bob", room.assignment.id)
    plan = room.send({"ann.py": SOURCE, "bob.py": SOURCE}, dry_run="true").get_json()
    assert [(one["file"], one["why"]) for one in plan["items"]] == [
        ("ann.py", None),
        ("bob.py", "no_attempts_left"),
    ]
    made = room.sent({"ann.py": SOURCE, "bob.py": SOURCE})
    room.hand_in(made["id"])
    assert room.fates(made["id"]) == {
        "ann.py": ("handed_in", None),
        "bob.py": ("refused", "no_attempts_left"),
    }
    assert room.submissions("bob") == 1


def test_a_deadline_counts_by_the_time_that_staff_give_and_the_log_says_so(built: Town) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    due = now - timedelta(days=3)
    room = opened(built, Rules(due_at=due, closes_at=due, cooldown_seconds=3600))
    late = room.sent({"ann.py": SOURCE})
    room.hand_in(late["id"])
    assert room.fates(late["id"]) == {"ann.py": ("refused", "closed")}
    in_time = due - timedelta(hours=1)
    sent_at = {"sent_at": in_time.isoformat()}
    made = room.sent({"ann.py": SOURCE, "bob.py": SOURCE}, **sent_at, name="paper.zip")
    room.hand_in(made["id"])
    items = room.read(made["id"], "/items")["items"]
    assert [one["state"] for one in items] == ["handed_in", "handed_in"]
    own = built.get("ann", items[0]["submission"]["self"]).get_json()
    assert datetime.fromisoformat(own["accepted_at"]) == in_time
    assert own["counted"]["days_late"] == 0
    # A pause between two attempts is for who tries again and again, not for what was collected.
    again = room.sent({"ann.py": SOURCE + "#\n"}, **sent_at)
    room.hand_in(again["id"])
    assert room.fates(again["id"]) == {"ann.py": ("handed_in", None)}
    entry = Audit(built.desk.engine).of_course("red", deed=Deed.BATCH_BEGUN, limit=2)[1]
    assert entry.actor.person == built.people["tess"].id
    assert entry.assignment == room.assignment.id
    assert entry.after["files"] == 2
    assert datetime.fromisoformat(entry.after["sent_at"]) == in_time


def test_who_waits_in_a_batch_is_not_late_for_that(built: Town) -> None:
    closes = datetime.now(UTC) + timedelta(hours=1)
    room = opened(built, Rules(due_at=closes, closes_at=closes))
    made = room.sent({"ann.py": SOURCE})
    HandingIn(built.desk.engine).step(made["id"], closes + timedelta(hours=1))
    assert room.fates(made["id"]) == {"ann.py": ("handed_in", None)}
    (item,) = room.read(made["id"], "/items")["items"]
    own = built.get("ann", item["submission"]["self"]).get_json()
    assert own["counted"]["days_late"] == 0


@pytest.mark.parametrize("sent_at", ["2999-01-01T00:00:00Z", "2026-01-01T00:00:00", "yesterday"])
def test_a_time_to_come_or_of_no_zone_is_refused(room: Room, sent_at: str) -> None:
    answer = room.send({"ann.py": SOURCE}, sent_at=sent_at)
    assert (answer.status_code, answer.get_json()["type"]) == (422, "/problems/invalid")
    assert answer.get_json()["errors"][0]["parameter"] == "sent_at"


def test_what_can_not_be_handed_in_is_said_and_the_rest_is(room: Room) -> None:
    made = room.sent(
        {
            "ann.py": b"\xff\xfe\x00",
            "bob.py": b"#" * 65_537,
            "cleo.py": b"\xef\xbb\xbf" + SOURCE.encode(),
            "dan.py": SOURCE,
            "dan/f.py": SOURCE,
            "tess.py": SOURCE,
            "eve/f.ipynb": "{}",
        }
    )
    room.hand_in(made["id"])
    assert room.fates(made["id"]) == {
        "ann.py": ("left_out", "not_utf8"),
        "bob.py": ("left_out", "too_long"),
        "cleo.py": ("handed_in", None),
        "dan.py": ("left_out", "two_files"),
        "dan/f.py": ("left_out", "two_files"),
        "tess.py": ("left_out", "not_a_student"),
        "eve/f.ipynb": ("left_out", "no_file"),
    }
    items = room.read(made["id"], "/items")["items"]
    details = {one["file"]: one["detail"] for one in items}
    assert (details["dan.py"], details["dan/f.py"]) == ("dan/f.py", "dan.py")
    cleo = next(one for one in items if one["file"] == "cleo.py")
    text = room.town.get("cleo", f"{cleo['submission']['self']}/source").text
    assert text == SOURCE  # without the byte order mark


def test_answers_to_a_quiz_are_handed_in_as_files_of_json(built: Town) -> None:
    asked = built.desk.catalog.exercises["which-a"]
    built.desk.versions.keep("which-a", asked.version, lambda: bundle(asked))
    assigned = Assignments(built.desk.engine).assign("red", "which-a", asked.version)
    room = Room(built, assigned)
    made = room.sent(
        {
            "ann.json": json.dumps({"answers": {"q": True}}),
            "bob.json": json.dumps({"replies": {}}),
            "cleo.json": '{"answers": {"q": "\\ud800"}}',
            "dan.json": '{"answers": {"q": true, "q": false}}',
        }
    )
    room.hand_in(made["id"])
    assert room.fates(made["id"]) == {
        "ann.json": ("handed_in", None),
        "bob.json": ("left_out", "no_answers"),
        "cleo.json": ("left_out", "no_answers"),
        "dan.json": ("left_out", "no_answers"),
    }


def test_a_plan_waits_until_it_is_begun_and_can_be_changed_till_then(room: Room) -> None:
    files: dict[str, str | bytes] = {"ann.py": SOURCE, "zoe.py": SOURCE, "bob.py": SOURCE}
    made = room.sent(files, hold="true")
    batch = made["id"]
    assert (made["stage"], made["begun_at"]) == ("planned", None)
    assert room.hand_in(batch) == 0
    by_file = {one["file"]: one["place"] for one in room.read(batch, "/items")["items"]}
    cleo, ann = room.town.people["cleo"].id, room.town.people["ann"].id
    zoe = f"{batch}/items/{by_file['zoe.py']}"
    taken = room.ask("PUT", zoe, {"person": ann})
    assert (taken.status_code, taken.get_json()["errors"][0]["pointer"]) == (422, "#/person")
    tess = room.town.people["tess"].id
    for nobody in (tess, room.town.people["cas"].id, "canvas_id:99", "x\x00"):
        assert room.ask("PUT", zoe, {"person": nobody}).status_code == 422
    assert room.ask("PUT", f"{batch}/items/77", {"person": cleo}).status_code == 404
    assert room.ask("PUT", zoe, {"person": cleo}).status_code == 204
    bob = f"{batch}/items/{by_file['bob.py']}"
    assert room.ask("PUT", bob, {"person": None}).status_code == 204
    assert room.ask("POST", f"{batch}/begin").status_code == 202
    again = room.ask("POST", f"{batch}/begin")
    assert (again.status_code, again.get_json()["type"]) == (409, "/problems/batch-stage")
    assert room.ask("PUT", bob, {"person": None}).status_code == 409
    room.hand_in(batch)
    assert room.fates(batch) == {
        "ann.py": ("handed_in", None),
        "bob.py": ("left_out", "by_choice"),
        "zoe.py": ("handed_in", None),
    }
    assert (room.submissions("cleo"), room.submissions("bob")) == (1, 0)


def test_a_plan_or_what_is_left_of_a_batch_can_be_cancelled(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = room.sent({"ann.py": SOURCE}, hold="true")["id"]
    assert room.ask("POST", f"{plan}/cancel").get_json()["stage"] == "cancelled"
    monkeypatch.setattr(handing_in, "STEP", 1)
    made = room.sent({"ann.py": SOURCE, "bob.py": SOURCE})["id"]
    HandingIn(room.town.desk.engine).step(made, datetime.now(UTC))
    assert room.ask("POST", f"{made}/cancel").status_code == 200
    assert room.hand_in(made) == 0
    assert room.fates(made) == {
        "ann.py": ("handed_in", None),
        "bob.py": ("left_out", "cancelled"),
    }
    assert room.ask("POST", f"{made}/cancel").status_code == 409


def test_no_text_is_kept_once_it_is_handed_in_or_left_out(room: Room) -> None:
    made = room.sent(CLASS)["id"]
    room.hand_in(made)
    cancelled = room.sent({"cleo.py": SOURCE, "zoe.py": SOURCE}, hold="true")["id"]
    room.ask("POST", f"{cancelled}/cancel")
    with reading(room.town.desk.engine) as connection:
        query = select(func.count()).where(
            BatchItemRow.batch.in_([made, cancelled]), BatchItemRow.source.is_not(None)
        )
        assert connection.scalar(query) == 0


def test_a_plan_that_nobody_begins_is_forgotten(room: Room) -> None:
    old, fresh = (room.sent({"ann.py": SOURCE}, hold="true")["id"] for _ in range(2))
    now = datetime.now(UTC)
    with writing(room.town.desk.engine) as connection:
        connection.execute(
            update(BatchRow).where(BatchRow.id == old).values(created_at=now - PLANS_LAST)
        )
    assert room.town.desk.batches.batches.sweep(now) == 1
    assert room.town.get("tess", f"/api/v1/batches/{old}").status_code == 404
    assert room.read(fresh)["stage"] == "planned"


def test_the_table_has_the_scores_once_there_are_some(room: Room) -> None:
    made = room.sent({"=zoe.py": SOURCE, "bob.py": SOURCE, "ann.py": SOURCE})["id"]
    room.hand_in(made)
    items = room.read(made, "/items")["items"]
    bob = next(one for one in items if one["file"] == "bob.py")["submission"]["id"]
    report = report_of(finding("law", 7.5, 10.0))
    assert Grades(room.town.desk.engine).record(bob, 1, report, [], now=datetime.now(UTC))
    answer = room.town.get("tess", f"/api/v1/batches/{made}/items.csv")
    rows = [*csv.DictReader(io.StringIO(answer.text))]
    assert [(row["file"], row["state"], row["score"], row["max_score"]) for row in rows] == [
        ("'=zoe.py", "left_out", "", ""),
        ("ann.py", "handed_in", "", ""),
        ("bob.py", "handed_in", "7.5", "10"),
    ]
    assert rows[2]["student"] == "Bob"
    assert (room.read(made)["graded"], room.read(made)["passed"]) == (1, 0)


def test_batches_are_listed_newest_first_and_files_page_by_page(room: Room) -> None:
    made = [room.sent({"ann.py": SOURCE, "bob.py": SOURCE, "x.py": ""})["id"] for _ in range(3)]
    address, seen = f"/api/v1/assignments/{room.assignment.id}/batches?limit=2", []
    while address:
        page = room.town.get("tess", address).get_json()
        seen += [one["id"] for one in page["items"]]
        address = page["next"]
    assert seen == made[::-1]
    address, files = f"/api/v1/batches/{made[0]}/items?limit=2", []
    while address:
        page = room.town.get("tess", address).get_json()
        files += [one["file"] for one in page["items"]]
        address = page["next"]
    assert files == ["ann.py", "bob.py", "x.py"]


def test_a_course_is_a_wall_and_its_students_are_no_staff(room: Room) -> None:
    made = room.sent({"ann.py": SOURCE}, hold="true")["id"]
    for who, status in (("ann", 403), ("ivo", 404), ("stray", 404)):
        assert room.send({"ann.py": SOURCE}, who=who).status_code == status
        for rest in ("", "/items", "/items.csv"):
            assert room.town.get(who, f"/api/v1/batches/{made}{rest}").status_code == status
    # The desk looks by itself too, whoever has let the request in.
    for who in ("ann", "ivo"):
        with pytest.raises(RequestError):
            room.town.desk.batches.batch(room.town.principal(who), made)
    # Somebody of another course is nobody here, whatever names him or her.
    cas = room.town.people["cas"].id
    plan = room.send({"cas.py": SOURCE, f"{cas}.py": SOURCE}, dry_run="true").get_json()
    assert [one["why"] for one in plan["items"]] == ["nobody", "nobody"]


def test_larger_bodies_are_for_archives_of_those_who_teach(room: Room) -> None:
    large = packed({"ann.py": SOURCE}) + b"\0" * 600_000
    assert room.send(large, dry_run="true").status_code == 422  # read, and no archive
    too_large = room.send(b"\0" * (1024 * 1024 + 1))
    assert (too_large.status_code, too_large.get_json()["type"]) == (
        413,
        "/problems/body-too-large",
    )
    assert "1,048,576" in too_large.get_json()["detail"]
    # Who does not teach gets no further than the gate, however much it is.
    assert room.send(b"\0" * 600_000, who="ann").status_code == 403


def test_what_is_no_zip_archive_is_refused_in_words(room: Room) -> None:
    answer = room.send(b"hello")
    assert answer.status_code == 422
    assert answer.get_json()["detail"] == "This is no zip archive, or a damaged one."
    address = f"/api/v1/assignments/{room.assignment.id}/batches"
    wrong = room.town.post("tess", address, {})
    assert (wrong.status_code, wrong.get_json()["type"]) == (415, "/problems/media-type")


def test_an_archived_course_takes_no_batch(built: Town) -> None:
    engine = built.desk.engine
    Courses(engine).create("over", "Over")
    Memberships(engine).put("over", built.people["tess"].id, Role.ASSISTANT)
    asked = built.desk.catalog.exercises["affine"]
    assigned = Assignments(engine).assign("over", "affine", asked.version)
    Courses(engine).archive("over")
    answer = Room(built, assigned).send({"ann.py": SOURCE})
    assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/archived")
