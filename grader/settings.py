"""The service's settings: read once from the environment, checked, and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from exercises.catalog.reading import COURSE
from grader.webhooks.addresses import read_allowed
from worker.environment import LOG_LEVELS, SettingError, read_environment, require
from worker.settings import cores

__all__ = ["SettingError", "Settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is read from the variable of its name: `data_dir` from GRADER_DATA_DIR."""

    #: Where the embedded service keeps its database, its queue and its lock.
    data_dir: Path = Path("var")
    #: sqlite:///file or postgresql://…; empty: a SQLite file in the data folder.
    database_url: str = ""
    #: redis://…, rediss://… or unix:///path; empty: `grader serve` starts a queue of its own.
    broker_url: str = ""
    #: A folder of exercises.
    exercises_dir: Path = COURSE
    #: How many submissions are graded at once; 0: one for each core.
    slots: int = 0
    #: How many previews run at once, in a worker of their own; 0: one for every two cores.
    live_slots: int = 0
    #: A grading that has not ended after so long is handed out again.
    lease_seconds: int = 300
    #: Threads of the web server; each open request holds one.
    threads: int = 16
    #: How many requests may wait for a report at once; the others are answered at once.
    max_waits: int = 8
    #: Names under which the service answers, beside those of the loopback interface.
    allowed_hosts: tuple[str, ...] = ()
    #: How many proxies in front of the service add to X-Forwarded-For and X-Forwarded-Proto.
    trusted_proxies: int = 0
    #: The address that people type, for links that are given away; empty: the request's own.
    public_url: str = ""
    #: Whether whoever sits at this machine is the demo student without signing in. None: where
    #: `grader serve` listens on the loopback interface for nobody else, and nowhere otherwise.
    demo: bool | None = None
    #: How many submissions a person may send a minute; 0: without end. So too for what follows.
    rate_submissions: int = 30
    #: The same for who submits for many: a platform's token, and the demo student.
    rate_platform_submissions: int = 600
    #: Requests about previews, of a person.
    rate_previews: int = 600
    #: All other requests to the API, of a person or, where nobody has signed in, of an address.
    rate_requests: int = 600
    #: The largest archive of a class that staff may send, and how many people's work it may hold.
    batch_megabytes: int = 32
    batch_files: int = 1000
    #: Hosts, addresses and networks that webhooks may be sent to although they are not on the
    #: public internet, and by plain HTTP too.
    webhook_allowed: tuple[str, ...] = ()
    #: debug, info, warning or error.
    log_level: str = "warning"

    def __post_init__(self) -> None:
        require(0 <= self.slots <= 1024, "slots", "must be from 0 to 1024")
        require(0 <= self.live_slots <= 1024, "live_slots", "must be from 0 to 1024")
        require(
            10 <= self.lease_seconds <= 86_400, "lease_seconds", "must be from 10 to 86400 seconds"
        )
        require(1 <= self.threads <= 512, "threads", "must be from 1 to 512")
        require(
            0 <= self.max_waits < self.threads,
            "max_waits",
            "must leave a thread free: from 0 to GRADER_THREADS - 1",
        )
        require(
            not self.broker_url or self.broker_url.startswith(("redis://", "rediss://", "unix://")),
            "broker_url",
            "must be redis://…, rediss://… or unix:///path",
        )
        require(
            not self.database_url or self.database_url.startswith(("sqlite:", "postgresql")),
            "database_url",
            "must be sqlite:///file or postgresql://…",
        )
        require(0 <= self.trusted_proxies <= 10, "trusted_proxies", "must be from 0 to 10")
        require(
            not self.public_url or _is_origin(self.public_url),
            "public_url",
            "must be https://name or http://name, with a port where it needs one, and no path",
        )
        require(
            not (self.demo and (self.allowed_hosts or self.trusted_proxies)),
            "demo",
            "lets in whoever sits at this machine, without a password: it can't be true together "
            "with GRADER_ALLOWED_HOSTS or GRADER_TRUSTED_PROXIES, which let others in",
        )
        for rate in ("submissions", "platform_submissions", "previews", "requests"):
            count = getattr(self, f"rate_{rate}")
            require(
                0 <= count <= 1_000_000, f"rate_{rate}", "must be from 0 (without end) to 1000000"
            )
        require(1 <= self.batch_megabytes <= 1024, "batch_megabytes", "must be from 1 to 1024")
        require(1 <= self.batch_files <= 10_000, "batch_files", "must be from 1 to 10000")
        _require_allowed(self.webhook_allowed)
        require(self.log_level in LOG_LEVELS, "log_level", f"must be of {', '.join(LOG_LEVELS)}")

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        if self.database_url:
            return self.database_url
        # Quoted: a folder may have a ? or a % in its name.
        return f"sqlite:///{quote(str(self.data_dir.absolute() / 'grader.db'))}"

    @property
    def effective_slots(self) -> int:
        """The slots, the default filled in: the cores that this process may use."""
        return self.slots or cores()


def _require_allowed(entries: tuple[str, ...]) -> None:
    try:
        read_allowed(entries)
    except ValueError as error:
        require(False, "webhook_allowed", f"takes hosts, addresses and networks: {error}")


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and bare


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingError: a variable has a bad value, or begins with GRADER_ and is none of ours.
    """
    return read_environment(Settings, os.environ if environment is None else environment)
