"""What the web server can not read as HTTP is answered as the interface answers: a problem."""

from __future__ import annotations

import json
import logging
import os
import socket
from http.client import HTTPResponse
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidHeader, LimitRequestHeaders, LimitRequestLine
from gunicorn.util import load_class

from grader.desks.problems import PROBLEM_TYPES
from grader.embedded.web_worker import WebWorker


def answered(exc: BaseException) -> tuple[HTTPResponse, Any]:
    """What a client gets on whose request gunicorn's worker raises this."""
    app = SimpleNamespace(cfg=Config())
    log = logging.getLogger("test")
    worker = WebWorker(1, os.getpid(), [], app, 30, app.cfg, log)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        worker.handle_error(None, ours, ("127.0.0.1", 4711), exc)
        ours.shutdown(socket.SHUT_WR)
        response = HTTPResponse(theirs)
        response.begin()
        body = response.read()
        assert theirs.recv(1) == b"", "one answer, as long as it says"
    worker.tmp.close()
    assert response.getheader("Content-Type") == "application/problem+json"
    assert response.getheader("Connection") == "close"
    return response, json.loads(body)


@pytest.mark.parametrize(
    ("exc", "status", "said"),
    [
        (LimitRequestLine(5000, 4094), 414, "too long"),
        (LimitRequestHeaders("limit request headers fields size"), 431, "too many headers"),
        (InvalidHeader("<script>"), 400, "can not be read"),
    ],
)
def test_what_can_not_be_read_is_a_problem(exc: BaseException, status: int, said: str) -> None:
    response, body = answered(exc)
    assert response.status == body["status"] == status
    assert said in body["detail"]
    assert "<script>" not in json.dumps(body)
    known = {kind.path for kind in PROBLEM_TYPES.values()} | {"about:blank"}
    assert body["type"] in known
    assert body.keys() == {"type", "title", "status", "detail", "request_id"}


def test_a_failure_of_the_server_is_one_too() -> None:
    response, body = answered(RuntimeError("a secret"))
    assert (response.status, body["detail"]) == (500, "Something went wrong on our side.")


def test_the_server_runs_with_it() -> None:
    from grader.embedded import gunicorn_config

    assert load_class(gunicorn_config.worker_class) is WebWorker
