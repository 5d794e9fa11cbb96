"""The allow-list of system calls, as a BPF program that the kernel runs before each call."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct
from collections.abc import Iterator, Mapping, Sequence

from worker.sandbox import kernel

# What a filter may answer (linux/seccomp.h).
KILL_PROCESS = 0x80000000
ALLOW = 0x7FFF0000
DENY = 0x00050000 | errno.EPERM

# BPF instructions (linux/bpf_common.h) over struct seccomp_data.
_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_SET = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_NUMBER_OFFSET, _ARCH_OFFSET, _ARGUMENTS_OFFSET = 0, 4, 16

_PROT_EXEC = 4
#: What locks need of futex(2): wait and wake, plain or by bitset, private or not. The rest
#: (priority inheritance, requeue) is where most of its holes have been.
_FUTEX_OPERATIONS = (0, 1, 9, 10)
_FUTEX_COMMAND_MASK = 0x7F
#: Numbers from here on are the x32 calls of an x86_64 kernel: another door to the same calls.
_X32_BIT = 0x40000000

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

#: System call numbers by machine (asm/unistd_64.h, asm-generic/unistd.h).
NUMBERS: Mapping[str, Mapping[str, int]] = {
    "x86_64": {
        "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6,
        "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13,
        "rt_sigprocmask": 14, "rt_sigreturn": 15, "ioctl": 16, "access": 21, "sched_yield": 24,
        "mremap": 25, "madvise": 28, "getpid": 39, "fcntl": 72, "getdents": 78, "getcwd": 79,
        "chdir": 80, "readlink": 89, "statfs": 137, "fstatfs": 138, "gettid": 186, "futex": 202,
        "getdents64": 217, "restart_syscall": 219, "clock_gettime": 228, "exit_group": 231,
        "tgkill": 234, "openat": 257, "newfstatat": 262, "readlinkat": 267, "faccessat": 269,
        "getrandom": 318, "statx": 332, "openat2": 437, "faccessat2": 439,
    },
    "aarch64": {
        "getcwd": 17, "fcntl": 25, "ioctl": 29, "statfs": 43, "fstatfs": 44, "faccessat": 48,
        "chdir": 49, "openat": 56, "close": 57, "getdents64": 61, "lseek": 62, "read": 63,
        "write": 64, "readlinkat": 78, "newfstatat": 79, "fstat": 80, "exit_group": 94,
        "futex": 98, "clock_gettime": 113, "sched_yield": 124, "restart_syscall": 128,
        "tgkill": 131, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139,
        "getpid": 172, "gettid": 178, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222,
        "mprotect": 226, "madvise": 233, "getrandom": 278, "statx": 291, "openat2": 437,
        "faccessat2": 439,
    },
}  # fmt: skip

#: What numpy, scipy.linalg and scipy.special need once they are loaded.
_ALLOWED = (
    "brk", "munmap", "mremap", "madvise", "clock_gettime", "getrandom", "sched_yield",
    "getpid", "gettid", "exit_group", "rt_sigreturn", "restart_syscall",
)  # fmt: skip
#: Allowed on the child's own socket only.
_ON_SOCKET = ("read", "write")
#: Allowed without PROT_EXEC: no new machine code.
_NOT_EXECUTABLE = ("mmap", "mprotect")
#: Answered with EPERM, because honest libraries try them and go on when they are refused.
#: The signal calls are here because abort() makes them, and a handler could outlive a time limit.
_DENIED = (
    "open", "openat", "openat2", "stat", "lstat", "fstat", "newfstatat", "statx", "access",
    "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "chdir", "getdents",
    "getdents64", "statfs", "fstatfs", "lseek", "close", "ioctl", "fcntl", "rt_sigaction",
    "rt_sigprocmask",
)  # fmt: skip


def supported() -> bool:
    """Whether there is a table of system calls for this machine."""
    return kernel.MACHINE in NUMBERS


def install(*, socket: int) -> None:
    """Confine this process, for good, to the allow-list; `socket` is its one descriptor.

    Needs no_new_privs. Everything that is neither allowed nor denied ends the process (SIGSYS).

    Raises:
        OSError: the kernel refused the filter.
    """
    program = b"".join(_program(kernel.MACHINE, socket=socket, own_pid=os.getpid()))
    instructions = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: a 16-bit count, padding, and a pointer.
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    holder = ctypes.create_string_buffer(header, len(header))
    address = ctypes.c_void_p(ctypes.addressof(holder))
    kernel.prctl(kernel.PR_SET_SECCOMP, kernel.SECCOMP_MODE_FILTER, address)


def _program(machine: str, *, socket: int, own_pid: int) -> Iterator[bytes]:
    numbers = NUMBERS[machine]
    yield _instruction(_LOAD, _ARCH_OFFSET)
    yield _instruction(_JUMP_EQUAL, _AUDIT_ARCH[machine], 1, 0)
    yield _instruction(_RETURN, KILL_PROCESS)
    yield _instruction(_LOAD, _NUMBER_OFFSET)
    if machine == "x86_64":
        yield _instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1)
        yield _instruction(_RETURN, KILL_PROCESS)
    for name in _ON_SOCKET:
        yield from _when_argument(numbers[name], 0, _JUMP_EQUAL, socket, ALLOW, DENY)
    for name in _NOT_EXECUTABLE:
        yield from _when_argument(numbers[name], 2, _JUMP_SET, _PROT_EXEC, KILL_PROCESS, ALLOW)
    yield from _futex(numbers["futex"])
    yield from _abort_only(numbers["tgkill"], own_pid)
    yield from _answer(numbers, _ALLOWED, ALLOW)
    yield from _answer(numbers, _DENIED, DENY)
    yield _instruction(_RETURN, KILL_PROCESS)


def _answer(numbers: Mapping[str, int], names: Sequence[str], action: int) -> Iterator[bytes]:
    for name in names:
        if name in numbers:  # aarch64 has no open, stat, access, …: only the *at forms
            yield _instruction(_JUMP_EQUAL, numbers[name], 0, 1)
            yield _instruction(_RETURN, action)


def _when_argument(
    number: int, argument: int, test: int, value: int, then: int, otherwise: int
) -> Iterator[bytes]:
    """Answer call `number` by its argument's low word; all that are tested here are 32-bit."""
    yield _instruction(_JUMP_EQUAL, number, 0, 4)
    yield _instruction(_LOAD, _ARGUMENTS_OFFSET + 8 * argument)
    yield _instruction(test, value, 0, 1)
    yield _instruction(_RETURN, then)
    yield _instruction(_RETURN, otherwise)


