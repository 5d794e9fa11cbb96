"""The pages: the address of each, and the vocabulary of their templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint

from grader.findings import together
from grader.web import catalogue, evidence, language, words
from grader.web.statement import render_inline, render_statement
from grader.web.views import documents, exercise, submission
from grader.web.visible import visible

blueprint = Blueprint("pages", __name__)

_View = Callable[..., Any]

_ADDRESSES: Mapping[str, _View] = {
    "/": exercise.home,
    "/exercises": exercise.exercises,
    "/exercises/<slug>": exercise.exercise,
    "/submissions": submission.submissions,
    "/submissions/<id_>": submission.submission,
    "/help": documents.help_page,
    "/problems": documents.problems,
    "/problems/<slug>": documents.problem,
    "/schemas": documents.schemas,
    "/favicon.ico": documents.favicon,
}
for address, view in _ADDRESSES.items():
    blueprint.add_url_rule(address, view_func=view)
blueprint.add_url_rule("/submissions", view_func=submission.submit, methods=["POST"])
blueprint.add_url_rule(
    "/language", view_func=language.choose, methods=["POST"], endpoint="choose_language"
)

_FILTERS: Mapping[str, _View] = {
    "visible": visible,
    "statement": render_statement,
    "inline": render_inline,
    "kind_words": catalogue.kind_words,
    "witness_code": evidence.witness_code,
    "named_values": evidence.named_values,
    "megabytes": words.megabytes,
    "figure_size": words.figure_size,
    "together": together,
}
for name, filter_ in _FILTERS.items():
    blueprint.add_app_template_filter(filter_, name)


@blueprint.app_context_processor
def _vocabulary() -> dict[str, object]:
    return {"words": words}
