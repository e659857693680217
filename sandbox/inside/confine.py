"""What a command gives up before it starts: privileges, other people's keys, system calls that no test needs.

The filter of system calls is the same in every sandbox. Docker has one of its own, which goes further; in the
local sandbox this is the only one. Where the kernel or the processor is not known, there is none.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import struct
from typing import Dict, List, NamedTuple, Optional, Tuple

PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 4, 24, 36, 38
CAPABILITIES = 64  # as many as a kernel could have
JOIN_SESSION_KEYRING = 1
SET_MODE_FILTER, SPEC_ALLOW = 1, 4  # of seccomp(2); speculation is left as it was, or older kernels slow down

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of classic BPF, on words of 32 bits
ALLOW, FAIL = 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where they lie in `struct seccomp_data`
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, -CGROUP, -UTS, -IPC, -USER, -PID and -NET


class Machine(NamedTuple):
    """The numbers of system calls on one processor."""

    audit: int
    foreign: Optional[int]  # numbers from here on belong to another interface of the same processor
    calls: Dict[str, int]


MACHINES = {
    "x86_64": Machine(
        0xC000003E,
        0x40000000,
        {
            "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321, "perf_event_open": 298,
            "userfaultfd": 323, "io_uring_setup": 425, "setns": 308, "unshare": 272, "clone": 56,
            "clone3": 435, "kill": 62, "tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129,
            "rt_tgsigqueueinfo": 297, "pidfd_open": 434, "prlimit64": 302, "sched_setaffinity": 203,
            "sched_setscheduler": 144, "sched_setparam": 142, "sched_setattr": 314, "setpriority": 141,
            "ioprio_set": 251, "seccomp": 317,
        },
    ),
    "aarch64": Machine(
        0xC00000B7,
        None,
        {
            "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280, "perf_event_open": 241,
            "userfaultfd": 282, "io_uring_setup": 425, "setns": 268, "unshare": 97, "clone": 220,
            "clone3": 435, "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138,
            "rt_tgsigqueueinfo": 240, "pidfd_open": 434, "prlimit64": 261, "sched_setaffinity": 122,
            "sched_setscheduler": 119, "sched_setparam": 118, "sched_setattr": 274, "setpriority": 140,
            "ioprio_set": 30, "seccomp": 277,
        },
    ),
}  # fmt: skip

# Interfaces through which most holes of the last years' kernels were reached, and the keys of other sessions.
REFUSED = (
    ("add_key", errno.EPERM),
    ("request_key", errno.EPERM),
    ("keyctl", errno.EPERM),
    ("bpf", errno.EPERM),
    ("perf_event_open", errno.EPERM),
    ("userfaultfd", errno.EPERM),
    ("setns", errno.EPERM),
    ("io_uring_setup", errno.ENOSYS),  # who asks then does without
    ("clone3", errno.ENOSYS),  # its flags cannot be looked at; the C library then takes `clone`
)
# By which argument each names the process it is about: the supervisor is left alone.
AIMED = {
    "kill": 0, "tkill": 0, "tgkill": 0, "rt_sigqueueinfo": 0, "rt_tgsigqueueinfo": 0, "pidfd_open": 0,
    "prlimit64": 0, "sched_setaffinity": 0, "sched_setscheduler": 0, "sched_setparam": 0,
    "sched_setattr": 0, "setpriority": 1, "ioprio_set": 1,
}  # fmt: skip


class Confinement:
    """What the supervisor does to itself once, and to every command just before it starts."""

    def __init__(self) -> None:
        library = ctypes.CDLL(None, use_errno=True)
        self.prctl = library.prctl
        self.syscall = library.syscall
        self.syscall.restype = ctypes.c_long
        self.machine = MACHINES.get(os.uname().machine)
        self.limits: Dict[str, int] = {}
        self.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # daemons of the tests become ours, to be killed
        self.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # the tests cannot open our file descriptors through /proc
        if self.machine is not None:
            # Whoever started us may have keys in the keyring of the session; from here on it is a new one.
            self.syscall(self.machine.calls["keyctl"], JOIN_SESSION_KEYRING, None)
            self.code = ctypes.create_string_buffer(program(self.machine, os.getpid()))
            size = (len(self.code) - 1) // 8
            self.filter = ctypes.create_string_buffer(struct.pack("HP", size, ctypes.addressof(self.code)))

    def apply(self) -> None:
        """Called in the child, before it becomes the command."""
        self.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # a set-uid program would be beyond our reach
        for capability in range(CAPABILITIES):
            # Run by root without a container, the tests would otherwise reach us through /proc.
            self.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        for name, value in self.limits.items():
            kind = getattr(resource, "RLIMIT_" + name)
            hard = resource.getrlimit(kind)[1]
            if hard != resource.RLIM_INFINITY:
                value = min(value, hard)
            resource.setrlimit(kind, (value, value))
        if self.machine is not None:
            self.syscall(self.machine.calls["seccomp"], SET_MODE_FILTER, SPEC_ALLOW, self.filter)


def program(machine: Machine, supervisor: int) -> bytes:
    """Return the filter of system calls, for a supervisor with this process id."""
    refuse = (RETURN, 0, 0, FAIL | errno.EPERM)
    lines: List[Tuple[int, int, int, int]] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, machine.audit),
        (RETURN, 0, 0, FAIL | errno.ENOSYS),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine.foreign is not None:
        lines += [(AT_LEAST, 0, 1, machine.foreign), (RETURN, 0, 0, FAIL | errno.ENOSYS)]
    for name, error in REFUSED:
        lines += [(EQUAL, 0, 1, machine.calls[name]), (RETURN, 0, 0, FAIL | error)]
    for name in ("unshare", "clone"):
        lines += [
            (EQUAL, 0, 4, machine.calls[name]),
            (LOAD, 0, 0, ARGUMENTS),
            (ANY_BIT, 0, 1, NEW_NAMESPACES),
            refuse,
            (RETURN, 0, 0, ALLOW),
        ]
    for name, position in AIMED.items():
        targets = [supervisor]
        if name == "kill":
            # Its process group too, and everything at once: without walls that is all that the user runs.
            targets += [-supervisor & 0xFFFFFFFF, 0xFFFFFFFF]
        checks = [line for target in targets for line in ((EQUAL, 0, 1, target), refuse)]
        lines += [
            (EQUAL, 0, len(checks) + 2, machine.calls[name]),
            (LOAD, 0, 0, ARGUMENTS + 8 * position),
            *checks,
            (RETURN, 0, 0, ALLOW),
        ]
    lines.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)
