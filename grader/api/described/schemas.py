"""The documents that describe the interface: the report's schema, and the OpenAPI description."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from exercises.report import REPORT_VERSION, report_schema
from grader.api.described.description import description
from grader.api.http.answers import conditional, documented
from grader.webhooks.event import PAYLOAD_VERSION, payload_schema

blueprint = APIBlueprint(
    "schemas",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="schemas", description="What the answers look like.")],
)

#: The stable addresses, outside the API's version: reports name their own.
stable = Blueprint("stable_schemas", __name__, url_prefix="/schemas")


@blueprint.get(
    "/schemas/report",
    responses=documented(
        {HTTPStatus.OK: {"content": {"application/schema+json": {}}}}, for_everyone=True
    ),
)
def report() -> Response:
    """Read the JSON Schema of a report, in its present version."""
    response = _report_schema()
    response.headers["Content-Location"] = url_for("stable_schemas.versioned_report")
    return response


@stable.get(f"/report-v{REPORT_VERSION}.json")
def versioned_report() -> Response:
    """The same under the address that stays, whatever the present version is."""
    return _report_schema()


@blueprint.get(
    "/schemas/webhook",
    responses=documented(
        {HTTPStatus.OK: {"content": {"application/schema+json": {}}}}, for_everyone=True
    ),
)
def webhook() -> Response:
    """Read the JSON Schema of what webhooks are sent, in its present version."""
    response = _webhook_schema()
    response.headers["Content-Location"] = url_for("stable_schemas.versioned_webhook")
    return response


@stable.get(f"/webhook-v{PAYLOAD_VERSION}.json")
def versioned_webhook() -> Response:
    """The same under the address that stays, whatever the present version is."""
    return _webhook_schema()


@blueprint.get("/openapi.json", doc_ui=False)
def openapi() -> Response:
    """The OpenAPI description of this API, made from its code."""
    return _document(description(current_app), "application/json")


def _report_schema() -> Response:
    schema = report_schema()
    own = {"$schema": schema.pop("$schema"), "$id": url_for("stable_schemas.versioned_report")}
    return _document(own | schema, "application/schema+json")


def _webhook_schema() -> Response:
    schema = payload_schema()
    own = {"$schema": schema.pop("$schema"), "$id": url_for("stable_schemas.versioned_webhook")}
    return _document(own | schema, "application/schema+json")


def _document(content: dict[str, Any], media_type: str) -> Response:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    response = Response(text, mimetype=media_type)
    response.headers["Cache-Control"] = "no-cache"
    return conditional(response)
