from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from exercises.exercise import CodeExercise
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Printed, Status
from grader.store.course.demo import DEMO_PERSON

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service

HOSTILE = "</textarea><script>alert(1)</script>\"'&"
PAGES = [
    "/",
    "/exercises",
    "/exercises/affine",
    "/submissions",
    "/problems",
    "/problems/invalid",
    "/schemas",
]


def textarea(page: str) -> str:
    """The text that a browser shows in the editor: its parser drops one leading newline."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1].removeprefix("\n"))


def test_the_first_page_offers_the_playground_and_the_choice(service: Service) -> None:
    page = service.client.get("/").text
    playground = service.exercise("playground")
    assert isinstance(playground, CodeExercise)
    assert textarea(page) == playground.starter
    assert 'href="/exercises"' in page
    assert 'href="/exercises/affine"' in service.client.get("/exercises").text


def test_an_exercise_shows_statement_points_and_its_own_starter(service: Service) -> None:
    page = service.client.get("/exercises/affine").text
    assert "<mi>𝟏</mi><mo>,</mo><mn>4</mn><mi>I</mi>" in page
    assert "law</span> · 10 points" in page
    assert textarea(page) == service.exercise("affine").starter


@pytest.mark.parametrize("source", [HOSTILE, "\n\nx = 1", "a\tb  \n\n\n", "# θ é \u202e"])
def test_the_editor_gives_back_exactly_what_was_sent(service: Service, source: str) -> None:
    id_ = service.submit(source)
    page = service.client.get(f"/exercises/playground?from={id_}").text
    assert textarea(page) == source


def test_the_form_works_without_scripts(service: Service) -> None:
    form = {"exercise": "affine", "source": "def f(z):\r\n    return z\r\n"}
    answer = service.form("/submissions", form)
    assert answer.status_code == 303
    page = service.client.get(answer.headers["Location"]).text
    assert "Accepted, place 1 in the queue" in page
    assert re.search(r'<noscript><meta http-equiv="refresh" content="\d+"></noscript>', page)
    (stored,) = service.desk.submissions.latest()
    assert (stored.exercise, stored.student) == ("affine", DEMO_PERSON)
    assert service.stored(stored.id).source == "def f(z):\n    return z\n"


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        ({"source": "x" * 65_537}, 413, "The source is too long"),
        ({"source": "x", "exercise": "nix"}, 422, "There is no such exercise"),
        ({"source": "x", "exercise_version": "y" * 65}, 422, "does not fit"),
    ],
)
def test_a_form_that_does_not_fit_gets_a_page_that_says_so(
    service: Service, form: dict[str, str], status: int, text: str
) -> None:
    answer = service.form("/submissions", form, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert text in answer.text
    assert service.desk.submissions.latest() == []


def test_the_waiting_page_says_place_and_estimate_and_then_shows_the_report(
    service: Service,
) -> None:
    first, second = service.submit(student="a"), service.submit(student="b")
    assert "place 2 in the queue" in service.client.get(f"/submissions/{second}").text
    service.hand_out()
    service.begin(first)
    assert "Your code is running." in service.client.get(f"/submissions/{first}").text
    service.record(first, service.report())
    page = service.client.get(f"/submissions/{first}").text
    assert "It runs" in page
    assert "http-equiv" not in page
    # One grading took a moment, so the next one's time is known once a worker is.
    assert 'data-state="queued"' in service.client.get(f"/submissions/{second}").text


def test_the_report_page_says_all_that_a_student_needs(
    service: Service, drawn: dict[str, bytes]
) -> None:
    finding = Finding(
        check="law",
        status=Status.PARTIAL,
        points=6.25,
        max_points=10,
        message="The spread is too large.",
        line=5,
        evidence={"distance": 0.03},
    )
    base = service.report()
    report = service.report(
        exercise="affine",
        verdict=Verdict.PARTIAL,
        score=6.25,
        max_score=10,
        findings=[*base.findings, finding],
        printed=Printed(text="hello", truncated=True),
    )
    id_ = service.graded(report, drawn, exercise="affine")
    page = service.client.get(f"/submissions/{id_}").text
    assert "Partly right" in page
    assert "6.25 of 10 points" in page
    assert page.index("Partly right") < page.index("The spread is too large.")
    assert 'alt="p(x) has one mode."' in page
    assert f'src="/api/v1/submissions/{id_}/figures/density.png?attempt=1"' in page
    assert re.search(r'<li id="L5" class="marked"><code>    return z\*\*2</code>', page)
    assert "z1 = np.array([0.5, -1.25])" in page
    assert "More was printed than is kept." in page
    repeat = "grader check affine.py --exercises exercises --exercise affine --seed 424242"
    assert repeat in page
    assert "seccomp, landlock" in page
    assert f'href="/api/v1/submissions/{id_}"' in page


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (Verdict.NOT_GRADABLE, Outcome.SYNTAX_ERROR),
        (Verdict.INTERNAL_ERROR, Outcome.INTERNAL_ERROR),
    ],
)
def test_what_was_not_graded_is_never_shown_as_a_zero(
    service: Service, verdict: Verdict, outcome: Outcome
) -> None:
    report = service.report(
        exercise="affine", verdict=verdict, outcome=outcome, score=0, max_score=10, figures=[]
    )
    id_ = service.graded(report, exercise="affine")
    for path in (f"/submissions/{id_}", "/submissions"):
        page = service.client.get(path).text
        assert "0 of 10" not in page
        assert "no score" in page
    assert "costs no attempt" in service.client.get(f"/submissions/{id_}").text


def test_a_syntax_error_is_shown_with_its_caret_and_the_rest_is_one_entry(service: Service) -> None:
    excerpt = "    return (z\n           ^"
    skipped = [
        Finding(check=name, status=Status.SKIPPED, max_points=points, message="Not checked.")
        for name, points in (("shape", 0), ("law", 10))
    ]
    first = Finding(
        check="function",
        status=Status.FAILED,
        message="This is not Python.",
        line=2,
        evidence={"excerpt": excerpt},
    )
    report = service.report(
        exercise="affine",
        verdict=Verdict.NOT_GRADABLE,
        outcome=Outcome.SYNTAX_ERROR,
        findings=[first, *skipped],
        score=0,
        max_score=10,
        figures=[],
    )
    page = service.client.get(f"/submissions/{service.graded(report, exercise='affine')}").text
    assert f">{excerpt}</pre>" in page
    assert page.count("Not checked.") == 1
    assert "<b>shape, law</b>" in page
    assert "0 of 10" not in page
    assert "<dt>excerpt</dt>" not in page


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_its_page(service: Service, outcome: Outcome) -> None:
    report = service.report(verdict=Verdict.FAILED, outcome=outcome, findings=[], figures=[])
    page = service.client.get(f"/submissions/{service.graded(report)}")
    assert page.status_code == 200
    assert "Not passed" in page.text


def test_hostile_text_is_text_on_every_page(service: Service) -> None:
    finding = Finding(
        check=HOSTILE, status=Status.FAILED, message=HOSTILE, line=1, evidence={HOSTILE: HOSTILE}
    )
    report = service.report(findings=[finding], printed=Printed(text=HOSTILE + "\x1b[31m"))
    id_ = service.graded(report, source=HOSTILE, student=HOSTILE, course=HOSTILE)
    for path in (f"/submissions/{id_}", "/submissions", f"/exercises/playground?from={id_}"):
        page = service.client.get(path).text
        assert "<script>alert" not in page
        assert "\x1b" not in page
    assert "&lt;script&gt;alert(1)" in service.client.get("/submissions").text


def test_the_list_pages_and_filters(service: Service) -> None:
    for number in range(51):
        service.submit(student=f"student-{number:02d}")
    service.submit(student="Ada", exercise="affine")
    first = service.client.get("/submissions").text
    assert "student-50" in first
    assert "student-00" not in first
    older = re.search(r'href="([^"]+)">Older', first)
    assert older is not None
    second = service.client.get(html.unescape(older[1])).text
    assert "student-00" in second
    assert "Older" not in second
    assert "Newest" in second
    only = service.client.get("/submissions?exercise=affine&student=").text
    assert "Ada" in only
    assert "student-" not in only
    assert "Nothing fits" in service.client.get("/submissions?student=nobody").text


@pytest.mark.parametrize(
    ("line", "warned"),
    [
        ("W = np.random.randn(2, 2)", True),
        ("rng = np.random.default_rng()", True),
        ("rng = np.random.default_rng(3)", False),
        ("np.random.seed(3)", False),
        ("W = np.eye(2)", False),
    ],
)
def test_a_witness_of_weights_that_the_grader_drew_says_so(
    service: Service, line: str, warned: bool
) -> None:
    id_ = service.graded(source=f"import numpy as np\n{line}\ndef f(z):\n    return z\n")
    page = service.client.get(f"/submissions/{id_}").text
    assert ("Your code draws random numbers when it starts." in page) is warned


def test_an_empty_list_leads_to_the_editor(service: Service) -> None:
    assert "Nothing was submitted yet" in service.client.get("/submissions").text


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_to_the_strict_policy(service: Service, path: str) -> None:
    answer = service.client.get(path)
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    page = answer.text
    inline = r'<script(?![^>]*\s(src=|type="application/json"))'
    assert not re.search(inline, page), "an inline script"
    assert not re.search(r"\s(style|on\w+)=", page), "an inline style or handler"
    assert "<style" not in page
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', page):
        assert address.startswith(("/", "#")), f"another site: {address}"


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_ours_leads_somewhere(service: Service, path: str) -> None:
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', service.client.get(path).text):
        answer = service.client.get(html.unescape(address))
        answer.close()
        assert answer.status_code in {200, 301}, address


def test_a_broken_label_in_the_list_can_hold_no_page_back(service: Service) -> None:
    service.submit(student="\u202e" + "x" * 199)
    page = service.client.get("/submissions").text
    assert "U+202E" in page
    assert "\u202e" not in page
