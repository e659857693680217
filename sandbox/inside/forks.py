"""Forks of a process that try one candidate each, with a time limit for every test."""

from __future__ import annotations

import ctypes
import functools
import gc
import json
import os
import select
import signal
import socket
import tempfile
import time
from typing import Callable, List, Optional, Sequence, Tuple

from .link import Json, receive, send

GREEN, RED, HANG, STUCK, MEMORY, CRASH, UNFIT = "green", "red", "hang", "stuck", "memory", "crash", "unfit"
PATIENCE = 8  # times the limit, for a test that waits or that a busy machine lets wait
PR_SET_DUMPABLE = 4
START = 5.0  # seconds a fork may take before its first test, and ...
SLOWER = 10  # ... how many times the time that the complete suite took to be collected


def be_dumpable(whether: bool) -> None:
    """Say whether other processes of this user may look into this one, and change what they find."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, int(whether), 0, 0, 0)


class Forks:
    """Forks of this process, one at a time, each with a time limit for every test."""

    def __init__(self, private: Sequence[socket.socket]) -> None:
        """Take the sockets that are nothing to candidates."""
        self.private = private
        self.number = 0
        self.start = START

    def attempt(self, command: Json, work: Callable[[Callable[[bytes], None]], Json]) -> Json:
        """Do work in a fork and return its result, or what kept it from having one."""
        self.number += 1
        source, sink = os.pipe()
        began = time.monotonic()
        child = os.fork()
        if not child:
            os.close(source)
            for link in self.private:
                link.close()
            try:
                be_dumpable(True)
                self._become_candidate()
                result = work(lambda data: write(sink, data))
                write(sink, json.dumps(result).encode("utf-8") + b"\n")
            finally:
                os._exit(0)
        os.close(sink)
        try:
            answer = self._attend(child, source, command["tests"])
        finally:
            os.close(source)
        answer["seconds"] = time.monotonic() - began
        return answer

    def _become_candidate(self) -> None:
        os.setsid()
        folder = os.path.join(os.environ["TMPDIR"], "candidate-%d-%d" % (os.getppid(), self.number))
        os.mkdir(folder)
        os.environ["TMPDIR"] = folder
        tempfile.tempdir = None

    def _attend(self, child: int, source: int, tests: List[Tuple[str, float]]) -> Json:
        running: Optional[int] = None
        limit, since, computed = self.start, time.monotonic(), 0.0
        pending = b""
        result: Optional[Json] = None
        while result is None:
            # Only what it computes counts: a machine that is busy with something else is no test that hangs.
            owed = limit - (_computed(child) - computed)
            left = min(owed, since + limit * PATIENCE - time.monotonic())
            if left <= 0:
                node = None if running is None else tests[running][0]
                result = {"outcome": HANG if owed <= 0 else STUCK, "node": node}
                break
            if not select.select([source], [], [], max(left, 0.01))[0]:
                continue
            part = os.read(source, 65536)
            if not part:
                break
            lines = (pending + part).split(b"\n")
            pending = lines.pop()
            for line in lines:
                if line.isdigit() and int(line) < len(tests):
                    running = int(line)
                    limit, since, computed = tests[running][1], time.monotonic(), _computed(child)
                else:
                    result = json.loads(line.decode("utf-8"))
        try:
            os.killpg(child, signal.SIGKILL)
        except OSError:
            os.kill(child, signal.SIGKILL)  # it had not come as far as its own group
        _, status, used = os.wait4(child, 0)
        if result is None:
            node = None if running is None else tests[running][0]
            result = {"outcome": CRASH, "node": node, "status": status}
        result["cpu"] = used.ru_utime + used.ru_stime
        return result


def answer_all(
    link: socket.socket, forks: Forks, work: Callable[[Json, bytes, Callable[[bytes], None]], Json]
) -> None:
    """Do what comes over a link, each in a fork, until nobody wants any more; then end."""
    be_dumpable(False)
    gc.collect()
    gc.freeze()
    while True:
        try:
            command, payload = receive(link)
        except EOFError:
            os._exit(0)
        send(link, forks.attempt(command, functools.partial(work, command, payload)))


def write(fd: int, data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[os.write(fd, data) :]


def _computed(child: int) -> float:
    """Return the seconds a process has computed."""
    with open("/proc/%d/stat" % child, "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
