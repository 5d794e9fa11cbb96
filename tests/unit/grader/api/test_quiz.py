"""Quizzes over the API: what is shown is what is marked, and no answer is shown before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import jsonschema
import pytest

from exercises.exercise import QuizExercise

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.unit.grader.conftest import Service

SECRETS = ("SECRET", "WRONG", "RIGHT", "Source of")
EXERCISES = "/api/v1/exercises"


def shown(service: Service, slug: str = "mixed", **labels: str) -> list[dict[str, Any]]:
    answer = service.client.get(f"{EXERCISES}/{slug}", query_string=labels)
    assert answer.status_code == 200, answer.text
    questions: list[dict[str, Any]] = answer.get_json()["questions"]
    return questions


def send(service: Service, answers: object, slug: str = "mixed", **fields: str) -> TestResponse:
    return service.post({"exercise": slug, "answers": answers, **fields})


def marked(service: Service, answers: object, slug: str = "mixed", **fields: str) -> dict[str, Any]:
    """Send answers and mark them as a worker does, by what the hand-out gives it."""
    sent = send(service, answers, slug, **fields)
    assert sent.status_code == 202, sent.text
    service.marked(sent.get_json()["id"])
    resource: dict[str, Any] = service.get(sent.get_json()["id"]).get_json()
    return resource


def key(service: Service, slug: str = "mixed") -> dict[str, str]:
    exercise = service.exercise(slug)
    assert isinstance(exercise, QuizExercise)
    return {question.id: question.right for question in exercise.questions}


@pytest.mark.parametrize("labels", [{}, {"student": "Kim"}, {"student": "Zoë ", "course": "ML"}])
def test_what_a_student_is_shown_is_what_is_marked(
    quizzes: Service, labels: dict[str, str]
) -> None:
    asked = shown(quizzes, **labels)
    right = key(quizzes)
    report = marked(quizzes, {q["id"]: right[q["id"]] for q in asked}, **labels)["report"]
    assert (report["verdict"], report["score"]) == ("passed", 10)
    marked_ids = [finding["evidence"]["question"] for finding in report["findings"][1:]]
    assert marked_ids == [question["id"] for question in asked]


def test_students_are_shown_different_questions_and_a_course_counts(quizzes: Service) -> None:
    seen = {
        tuple(question["id"] for question in shown(quizzes, student=name, course=course))
        for name in ("", "Kim", "Ada", "Zoë")
        for course in ("", "ML")
    }
    assert len(seen) > 4


def test_nothing_that_answers_a_question_is_shown_before(quizzes: Service) -> None:
    for slug in ("mixed", "which"):
        for name in ("", "Kim", "Ada", "Zoë"):
            for path in (f"{EXERCISES}/{slug}", f"/exercises/{slug}"):
                text = quizzes.client.get(path, query_string={"student": name}).text
                assert not [word for word in SECRETS if word in text]
                for field in ("plots", "explanation", "feedback"):
                    assert field not in text
            for question in shown(quizzes, slug, student=name):
                assert question.keys() == {"id", "text", "options", "figure"}


def test_a_question_has_its_options_and_a_statement_true_and_false(quizzes: Service) -> None:
    invertible, plot = sorted(shown(quizzes, "which"), key=lambda question: str(question["id"]))
    assert [option["id"] for option in invertible["options"]] == ["true", "false"]
    assert {option["id"] for option in plot["options"]} == {"banana", "double"}
    assert all(option["code"].startswith("def f(z):") for option in plot["options"])


def test_the_submission_shows_the_answers_readably(quizzes: Service) -> None:
    answers = {"plot": "banana", "invertible": False}
    resource = marked(quizzes, answers, "which")
    assert resource["answers"] == answers
    download = quizzes.client.get(resource["links"]["source"])
    assert download.mimetype == "application/json"
    assert download.headers["Content-Disposition"] == 'attachment; filename="which.json"'
    assert json.loads(download.data) == {"answers": answers}
    program = quizzes.submit("def f(z): return z", exercise="sketched")
    assert quizzes.get(program).get_json()["answers"] is None


def test_refused_answers_are_a_report_that_spends_no_attempt(quizzes: Service) -> None:
    report = marked(quizzes, {"plot": "banana"})["report"]
    assert (report["verdict"], report["outcome"]) == ("not_gradable", "refused")
    assert "“plot” is not one of your questions." in report["findings"][0]["message"]


def test_a_report_of_a_quiz_fits_the_served_schema(quizzes: Service) -> None:
    schema = quizzes.client.get("/schemas/report-v1.json").get_json()
    jsonschema.validate(marked(quizzes, {}, "which")["report"], schema)


@pytest.mark.parametrize(
    ("body", "pointers", "message"),
    [
        ({"exercise": "which"}, ["#/answers"], "required"),
        ({"exercise": "which", "source": "x"}, ["#/source", "#/answers"], "for programs"),
        ({"exercise": "which", "source": "x", "answers": {}}, ["#/source"], "for programs"),
        ({"exercise": "sketched", "answers": {}}, ["#/answers", "#/source"], "for quizzes"),
        ({"exercise": "sketched", "source": "", "answers": {}}, ["#/answers"], "for quizzes"),
        ({"exercise": "sketched"}, ["#/source"], "required"),
        ({"exercise": "which", "answers": []}, ["#/answers"], "object"),
        ({"exercise": "which", "answers": None}, ["#/answers"], "object"),
        ({"exercise": "which", "answers": {"a": 1}}, ["#/answers/a"], "true or false"),
        ({"exercise": "which", "answers": {"a": None}}, ["#/answers/a"], "true or false"),
        ({"exercise": "which", "answers": {"a": ["b"]}}, ["#/answers/a"], "true or false"),
        ({"exercise": "which", "answers": {"a": "\ud800"}}, ["#/answers/a"], "surrogate"),
        (
            {"exercise": "which", "answers": {str(n): "a" for n in range(1001)}},
            ["#/answers"],
            "1000",
        ),
    ],
)
def test_what_does_not_fit_the_exercise_is_pointed_at(
    quizzes: Service, body: object, pointers: list[str], message: str
) -> None:
    answer = quizzes.client.post(
        "/api/v1/submissions", data=json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["type"] == "/problems/invalid"
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert message in problem["errors"][0]["message"]
    assert quizzes.desk.submissions.latest() == []


def test_answers_that_are_too_long_are_refused(quizzes: Service) -> None:
    answer = send(quizzes, {"plot": "x" * 70_000}, "which")
    assert answer.status_code == 413
    assert answer.get_json()["errors"][0]["pointer"] == "#/answers"


def test_answers_to_an_older_version_are_not_accepted(quizzes: Service) -> None:
    version = quizzes.exercise("which").version
    assert send(quizzes, {}, "which", exercise_version=version).status_code == 202
    answer = send(quizzes, {}, "which", exercise_version="0123456789abcdef")
    assert answer.status_code == 409
    problem = answer.get_json()
    assert problem["type"] == "/problems/exercise-changed"
    assert version in problem["detail"]
    assert len(quizzes.desk.submissions.latest()) == 1


@pytest.mark.parametrize("query", ["student=a%00b", f"student={'x' * 201}", "who=Kim"])
def test_labels_that_can_not_be_sent_can_not_be_asked_for(quizzes: Service, query: str) -> None:
    assert quizzes.client.get(f"{EXERCISES}/mixed?{query}").status_code == 422


def test_a_question_links_to_its_figure_in_both_forms_with_words(quizzes: Service) -> None:
    (figure,) = (q["figure"] for q in shown(quizzes, "which") if q["figure"])
    assert figure["alt"].startswith("Two densities")
    png = quizzes.client.get(figure["links"]["image/png"])
    assert (png.status_code, png.mimetype) == (200, "image/png")
    assert png.data.startswith(b"\x89PNG")
    svg = quizzes.client.get(figure["links"]["image/svg+xml"])
    assert svg.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(svg.data).tag == "{http://www.w3.org/2000/svg}svg"
    assert "sandbox" in svg.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["plot.png", "plot.svg"])
def test_figures_of_questions_are_kept_and_not_sent_twice(quizzes: Service, name: str) -> None:
    version = quizzes.exercise("which").version
    address = f"{EXERCISES}/which/figures/{name}"
    kept = quizzes.client.get(f"{address}?version={version}")
    assert "immutable" in kept.headers["Cache-Control"]
    plain = quizzes.client.get(address)
    assert plain.headers["Cache-Control"] == "private, no-cache"
    again = quizzes.client.get(address, headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "which/figures/plot.npz",
        "which/figures/plot.txt",
        "which/figures/invertible.png",
        "which/figures/..%2Fquestions.png",
        "which/figures/plot",
        "which/figures/plot.png?version=old",
        "mixed/figures/code.png",
        "sketched/figures/plot.png",
        "nix/figures/plot.png",
        "sketched/data/starter.py",
        "sketched/data/reference.py",
        "sketched/data/..%2Fwhich%2Fquestions.toml",
        "sketched/data/train.csv?version=old",
        "which/data/questions.toml",
        "sketched/pictures/starter.py",
        "sketched/pictures/train.csv",
        "sketched/pictures/../../which/figures/plot.png",
        "sketched/pictures/..%2F..%2Fwhich%2Ffigures%2Fplot.png",
        "sketched/pictures/pictures/a plot.svg?version=old",
    ],
)
def test_no_other_file_of_an_exercise_is_there(quizzes: Service, path: str) -> None:
    answer = quizzes.client.get(f"{EXERCISES}/{path}")
    assert answer.status_code == 404
    assert answer.get_json()["type"] == "/problems/not-found"


def test_data_are_downloaded_as_they_are(quizzes: Service, small_course: Path) -> None:
    address = quizzes.client.get(f"{EXERCISES}/sketched").get_json()["data"]["train.csv"]
    answer = quizzes.client.get(address)
    assert answer.data == (small_course / "sketched" / "train.csv").read_bytes()
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="train.csv"'
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_program_to_start_from_has_hints_a_gallery_and_weights_to_draw(quizzes: Service) -> None:
    resource = quizzes.client.get(f"{EXERCISES}/sketched").get_json()
    assert resource["hints"] == ["The first hint: $2z$."]
    assert [sketch["name"] for sketch in resource["gallery"]] == ["bend", "fold"]
    assert "np.abs(z)" in resource["gallery"][1]["code"]
    assert resource["redraw"] is True
    assert resource["questions"] == []


def test_answers_fit_their_description(quizzes: Service) -> None:
    description = quizzes.client.get("/api/v1/openapi.json").get_json()
    examples = {
        "Exercise": [quizzes.client.get(f"{EXERCISES}/{s}").get_json() for s in ("which", "mixed")],
        "Submission": [marked(quizzes, {"plot": "banana"}, "which")],
        "ExerciseList": [quizzes.client.get(EXERCISES).get_json()],
    }
    for name, answers in examples.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        for answer in answers:
            jsonschema.validate(answer, schema)


def test_the_description_says_that_a_submission_has_a_source_or_answers(quizzes: Service) -> None:
    description = quizzes.client.get("/api/v1/openapi.json").get_json()
    schema = {
        "$ref": "#/components/schemas/NewSubmission",
        "components": description["components"],
    }
    for body in ({"source": "x"}, {"answers": {"a": True, "b": "c"}}):
        jsonschema.validate(body, schema)
    for body in ({}, {"source": "x", "answers": {}}, {"answers": {"a": 1}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(body, schema)
