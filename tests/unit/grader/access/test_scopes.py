"""Every address, asked by programs: what an access token opens, by its scope and its course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Response
from werkzeug.test import TestResponse

from grader.access.principal import Principal
from grader.access.rules import EVERYONE, RULES, ByHand, ByPlatform, Decision
from grader.api.http.gate import _Records
from grader.app import create_app
from grader.settings import Settings
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.identity.access_tokens import AccessToken, AccessTokens, Wanted
from grader.store.identity.people import Person
from grader.store.identity.scopes import Scope
from tests.unit.grader.access.test_rules import Case, address, cases
from tests.unit.grader.town import NOBODY, Town

#: Of programs: by whose token, of which scope, bound to which course, and, written down by hand,
#: what it may then be where. Dot teaches in both courses.
PROGRAMS: dict[str, tuple[str, Scope, str | None, dict[str, Role]]] = {
    "ann's": ("ann", Scope.STUDENT, None, {"red": Role.STUDENT}),
    "ann's, hoping": ("ann", Scope.TA, None, {"red": Role.STUDENT}),
    "tess's, as a student": ("tess", Scope.STUDENT, None, {"red": Role.STUDENT}),
    "tess's": ("tess", Scope.TA, None, {"red": Role.ASSISTANT}),
    "ivo's": ("ivo", Scope.TA, None, {"blue": Role.ASSISTANT}),
    "dot's, as a student of red": ("dot", Scope.STUDENT, "red", {"red": Role.STUDENT}),
    "dot's, in red": ("dot", Scope.TA, "red", {"red": Role.ASSISTANT}),
    "dot's": ("dot", Scope.TA, None, {"red": Role.ASSISTANT, "blue": Role.ASSISTANT}),
    "the operator's": ("op", Scope.TA, None, {}),
    "red's platform": ("", Scope.PLATFORM, "red", {"red": Role.INSTRUCTOR}),
    "blue's platform": ("", Scope.PLATFORM, "blue", {"blue": Role.INSTRUCTOR}),
}
#: Programs that have nothing in the blue course, and of the blue course who might be asked about.
OF_RED = [name for name, (_, _, course, _) in PROGRAMS.items() if course == "red"]
BLUE = {"blue", "cas", "dot", "inverse"}


@dataclass
class Programs:
    """A town in which no address does anything, and the programs of its people."""

    town: Town
    secrets: dict[str, str]
    principals: dict[str, Principal]
    #: Each case where somebody must be known, with its method and its path.
    walled: list[tuple[Case, str, str]] = field(default_factory=list)

    def of_api(self) -> Iterator[tuple[Case, str, str]]:
        return (one for one in self.walled if one[2].startswith("/api/"))

    def ask(self, secret: str, method: str, path: str, **headers: str) -> TestResponse:
        headers["Authorization"] = f"Bearer {secret}"
        body: dict[str, Any] = {} if method == "GET" else {"json": {}}
        return self.town.client(NOBODY).open(path, method=method, headers=headers, **body)


@pytest.fixture(scope="module")
def programs(module_settings: Settings) -> Iterator[Programs]:
    app = create_app(replace(module_settings, demo=False))
    town = Town(app)
    town.build()
    _let_in_dot(town)
    made = Programs(town, {}, {})
    for name, (owner, scope, course, roles) in PROGRAMS.items():
        token, made.secrets[name], person = _token(town, owner, scope, course)
        made.principals[name] = Principal(person=person, roles=roles, token=token)
    made.walled = [
        (case, *address(town, case)) for case in all_cases() if RULES[case.endpoint] != EVERYONE
    ]
    for endpoint in app.view_functions:
        app.view_functions[endpoint] = lambda **_: Response(status=204)
    yield made
    town.desk.engine.dispose()
    town.desk.broker.close()


def _let_in_dot(town: Town) -> None:
    """Somebody who teaches in both courses and has work in blue."""
    town.people["dot"] = dot = town.door.people.create("Dot", "dot")
    for course in ("red", "blue"):
        Memberships(town.desk.engine).put(course, dot.id, Role.INSTRUCTOR)
    town.clients["dot"] = client = town.app.test_client()
    client.set_cookie("pushforward_session", town.door.sessions.begin(dot.id))
    town.work["dot"] = town.hand_in("dot", town.opened["blue"].id)


def _token(
    town: Town, owner: str, scope: Scope, course: str | None
) -> tuple[AccessToken, str, Person]:
    wanted, tokens = Wanted(f"{owner or course}", scope, course), town.door.tokens
    if not owner:
        token, secret = tokens.make_for_platform(wanted)
    else:
        token, secret = tokens.make(town.people[owner].id, wanted)
    person = town.door.people.get(token.person)
    assert person is not None
    return token, secret, person


def all_cases() -> Iterator[Case]:
    for case in cases():
        yield case
        if case.parts.get("id") == "cas":
            # The same of what somebody has in the course that his or her token does not reach.
            yield replace(case, parts={**case.parts, "id": "dot"})


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_token_opens_what_its_person_may_in_its_scope_and_its_course(
    programs: Programs, name: str
) -> None:
    who = programs.principals[name]
    records = _Records(programs.town.desk)
    for case, method, path in programs.of_api():
        parts = programs.town.app.url_map.bind("localhost").match(path, method)[1]
        rule = RULES[case.endpoint]
        decision = rule.decide(who, parts, records)
        answer = programs.ask(programs.secrets[name], method, path)
        expected = {Decision.ALLOWED: 204, Decision.HIDDEN: 404}.get(decision, 403)
        assert answer.status_code == expected, (name, case)
        if isinstance(rule, ByHand) or (isinstance(rule, ByPlatform) and not who.is_platform):
            assert answer.status_code in {403, 404}, (name, case)


@pytest.mark.parametrize("name", OF_RED)
def test_a_token_of_one_course_finds_nothing_of_another(programs: Programs, name: str) -> None:
    asked = 0
    for case, method, path in programs.of_api():
        if {case.parts.get(part) for part in ("course", "id", "slug")} & BLUE:
            # Staff see every exercise: exercises are no course's.
            if case.parts.get("slug") and programs.principals[name].staffed:
                continue
            answer = programs.ask(programs.secrets[name], method, path)
            assert answer.status_code == 404, (name, case)
            asked += 1
    assert asked > 20


def test_what_a_scope_does_not_allow_says_which_one_would(programs: Programs) -> None:
    def refused(name: str, method: str, path: str) -> tuple[str, str | None]:
        answer = programs.ask(programs.secrets[name], method, path)
        assert answer.status_code == 403
        problem = answer.get_json()["type"].removeprefix("/problems/")
        return problem, answer.headers.get("WWW-Authenticate")

    needs_ta = ("insufficient-scope", 'Bearer error="insufficient_scope", scope="ta"')
    needs_platform = ("insufficient-scope", 'Bearer error="insufficient_scope", scope="platform"')
    members, mint = "/api/v1/courses/red/members", "/api/v1/courses/red/members/x/tokens"
    assert refused("tess's, as a student", "GET", members) == needs_ta
    assert refused("dot's, in red", "POST", members) == needs_platform
    assert refused("dot's, in red", "POST", mint) == needs_platform
    # No other token of these people would do.
    assert refused("ann's", "GET", members) == ("not-allowed", None)
    assert refused("tess's", "POST", members) == ("not-allowed", None)
    assert refused("the operator's", "POST", "/api/v1/courses") == ("not-allowed", None)
    # No token at all would.
    link = "/api/v1/courses/red/members/x/password-link"
    assert refused("red's platform", "POST", link) == ("insufficient-scope", None)
    assert refused("red's platform", "POST", "/api/v1/courses/red/tokens") == (
        "insufficient-scope",
        None,
    )


def test_a_token_opens_no_page(programs: Programs) -> None:
    for case, method, path in programs.walled:
        if method == "GET" and not path.startswith("/api/"):
            answer = programs.ask(programs.secrets["red's platform"], method, path)
            assert answer.status_code == 403, case


def test_a_token_that_does_not_work_is_told_so_wherever_somebody_must_be_known(
    programs: Programs,
) -> None:
    dead = _dead_tokens(programs)
    once = {case.endpoint: (case, method, path) for case, method, path in programs.walled}
    for case, method, path in once.values():
        if method != "GET" and not path.startswith("/api/"):
            continue  # a form without the token of a page is refused before
        for why, secret in dead.items():
            answer = programs.ask(secret, method, path)
            assert answer.status_code == 401, (why, case)
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    for path in ("/api/v1/health", "/api/v1/openapi.json", "/help", "/sign-in"):
        assert programs.ask(dead["revoked"], "GET", path).status_code == 204


def _dead_tokens(programs: Programs) -> dict[str, str]:
    """Tokens that worked: one was revoked, one ran out, and of one the person was disabled."""
    town = programs.town
    tokens, ann = AccessTokens(town.desk.engine), town.people["ann"].id
    revoked, first = tokens.make(ann, Wanted("revoked", Scope.STUDENT))
    tokens.revoke(revoked.id)
    now = revoked.created_at
    past = AccessTokens(town.desk.engine, clock=lambda: now - timedelta(days=2))
    _, second = past.make(ann, Wanted("over", Scope.STUDENT, lifetime=timedelta(days=1)))
    gone = town.door.people.create("Gone", None)
    _, third = tokens.make(gone.id, Wanted("gone", Scope.STUDENT))
    town.door.people.disable(gone.id)
    return {"revoked": first, "over": second, "disabled": third}


def test_a_request_with_a_wrong_token_is_not_that_of_its_cookie(programs: Programs) -> None:
    town = programs.town
    for header in ("Bearer nothing", "Bearer", "bearer pf_" + "x" * 43, "BEARER pf_\xff"):
        answer = town.client("ann").get("/api/v1/me", headers={"Authorization": header})
        assert answer.status_code == 401, header
        assert answer.get_json()["type"] == "/problems/invalid-token"
        # Nor of a page, whose frame then greets nobody.
        page = town.client("ann").get(
            "/submissions", headers={"Authorization": header, "Accept": "text/html"}
        )
        assert page.status_code == 401
        assert "Sign out" not in page.text
        assert "access token" in page.text
    # Another scheme is none of ours: a proxy's own password.
    answer = town.client("ann").get("/api/v1/me", headers={"Authorization": "Basic YTpi"})
    assert answer.status_code == 204


def test_a_right_token_counts_and_not_the_cookie_beside_it(programs: Programs) -> None:
    client = programs.town.client("ivo")
    headers = {"Authorization": f"Bearer {programs.secrets['ann' + chr(39) + 's']}"}
    assert client.get("/api/v1/courses/blue", headers=headers).status_code == 404
    assert client.get("/api/v1/courses/red", headers=headers).status_code == 204
    # No browser sends it unasked, so no token of a page is asked for.
    assert client.post("/api/v1/previews", headers=headers, json={}).status_code == 204
    # But what a browser says of where it comes from is heeded all the same.
    headers["Sec-Fetch-Site"] = "cross-site"
    assert client.post("/api/v1/previews", headers=headers, json={}).status_code == 403
