"""The processes below the supervisor: counted, reaped, and killed so that none is left."""

from __future__ import annotations

import os
import signal
import time
from typing import Dict, List, NamedTuple, Optional, Set


class Process(NamedTuple):
    """What is of interest of a line of /proc/PID/stat."""

    parent: int
    state: bytes
    threads: int
    pages: int  # resident ones
    ticks: int  # computed, by all its threads


def oom_kills() -> int:
    """Count the processes that the kernel killed in this control group (v2 or v1) for want of memory."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except (OSError, ValueError):
            continue
    return 0


def descendants() -> Dict[int, Process]:
    """Return every process below this one."""
    processes: Dict[int, Process] = {}
    children: Dict[int, List[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            ticks = int(fields[11]) + int(fields[12])
            processes[int(name)] = Process(int(fields[1]), fields[0], int(fields[17]), int(fields[21]), ticks)
            children.setdefault(int(fields[1]), []).append(int(name))
    family: Dict[int, Process] = {}
    found = list(children.get(os.getpid(), ()))
    while found:
        pid = found.pop()
        family[pid] = processes[pid]
        found += children.get(pid, ())
    return family


def computed() -> float:
    """Return the seconds that the living processes below this one have computed."""
    return sum(process.ticks for process in descendants().values()) / os.sysconf("SC_CLK_TCK")


def reap_orphans(child: int) -> None:
    """Take the exit status of every process that ended, but for `child`'s, which is still wanted."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid == child:
            return
        os.waitpid(ended.si_pid, os.WNOHANG)


def kill_descendants(child: Optional[int] = None) -> None:
    """Kill every process below this one. Orphans come to us, so the loop ends when none is left.

    All are reaped but `child`, whose exit status is still wanted.
    """
    stopped: Set[int] = set()
    while True:
        if os.getpid() == 1:
            try:
                os.kill(-1, signal.SIGKILL)  # everything but us at once: no fork is quicker
            except OSError:
                pass
        family = descendants()
        alive = {pid for pid, process in family.items() if process.state != b"Z"}
        # Stopped first and killed when no new one shows up, so that a fork bomb does not outrun us.
        fresh = alive - stopped
        for pid in fresh or alive:
            try:
                os.kill(pid, signal.SIGSTOP if fresh else signal.SIGKILL)
            except OSError:
                pass
        stopped |= fresh
        for pid in family:
            if pid != child:
                try:
                    os.waitpid(pid, os.WNOHANG)  # only our own children; the others are reaped as they arrive
                except OSError:
                    pass
        if not alive:
            return
        if not fresh:
            time.sleep(0.002)
