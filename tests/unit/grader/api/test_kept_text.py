"""Text that no database can keep, and numbers that are none, are refused with their field."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.town import SOURCE, Town

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NUL = "a\0b"
REFUSED = "This text holds a NUL character, which can not be kept."


@pytest.fixture(scope="module")
def work(town: Town) -> str:
    """A graded submission of Ann's."""
    grade(town, town.work["ann"], report_of(finding("law", 6.0, 10.0)))
    return town.work["ann"]


def errors(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 422, answer.text
    found: list[dict[str, str]] = answer.get_json()["errors"]
    return found


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "submissions/WORK/overrides", {"points": 1, "reason": NUL}),
        ("POST", "submissions/WORK/regrades", {"reason": NUL}),
        ("POST", "assignments/TASK/regrades", {"which": "latest", "reason": NUL}),
        ("PUT", "assignments/TASK/extensions/ANN", {"more_attempts": 1, "reason": NUL}),
    ],
)
def test_a_text_with_nul_is_refused(
    town: Town, work: str, method: str, path: str, body: dict[str, object]
) -> None:
    names = {"WORK": work, "TASK": town.opened["red"].id, "ANN": town.people["ann"].id}
    for name, id_ in names.items():
        path = path.replace(name, id_)
    sent = town.client("tess").open(f"/api/v1/{path}", method=method, json=body, headers=SAME_SITE)
    assert errors(sent) == [{"pointer": "#/reason", "message": REFUSED}]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("submissions", ("exercise", "assignment")),
        ("courses/red/audit", ("person", "about", "submission", "assignment")),
    ],
)
def test_a_parameter_with_nul_is_refused(town: Town, path: str, names: tuple[str, ...]) -> None:
    for name in names:
        answer = town.get("tess", f"/api/v1/{path}?{name}=a%00b")
        assert errors(answer) == [{"parameter": name, "message": REFUSED}]


def test_a_cursor_of_batches_with_nul_is_none_of_ours(town: Town) -> None:
    task = town.opened["red"].id
    answer = town.get("tess", f"/api/v1/assignments/{task}/batches?before=%00")
    assert answer.status_code == 400
    assert answer.get_json()["type"] == "/problems/bad-cursor"
    page = town.get("tess", f"/courses/red/assignments/{task}/batches?before=%00")
    assert page.status_code == 400


def test_an_attempt_beyond_the_numbers_of_the_database_is_not_there(town: Town, work: str) -> None:
    for attempt in (2**31, 10**30):
        path = f"/api/v1/submissions/{work}/thumbnail.png?attempt={attempt}"
        assert town.get("tess", path).status_code == 404


def test_a_program_may_hold_nul_as_its_report_says_so(town: Town) -> None:
    body = {"source": f"{SOURCE}\0", "assignment": town.opened["red"].id}
    assert town.post("tess", "/api/v1/submissions", body).status_code == 202


@pytest.mark.parametrize("points", ["5", True])
def test_points_are_a_number_and_nothing_like_one(town: Town, work: str, points: object) -> None:
    body = {"points": points, "reason": "A sign only."}
    sent = town.post("tess", f"/api/v1/submissions/{work}/overrides", body)
    assert [one["pointer"] for one in errors(sent)] == ["#/points"]
    assert town.get("tess", f"/api/v1/submissions/{work}/overrides").get_json()["items"] == []


def test_whole_points_are_points(town: Town, work: str) -> None:
    body = {"points": 5, "reason": "A sign only."}
    made = town.post("tess", f"/api/v1/submissions/{work}/overrides", body)
    assert made.status_code == 201
    gone = f"/api/v1/submissions/{work}/overrides/{made.get_json()['id']}"
    assert town.client("tess").delete(gone, headers=SAME_SITE).status_code == 204
