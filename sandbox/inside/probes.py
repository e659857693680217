"""Ways out of a sandbox, each tried by one function: the hostile suite runs this file as a command.

A probe returns what it reached, or None. An OSError is a wall; any other exception is a fault of the probe.
Its docstring completes a sentence that begins with "code that".

Usage: python probes.py BAIT NAMES, with JSON of what the host put up and of the probes to run.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import resource
import signal
import socket
import stat
import struct
import sys
import tempfile
from typing import Any, Callable, Dict, List, Optional, Sequence

Reached = Optional[str]
Bait = Dict[str, Any]

BOSS = os.getppid()  # the supervisor
CALLS = {
    "x86_64": {
        "shmget": 29, "clone": 56, "ptrace": 101, "mount": 165, "keyctl": 250, "unshare": 272,
        "perf_event_open": 298, "setns": 308, "process_vm_readv": 310, "bpf": 321, "userfaultfd": 323,
        "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435,
    },
    "aarch64": {
        "shmget": 194, "clone": 220, "ptrace": 117, "mount": 40, "keyctl": 219, "unshare": 97,
        "perf_event_open": 241, "setns": 268, "process_vm_readv": 270, "bpf": 280, "userfaultfd": 282,
        "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435,
    },
}.get(platform.machine(), {})  # fmt: skip
CLONE_NEWUSER = 0x10000000
LIBRARY = ctypes.CDLL(None, use_errno=True)
LIBRARY.syscall.restype = ctypes.c_long


def call(name: str, *arguments: Any) -> int:
    """Call the kernel. Raises OSError."""
    if name not in CALLS:
        raise OSError(errno.ENOSYS, "the numbers of system calls are not known here")
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    got = int(LIBRARY.syscall(ctypes.c_long(CALLS[name]), *values))
    if got < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return got


def first(ways: Sequence[Callable[[], object]]) -> Reached:
    """Return that one of several ways led somewhere."""
    for number, way in enumerate(ways):
        try:
            way()
        except OSError:
            continue
        return "way %d" % number
    return None


def answered(family: int, address: Any, token: str) -> Reached:
    """Connect, and see whether it is the host's own listener that answers."""
    with socket.socket(family) as one:
        one.settimeout(2)
        one.connect(address)
        return str(address) if one.recv(64).decode() == token else None


def has_route() -> bool:
    """Say whether packets could leave: then nothing is sent to an address that is not the host's own bait."""
    with open("/proc/net/route") as file:
        return len(file.read().splitlines()) > 1


def tcp_over_ipv4(bait: Bait) -> Reached:
    """connects to a port of the machine's loopback"""
    return answered(socket.AF_INET, ("127.0.0.1", bait["tcp4"]), bait["token"])


def tcp_over_ipv6(bait: Bait) -> Reached:
    """connects to a port of the machine's IPv6 loopback"""
    return answered(socket.AF_INET6, ("::1", bait["tcp6"]), bait["token"])


def udp(bait: Bait) -> Reached:
    """sends a datagram to a port of the machine's loopback"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(1)
        one.connect(("127.0.0.1", bait["udp"]))
        one.send(b"hello")
        return "answered" if one.recv(64).decode() == bait["token"] else None


def unix_socket(bait: Bait) -> Reached:
    """connects to a socket in the machine's file system, as a Docker engine and a desktop have them"""
    return answered(socket.AF_UNIX, bait["unix"], bait["token"])


def abstract_socket(bait: Bait) -> Reached:
    """connects to a Unix socket of the machine's that has a name and no file"""
    return answered(socket.AF_UNIX, "\0" + bait["abstract"], bait["token"])


def dns(bait: Bait) -> Reached:
    """looks up a name"""
    if has_route():
        return "packets can leave"
    try:
        return str(socket.getaddrinfo("rpsdg.invalid", 80))
    except socket.gaierror:
        return None


def metadata_address(bait: Bait) -> Reached:
    """asks 169.254.169.254 for the machine's credentials"""
    if has_route():
        return "packets can leave"
    return answered(socket.AF_INET, ("169.254.169.254", bait.get("metadata", 80)), bait["token"])


def raw_sockets(bait: Bait) -> Reached:
    """opens sockets that see or forge packets"""
    return first(
        [
            lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close(),
            lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close(),
        ]
    )


def files_of_the_machine(bait: Bait) -> Reached:
    """reads a file of the user's"""
    with open(bait["file"]) as file:
        return bait["file"] if file.read() == bait["token"] else None


def hard_links(bait: Bait) -> Reached:
    """links a file of the machine or of the environment into its work space, to change it there"""
    environment = os.path.join(sys.prefix, "pyvenv.cfg")
    return first([lambda: os.link(bait["file"], "link"), lambda: os.link(environment, "link")])


def symbolic_links(bait: Bait) -> Reached:
    """reaches for a file of the machine through a link in its work space"""
    os.symlink(bait["file"], "symbolic")
    with open("symbolic") as file:
        return bait["file"] if file.read() == bait["token"] else None


def shared_memory(bait: Bait) -> Reached:
    """attaches to shared memory that another process of the user's made"""
    return str(call("shmget", bait["shm"], 0, 0))


def other_processes(bait: Bait) -> Reached:
    """reads the command line of another process of the user's, and signals it"""
    with open("/proc/%d/cmdline" % bait["pid"]) as file:
        if bait["token"] not in file.read():
            return None
    os.kill(bait["pid"], 0)
    return str(bait["pid"])


def every_process_at_once(bait: Bait) -> Reached:
    """sends a signal to all processes that it may signal"""
    os.kill(-1, 0)  # with number 0 nothing is sent, and everything is checked
    return "all"


