"""Conformance check about walls: two dozen ways out of a sandbox, tried in one go (`inside/probes.py`)."""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from .checks_common import expect, told
from .contract import Limits, Place, Sandbox
from .hostile import LOCAL, PLAIN, HostileCase, Walls, walls_of
from .inside import probes
from .session import inside_source

__all__ = ["WALL_CASES", "bait", "check_walls", "probed"]

_NO_NETWORK = "there is no network"
_NOT_THERE = "there is no such file"
_FILTERED = "refused by the filter of system calls"
_POWERLESS = "refused: it has no capabilities and gets none"
_NOWHERE: frozenset[Walls] = frozenset()
_PROBES: dict[Callable[[probes.Bait], probes.Reached], tuple[str, frozenset[Walls]]] = {
    probes.tcp_over_ipv4: (_NO_NETWORK, PLAIN),
    probes.tcp_over_ipv6: (_NO_NETWORK, PLAIN),
    probes.udp: (_NO_NETWORK, PLAIN),
    probes.unix_socket: (_NOT_THERE, PLAIN),
    probes.abstract_socket: (_NO_NETWORK, PLAIN),
    probes.dns: (_NO_NETWORK, PLAIN),
    probes.metadata_address: (_NO_NETWORK, PLAIN),
    probes.raw_sockets: (_POWERLESS, _NOWHERE),
    probes.files_of_the_machine: (_NOT_THERE, PLAIN),
    probes.hard_links: ("refused: not there, or on a file system that cannot be written", PLAIN),
    probes.symbolic_links: (_NOT_THERE, PLAIN),
    probes.shared_memory: ("there is none of that key in a sandbox", PLAIN),
    probes.other_processes: ("there is no such process in a sandbox", PLAIN),
    probes.every_process_at_once: (_FILTERED, _NOWHERE),
    probes.killing_the_supervisor: (_FILTERED, _NOWHERE),
    probes.starving_the_supervisor: (_FILTERED, _NOWHERE),
    probes.ptrace: ("refused: the supervisor cannot be traced", _NOWHERE),
    probes.kernel_keyrings: (_FILTERED + "; the session is another one, too", _NOWHERE),
    probes.names_of_keys: (_NOT_THERE, PLAIN),
    probes.namespaces: (_FILTERED, _NOWHERE),
    probes.kernel_interfaces: (_FILTERED, _NOWHERE),
    probes.devices_and_mounts: (_POWERLESS, _NOWHERE),
    probes.set_uid: (_POWERLESS, _NOWHERE),
    probes.settings_of_the_kernel: ("refused: read-only, or not there", PLAIN),
    probes.scapegoat: ("refused: the file is another user's", LOCAL),
    probes.terminal: ("it has no terminal", _NOWHERE),
}
"""Each with how it ends where it is contained, and where it is not."""
_ONLY_FOR_ROOT = {"settings of the kernel", "scapegoat"}
"""What gets out of the local sandbox only if rpsdg was started by root."""


def _name(probe: Callable[..., object]) -> str:
    return probe.__name__.replace("_", " ")


WALL_CASES = tuple(
    HostileCase(_name(probe), str(probe.__doc__), ends, "walls", out)
    for probe, (ends, out) in _PROBES.items()
)


def probed(
    sandbox: Sandbox, place: Place, limits: Limits, cases: Sequence[HostileCase] = WALL_CASES
) -> dict[str, str | None]:
    """Return what each probe reached, by the name of its case."""
    names = json.dumps([case.name.replace(" ", "_") for case in cases])
    with bait() as put_up, sandbox.open(place, limits) as session:
        reached = told(session, inside_source("probes"), json.dumps(put_up), names, timeout=60)
    return {name.replace("_", " "): what for name, what in reached.items()}


