"""What only one service can have: its data folder and its port."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from pathlib import Path

from grader.embedded.failure import StartFailure

_BACKLOG = 512


class FolderClaim:
    """The data folder, claimed for as long as this process lives, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Make the folder, private to its owner, and claim it.

        Raises:
            StartFailure: it cannot be made, or another service holds it.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartFailure(
                f"the data folder {folder} cannot be used: {error.strerror}; "
                "set GRADER_DATA_DIR to another one"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 20).decode(errors="replace").strip()
            os.close(self._file)
            raise StartFailure(
                f"another grader (process {holder or 'unknown'}) serves from {folder}: stop it, "
                "or set GRADER_DATA_DIR to another folder"
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another service have the folder."""
        os.close(self._file)


def claim_port(host: str, port: int) -> socket.socket:
    """A listening socket; the web processes inherit it, so that requests wait while one restarts.

    Raises:
        StartFailure: the port is taken, or the host is not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise StartFailure(f"{host} is not the name of an address: {error.strerror}") from error
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            reason = (
                f"port {port} on {host} is taken: stop what uses it, or choose another one with "
                "--port N (make run ARGS='--port N')"
            )
        else:
            reason = f"{host}:{port} cannot be listened on: {error.strerror}"
        raise StartFailure(reason) from error
    return listener
