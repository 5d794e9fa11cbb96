"""Sketches: an example of what a JSON Schema describes, from the examples of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_Node = Mapping[str, Any]

_PREFIX = "#/components/schemas/"
#: Of a type that says nothing more.
_PLAIN: Mapping[str, Any] = {
    "string": "…",
    "integer": 0,
    "number": 0.0,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}


def sketch(schema: _Node, schemas: _Node) -> Any:
    """An example that fits `schema`, as far as types, bounds and examples say what does.

    Of an object it has what is required and what has an example of its own.

    Args:
        schema: the schema, as in an OpenAPI description.
        schemas: those that it may refer to, by name.
    """
    schema = _resolved(schema, schemas)
    if "examples" in schema:
        return schema["examples"][0]
    for name in ("example", "const"):
        if name in schema:
            return schema[name]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return _object(schema, schemas)
    for name in ("anyOf", "oneOf"):
        if name in schema:
            return sketch(schema[name][0], schemas)
    return _plain(schema, schemas)


def _resolved(schema: _Node, schemas: _Node) -> _Node:
    reference = schema.get("$ref", "")
    if not reference.startswith(_PREFIX):
        return schema
    # What stands beside the reference says more of this one place.
    return {**schemas[reference.removeprefix(_PREFIX)], **_without_reference(schema)}


def _without_reference(schema: _Node) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "$ref"}


def _object(schema: _Node, schemas: _Node) -> dict[str, Any]:
    ways = schema.get("oneOf") or schema.get("anyOf") or [{}]
    required = {*schema.get("required", ()), *ways[0].get("required", ())}
    # Of things that exclude each other, the first.
    excluded = {name for way in ways[1:] for name in way.get("required", ())} - required
    return {
        name: sketch(part, schemas)
        for name, part in schema["properties"].items()
        if name in required or ("examples" in part and name not in excluded)
    }


def _plain(schema: _Node, schemas: _Node) -> Any:
    if schema.get("default") not in (None, ""):
        return schema["default"]
    kind = schema.get("type", "object")
    if kind in {"integer", "number"}:
        return schema.get("minimum", _PLAIN[kind])
    if kind == "array" and schema.get("minItems"):
        return [sketch(schema.get("items", {}), schemas)]
    return _PLAIN[kind]
