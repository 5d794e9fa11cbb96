"""The pages: the address of each, and the vocabulary of their templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint

from grader.access import csrf
from grader.web import catalogue, deeds, evidence, language, masthead, refusals, roles, staff, words
from grader.web.interface import code_spans
from grader.web.spoken import spoken
from grader.web.statement import render_comment, render_inline, render_statement
from grader.web.views import (
    account,
    account_tokens,
    course,
    documents,
    exercise,
    interface,
    join,
    sign_in,
    submission,
    submissions,
    talk,
)
from grader.web.views.staff import (
    access,
    anonymising,
    atlas,
    batches,
    course_report,
    erasing,
    exports,
    extensions,
    failures,
    guises,
    internal_errors,
    log,
    overview,
    policies,
    regrades,
    reviews,
    similarity,
    webhooks,
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
    "/courses/<course>/overview": overview.overview,
    "/courses/<course>/students/<person>": overview.student,
    "/courses/<course>/report": course_report.course_report,
    "/courses/<course>/failures": failures.failures,
    "/courses/<course>/failures/<id_>": failures.assignment_failures,
    "/courses/<course>/failures/<id_>/students": failures.caught,
    "/courses/<course>/access": access.access,
    "/courses/<course>/students/<person>/erase": erasing.erasing,
    "/courses/<course>/anonymise": anonymising.anonymising,
    "/courses/<course>/exports": exports.exports,
    "/courses/<course>/webhooks": webhooks.webhooks,
    "/courses/<course>/webhooks/<id_>": webhooks.webhook,
    "/courses/<course>/atlas": atlas.atlases,
    "/courses/<course>/atlas/<id_>": atlas.atlas,
    "/courses/<course>/atlas/<id_>/<submission>": atlas.law_cluster,
    "/courses/<course>/similarity": similarity.similarities,
    "/courses/<course>/similarity/<id_>": similarity.similarity,
    "/courses/<course>/similarity/<id_>/<a>/<b>": similarity.similar_pair,
    "/courses/<course>/assignments/<id_>/settings": policies.policies,
    "/courses/<course>/assignments/<id_>/extensions": extensions.extensions,
    "/courses/<course>/assignments/<id_>/batches": batches.batches,
    "/courses/<course>/batches/<id_>": batches.batch,
    "/courses/<course>/reviews": reviews.reviews,
    "/courses/<course>/regrades": regrades.regrades,
    "/courses/<course>/regrades/new": regrades.new_regrade,
    "/courses/<course>/regrades/<id_>": regrades.regrade,
    "/courses/<course>/errors": internal_errors.internal_errors,
    "/errors": internal_errors.all_internal_errors,
    "/courses/<course>/log": log.log,
    "/submissions": submissions.submissions,
    "/submissions/<id_>": submission.submission,
    "/submissions/<id_>/diff/<other>": submission.compare,
    "/help": documents.help_page,
    "/problems": documents.problems,
    "/problems/<slug>": documents.problem,
    "/schemas": documents.schemas,
    "/api": interface.interface,
    "/favicon.ico": documents.favicon,
    "/sign-in": sign_in.sign_in,
    "/join/<token>": join.join,
    "/account": account.account,
}
#: What forms of pages are sent to.
_FORMS: Mapping[str, _View] = {
    "/submissions": submission.submit,
    "/submissions/<id_>/comments": talk.write_comment,
    "/submissions/<id_>/comments/<comment>": talk.change_comment,
    "/submissions/<id_>/comments/<comment>/withdraw": talk.withdraw_comment,
    "/submissions/<id_>/points": talk.give_points,
    "/submissions/<id_>/points/<override>/take-back": talk.take_back_points,
    "/submissions/<id_>/reviews": talk.ask_review,
    "/courses/<course>/reviews/<review>/take": reviews.take_review,
    "/courses/<course>/reviews/<review>/give-back": reviews.give_back_review,
    "/courses/<course>/reviews/<review>/answer": reviews.answer_review,
    "/courses/<course>/assignments/<id_>/settings": policies.change_policies,
    "/courses/<course>/assignments/<id_>/release": policies.release_grades,
    "/courses/<course>/assignments/<id_>/withhold": policies.withhold_grades,
    "/courses/<course>/assignments/<id_>/extensions": extensions.give_extension,
    "/courses/<course>/assignments/<id_>/extensions/<person>/take-back": (
        extensions.take_back_extension
    ),
    "/courses/<course>/assignments/<id_>/batches": batches.send_batch,
    "/courses/<course>/batches/<id_>/begin": batches.begin_batch,
    "/courses/<course>/batches/<id_>/cancel": batches.cancel_batch,
    "/courses/<course>/regrades": regrades.begin_regrade,
    "/courses/<course>/regrades/<id_>/choice": regrades.choose_regraded,
    "/courses/<course>/regrades/<id_>/apply": regrades.apply_regrade,
    "/courses/<course>/regrades/<id_>/cancel": regrades.cancel_regrade,
    "/courses/<course>/errors": internal_errors.grade_again,
    "/errors": internal_errors.grade_again_anywhere,
    "/sign-in": sign_in.try_sign_in,
    "/sign-out": sign_in.sign_out,
    "/demo": sign_in.enter_demo,
    "/join/<token>": join.try_join,
    "/courses/<course>/students/<person>/extensions": overview.extend,
    "/courses/<course>/students/<person>/see": guises.begin_guise,
    "/guise/end": guises.end_guise,
    "/courses/<course>/failures/<id_>/comments": failures.comment_on_caught,
    "/courses/<course>/students/<person>/erase": erasing.erase,
    "/courses/<course>/anonymise": anonymising.anonymise,
    "/courses/<course>/exports": exports.fill_table,
    "/courses/<course>/webhooks": webhooks.make_webhook,
    "/courses/<course>/webhooks/<id_>": webhooks.change_webhook,
    "/courses/<course>/webhooks/<id_>/secret": webhooks.rotate_webhook,
    "/courses/<course>/webhooks/<id_>/ping": webhooks.ping_webhook,
    "/courses/<course>/webhooks/<id_>/remove": webhooks.remove_webhook,
    "/courses/<course>/webhooks/<id_>/deliveries/<delivery>/replay": webhooks.replay_delivery,
    "/account/name": account.rename,
    "/account/password": account.change_password,
    "/account/sessions": account.sign_out_everywhere,
    "/account/tokens": account_tokens.make_token,
    "/account/tokens/<id_>/revoke": account_tokens.revoke_token,
    "/courses/<course>/access": access.make_platform_token,
    "/courses/<course>/access/<id_>/revoke": access.revoke_course_token,
    "/courses/<course>/atlas/<id_>/<submission>/comments": atlas.comment_cluster,
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
    "refusal": refusals.said,
    "statement": render_statement,
    "inline": render_inline,
    "spoken": spoken,
    "comment": render_comment,
    "deed_changes": deeds.changes,
    "kind_words": catalogue.kind_words,
    "named_values": evidence.named_values,
    "megabytes": words.megabytes,
    "figure_size": words.figure_size,
    "role_words": roles.role_words,
    "invited_words": roles.invited_words,
    "scope_words": roles.scope_words,
    "code_spans": code_spans,
}
for name, filter_ in _FILTERS.items():
    blueprint.add_app_template_filter(filter_, name)


@blueprint.app_context_processor
def _vocabulary() -> dict[str, object]:
    return {
        "words": words,
        "refusals": refusals,
        "viewer": masthead.viewer,
        "csrf_token": csrf.token,
        "staff_tabs": staff.TABS,
    }
