"""The description of the API (OpenAPI 3.1): adds to what is made from the views what all share."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from flask import Flask

from grader.access import guise
from grader.access.cookies import SESSION
from grader.access.rules import (
    EVERYONE,
    RULES,
    ByHand,
    ByPlatform,
    Operator,
    OwnAccount,
    Reader,
    Rule,
    SignedIn,
    Viewer,
)
from grader.api.described.shapes import shapes
from grader.api.described.sketch import sketch
from grader.api.http.once import HEADER, LONGEST, REPLAYED, takes_key
from grader.api.http.rate_limit import is_counted
from grader.desks import problems
from grader.desks.problems import ProblemType

#: The parts of an address, as Flask writes them and as OpenAPI does.
_PART = re.compile(r"<(?:[^<:]+:)?([^>]+)>")
_CHANGING = {"post", "put", "patch", "delete"}

_Node = dict[str, Any]

SECURITY_SCHEMES: _Node = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION,
        "description": "The cookie of whoever has signed in on the page /sign-in; over HTTPS its "
        f"name is __Host-{SESSION}. What changes something also needs the header X-CSRF-Token, or "
        "a browser that sends Sec-Fetch-Site: same-origin.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token, as a program sends it.",
    },
}

_TEXT: _Node = {"type": "string"}
_PARAMETERS: _Node = {
    "IdempotencyKey": {
        "name": HEADER,
        "in": "header",
        "description": "A key of your choosing, such as a random UUID: the request is done once, "
        "however often it is sent with it, and answered as it was the first time. It is "
        "remembered for 48 hours.",
        "required": False,
        "schema": {**_TEXT, "minLength": 1, "maxLength": LONGEST, "pattern": "^[!#-~]+$"},
        "example": "6f1c0f4e-8a55-4f4e-9a55-2f1e4a0c7d10",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "An ETag that you have: the answer is 304, without a body, while it holds.",
        "required": False,
        "schema": _TEXT,
    },
    "SeeAs": {
        "name": guise.HEADER,
        "in": "header",
        "description": "For a token of the course's staff: COURSE/PERSON, with a student of the "
        "course by id or as `kind:value`. The answer is what this student would get by a token of "
        "that course. The log of the course says so, once an hour.",
        "required": False,
        "schema": _TEXT,
        "example": "flows-2026/01k0000000000000000000000a",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of what you have read here: nothing is changed where it no longer "
        "holds.",
        "required": False,
        "schema": _TEXT,
    },
}
_HEADERS: _Node = {
    "RequestId": {
        "description": "The request's id, as our log has it. Send one of your own by the same "
        "header: 8 to 64 letters, digits, “.”, “_” or “-”.",
        "schema": _TEXT,
    },
    "RateLimit": {
        "description": "How many requests are left, and for how many seconds: "
        '`"requests";r=599;t=60` (IETF draft).',
        "schema": _TEXT,
    },
    "RateLimitPolicy": {
        "description": 'How many there may be in how many seconds: `"requests";q=600;w=60`.',
        "schema": _TEXT,
    },
    "ETag": {"description": "Names this state of what was read.", "schema": _TEXT},
    "Location": {"description": "The address of what was made.", "schema": _TEXT},
    "RetryAfter": {"description": "After how many seconds to ask again.", "schema": _TEXT},
    "Replayed": {
        "description": "`true`: this answers a request that came before with the same key.",
        "schema": _TEXT,
    },
}


def description(app: Flask) -> _Node:
    """The document, complete; made once for an application."""
    made: _Node | None = app.extensions.get("description")
    if made is None:
        made = copy.deepcopy(app.api_doc)  # type: ignore[attr-defined]
        _complete(made, _endpoints(app))
        app.extensions["description"] = made
    return made


def operations(document: _Node) -> Iterator[tuple[str, str, _Node]]:
    """Each operation of a description, with its address and its method."""
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            yield address, method, operation


def _endpoints(app: Flask) -> dict[tuple[str, str], str]:
    """By address and method, as OpenAPI writes them, the endpoint."""
    return {
        (_PART.sub(r"{\1}", rule.rule), method.lower()): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _complete(document: _Node, endpoints: dict[tuple[str, str], str]) -> None:
    document["servers"] = [{"url": "/"}]
    components = document["components"]
    components["securitySchemes"] = SECURITY_SCHEMES | components.get("securitySchemes", {})
    whole = shapes()
    for name, schema in components["schemas"].items():
        components["schemas"][name] = whole.get(name, schema)
    components["parameters"] = _PARAMETERS
    components["headers"] = _HEADERS
    readable = {address for address, method, _ in operations(document) if method == "get"}
    for address, method, operation in operations(document):
        endpoint = endpoints[address, method]
        operation["operationId"] = endpoint.replace(".", "_")
        for parameter in operation.get("parameters") or ():
            if parameter.get("in") == "header":
                parameter["name"] = parameter["name"].title()
        if "description" in operation:
            operation["description"] = operation["description"].replace("<br/>", "\n").strip()
        _add_access(operation, endpoint, method)
        if method == "post" and takes_key(endpoint):
            _add_key(operation)
        elif method == "get":
            _add_comparison(operation)
            if endpoint in guise.OF_A_COURSE:
                _add_guise(operation)
        elif method in _CHANGING and address in readable:
            _add_parameter(operation, "IfMatch")
            _add_problem(operation, problems.CHANGED_MEANWHILE)
        _add_headers(operation, endpoint)
        _add_example(operation, components["schemas"])
        operation["responses"] = dict(sorted(operation["responses"].items()))


def _add_access(operation: _Node, endpoint: str, method: str) -> None:
    rule = RULES[endpoint]
    # flask-openapi3 adds a 422 in its own form to operations that have none.
    if "application/json" in operation["responses"].get("422", {}).get("content", {}):
        operation["responses"].pop("422", None)
    if is_counted(endpoint):
        _add_problem(operation, problems.TOO_MANY_REQUESTS)
    if rule == EVERYONE:
        operation["security"] = []
        return
    operation.setdefault("security", _ways(rule))
    for kind in (problems.SIGN_IN_REQUIRED, problems.INVALID_TOKEN, problems.TOO_MANY_TRIES):
        _add_problem(operation, kind)
    # Most rules know people who may not; the others only what is not there for somebody.
    if not isinstance(rule, SignedIn | Reader | Viewer):
        _add_problem(operation, problems.FORBIDDEN)
        _add_problem(operation, problems.INSUFFICIENT_SCOPE)
    if not isinstance(rule, SignedIn | Operator | OwnAccount):
        _add_problem(operation, problems.NOT_FOUND)
    if method in _CHANGING:
        _add_problem(operation, problems.CROSS_SITE)
        _add_problem(operation, problems.STALE_PAGE)


def _ways(rule: Rule) -> list[_Node]:
    """By what one can be known where a rule is asked."""
    ways: dict[str, _Node] = {"session": {"session": []}, "token": {"token": []}}
    if isinstance(rule, ByHand):
        return [ways["session"]]
    return [ways["token"]] if isinstance(rule, ByPlatform) else [*ways.values()]


def _add_key(operation: _Node) -> None:
    _add_parameter(operation, "IdempotencyKey")
    for kind in (problems.INVALID, problems.KEY_REUSED, problems.REQUEST_IN_PROGRESS):
        _add_problem(operation, kind)
    _add_problem(operation, problems.ANSWER_NOT_KEPT)


def _add_guise(operation: _Node) -> None:
    _add_parameter(operation, "SeeAs")
    for kind in (problems.NOT_FOUND, problems.FORBIDDEN):
        _add_problem(operation, kind)


def _add_comparison(operation: _Node) -> None:
    _add_parameter(operation, "IfNoneMatch")
    operation["responses"].setdefault("304", {"description": "It is as you have it."})


def _add_parameter(operation: _Node, name: str) -> None:
    reference = {"$ref": f"#/components/parameters/{name}"}
    operation["parameters"] = [*(operation.get("parameters") or []), reference]


def _add_problem(operation: _Node, kind: ProblemType) -> None:
    said = f"{kind.title} (`{kind.path}`)"
    found = operation["responses"].setdefault(
        str(kind.status.value),
        {
            "description": said,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}
            },
        },
    )
    if f"`{kind.path}`" not in found["description"]:
        found["description"] += f"; {said}"


def _add_headers(operation: _Node, endpoint: str) -> None:
    for status, response in operation["responses"].items():
        names = {"X-Request-Id": "RequestId"}
        if is_counted(endpoint):
            names |= {"RateLimit": "RateLimit", "RateLimit-Policy": "RateLimitPolicy"}
        if status in {"429", "503"}:
            names["Retry-After"] = "RetryAfter"
        if status in {"201", "202"}:
            names |= {"Location": "Location", REPLAYED: "Replayed"}
        if status == "200" and {"$ref": "#/components/parameters/IfNoneMatch"} in operation.get(
            "parameters", []
        ):
            names["ETag"] = "ETag"
        headers = {name: {"$ref": f"#/components/headers/{part}"} for name, part in names.items()}
        response["headers"] = headers | response.get("headers", {})


def _add_example(operation: _Node, schemas: _Node) -> None:
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json" and "example" not in media and "examples" not in media:
            media["example"] = sketch(media["schema"], schemas)
