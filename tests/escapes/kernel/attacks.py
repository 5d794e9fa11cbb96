"""Attacks on the kernel wall as data: what runs in a child whose language wall has fallen.

Each is tried twice (test_kernel_wall.py): behind the wall, where it is stopped for its cause, and
with the filter off, where it must reach the kernel: an attack that fails by itself tests nothing.
So all of them are harmless where they get through: invalid arguments, signal 0, a process that is
thrown away. Those that cannot be made harmless say why.
"""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass

MACHINE = platform.machine()

#: System calls that no wrapper of Python or of the C library makes (asm/unistd_64.h,
#: asm-generic/unistd.h); an attack whose call a machine does not have is left out there.
NUMBERS = {
    "x86_64": {
        "rt_sigreturn": 15, "clone": 56, "capset": 126, "modify_ldt": 154, "pivot_root": 155,
        "arch_prctl": 158, "settimeofday": 164, "reboot": 169, "ioperm": 173, "init_module": 175,
        "futex": 202, "timer_create": 222, "tgkill": 234, "mq_open": 240, "kexec_load": 246,
        "add_key": 248, "keyctl": 250, "perf_event_open": 298, "prlimit64": 302,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "process_vm_readv": 310,
        "process_vm_writev": 311, "seccomp": 317, "bpf": 321, "execveat": 322, "userfaultfd": 323,
        "pkey_mprotect": 329, "io_uring_setup": 425, "clone3": 435, "openat2": 437,
        "landlock_create_ruleset": 444, "process_madvise": 440, "memfd_secret": 447,
        "futex_waitv": 449, "x32_getpid": 0x40000000 + 39,
    },
    "aarch64": {
        "capset": 91, "futex": 98, "kexec_load": 104, "init_module": 105, "timer_create": 107,
        "tgkill": 131, "rt_sigreturn": 139, "reboot": 142, "settimeofday": 170, "mq_open": 180,
        "add_key": 217, "keyctl": 219, "clone": 220, "perf_event_open": 241, "prlimit64": 261,
        "name_to_handle_at": 264, "open_by_handle_at": 265, "process_vm_readv": 270,
        "process_vm_writev": 271, "seccomp": 277, "bpf": 280, "execveat": 281,
        "userfaultfd": 282, "pkey_mprotect": 288, "io_uring_setup": 425, "clone3": 435,
        "openat2": 437, "process_madvise": 440, "landlock_create_ruleset": 444,
        "memfd_secret": 447, "futex_waitv": 449, "pivot_root": 41,
    },
}.get(MACHINE, {})  # fmt: skip

#: Calls that a kernel may be built without (CONFIG_MODULES, CONFIG_KEXEC, …).
_OPTIONAL = frozenset(
    """acct add_key bpf fanotify init_module inotify io_uring_setup ioperm kexec_load keyctl
    landlock_again memfd_secret modify_ldt mq_open msgget name_to_handle_at open_by_handle_at
    perf_event_open process_madvise process_vm_readv process_vm_writev seccomp_again semget shmat
    shmget socket_packet swapoff syslog userfaultfd""".split()
)

#: What every attack finds: `call` makes a system call and raises what the kernel answers.
PRELUDE = f"""
import os, ctypes, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
NR = {NUMBERS!r}
def checked(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), 'the kernel said no')
    return result
def call(number, *arguments):
    return checked(libc.syscall(ctypes.c_long(number), *arguments))
def nap(seconds):
    time = (ctypes.c_long * 2)(int(seconds), int(seconds % 1 * 1e9))
    libc.syscall(ctypes.c_long(NR['futex']), ctypes.byref(ctypes.c_int(0)), 0, 0, time, 0, 0)
def packed(values=b'', **fields):
    from worker.sandbox import wire
    return b''.join(bytes(piece) for piece in wire.pack_answer(wire.Record(**fields), values))
"""


