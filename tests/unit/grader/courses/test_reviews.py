"""Comments, points that staff give, and requests for a review: by the API and by the pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from exercises.outcome import Outcome, Verdict
from grader.store.assignment.assignments import Assignment, Rules
from tests.unit.grader.marking import finding, grade, grade_again, report_of
from tests.unit.grader.town import Town

LAW, ONE_TO_ONE = finding("law", 6, 7), finding("invertibility", 0, 3)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def work(town: Town) -> str:
    """Work of Ann's to an assignment of its own, with 6 of 10 points."""
    return handed_in(town, town.assign("red", "affine"))


def handed_in(town: Town, assignment: Assignment, who: str = "ann") -> str:
    id_ = town.hand_in(who, assignment.id)
    grade(town, id_, report_of(LAW, ONE_TO_ONE))
    return id_


def send(town: Town, who: str, method: str, address: str, body: object = None) -> TestResponse:
    return town.client(who).open(f"/api/v1{address}", method=method, json=body, headers=SAME_ORIGIN)


def give(town: Town, id_: str, points: float, criterion: str | None = None) -> TestResponse:
    body = {"points": points, "criterion": criterion, "reason": "A sign only."}
    return send(town, "tess", "POST", f"/submissions/{id_}/overrides", body)


def best(town: Town, id_: str) -> Any:
    """What counts for Ann in the submission's assignment."""
    assignment = town.get("ann", f"/api/v1/submissions/{id_}").get_json()["assignment"]
    return town.get("ann", f"/api/v1/assignments/{assignment}").get_json()["standing"]["best"]


def comment(town: Town, who: str, id_: str, text: str, **more: Any) -> TestResponse:
    return send(town, who, "POST", f"/submissions/{id_}/comments", {"text": text, **more})


# Comments


def test_a_comment_on_a_line_is_shown_beside_it_and_can_be_answered(town: Town, work: str) -> None:
    made = comment(town, "tess", work, "Why **not** $z^2$? <b>", line=2)
    assert made.status_code == 201
    first = made.get_json()
    assert (first["line"], first["name"], first["own"]) == (2, "Tess", True)
    answer = comment(town, "ann", work, "I see.", thread=first["id"])
    assert answer.status_code == 201
    listed = town.get("ann", f"/api/v1/submissions/{work}/comments").get_json()["items"]
    assert [(one["text"], one["own"]) for one in listed] == [
        ("Why **not** $z^2$? <b>", False),
        ("I see.", True),
    ]
    page = town.get("ann", f"/submissions/{work}").text
    line = page.split('id="L2"')[1].split("</li>")[0]
    assert "<strong>not</strong>" in line
    assert "<math>" in line
    assert "&lt;b&gt;" in line
    assert "I see." in line
    assert "I see." not in page.split('id="L1"')[1].split("</li>")[0]


def test_a_comment_is_changed_and_withdrawn_by_its_author_alone(town: Town, work: str) -> None:
    first = comment(town, "tess", work, "Wrong word").get_json()["id"]
    address = f"/submissions/{work}/comments/{first}"
    for other in ("ann", "op"):
        assert send(town, other, "PATCH", address, {"text": "x"}).status_code == 404
        assert send(town, other, "DELETE", address).status_code == 404
    changed = send(town, "tess", "PATCH", address, {"text": "Right word"}).get_json()
    assert changed["text"] == "Right word"
    assert changed["edited_at"]
    comment(town, "ann", work, "Thanks", thread=first)
    assert send(town, "tess", "DELETE", address).status_code == 204
    listed = town.get("ann", f"/api/v1/submissions/{work}/comments").get_json()["items"]
    assert [(one["text"], bool(one["withdrawn_at"])) for one in listed] == [
        ("", True),
        ("Thanks", False),
    ]
    page = town.get("tess", f"/submissions/{work}").text
    assert "Withdrawn." in page
    assert "Right word" in page.split('id="log-title"')[1]  # The log keeps what was said.


def test_a_student_answers_and_begins_no_thread(town: Town, work: str) -> None:
    assert comment(town, "ann", work, "Me first").status_code == 403
    assert comment(town, "ann", work, "Me", thread="nix").status_code == 404
    elsewhere = comment(town, "tess", town.work["bob"], "Not yours").get_json()["id"]
    assert comment(town, "ann", work, "Me", thread=elsewhere).status_code == 404
    assert comment(town, "bob", work, "x").status_code == 404
    assert comment(town, "ivo", work, "x").status_code == 404


