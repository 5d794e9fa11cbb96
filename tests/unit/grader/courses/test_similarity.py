"""Similarity: which pairs are shown, what is said of them, and what leaves the service."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from grader.web.chances import chance_words, difference_words
from tests.unit.grader.classroom import Classroom, Handed
from tests.unit.grader.town import Town

RIGHT = "def f(z):\n    return 2 * z + 1\n"
COPIED = (
    "import numpy as np\n\n\ndef f(z):\n    first = np.sin(z[0]) * 1.37\n"
    "    second = z[1] * 0.77 + np.tanh(z[0])\n    return np.array([first, second])\n"
)
DISGUISED = (
    "import numpy as mine\n\n\ndef f(w):\n    w = mine.array([w[1], -w[0]])\n"
    "    p = mine.sin(w[0]) * 1.37\n    q = w[1] * 0.77 + mine.tanh(w[0])\n"
    "    return mine.array([p, q])\n"
)


@pytest.fixture(scope="module")
def room(town: Town) -> Classroom:
    """Thirty students: most are right as the reference is, some err alone, two share a function."""
    made = Classroom(town.desk, town.assign("red", "affine"))
    handed = [Handed(f"Right {n}", RIGHT, passed=True, origin="reference") for n in range(18)]
    handed += [
        Handed(f"Own {n}", f"def f(z):\n    a = {1.3 + n / 7:.3f}\n    return a * z - {n}\n")
        for n in range(10)
    ]
    handed += [Handed("Mia", COPIED), Handed("Noa", DISGUISED)]
    made.hand_in(handed)
    return made


def api(room: Classroom, rest: str = "") -> str:
    return f"/api/v1/assignments/{room.assignment.id}/similarity{rest}"


def page(room: Classroom, rest: str = "") -> str:
    return f"/courses/red/similarity/{room.assignment.id}{rest}"


def names(pair: dict[str, dict[str, str]]) -> set[str]:
    return {pair["a"]["name"], pair["b"]["name"]}


def test_the_pair_that_nobody_else_is_like_comes_first(town: Town, room: Classroom) -> None:
    found = town.get("tess", api(room)).get_json()
    assert (found["people"], found["compared"]) == (30, 435)
    first = found["items"][0]
    assert names(first) == {"Mia", "Noa"}
    assert (first["same_function"], first["people"], first["is_own"]) == (True, 2, False)
    assert (first["pairs_as_rare"], first["share"] > 0.9) == (0, True)
    assert first["chance"] <= 2 / 379
    # What the reference does says nothing, and eighteen students do it.
    assert not any("Right" in name for pair in found["items"] for name in names(pair))
    assert [one["chance"] for one in found["items"]] == sorted(
        one["chance"] for one in found["items"]
    )


def test_side_by_side_the_symmetry_is_named(town: Town, room: Classroom) -> None:
    mia, noa = room.work["Mia"][0], room.work["Noa"][0]
    closer = town.get("tess", api(room, f"/{mia}/{noa}")).get_json()
    assert closer["likeness"]["same"]
    assert abs(closer["likeness"]["degrees"]) == 90
    assert closer["likeness"]["difference"] < 1e-9
    assert closer["sources"] == [COPIED, DISGUISED]
    assert closer["pair"]["people"] == 2
    shown = town.get("tess", page(room, f"/{mia}/{noa}")).text
    assert "with z turned by" in shown
    assert "Nobody else in the class has this function." in shown
    assert "does not say who wrote it first" in shown
    assert '<mark class="both">' in shown
    # The other way round it is the same pair.
    back = town.get("tess", api(room, f"/{noa}/{mia}")).get_json()
    assert back["pair"]["chance"] == closer["pair"]["chance"]


def test_a_pair_with_the_exercise_s_own_function_says_nothing(town: Town, room: Classroom) -> None:
    a, b = room.work["Right 0"][0], room.work["Right 1"][0]
    pair = town.get("tess", api(room, f"/{a}/{b}")).get_json()["pair"]
    assert (pair["same_function"], pair["is_own"]) == (True, True)
    assert (pair["chance_by_function"], pair["share"]) == (1, 0)
    assert "it says nothing that two have it" in town.get("tess", page(room, f"/{a}/{b}")).text


def test_who_differs_is_told_how_far(town: Town, room: Classroom) -> None:
    a, b = room.work["Own 0"][0], room.work["Mia"][0]
    closer = town.get("tess", api(room, f"/{a}/{b}")).get_json()
    assert not closer["likeness"]["same"]
    assert closer["pair"]["people"] == 0
    assert "they come nearest" in town.get("tess", page(room, f"/{a}/{b}")).text


def test_a_pair_is_two_students_of_the_assignment(town: Town, room: Classroom) -> None:
    mia = room.work["Mia"][0]
    for other in (mia, "nix", town.work["ann"]):
        assert town.get("tess", api(room, f"/{mia}/{other}")).status_code == 404
        assert town.get("tess", page(room, f"/{mia}/{other}")).status_code == 404
    assert town.get("op", f"/courses/blue/similarity/{room.assignment.id}").status_code == 404


def test_the_page_lists_them_with_honest_words(town: Town, room: Classroom) -> None:
    shown = town.get("tess", page(room)).text
    assert "It does not say who wrote one first" in shown
    assert "435 pairs." in shown
    assert "Mia" in shown
    assert "nobody else" in shown
    assert page(room) in town.get("tess", "/courses/red/similarity").text


def test_pages_of_pairs_follow_each_other(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    for pair in range(4):
        source = COPIED.replace("1.37", f"{1.1 + pair / 3:.2f}").replace("sin", "arctan")
        room.hand_in([Handed(f"P{pair} {side}", source) for side in "ab"])
    every = [names(one) for one in town.get("tess", api(room)).get_json()["items"]]
    assert len(every) >= 4
    walked, following = [], api(room, "?limit=1")
    while following:
        answer = town.get("tess", following).get_json()
        walked += [names(one) for one in answer["items"]]
        following = answer["next"]
    assert walked == every
    bad = town.get("tess", api(room, "?after=a.b"))
    assert bad.get_json()["type"] == "/problems/bad-cursor"


def test_an_earlier_work_that_passed_is_compared_as_well_as_the_latest(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "affine"))
    room.hand_in([Handed("First", COPIED, passed=True), Handed("Second", DISGUISED, passed=True)])
    room.hand_in([Handed("First", "def f(z):\n    return z * 3.21\n")])
    (pair,) = town.get("tess", api(room)).get_json()["items"]
    assert pair["same_function"]
    assert {pair["a"]["submission"], pair["b"]["submission"]} == {
        room.work["First"][0],
        room.work["Second"][0],
    }


def test_of_an_exercise_without_laws_the_code_is_compared(town: Town) -> None:
    room = Classroom(town.desk, town.assign("red", "score"))
    helper = COPIED.replace("def f(z)", "def score(x)").replace("z[", "x[")
    room.hand_in([Handed(name, helper) for name in ("A", "B")])
    room.hand_in([Handed(f"C{n}", f"def score(x):\n    return {n}.25 * x\n") for n in range(14)])
    found = town.get("tess", api(room)).get_json()["items"]
    assert names(found[0]) == {"A", "B"}
    assert not found[0]["same_function"]
    assert found[0]["chance"] < 0.05
    assert "the code alone is compared" in town.get("tess", page(room)).text


def test_the_archives_hold_the_latest_program_of_each_student(town: Town, room: Classroom) -> None:
    for name in ("dolos", "jplag"):
        address = f"/api/v1/assignments/{room.assignment.id}/exports/{name}.zip"
        answer = town.get("tess", address)
        assert answer.mimetype == "application/zip"
        assert f'filename="{name}.zip"' in answer.headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            programs = [n for n in packed.namelist() if n.endswith(".py") and "basecode" not in n]
            assert len(programs) == 30
            (mine,) = [one for one in programs if "Mia" in one]
            assert packed.read(mine).decode() == COPIED
            if name == "dolos":
                rows = list(csv.DictReader(io.TextIOWrapper(packed.open("info.csv"), "utf-8")))
                assert "Mia" in {row["full_name"] for row in rows}
            else:
                starter = room.exercise.starter
                assert packed.read("basecode/affine.py").decode() == starter
        assert town.get("ann", address).status_code == 403
    quiz = town.assign("red", "which-a")
    assert town.get("tess", f"/api/v1/assignments/{quiz.id}/exports/dolos.zip").status_code == 404


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.3, "usual here"), (0.01, "at most 1 in 100"), (1 / 123_456, "at most 1 in 120,000")],
)
def test_chances_are_told_as_they_can_be_known(town: Town, chance: float, words: str) -> None:
    with town.app.test_request_context():
        assert chance_words(chance) == words
        assert difference_words(0) == "0"