@dataclass(frozen=True, slots=True)
class Attack:
    """What one attack runs inside of f."""

    name: str
    body: str
    #: Why it is not tried with the filter off; "" where it is.
    not_tried: str = ""

    @property
    def is_optional(self) -> bool:
        """Whether a kernel may be built without that call, and then answers ENOSYS."""
        return self.name in _OPTIONAL

    @property
    def is_possible(self) -> bool:
        """Whether this machine has the calls that it makes."""
        return all(name in NUMBERS for name in re.findall(r"NR\['(\w+)'\]", self.body))


def _attacks(bodies: dict[str, str], not_tried: dict[str, str]) -> tuple[Attack, ...]:
    made = (Attack(name, body, not_tried.get(name, "")) for name, body in bodies.items())
    return tuple(attack for attack in made if attack.is_possible)


#: Calls that no function of z needs: the filter ends the process (SIGSYS).
KILLED = _attacks(
    {
        "socket_inet": "socket.socket(socket.AF_INET)",
        "socket_inet6": "socket.socket(socket.AF_INET6)",
        "socket_unix": "socket.socket(socket.AF_UNIX)",
        "socket_netlink": "socket.socket(socket.AF_NETLINK)",
        "socket_packet": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "socket_vsock": "socket.socket(40, socket.SOCK_STREAM)",
        "socket_alg": "socket.socket(38, socket.SOCK_SEQPACKET)",
        "socketpair": "socket.socketpair()",
        "bind_abstract": "checked(libc.bind(3, b'\\x01\\x00\\x00x', 4))",
        "connect": "checked(libc.connect(3, b'\\x01\\x00\\x00x', 4))",
        "listen": "checked(libc.listen(3, 1))",
        "accept": "checked(libc.accept(0, 0, 0))",
        "shutdown": "checked(libc.shutdown(0, 2))",
        "setsockopt": "checked(libc.setsockopt(3, 1, 999, 0, 0))",
        "fork": "process = os.fork()\nif not process: os._exit(0)",
        "vfork": "libc.vfork()",
        "clone": "if not call(NR['clone'], 0x11, 0, 0, 0, 0): os._exit(0)",
        "clone3": "call(NR['clone3'], 0, 0)",
        "thread": "import _thread; _thread.start_new_thread(len, ('',))",
        "execve": "os.execv('', ['sh'])",
        "execveat": "call(NR['execveat'], 3, 0, 0, 0, 0x1000)",
        "kill_all": "os.kill(-1, 0)",
        "kill_parent": "os.kill(os.getppid(), 0)",
        "kill_init": "os.kill(1, 0)",
        "kill_itself": "os.kill(os.getpid(), 0)",
        "tgkill_parent": "call(NR['tgkill'], 1, 1, 0)",
        "tgkill_itself_without_signal": "call(NR['tgkill'], os.getpid(), os.getpid(), 0)",
        "pidfd_open": "os.pidfd_open(1)",
        "ptrace": "checked(libc.ptrace(16, 0x3FFFFFFF, 0, 0))",
        "process_vm_readv": "call(NR['process_vm_readv'], 1, 0, 0, 0, 0, 0)",
        "process_vm_writev": "call(NR['process_vm_writev'], 1, 0, 0, 0, 0, 0)",
        "process_madvise": "call(NR['process_madvise'], 0, 0, 0, 0, 0)",
        "setuid_root": "os.setuid(0)",
        "setresuid": "os.setresuid(0, 0, 0)",
        "setgroups": "os.setgroups([0])",
        "capset": "call(NR['capset'], 0, 0)",
        "prctl": "checked(libc.prctl(4, 0, 0, 0, 0))",
        "seccomp_again": "call(NR['seccomp'], 2, 0, 0)",
        "unshare_user": "checked(libc.unshare(0x10000000))",
        "setns": "checked(libc.setns(3, 0))",
        "mount": "checked(libc.mount(0, 0, 0, 0, 0))",
        "umount": "checked(libc.umount2(b'', 2))",
        "pivot_root": "call(NR['pivot_root'], b'', b'')",
        "chroot": "checked(libc.chroot(b''))",
        "mkdir": "os.mkdir('')",
        "rmdir": "os.rmdir('')",
        "unlink": "os.unlink('')",
        "rename": "os.rename('', '')",
        "symlink": "os.symlink('', '')",
        "link": "os.link('', '')",
        "chmod": "os.chmod('', 0o777)",
        "chown": "os.chown('', 0, 0)",
        "mknod": "os.mknod('')",
        "truncate": "os.truncate('', 0)",
        "setxattr": "os.setxattr('', 'user.a', b'')",
        "utime": "os.utime('', (0, 0))",
        "pipe": "os.pipe()",
        "dup": "checked(libc.dup(3))",
        "dup2_over_the_socket": "checked(libc.dup2(99, 3))",
        "eventfd": "os.eventfd(0)",
        "memfd_create": "os.memfd_create('x')",
        "memfd_secret": "call(NR['memfd_secret'], 0xFFFF)",
        "epoll": "import select; select.epoll()",
        "inotify": "checked(libc.inotify_init())",
        "fanotify": "checked(libc.fanotify_init(0, 0))",
        "timerfd": "checked(libc.timerfd_create(0, 0))",
        "signalfd": "checked(libc.signalfd(-1, 0, 0))",
        "io_uring_setup": "call(NR['io_uring_setup'], 1, 0)",
        "userfaultfd": "call(NR['userfaultfd'], 0xFFFF)",
        "bpf": "call(NR['bpf'], 0, 0, 0)",
        "perf_event_open": "call(NR['perf_event_open'], 0, 0, 0, 0, 0)",
        "keyctl": "call(NR['keyctl'], 0, 0, 0, 0, 0)",
        "add_key": "call(NR['add_key'], 0, 0, 0, 0, 0)",
        "kexec_load": "call(NR['kexec_load'], 0, 0, 0, 0xFFFF)",
        "init_module": "call(NR['init_module'], 0, 0, 0)",
        "reboot": "call(NR['reboot'], 0, 0, 0, 0)",
        "settimeofday": "call(NR['settimeofday'], 0, 0)",
        "sethostname": "checked(libc.sethostname(0, 1000))",
        "swapoff": "checked(libc.swapoff(b''))",
        "acct": "checked(libc.acct(b'/'))",
        "syslog": "checked(libc.klogctl(10, 0, 0))",
        "shmget": "checked(libc.shmget(0, 0, 0o1600))",
        "shmat": "checked(libc.shmat(-1, 0, 0))",
        "semget": "checked(libc.semget(0, -1, 0o1600))",
        "msgget": "checked(libc.msgget(0x7FFFFFFF, 0))",
        "mq_open": "call(NR['mq_open'], b'x', 0, 0, 0)",
        "setrlimit": "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
        "prlimit64": "call(NR['prlimit64'], 0, 9, 0, 0)",
        "setitimer_off": "import signal; signal.setitimer(signal.ITIMER_PROF, 0)",
        "timer_create": "call(NR['timer_create'], 0, 0, 0)",
        "nanosleep": "import time; time.sleep(0.001)",
        "pause": "import signal; signal.pause()",
        "poll": "import select; select.poll().poll(0)",
        "select": "import select; select.select([], [], [], 0)",
        "setpriority": "os.setpriority(os.PRIO_PROCESS, 0, 19)",
        "sched_setscheduler": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
        "sched_setaffinity": "os.sched_setaffinity(0, {0})",
        "setsid": "os.setsid()",
        "personality": "checked(libc.personality(0x0040000))",
        "modify_ldt": "call(NR['modify_ldt'], 0, 0, 0)",
        "arch_prctl": "call(NR['arch_prctl'], 0x1001, 0)",
        "ioperm": "call(NR['ioperm'], 0, 0, 1)",
        "open_by_handle_at": "call(NR['open_by_handle_at'], 3, 0, 0)",
        "name_to_handle_at": "call(NR['name_to_handle_at'], 3, 0, 0, 0, 0)",
        "sendmsg_descriptor": "checked(libc.sendmsg(3, 0, 0))",
        "recvmsg": "checked(libc.recvmsg(3, 0, 0))",
        "sendfile": "checked(libc.sendfile(3, 0, 0, 1))",
        "splice": "checked(libc.splice(0, 0, 3, 0, 1, 0))",
        "readv": "checked(libc.readv(0, 0, 0))",
        "writev": "checked(libc.writev(0, 0, 0))",
        "pread": "os.pread(0, 1, 0)",
        "wait": "os.wait()",
        "getrusage": "import resource; resource.getrusage(0)",
        "uname": "os.uname()",
        "getppid": "os.getppid()",
        "getuid": "os.getuid()",
        "sysinfo": "checked(libc.sysinfo(0))",
        "landlock_again": "call(NR['landlock_create_ruleset'], 0, 0, 1)",
        "mlock": "checked(libc.mlock(0, 0))",
        "shared_executable_memory": "checked(libc.mmap(0, 4096, 7, 0x21, -1, 0))",
        "executable_memory": "checked(libc.mmap(0, 4096, 7, 0x22, -1, 0))",
        "executable_later": "checked(libc.mprotect(None, 0, 5))",
        "pkey_mprotect": "call(NR['pkey_mprotect'], 0, 0, 4, -1)",
        "futex_that_inherits_priority": (
            "call(NR['futex'], ctypes.byref(ctypes.c_int(0)), 8, 0, 0, 0, 0)"
        ),
        "futex_requeue": "call(NR['futex'], ctypes.byref(ctypes.c_int(0)), 4, 0, 0, 0, 0)",
        "futex_waitv": "call(NR['futex_waitv'], 0, 0, 0, 0, 0)",
        "x32_door": "call(NR['x32_getpid'])",
        "no_such_call": "call(9999)",
    },
    not_tried={
        "vfork": "its child would run on its parent's stack",
        "pause": "it waits for ever",
        "shared_executable_memory": "it answers with an address, not with -1 or 0: see below",
        "executable_memory": "it answers with an address, not with -1 or 0: see below",
        "x32_door": "most kernels have no x32 calls; it must be shut where there are",
        "no_such_call": "there is nothing behind it; what a later kernel puts there is shut",
    },
)

