"""Every address, asked by everybody: who gets through the gate, and what the others are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Response
from sqlalchemy import insert

from grader.access import csrf, guise
from grader.access.cookies import SESSION, VISITOR
from grader.access.rules import RULES
from grader.app import create_app
from grader.settings import Settings
from grader.store.assignment.assignments import Assignment
from grader.store.database import writing
from grader.store.identifiers import new_id
from grader.store.identity.guises import Guise
from grader.store.models import BatchRow, RegradeRow
from tests.unit.grader.town import EVERYBODY, NOBODY, Town

ALL = set(EVERYBODY)
KNOWN = ALL - {NOBODY}
SIGN_IN, FORBIDDEN, HIDDEN = "sign in", 403, 404
#: The forms that are taken from who sees a course as a student does.
BACK = {"pages.end_guise", "pages.sign_out", "pages.choose_language"}


@dataclass(frozen=True)
class Case:
    """An address with its parts, who may ask it, and what those who may not are told."""

    endpoint: str
    allowed: set[str]
    parts: dict[str, str] = field(default_factory=dict)
    #: Who knows that it is there; to the others it is not.
    forbidden: set[str] = field(default_factory=set)


def cases() -> Iterator[Case]:
    """The walls as they were meant, written down once more."""
    for endpoint in (
        *("static", "completions.show", "health.show", "schemas.openapi", "schemas.report"),
        *("stable_schemas.versioned_report", "pages.choose_language", "pages.favicon"),
        *("pages.help_page", "pages.problem", "pages.problems", "pages.schemas"),
        "pages.interface",
        *("pages.sign_in", "pages.try_sign_in", "pages.enter_demo", "pages.sign_out"),
        *("pages.join", "pages.try_join"),
        *("schemas.webhook", "stable_schemas.versioned_webhook"),
    ):
        parts = {"filename": "style.css", "version": "v", "slug": "x", "token": "x"}
        yield Case(endpoint, ALL, parts)
    for endpoint in (
        *("pages.account", "pages.rename", "pages.change_password", "pages.sign_out_everywhere"),
        *(
            "pages.home",
            "pages.playground",
            "pages.exercises",
            "pages.submit",
            "pages.submissions",
            "pages.courses",
        ),
        *("exercises.index", "submissions.submit", "submissions.index", "courses.index"),
        *("previews.start", "previews.show"),
    ):
        yield Case(endpoint, KNOWN, {"id": "x"})
    yield from _of_exercises()
    yield from _of_submissions()
    yield from _of_courses()
    yield from _of_tokens()
    yield from _of_regrades()
    yield from _of_batches()
    yield from _of_comparisons()
    yield from _of_classes()
    yield from _of_webhooks()
    yield from _of_exports()
    yield from _of_reviews()


def _of_exercises() -> Iterator[Case]:
    staff = {"tess", "ivo", "op"}
    seen = {
        "playground": KNOWN,
        "affine": {"ann", "bob", *staff},  # assigned in red
        "inverse": {"cas", *staff},  # assigned in blue
        "score": staff,  # assigned in red, not opened yet
        "log-normal": staff,  # assigned to nobody
        "nix": set[str](),
    }
    for slug, who in seen.items():
        for endpoint in (
            *("pages.exercise", "exercises.show", "bundles.show", "material.figure"),
            *("material.data", "material.picture", "target.show", "target.thumbnail"),
        ):
            yield Case(endpoint, who, {"slug": slug, "figure": "x", "name": "x"})


def _of_submissions() -> Iterator[Case]:
    readers: dict[str, set[str]] = {
        "ann": {"ann", "tess", "op"},
        "bob": {"bob", "tess", "op"},
        "cas": {"cas", "ivo", "op"},
        "stray": {"stray", "op"},
        "nix": set(),
    }
    for author, who in readers.items():
        for endpoint in (
            *("submissions.show", "submissions.source", "submissions.gradings", "figures.show"),
            *("exports.bundle", "exports.gradescope"),
        ):
            yield Case(endpoint, who, {"id": author, "figure": "density.png"})
        yield Case("pages.submission", who, {"id_": author})
        yield Case("pages.compare", who, {"id_": author, "other": "x"})


def _of_courses() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    yield Case("courses.create", {"op"}, forbidden=KNOWN)
    for endpoint in ("courses.show", "assignments.index", "pages.course"):
        yield Case(endpoint, {*red, "op"}, {"course": "red"})
        yield Case(endpoint, {*blue, "op"}, {"course": "blue"})
        yield Case(endpoint, set(), {"course": "nix"})
    yield Case("members.index", {"tess", "op"}, {"course": "red"}, red)
    yield Case("members.index", {"ivo", "op"}, {"course": "blue"}, blue)
    for endpoint in (
        *("courses.change", "members.put", "members.remove", "members.link", "members.invitations"),
        *("members.invite", "members.withdraw", "assignments.assign"),
    ):
        yield Case(endpoint, {"op"}, {"course": "red", "person": "x"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue", "person": "x"}, blue)
    for part in ("id", "id_"):
        endpoint = {"id": "assignments.show", "id_": "pages.assignment"}[part]
        yield Case(endpoint, {*red, "op"}, {part: "red", "course": "red"})
        yield Case(endpoint, {*blue, "op"}, {part: "blue", "course": "blue"})
        yield Case(endpoint, set(), {part: "nix", "course": "red"})
    for endpoint in ("assignments.change", "assignments.remove"):
        yield Case(endpoint, {"op"}, {"id": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"id": "blue"}, blue)
    for endpoint in ("assignments.extensions", "assignments.extend", "assignments.take_back"):
        yield Case(endpoint, {"tess", "op"}, {"id": "red", "person": "x"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"id": "blue", "person": "x"}, blue)


def _of_classes() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    courses = ("overview.index", "overview.record", "failures.index", "pages.overview")
    courses = (*courses, "course_reports.show", "pages.course_report")
    # Who sees nothing as somebody else goes on as before.
    yield Case("pages.end_guise", KNOWN)
    for endpoint in (
        *(*courses, "pages.student", "pages.extend", "pages.failures", "pages.begin_guise"),
    ):
        yield Case(endpoint, {"tess", "op"}, {"course": "red", "person": "x"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue", "person": "x"}, blue)
        yield Case(endpoint, set(), {"course": "nix", "person": "x"})
    for endpoint in ("failures.show", "failures.students"):
        yield Case(endpoint, {"tess", "op"}, {"id": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"id": "blue"}, blue)
    for endpoint in ("pages.assignment_failures", "pages.caught", "pages.comment_on_caught"):
        yield Case(endpoint, {"tess", "op"}, {"id_": "red", "course": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"id_": "blue", "course": "blue"}, blue)


def _of_reviews() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    parts = {"comment": "x", "override": "x", "review": "x", "person": "x"}
    for author, staff in (("ann", "tess"), ("cas", "ivo")):
        work = {**parts, "id": author, "id_": author}
        for name in ("write_comment", "change_comment", "withdraw_comment"):
            yield Case(f"pages.{name}", {author, staff, "op"}, work)
        for name in ("index", "write", "change", "withdraw"):
            yield Case(f"comments.{name}", {author, staff, "op"}, work)
        for endpoint in ("overrides.index", "reviews.of_submission"):
            yield Case(endpoint, {author, staff, "op"}, work)
        for endpoint in (
            *("overrides.give", "overrides.take_back"),
            *("pages.give_points", "pages.take_back_points"),
        ):
            yield Case(endpoint, {staff, "op"}, work, {author})
        for endpoint in ("reviews.ask", "pages.ask_review"):
            yield Case(endpoint, {author}, work, {staff, "op"})
    for course, staff, people in (("red", "tess", red), ("blue", "ivo", blue)):
        named = {**parts, "course": course, "id": course, "id_": course}
        for endpoint in (
            *("reviews.queue", "reviews.take", "reviews.give_back", "reviews.answer_review"),
            *("reviews.audit", "pages.reviews", "pages.take_review", "pages.give_back_review"),
            *("pages.answer_review", "pages.log", "comments.write_on_each"),
            *("pages.extensions", "pages.give_extension", "pages.take_back_extension"),
        ):
            yield Case(endpoint, {staff, "op"}, named, people)
        changes = {"op"} if course == "red" else {"ivo", "op"}
        for endpoint in (
            *("assignments.release", "assignments.withhold", "pages.policies"),
            *("pages.change_policies", "pages.release_grades", "pages.withhold_grades"),
        ):
            yield Case(endpoint, changes, named, people)


def _of_webhooks() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    parts = {"id": "x", "id_": "x", "delivery": "x"}
    api = "index create show change remove rotate ping deliveries delivery replay"
    pages = "webhooks make_webhook webhook change_webhook rotate_webhook ping_webhook"
    for endpoint in (
        *(f"webhooks.{name}" for name in api.split()),
        *(f"pages.{name}" for name in pages.split()),
        *("pages.replay_delivery", "pages.remove_webhook"),
    ):
        yield Case(endpoint, {"op"}, {"course": "red", **parts}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue", **parts}, blue)


def _of_exports() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    for endpoint in (
        *("gradebook.index", "gradebook.canvas", "gradebook.moodle", "gradebook.fill"),
        *("gradebook.grades", "takeaway.sizes", "takeaway.course", "takeaway.student"),
        *("pages.exports", "pages.fill_table", "privacy.erase", "pages.erasing", "pages.erase"),
        *("privacy.anonymise", "pages.anonymising", "pages.anonymise"),
    ):
        yield Case(endpoint, {"op"}, {"course": "red", "person": "x"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue", "person": "x"}, blue)
    yield Case("takeaway.results", {"op"}, {"id": "red"}, red)
    yield Case("takeaway.results", {"ivo", "op"}, {"id": "blue"}, blue)
    yield Case("takeaway.own", KNOWN)


def _of_tokens() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    for endpoint in ("tokens.me", "tokens.index", "tokens.make", "tokens.revoke"):
        yield Case(endpoint, KNOWN, {"id": "x"})
    for endpoint in ("pages.make_token", "pages.revoke_token"):
        yield Case(endpoint, KNOWN, {"id_": "x"})
    yield Case("members.show", {"tess", "op"}, {"course": "red", "person": "x"}, red)
    yield Case("members.show", {"ivo", "op"}, {"course": "blue", "person": "x"}, blue)
    parts = {"id": "x", "id_": "x", "person": "x"}
    for endpoint in (
        *("members.bring", "tokens.of_course", "tokens.make_for_course", "tokens.revoke_in_course"),
        *("pages.access", "pages.make_platform_token", "pages.revoke_course_token"),
    ):
        yield Case(endpoint, {"op"}, {"course": "red", **parts}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue", **parts}, blue)
    # For platforms alone: see test_access_scopes.py.
    yield Case("tokens.mint", set(), {"course": "red", **parts}, {*red, "op"})
    yield Case("tokens.mint", set(), {"course": "blue", **parts}, {*blue, "op"})


def _of_comparisons() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    for endpoint in ("pages.atlases", "pages.similarities"):
        yield Case(endpoint, {"tess", "op"}, {"course": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue"}, blue)
    parts = {"submission": "x", "a": "x", "b": "x"}
    api = ("atlas.show", "atlas.cluster", "similarity.index", "similarity.show")
    pages = ("atlas", "law_cluster", "comment_cluster", "similarity", "similar_pair")
    for endpoint in (*api, "similarity.dolos", "similarity.jplag"):
        yield Case(endpoint, {"tess", "op"}, {**parts, "id": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {**parts, "id": "blue"}, blue)
        yield Case(endpoint, set(), {**parts, "id": "nix"})
    for endpoint in [f"pages.{name}" for name in pages]:
        yield Case(endpoint, {"tess", "op"}, {**parts, "id_": "red", "course": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {**parts, "id_": "blue", "course": "blue"}, blue)
    yield Case("atlas.thumbnail", {"tess", "op"}, {"id": "ann"}, {"ann"})
    yield Case("atlas.thumbnail", {"ivo", "op"}, {"id": "cas"}, {"cas"})


def _of_regrades() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    for part in ("regrade", "id_"):
        page = part == "id_"
        names = (
            *("regrades", "new_regrade", "begin_regrade", "regrade", "choose_regraded"),
            *("apply_regrade", "cancel_regrade", "internal_errors", "grade_again"),
        )
        api = ("regrades.show", "regrades.items", "regrades.choose", "regrades.apply")
        for endpoint in [f"pages.{name}" for name in names] if page else (*api, "regrades.cancel"):
            parts = {"submission": "x"}
            yield Case(endpoint, {"tess", "op"}, {**parts, part: "red", "course": "red"}, red)
            yield Case(endpoint, {"ivo", "op"}, {**parts, part: "blue", "course": "blue"}, blue)
            yield Case(endpoint, set(), {**parts, part: "nix", "course": "nix"})
    for endpoint in ("regrades.begin", "regrades.of_assignment", "regrades.versions"):
        yield Case(endpoint, {"tess", "op"}, {"id": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"id": "blue"}, blue)
    for endpoint in (
        *("regrades.index", "internal_errors.of_course", "internal_errors.again_in_course"),
    ):
        yield Case(endpoint, {"tess", "op"}, {"course": "red"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue"}, blue)
    for endpoint in ("regrades.begin_one", "internal_errors.again"):
        yield Case(endpoint, {"tess", "op"}, {"id": "ann"}, {"ann"})
        yield Case(endpoint, {"ivo", "op"}, {"id": "cas"}, {"cas"})
        yield Case(endpoint, {"op"}, {"id": "stray"}, {"stray"})
    for endpoint in (
        *("internal_errors.index", "internal_errors.again_everywhere"),
        *("pages.all_internal_errors", "pages.grade_again_anywhere"),
    ):
        yield Case(endpoint, {"op"}, forbidden=KNOWN)


def _of_batches() -> Iterator[Case]:
    red, blue = {"ann", "bob", "tess"}, {"cas", "ivo"}
    api = ("show", "items", "table", "choose", "begin", "cancel")
    for endpoint in (f"batches.{name}" for name in api):
        yield Case(endpoint, {"tess", "op"}, {"batch": "red", "place": "0"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"batch": "blue", "place": "0"}, blue)
        yield Case(endpoint, set(), {"batch": "nix", "place": "0"})
    for part, names in (("id", ("create", "dry_run", "index")), ("id_", ("batches", "send_batch"))):
        room = "batches" if part == "id" else "pages"
        for endpoint in (f"{room}.{name}" for name in names):
            yield Case(endpoint, {"tess", "op"}, {part: "red", "course": "red"}, red)
            yield Case(endpoint, {"ivo", "op"}, {part: "blue", "course": "blue"}, blue)
            yield Case(endpoint, set(), {part: "nix", "course": "red"})
    for endpoint in ("pages.batch", "pages.begin_batch", "pages.cancel_batch"):
        yield Case(endpoint, {"tess", "op"}, {"course": "red", "id_": "x"}, red)
        yield Case(endpoint, {"ivo", "op"}, {"course": "blue", "id_": "x"}, blue)


@pytest.fixture(scope="module")
def gate(module_settings: Settings) -> Iterator[Town]:
    """A town in which no address does anything: only the gate is asked."""
    app = create_app(replace(module_settings, demo=False))
    town = Town(app)
    town.build()
    town.work["stray"] = town.practise("stray")
    for course, assignment in town.opened.items():
        town.regrades[course] = add_regrade(town, assignment)
        town.batches[course] = add_batch(town, assignment)
    for endpoint in app.view_functions:
        app.view_functions[endpoint] = lambda **_: Response(status=204)
    yield town
    town.desk.engine.dispose()
    town.desk.broker.close()


def add_regrade(town: Town, assignment: Assignment) -> str:
    """A regrade of nothing, as nothing is graded here."""
    values = {"assignment": assignment.id, "exercise_version": "v", "which": "all", "total": 0}
    values |= {"stage": "ready", "reason": "", "created_at": datetime.now(UTC)}
    with writing(town.desk.engine) as connection:
        id_ = new_id()
        connection.execute(insert(RegradeRow).values(id=id_, course=assignment.course, **values))
    return id_


def add_batch(town: Town, assignment: Assignment) -> str:
    """A batch without files."""
    values = {"assignment": assignment.id, "exercise_version": "v", "name": "", "digest": ""}
    values |= {"stage": "planned", "total": 0, "passed_over": "[]", "created_at": datetime.now(UTC)}
    with writing(town.desk.engine) as connection:
        id_ = new_id()
        connection.execute(insert(BatchRow).values(id=id_, course=assignment.course, **values))
    return id_


def address(town: Town, case: Case) -> tuple[str, str]:
    """The method and the path of a case, with the ids of what there is."""
    rules = [one for one in town.app.url_map.iter_rules() if one.endpoint == case.endpoint]
    rule = next(one for one in rules if one.arguments <= case.parts.keys())
    parts = dict(case.parts)
    for part in ("id", "id_"):
        named = parts.get(part, "")
        assigned = town.opened[named].id if named in town.opened else None
        parts[part] = assigned or town.work.get(named, named)
    parts["regrade"] = town.regrades.get(parts.get("regrade", ""), "x")
    parts["batch"] = town.batches.get(parts.get("batch", ""), "x")
    with town.app.test_request_context():
        built = town.app.url_map.bind("localhost").build(
            case.endpoint, {name: parts[name] for name in rule.arguments}
        )
    method = next(name for name in sorted(rule.methods or ()) if name not in {"HEAD", "OPTIONS"})
    return method, built


def ask(town: Town, who: str, method: str, path: str) -> Any:
    """Ask with all that a page of ours would send along, so that only the rule decides."""
    client = town.client(who)
    if path.startswith("/api/"):
        same = {"Sec-Fetch-Site": "same-origin"}
        return client.open(path, method=method, json={} if method != "GET" else None, headers=same)
    if method == "GET":
        return client.get(path)
    secret = client.get_cookie(SESSION)
    if secret is None:
        client.set_cookie(VISITOR, "x" * 43)
    name, value = (SESSION, secret.value) if secret else (VISITOR, "x" * 43)
    cookie = f"{name}={value}"
    with town.app.test_request_context(headers={"Cookie": cookie}):
        token = csrf.token()
    return client.open(path, method=method, data={"csrf_token": token})


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{case.endpoint}-{case.parts}")
def test_the_gate_lets_through_who_may_and_tells_the_others_no_more_than_it_should(
    gate: Town, case: Case
) -> None:
    method, path = address(gate, case)
    for who in EVERYBODY:
        answer = ask(gate, who, method, path)
        if who in case.allowed:
            assert answer.status_code == 204, (who, path)
        elif who == NOBODY and path.startswith("/api/"):
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"].startswith("Cookie ")
            assert answer.get_json()["type"] == "/problems/sign-in-required"
        elif who == NOBODY:
            assert answer.status_code == 302, path
            assert answer.headers["Location"].partition("?")[0] == "/sign-in"
        else:
            expected = FORBIDDEN if who in case.forbidden else HIDDEN
            assert answer.status_code == expected, (who, path)


@pytest.mark.parametrize("who", ["tess", "op"])
def test_in_the_guise_of_a_student_only_what_she_reads_of_the_course_answers(
    gate: Town, who: str
) -> None:
    cookie = gate.client(who).get_cookie(SESSION)
    assert cookie is not None
    ann = gate.people["ann"]
    gate.door.guises.begin(cookie.value, Guise(ann, "red"), gate.principal(who).actor)
    answered = set()
    for case in cases():
        method, path = address(gate, case)
        answer = ask(gate, who, method, path)
        if answer.status_code == 204:
            is_open = guise.is_open(case.endpoint, method)
            reads = method == "GET" and "ann" in case.allowed and is_open
            assert reads or case.endpoint in BACK, (method, path)
            answered.add(case.endpoint)
        else:
            assert answer.status_code in {FORBIDDEN, HIDDEN}, path
            assert "ann" not in case.allowed or not guise.is_open(case.endpoint, method), path
    gate.door.guises.end(cookie.value)
    assert guise.OF_A_COURSE - answered == set(), "nothing that is open was never asked"


def test_every_address_has_a_rule_and_every_rule_an_address(gate: Town) -> None:
    endpoints = {rule.endpoint for rule in gate.app.url_map.iter_rules()}
    assert endpoints - RULES.keys() == set(), "add a rule to grader/access/rules.py"
    assert RULES.keys() - endpoints == set()


def test_every_address_is_asked_here_by_everybody(gate: Town) -> None:
    endpoints = {rule.endpoint for rule in gate.app.url_map.iter_rules()}
    assert endpoints - {case.endpoint for case in cases()} == set(), "add a case to this file"


def test_an_address_without_a_rule_fails_for_everybody(gate: Town) -> None:
    gate.app.url_map.add(type(next(gate.app.url_map.iter_rules()))("/new", endpoint="new"))
    gate.app.view_functions["new"] = lambda: "secret"
    for who in EVERYBODY:
        answer = gate.get(who, "/new")
        assert answer.status_code == 500
        assert "secret" not in answer.text
