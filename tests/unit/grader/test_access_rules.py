"""Every address, asked by everybody: who gets through the gate, and what the others are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Response

from grader.access import csrf
from grader.access.cookies import SESSION, VISITOR
from grader.access.rules import RULES
from grader.app import create_app
from grader.settings import Settings
from tests.unit.grader.town import EVERYBODY, NOBODY, Town

ALL = set(EVERYBODY)
KNOWN = ALL - {NOBODY}
SIGN_IN, FORBIDDEN, HIDDEN = "sign in", 403, 404


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
        *("pages.sign_in", "pages.try_sign_in", "pages.enter_demo", "pages.sign_out"),
        *("pages.join", "pages.try_join"),
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
            *("material.data", "material.picture", "target.show"),
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
            *("submissions.show", "submissions.source", "figures.show"),
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


@pytest.fixture(scope="module")
def gate(module_settings: Settings) -> Iterator[Town]:
    """A town in which no address does anything: only the gate is asked."""
    app = create_app(replace(module_settings, demo=False))
    town = Town(app)
    town.build()
    town.work["stray"] = town.practise("stray")
    for endpoint in app.view_functions:
        app.view_functions[endpoint] = lambda **_: Response(status=204)
    yield town
    town.desk.engine.dispose()
    town.desk.broker.close()


def address(town: Town, case: Case) -> tuple[str, str]:
    """The method and the path of a case, with the ids of what there is."""
    rules = [one for one in town.app.url_map.iter_rules() if one.endpoint == case.endpoint]
    rule = next(one for one in rules if one.arguments <= case.parts.keys())
    parts = dict(case.parts)
    for part in ("id", "id_"):
        named = parts.get(part, "")
        assigned = town.opened[named].id if named in town.opened else None
        parts[part] = assigned or town.work.get(named, named)
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
