"""What the service promises of its quotas: who is counted, what is told, and whom it holds up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from redis import Redis
from redis.exceptions import ConnectionError
from werkzeug.test import TestResponse

from grader.access.quotas import Quota, Quotas
from grader.app import create_app
from grader.settings import SettingError, Settings, read_settings
from tests.unit.grader.town import NOBODY, SOURCE, Town
from worker.channel import connect

Make = Callable[..., Town]


@pytest.fixture
def make(settings: Settings) -> Iterator[Make]:
    """Makes a town whose service has these rates, and no others."""
    towns: list[Town] = []

    def made(**rates: int) -> Town:
        town = Town(create_app(replace(settings, demo=False)))
        town.build()
        limited = Town(create_app(replace(settings, demo=False, **rates)))
        limited.people, limited.opened, limited.work = town.people, town.opened, town.work
        for name, client in town.clients.items():
            cookie = client.get_cookie("pushforward_session")
            assert cookie is not None
            limited.clients[name] = limited.app.test_client()
            limited.clients[name].set_cookie("pushforward_session", cookie.value)
        towns.extend((town, limited))
        return limited

    yield made
    for town in towns:
        town.desk.engine.dispose()
        town.desk.broker.close()


def submit(town: Town, who: str) -> TestResponse:
    return town.post(who, "/api/v1/submissions", {"source": SOURCE})


def test_who_sends_too_much_is_told_for_how_long_to_wait(make: Make) -> None:
    town = make(rate_submissions=3)
    answers = [submit(town, "ann") for _ in range(4)]
    assert [one.status_code for one in answers] == [202, 202, 202, 429]
    for left, answer in zip((2, 1, 0, 0), answers, strict=True):
        assert answer.headers["RateLimit-Policy"] == '"submissions";q=3;w=60'
        told = re.fullmatch(r'"submissions";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
        assert told is not None
        assert int(told[1]) == left
        assert 1 <= int(told[2]) <= 60
    refusal = answers[-1]
    assert refusal.get_json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(refusal.headers["Retry-After"]) <= 60
    assert submit(town, "bob").status_code == 202, "one does not pay for another"


def test_a_form_is_a_submission_too(make: Make) -> None:
    town = make(rate_submissions=1)
    assert submit(town, "ann").status_code == 202
    refused = town.form("ann", "/submissions", {"source": SOURCE}, headers={"Accept": "text/html"})
    assert refused.status_code == 429


def test_each_kind_of_request_is_counted_apart(make: Make) -> None:
    town = make(rate_submissions=1, rate_requests=2)
    assert submit(town, "ann").status_code == 202
    assert town.get("ann", "/api/v1/courses").status_code == 200
    assert town.get("ann", "/api/v1/exercises").status_code == 200
    refused = town.get("ann", "/api/v1/courses")
    assert refused.status_code == 429
    assert refused.headers["RateLimit-Policy"] == '"requests";q=2;w=60'
    assert submit(town, "ann").status_code == 429
    assert town.get("ann", "/courses").status_code == 200, "pages are not counted"


def test_what_is_refused_is_counted_too(make: Make) -> None:
    town = make(rate_requests=2)
    assert town.get("ann", "/api/v1/courses/blue").status_code == 404
    assert town.get("ann", "/api/v1/nix").status_code == 404
    assert town.get("ann", "/api/v1/courses/blue").status_code == 404
    assert town.get("ann", "/api/v1/courses/blue").status_code == 429


def test_who_has_not_signed_in_is_counted_by_address(make: Make) -> None:
    town = make(rate_requests=2)

    def ask(address: str) -> int:
        client = town.app.test_client()
        place = {"REMOTE_ADDR": address}
        return client.get("/api/v1/courses", environ_base=place).status_code

    assert [ask("203.0.113.7") for _ in range(3)] == [401, 401, 429]
    assert ask("203.0.113.8") == 401
    # Of IPv6 one machine has a whole network.
    codes = [ask(f"2001:db8::{number}") for number in (1, 2, 3)]
    assert codes == [401, 401, 429]


def test_health_is_never_counted(make: Make) -> None:
    town = make(rate_requests=1)
    for _ in range(4):
        answer = town.get(NOBODY, "/api/v1/health")
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers


def test_without_a_rate_nothing_is_counted(make: Make) -> None:
    town = make()
    answer = submit(town, "ann")
    assert "RateLimit" not in answer.headers
    assert "RateLimit-Policy" not in answer.headers


def test_the_demo_student_sends_for_many(settings: Settings) -> None:
    app = create_app(replace(settings, rate_submissions=1, rate_platform_submissions=7))
    try:
        answer = app.test_client().post("/api/v1/submissions", json={"source": SOURCE})
        assert answer.headers["RateLimit-Policy"] == '"submissions";q=7;w=60'
    finally:
        app.extensions["desk"].engine.dispose()
        app.extensions["desk"].broker.close()


def test_several_processes_count_together(broker: str) -> None:
    quota = Quota("several", 3)
    with connect(broker) as one, connect(broker) as another:
        first, second = Quotas(one), Quotas(another)
        taken = [counts.take(quota, "somebody") for counts in (first, second, first, second)]
    assert [left.remaining for left in taken] == [2, 1, 0, 0]
    assert [left.is_exceeded for left in taken] == [False, False, False, True]


def test_while_redis_is_away_it_is_counted_here_and_redis_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with connect("unix:///nowhere.sock") as away:
        quotas, quota, asked = Quotas(away), Quota("away", 2), list[str]()
        real = Redis.execute_command

        def noting(self: Redis, *words: object, **options: object) -> object:
            asked.append(str(words[0]))
            return real(self, *words, **options)

        monkeypatch.setattr(Redis, "execute_command", noting)
        taken = [quotas.take(quota, "somebody") for _ in range(3)]
        with pytest.raises(ConnectionError):
            away.ping()
    assert [left.is_exceeded for left in taken] == [False, False, True]
    assert len([word for word in asked if word != "PING"]) <= 2, "one that hangs costs one wait"


@pytest.mark.parametrize("name", ["SUBMISSIONS", "PLATFORM_SUBMISSIONS", "PREVIEWS", "REQUESTS"])
def test_a_rate_is_a_number_of_requests(name: str) -> None:
    variable = f"GRADER_RATE_{name}"
    assert getattr(read_settings({variable: "17"}), f"rate_{name.lower()}") == 17
    with pytest.raises(SettingError, match=variable):
        read_settings({variable: "-1"})
