"""The pages of access tokens: on one's account, and of a course."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from grader.store.identity.access_tokens import Wanted
from grader.store.identity.scopes import Scope
from tests.unit.grader.town import Town

SECRET = re.compile(r"<code[^>]*>(pf_[\w-]{43})</code>")


def works(town: Town, secret: str) -> bool:
    headers = {"Authorization": f"Bearer {secret}"}
    return town.app.test_client().get("/api/v1/me", headers=headers).status_code == 200


def make(town: Town, who: str, **fields: str) -> TestResponse:
    given = {"token_name": "A script", "scope": "student", "course": "", "days": "30"} | fields
    return town.form(who, "/account/tokens", given, page="/account")


def test_one_makes_a_token_sees_it_once_and_revokes_it(town: Town) -> None:
    made = make(town, "ann")
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    found = SECRET.search(made.text)
    assert found is not None
    assert works(town, found[1])
    account = town.get("ann", "/account").text
    assert "A script" in account
    assert found[1] not in account
    revoke = re.search(r"/account/tokens/\w+/revoke", account)
    assert revoke is not None
    # Nobody else can, though the address is known.
    assert town.form("bob", revoke[0], {}, page="/account").status_code == 404
    assert works(town, found[1])
    gone = town.form("ann", revoke[0], {}, page="/account")
    assert gone.status_code == 303
    assert not works(town, found[1])
    assert "does not work any more" in town.get("ann", gone.headers["Location"]).text


def test_what_is_wrong_with_a_token_stands_beside_its_field(town: Town) -> None:
    for fields, name in (
        ({"token_name": " "}, "token_name-wrong"),
        ({"days": "367"}, "days-wrong"),
        ({"days": "x"}, "days-wrong"),
        ({"days": ""}, "days-wrong"),
    ):
        refused = make(town, "ann", **fields)
        assert refused.status_code == 422
        assert f'id="{name}"' in refused.text
        assert not SECRET.search(refused.text)
    # What the page does not offer is not made either.
    for fields in ({"scope": "platform"}, {"course": "blue"}):
        refused = make(town, "ann", **fields)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text


def test_only_staff_are_offered_the_scope_of_staff(town: Town) -> None:
    assert 'value="ta"' in town.get("tess", "/account").text
    assert 'value="ta"' not in town.get("ann", "/account").text


def test_an_instructor_makes_a_platform_in_the_course_and_ends_it(town: Town) -> None:
    address = "/courses/blue/access"
    assert "No token is bound" in town.get("ivo", address).text
    made = town.form("ivo", address, {"token_name": "Moodle", "days": "90"}, page=address)
    found = SECRET.search(made.text)
    assert made.status_code == 200
    assert found is not None
    assert works(town, found[1])
    shown = town.get("ivo", address).text
    assert "Moodle" in shown
    assert found[1] not in shown
    revoke = re.search(rf"{address}/\w+/revoke", shown)
    assert revoke is not None
    foreign = revoke[0].replace("blue", "red")
    assert town.form("op", foreign, {}, page=address).status_code == 404
    gone = town.form("ivo", revoke[0], {}, page=address)
    assert gone.status_code == 303
    assert not works(town, found[1])
    wrong = town.form("ivo", address, {"token_name": "", "days": "0"}, page=address)
    assert wrong.status_code == 422
    assert "days-wrong" in wrong.text


def test_the_page_shows_the_tokens_of_the_staff_without_a_button(town: Town) -> None:
    town.door.tokens.make(town.people["ivo"].id, Wanted("Ivo's <laptop>", Scope.TA))
    shown = town.get("op", "/courses/blue/access").text
    assert "Ivo&#39;s &lt;laptop&gt;" in shown
    others = shown.partition("Tokens of the course")[2].partition("</section>")[0]
    assert "laptop" in others
    assert "<button" not in others


def test_many_tokens_go_on_the_next_page(town: Town) -> None:
    ann = town.people["ann"].id
    for number in range(60):
        town.door.tokens.make(ann, Wanted(f"number-{number}", Scope.STUDENT, "red"))
    first = town.get("op", "/courses/red/access").text
    following = re.search(r'href="(/courses/red/access\?before=\w+)"', first)
    assert following is not None
    second = town.get("op", following[1]).text
    names = re.findall(r"number-\d+", first) + re.findall(r"number-\d+", second)
    assert len({*names}) == 60
