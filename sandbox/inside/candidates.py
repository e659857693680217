"""Candidates tried in a zygote: its start, one frame there and one back, and nothing left behind by any."""

from __future__ import annotations

import array
import io
import json
import os
import select
import signal
import socket
import stat
import struct
import subprocess
import time
from contextlib import suppress
from typing import Callable, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from .frames import CHUNK, Host, Json
from .leftovers import remove, unlock
from .notices import Notices
from .processes import descendants, kill_descendants
from .watch import Watch

OLD = 946684800  # the year 2000, in seconds
BIRTH = 30.0  # seconds a fork may take to be there
ROUNDS = 100  # of looking for processes that a candidate left

Footprint = Tuple[int, int, int, int, int]


class ZygoteGoneError(Exception):
    """The zygote gave no answer; it is ended, and no use any more."""


class Born:
    """A run that the zygote bore: as much of `subprocess.Popen` as the supervisor needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: Optional[int] = None

    def poll(self) -> Optional[int]:
        """Return the exit status once it has ended, negative for a signal."""
        if self.returncode is None:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # killed, and reaped with the others
                self.returncode = -signal.SIGKILL
            else:
                if ended:
                    killed = os.WIFSIGNALED(status)
                    self.returncode = -os.WTERMSIG(status) if killed else os.WEXITSTATUS(status)
        return self.returncode

    def wait(self) -> None:
        """Wait until it has ended."""
        while self.poll() is None:
            time.sleep(0.002)


class Work:
    """The folders that candidates may write to, and how the supervisor handles them."""

    def __init__(
        self,
        tree: str,
        others: List[str],
        fetch: Callable[[str], bytes],
        write: Callable[[str, bytes, Optional[int]], None],
        load: Callable[[], None],
        original: Callable[[str], Optional[bytes]],
    ) -> None:
        self.tree = tree
        self.others = others
        self.fetch = fetch
        self.write = write  # with a mode, or the one that the file has
        self.load = load  # the tree anew, as it was before any candidate
        self.original = original  # what was loaded for a path, if it was a file


class Candidates:
    """A zygote (see `zygote.py`) that has collected the tests once and for all candidates."""

    def __init__(
        self,
        python: str,
        arguments: List[str],
        env: Dict[str, str],
        work: Work,
        confine: Callable[[], None],
        host: Host,
        watch: Optional[Watch],
        home: str,
    ) -> None:
        self.work, self.host, self.watch = work, host, watch
        date_back(work.tree, snapshot(work.tree))
        self.link, far = socket.socketpair()
        self.pycache = os.path.join(home, "pycache")
        env = dict(env, RPSDG_ZYGOTE="%d" % far.fileno(), RPSDG_PYCACHE=self.pycache)
        self.process = subprocess.Popen(
            [python, "-m", "rpsdg_inside.zygote"], cwd=work.tree, env=env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(far.fileno(),), start_new_session=True, preexec_fn=confine,
        )  # fmt: skip
        far.close()
        self.snapshots: Dict[str, Dict[str, Footprint]] = {}
        self.notices: Optional[Notices] = None
        self.arguments = arguments

    def start(self, timeout: float) -> Json:
        """Wait until the zygote is ready; returns what it says of itself. Raises as `ask` does."""
        about = self.ask({"arguments": self.arguments}, b"", timeout)
        # Kept is what forks import anew, and nothing that would be looked through for every candidate.
        for path in snapshot(self.pycache) if os.path.isdir(self.pycache) else ():
            full = os.path.join(self.pycache, path)
            if not full.startswith(self.pycache + self.work.tree + os.sep) and os.path.isfile(full):
                os.unlink(full)
        self.snapshots = {folder: snapshot(folder) for folder in (self.work.tree, *self.work.others)}
        self.heed()
        return about

    def attempt(self, payload: bytes, files: List[Tuple[str, int]], command: Json, timeout: float) -> Json:
        """Try a candidate: its files lie in the tree for as long as its tests run.

        payload: the content of `files`, one behind another, and then what the zygote gets.
        """
        source = io.BytesIO(payload)
        before: Dict[str, Tuple[bytes, int]] = {}
        earlier = self.touched()
        touched: Optional[Set[str]] = None
        try:
            for path, size in files:
                mode = os.lstat(os.path.join(self.work.tree, path)).st_mode
                before[path] = self.work.fetch(path), stat.S_IMODE(mode)
                self.work.write(path, source.read(size), None)
            self.touched()  # it was us
            return self.ask(command, source.read(), timeout)
        finally:
            try:
                self.end_strangers()
                now = self.touched()
                touched = None if earlier is None or now is None else earlier | now
            finally:
                for path, (data, mode) in before.items():
                    self.work.write(path, data, mode)
                    self.date_back(path)
            self.tidy(touched=touched)

    def bear(self, arguments: List[str], env: Dict[str, str], files: List[int]) -> Born:
        """Start pytest in a fork: with the arguments of `start.py` behind its first, and its open files."""
        answer = self.ask({"arguments": arguments, "env": env}, b"", BIRTH, files)
        try:
            return Born(int(answer["pid"]))
        except (KeyError, TypeError, ValueError) as error:
            self.end()
            raise ZygoteGoneError("the zygote says something else than was asked") from error

    def settle(self, folder: str) -> None:
        """Take what lies in a folder for what belongs there."""
        self.snapshots[folder] = snapshot(folder)

    def date_back(self, path: str) -> None:
        """Make a file of the tree one that was always there."""
        date_back(self.work.tree, [path])
        self.snapshots[self.work.tree][path] = footprint(os.path.join(self.work.tree, path))

    def ask(self, command: Json, payload: bytes, timeout: float, files: Sequence[int] = ()) -> Json:
        """Send the zygote a frame and return its answer. Raises ZygoteGoneError where it gives none.

        files: open files that go with it.
        """
        deadline = time.monotonic() + timeout
        number = os.urandom(8).hex()  # an answer that does not know it was sent by somebody else, or too late
        head = json.dumps(dict(command, number=number)).encode("utf-8")
        data = b""
        try:
            self.link.settimeout(timeout)
            self.link.sendall(struct.pack(">II", len(head), len(payload)) + head + payload)
            if files:
                self.link.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))])
            while len(data) < 8 or len(data) < 8 + sum(struct.unpack(">II", data[:8])):
                alarms = [deadline] if self.watch is None else [deadline, self.watch.due()]
                left = max(0.0, min(alarms) - time.monotonic())
                ready, _, _ = select.select([self.link.fileno(), self.host.source], [], [], left)
                if self.host.source in ready:
                    self.host.listen()
                if self.link.fileno() in ready:
                    part = self.link.recv(CHUNK)
                    if not part:
                        raise EOFError("it ended")
                    data += part
                now = time.monotonic()
                if now >= deadline:
                    raise EOFError("no answer in %.0f s" % timeout)
                if self.watch is not None and now >= self.watch.due():
                    passed = self.watch.look()
                    if passed is not None:
                        raise EOFError(passed)
            size = struct.unpack(">I", data[:4])[0]
            answer = dict(json.loads(data[8 : 8 + size].decode("utf-8")))
            if answer.pop("number", None) != number or len(data) != 8 + size:
                raise EOFError("it said something else than was asked")
            return answer
        except (OSError, EOFError, ValueError, TypeError) as error:
            self.end()
            raise ZygoteGoneError("the zygote is gone: %s" % error) from error

    def end(self) -> None:
        """End the zygote and all that came of it."""
        self.link.close()
        kill_descendants()

    def end_strangers(self) -> None:
        """End the processes that left a candidate's group."""
        for _ in range(ROUNDS):
            strangers = set(children()) - {self.process.pid}
            if not strangers:
                return
            for pid in strangers:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        self.end()
        raise ZygoteGoneError("a candidate's processes multiply faster than they can be ended")

    def heed(self) -> None:
        """Have notices from now on of what happens in the tree, where they say enough and can be had."""
        if self.notices is not None:
            self.notices.close()
            self.notices = None
        tree = self.work.tree
        if os.path.ismount(tree):
            known = self.snapshots[tree]
            with suppress(OSError):
                self.notices = Notices(tree, [path for path in known if stat.S_ISDIR(known[path][-1])])

    def touched(self) -> Optional[Set[str]]:
        """Return what may have changed in the tree since the last time; None if it may be anything."""
        return None if self.notices is None else self.notices.take()

    def tidy(self, tree: bool = True, touched: Optional[Set[str]] = None) -> None:
        """Remove the files that a candidate left, and undo what it did to others.

        tree: in the tree, too, and not only in the other folders.
        touched: there, what alone may have changed, if that is known.
        """
        for folder, before in self.snapshots.items():
            if folder != self.work.tree:
                now = snapshot(folder)
            elif not tree:
                continue
            else:
                now = self.look(touched)
            if now == before:
                continue
            added = [path for path in now if path not in before]
            changed = [path for path in before if now.get(path) != before[path]]
            if folder == self.work.tree:
                self._tidy_tree(added, changed, now)
            else:
                empty(folder, [*added, *changed])
        if tree:
            self.touched()  # it was us

    def look(self, touched: Optional[Set[str]]) -> Dict[str, Footprint]:
        """Return a snapshot of the tree, for which only what was touched is looked at, if that is known."""
        tree = self.work.tree
        if touched is not None:
            with suppress(OSError):  # what has gone was to be told; a locked folder has to be opened
                return dict(self.snapshots[tree], **prints(tree, touched - {""}))
        now = snapshot(tree)
        self.heed()
        return now

    def _tidy_tree(self, added: List[str], changed: List[str], now: Dict[str, Footprint]) -> None:
        """Put the tree back as it was loaded: single files where they are still files, else all of it."""
        known = self.snapshots[self.work.tree]
        data: Dict[str, bytes] = {}
        for path in changed:
            original = self.work.original(path)
            if original is None or path not in now or now[path][-1] != known[path][-1]:
                empty(self.work.tree, now)
                self.work.load()
                date_back(self.work.tree, snapshot(self.work.tree))
                self.snapshots[self.work.tree] = snapshot(self.work.tree)
                self.heed()
                return
            data[path] = original
        empty(self.work.tree, added)
        for path, original in data.items():
            self.work.write(path, original, stat.S_IMODE(known[path][-1]))
            self.date_back(path)


