"""The client against the OpenAPI document: what it sends is described, what it reads is served."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, get_args
from urllib.parse import parse_qs

import httpx
import jsonschema
import pytest
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel

from grader.api import resources
from grader.client import Client
from grader.client.connection import Connection
from grader.client.problem import ProblemBody
from tests.unit.grader.town import Town

Document = dict[str, Any]

#: Each method with all that it can be given.
CALLS: dict[str, Callable[[Client], object]] = {
    "me": lambda c: c.me(),
    "exercises": lambda c: c.exercises(),
    "exercise": lambda c: c.exercise("affine"),
    "courses": lambda c: c.courses(),
    "assignments": lambda c: c.assignments("red"),
    "assignment": lambda c: c.assignment("a1"),
    "members": lambda c: list(c.members("red")),
    "bring_in": lambda c: c.bring_in(
        "red", "Kim", {"canvas_id": "1"}, role="student", idempotency_key="k"
    ),
    "submit": lambda c: c.submit(
        "def f(z): return z",
        exercise="affine",
        assignment="a1",
        exercise_version="v",
        on_behalf_of="canvas_id:1",
        course="c",
        student="s",
        wait=10,
        idempotency_key="k",
    ),
    "submission": lambda c: c.submission("s1", attempt=2),
    "wait": lambda c: c.wait("s1", 20),
    "submissions": lambda c: list(
        c.submissions(exercise="affine", assignment="a1", course="c", student="s")
    ),
    "source": lambda c: c.source("s1"),
    "bundle": lambda c: c.bundle("s1"),
    "results": lambda c: c.results("s1"),
    "overview": lambda c: c.overview(
        "red",
        q="x",
        section="y",
        assignment="a1",
        state="failed",
        late=True,
        look=False,
        order="lowest",
    ),
    "hand_in_class": lambda c: c.hand_in_class(
        "a1",
        b"PK",
        name="x.zip",
        sent_at=datetime(2026, 1, 1, tzinfo=UTC),
        hold=True,
        idempotency_key="k",
    ),
    "plan_class": lambda c: c.plan_class("a1", b"PK", sent_at=datetime(2026, 1, 1, tzinfo=UTC)),
    "batch": lambda c: c.batch("b1"),
    "batch_items": lambda c: list(c.batch_items("b1")),
    "begin_batch": lambda c: c.begin_batch("b1", idempotency_key="k"),
    "cancel_batch": lambda c: c.cancel_batch("b1", idempotency_key="k"),
    "wait_for_batch": lambda c: c.wait_for_batch("b1", 1),
    "grades": lambda c: c.grades(
        "red", "canvas", penalty="before", unit="percent", released=True, bom=False
    ),
    "report": lambda c: c.report("red", assignment="a1"),
    "archive_sizes": lambda c: c.archive_sizes("red"),
    "archive": lambda c: c.archive("red", io.BytesIO(), which="latest", figures=False),
    "class_results": lambda c: c.class_results("a1", io.BytesIO()),
    "student_archive": lambda c: c.student_archive("red", "canvas_id:1", io.BytesIO()),
    "regrade": lambda c: c.regrade(
        "a1", which="these", submissions=["s1"], exercise_version="v", reason="r"
    ),
    "regrade_state": lambda c: c.regrade_state("r1"),
    "wait_for_regrade": lambda c: c.wait_for_regrade("r1", 1),
    "regrade_items": lambda c: list(c.regrade_items("r1", only="down")),
    "apply_regrade": lambda c: c.apply_regrade("r1", never_lower=False, move_version=True),
    "cancel_regrade": lambda c: c.cancel_regrade("r1"),
}
METHODS = {
    name
    for name, value in vars(Client).items()
    if callable(value) and not name.startswith("_") and not hasattr(Connection, name)
}


class Seen(Exception):
    """The client has read what it wanted."""


class Spy(Client):
    """A client that notes one request and what it would read the answer as."""

    def __init__(self) -> None:
        self.request: httpx.Request | None = None
        self.kind: type[BaseModel] | None = None
        super().__init__("https://grader.test", "pf_x", transport=httpx.MockTransport(self._note))

    def parsed(self, kind: type[BaseModel], answer: httpx.Response) -> Any:  # type: ignore[override]
        self.kind = kind
        raise Seen

    def _note(self, request: httpx.Request) -> httpx.Response:
        self.request = request
        return httpx.Response(200, content=b"{}")


@pytest.fixture(scope="module")
def document(town: Town) -> Document:
    app: OpenAPI = town.app
    found: Document = app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def complaint(document: Document, name: str) -> str | None:
    """Why the document and a method of the client do not agree; None where they do."""
    spy = Spy()
    with contextlib.suppress(Seen):
        CALLS[name](spy)
    assert spy.request is not None
    operation = operation_of(document, spy.request)
    if operation is None:
        return f"nothing at {spy.request.method} {spy.request.url.path}"
    return (
        wrong_query(document, operation, spy.request)
        or wrong_body(document, operation, spy.request)
        or wrong_answer(document, operation, spy.kind)
    )


def operation_of(document: Document, request: httpx.Request) -> Document | None:
    for path, operations in document["paths"].items():
        pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))
        if re.fullmatch(pattern, request.url.path) and request.method.lower() in operations:
            found: Document = operations[request.method.lower()]
            return found
    return None


def wrong_query(document: Document, operation: Document, request: httpx.Request) -> str | None:
    parameters = [resolved(one, document) for one in operation.get("parameters", [])]
    known = {(one["in"], one["name"].lower()): one["schema"] for one in parameters}
    sent = {
        ("query", name): value for name, (value,) in parse_qs(request.url.query.decode()).items()
    }
    for name in ("Prefer", "Idempotency-Key"):
        if name in request.headers and (name == "Prefer" or request.method == "POST"):
            sent["header", name.lower()] = request.headers[name]
    for key, value in sent.items():
        if key not in known:
            return f"no parameter {key}"
        schema = known[key]
        if schema.get("type") == "array":
            schema = schema["items"]  # one of several
        schema = schema | {"components": document["components"]}
        readings = [value, *([json.loads(value)] if re.fullmatch(r"\d+|true|false", value) else [])]
        if not any(
            jsonschema.Draft202012Validator(schema).is_valid(reading) for reading in readings
        ):
            return f"{key} can't be {value}"
    missing = [
        one["name"]
        for one in parameters
        if one["in"] == "query" and one.get("required") and ("query", one["name"]) not in sent
    ]
    return f"{missing} are missing" if missing else None


def wrong_body(document: Document, operation: Document, request: httpx.Request) -> str | None:
    described = operation.get("requestBody")
    if described is None:
        return "there is no body" if request.content else None
    kind = request.headers["Content-Type"]
    if kind not in described["content"]:
        return f"the body is no {kind}"
    if kind != "application/json":
        return None
    schema = described["content"][kind]["schema"]
    try:
        jsonschema.validate(
            json.loads(request.content), schema | {"components": document["components"]}
        )
    except jsonschema.ValidationError as error:
        return error.message
    return None


def wrong_answer(
    document: Document, operation: Document, kind: type[BaseModel] | None
) -> str | None:
    served = [answer for status, answer in operation["responses"].items() if status[0] == "2"]
    for answer in served:
        content = answer["content"]
        if kind is None:
            continue
        mine = kind.model_json_schema(mode="validation")
        why = misfit(mine, content["application/json"]["schema"], mine, document, kind.__name__)
        if why:
            return why
    return None if served else "no answer"


def resolved(schema: Document, whole: Document) -> Document:
    while "$ref" in schema:
        node: Any = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        schema = node
    return schema


def values(schema: Document) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def misfit(mine: Any, theirs: Any, my: Document, their: Document, where: str) -> str | None:
    """Why what fits `theirs` could not be read by `mine`; None where it always can."""
    mine, theirs = resolved(mine, my), resolved(theirs, their)
    if "anyOf" in theirs:
        found = (misfit(mine, one, my, their, where) for one in theirs["anyOf"])
        return next((why for why in found if why), None)
    if "anyOf" in mine:
        all_of_mine = [misfit(one, theirs, my, their, where) for one in mine["anyOf"]]
        return None if None in all_of_mine else f"{where}: {all_of_mine[0]}"
    mine_values, their_values = values(mine), values(theirs)
    if mine_values is not None and (their_values is None or their_values - mine_values):
        return f"{where}: {their_values} are not all in {mine_values}"
    kind = mine.get("type")
    if kind and theirs.get("type") not in ({kind, "integer"} if kind == "number" else {kind}):
        return f"{where}: {theirs.get('type')} is no {kind}"
    if mine.get("format") != theirs.get("format") and mine.get("format"):
        return f"{where}: no {mine['format']}"
    if kind == "array":
        return misfit(mine.get("items", {}), theirs.get("items", {}), my, their, f"{where}[]")
    return misfit_of_object(mine, theirs, my, their, where) if kind == "object" else None


def misfit_of_object(
    mine: Document, theirs: Document, my: Document, their: Document, where: str
) -> str | None:
    for name, schema in mine.get("properties", {}).items():
        inner = f"{where}.{name}"
        if name not in theirs.get("properties", {}):
            return f"{inner} is not served"
        if name in mine.get("required", []) and name not in theirs.get("required", []):
            return f"{inner} may be left out"
        why = misfit(schema, theirs["properties"][name], my, their, inner)
        if why:
            return why
    for key in ("additionalProperties", "propertyNames"):
        if isinstance(mine.get(key), dict):
            why = misfit(mine[key], theirs.get(key) or {}, my, their, f"{where}.{key}")
            if why:
                return why
    return None


def test_every_method_is_held_against_the_document() -> None:
    assert set(CALLS) == METHODS


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_method_does_what_the_document_says(document: Document, name: str) -> None:
    assert complaint(document, name) is None


def test_answers_to_a_quiz_and_an_exercise_alone_are_sent_as_described(document: Document) -> None:
    for call in (
        lambda c: c.submit(answers={"q": True, "r": "b"}, exercise="laws"),
        lambda c: c.submit("x"),
    ):
        spy = Spy()
        with pytest.raises(Seen):
            call(spy)  # type: ignore[no-untyped-call]
        assert spy.request is not None
        operation = operation_of(document, spy.request)
        assert operation is not None
        assert wrong_body(document, operation, spy.request) is None


def test_problems_are_read_as_they_are_described(document: Document) -> None:
    mine = ProblemBody.model_json_schema()
    served = document["components"]["schemas"]["ProblemBody"]
    assert misfit(mine, served, mine, document, "problem") is None


def schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def renamed(properties: Document, name: str) -> None:
    properties[f"{name}_"] = properties.pop(name)


#: Changes of the API that would break the client, and a method that must notice.
CHANGES: dict[str, tuple[str, Callable[[Document], object]]] = {
    "an address": ("courses", lambda d: renamed(d["paths"], "/api/v1/courses")),
    "a method": ("submit", lambda d: renamed(d["paths"]["/api/v1/submissions"], "post")),
    "a parameter": (
        "submissions",
        lambda d: [
            resolved(one, d).update(name="pupil")
            for one in d["paths"]["/api/v1/submissions"]["get"]["parameters"]
            if resolved(one, d)["name"] == "student"
        ],
    ),
    "a field that is sent": (
        "submit",
        lambda d: renamed(schemas(d)["NewSubmission"]["properties"], "on_behalf_of"),
    ),
    "a field that must be sent": (
        "bring_in",
        lambda d: schemas(d)["NewMember"]["required"].append("email"),
    ),
    "a field that is read": (
        "submission",
        lambda d: renamed(schemas(d)["Submission"]["properties"], "counted"),
    ),
    "a field that may be left out": (
        "overview",
        lambda d: schemas(d)["OverviewCell"]["required"].remove("score"),
    ),
    "a type": (
        "exercises",
        lambda d: schemas(d)["ExerciseItem"]["properties"]["max_score"].update(type="string"),
    ),
    "a null": (
        "me",
        lambda d: schemas(d)["Me"]["properties"]["name"].update(
            anyOf=[{"type": "string"}, {"type": "null"}]
        ),
    ),
    "a state": ("wait", lambda d: schemas(d)["State"]["enum"].append("lost")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_the_api_that_breaks_the_client_is_noticed(
    document: Document, what: str
) -> None:
    name, change = CHANGES[what]
    changed = copy.deepcopy(document)
    change(changed)
    assert complaint(changed, name) is not None


def classes_in(kind: object, found: set[type]) -> set[type]:
    """The models and enums that an annotation speaks of, all that they hold included."""
    for argument in get_args(kind):
        classes_in(argument, found)
    if isinstance(kind, type) and kind not in found and issubclass(kind, BaseModel | Enum):
        found.add(kind)
        for field in getattr(kind, "model_fields", {}).values():
            classes_in(field.annotation, found)
    return found


def test_no_two_shapes_of_the_api_share_a_name() -> None:
    """The document knows them by name alone: of two, one would be described as the other."""
    found: set[type] = set()
    for name in resources.__all__:
        classes_in(getattr(resources, name), found)
    names = Counter(kind.__name__ for kind in found)
    assert [name for name, count in names.items() if count > 1] == []
