"""The pages of quizzes, and what stands around every exercise, as a browser without scripts has
them."""

from __future__ import annotations

import html
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise, QuizExercise
from exercises.quiz.questions import drawn, variant
from grader.store.course.demo import DEMO_PERSON
from grader.web.catalogue import neighbours, parts
from grader.web.redraw import redrawn
from grader.web.statement import render_inline

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service

PAGES = [
    "/exercises",
    "/exercises/which",
    "/exercises/mixed",
    "/exercises/sketched",
]


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the form that sends answers, as a browser sends them."""
    forms = re.findall(r'<form id="quiz" method="post".*?</form>', page, re.DOTALL)
    (form,) = forms
    inputs = [
        dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall("<input[^>]*>", form)
    ]
    hidden = [one for one in inputs if one["type"] == "hidden"]
    return {one["name"]: html.unescape(one["value"]) for one in hidden}


def asked_on(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'type="radio" name="answer\.([^"]+)"', page)))


def quiz(service: Service, slug: str) -> QuizExercise:
    exercise = service.exercise(slug)
    assert isinstance(exercise, QuizExercise)
    return exercise


def textarea(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1].removeprefix("\n"))


def test_a_personal_quiz_asks_whoever_is_there_his_or_her_own_questions(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/mixed").text
    fields = form_of(page)
    assert fields.keys() == {"csrf_token", "exercise", "exercise_version"}
    assert 'name="student"' not in page, "a name that could be another one's"
    exercise = quiz(quizzes, "mixed")
    expected = drawn(exercise.questions, exercise.quiz, variant("", DEMO_PERSON, "mixed"))
    assert asked_on(page) == [question.id for question in expected]
    answers = {f"answer.{question.id}": question.right for question in expected}
    sent = quizzes.client.post("/submissions", data=fields | answers)
    assert sent.status_code == 303
    id_ = sent.headers["Location"].rpartition("/")[2]
    quizzes.marked(id_)
    assert quizzes.get(id_).get_json()["report"]["score"] == 10
    assert quizzes.get(id_).get_json()["student"] == DEMO_PERSON


def test_the_form_has_no_say_in_who_answers(quizzes: Service) -> None:
    fields = form_of(quizzes.client.get("/exercises/mixed").text) | {
        "student": "Kim",
        "course": "ML",
    }
    assert quizzes.client.post("/submissions", data=fields).status_code == 303
    (stored,) = quizzes.desk.submissions.latest()
    assert (stored.student, stored.course) == (DEMO_PERSON, "")


def test_answers_to_an_older_version_are_not_taken(quizzes: Service) -> None:
    fields = form_of(quizzes.client.get("/exercises/which").text)
    assert fields["exercise_version"] == quizzes.exercise("which").version
    fields["exercise_version"] = "old"
    answer = quizzes.client.post("/submissions", data=fields, headers={"Accept": "text/html"})
    assert answer.status_code == 409
    assert "The exercise has changed since you opened it" in answer.text
    assert quizzes.desk.submissions.latest() == []


def test_each_question_is_a_group_with_its_name_and_text(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/which").text
    named = re.findall(r'<fieldset[^>]*aria-labelledby="(\w+) ([\w-]+)">', page)
    spelt = re.findall(r'<fieldset[^>]*aria-label="([^"]+)">', page)
    assert [name[-17:] for name in spelt] == ["Which f is shown?"], "it has a formula"
    assert len(named) == 1
    for legend, text in named:
        assert f'<legend id="{legend}">Question' in page
        assert f'id="{text}"' in page
    radios = re.findall(r'<label class="option">\s*<input type="radio"', page)
    assert len(radios) == 4
    assert "exercise.js" not in page


def test_what_is_chosen_between_has_names_that_tell_its_formulas(service: Service) -> None:
    page = service.client.get("/exercises/which-invertible").text
    names = re.findall(r'<input type="radio"[^>]* aria-label="([^"]+)"', page)
    assert {"f_A", "f_B", "f_C"} <= set(names)
    assert {"along the line z_1 = 0", "along the line 2 z_1 + z_2 = 0"} <= set(names)
    for slug, exercise in read_catalog().exercises.items():
        if isinstance(exercise, QuizExercise):
            page = service.client.get(f"/exercises/{slug}").text
            for element in re.findall(
                r'<(?:fieldset|label) .*?(?:</label>|class="options)', page, re.S
            ):
                assert ("<math" in element) == (" aria-label=" in element), element


def test_questions_and_options_are_typeset_and_code_is_shown_as_code(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/which").text
    assert "<mi>f</mi>" in page
    assert '<code class="option-code">def f(z):\n    return 2 * z</code>' in page
    assert "<span" in quizzes.client.get("/exercises/mixed").text.split('class="option-body"')[1]


def test_the_figure_of_a_question_has_its_words(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/which").text
    version = quizzes.exercise("which").version
    image = re.search(r'<img src="([^"]+)"[^>]*alt="(Two densities[^"]+)"', page)
    assert image is not None
    assert image[1] == f"/api/v1/exercises/which/figures/plot.png?version={version}"


def report_page(quizzes: Service, answers: dict[str, object], slug: str = "which") -> str:
    body = {"exercise": slug, "answers": answers, "student": "Kim"}
    id_ = quizzes.post(body).get_json()["id"]
    quizzes.marked(id_)
    return quizzes.client.get(f"/submissions/{id_}").text


def test_the_report_shows_each_question_with_answer_feedback_and_source(quizzes: Service) -> None:
    page = report_page(quizzes, {"plot": "double"})
    assert "Your answers are marked." in page
    assert "0 of 2 answers are right. The points are for all of them together." in page
    assert page.index("Question 1") < page.index("Question 2")
    assert "return 2 * z</pre>" in page
    assert "Not right. That would stay round." in page
    assert "Not answered." in page
    assert "SECRET" not in page
    assert '<img src="/api/v1/exercises/which/figures/plot.png' in page
    for of_code in ("processor time", "--seed", "Sandbox", "listing", "Your code"):
        assert of_code not in page
    page = report_page(quizzes, {"plot": "banana", "invertible": True})
    assert "Both answers are right." in page
    assert "SECRET-7 Subtract the square again." in page
    assert "Passed" in page


def test_what_was_refused_is_said_and_costs_nothing(quizzes: Service) -> None:
    page = report_page(quizzes, {"nix": "a"})
    assert "These are not answers to your questions. It costs no attempt." in page
    assert "“nix” is not one of your questions." in page
    assert "no score" in page


def test_answering_again_begins_with_what_was_answered(quizzes: Service) -> None:
    page = report_page(quizzes, {"plot": "double", "invertible": False})
    again = re.search(r'href="([^"]+)">Answer again', page)
    assert again is not None
    page = quizzes.client.get(html.unescape(again[1])).text
    assert sorted(re.findall(r'name="answer\.(\S+)" value="(\S+)" checked', page)) == [
        ("invertible", "false"),
        ("plot", "double"),
    ]


def test_answers_to_another_exercise_tick_nothing(quizzes: Service) -> None:
    id_ = quizzes.post({"exercise": "which", "answers": {}, "student": "Kim"}).get_json()["id"]
    page = quizzes.client.get(f"/exercises/mixed?from={id_}").text
    assert asked_on(page)
    assert " checked" not in page


def test_the_waiting_page_of_a_quiz_speaks_of_answers(quizzes: Service) -> None:
    id_ = quizzes.post({"exercise": "which", "answers": {}}).get_json()["id"]
    quizzes.hand_out()
    quizzes.begin(id_)
    assert "Your answers are being marked." in quizzes.client.get(f"/submissions/{id_}").text


def test_the_exercises_are_listed_by_part_with_kind_and_points(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises").text
    assert page.index('<h2 id="part-1">Questions') < page.index('<h2 id="part-2">Programs')
    assert page.index("Which transformation is it?") < page.index("A quiz of statements")
    for words in ("Quiz, 2 questions", "Quiz, 3 questions", "Code", "10 points", "not graded"):
        assert words in page


def test_exercises_of_one_part_stay_together_and_lead_to_their_neighbours() -> None:
    catalog = read_catalog()
    known = list(catalog.exercises.values())
    other = [exercise.model_copy(update={"part": ""}) for exercise in known[:1]]
    listed = parts([*other, *known[1:]])
    assert listed[-1].title == ""
    assert sum(len(part.exercises) for part in listed) == len(known)
    order = [exercise.slug for part in parts(known) for exercise in part.exercises]
    assert neighbours(order[0], catalog.exercises).before is None
    assert neighbours(order[-1], catalog.exercises).after is None
    for first, second in pairwise(order):
        after = neighbours(first, catalog.exercises).after
        before = neighbours(second, catalog.exercises).before
        assert after is not None
        assert before is not None
        assert (after.slug, before.slug) == (second, first)


def test_hints_wait_to_be_opened_and_reading_stands_beside(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/mixed").text
    assert re.findall(r"<summary>([^<]+)</summary>", page)[:2] == ["A hint", "Another hint"]
    assert "<h2>Background</h2>" in page
    assert "<details open" not in page.split("To read")[0].split("A hint")[1]
    code = quizzes.client.get("/exercises/sketched").text
    assert code.count("<summary>A hint</summary>") == 1


def test_a_sketch_of_the_gallery_is_loaded_without_scripts(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/sketched").text
    assert "A fold &amp; more" in page
    fold = quizzes.client.get("/exercises/sketched?sketch=fold").text
    assert textarea(fold) == "import numpy as np\n\n\ndef f(z):\n    return np.abs(z)\n"
    assert '<option value="fold" selected>' in fold
    for name in ("hidden", "../starter", "nix", ""):
        answer = quizzes.client.get("/exercises/sketched", query_string={"sketch": name})
        assert answer.status_code == 404


def test_new_weights_are_drawn_without_scripts(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/sketched").text
    link = re.search(r'href="([^"]+seed=\d+)">Draw new weights', page)
    assert link is not None
    seed = link[1].rpartition("=")[2]
    exercise = quizzes.exercise("sketched")
    assert isinstance(exercise, CodeExercise)
    drawn_again = textarea(quizzes.client.get(html.unescape(link[1])).text)
    assert drawn_again == exercise.starter.replace("default_rng(0)", f"default_rng({seed})")
    for bad in ("x", "-1", "1.5", "9" * 30, ""):
        answer = quizzes.client.get("/exercises/sketched", query_string={"seed": bad})
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["parameter"] == "seed"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("rng = np.random.default_rng(0)", "rng = np.random.default_rng(7)"),
        ("rng = default_rng( 12 )", "rng = default_rng(7)"),
        ("rng = default_rng()", "rng = default_rng(7)"),
        ("a = default_rng(1)\nb = default_rng(2)", "a = default_rng(7)\nb = default_rng(2)"),
        ("W = np.random.randn(2)", "W = np.random.randn(2)"),
    ],
)
def test_only_the_seed_of_the_first_generator_changes(source: str, expected: str) -> None:
    assert redrawn(source, 7) == expected


def test_a_picture_of_a_statement_is_served_and_can_run_nothing(
    quizzes: Service, small_course: Path
) -> None:
    page = quizzes.client.get("/exercises/sketched").text
    found = re.search(r'<img src="([^"]+)" alt="A black box"', page)
    assert found is not None
    answer = quizzes.client.get(html.unescape(found[1]))
    kept = small_course / "sketched" / "pictures" / "a plot.svg"
    assert answer.data == kept.read_bytes()
    assert answer.mimetype == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "immutable" in answer.headers["Cache-Control"]


def test_data_are_linked_from_the_page(quizzes: Service) -> None:
    page = quizzes.client.get("/exercises/sketched").text
    assert re.search(
        r'href="/api/v1/exercises/sketched/data/train.csv\?version=\w+" download', page
    )


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_to_the_strict_policy_and_their_links_lead_somewhere(
    quizzes: Service, path: str
) -> None:
    answer = quizzes.client.get(path)
    assert answer.status_code == 200
    page = answer.text
    inline = r'<script(?![^>]*\s(src=|type="application/json"))'
    assert not re.search(inline, page), "an inline script"
    assert not re.search(r"\s(style|on\w+)=", page), "an inline style or handler"
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', page):
        assert address.startswith(("/", "#")), f"another site: {address}"
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        found = quizzes.client.get(html.unescape(address))
        found.close()
        assert found.status_code in {200, 301}, address


def test_a_line_has_no_blocks_and_no_html() -> None:
    shown = render_inline("# $x$ *is* <script>alert(1)</script>\n\n- a")
    assert "<p>" not in shown
    assert "<h1>" not in shown
    assert "<script>" not in shown
    assert "<em>is</em>" in shown
