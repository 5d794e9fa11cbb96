"""What docs/ says of webhooks is so: the schema, the events, and the receiver that it gives."""

from __future__ import annotations

import http.server
import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from grader.webhooks.addresses import read_allowed
from grader.webhooks.event import Event
from grader.webhooks.patience import AGAIN_AFTER
from grader.webhooks.sending import Sender
from grader.webhooks.signing import new_secret, signed_headers
from tests.unit.grader.conftest import Service

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "api.md").read_text(encoding="utf-8").partition("\n## Webhooks\n")[2]
SECTION = PAGE.partition("\n## ")[0]


def test_the_schema_beside_the_page_is_the_one_that_is_served(service: Service) -> None:
    kept = json.loads((DOCS / "schemas" / "webhook-v1.json").read_text(encoding="utf-8"))
    assert kept == service.client.get("/schemas/webhook-v1.json").get_json()


def test_the_page_names_every_event_and_the_pauses_between_the_tries() -> None:
    assert set(re.findall(r"^\| `([\w.]+)` \|", SECTION, re.M)) == set(Event)
    said = "about 5 and 30 seconds, 2 and 10 minutes, 1 and 6 hours, and then each day"
    assert said in " ".join(SECTION.split())
    assert [pause.total_seconds() for pause in AGAIN_AFTER] == [
        *(5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600)
    ]


def test_the_receiver_that_the_page_gives_takes_ours_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", SECTION, re.S)
    old, secret = new_secret(), new_secret()
    monkeypatch.setenv("SECRET", secret)
    made: list[Any] = []

    class Server(http.server.HTTPServer):
        def __init__(self, address: tuple[str, int], handler: Any) -> None:
            assert address == ("127.0.0.1", 9000)
            handler.log_message = lambda *_: None
            super().__init__(("127.0.0.1", 0), handler)
            made.append(self)

        def serve_forever(self, poll_interval: float = 0.01) -> None:
            threading.Thread(target=super().serve_forever, args=(0.01,), daemon=True).start()

    monkeypatch.setattr(http.server, "HTTPServer", Server)
    exec(compile(code, "api.md", "exec"), {})
    (server,) = made
    post, url = Sender(read_allowed(["127.0.0.1"])).post, f"http://127.0.0.1:{server.server_port}/"
    body, now = b'{"type":"ping"}', int(time.time())
    try:
        assert post(url, signed_headers((secret,), "01a", now, body), body).status == 204
        assert post(url, signed_headers((secret, old), "01b", now, body), body).status == 204
        assert post(url, signed_headers((old,), "01c", now, body), body).status == 401
        assert post(url, signed_headers((secret,), "01d", now, b"{}"), body).status == 401
        assert post(url, signed_headers((secret,), "01e", now - 400, body), body).status == 204
    finally:
        server.shutdown()
        server.server_close()
    assert capsys.readouterr().out == "01a {'type': 'ping'}\n01b {'type': 'ping'}\n"