def check_walls(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """Each way out is closed, but for those that this kind of sandbox is known not to close."""
    reached = {name for name, what in probed(sandbox, place, limits).items() if what}
    declared = {case.name for case in WALL_CASES if walls_of(sandbox) in case.open}
    expect(reached <= declared, f"these got out: {sorted(reached - declared)}")
    held = declared - reached - (set() if os.getuid() == 0 else _ONLY_FOR_ROOT)
    expect(not held, f"these are contained and said not to be: {sorted(held)}")
    return f"not enforced here: {sandbox.caveats()[0]}" if declared else None


@contextmanager
def bait() -> Iterator[dict[str, Any]]:
    """Put up what the probes go for, all our own: listeners, a file, a process, shared memory, a key."""
    token = secrets.token_hex(12)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rpsdg-bait-")))
        (folder / "file").write_text(token)
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", "input()", token], stdin=subprocess.PIPE
        )
        stack.enter_context(process)
        stack.callback(process.kill)
        listeners = stack.enter_context(_Listeners(token))
        put_up = {
            "token": token,
            "file": str(folder / "file"),
            "pid": process.pid,
            "tcp4": listeners.listen(socket.AF_INET, ("127.0.0.1", 0))[1],
            "tcp6": listeners.listen(socket.AF_INET6, ("::1", 0))[1] if _has_ipv6() else None,
            "udp": listeners.listen(socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM)[1],
            "unix": listeners.listen(socket.AF_UNIX, f"{folder}/socket"),
            "abstract": f"rpsdg-{token}",
            "shm": stack.enter_context(_shared_memory()),
            "key": stack.enter_context(_key(token)),
        }
        listeners.listen(socket.AF_UNIX, f"\0{put_up['abstract']}")
        listeners.start()
        with closing(socket.create_connection(("127.0.0.1", put_up["tcp4"]), timeout=5)) as itself:
            expect(itself.recv(64).decode() == token, "the listener does not answer")
        yield put_up


class _Listeners(threading.Thread):
    """Answers everybody with the token."""

    def __init__(self, token: str) -> None:
        super().__init__(daemon=True)
        self._token = token.encode()
        self._selector = selectors.DefaultSelector()
        self._ending, self._ended = socket.socketpair()
        self._selector.register(self._ended, selectors.EVENT_READ)
        self._sockets = [self._ending, self._ended]

    def __enter__(self) -> _Listeners:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.send(b"x")
        self.join()
        for one in self._sockets:
            one.close()
        self._selector.close()

    def listen(self, family: int, address: Any, kind: int = socket.SOCK_STREAM) -> Any:
        """Listen at an address; returns it with what the kernel chose."""
        one = socket.socket(family, kind)
        self._sockets.append(one)
        one.bind(address)
        if kind == socket.SOCK_STREAM:
            one.listen()
        self._selector.register(one, selectors.EVENT_READ)
        return one.getsockname()

    def run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if one is self._ended:
                    return
                with suppress(OSError):  # who asked has gone
                    if one.type == socket.SOCK_DGRAM:
                        one.sendto(self._token, one.recvfrom(64)[1])
                    else:
                        with closing(one.accept()[0]) as caller:
                            caller.sendall(self._token)


def _has_ipv6() -> bool:
    with closing(socket.socket(socket.AF_INET6)) as one, suppress(OSError):
        one.bind(("::1", 0))
        return True
    return False


@contextmanager
def _shared_memory() -> Iterator[int]:
    """Make a segment of System V shared memory; yields its key."""
    libc = ctypes.CDLL(None, use_errno=True)
    key = secrets.randbits(30) + 1
    made = libc.shmget(key, ctypes.c_size_t(4096), 0o3600)  # to be made new, for this user only
    expect(made >= 0, "no shared memory can be made here")
    try:
        yield key
    finally:
        libc.shmctl(made, 0, None)


@contextmanager
def _key(token: str) -> Iterator[str]:
    """Put a key into this process's session keyring, if the kernel lets us; yields its description."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    add, control = {"x86_64": (248, 250), "aarch64": (217, 219)}.get(os.uname().machine, (-1, -1))
    name = f"rpsdg:{token}"
    key = libc.syscall(add, b"user", name.encode(), token.encode(), ctypes.c_size_t(len(token)), -3)
    try:
        yield name
    finally:
        if key > 0:
            libc.syscall(control, 9, ctypes.c_long(key), -3)
