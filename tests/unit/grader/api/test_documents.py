from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service


@pytest.fixture
def description(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = service.client.get("/api/v1/openapi.json").get_json()
    return found


def references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in references(value)]
    if isinstance(node, list):
        return [ref for value in node for ref in references(value)]
    return []


def test_the_exercises_are_listed_and_described(service: Service) -> None:
    items = service.client.get("/api/v1/exercises").get_json()["items"]
    assert [item["slug"] for item in items] == list(read_catalog().exercises)
    (listed,) = (item for item in items if item["slug"] == "affine")
    affine = service.client.get(listed["links"]["self"]).get_json()
    known = read_catalog()["affine"]
    assert isinstance(known, CodeExercise)
    assert (affine["kind"], affine["part"]) == ("code", known.part)
    assert affine["statement"] == known.statement
    assert affine["starter"] == known.starter
    assert affine["max_score"] == 10
    assert {criterion["check"] for criterion in affine["criteria"]} == {"law", "invertibility"}


def test_no_exercise_shows_its_reference_or_our_folders(service: Service) -> None:
    for slug, exercise in read_catalog().exercises.items():
        reference = exercise.folder / "reference.py"
        for path in (f"/api/v1/exercises/{slug}", f"/exercises/{slug}"):
            text = service.client.get(path).text
            assert str(exercise.folder) not in text
            assert "limits" not in json.dumps(text)
            if reference.exists():
                answer = reference.read_text().strip().splitlines()[-1].strip()
                assert answer not in text


def test_the_schema_of_the_report_is_served_under_an_address_that_stays(service: Service) -> None:
    stable = service.client.get("/schemas/report-v1.json")
    assert stable.mimetype == "application/schema+json"
    schema = stable.get_json()
    assert schema["$id"] == "/schemas/report-v1.json"
    present = service.client.get("/api/v1/schemas/report")
    assert present.get_json() == schema
    assert present.headers["Content-Location"] == "/schemas/report-v1.json"
    jsonschema.Draft202012Validator.check_schema(schema)


def test_a_served_report_fits_the_served_schema(service: Service, drawn: dict[str, bytes]) -> None:
    schema = service.client.get("/schemas/report-v1.json").get_json()
    report = service.get(service.graded(files=drawn)).get_json()["report"]
    jsonschema.validate(report, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report | {"verdict": "perfect"}, schema)


def test_openapi_describes_every_address_of_the_api(
    service: Service, description: dict[str, Any]
) -> None:
    assert description["openapi"] == "3.1.0"
    served = {
        re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule.rule)
        for rule in service.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert set(description["paths"]) == served - {"/api/v1/openapi.json"}


def test_every_operation_documents_its_answers(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            responses = operation["responses"]
            assert {"421", "500", "503"} <= set(responses), (path, method)
            for status, response in responses.items():
                kinds = set(response.get("content", {}))
                assert bool(kinds) is (status not in {"204", "304"}), (path, method, status)
                expected = {"application/problem+json"} if int(status) >= 400 else kinds
                if path.endswith("/health") and status == "503":
                    continue
                assert kinds == expected, (path, method, status)


def test_no_reference_in_the_description_is_dangling(description: dict[str, Any]) -> None:
    found = references(description)
    assert found
    for reference in found:
        node: Any = description
        for part in reference.removeprefix("#/").split("/"):
            assert part in node, reference
            node = node[part]


def test_answers_fit_their_description(service: Service, description: dict[str, Any]) -> None:
    submitted = service.post({"source": "def f(z): return z"}).get_json()
    examples = {
        "Submission": [submitted, service.get(service.graded()).get_json()],
        "SubmissionList": [service.client.get("/api/v1/submissions").get_json()],
        "Exercise": [service.client.get("/api/v1/exercises/affine").get_json()],
        "ExerciseList": [service.client.get("/api/v1/exercises").get_json()],
        "Health": [service.client.get("/api/v1/health").get_json()],
        "ProblemBody": [service.post({}).get_json(), service.get("nix").get_json()],
    }
    for name, answers in examples.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        for answer in answers:
            jsonschema.validate(answer, schema)


def test_health_names_what_is_missing(service: Service) -> None:
    answer = service.client.get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    parts = {part["name"]: part for part in answer.get_json()["parts"]}
    assert parts["database"]["ok"]
    assert parts["queue"]["ok"]
    assert not parts["workers"]["ok"]
    assert "No worker" in parts["workers"]["message"]
    assert not parts["previews"]["ok"]
    assert not parts["dispatch"]["ok"]
    assert "Nobody hands out" in parts["dispatch"]["message"]


def test_health_is_ok_with_a_live_worker_and_a_dispatch(service: Service) -> None:
    from worker.channel import LEADER, LIVE_WORKERS, WORKERS, heartbeat

    service.desk.broker.set(LEADER, "d1", ex=30)
    service.desk.broker.sadd(WORKERS, "w1")
    service.desk.broker.set(heartbeat("w1"), 3, ex=30)
    service.desk.broker.sadd(LIVE_WORKERS, "w2")
    service.desk.broker.set(heartbeat("w2"), 5, ex=30)
    try:
        body = service.client.get("/api/v1/health").get_json()
    finally:
        service.desk.broker.delete(LEADER, WORKERS, LIVE_WORKERS, heartbeat("w1"), heartbeat("w2"))
    assert body["status"] == "ok"
    said = {part["name"]: part["message"] for part in body["parts"]}
    assert "3" in said["workers"]
    assert "5" in said["previews"]
