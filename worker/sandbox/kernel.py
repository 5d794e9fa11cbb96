"""The few calls to the kernel that Python has no function for, made through the C library."""

from __future__ import annotations

import ctypes
import os
import platform

_libc = ctypes.CDLL(None, use_errno=True)

#: x86_64 or aarch64; the tables of system calls know these two.
MACHINE = platform.machine()

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
SECCOMP_MODE_FILTER = 2

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000


def syscall(number: int, *arguments: int | ctypes.c_void_p | ctypes.Array[ctypes.c_char]) -> int:
    """Make a system call by its number.

    Raises:
        OSError: the kernel refused; its errno says why.
    """
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result == -1:
        number_of_error = ctypes.get_errno()
        raise OSError(number_of_error, os.strerror(number_of_error))
    return result


def prctl(option: int, *arguments: int | ctypes.c_void_p) -> int:
    """Call prctl(2) and return its answer; arguments that are not given are zero, as it asks.

    Raises:
        OSError: the kernel refused.
    """
    words = [a if isinstance(a, ctypes.c_void_p) else ctypes.c_ulong(a) for a in arguments]
    words += [ctypes.c_ulong(0)] * (4 - len(words))
    result: int = _libc.prctl(ctypes.c_int(option), *words)
    if result == -1:
        number_of_error = ctypes.get_errno()
        raise OSError(number_of_error, os.strerror(number_of_error))
    return result


def unshare(flags: int) -> None:
    """Call unshare(2): leave the namespaces that `flags` name for new ones.

    Raises:
        OSError: the kernel refused.
    """
    if _libc.unshare(ctypes.c_int(flags)) == -1:
        number_of_error = ctypes.get_errno()
        raise OSError(number_of_error, os.strerror(number_of_error))