def _futex(number: int) -> Iterator[bytes]:
    count = len(_FUTEX_OPERATIONS)
    yield _instruction(_JUMP_EQUAL, number, 0, 4 + count)
    yield _instruction(_LOAD, _ARGUMENTS_OFFSET + 8)
    yield _instruction(_AND, _FUTEX_COMMAND_MASK)
    for index, operation in enumerate(_FUTEX_OPERATIONS):
        yield _instruction(_JUMP_EQUAL, operation, count - index, 0)
    yield _instruction(_RETURN, KILL_PROCESS)
    yield _instruction(_RETURN, ALLOW)


def _abort_only(number: int, own_pid: int) -> Iterator[bytes]:
    """tgkill is for abort(): SIGABRT, to itself.

    A SIGKILL that a child sends itself would look like one of the machine's, and our failure.
    """
    yield _instruction(_JUMP_EQUAL, number, 0, 6)
    yield _instruction(_LOAD, _ARGUMENTS_OFFSET)
    yield _instruction(_JUMP_EQUAL, own_pid, 0, 3)
    yield _instruction(_LOAD, _ARGUMENTS_OFFSET + 16)
    yield _instruction(_JUMP_EQUAL, signal.SIGABRT, 0, 1)
    yield _instruction(_RETURN, ALLOW)
    yield _instruction(_RETURN, KILL_PROCESS)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
