"""The pages: the address of each, and the vocabulary of their templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint

from grader.access import csrf
from grader.web import catalogue, evidence, language, masthead, roles, staff, words
from grader.web.statement import render_inline, render_statement
from grader.web.views import (
    account,
    course,
    documents,
    exercise,
    join,
    sign_in,
    submission,
    submissions,
)
from grader.web.visible import visible

blueprint = Blueprint("pages", __name__)

_View = Callable[..., Any]

_ADDRESSES: Mapping[str, _View] = {
    "/": exercise.home,
    "/playground": exercise.playground,
    "/exercises": exercise.exercises,
    "/exercises/<slug>": exercise.exercise,
    "/courses": course.courses,
    "/courses/<course>": course.course,
    "/courses/<course>/assignments/<id_>": course.assignment,
    "/submissions": submissions.submissions,
    "/submissions/<id_>": submission.submission,
    "/submissions/<id_>/diff/<other>": submission.compare,
    "/help": documents.help_page,
    "/problems": documents.problems,
    "/problems/<slug>": documents.problem,
    "/schemas": documents.schemas,
    "/favicon.ico": documents.favicon,
    "/sign-in": sign_in.sign_in,
    "/join/<token>": join.join,
    "/account": account.account,
}
#: What forms of pages are sent to.
_FORMS: Mapping[str, _View] = {
    "/submissions": submission.submit,
    "/sign-in": sign_in.try_sign_in,
    "/sign-out": sign_in.sign_out,
    "/demo": sign_in.enter_demo,
    "/join/<token>": join.try_join,
    "/account/name": account.rename,
    "/account/password": account.change_password,
    "/account/sessions": account.sign_out_everywhere,
}
for address, view in _ADDRESSES.items():
    blueprint.add_url_rule(address, view_func=view)
for address, view in _FORMS.items():
    blueprint.add_url_rule(address, view_func=view, methods=["POST"])
blueprint.add_url_rule(
    "/language", view_func=language.choose, methods=["POST"], endpoint="choose_language"
)

_FILTERS: Mapping[str, _View] = {
    "visible": visible,
    "statement": render_statement,
    "inline": render_inline,
    "kind_words": catalogue.kind_words,
    "named_values": evidence.named_values,
    "megabytes": words.megabytes,
    "figure_size": words.figure_size,
    "role_words": roles.role_words,
    "invited_words": roles.invited_words,
}
for name, filter_ in _FILTERS.items():
    blueprint.add_app_template_filter(filter_, name)


@blueprint.app_context_processor
def _vocabulary() -> dict[str, object]:
    return {
        "words": words,
        "viewer": masthead.viewer,
        "csrf_token": csrf.token,
        "staff_tabs": staff.TABS,
    }
