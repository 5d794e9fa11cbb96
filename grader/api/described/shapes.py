"""Shapes: the JSON Schemas of the resources, whole, by name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from grader.api import resources

_TEMPLATE = "#/components/schemas/{model}"


def shapes() -> dict[str, Any]:
    """The schema of each resource and of its parts, as Pydantic has it.

    flask-openapi3 reads them into a model of its own, which knows no examples, for instance.
    """
    found: dict[str, Any] = {}
    for kind in vars(resources).values():
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            schema = kind.model_json_schema(ref_template=_TEMPLATE)
            found |= schema.pop("$defs", {})
            found[kind.__name__] = schema
    return found