@pytest.mark.parametrize(
    "body", [{"text": ""}, {"text": " \n"}, {"text": "x", "line": 3}, {"text": "a\0b"}, {"line": 1}]
)
def test_what_is_no_comment_is_refused(town: Town, work: str, body: dict[str, Any]) -> None:
    answer = send(town, "tess", "POST", f"/submissions/{work}/comments", body)
    assert answer.status_code == 422, answer.text


def test_a_whole_cluster_is_commented_on_or_none_of_it(town: Town) -> None:
    assignment = town.assign("red", "affine")
    some = [handed_in(town, assignment, who) for who in ("ann", "bob")]
    address = f"/assignments/{assignment.id}/comments"
    strange = [*some, town.work["ann"]]
    refused = send(town, "tess", "POST", address, {"submissions": strange, "text": "All"})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["pointer"] == "#/submissions/2"
    body = {"submissions": [*some, some[0]], "text": "The scale is off."}
    assert send(town, "tess", "POST", address, body).get_json() == {"count": 2}
    for who, id_ in zip(("ann", "bob"), some, strict=True):
        listed = town.get(who, f"/api/v1/submissions/{id_}/comments").get_json()["items"]
        assert [one["text"] for one in listed] == ["The scale is off."]


# Points


def test_given_points_count_and_the_graders_stay_to_be_seen(town: Town, work: str) -> None:
    assert best(town, work)["score"] == 6
    given = give(town, work, 8.5)
    assert given.status_code == 201
    assert given.get_json()["instead_of"] == 6
    shown = town.get("ann", f"/api/v1/submissions/{work}").get_json()
    assert (shown["report"]["score"], shown["counted"]["given"]) == (6, 8.5)
    assert (shown["counted"]["score"], best(town, work)["score"]) == (8.5, 8.5)
    listed = town.get("ann", "/api/v1/submissions").get_json()["items"]
    line = next(one for one in listed if one["id"] == work)
    assert (line["score"], line["counted"]["score"]) == (6, 8.5)
    page = town.get("ann", f"/submissions/{work}").text
    assert "8.5 of 10 points" in page
    assert "Changed by staff from 6 to 8.5." in page
    assert "A sign only." in page
    file = town.get("ann", f"/api/v1/submissions/{work}/results.json").get_json()
    assert file["score"] == 8.5
    assert "from 6 to 8.5: A sign only." in file["output"]


def test_taking_points_back_lets_the_graders_count_again(town: Town, work: str) -> None:
    first = give(town, work, 2).get_json()["id"]
    second = give(town, work, 9).get_json()["id"]
    assert best(town, work)["score"] == 9
    gone = f"/submissions/{work}/overrides/{first}"
    assert send(town, "tess", "DELETE", gone).status_code == 404, "it held no longer"
    assert (
        send(town, "tess", "DELETE", f"/submissions/{work}/overrides/{second}").status_code == 204
    )
    assert best(town, work)["score"] == 6
    seen = {
        who: len(town.get(who, f"/api/v1/submissions/{work}/overrides").get_json()["items"])
        for who in ("ann", "tess")
    }
    assert seen == {"ann": 0, "tess": 2}


def test_points_of_criteria_add_up_and_those_of_the_whole_go_before(town: Town, work: str) -> None:
    give(town, work, 7, "law")
    assert best(town, work)["score"] == 7
    give(town, work, 1.5, "invertibility")
    assert best(town, work)["score"] == 8.5
    whole = give(town, work, 3).get_json()["id"]
    assert best(town, work)["score"] == 3
    send(town, "tess", "DELETE", f"/submissions/{work}/overrides/{whole}")
    assert best(town, work)["score"] == 8.5
    file = town.get("ann", f"/api/v1/submissions/{work}/results.json").get_json()
    assert [one.get("score") for one in file["tests"]] == [None, 7, 1.5]