#: Calls that honest libraries try and do without: the filter answers EPERM.
DENIED = _attacks(
    {
        "open_password_file": "open('/etc/passwd')",
        "open_own_source": "open(ctypes.__file__)",
        "open_proc_self_mem": "open('/proc/self/mem', 'r+b')",
        "open_proc_self_environ": "open('/proc/self/environ')",
        "open_proc_parent_environ": "open('/proc/1/environ')",
        "open_proc_sysrq": "open('/proc/sysrq-trigger')",
        "open_for_writing": "open('/dev/null', 'w')",
        "open_device": "os.open('/dev/mem', os.O_RDWR)",
        "openat2": "call(NR['openat2'], -100, b'/', 0, 0)",
        "listdir": "os.listdir('/')",
        "stat": "os.stat('/etc/passwd')",
        "lstat": "os.lstat('/etc/passwd')",
        "access": "checked(libc.access(b'/etc/passwd', 0))",
        "readlink": "os.readlink('/proc/self/exe')",
        "chdir": "os.chdir('/')",
        "getcwd": "os.getcwd()",
        "statvfs": "os.statvfs('/')",
        "fcntl_descriptor": "import fcntl; fcntl.fcntl(3, fcntl.F_DUPFD, 100)",
        "fcntl_own_signals": "import fcntl; fcntl.fcntl(3, fcntl.F_SETOWN, os.getpid())",
        "ioctl": "import fcntl; fcntl.ioctl(3, 0x5401)",
        "close_standard_input": "os.close(0)",
        "read_standard_input": "os.read(0, 1)",
        "write_standard_error": "os.write(2, b'')",
        "ignore_the_time_limit": ("import signal; signal.signal(signal.SIGPROF, signal.SIG_IGN)"),
        "block_signals": "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))",
    },
    not_tried={},
)
