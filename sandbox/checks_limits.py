"""Conformance checks about limits: time, processes, memory, disk and output."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from .checks_common import admitted, expect, run_python, told
from .contract import Limits, Place, Sandbox, SandboxAbortedError, Session

__all__ = ["LIMIT_CHECKS"]

# Six children, each in its own way hard to get rid of; their ids go to the file in the first argument.
_CHILDREN = """
import os, signal, sys, time

def start(way, deaf):
    child = os.fork()
    if child:
        if way == "twice":
            os.waitpid(child, 0)
        return
    if way:
        os.setsid()
    if way == "twice" and os.fork():
        os._exit(0)
    if deaf:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(600)
    os._exit(0)

for way in ("", "session", "twice"):
    for deaf in (False, True):
        start(way, deaf)
while not os.path.exists(sys.argv[1]) or len(open(sys.argv[1]).read().split()) < 6:
    time.sleep(0.01)
print("started", flush=True)
"""

_ALIVE = """
import json, os, sys
alive = []
for pid in open(sys.argv[1]).read().split():
    try:
        os.kill(int(pid), 0)
        alive.append(int(pid))
    except ProcessLookupError:
        pass
print(json.dumps(alive))
"""


def _expect_none_left(session: Session, pids: str) -> None:
    alive = told(session, _ALIVE, pids)
    expect(alive == [], f"processes {alive} outlived the command")


def check_time_limit(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """A time limit ends a command and all it started: detached, orphaned or deaf to polite signals."""
    with sandbox.open(place, limits) as session:
        pids = f"{session.home}/pids"
        deaf = "\nfor number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)\ntime.sleep(600)"
        started = time.monotonic()
        done = run_python(session, _CHILDREN + deaf, pids, timeout=1.5)
        took = time.monotonic() - started
        expect(done.stopped == "timeout", f"a sleeping command ended with {done}")
        expect("started" in done.output, f"what it said before is lost: {done.output!r}")
        expect(1.4 < done.seconds < took < 4.0, f"a limit of 1.5 s took {took:.1f} s")
        _expect_none_left(session, pids)


def check_no_daemons(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """What a command left running in the background is gone when the command has ended."""
    with sandbox.open(place, limits) as session:
        pids = f"{session.home}/pids"
        done = run_python(session, _CHILDREN, pids)
        expect(done.returncode == 0 and done.stopped is None, f"it ended with {done}")
        expect(done.seconds < 10, "the command was waited for until its children ended")
        _expect_none_left(session, pids)


def check_orphans_are_reaped(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Processes that ended no longer count: a command may have many one after another."""
    code = (
        "import os, time\n"
        "for _ in range(150):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        if os.fork(): os._exit(0)\n"
        "        os._exit(0)\n"
        "    os.waitpid(child, 0); time.sleep(0.002)\n"
        "print('done')"
    )
    with sandbox.open(place, replace(limits, processes=40)) as session:
        done = run_python(session, code)
        expect(done.output == "done\n" and done.stopped is None, f"it ended with {done}")