def test_questions_share_the_points_that_were_given_for_all_of_them(town: Town, work: str) -> None:
    questions = [finding("question", points, 2.5) for points in (2.5, 0, 0, 2.5)]
    grade_again(town, work, report_of(*questions))
    give(town, work, 9, "question")
    file = town.get("ann", f"/api/v1/submissions/{work}/results.json").get_json()
    assert file["score"] == 9
    scores = [one["score"] for one in file["tests"] if "score" in one]
    assert sum(scores) == 9
    assert max(scores) <= 2.5


def test_given_points_hold_when_it_is_graded_again(town: Town, work: str) -> None:
    give(town, work, 2, "law")
    grade_again(town, work, report_of(finding("law", 7, 7), finding("invertibility", 3, 3)))
    assert best(town, work)["score"] == 5
    grade_again(town, work, report_of(finding("law", 0, 1), finding("invertibility", 3, 9)))
    assert best(town, work)["score"] == 4, "of a criterion neither"
    give(town, work, 9.5)
    grade_again(town, work, report_of(finding("law", 0, 4)))
    counted = town.get("ann", f"/api/v1/submissions/{work}").get_json()["counted"]
    assert counted["given"] == 4, "never more than there is to earn"


def test_a_late_penalty_is_taken_from_given_points_too(town: Town) -> None:
    now = datetime.now(UTC)
    rules = Rules(
        due_at=now - timedelta(hours=2), closes_at=now + timedelta(days=3), late_penalty=0.5
    )
    late = handed_in(town, town.assign("red", "affine", rules))
    give(town, late, 10)
    assert (best(town, late)["earned"], best(town, late)["score"]) == (10, 5)
    page = town.get("ann", f"/submissions/{late}").text
    assert "1 day late: 5 points count, which is 5 less." in page


def test_full_points_pass_and_points_for_what_did_not_run_count(town: Town, work: str) -> None:
    give(town, work, 10)
    assignment = town.get("ann", f"/api/v1/submissions/{work}").get_json()["assignment"]
    assert town.get("ann", f"/api/v1/assignments/{assignment}").get_json()["standing"]["passed"]
    other = town.assign("red", "affine")
    spoilt = town.hand_in("ann", other.id)
    verdict = {"verdict": Verdict.NOT_GRADABLE, "outcome": Outcome.SYNTAX_ERROR}
    grade(town, spoilt, report_of(finding("law", 0, 10), **verdict))
    assert best(town, spoilt) is None
    give(town, spoilt, 4)
    assert best(town, spoilt)["score"] == 4


@pytest.mark.parametrize(
    ("points", "criterion", "reason"),
    [(10.5, None, "x"), (7.5, "law", "x"), (1, "nix", "x"), (1, "shape", "x"), (1, None, " ")],
)
def test_points_that_can_not_be_earned_are_refused(
    town: Town, work: str, points: float, criterion: str | None, reason: str
) -> None:
    body = {"points": points, "criterion": criterion, "reason": reason}
    answer = send(town, "tess", "POST", f"/submissions/{work}/overrides", body)
    assert answer.status_code == 422, answer.text
    assert best(town, work)["score"] == 6


# Reviews


def ask(town: Town, id_: str, who: str = "ann") -> TestResponse:
    return send(town, who, "POST", f"/submissions/{id_}/reviews", {"text": "I think it is right."})


def test_a_review_goes_from_the_student_to_the_queue_and_back(town: Town, work: str) -> None:
    asked = ask(town, work)
    assert asked.status_code == 201
    id_ = asked.get_json()["id"]
    assert ask(town, work).get_json()["type"] == "/problems/review-open"
    queue = town.get("tess", "/api/v1/courses/red/reviews?limit=200").get_json()["items"]
    entry = next(one for one in queue if one["id"] == id_)
    assert (entry["name"], entry["exercise"], entry["score"]) == ("Ann", "affine", 6)
    taken = send(town, "tess", "PUT", f"/courses/red/reviews/{id_}/taker")
    assert taken.get_json()["taker"] == "Tess"
    mine = town.get("tess", "/api/v1/courses/red/reviews?which=mine").get_json()["items"]
    assert id_ in [one["id"] for one in mine]
    body = {"text": "You are right.", "points": 9}
    answered = send(town, "tess", "POST", f"/courses/red/reviews/{id_}/answer", body)
    assert answered.get_json()["answerer"] == "Tess"
    assert best(town, work)["score"] == 9
    seen = town.get("ann", f"/submissions/{work}").text
    assert "You are right." in seen
    assert "Changed by staff from 6 to 9." in seen
    again_ = send(town, "tess", "POST", f"/courses/red/reviews/{id_}/answer", body)
    assert again_.get_json()["type"] == "/problems/review-answered"
    assert ask(town, work).status_code == 201, "another one may be asked then"


