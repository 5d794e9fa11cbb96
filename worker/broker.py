"""Celery's settings: how jobs travel, shared by those who send and those who take them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from celery import Celery

from worker.channel import GRADING, Role

#: A backstop only: the sandbox ends every submission long before. Celery never delivers again
#: what it killed for this, so the lease must have run out by then.
_TASK_SECONDS = 900
#: When Celery delivers again what a dead worker held. The hand-out notices long before.
VISIBILITY_SECONDS = 3600


def celery_app(broker_url: str, role: Role = GRADING) -> Celery:
    """A Celery application on the queue of `role`; results do not go through Celery.

    Args:
        broker_url: redis://…, rediss://… or unix:///path.
        role: whose queue its workers take from.
    """
    app = Celery("pushforward", broker=celery_url(broker_url), set_as_current=False)
    app.conf.update(
        task_default_queue=role.queue,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        # A task is taken off the queue when it has ended; what its process leaves behind when it
        # dies is delivered again, and worker.attempt says so instead of grading it again.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=_TASK_SECONDS,
        # A worker holds no more than it runs: what waits stays where another worker can take it.
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        # So long Celery waits for the result of a process that died; ours come another way.
        worker_lost_wait=0.2,
        # Starting the sandbox takes about a second; Celery gives up on a process after four.
        worker_proc_alive_timeout=60,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_redirect_stdouts=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_SECONDS,
            "socket_timeout": 5,
            "socket_connect_timeout": 5,
            "health_check_interval": 5,
            "unacked_restore_interval": 3,
            "unacked_restore_throttle": 1,
        },
    )
    return app


def celery_url(url: str) -> str:
    """The address in Celery's form, which differs for a unix socket: unix:///path?db=0."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"