def check_too_many_processes(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """More processes than allowed are refused, or end the command; the session goes on."""
    line = (
        "import os, time\n"
        "count = 1\n"
        "try:\n"
        "    for _ in range(200):\n"
        "        if not os.fork(): time.sleep(600)\n"
        "        count += 1\n"
        "except OSError: print('refused', count)\n"
        "else: print('unlimited', count, flush=True); time.sleep(20)"
    )
    # Two to the ninth power: enough to matter, and an end to it even where nothing holds.
    bomb = (
        "import os, time\nfor _ in range(9):\n    try: os.fork()\n    except OSError: pass\ntime.sleep(600)"
    )
    with sandbox.open(place, replace(limits, processes=40)) as session:
        done = run_python(session, line)
        if done.stopped != "too-many-processes":
            expect(done.output.startswith("refused"), f"two hundred processes ended with {done}")
            expect(int(done.output.split()[1]) <= 40, f"more than forty processes: {done.output}")
        done = run_python(session, bomb, timeout=1.0)
        expect(done.stopped in {"timeout", "too-many-processes"}, f"a fork bomb ended with {done}")
        expect(done.seconds < 6, f"a fork bomb took {done.seconds:.1f} s to end")
        expect(session.execute(["echo", "alive"], timeout=20).output == "alive\n", "the session is lost")


def check_threads_count(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Threads count as processes do."""
    code = (
        "import threading, time\n"
        "count = 0\n"
        "try:\n"
        "    for _ in range(200):\n"
        "        threading.Thread(target=time.sleep, args=(20,), daemon=True).start(); count += 1\n"
        "except RuntimeError: print('refused', count, flush=True)\n"
        "else: print('unlimited', flush=True); time.sleep(20)\n"
        "import os; os._exit(0)"
    )
    with sandbox.open(place, replace(limits, processes=40)) as session:
        done = run_python(session, code)
        held = done.stopped == "too-many-processes" or done.output.startswith("refused")
        expect(held, f"two hundred threads ended with {done}")


def check_memory_limit(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Too large a request for memory is a MemoryError in the process, not the end of the sandbox."""
    code = "try: x = bytearray(600 * 1024**2)\nexcept MemoryError: print('refused')\nelse: print('granted')"
    with sandbox.open(place, replace(limits, memory=256 * 1024**2)) as session:
        done = run_python(session, code)
        expect(done.output == "refused\n" and done.returncode == 0, f"it ended with {done}")
        expect(session.execute(["echo", "alive"], timeout=20).output == "alive\n", "the session is lost")


def check_memory_of_all(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Many processes that together want too much are stopped, with the reason, and the session goes on."""
    code = (
        "import os, time\n"
        "for _ in range(6):\n"
        "    if not os.fork():\n"
        "        x = b'x' * (100 * 1024**2)\n"
        "        time.sleep(2); os._exit(0)\n"
        "for _ in range(6): print(os.wait(), flush=True)"
    )
    with sandbox.open(place, replace(limits, memory=160 * 1024**2, disk=8 * 1024**2)) as session:
        done = run_python(session, code)
        expect(done.stopped == "out-of-memory", f"it ended with {done}")
        expect(session.execute(["echo", "alive"], timeout=20).output == "alive\n", "the session is lost")


def check_disk_limit(sandbox: Sandbox, place: Place, limits: Limits) -> str | None:
    """A file may not grow beyond the limit, and all files together may not either."""
    one = (
        "try: open('large', 'wb').write(bytes(12 * 1024**2)); print('granted')\n"
        "except OSError: print('refused')\n"
        "import os; os.unlink('large')"
    )
    many = (
        "import sys\n"
        "try:\n"
        "    for i in range(4): open(f'{sys.argv[1]}/part{i}', 'wb').write(bytes(3 * 1024**2))\n"
        "    print('granted')\n"
        "except OSError: print('refused')"
    )
    with sandbox.open(place, replace(limits, disk=8 * 1024**2)) as session:
        done = run_python(session, one)
        expect(done.output == "refused\n", f"a file larger than the disk: {done}")
        caveat = admitted(sandbox, "not all of them together")
        if caveat is None:
            for folder in (session.tree, "/tmp"):
                done = run_python(session, many, folder)
                expect(done.output == "refused\n", f"more files than {folder} can hold: {done}")
        expect(session.execute(["echo", "alive"], timeout=20).output == "alive\n", "the session is lost")
    return caveat


def check_output_flood(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """Endless output ends the command and is cut; a little too much is only cut."""
    flood = "import os\nwhile True: os.write(1, b'x' * 65536)"
    with sandbox.open(place, replace(limits, output=64 * 1024)) as session:
        done = run_python(session, flood)
        expect(done.stopped == "output-flood", f"endless output ended with {done.stopped}")
        expect(len(done.output) == 64 * 1024, f"{len(done.output):,} bytes of output were kept")
        done = run_python(session, "print('x' * 100_000)")
        expect(done.stopped is None and done.returncode == 0, "a little too much ended the command")
        expect(len(done.output) == 64 * 1024, f"{len(done.output):,} bytes of output were kept")


def check_abort(sandbox: Sandbox, place: Place, limits: Limits) -> None:
    """`abort` ends a running command within a second, and later sessions too, until `resume`."""
    seen: list[BaseException | None] = []
    with sandbox.open(place, limits) as session:

        def run() -> None:
            try:
                session.execute(["sleep", "60"], timeout=60)
                seen.append(None)
            except Exception as error:  # noqa: BLE001 - whatever it is, the check says so
                seen.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        time.sleep(0.3)
        started = time.monotonic()
        with sandbox.aborting():
            thread.join(5)
            took = time.monotonic() - started
            refused = _is_refused(sandbox, place, limits)
    expect(seen and isinstance(seen[0], SandboxAbortedError), f"the command ended with {seen}")
    expect(took < 1.0, f"it took {took:.1f} s")
    expect(refused, "a session that was opened afterwards went on")
    expect(not _is_refused(sandbox, place, limits), "no session can be opened after `resume`")


def _is_refused(sandbox: Sandbox, place: Place, limits: Limits) -> bool:
    try:
        with sandbox.open(place, limits) as session:
            session.execute(["true"], timeout=20)
    except SandboxAbortedError:
        return True
    return False


LIMIT_CHECKS = [
    check_time_limit,
    check_no_daemons,
    check_orphans_are_reaped,
    check_too_many_processes,
    check_threads_count,
    check_memory_limit,
    check_memory_of_all,
    check_disk_limit,
    check_output_flood,
    check_abort,
]
