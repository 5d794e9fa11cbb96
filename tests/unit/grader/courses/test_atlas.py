"""The atlas: which students have which law, what can be done with them, and how it stays true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from exercises.likeness.fingerprint import FILE
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.models import FileRow, FingerprintRow
from grader.store.regrade.applying import Applying
from grader.store.regrade.regrades import Regrades
from grader.store.regrade.regrading import Which
from grader.store.submission.submissions import StoredFile
from tests.unit.grader.classroom import LEASE, Classroom, Handed
from tests.unit.grader.town import Town

RIGHT = "def f(z):\n    return 2 * z + 1\n"
MIRRORED = "def f(z):\n    return 1 - 2 * z[::-1]\n"
UNSHIFTED = "def f(z):\n    return 2 * z\n"
NARROW = "def f(z):\n    return {scale} * z - 3\n"
STUDENTS = 12


@pytest.fixture(scope="module")
def room(town: Town) -> Classroom:
    """Five are right in two ways, four forget the shift, two are alone, one is of the staff."""
    made = Classroom(town.desk, town.assign("red", "affine"))
    handed = [Handed(f"Right {n}", RIGHT if n % 2 else MIRRORED, passed=True) for n in range(5)]
    handed += [Handed(f"Shift {n}", UNSHIFTED, mistake="shift") for n in range(4)]
    handed += [Handed(f"Alone {n}", NARROW.format(scale=0.2 + n)) for n in range(2)]
    # An earlier try of one who is right now does not count any more.
    made.hand_in([Handed("Right 0", UNSHIFTED, mistake="shift")])
    made.hand_in(handed)
    made.hand_in([Handed("Tutor", NARROW.format(scale=9))])
    Memberships(town.desk.engine).put("red", made.people["Tutor"], Role.ASSISTANT)
    return made


def api(room: Classroom, rest: str = "") -> str:
    return f"/api/v1/assignments/{room.assignment.id}/atlas{rest}"


def page(room: Classroom, rest: str = "") -> str:
    return f"/courses/red/atlas/{room.assignment.id}{rest}"


def test_students_with_one_law_are_together_and_the_right_ones_come_first(
    town: Town, room: Classroom
) -> None:
    found = town.get("tess", api(room)).get_json()
    assert (found["students"], found["pictured"], found["clusters"]) == (11, 11, 4)
    right, shift, *alone = found["items"]
    assert (right["count"], right["is_right"]) == (5, True)
    assert right["share"] == pytest.approx(5 / 11)
    assert right["verdicts"] == {"passed": 5}
    assert (shift["count"], shift["is_right"], shift["misconception"]) == (4, False, "shift")
    assert shift["misconception_count"] == 4
    assert [one["count"] for one in alone] == [1, 1]
    assert 0 <= right["spread"] < 0.05
    # The members, the latest of each, the one in the middle first.
    listed = town.get("tess", right["links"]["self"]).get_json()
    assert {one["name"] for one in listed["items"]} == {f"Right {n}" for n in range(5)}
    assert listed["items"][0]["submission"] == right["id"]
    assert room.work["Right 0"][-1] in {one["submission"] for one in listed["items"]}
    # By any of its members a cluster is found.
    other = town.get("tess", api(room, f"/{listed['items'][-1]['submission']}")).get_json()
    assert other["cluster"]["id"] == right["id"]


def test_pages_of_clusters_and_members_follow_each_other(town: Town, room: Classroom) -> None:
    whole = [one["id"] for one in town.get("tess", api(room)).get_json()["items"]]
    for address, key in ((api(room), "id"), (api(room, f"/{whole[0]}"), "submission")):
        every = [one[key] for one in town.get("tess", address).get_json()["items"]]
        walked, following = [], f"{address}?limit=2"
        while following:
            answer = town.get("tess", following)
            assert answer.status_code == 200
            walked += [one[key] for one in answer.get_json()["items"]]
            following = answer.get_json()["next"]
            assert (following is None) or following in answer.headers["Link"]
        assert walked == every
    assert town.get("tess", api(room, "?after=nix")).get_json()["type"] == "/problems/bad-cursor"


def test_a_coarser_look_joins_and_an_order_is_kept(town: Town, room: Classroom) -> None:
    counts = {
        within: town.get("tess", api(room, f"?within={within}")).get_json()["clusters"]
        for within in ("same", "alike", "rough")
    }
    assert counts["same"] >= counts["alike"] >= counts["rough"]
    sizes = [one["count"] for one in town.get("tess", api(room, "?order=size")).get_json()["items"]]
    assert sizes == sorted(sizes, reverse=True)
    assert town.get("tess", api(room, "?within=nearly")).status_code == 422


def test_thumbnails_are_for_staff_and_kept_by_the_browser(town: Town, room: Classroom) -> None:
    first = town.get("tess", api(room)).get_json()["items"][0]["middle"]
    answer = town.get("tess", first["links"]["thumbnail"])
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")
    assert "max-age" in answer.headers["Cache-Control"]
    plain = town.get("tess", f"/api/v1/submissions/{first['submission']}/thumbnail.png")
    assert plain.data == answer.data
    assert "no-cache" in plain.headers["Cache-Control"]
    # That of an attempt that does not count any more is not there.
    assert town.get("tess", f"{plain.request.path}?attempt=7").status_code == 404
    for name in ("ann", "ivo"):
        assert town.get(name, first["links"]["thumbnail"]).status_code == 404


def test_a_page_shows_the_clusters_and_leads_to_each(town: Town, room: Classroom) -> None:
    shown = town.get("tess", page(room)).text
    assert "11 students have handed in." in shown
    assert "A right law" in shown
    assert "shift" in shown
    assert shown.count('class="law') >= 2
    assert "Alone 0" in shown
    assert "Tutor" not in shown
    medoid = town.get("tess", api(room)).get_json()["items"][0]["id"]
    assert page(room, f"/{medoid}") in shown
    listed = town.get("tess", page(room, f"/{medoid}")).text
    assert all(f"Right {n}" in listed for n in range(5))
    assert "Shift" not in listed
    # An assignment of one course is none of another's.
    assert town.get("op", f"/courses/blue/atlas/{room.assignment.id}").status_code == 404
    assert "affine" not in town.get("tess", "/courses/red/atlas").text  # by its title, not its slug
    assert page(room) in town.get("tess", "/courses/red/atlas").text


def test_that_some_of_a_right_law_did_not_pass_is_explained(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    room.hand_in([Handed(f"Fine {n}", RIGHT, passed=True) for n in range(3)])
    (found,) = town.get("tess", api(room)).get_json()["items"]
    assert "did not pass all the same" not in town.get("tess", page(room, f"/{found['id']}")).text
    room.hand_in([Handed("Otherwise", RIGHT)])
    (found,) = town.get("tess", api(room)).get_json()["items"]
    for shown in (page(room), page(room, f"/{found['id']}")):
        assert "The law is right. 1 did not pass all the same" in town.get("tess", shown).text


def test_a_comment_reaches_all_of_a_cluster_and_nobody_else(town: Town, room: Classroom) -> None:
    shift = town.get("tess", api(room)).get_json()["items"][1]["id"]
    address = page(room, f"/{shift}")
    sent = town.form("tess", f"{address}/comments", {"text": "Mind the shift."}, page=address)
    assert sent.status_code == 303
    assert "Your comment stands on 4 submissions." in town.get("tess", sent.location).text
    for name, ids in room.work.items():
        comments = town.get("tess", f"/api/v1/submissions/{ids[-1]}/comments").get_json()["items"]
        assert [one["text"] for one in comments] == (
            ["Mind the shift."] if name.startswith("Shift") else []
        )
    # What can not be written is said, and what was written is not lost.
    refused = town.form("tess", f"{address}/comments", {"text": " \n"}, page=address)
    assert refused.status_code == 200
    assert 'id="text-wrong"' in refused.text


def test_the_form_to_grade_a_cluster_again_names_all_of_it(town: Town, room: Classroom) -> None:
    found = town.get("tess", api(room)).get_json()["items"][0]
    shown = town.get("tess", page(room, f"/{found['id']}")).text
    listed = town.get("tess", found["links"]["self"]).get_json()["items"]
    ids = " ".join(one["submission"] for one in listed)
    assert f'name="submissions" value="{ids}"' in shown


def test_what_has_no_law_is_counted_and_named(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    room.hand_in([Handed("Sound", RIGHT, passed=True), Handed("Silent", RIGHT)])
    # What one sends last has no numbers for an answer.
    room.hand_in([Handed("Silent", "def f(z):\n    return [float('nan'), 0]\n")])
    found = town.get("tess", api(room)).get_json()
    assert (found["students"], found["pictured"]) == (2, 1)
    shown = town.get("tess", page(room)).text
    assert "submission has no law" in shown
    assert room.work["Silent"][-1] in shown


def test_a_new_submission_changes_the_atlas_at_once(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    room.hand_in([Handed("One", RIGHT, passed=True), Handed("Two", UNSHIFTED)])
    assert town.get("tess", api(room)).get_json()["clusters"] == 2
    room.hand_in([Handed("Two", MIRRORED, passed=True)])
    assert town.get("tess", api(room)).get_json()["clusters"] == 1


def test_an_empty_assignment_and_one_without_laws_say_so(town: Town) -> None:
    empty = Classroom(town.desk, town.assign("red", "affine"))
    assert town.get("tess", api(empty)).get_json()["items"] == []
    assert "has been graded yet" in town.get("tess", page(empty)).text
    quiz = town.assign("red", "which-a")
    found = town.get("tess", f"/courses/red/atlas/{quiz.id}")
    assert "no laws to compare" in found.text


def test_a_fingerprint_is_kept_once_and_that_of_a_later_attempt_takes_its_place(
    town: Town,
) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    room.hand_in([Handed("Once", RIGHT, passed=True)])
    (id_,) = room.work["Once"]
    kept = select(FingerprintRow.attempt, FingerprintRow.law).where(
        FingerprintRow.submission == id_
    )
    # It is no file that is served.
    files = select(func.count()).where(FileRow.submission == id_, FileRow.name == FILE)
    with reading(town.desk.engine) as connection:
        (first,) = connection.execute(kept).all()
        assert connection.scalar(files) == 0
    other = Handed("Once", UNSHIFTED)
    # The same news again changes nothing.
    stored = [StoredFile(FILE, "application/octet-stream", room.fingerprint(other))]
    grades, now = Grades(town.desk.engine), datetime.now(UTC)
    assert not grades.record(id_, first.attempt, room.report(other), stored, now=now)
    with reading(town.desk.engine) as connection:
        assert connection.execute(kept).all() == [first]


def test_a_damaged_fingerprint_costs_no_grade(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    made = town.desk.submissions.hand_in(
        room.assignment.id,
        town.people["ann"].id,
        exercise="affine",
        exercise_version=room.assignment.exercise_version,
        source=RIGHT,
        seed=1,
    )
    now = datetime.now(UTC)
    Attempts(town.desk.engine).hand_out(1000, now=now, lease=LEASE)
    report = room.report(Handed("Ann", RIGHT, passed=True))
    stored = [StoredFile(FILE, "application/octet-stream", b"PFF1 and nonsense")]
    assert Grades(town.desk.engine).record(made.id, 1, report, stored, now=now)
    found = town.get("tess", api(room)).get_json()
    assert (found["students"], found["pictured"]) == (1, 0)


def test_what_a_regrade_applies_brings_its_fingerprint_along(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    room.hand_in([Handed("Again", UNSHIFTED, mistake="shift")])
    (id_,) = room.work["Again"]
    engine, version = town.desk.engine, room.assignment.exercise_version
    actor = town.principal("tess").actor
    regrade = Regrades(engine).begin(actor, room.assignment.id, version, Which.ALL)
    now = datetime.now(UTC)
    (job,) = Attempts(engine).trials.hand_out(10, now=now, lease=LEASE)
    better = Handed("Again", RIGHT, passed=True)
    stored = [
        StoredFile(FILE, "application/octet-stream", room.fingerprint(better)),
        StoredFile("density.png", "image/png", b"a picture"),
    ]
    assert Grades(engine).record(job.submission, job.attempt, room.report(better), stored, now=now)
    # On trial nothing has changed.
    assert town.get("tess", api(room)).get_json()["items"][0]["is_right"] is False
    applying = Applying(engine)
    applying.settle(now)
    Regrades(engine).apply(actor, regrade.id, never_lower=True, moves_version=False)
    while applying.step(regrade.id, now):
        continue
    (cluster,) = town.get("tess", api(room)).get_json()["items"]
    assert (cluster["is_right"], cluster["misconception"]) == (True, "")
    assert town.get("tess", cluster["middle"]["links"]["thumbnail"]).status_code == 200
    names = select(FileRow.name).where(FileRow.submission == id_)
    with reading(engine) as connection:
        assert set(connection.scalars(names)) == {"density.png"}
