"""The process that stays in the sandbox beside the code under test, and answers the host.

It speaks frames over its standard input and output: two big-endian 32-bit lengths, a JSON header, a
binary payload. It ends when its input ends, so nothing outlives a host that was killed.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import json
import os
import platform
import resource
import select
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tarfile
import time
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

Json = Dict[str, Any]
Answer = Tuple[Json, bytes]

CHUNK = 65536
EVENT_LIMIT = 64 * 1024 * 1024  # bytes a test run may send over its channel
WATCH = 0.25  # seconds between two counts of the processes, where the kernel does not limit them
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 4, 24, 36, 38
OLD = 946684800  # the year 2000, in seconds
CAPABILITIES = 64  # as many as a kernel could have


Footprint = Tuple[int, int, int, int]


class Zygote(NamedTuple):
    """The process that tries candidates, and the way to it."""

    process: "subprocess.Popen[bytes]"
    link: socket.socket


class HostGoneError(Exception):
    """The host closed the supervisor's input."""


class Process(NamedTuple):
    """What is of interest of a line of /proc/PID/stat."""

    parent: int
    state: bytes
    threads: int


class Host:
    """The frames to and from the host."""

    def __init__(self) -> None:
        # Standard output belongs to the frames alone: whatever prints by accident goes nowhere.
        self.source = os.dup(0)
        self.sink = os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        self.pending = b""

    def _read(self, size: int) -> bytes:
        parts = []
        if self.pending:
            parts.append(self.pending[:size])
            self.pending = self.pending[size:]
            size -= len(parts[0])
        while size:
            part = os.read(self.source, min(size, 1 << 20))
            if not part:
                raise HostGoneError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def receive(self) -> Answer:
        """Return the next request: its header and payload."""
        header_size, payload_size = struct.unpack(">II", self._read(8))
        return json.loads(self._read(header_size).decode("utf-8")), self._read(payload_size)

    def send(self, header: Json, payload: bytes = b"") -> None:
        """Answer a request."""
        head = json.dumps(header).encode("utf-8")
        data = memoryview(struct.pack(">II", len(head), len(payload)) + head + payload)
        while data:
            data = data[os.write(self.sink, data) :]

    def listen(self) -> None:
        """Take in what is ready while something runs: the host went away, or sent ahead."""
        part = os.read(self.source, CHUNK)
        if not part:
            raise HostGoneError
        self.pending += part


