"""The page of the interface: what the description of the API says, as a template shows it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from markupsafe import Markup, escape

from grader.api.described.description import operations
from grader.desks import problems
from grader.desks.problems import PROBLEM_TYPES, ProblemType

_Node = Mapping[str, Any]

_SHAPE = "#/components/schemas/"
_PROBLEM = re.compile(r"`/problems/([a-z0-9-]+)`")
_PART = re.compile(r"\{(\w+)\}")
_CODE = re.compile(r"`([^`]+)`")

#: Said once for all operations, not at each.
COMMON: tuple[ProblemType, ...] = (
    *(problems.SIGN_IN_REQUIRED, problems.INVALID_TOKEN, problems.INSUFFICIENT_SCOPE),
    *(problems.TOO_MANY_TRIES, problems.CROSS_SITE, problems.STALE_PAGE),
    *(problems.NOT_JSON, problems.NOT_UTF8, problems.MEDIA_TYPE, problems.BODY_TOO_LARGE),
    *(problems.KEY_REUSED, problems.REQUEST_IN_PROGRESS, problems.ANSWER_NOT_KEPT),
    *(problems.CHANGED_MEANWHILE, problems.TOO_MANY_REQUESTS, problems.UNKNOWN_HOST),
    *(problems.STORE_UNAVAILABLE, problems.INTERNAL_ERROR),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is: words, and the shape that they name."""

    words: str
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A parameter of an operation, or a field of a shape."""

    name: str
    kinds: tuple[Kind, ...]
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Success:
    """An answer that is no problem."""

    status: int
    phrase: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with one method."""

    id: str
    method: str
    address: str
    summary: str
    description: str
    #: Parameters by where they stand: path, query, header.
    parameters: Mapping[str, tuple[Part, ...]]
    #: The headers that mean the same everywhere.
    shared_headers: tuple[str, ...]
    body: tuple[Kind, ...]
    fields: tuple[Part, ...]
    successes: tuple[Success, ...]
    problems: tuple[ProblemType, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a body or an answer, or what else it is."""

    name: str
    description: str
    kinds: tuple[Kind, ...]
    fields: tuple[Part, ...]


def groups(document: _Node, base: str, *, with_token: bool) -> list[Group]:
    """The operations by their tag, in the order of the description.

    Args:
        document: the OpenAPI description.
        base: the address of this service, for the examples.
        with_token: whether the examples need an access token.
    """
    by_tag: dict[str, list[Operation]] = {}
    for address, method, found in operations(dict(document)):
        made = _operation(document, address, method, found, base, with_token=with_token)
        by_tag.setdefault((found.get("tags") or ["other"])[0], []).append(made)
    described = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    return [Group(name, described.get(name, ""), tuple(of)) for name, of in by_tag.items()]


def shapes(document: _Node) -> list[Shape]:
    """All shapes, by name."""
    found = document["components"]["schemas"]
    return [
        Shape(
            name,
            schema.get("description", ""),
            () if "properties" in schema else tuple(_kinds(schema)),
            _without_saying(_fields(schema)),
        )
        for name, schema in sorted(found.items())
    ]


def code_spans(text: str) -> Markup:
    """Text of the description as HTML: `…` is code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def _operation(
    document: _Node, address: str, method: str, found: _Node, base: str, *, with_token: bool
) -> Operation:
    # What stands in the description's components means the same everywhere.
    given = found.get("parameters") or ()
    own = [one for one in given if "$ref" not in one]
    shared = [_resolved(document, one)["name"] for one in given if "$ref" in one]
    body = _body(found)
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        address=address,
        summary=found.get("summary", ""),
        description=found.get("description", ""),
        parameters={place: tuple(_placed(own, place)) for place in ("path", "query", "header")},
        shared_headers=tuple(shared),
        body=tuple(_kinds(body)) if body else (),
        fields=_fields(_resolved(document, body)),
        successes=tuple(_successes(found["responses"])),
        problems=_own_problems(found["responses"]),
        curl=_curl(address, method, found, base, with_token=with_token),
    )


def _body(found: _Node) -> _Node:
    for content in found.get("requestBody", {}).get("content", {}).values():
        schema: _Node = content.get("schema", {})
        return schema
    return {}


