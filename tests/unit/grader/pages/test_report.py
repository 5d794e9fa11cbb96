"""The page of a submission: what the report teaches, its history, and what failed on our side."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Status
from grader.api.resources import Counted
from grader.store.assignment.assignments import Rules
from grader.store.course.demo import DEMO_PERSON
from grader.store.grading.grades import Grades
from grader.store.submission.state import MAX_FAILURES, Ended
from grader.web.words import late_words, regrade_words
from tests.unit.grader.town import SOURCE, Town

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service


def page_of(service: Service, id_: str, **headers: str) -> str:
    answer = service.client.get(f"/submissions/{id_}", headers=headers)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def law(**changes: object) -> Finding:
    fields: dict[str, object] = {
        "check": "law",
        "status": Status.PARTIAL,
        "points": 5,
        "max_points": 10,
        "message": "The two coordinates are swapped.",
        "evidence": {"mistake": "swapped axes"},
    }
    return Finding.model_validate(fields | changes)


def test_what_is_to_be_mended_comes_before_what_is_right(service: Service) -> None:
    right = Finding(check="shape", status=Status.PASSED, message="It has the right shape.")
    report = service.report(findings=[right, law()], score=5, max_score=10)
    page = page_of(service, service.graded(report))
    assert page.index("The two coordinates are swapped.") < page.index("It has the right shape.")


def test_a_named_misconception_is_told_by_its_name_and_meaning(service: Service) -> None:
    page = page_of(service, service.graded(service.report(findings=[law()])))
    (chip,) = re.findall(r'<span class="chip misconception"[^>]*>([^<]*)', page)
    assert chip == "swapped axes"
    assert 'title="the two coordinates' in page


def test_the_line_is_shown_beside_the_sentence_with_its_neighbours(service: Service) -> None:
    finding = Finding(check="shape", status=Status.FAILED, message="No shape.", line=4)
    source = "# 1\n# 2\n# 3\nwrong = <here>\n# 5\n# 6\n# 7\n"
    page = page_of(service, service.graded(service.report(findings=[finding]), source=source))
    (excerpt,) = re.findall(r'<pre class="code excerpt"[^>]*>(.*?)</pre>', page, re.DOTALL)
    text = re.sub(r"<span[^>]*>|</span>", "", excerpt.replace("<here>", "here"))
    assert [line.split() for line in text.splitlines() if line.strip()] == [
        ["2", "#", "2"],
        ["3", "#", "3"],
        ["▸", "4", "wrong", "=", "here"],
        ["5", "#", "5"],
        ["6", "#", "6"],
    ]
    assert page.count('class="line here"') == 1
    assert 'href="#L4"' in page


def test_the_judges_sentences_say_their_language_where_the_page_has_another(
    service: Service,
) -> None:
    id_ = service.graded(service.report(findings=[law()]))
    sentence = "The two coordinates are swapped."
    assert f"<span>{sentence}" in page_of(service, id_, **{"Accept-Language": "en"})
    german = page_of(service, id_, **{"Accept-Language": "de"})
    assert f'<span lang="en">{sentence}' in german
    assert '<html lang="de">' in german


def test_the_history_leads_through_the_attempts(service: Service) -> None:
    first = service.submit("a = 1\nb = 2\n", exercise="affine")
    second = service.submit("a = 1\nb = 3\n", exercise="affine")
    service.submit("other = 0\n", exercise="playground")
    service.submit("label = 0\n", exercise="affine", student="somebody")
    # Anybody may write a label, also the id of a person.
    service.submit("label = 1\n", exercise="affine", student=DEMO_PERSON)
    page = page_of(service, first)
    assert f'href="/submissions/{second}"' in page
    assert f'href="/submissions/{second}/diff/{first}"' in page
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.partition("history-title")[2], re.DOTALL)
    assert len(rows) == 3  # the head, and the two
    assert "this one" in rows[2]
    assert "the first" in rows[2]


def test_a_single_attempt_has_no_history(service: Service) -> None:
    assert "history-title" not in page_of(service, service.submit())


def test_a_difference_is_told_by_signs_as_text(service: Service) -> None:
    first = service.submit("a = 1\nb = '<2>'\n")
    second = service.submit("a = 1\nb = 3\n")
    page = service.client.get(f"/submissions/{second}/diff/{first}").text
    rows = re.findall(r'<tr class="(\w+)">.*?change-sign">(.)</td><td><code>(.*?)</code>', page)
    assert rows == [
        ("kept", " ", "a = 1"),
        ("gone", "−", "b = &#39;&lt;2&gt;&#39;"),
        ("new", "+", "b = 3"),
    ]
    same = service.client.get(f"/submissions/{first}/diff/{first}").text
    assert "Nothing changed" in same
    assert service.client.get(f"/submissions/{first}/diff/nix").status_code == 404


def test_too_long_a_difference_says_so(service: Service) -> None:
    first, second = service.submit("x\n" * 1_001), service.submit("y\n")
    page = service.client.get(f"/submissions/{second}/diff/{first}").text
    assert "too long to compare" in page


def test_no_difference_leads_over_the_wall(town: Town) -> None:
    ann, bob, cas = (town.work[name] for name in ("ann", "bob", "cas"))
    assert town.get("ann", f"/submissions/{ann}/diff/{bob}").status_code == 404
    assert town.get("tess", f"/submissions/{ann}/diff/{bob}").status_code == 200
    assert town.get("tess", f"/submissions/{ann}/diff/{cas}").status_code == 404


def test_in_a_course_the_report_says_what_is_left_and_what_being_late_costs(town: Town) -> None:
    now, hours = datetime.now(UTC), timedelta(hours=20)
    rules = Rules(due_at=now - hours, closes_at=now + hours, attempts=3, late_penalty=0.25)
    assigned = town.assign("red", "affine", rules)
    id_ = town.hand_in("bob", assigned.id)
    from tests.unit.grader.conftest import Service, make_report

    service = Service(town.app, town.client("bob"))
    service.hand_out()
    service.begin(id_)
    report = make_report(exercise="affine", verdict=Verdict.PARTIAL, score=8, max_score=10)
    service.record(id_, report)
    page = town.get("bob", f"/submissions/{id_}").text
    assert "8 of 10 points" in page
    assert "1 day late: 6 points count, which is 2 less." in page
    assert "2 of 3 left" in page
    assert f'href="/courses/red/assignments/{assigned.id}?from={id_}"' in page
    others = town.get("tess", f"/submissions/{id_}").text
    assert "2 of 3 left" in others
    assert "?from=" not in others
    assert "Bob" in others
    file = town.get("bob", f"/api/v1/submissions/{id_}/results.json").get_json()
    assert file["score"] == 6
    assert file["output"].startswith("1 day late: 75% of 8 points count.")


@pytest.mark.parametrize(
    ("score", "counted", "said"),
    [
        (8, None, ""),
        (8, Counted(score=8, days_late=0, kept=1), ""),
        (8, Counted(score=8, days_late=2, kept=1), "2 days late, which costs nothing here."),
        (8, Counted(score=0, days_late=9, kept=0), "9 days late: 0 points count, which is 8 less."),
        (0, Counted(score=0, days_late=3, kept=0.7), "3 days late, which costs nothing here."),
    ],
)
def test_lateness_in_words(
    service: Service, score: float, counted: Counted | None, said: str
) -> None:
    with service.app.test_request_context():
        assert late_words(counted, score) == said


def test_our_failure_says_when_it_is_graded_again_and_is_followed(service: Service) -> None:
    id_ = service.submit(SOURCE)
    for number in range(1, MAX_FAILURES + 1):
        service.hand_out()
        now = datetime.now(UTC) + timedelta(minutes=number)
        grades = Grades(service.desk.engine)
        grades.fail(id_, number, Ended.FAILED, "The machine burns.", now=now)
        with service.desk.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE submissions SET due_at = accepted_at")
    page = page_of(service, id_)
    assert "Our failure" in page
    assert "It is graded again by itself in" in page
    assert "costs no attempt" in page
    assert "burns" not in page
    assert re.search(r'<article id="submission" [^>]*data-regrade', page)
    assert '<noscript><meta http-equiv="refresh"' in page
    for wrong in ("/bundle", "/results.json", "grader check"):
        assert wrong not in page


def test_what_is_tried_no_more_says_so(service: Service) -> None:
    with service.app.test_request_context():
        assert "tried for a week" in regrade_words(None)
        assert "now" in regrade_words(datetime.now(UTC))
    failed = service.report(verdict=Verdict.INTERNAL_ERROR, outcome=Outcome.INTERNAL_ERROR)
    page = page_of(service, service.graded(failed))
    assert "data-regrade" not in page
    assert "http-equiv" not in page


def test_the_report_has_an_address_to_copy_and_a_style_for_paper(service: Service) -> None:
    id_ = service.graded()
    page = page_of(service, id_)
    assert re.search(rf'data-copy="Copy the link"[^>]*>http://localhost/submissions/{id_}<', page)
    (sheet,) = re.findall(r'href="([^"]*print\.css)" media="print"', page)
    answer = service.client.get(sheet)
    assert answer.status_code == 200
    answer.close()


def test_headings_of_a_report_are_in_order(service: Service) -> None:
    id_ = service.graded()
    service.submit()
    levels = [int(level) for level in re.findall(r"<h(\d)", page_of(service, id_))]
    assert levels[:3] == [1, 2, 3]
    assert set(levels[2:]) == {3}


def test_ones_own_list_has_no_column_of_names(town: Town) -> None:
    assert ">Student<" not in town.get("ann", "/submissions").text
    page = town.get("tess", "/submissions").text
    assert ">Student<" in page
    assert "Ann" in page
    assert "Cas" not in page


def test_the_list_names_exercises_by_their_titles(service: Service) -> None:
    service.submit(exercise="affine")
    page = service.client.get("/submissions?exercise=affine").text
    row = page.partition("<tbody>")[2]
    assert "Scale and shift" in row
    assert '<option value="affine" selected>' in page