class Supervisor:
    """The requests, one method each; `serve` reads them until the host goes away."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.base = ""
        self.paths: List[str] = []
        self.loaded = b""
        self.zygote: Optional[Zygote] = None
        self.snapshots: Dict[str, Dict[str, Footprint]] = {}
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        self.prctl: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
        self.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # daemons of the tests become ours, to be killed
        self.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # the tests cannot open our file descriptors through /proc

    def serve(self) -> None:
        """Answer requests until the host goes away."""
        while True:
            request, payload = self.host.receive()
            try:
                method: Callable[..., Answer] = getattr(self, "do_" + request.pop("do"))
                answer, data = method(payload, **request)
                answer["ok"] = True
            except HostGoneError:
                raise
            except Exception as error:
                answer, data = {"ok": False, "error": "%s: %s" % (type(error).__name__, error)}, b""
            self.host.send(answer, data)

    def do_start(
        self,
        payload: bytes,
        base: str,
        prefix: str,
        presented: List[Tuple[str, str]],
        limits: Dict[str, int],
        plugins: List[Tuple[str, int]],
        watch: Optional[int] = None,
    ) -> Answer:
        """Take the settings of this sandbox; `payload` is what pytest loads, one source behind another.

        base: folder that holds testbed, tmp and home; "" where they lie at the root of the file system.
        presented: pairs of texts; the first is shown as the second in all output, so that
        output reads the same in every sandbox.
        plugins: name and size of each source.
        watch: how many processes (and threads) a command may have where no limit of the kernel's holds.
        """
        self.base = base
        self.watch = watch
        self.tree = os.path.join(base or "/", "testbed")
        self.home = os.path.join(base, "home") if base else "/run/rpsdg/home"
        self.tmp = os.path.join(base or "/", "tmp")
        self.plugins = os.path.join(os.path.dirname(self.home), "plugins")
        self.prefix = prefix
        library = (os.path.dirname(os.__file__), "/usr/lib/python%d.%d" % sys.version_info[:2])
        self.presented = [(a.encode("utf-8"), b.encode("utf-8")) for a, b in [*presented, library]]
        self.limits = limits
        for folder in (self.tree, self.home, self.tmp, self.plugins):
            os.makedirs(folder, exist_ok=True)
        sources = io.BytesIO(payload)
        for name, size in plugins:
            with open(os.path.join(self.plugins, name), "wb") as file:
                file.write(sources.read(size))
        return {
            "python": platform.python_version(),
            "executable": sys.executable,
            "tree": self.tree,
            "home": self.home,
            "tmp": self.tmp,
        }, b""

    def do_load(self, payload: bytes) -> Answer:
        """Unpack the tree (a tar made and checked by the host) and what the project's build generated."""
        self.loaded = payload
        self.paths = []
        with tarfile.open(fileobj=io.BytesIO(payload)) as tar:
            for member in tar:
                path = os.path.join(self.tree, member.name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                self.paths.append(member.name)
                if member.issym():
                    os.symlink(member.linkname, path)
                    continue
                source = tar.extractfile(member)
                if source is None:
                    raise ValueError("%s is neither a file nor a link" % member.name)
                with open(path, "wb") as file:
                    shutil.copyfileobj(source, file)
                os.chmod(path, member.mode)
        overlay = os.path.join(self.prefix, "overlay")
        for folder, _, names in os.walk(overlay):
            for name in names:
                target = os.path.join(self.tree, os.path.relpath(os.path.join(folder, name), overlay))
                if not os.path.lexists(target):
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    shutil.copy(os.path.join(folder, name), target)
        return {}, b""

    def do_write(self, payload: bytes, path: str, mode: Optional[int] = None) -> Answer:
        """Write a file; a relative path lies in the tree and keeps its mode."""
        full = os.path.join(self.tree, path)
        if mode is None:
            mode = stat.S_IMODE(os.lstat(full).st_mode) if os.path.lexists(full) else 0o644
        if os.path.lexists(full):
            os.unlink(full)  # never write through a link that a test put there
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(payload)
        os.chmod(full, mode)
        return {}, b""

    def do_fetch(self, payload: bytes, path: str, limit: int) -> Answer:
        """Send back the content of a file."""
        # Opening a pipe that a test put there would wait for its other end, for ever.
        with open(
            os.open(os.path.join(self.tree, path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb"
        ) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ValueError("%s is not a file" % path)
            data = file.read(limit + 1)
        if len(data) > limit:
            raise ValueError("%s is larger than %d bytes" % (path, limit))
        return {}, data

    def do_digest(self, payload: bytes) -> Answer:
        """Hash the tree as it lies on the disk, over the paths that were loaded."""
        lines = []
        for path in self.paths:
            full = os.path.join(self.tree, path)
            try:
                mode = os.lstat(full).st_mode
                if stat.S_ISLNK(mode):
                    kind, data = "link", os.fsencode(os.readlink(full))
                elif not stat.S_ISREG(mode):
                    kind, data = "other", b""
                else:
                    kind = "exec" if mode & stat.S_IXUSR else "file"
                    with open(full, "rb") as file:
                        data = file.read()
            except OSError as error:
                kind, data = type(error).__name__, b""
            lines.append("%s %s %s\0" % (kind, hashlib.sha256(data).hexdigest(), path))
        text = "".join(sorted(lines)).encode("utf-8", "surrogateescape")
        return {"digest": hashlib.sha256(text).hexdigest()}, b""

    def do_execute(
        self,
        payload: bytes,
        argv: List[str],
        env: Dict[str, str],
        timeout: float,
        output_limit: int,
        cwd: Optional[str] = None,
    ) -> Answer:
        """Run a command."""
        result, output, _ = self.run(argv, env, cwd or self.tree, timeout, output_limit)
        return result, output

    def do_test(
        self,
        payload: bytes,
        argv: List[str],
        env: Dict[str, str],
        timeout: float,
        test_timeout: Optional[float],
        output_limit: int,
        only: Optional[List[str]] = None,
        record: Optional[Json] = None,
    ) -> Answer:
        """Run pytest with the plugin; the answer's payload is its output, then the plugin's events.

        only: ids of the tests to run.
        record: what else pytest loads: the options of each plugin, by name.
        """
        for name, wish in (("only.json", only), ("record.json", record or {})):
            with open(os.path.join(self.plugins, name), "w") as file:
                json.dump(wish, file)
        paths = [self.plugins] + [p for p in (env.get("PYTHONPATH"),) if p]
        env = dict(env, PYTHONPATH=os.pathsep.join(paths))
        result, output, events = self.run(
            argv, env, self.tree, timeout, output_limit, test_timeout=test_timeout, channel=True
        )
        result["output_size"] = len(output)
        return result, output + events

    def do_warm(self, payload: bytes, argv: List[str], env: Dict[str, str], timeout: float) -> Answer:
        """Start a zygote (see `zygote.py`), which collects the tests once and for all candidates."""
        if self.zygote is not None:
            raise ValueError("there is a zygote already")
        near, far = socket.socketpair()
        paths = [self.plugins] + [p for p in (env.get("PYTHONPATH"),) if p]
        env = dict(env, PYTHONPATH=os.pathsep.join(paths), RPSDG_ZYGOTE="%d" % far.fileno())
        # What is compiled for the first fork is there for the others. A candidate's files are always newer.
        env["PYTHONPYCACHEPREFIX"] = os.path.join(self.home, "pycache")
        del env["PYTHONDONTWRITEBYTECODE"]
        self.date_back(snapshot(self.tree))
        python, arguments = argv[0], argv[1:]
        process = subprocess.Popen(
            [python, os.path.join(self.plugins, "rpsdg_zygote.py")], cwd=self.tree, env=env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(far.fileno(),), start_new_session=True, preexec_fn=self.limit,
        )  # fmt: skip
        far.close()
        self.zygote = Zygote(process, near)
        answer = self.ask_zygote({"arguments": arguments}, b"", timeout)
        self.snapshots = {folder: snapshot(folder) for folder in (self.tree, self.home, self.tmp)}
        return answer, b""

    def do_try(self, payload: bytes, files: List[Tuple[str, int]], command: Json, timeout: float) -> Answer:
        """Try a candidate: its files lie in the tree for as long as its tests run.

        payload: the content of `files`, one behind another, and then what the zygote gets.
        """
        source = io.BytesIO(payload)
        before: Dict[str, bytes] = {}
        try:
            for path, size in files:
                before[path] = self.do_fetch(b"", path, 1 << 30)[1]
                self.do_write(source.read(size), path)
            return self.ask_zygote(command, source.read(), timeout), b""
        finally:
            for path, data in before.items():
                self.do_write(data, path)
                self.date_back([path])
                self.snapshots[self.tree][path] = footprint(os.path.join(self.tree, path))
            self.tidy()

    def date_back(self, paths: Iterable[str]) -> None:
        """Make files of the tree older than anything that is written from now on."""
        for path in paths:
            os.utime(os.path.join(self.tree, path), (OLD, OLD), follow_symlinks=False)

    def ask_zygote(self, command: Json, payload: bytes, timeout: float) -> Json:
        """Send the zygote a frame and return its answer; it is ended when it does not give one."""
        if self.zygote is None:
            raise ValueError("there is no zygote")
        link, deadline = self.zygote.link, time.monotonic() + timeout
        head = json.dumps(command).encode("utf-8")
        data = b""
        try:
            link.sendall(struct.pack(">II", len(head), len(payload)) + head + payload)
            while len(data) < 8 or len(data) < 8 + sum(struct.unpack(">II", data[:8])):
                left = max(0.0, deadline - time.monotonic())
                ready, _, _ = select.select([link.fileno(), self.host.source], [], [], left)
                if self.host.source in ready:
                    self.host.listen()
                if link.fileno() in ready or not ready:
                    part = link.recv(CHUNK) if ready else b""
                    if not part:
                        raise EOFError
                    data += part
            return dict(json.loads(data[8 : 8 + struct.unpack(">I", data[:4])[0]].decode("utf-8")))
        except (OSError, EOFError, ValueError) as error:
            self.zygote = None
            link.close()
            kill_descendants()
            raise ValueError("the zygote is gone: %s" % type(error).__name__) from error

    def tidy(self) -> None:
        """Undo what a candidate left behind: processes that left its group, and files."""
        if self.zygote is None:
            return
        strangers = set(children()) - {self.zygote.process.pid}
        while strangers:
            for pid in strangers:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            strangers = set(children()) - {self.zygote.process.pid}
        for folder, before in self.snapshots.items():
            now = snapshot(folder)
            if now == before:
                continue
            everything = folder == self.tree
            for path in now if everything else [path for path in now if now[path] != before.get(path)]:
                full = os.path.join(folder, path)
                if os.path.isdir(full) and not os.path.islink(full):
                    shutil.rmtree(full, ignore_errors=True)
                elif os.path.lexists(full):
                    os.unlink(full)
            if everything:
                self.do_load(self.loaded)
                self.date_back(snapshot(folder))
                self.snapshots[folder] = snapshot(folder)

    def run(
        self,
        argv: List[str],
        env: Dict[str, str],
        cwd: str,
        timeout: float,
        output_limit: int,
        test_timeout: Optional[float] = None,
        channel: bool = False,
    ) -> Tuple[Json, bytes, bytes]:
        """Run a command to its end or a limit's, and leave no process behind: a zygote is ended, too."""
        self.zygote = None
        out_read, out_write = os.pipe()
        event_read, event_write = os.pipe()
        events = Events(os.urandom(8).hex().encode("ascii") + b" ", test_timeout)
        if channel:
            env = dict(env, RPSDG_CHANNEL="%d:%s" % (event_write, events.nonce.decode("ascii")))
        kills_before = oom_kills()
        started = time.monotonic()
        try:
            process = subprocess.Popen(
                argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out_write, stderr=out_write,
                pass_fds=(event_write,) if channel else (), start_new_session=True, preexec_fn=self.limit,
            )  # fmt: skip
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            # What a shell would say: no fault of the sandbox's.
            status = 126 if isinstance(error, PermissionError) else 127
            said = self.present(("%s: %s\n" % (error.filename, error.strerror)).encode("utf-8", "replace"))
            for fd in (out_read, event_read):
                os.close(fd)
            return {"returncode": status, "stopped": None, "seconds": 0.0, "truncated": False}, said, b""
        except BaseException:
            for fd in (out_read, event_read):
                os.close(fd)
            raise
        finally:
            os.close(out_write)
            os.close(event_write)
        output = Output(output_limit)
        try:
            reason = self.attend(process, out_read, output, event_read, events, started + timeout)
        finally:
            kill_descendants(process.pid)
            process.wait()
            os.close(out_read)
            os.close(event_read)
        if oom_kills() > kills_before:
            reason = "out-of-memory"
        result = {
            "returncode": process.returncode,
            "stopped": reason,
            "seconds": time.monotonic() - started,
            "truncated": output.discarded > 0,
        }
        return result, self.present(bytes(output.data)), self.present(events.own())

    def attend(
        self,
        process: subprocess.Popen[bytes],
        out_read: int,
        output: Output,
        event_read: int,
        events: Events,
        deadline: float,
    ) -> Optional[str]:
        """Read what a process says until it ends by itself (None) or has to be stopped (why)."""
        open_fds = {out_read, event_read}
        counted = time.monotonic()
        while True:
            ended = process.poll() is not None
            alarms = [deadline]
            if events.deadline is not None:
                alarms.append(events.deadline)
            if self.watch is not None:
                alarms.append(counted + WATCH)
            wait = 0.0 if ended else max(0.0, min(alarms) - time.monotonic())
            ready, _, _ = select.select([*open_fds, self.host.source, self.wake_read], [], [], wait)
            if self.wake_read in ready:
                os.read(self.wake_read, CHUNK)
                reap_orphans(process.pid)
            if self.host.source in ready:
                self.host.listen()
            moved = False
            for fd in open_fds & set(ready):
                data = os.read(fd, CHUNK)
                moved = True
                if not data:
                    open_fds.discard(fd)
                elif fd == out_read:
                    output.take(data)
                else:
                    events.take(data)
            if ended and not moved:
                return None
            now = time.monotonic()
            if output.discarded > 16 * output.limit or len(events.data) > EVENT_LIMIT:
                return "output-flood"
            if ended:
                continue
            if now >= deadline:
                return "timeout"
            if events.deadline is not None and now >= events.deadline:
                return "test-timeout"
            if self.watch is not None and now >= counted + WATCH:
                counted = now
                if sum(process.threads for process in descendants().values()) > self.watch:
                    return "too-many-processes"

    def present(self, data: bytes) -> bytes:
        """Return output with this sandbox's paths as they are in every sandbox."""
        for shown_inside, shown_outside in self.presented:
            data = data.replace(shown_inside, shown_outside)
        return data

    def limit(self) -> None:
        """Called in the child, before it becomes the command: give up what tests need not have."""
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


class Output:
    """What a command prints, as much of it as is kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.data = bytearray()
        self.discarded = 0

    def take(self, data: bytes) -> None:
        """Keep what there is room for."""
        room = self.limit - len(self.data)
        self.data += data[:room]
        self.discarded += max(0, len(data) - room)


class Events:
    """The lines that come over the plugin's channel, and the time limit of the test they say is running."""

    def __init__(self, nonce: bytes, test_timeout: Optional[float]) -> None:
        self.nonce = nonce
        self.test_timeout = test_timeout
        self.deadline: Optional[float] = None
        self.data = bytearray()
        self._line = 0

    def take(self, data: bytes) -> None:
        """Take in some bytes, and look at the lines they complete."""
        self.data += data
        while True:
            end = self.data.find(b"\n", self._line)
            if end < 0:
                return
            # Only the plugin knows the nonce; lines without it are not its own.
            if self.test_timeout and self.data.startswith(self.nonce, self._line):
                kind = bytes(self.data[self._line + len(self.nonce) : self._line + len(self.nonce) + 10])
                if kind.startswith(b'["start"'):
                    self.deadline = time.monotonic() + self.test_timeout
                elif kind.startswith((b'["finish"', b'["session"')):
                    self.deadline = None
            self._line = end + 1

    def own(self) -> bytes:
        """Return the plugin's own lines, without the nonce."""
        lines = self.data.split(b"\n")
        return b"".join(
            bytes(line[len(self.nonce) :]) + b"\n" for line in lines if line.startswith(self.nonce)
        )


def footprint(path: str) -> Footprint:
    """Return what changes when a file does, without reading it."""
    about = os.lstat(path)
    return about.st_mtime_ns, about.st_size, about.st_ino, about.st_mode


def snapshot(folder: str) -> Dict[str, Footprint]:
    """Return what lies below a folder, by relative path. Of folders only the mode counts."""
    found: Dict[str, Footprint] = {}
    todo = [""]
    while todo:
        below = todo.pop()
        for entry in os.scandir(os.path.join(folder, below)):
            path = os.path.join(below, entry.name)
            about = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                found[path] = (0, 0, 0, about.st_mode)
                todo.append(path)
            else:
                found[path] = (about.st_mtime_ns, about.st_size, about.st_ino, about.st_mode)
    return found


def children() -> List[int]:
    """Return our own children, adopted ones included."""
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:  # a kernel without that file
        return [pid for pid, process in descendants().items() if process.parent == os.getpid()]


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
            processes[int(name)] = Process(int(fields[1]), fields[0], int(fields[17]))
            children.setdefault(int(fields[1]), []).append(int(name))
    family: Dict[int, Process] = {}
    found = list(children.get(os.getpid(), ()))
    while found:
        pid = found.pop()
        family[pid] = processes[pid]
        found += children.get(pid, ())
    return family


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


def main() -> None:
    """Serve until the host goes away, and leave nothing behind."""
    supervisor = Supervisor(Host())
    try:
        supervisor.serve()
    except HostGoneError:
        pass
    finally:
        kill_descendants()
        if supervisor.base:
            shutil.rmtree(supervisor.base, ignore_errors=True)


if __name__ == "__main__":
    main()
