"""What the API promises of requests that come at the same moment, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from grader.app import create_app
from grader.settings import Settings
from grader.store.course.courses import Courses
from grader.store.database import reading
from grader.store.models import RequestRow, SubmissionRow
from tests.integration.conftest import Valkey
from tests.unlimited import UNLIMITED

AT_ONCE = 8


@dataclass(frozen=True)
class Site:
    """The application on a database, and the cookie of an operator."""

    app: OpenAPI
    cookie: str

    def client(self) -> FlaskClient:
        client = self.app.test_client()
        client.set_cookie("pushforward_session", self.cookie)
        return client

    def together(self, ask: Callable[[FlaskClient, int], TestResponse]) -> list[TestResponse]:
        """What several threads are answered who ask at once."""
        start, answers = threading.Barrier(AT_ONCE), list[TestResponse]()

        def one(number: int) -> None:
            client = self.client()
            start.wait()
            answers.append(ask(client, number))

        threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


@pytest.fixture
def site(engine: Engine, database_url: str, valkey: Valkey) -> Iterator[Site]:
    settings = Settings(database_url=database_url, broker_url=valkey.url, demo=False, **UNLIMITED)
    app = create_app(settings)
    door = app.extensions["door"]
    ada = door.people.create("Ada", "ada", is_operator=True)
    yield Site(app, door.sessions.begin(ada.id))
    app.extensions["desk"].engine.dispose()
    app.extensions["desk"].broker.close()


def test_a_submission_that_is_sent_eight_times_at_once_is_stored_once(
    site: Site, engine: Engine
) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": "k1"}
    body = {"source": "def f(z): return z"}
    answers = site.together(
        lambda client, _: client.post("/api/v1/submissions", json=body, headers=headers)
    )
    assert [one.status_code for one in answers] == [202] * AT_ONCE
    assert len({one.get_json()["id"] for one in answers}) == 1
    assert sum("Idempotency-Replayed" in one.headers for one in answers) == AT_ONCE - 1
    with reading(engine) as connection:
        for table in (SubmissionRow, RequestRow):
            assert connection.scalar(select(func.count()).select_from(table)) == 1


def test_of_eight_who_have_seen_the_same_one_changes_it(site: Site, engine: Engine) -> None:
    Courses(engine).create("red", "Red")
    address = "/api/v1/courses/red"
    tag = site.client().get(address).headers["ETag"]
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": tag}
    answers = site.together(
        lambda client, number: client.patch(
            address, json={"title": f"Red {number}"}, headers=headers
        )
    )
    assert sorted(one.status_code for one in answers) == [200] + [412] * (AT_ONCE - 1)
    (changed,) = (one for one in answers if one.status_code == 200)
    assert site.client().get(address).get_json()["title"] == changed.get_json()["title"]