def empty(folder: str, paths: Iterable[str]) -> None:
    """Remove some of what is in a folder, outer ones first; what lies in them is gone with them."""
    for path in paths:
        full = os.path.join(folder, path)
        if os.path.lexists(full):
            remove(full)


def date_back(tree: str, paths: Iterable[str]) -> None:
    """Make files older than anything that is written from now on.

    What is compiled for the first fork is there for the others; a candidate's files are always newer.
    """
    for path in paths:
        os.utime(os.path.join(tree, path), (OLD, OLD), follow_symlinks=False)


def footprint(path: str) -> Footprint:
    """Return what changes when a file does, without reading it: the mode comes last."""
    return _print_of(os.lstat(path))


def prints(folder: str, paths: Iterable[str]) -> Dict[str, Footprint]:
    """Return what `snapshot` would of some paths, which are there."""
    found: Dict[str, Footprint] = {}
    for path in paths:
        about = os.lstat(os.path.join(folder, path))
        is_folder = stat.S_ISDIR(about.st_mode)
        found[path] = (0, 0, 0, 0, about.st_mode) if is_folder else _print_of(about)
    return found


def _print_of(about: os.stat_result) -> Footprint:
    return about.st_ctime_ns, about.st_mtime_ns, about.st_size, about.st_ino, about.st_mode


def snapshot(folder: str) -> Dict[str, Footprint]:
    """Return what lies below a folder by relative path, outer ones first. Of folders only the mode counts."""
    found: Dict[str, Footprint] = {}
    shown = len(os.path.join(folder, ""))
    todo = [folder]
    while todo:
        below = todo.pop()
        try:
            entries = os.scandir(below)
        except PermissionError:
            unlock(below)
            entries = os.scandir(below)
        with entries:
            for entry in entries:  # there may be thousands, looked at for every candidate
                about = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode):
                    found[entry.path[shown:]] = (0, 0, 0, 0, about.st_mode)
                    todo.append(entry.path)
                else:
                    found[entry.path[shown:]] = _print_of(about)
    return found


def children() -> List[int]:
    """Return our own children, adopted ones included."""
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:  # a kernel without that file
        return [pid for pid, process in descendants().items() if process.parent == os.getpid()]