def test_an_answer_whose_points_do_not_fit_changes_nothing(town: Town, work: str) -> None:
    id_ = ask(town, work).get_json()["id"]
    body = {"text": "More than all.", "points": 11}
    answer = send(town, "tess", "POST", f"/courses/red/reviews/{id_}/answer", body)
    assert answer.status_code == 422
    (left,) = town.get("ann", f"/api/v1/submissions/{work}/reviews").get_json()["items"]
    assert left["answer"] is None
    assert best(town, work)["score"] == 6


def test_only_the_author_asks_and_only_for_what_is_graded(town: Town, work: str) -> None:
    assert ask(town, work, "tess").status_code == 403
    assert ask(town, work, "bob").status_code == 404
    assert ask(town, town.work["ann"]).get_json()["type"] == "/problems/not-graded"


def test_a_review_of_another_course_is_not_there(town: Town, work: str) -> None:
    id_ = ask(town, work).get_json()["id"]
    for method, ending in (("PUT", "taker"), ("DELETE", "taker"), ("POST", "answer")):
        body = {"text": "x"} if method == "POST" else None
        answer = send(town, "ivo", method, f"/courses/blue/reviews/{id_}/{ending}", body)
        assert answer.status_code == 404


def test_the_queue_and_the_log_go_on_page_by_page(town: Town, work: str) -> None:
    ask(town, work)
    ask(town, handed_in(town, town.assign("red", "affine"), "bob"), "bob")
    for address, key in (("reviews", "items"), ("audit", "items")):
        seen: list[str] = []
        following: str | None = f"/api/v1/courses/red/{address}?limit=1"
        while following and len(seen) < 400:
            answer = town.get("tess", following)
            seen += [one["id"] for one in answer.get_json()[key]]
            following = answer.get_json()["next"]
            assert (following is None) or f"<{following}>" in answer.headers["Link"]
        assert len(seen) == len(set(seen)) > 1
        assert seen == sorted(seen, reverse=address == "audit")


# The log


def test_the_log_says_who_changed_what_and_why(town: Town, work: str) -> None:
    give(town, work, 8)
    address = f"/api/v1/courses/red/audit?submission={work}"
    (entry,) = town.get("tess", address).get_json()["items"]
    assert (entry["deed"], entry["name"], entry["about_name"]) == ("overridden", "Tess", "Ann")
    assert entry["reason"] == "A sign only."
    assert (entry["before"], entry["after"]["points"]) == ({"points": 6}, 8)
    page = town.get("tess", f"/courses/red/log?deed=overridden&submission={work}").text
    assert "changed the points of Ann" in re.sub(r"<[^>]*>", "", page)
    assert "A sign only." in page
    assert town.get("tess", f"/courses/red/log?deed=commented&submission={work}").text.count(
        "Nothing fits."
    )
    assert town.get("ann", "/courses/red/log").status_code == 403


def test_what_was_said_to_several_at_once_is_one_entry_of_the_log(town: Town) -> None:
    assignment = town.assign("red", "affine")
    works = [handed_in(town, assignment, who) for who in ("ann", "bob")]
    who = town.principal("tess")
    town.desk.reviews.comment_on_each(who, assignment.id, works, "The same to both.")
    town.desk.reviews.comment_on_each(who, assignment.id, works[:1], "To one.")
    page = town.get("tess", f"/courses/red/log?assignment={assignment.id}&deed=commented").text
    day = page.split('<section class="day"')
    assert len(day) == 2
    entries = day[1].split("<li>")[1:]
    assert [entry.count("The same to both.") for entry in entries] == [0, 1]
    several = re.sub(r"<[^>]*>", "", entries[1])
    assert "commented on the work of 2 students" in several
    assert all(name in several for name in ("Ann", "Bob"))
    assert all(f"/submissions/{work}" in entries[1] for work in works)
    assert "commented on the work of Ann" in re.sub(r"<[^>]*>", "", entries[0])


# The pages


