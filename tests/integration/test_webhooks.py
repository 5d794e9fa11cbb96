"""Webhooks from a student's submission to a receiver, with a dispatch that is killed on the way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import update

from grader.store.assignment.assignments import Assignments
from grader.store.audit import Actor
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import writing
from grader.store.identity.people import People
from grader.store.models import DeliveryRow
from grader.store.webhook.deliveries import Deliveries, Delivery, DeliveryState
from grader.store.webhook.webhooks import Webhooks
from grader.webhooks.event import Event
from tests.patience import PATIENCE_SECONDS


@dataclass
class Receiver:
    """A receiver as docs/api.md has it: takes nothing whose signature does not hold."""

    url: str = ""
    secret: str = ""
    #: Each delivery: its id and what it told.
    taken: list[tuple[str, Any]] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)
    #: By the number of a delivery, from 1, what it answers; otherwise 204.
    answers: dict[int, int] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)

    def take(self, headers: Any, body: bytes) -> int:
        id_, stamp = headers["webhook-id"], headers["webhook-timestamp"]
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
        expected = "v1," + base64.b64encode(digest).decode()
        recent = abs(time.time() - int(stamp)) < PATIENCE_SECONDS
        if not recent or expected not in headers["webhook-signature"].split():
            self.forged.append(id_)
            return 401
        self.taken.append((id_, json.loads(body)))
        number = len(self.taken)
        self.gate.wait(PATIENCE_SECONDS)
        return self.answers.get(number, 204)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = made.take(self.headers, body)
            try:
                self.send_response(status)
                self.end_headers()
            except OSError:
                return  # who asked is dead

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        made.gate.set()
        server.shutdown()


def due_now(road: Any) -> None:
    """Let no test wait for a lease or a pause to be over."""
    pending = update(DeliveryRow).where(DeliveryRow.state == DeliveryState.PENDING)
    with writing(road.engine) as connection:
        connection.execute(pending.values(due_at=datetime.now(UTC)))


def test_a_grade_reaches_the_receiver_whatever_dies_on_the_way(
    make_road: Callable[[str], Any], receiver: Receiver
) -> None:
    with make_road("sqlite") as road:
        Courses(road.engine).create("red", "Red")
        kim = People(road.engine).create("Kim", "kim").id
        Memberships(road.engine).put("red", kim, Role.STUDENT)
        assignment = Assignments(road.engine).assign("red", "affine", "v1").id
        hook, receiver.secret = Webhooks(road.engine).create(
            "red", receiver.url, [Event.GRADED], actor=Actor()
        )

        def sent() -> list[Delivery]:
            return Deliveries(road.engine).of("red", hook.id, limit=9)

        def is_settled() -> bool:
            return [one.state for one in sent()] == [DeliveryState.DELIVERED]

        road.start_dispatch(GRADER_WEBHOOK_ALLOWED="127.0.0.1")
        road.start_worker()
        work = road.submissions.hand_in(
            assignment, kim, exercise="affine", exercise_version="v1", source="", seed=7
        ).id
        road.until(lambda: receiver.taken)
        # It has been posted, and nothing of it is noted: this is where it hurts most.
        road.dispatch.kill()
        receiver.gate.set()
        assert [one.state for one in sent()] == [DeliveryState.PENDING]
        receiver.answers = {2: 500}
        due_now(road)
        road.start_dispatch(GRADER_WEBHOOK_ALLOWED="127.0.0.1")
        road.until(lambda: sent()[0].status == 500)
        due_now(road)
        road.until(is_settled)
        (delivery,) = sent()
        assert (delivery.tries, delivery.status) == (2, 204)
        # The same event each time, so that the receiver can drop what it has already.
        assert receiver.forged == []
        assert [id_ for id_, _ in receiver.taken] == [delivery.event] * 3
        assert len({json.dumps(told) for _, told in receiver.taken}) == 1
        assert receiver.taken[0][1]["data"]["submission"] == work
        assert receiver.taken[0][1]["data"]["verdict"] == "passed"
        assert road.dispatch.stop() == 0