def killing_the_supervisor(bait: Bait) -> Reached:
    """stops or kills the supervisor by its number, its group, or a file descriptor for it"""
    return first(
        [lambda: os.kill(BOSS, 0), lambda: os.kill(-BOSS, 0), lambda: call("pidfd_open", BOSS, 0)],
    )


def starving_the_supervisor(bait: Bait) -> Reached:
    """takes files, memory or the processor from the supervisor by its limits and its priority"""
    return first(
        [
            lambda: resource.prlimit(BOSS, resource.RLIMIT_NOFILE),
            lambda: os.setpriority(os.PRIO_PROCESS, BOSS, 1),
            lambda: os.sched_setaffinity(BOSS, [0]),
        ]
    )


def ptrace(bait: Bait) -> Reached:
    """traces the supervisor, or reads its memory or environment"""
    memory = ctypes.create_string_buffer(8)
    vector = ctypes.create_string_buffer(struct.pack("PN", ctypes.addressof(memory), 8))
    return first(
        [
            lambda: call("ptrace", 0x4206, BOSS, 0, 0),
            lambda: call("process_vm_readv", BOSS, vector, 1, vector, 1, 0),
            lambda: open("/proc/%d/mem" % BOSS, "rb").close(),
            lambda: open("/proc/%d/environ" % BOSS, "rb").close(),
        ]
    )


def kernel_keyrings(bait: Bait) -> Reached:
    """reads keys of the session that rpsdg was started from"""
    name = ctypes.create_string_buffer(bait["key"].encode())
    for ring in (-3, -4, -5):  # of the session, of the user, of the user's first session
        try:
            return str(call("keyctl", 10, ring, b"user", name, 0))
        except OSError:
            continue
    return None


def names_of_keys(bait: Bait) -> Reached:
    """lists the keys of the user in /proc/keys"""
    with open("/proc/keys") as file:
        return "listed" if bait["key"] in file.read() else None


def namespaces(bait: Bait) -> Reached:
    """makes a user namespace to be root in, or enters the supervisor's"""
    arguments = ctypes.create_string_buffer(struct.pack("11Q", CLONE_NEWUSER, *[0] * 10))

    def forked(name: str, *arguments: Any) -> None:
        if call(name, *arguments) == 0:
            os._exit(0)

    return first(
        [
            lambda: forked("clone3", arguments, 88),
            lambda: forked("clone", CLONE_NEWUSER | signal.SIGCHLD, 0, 0, 0, 0),
            lambda: call("unshare", CLONE_NEWUSER),
            lambda: call("setns", os.open("/proc/%d/ns/net" % BOSS, os.O_RDONLY), 0),
        ]
    )


def kernel_interfaces(bait: Bait) -> Reached:
    """opens what many kernel exploits begin with: bpf, performance events, userfaultfd, io_uring"""
    zeros = ctypes.create_string_buffer(256)
    calls = {
        "bpf": (0, zeros, 128),
        "perf_event_open": (zeros, 0, -1, -1, 0),
        "userfaultfd": (1,),
        "io_uring_setup": (8, zeros),
    }
    for name, arguments in calls.items():
        try:
            call(name, *arguments)
        except OSError as error:
            if error.errno in (errno.EPERM, errno.ENOSYS, errno.EACCES):
                continue
        return name  # the kernel looked at what it was asked for
    return None


def devices_and_mounts(bait: Bait) -> Reached:
    """makes a device file, mounts, or takes another root folder"""
    here = ctypes.create_string_buffer(os.getcwd().encode())
    return first(
        [
            lambda: os.mknod("device", stat.S_IFBLK | 0o600, os.makedev(254, 0)),
            lambda: os.chroot("/"),
            lambda: call("mount", b"none", here, b"tmpfs", 0, b""),
            lambda: open("/dev/mem", "rb").close(),
        ]
    )


def set_uid(bait: Bait) -> Reached:
    """becomes another user, or would by a program with the set-uid bit"""
    other = 0 if os.getuid() else 1
    with open("/proc/self/status") as file:
        status = dict(line.split(":", 1) for line in file)
    if int(status["NoNewPrivs"]) != 1:
        return "set-uid programs work"
    return first(
        [
            lambda: os.setuid(other),
            lambda: os.setgroups([0]),
            lambda: os.chown(tempfile.mkdtemp(), other, -1),
        ]
    )


def settings_of_the_kernel(bait: Bait) -> Reached:
    """opens files of /proc and /sys for writing, the known ways out of containers among them"""
    paths = [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/overcommit_memory",
        "/proc/sysrq-trigger",
        "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/cgroup.procs",
        "/sys/fs/cgroup/memory/cgroup.procs",
        "/sys/fs/cgroup/memory/release_agent",
    ]
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError:
            continue
        return path
    return None


def scapegoat(bait: Bait) -> Reached:
    """makes the supervisor the first that the kernel kills for want of memory"""
    os.close(os.open("/proc/%d/oom_score_adj" % BOSS, os.O_WRONLY))
    return str(BOSS)


def terminal(bait: Bait) -> Reached:
    """types into the terminal that rpsdg was started from"""
    os.close(os.open("/dev/tty", os.O_RDWR))
    return "/dev/tty"


def main(arguments: List[str]) -> None:
    """Run probes and print what each reached."""
    bait, reached = json.loads(arguments[0]), {}
    for name in json.loads(arguments[1]):
        try:
            reached[name] = globals()[name](bait)
        except OSError:
            reached[name] = None
    sys.stdout.write(json.dumps(reached) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
