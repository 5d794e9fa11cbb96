"""`grader serve`: the whole service here, until it is told to stop."""

from __future__ import annotations

import http.client
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from redis.exceptions import RedisError

from grader.dispatch.capacity import live_workers
from grader.embedded import programs, valkey
from grader.embedded.claims import FolderClaim, claim_port
from grader.embedded.failure import StartFailure
from grader.embedded.supervisor import Supervisor
from grader.settings import Settings
from grader.store.database import migrate, open_database
from worker.channel import connect
from worker.logs import log_to_stderr

#: A limit for what is broken: where much else runs, each step of a start takes many times as long.
_START_SECONDS = 180
#: Not so little that on a busy machine each question is given up before its answer, and only adds
#: to what the web server has to do; nor so much that whoever ends a start waits for long.
_ANSWER_SECONDS = 3.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


#: What to do once all is there: with the supervisor, which runs on meanwhile, and the address.
WhenReady = Callable[[Supervisor, str], None]


def serve(host: str, port: int, settings: Settings, *, when_ready: WhenReady | None = None) -> int:
    """Run web, worker, dispatch and a private Valkey here; nothing is left when this returns.

    Args:
        host: the address to listen on.
        port: the port; 0 takes a free one.
        settings: those of the service.
        when_ready: done between the greeting and the end; it returns soon, or lets the supervisor
            wait (`Supervisor.wait_until`).

    Returns:
        0 when it was told to stop, 3 when it could not start (the reason is on stderr).
    """
    log_to_stderr(settings.log_level)
    supervisor = Supervisor()
    supervisor.listen_to_signals()
    began = time.monotonic()
    try:
        folder = settings.data_dir.absolute()
        claim = FolderClaim(folder)
        try:
            listener = claim_port(host, port)
            try:
                chosen = _absolute(settings, folder, host)
                _start(supervisor, chosen, folder, listener.fileno())
                address = _address(host, listener.getsockname()[1])
                _wait_until_ready(supervisor, chosen, host, listener.getsockname()[1])
                if not supervisor.stopping:
                    took = time.monotonic() - began
                    print(greeting(address, took, demo=bool(chosen.demo)), flush=True)
                    if when_ready is not None:
                        when_ready(supervisor, address)
                supervisor.run()
            finally:
                supervisor.stop()
                listener.close()
                valkey.tidy(folder, valkey.socket_path(folder))
        finally:
            claim.release()
    except StartFailure as failure:
        print(f"grader serve: {failure}", file=sys.stderr)
        return 3
    return 0


def _absolute(settings: Settings, folder: Path, host: str) -> Settings:
    """The settings with every default filled in, as the children read them from elsewhere."""
    broker_url = settings.broker_url or valkey.url(valkey.socket_path(folder))
    hosts = settings.allowed_hosts
    if host not in (*_LOOPBACK, *_EVERYWHERE):
        hosts = (*hosts, host)
    demo = _demo(settings, host)
    return replace(
        settings,
        data_dir=folder,
        database_url=settings.database,
        broker_url=broker_url,
        exercises_dir=settings.exercises_dir.absolute(),
        allowed_hosts=hosts,
        demo=demo,
    )


def _demo(settings: Settings, host: str) -> bool:
    """Whether whoever sits here is the demo student: where nobody else can reach the service.

    Raises:
        StartFailure: it was asked for, and others could reach the service.
    """
    alone = host in _LOOPBACK
    if settings.demo and not alone:
        raise StartFailure(
            f"the demo student needs no password, so it is for this machine alone, and {host} can "
            "be reached by others: leave out --host, or the demo (--no-demo, GRADER_DEMO=false)"
        )
    if settings.demo is None:
        return alone and not settings.allowed_hosts and not settings.trusted_proxies
    return settings.demo


def _start(supervisor: Supervisor, settings: Settings, folder: Path, listener: int) -> None:
    """Start all, what the others rest on first; they end in the opposite order."""
    own_queue = valkey.url(valkey.socket_path(folder)) == settings.broker_url
    if own_queue:
        command = valkey.command(folder, valkey.socket_path(folder))
        supervisor.add(programs.valkey(command, folder))
    engine = open_database(settings.database)
    migrate(engine)
    engine.dispose()
    supervisor.wait_until(
        lambda: valkey.is_ready(settings.broker_url), seconds=_START_SECONDS, what="the queue"
    )
    if not supervisor.stopping:
        supervisor.add(programs.dispatch(settings, folder))
        supervisor.add(programs.worker(settings, folder))
        supervisor.add(programs.live(settings, folder))
        supervisor.add(programs.web(settings, folder, listener))


def _wait_until_ready(supervisor: Supervisor, settings: Settings, host: str, port: int) -> None:
    redis = connect(settings.broker_url)
    loopback = _EVERYWHERE.get(host, host)
    supervisor.wait_until(
        lambda: _answers(loopback, port), seconds=_START_SECONDS, what="the web server"
    )

    def worker_is_there() -> bool:
        try:
            return bool(live_workers(redis))
        except RedisError:
            return False

    supervisor.wait_until(worker_is_there, seconds=_START_SECONDS, what="the worker")
    redis.close()


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/api/v1/health")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _address(host: str, port: int) -> str:
    shown = _EVERYWHERE.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def greeting(address: str, seconds: float, *, demo: bool) -> str:
    """Where it is, and what to try first there; `seconds` are those that the start took."""
    ready = f"The grader serves on {address} (ready after {seconds:.1f} s; Ctrl-C stops it)."
    if not demo:
        return f"""
{ready}

  Everybody signs in there. `grader courses --help` says how to make a course, and the link by
  which people join it.
"""
    return f"""
{ready} Try:

  open {address} in a browser, or send an f from here:

  curl -s {address}/api/v1/submissions -H 'Content-Type: application/json' \\
       -H 'Prefer: wait=10' -d '{{"source": "def f(z):\\n    return 2 * z + 1"}}'
"""