def test_a_page_for_staff_leads_from_student_to_student(town: Town) -> None:
    assignment = town.assign("red", "affine")
    ann, bob = (handed_in(town, assignment, who) for who in ("ann", "bob"))
    page = town.get("tess", f"/submissions/{ann}").text
    assert "1 of 2" in page
    assert f'rel="next" href="/submissions/{bob}"' in page
    assert 'rel="prev"' not in page
    newer = handed_in(town, assignment, "ann")
    back = town.get("tess", f"/submissions/{bob}").text
    assert f'rel="prev" href="/submissions/{newer}"' in back, "the latest of each"
    comment(town, "tess", newer, "Seen")
    left = town.get("tess", f"/submissions/{bob}?in=untouched").text
    assert 'rel="prev"' not in left
    assert "1 of 1" in left
    assert 'class="round"' not in town.get("ann", f"/submissions/{ann}").text


def test_forms_of_the_page_do_what_the_api_does(town: Town, work: str) -> None:
    page = f"/submissions/{work}"
    written = town.form(
        "tess", f"{page}/comments", {"text": "On\r\nline 2", "line": "2", "in": "failed"}, page=page
    )
    assert written.status_code == 303
    assert f"{page}?in=failed#comment-" in written.headers["Location"]
    points = {"criterion": "law", "points": "6,5", "reason": "Half"}
    assert town.form("tess", f"{page}/points", points, page=page).status_code == 303
    assert best(town, work)["score"] == 6.5
    asked = town.form("ann", f"{page}/reviews", {"text": "Why?"}, page=page)
    assert asked.status_code == 303
    queue = town.get("tess", "/courses/red/reviews").text
    assert "Why?" in queue
    listed = town.get("tess", f"/api/v1/submissions/{work}/comments").get_json()["items"]
    assert listed[0]["text"] == "On\nline 2"
    wrong = town.form("tess", f"{page}/points", {"points": "eight", "reason": "x"}, page=page)
    assert wrong.status_code == 422


def test_the_settings_of_an_assignment_are_a_form(town: Town) -> None:
    assignment = town.assign("red", "affine")
    address = f"/courses/red/assignments/{assignment.id}/settings"
    fields = {
        "due_at": "2100-05-04T18:00",
        "closes_at": "2100-05-06T18:00:30",
        "late_penalty": "12.5",
        "attempts": "4",
        "cooldown_seconds": "30",
        "release": "after_close",
        "hidden_criteria": "law",
    }
    saved = town.form("op", address, fields, page=address)
    assert saved.status_code == 303, saved.text
    shown = town.get("op", f"/api/v1/assignments/{assignment.id}").get_json()
    assert shown["due_at"] == "2100-05-04T18:00:00Z"
    assert shown["closes_at"] == "2100-05-06T18:00:30Z"
    assert (shown["late_penalty"], shown["attempts"], shown["cooldown_seconds"]) == (0.125, 4, 30)
    assert (shown["release"], shown["hidden_criteria"]) == ("after_close", ["law"])
    wrong = town.form("op", address, fields | {"closes_at": "2100-05-01T18:00"}, page=address)
    assert wrong.status_code == 422
    assert "must not close before the deadline" in wrong.text
    assert 'value="2100-05-01T18:00"' in wrong.text, "what was written is kept"
    town.form("op", address.replace("settings", "release"), {}, page=address)
    assert town.get("op", f"/api/v1/assignments/{assignment.id}").get_json()["released_at"]
    assert town.get("tess", address).status_code == 403


def test_extensions_are_given_on_a_page(town: Town) -> None:
    assignment = town.assign("red", "affine", Rules(attempts=1))
    address = f"/courses/red/assignments/{assignment.id}/extensions"
    ann = town.people["ann"].id
    fields = {"person": ann, "more_attempts": "2", "due_at": "", "reason": "ill"}
    assert town.form("tess", address, fields, page=address).status_code == 303
    assert "ill" in town.get("tess", address).text
    stands = town.get("ann", f"/api/v1/assignments/{assignment.id}").get_json()["standing"]
    assert stands["attempts_left"] == 3
    assert town.form("tess", f"{address}/{ann}/take-back", {}, page=address).status_code == 303
    stands = town.get("ann", f"/api/v1/assignments/{assignment.id}").get_json()["standing"]
    assert stands["attempts_left"] == 1
