"""Landlock: gives up every right to files, and to TCP and signals where the kernel knows them."""

from __future__ import annotations

import ctypes
import os
import struct

from worker.sandbox import kernel

# The same numbers on every machine (they came after the tables were unified).
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION_FLAG = 1

#: Rights to files that each version of the interface handles (linux/landlock.h).
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
#: Binding and connecting TCP sockets, from version 4.
_NETWORK_RIGHTS = 0b11
#: Abstract UNIX sockets and signals to others, from version 6.
_SCOPES = 0b11


def version() -> int:
    """The version of Landlock that this kernel offers; 0 where it has none."""
    try:
        return kernel.syscall(_CREATE_RULESET, ctypes.c_void_p(None), 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict() -> None:
    """Handle every right and grant none. Needs no_new_privs.

    Raises:
        OSError: the kernel refused.
    """
    offered = version()
    attributes = struct.pack(
        "QQQ",
        _FILE_RIGHTS[max(v for v in _FILE_RIGHTS if v <= max(offered, 1))],
        _NETWORK_RIGHTS if offered >= 4 else 0,
        _SCOPES if offered >= 6 else 0,
    )
    # Older kernels take the shorter structures that they know.
    size = 8 if offered < 4 else 16 if offered < 6 else 24
    ruleset = kernel.syscall(
        _CREATE_RULESET, ctypes.create_string_buffer(attributes[:size], size), size, 0
    )
    try:
        kernel.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
