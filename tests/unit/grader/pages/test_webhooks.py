"""The pages of webhooks, as an instructor uses them without a script."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from grader.store.webhook.outbox import Outbox
from grader.web.views.staff import webhooks as view
from grader.webhooks.tried import Tried
from tests.unit.grader.town import Town

PAGE = "/courses/blue/webhooks"
GRADED = "submission.graded"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No courier runs here: a page need not wait for one."""
    monkeypatch.setattr(view, "PATIENCE_SECONDS", 0.0)


def send(town: Town, address: str, **fields: object) -> TestResponse:
    return town.form("ivo", address, fields, page=PAGE)  # type: ignore[arg-type]


def make(town: Town, name: str = "lms") -> str:
    """The address of the page of a new webhook."""
    url = f"https://{name}.example.org/hook"
    made = send(town, PAGE, url=url, events=[GRADED])
    assert made.status_code == 200, made.text
    found = re.search(rf"{PAGE}/(\w+)/ping", made.text)
    assert found is not None
    return f"{PAGE}/{found[1]}"


def settle(town: Town, page: str, tried: Tried) -> None:
    outbox, now = Outbox(town.desk.engine), datetime.now(UTC)
    webhook = page.rpartition("/")[2]
    for claim in outbox.take(webhook, 9, now=now, lease=timedelta(minutes=1)):
        outbox.settle(claim, tried, now=now)


def test_the_tab_is_for_those_who_may_change_the_course(town: Town) -> None:
    assert f'href="{PAGE}"' in town.get("ivo", "/courses/blue").text
    assert "/webhooks" not in town.get("cas", "/courses/blue").text
    assert "/webhooks" not in town.get("tess", "/courses/red").text


def test_a_new_webhook_shows_its_secret_on_the_page_that_answers_and_never_again(
    town: Town,
) -> None:
    made = send(town, PAGE, url="https://new.example.org/", events=[GRADED, "review.asked"])
    (secret,) = set(re.findall(r"whsec_[\w+/=]+", made.text))
    assert made.headers["Cache-Control"] == "no-store"
    assert "it is shown this once" in made.text
    listed = town.get("ivo", PAGE).text
    assert "https://new.example.org/" in listed
    found = re.search(rf'href="({PAGE}/\w+)">https://new', listed)
    assert found is not None
    page = town.get("ivo", found[1]).text
    assert secret not in page + listed
    assert "Nothing was sent yet" in page
    rotated = send(town, f"{found[1]}/secret")
    (fresh,) = set(re.findall(r"whsec_[\w+/=]+", rotated.text))
    assert fresh != secret
    assert "The one before signs too" in rotated.text


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"url": "https://127.0.0.1/", "events": [GRADED]}, "not one of the public internet"),
        ({"url": "nix", "events": [GRADED]}, "This must be an address such as"),
        ({"url": "https://lms.example.org/"}, "Choose at least one event."),
        ({"url": "https://lms.example.org/", "events": ["ping"]}, "Choose at least one event."),
    ],
)
def test_a_form_that_does_not_fit_comes_back_as_it_was_with_a_word_beside_the_field(
    town: Town, fields: dict[str, object], complaint: str
) -> None:
    for address in (PAGE, make(town)):
        answer = send(town, address, **fields)
        assert answer.status_code == 422
        assert complaint in answer.text
        assert f'value="{fields["url"]}"' in answer.text


def test_a_ping_and_what_came_of_it_are_on_the_page(town: Town) -> None:
    page = make(town)
    answer = send(town, f"{page}/ping")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}?done=ping")
    shown = town.get("ivo", answer.headers["Location"]).text
    assert "A ping is sent." in shown
    assert "on its way" in shown
    settle(town, page, Tried(502, "<b>bad</b> gateway", seconds=0.5))
    shown = town.get("ivo", page).text
    assert "given up" in shown
    assert "502 · &lt;b&gt;bad&lt;/b&gt; gateway" in shown
    (again,) = re.findall(rf"{page}/deliveries/\w+/replay", shown)
    assert send(town, again).status_code == 303
    settle(town, page, Tried(200, "ok"))
    assert "delivered" in town.get("ivo", page).text


def test_a_page_shows_what_came_of_a_ping_that_was_quick(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make(town)
    monkeypatch.setattr(view, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr("time.sleep", lambda _: settle(town, page, Tried(200, "ok")))
    answer = send(town, f"{page}/ping")
    assert "delivered" in town.get("ivo", answer.headers["Location"]).text


def test_a_webhook_is_paused_let_go_on_changed_and_removed(town: Town) -> None:
    page = make(town)
    assert send(town, page, active="no").headers["Location"] == f"{page}?done=changed"
    assert "It is paused. What happens meanwhile waits" in town.get("ivo", page).text
    send(town, page, active="yes")
    assert "It is paused" not in town.get("ivo", page).text
    send(town, page, url="https://moved.example.org/", events=["review.asked"])
    shown = town.get("ivo", page).text
    assert "https://moved.example.org/" in shown
    assert re.search(r'value="review.asked" checked', shown)
    assert not re.search(rf'value="{GRADED}" checked', shown)
    assert send(town, f"{page}/remove").headers["Location"] == f"{PAGE}?done=removed"
    assert town.get("ivo", page).status_code == 404


def test_those_who_may_mend_it_see_on_the_course_that_nothing_goes_through(town: Town) -> None:
    page = make(town)
    before = town.get("ivo", "/courses/blue").text
    assert "nothing goes through" not in before
    _announce(town)
    settle(town, page, Tried(410))
    assert "A webhook is paused, as nothing goes through." in town.get("ivo", "/courses/blue").text
    assert "nothing goes through" not in town.get("cas", "/courses/blue").text
    assert "the receiver answered 410" in town.get("ivo", page).text
    assert "waits, as it is paused" in town.get("ivo", page).text
    send(town, page, active="yes")
    assert "nothing goes through" not in town.get("ivo", "/courses/blue").text


def test_what_fails_says_since_when_and_when_it_is_tried_again(town: Town) -> None:
    page = make(town)
    _announce(town)
    settle(town, page, Tried(None, problem="The connection broke off."))
    shown = town.get("ivo", page).text
    assert re.search(r"Nothing has gone through since <time datetime=", shown)
    assert re.search(r"1 try, the next one <time datetime=", shown)
    assert "The connection broke off." in shown
    assert "tried again" in shown


def _announce(town: Town) -> None:
    from grader.store.database import writing
    from grader.store.webhook.announcements import announce
    from grader.webhooks.event import Event

    with writing(town.desk.engine) as connection:
        assert announce(connection, Event.GRADED, town.work["cas"], now=datetime.now(UTC))
