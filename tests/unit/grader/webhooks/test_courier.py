"""The courier: each webhook at its own pace, and none of them at the cost of the others."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from grader.dispatch.courier import FOR_FAILING, PER_FAILING, PER_WEBHOOK, THREADS, Courier
from grader.store.audit import Actor
from grader.store.course.courses import Courses
from grader.store.database import migrate, open_database, writing
from grader.store.models import WebhookRow
from grader.store.webhook.deliveries import Deliveries, Delivery, DeliveryState
from grader.store.webhook.outbox import Outbox
from grader.store.webhook.webhooks import Webhooks
from grader.webhooks.event import Event
from grader.webhooks.signing import signed_headers
from grader.webhooks.tried import Tried
from tests.patience import PATIENCE_SECONDS, until


class Internet:
    """Receivers by URL: what each of them answers, and a gate that holds some of them up."""

    def __init__(self) -> None:
        self.answers: dict[str, Tried | Exception] = {}
        self.slow: set[str] = set()
        self.gate = threading.Event()
        self.sent: list[tuple[str, dict[str, str], bytes]] = []

    def post(self, url: str, headers: list[tuple[str, str]], body: bytes) -> Tried:
        self.sent.append((url, dict(headers), body))
        if url in self.slow:
            assert self.gate.wait(PATIENCE_SECONDS)
        answer = self.answers.get(url, Tried(204))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def count(self) -> Counter[str]:
        return Counter(url for url, _, _ in self.sent)


class Post:
    """A course with webhooks, and its courier."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.webhooks, self.deliveries = Webhooks(engine), Deliveries(engine)
        self.internet = Internet()
        self.courier = Courier(engine, self.internet.post)
        Courses(engine).create("red", "Red")

    def hook(self, url: str, pings: int = 0, *, failing: bool = False) -> str:
        made, _ = self.webhooks.create("red", url, [Event.GRADED], actor=Actor())
        if failing:
            with writing(self.engine) as connection:
                mine = update(WebhookRow).where(WebhookRow.id == made.id)
                connection.execute(mine.values(failing_since=datetime.now(UTC)))
        for _ in range(pings):
            self.deliveries.ping("red", made.id)
        return made.id

    def sent(self, webhook: str) -> list[Delivery]:
        return self.deliveries.of("red", webhook, limit=1000)

    def states(self, webhook: str) -> set[DeliveryState]:
        return {one.state for one in self.sent(webhook)}


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    engine = open_database(f"sqlite:///{tmp_path / 'grader.db'}")
    migrate(engine)
    made = Post(engine)
    yield made
    made.internet.gate.set()
    assert made.courier.wait_idle(PATIENCE_SECONDS)
    engine.dispose()


def test_what_is_due_is_sent_signed_and_settled(post: Post) -> None:
    made, secret = post.webhooks.create("red", "one", [Event.GRADED], actor=Actor())
    ping = post.deliveries.ping("red", made.id)
    assert ping is not None
    assert post.courier.send_due() == 1
    assert post.courier.wait_idle(PATIENCE_SECONDS)
    ((url, headers, body),) = post.internet.sent
    assert (url, body) == ("one", ping.body.encode())
    stamp = int(headers["webhook-timestamp"])
    assert abs(stamp - datetime.now(UTC).timestamp()) < PATIENCE_SECONDS
    assert headers == dict(signed_headers((secret,), ping.event, stamp, body))
    assert post.states(made.id) == {DeliveryState.DELIVERED}
    assert post.courier.send_due() == 0


def test_a_slow_webhook_holds_up_no_other(post: Post) -> None:
    post.internet.slow = {"slow"}
    slow, quick = post.hook("slow", pings=30), post.hook("quick", pings=30)
    stop = threading.Event()
    running = threading.Thread(target=post.courier.run, args=(stop,))
    running.start()
    until(lambda: post.states(quick) == {DeliveryState.DELIVERED})
    until(lambda: post.internet.count()["slow"] >= PER_WEBHOOK)
    assert post.internet.count() == {"slow": PER_WEBHOOK, "quick": 30}
    post.internet.gate.set()
    until(lambda: post.states(slow) == {DeliveryState.DELIVERED})
    stop.set()
    running.join(PATIENCE_SECONDS)
    assert not running.is_alive()


def test_many_webhooks_that_fail_leave_room_for_one_that_works(post: Post) -> None:
    failing = [f"failing-{number}" for number in range(THREADS)]
    post.internet.slow = set(failing)
    for url in failing:
        post.hook(url, pings=3, failing=True)
    works = post.hook("works", pings=PER_WEBHOOK)
    post.courier.send_due()
    until(lambda: post.states(works) == {DeliveryState.DELIVERED})
    assert post.courier.send_due() == 0
    until(lambda: len(post.internet.sent) == PER_WEBHOOK + FOR_FAILING)
    count = post.internet.count()
    assert max(count[url] for url in failing) == PER_FAILING


def test_no_more_threads_send_than_there_may_be(post: Post) -> None:
    slow = [f"slow-{number}" for number in range(THREADS)]
    post.internet.slow = set(slow)
    for url in slow:
        post.hook(url, pings=PER_WEBHOOK)
    assert post.courier.send_due() == THREADS
    assert post.courier.send_due() == 0
    post.internet.gate.set()
    assert post.courier.wait_idle(PATIENCE_SECONDS)
    assert post.courier.send_due() >= THREADS


def test_a_try_that_breaks_off_for_a_reason_of_ours_is_made_again_after_its_lease(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    webhook = post.hook("one", pings=1)
    post.internet.answers["one"] = RuntimeError("a mistake of ours")
    post.courier.send_due()
    assert post.courier.wait_idle(PATIENCE_SECONDS)
    assert "a mistake of ours" in caplog.text
    assert post.states(webhook) == {DeliveryState.PENDING}
    later = datetime.now(UTC) + timedelta(minutes=2)
    assert [due.webhook for due in Outbox(post.engine).due(later)] == [webhook]


def test_when_it_is_told_to_stop_it_begins_nothing_more(post: Post) -> None:
    post.hook("one", pings=3)
    stop = threading.Event()
    stop.set()
    post.courier.run(stop)
    assert post.internet.sent == []


def test_operators_hear_of_what_is_given_up_and_of_what_is_paused(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    webhook = post.hook("one", pings=1)
    post.internet.answers["one"] = Tried(None, problem="Nobody answers.")
    post.courier.send_due()
    assert post.courier.wait_idle(PATIENCE_SECONDS)
    (delivery,) = post.sent(webhook)
    assert f"{delivery.id}: given up: Nobody answers." in caplog.text
