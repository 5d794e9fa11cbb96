"""Gunicorn's settings, the same in the embedded service and in production."""

from __future__ import annotations

import threading
from typing import Any

from grader.settings import read_settings
from worker.kinship import die_with_parent
from worker.logs import log_to_stderr

_settings = read_settings()
#: After the start the names that the editor completes are gathered.
_AFTER_SECONDS = 5.0

wsgi_app = "grader.app:create_app()"
worker_class = "grader.embedded.web_worker.WebWorker"
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


def post_worker_init(worker: Any) -> None:
    """Find what the editor completes before the first page asks for it.

    A little later, as it takes a second of the processor, and others are starting as well.
    """
    from grader.web import completions

    timer = threading.Timer(_AFTER_SECONDS, completions.prepare)
    timer.daemon = True
    timer.start()
