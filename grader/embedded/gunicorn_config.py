"""Gunicorn's settings, the same in the embedded service and in production."""

from __future__ import annotations

from typing import Any

from grader.settings import read_settings
from worker.kinship import die_with_parent
from worker.logs import log_to_stderr

_settings = read_settings()

wsgi_app = "grader.app:create_app()"
worker_class = "gthread"
# One process: the cap on waiting requests is counted in it. The graders take the cores.
workers = 1
threads = _settings.threads
loglevel = _settings.log_level
graceful_timeout = 5
# Who a request comes from, and by which scheme, is for GRADER_TRUSTED_PROXIES alone to say.
forwarded_allow_ips = ""
# A page of another origin must not reach it, and nothing here uses it.
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    """Leave no web process behind, however its parent ends."""
    die_with_parent(server.pid)
    log_to_stderr(_settings.log_level)