def _placed(parameters: Sequence[_Node], place: str) -> Iterator[Part]:
    for one in parameters:
        if one["in"] == place:
            yield _part(one["name"], one["schema"], one.get("required", False), one)


def _resolved(document: _Node, node: _Node) -> _Node:
    reference = node.get("$ref")
    if reference is None:
        return node
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _part(name: str, schema: _Node, required: bool, described: _Node) -> Part:
    words = described.get("description") or schema.get("description", "")
    return Part(name, tuple(_kinds(schema)), required, words)


def _fields(schema: _Node) -> tuple[Part, ...]:
    required = schema.get("required", ())
    return tuple(
        _part(name, part, name in required, part)
        for name, part in schema.get("properties", {}).items()
    )


def _without_saying(fields: tuple[Part, ...]) -> tuple[Part, ...]:
    """The fields; of those of an answer, which are all there always, none is called required."""
    if not all(part.is_required for part in fields):
        return fields
    return tuple(replace(part, is_required=False) for part in fields)


def _kinds(schema: _Node) -> Iterator[Kind]:
    """What a schema takes, in words: one for each way."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SHAPE)
        yield Kind(name, name)
    elif "enum" in schema:
        yield Kind(", ".join(json.dumps(value) for value in schema["enum"]))
    elif "const" in schema:
        yield Kind(json.dumps(schema["const"]))
    elif "anyOf" in schema or ("oneOf" in schema and "properties" not in schema):
        for way in schema.get("anyOf") or schema["oneOf"]:
            yield from _kinds(way)
    elif schema.get("type") == "array" and schema.get("items"):
        for kind in _kinds(schema["items"]):
            yield Kind(f"list of {kind.words}", kind.shape)
    else:
        yield Kind(_plain(schema))


def _plain(schema: _Node) -> str:
    kind = schema.get("format") or schema.get("type") or "anything"
    kind = " or ".join(kind) if isinstance(kind, list) else str(kind)
    least = schema.get("minimum", schema.get("minLength"))
    most = schema.get("maximum", schema.get("maxLength"))
    unit = " characters" if schema.get("type") == "string" else ""
    if least is not None and most is not None:
        return f"{kind}, {least:,} to {most:,}{unit}"
    if most is not None:
        return f"{kind}, at most {most:,}{unit}"
    return f"{kind}, at least {least:,}{unit}" if least is not None else kind


def _successes(responses: _Node) -> Iterator[Success]:
    for status, response in responses.items():
        code = HTTPStatus(int(status))
        if code >= HTTPStatus.BAD_REQUEST or code is HTTPStatus.NOT_MODIFIED:
            continue
        kinds = [
            kind
            for media, content in response.get("content", {}).items()
            for kind in (_kinds(content["schema"]) if "schema" in content else (Kind(media),))
        ]
        yield Success(code.value, code.phrase, tuple(dict.fromkeys(kinds)))


def _own_problems(responses: _Node) -> tuple[ProblemType, ...]:
    """The problems that are not everybody's, by status."""
    said = " ".join(response["description"] for response in responses.values())
    slugs = set(_PROBLEM.findall(said)) - {kind.slug for kind in COMMON}
    found = [kind for slug, kind in PROBLEM_TYPES.items() if slug in slugs]
    return tuple(sorted(found, key=lambda kind: kind.status))


def _curl(address: str, method: str, found: _Node, base: str, *, with_token: bool) -> str:
    url = base.rstrip("/") + _PART.sub(lambda part: part[1].upper(), address)
    lines = [f"curl -s {'' if method == 'get' else f'-X {method.upper()} '}{url}"]
    if with_token and found.get("security"):
        lines.append('-H "Authorization: Bearer $TOKEN"')
    media = found.get("requestBody", {}).get("content", {})
    for kind, content in media.items():
        if "example" in content:
            text = json.dumps(content["example"], ensure_ascii=False)
            lines += [f"-H 'Content-Type: {kind}'", f"-d {shlex.quote(text)}"]
    binary = [
        kind
        for status, response in found["responses"].items()
        if status == "200"
        for kind in response.get("content", {})
        if kind.startswith("image/") or kind == "application/zip"
    ]
    if binary:
        lines[0] = lines[0].replace("curl -s ", "curl -sOJ ", 1)
    return " \\\n     ".join(lines)
