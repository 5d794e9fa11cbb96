"""The dispatch as a program: records, hands out, sends and tidies up until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

from grader.dispatch.batch_runner import BatchRunner
from grader.dispatch.courier import Courier
from grader.dispatch.handout import HandOut, publisher
from grader.dispatch.herald import Herald
from grader.dispatch.housekeeping import Housekeeping
from grader.dispatch.recorder import Recorder
from grader.dispatch.regrader import Regrader
from grader.settings import SettingError, Settings, read_settings
from grader.store.assignment.closings import Closings
from grader.store.batch.handing_in import HandingIn
from grader.store.database import open_database
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.regrade.applying import Applying
from grader.webhooks.addresses import read_allowed
from grader.webhooks.sending import Sender
from worker.broker import celery_app
from worker.channel import connect
from worker.logs import log_to_stderr

log = logging.getLogger(__name__)


def main() -> int:
    """Run with the settings of the environment; the exit code. For `grader dispatch`."""
    try:
        settings = read_settings()
        if not settings.broker_url:
            raise SettingError("set GRADER_BROKER_URL to the address of the queue, redis://…")
    except SettingError as error:
        print(f"grader dispatch: {error}", file=sys.stderr)
        return 2
    log_to_stderr(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return dispatch(settings, stop)


def dispatch(settings: Settings, stop: threading.Event) -> int:
    """Record and hand out until `stop` is set. Returns 0, or 1 where one of the threads broke."""
    lease = timedelta(seconds=settings.lease_seconds)
    engine = open_database(settings.database)
    attempts, grades = Attempts(engine), Grades(engine)
    recorder = Recorder(attempts, grades, connect(settings.broker_url), name=_name(), lease=lease)
    hand_out = HandOut(
        attempts,
        grades,
        connect(settings.broker_url),
        publisher(celery_app(settings.broker_url)),
        lease=lease,
    )
    courier = Courier(engine, Sender(read_allowed(settings.webhook_allowed)).post)
    batches = BatchRunner(HandingIn(engine), connect(settings.broker_url))
    broken = threading.Event()
    threads = [
        threading.Thread(target=_guard, args=(work, stop, broken), name=name)
        for name, work in (
            ("recorder", recorder.run),
            ("hand-out", hand_out.run),
            ("courier", courier.run),
            ("regrader", Regrader(Applying(engine)).run),
            ("batch-runner", batches.run),
            ("herald", Herald(Closings(engine)).run),
            ("housekeeping", Housekeeping(engine).run),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    return 1 if broken.is_set() else 0


def _guard(
    work: Callable[[threading.Event], None], stop: threading.Event, broken: threading.Event
) -> None:
    """A half-dead dispatch is worse than a dead one, which its supervisor starts again."""
    try:
        work(stop)
    except Exception:
        log.exception("the dispatch broke and ends")
        broken.set()
        stop.set()


def _name() -> str:
    return os.environ.get("HOSTNAME") or socket.gethostname()


if __name__ == "__main__":
    sys.exit(main())
