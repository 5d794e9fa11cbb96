"""The client against the real application: it sends once, waits as it is told, and says why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from grader.client import ApiProblem, Client, Unencrypted, Unreachable, Unreadable
from grader.client.connection import retry_after
from grader.store.identity.access_tokens import Wanted
from grader.store.identity.scopes import Scope
from tests.unit.grader.town import Town

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service

URL = "http://127.0.0.1:8000"
SOURCE = "def f(z):\n    return z\n"
Step = Callable[[httpx.Request], httpx.Response | None]


class Road(httpx.BaseTransport):
    """The road to an application, on which one thing after the other may go wrong."""

    def __init__(self, app: Any, *before: Step) -> None:
        self._app = httpx.WSGITransport(app, remote_addr="127.0.0.1")
        self._before = list(before)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._before.pop(0)(request) if self._before else None
        return answer or self._app.handle_request(request)

    def lost(self, request: httpx.Request) -> httpx.Response:
        """It arrives, and the answer does not."""
        self._app.handle_request(request).read()
        raise httpx.ReadError("Connection reset by peer")


def refused(status: int, name: str, **headers: str) -> Step:
    """The server says no."""
    body = {
        "type": f"/problems/{name}",
        "title": "No",
        "status": status,
        "detail": "Not now.",
        "request_id": "r",
    }
    kind = {"Content-Type": "application/problem+json"}
    return lambda _: httpx.Response(status, json=body, headers=kind | headers)


def unplugged(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("Connection refused")


class Naps(list[float]):
    """The pauses that a client would have made."""


def client(road: httpx.BaseTransport, naps: Naps | None = None, **kept: Any) -> Client:
    pauses = Naps() if naps is None else naps
    return Client(URL, transport=road, sleep=pauses.append, **kept)


def by(town: Town, who: str, scope: Scope = Scope.STUDENT) -> Client:
    _, secret = town.door.tokens.make(town.people[who].id, Wanted("mine", scope, None))
    return Client(URL, secret, transport=Road(town.app))


def test_a_program_is_sent_graded_and_read(service: Service) -> None:
    def grade(request: httpx.Request) -> None:
        assert request.headers["Prefer"] == "wait=30"
        service.hand_out()
        (id_,) = [one.id for one in client(Road(service.app)).submissions()]
        service.begin(id_)
        service.record(id_, service.report())

    road = Road(service.app, lambda _: None, grade)
    naps = Naps()
    found = client(road, naps).submit(SOURCE, exercise="playground", wait=0)
    assert (found.state, found.report, found.is_graded) == ("accepted", None, False)
    graded = client(road, naps).wait(found.id, 60)
    assert graded.is_graded
    assert graded.report == service.report(figures=graded.report.figures if graded.report else [])
    assert naps == []
    assert client(road).source(found.id).decode() == SOURCE
    assert b'"verdict": "passed"' in client(road).results(found.id)
    assert client(road).bundle(found.id).startswith(b"PK")


def test_who_one_is_and_what_there_is(town: Town) -> None:
    with by(town, "ann") as ann:
        me = ann.me()
        assert (me.name, me.roles, me.token and me.token.scope) == (
            "Ann",
            {"red": "student"},
            "student",
        )
        assert [course.id for course in ann.courses()] == ["red"]
        (asked,) = ann.assignments("red")
        assert (asked.exercise, asked.standing.phase) == ("affine", "open")
        assert ann.assignment(asked.id).asked.slug == "affine"
        assert "affine" in {one.slug for one in ann.exercises()}
        assert "f" in ann.exercise("affine").starter
        assert [one.id for one in ann.submissions(assignment=asked.id)] == [town.work["ann"]]


def test_staff_read_the_overview_and_grade_again(town: Town) -> None:
    with by(town, "tess", Scope.TA) as tess:
        assert {member.name for member in tess.members("red")} == {"Ann", "Bob", "Tess"}
        overview = tess.overview("red", q="an")
        assert [student.name for student in overview.items] == ["Ann"]
        assert overview.items[0].cells[0].latest == town.work["ann"]
        with pytest.raises(ApiProblem) as caught:
            tess.regrade(town.opened["blue"].id)
        assert (caught.value.status, caught.value.name) == (404, "not-found")


def test_a_platform_brings_in_and_submits_for_a_student_once(town: Town) -> None:
    _, secret = town.door.tokens.make_for_platform(Wanted("Canvas", Scope.PLATFORM, "red"))
    with Client(URL, secret, transport=Road(town.app)) as platform:
        kim = platform.bring_in("red", "Kim Noor", {"canvas_id": "4711"})
        assert platform.bring_in("red", "Kim Noor", {"canvas_id": "4711"}).person == kim.person
        sent = {
            platform.submit(
                SOURCE,
                assignment=town.opened["red"].id,
                on_behalf_of="canvas_id:4711",
                idempotency_key="row-17",
            ).id
            for _ in range(2)
        }
        assert len(sent) == 1
        assert platform.submission(sent.pop()).student == kim.person


def test_all_pages_of_a_list_are_read(service: Service) -> None:
    sent = [service.submit(), service.submit(), service.submit()]
    road = Road(service.app)

    class Short(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.url = request.url.copy_set_param("limit", "1")
            return road.handle_request(request)

    assert {one.id for one in client(Short()).submissions()} == set(sent)
    assert len(road.requests) >= 3


def test_a_lost_answer_does_not_send_twice(service: Service) -> None:
    road = Road(service.app)
    road._before = [unplugged, road.lost]
    naps = Naps()
    found = client(road, naps).submit(SOURCE)
    keys = {request.headers["Idempotency-Key"] for request in road.requests}
    assert (len(road.requests), len(keys), len(naps)) == (3, 1, 2)
    assert [one.id for one in client(road).submissions()] == [found.id]
    assert client(road).submit(SOURCE).id != found.id  # another call is another submission


def test_too_many_requests_are_sent_again_when_the_server_says(service: Service) -> None:
    naps = Naps()
    road = Road(service.app, refused(429, "too-many-requests", **{"Retry-After": "7"}))
    client(road, naps).submit(SOURCE)
    assert naps == [7.0]


def test_pauses_grow_and_patience_ends(service: Service) -> None:
    naps = Naps()
    road = Road(service.app, *[refused(503, "store-unavailable")] * 50)
    with pytest.raises(ApiProblem, match="Not now"):
        client(road, naps, patience=60.0).me()
    assert 40 < sum(naps) <= 60
    assert naps[0] <= 0.5 < naps[2] < max(naps) <= 15
    road = Road(service.app, *[unplugged] * 50)
    with pytest.raises(Unreachable, match="Connection refused"):
        client(road, Naps(), patience=3.0).me()


@pytest.mark.parametrize(("status", "name"), [(429, "cooling-down"), (409, "closed"), (500, "x")])
def test_a_refusal_is_told_at_once(service: Service, status: int, name: str) -> None:
    naps = Naps()
    road = Road(service.app, refused(status, name, **{"Retry-After": "1"}))
    with pytest.raises(ApiProblem) as caught:
        client(road, naps).submit(SOURCE)
    assert (caught.value.status, caught.value.name, caught.value.retry_after) == (status, name, 1)
    assert naps == []


@pytest.mark.parametrize(
    ("detail", "said"),
    [("Not here.", "Not here."), ("Ask later.", "Not here. Ask later."), ("", "Not here.")],
)
def test_a_problem_says_nothing_twice(detail: str, said: str) -> None:
    assert str(ApiProblem(404, "/problems/not-found", "Not here", detail, "1")) == said


def test_a_problem_says_which_field(service: Service) -> None:
    with pytest.raises(ApiProblem) as caught:
        client(Road(service.app)).submit(SOURCE, exercise="x" * 65)
    assert [error.pointer for error in caught.value.errors] == ["#/exercise"]
    assert "exercise: " in str(caught.value)
    with pytest.raises(ApiProblem) as caught:
        client(Road(service.app)).submit(SOURCE, exercise="nix")
    assert caught.value.name == "unknown-exercise"


def test_where_the_server_does_not_wait_the_client_does_as_told(service: Service) -> None:
    id_ = service.submit()
    shown = service.get(id_).get_json()
    naps = Naps()

    def busy(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=shown, headers={"Retry-After": "4"})

    def done(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=shown | {"state": "graded"})

    assert client(Road(service.app, busy, busy, done), naps).wait(id_, 100).is_graded
    assert naps == [4.0, 4.0]
    assert not client(Road(service.app, busy), naps).wait(id_, 0).is_graded


def test_a_new_field_is_passed_over(service: Service) -> None:
    shown = service.get(service.graded()).get_json()
    shown["colour"] = "red"
    shown["report"]["findings"][0]["colour"] = "red"
    road = Road(service.app, lambda _: httpx.Response(200, json=shown))
    assert client(road).submission(shown["id"]).is_graded


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<h1>Welcome</h1>"),
        httpx.Response(404, text="nginx"),
        httpx.Response(301, headers={"Location": "https://elsewhere.test/"}),
    ],
)
def test_what_is_no_server_of_ours_is_said_to_be_none(answer: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        client(httpx.MockTransport(lambda _: answer)).me()


def test_a_token_goes_nowhere_else(service: Service) -> None:
    with pytest.raises(Unencrypted):
        Client("http://grader.example.org", "pf_x")
    Client("http://grader.example.org", "pf_x", allow_http=True).close()
    page = {"items": [], "next": "https://evil.test/api/v1/submissions"}
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json=page)

    with (
        Client("https://grader.test", "pf_x", transport=httpx.MockTransport(answer)) as held,
        pytest.raises(Unreadable, match="another server"),
    ):
        list(held.submissions())
    assert asked == ["grader.test"]


@pytest.mark.parametrize("url", ["grader.test", "ftp://x.test", "https://a:b@x.test", "https://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(url)


def test_an_id_is_one_part_of_a_path() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, text=request.url.raw_path.decode())

    held = client(httpx.MockTransport(answer))
    with pytest.raises(ValueError, match="no id"):
        held.submission("..")
    asked: list[bytes] = []
    held = client(httpx.MockTransport(lambda r: asked.append(r.url.raw_path) or answer(r)))  # type: ignore[func-returns-value]
    with pytest.raises(Unreadable):
        held.submission("a/../b?c")
    assert asked == [b"/api/v1/submissions/a%2F..%2Fb%3Fc"]


def test_a_path_in_the_address_of_a_server_is_kept() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"items": [], "next": None})

    transport = httpx.MockTransport(answer)
    with Client("https://grader.test/flows/", transport=transport) as held:
        held.courses()
    assert asked == ["/flows/api/v1/courses"]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("3", 3.0), ("Sat, 01 Jan 2028 00:00:10 GMT", 10.0), ("soon", None), ("", None), ("-1", None)],
)
def test_retry_after_is_seconds_or_a_date(said: str, seconds: float | None) -> None:
    answer = httpx.Response(503, headers={"Retry-After": said})
    assert retry_after(answer, datetime(2028, 1, 1, tzinfo=UTC)) == seconds
