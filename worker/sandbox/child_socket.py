"""The child's end of its socket to the worker: whole messages, and dismissal when it closes."""

from __future__ import annotations

import os

#: The socket's descriptor; 0, 1 and 2 are /dev/null, and there are no others.
SOCKET = 3

#: Pieces up to this size are sent as one: each write wakes the worker.
_TOGETHER_BYTES = 2**16


def receive(count: int) -> bytearray:
    """Read exactly `count` bytes; the end of the stream is our dismissal, and ends the process."""
    data = bytearray(count)
    view = memoryview(data)
    got = 0
    while got < count:
        piece = _read(min(count - got, 2**20))
        if not piece:
            os._exit(0)
        view[got : got + len(piece)] = piece
        got += len(piece)
    return data


def send(pieces: list[bytes | memoryview]) -> None:
    """Send all of the pieces, one after the other; nobody to hear them is our dismissal too."""
    if sum(map(len, pieces)) <= _TOGETHER_BYTES:
        pieces = [b"".join(pieces)]
    for piece in pieces:
        view = memoryview(piece)
        while view:
            view = view[_write(view) :]


def _read(most: int) -> bytes:
    try:
        return os.read(SOCKET, most)
    except ConnectionResetError:  # closed with our last words unread
        return b""


def _write(view: memoryview) -> int:
    try:
        return os.write(SOCKET, view)
    except BrokenPipeError:
        os._exit(0)
