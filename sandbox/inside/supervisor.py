"""The process that stays in the sandbox beside the code under test, and answers the host.

It speaks frames over its standard input and output: two big-endian 32-bit lengths, a JSON header, a
binary payload. It ends when its input ends, so nothing outlives a host that was killed.
"""

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
import stat
import struct
import subprocess
import sys
import tarfile
import time

CHUNK = 65536
EVENT_LIMIT = 64 * 1024 * 1024  # bytes a test run may send over its channel
PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 4, 36


class HostGoneError(Exception):
    pass


class Host:
    """The frames to and from the host."""

    def __init__(self):
        # Standard output belongs to the frames alone: whatever prints by accident goes nowhere.
        self.source = os.dup(0)
        self.sink = os.dup(1)
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        self.pending = b""

    def _read(self, size):
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

    def receive(self):
        header_size, payload_size = struct.unpack(">II", self._read(8))
        return json.loads(self._read(header_size).decode("utf-8")), self._read(payload_size)

    def send(self, header, payload=b""):
        head = json.dumps(header).encode("utf-8")
        data = memoryview(struct.pack(">II", len(head), len(payload)) + head + payload)
        while data:
            data = data[os.write(self.sink, data) :]

    def listen(self):
        """Called when input is ready while something runs: the host went away, or sent ahead."""
        part = os.read(self.source, CHUNK)
        if not part:
            raise HostGoneError
        self.pending += part


class Supervisor:
    """The requests, one method each; `serve` reads them until the host goes away."""

    def __init__(self, host):
        self.host = host
        self.paths = []
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # daemons of the tests become ours, to be killed
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # the tests cannot open our file descriptors through /proc

    def serve(self):
        while True:
            request, payload = self.host.receive()
            try:
                answer, data = getattr(self, "do_" + request.pop("do"))(payload, **request)
                answer["ok"] = True
            except HostGoneError:
                raise
            except Exception as error:
                answer, data = {"ok": False, "error": "%s: %s" % (type(error).__name__, error)}, b""
            self.host.send(answer, data)

    def do_start(self, payload, base, prefix, presented, limits):
        """Take the settings of this sandbox; `payload` is the pytest plugin's source.

        base: folder that holds testbed, tmp and home; "" where they lie at the root of the file system.
        presented: pairs of texts; the first is shown as the second in all output, so that
        output reads the same in every sandbox.
        """
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
        with open(os.path.join(self.plugins, "rpsdg_channel.py"), "wb") as file:
            file.write(payload)
        return {
            "python": platform.python_version(),
            "executable": sys.executable,
            "tree": self.tree,
            "home": self.home,
            "tmp": self.tmp,
        }, b""

    def do_load(self, payload):
        """Unpack the tree (a tar made and checked by the host) and what the project's build generated."""
        self.paths = []
        with tarfile.open(fileobj=io.BytesIO(payload)) as tar:
            for member in tar:
                path = os.path.join(self.tree, member.name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                self.paths.append(member.name)
                if member.issym():
                    os.symlink(member.linkname, path)
                    continue
                with open(path, "wb") as file:
                    shutil.copyfileobj(tar.extractfile(member), file)
                os.chmod(path, member.mode)
        overlay = os.path.join(self.prefix, "overlay")
        for folder, _, names in os.walk(overlay):
            for name in names:
                target = os.path.join(self.tree, os.path.relpath(os.path.join(folder, name), overlay))
                if not os.path.lexists(target):
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    shutil.copy(os.path.join(folder, name), target)
        return {}, b""

    def do_write(self, payload, path, mode=None):
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

    def do_fetch(self, payload, path, limit):
        """Send back the content of a file."""
        with open(os.path.join(self.tree, path), "rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise ValueError("%s is larger than %d bytes" % (path, limit))
        return {}, data

    def do_digest(self, payload):
        """Hash the tree as it lies on the disk, over the paths that were loaded."""
        lines = []
        for path in self.paths:
            full = os.path.join(self.tree, path)
            try:
                mode = os.lstat(full).st_mode
                if stat.S_ISLNK(mode):
                    kind, data = "link", os.fsencode(os.readlink(full))
                else:
                    kind = "exec" if mode & stat.S_IXUSR else "file"
                    with open(full, "rb") as file:
                        data = file.read()
            except OSError as error:
                kind, data = type(error).__name__, b""
            lines.append("%s %s %s\n" % (kind, hashlib.sha256(data).hexdigest(), path))
        text = "".join(sorted(lines)).encode("utf-8", "surrogateescape")
        return {"digest": hashlib.sha256(text).hexdigest()}, b""

    def do_execute(self, payload, argv, env, timeout, output_limit, cwd=None):
        """Run a command."""
        result, output, _ = self.run(argv, env, cwd or self.tree, timeout, output_limit)
        return result, output

    def do_test(self, payload, argv, env, timeout, test_timeout, output_limit, only=None):
        """Run pytest with the plugin; the answer's payload is its output, then the plugin's events."""
        with open(os.path.join(self.plugins, "only.json"), "w") as file:
            json.dump(only, file)
        paths = [self.plugins] + [p for p in (env.get("PYTHONPATH"),) if p]
        env = dict(env, PYTHONPATH=os.pathsep.join(paths))
        result, output, events = self.run(
            argv, env, self.tree, timeout, output_limit, test_timeout=test_timeout, channel=True
        )
        result["output_size"] = len(output)
        return result, output + events

    def run(self, argv, env, cwd, timeout, output_limit, test_timeout=None, channel=False):
        out_read, out_write = os.pipe()
        event_read, event_write = os.pipe()
        nonce = os.urandom(8).hex().encode("ascii") + b" "
        env = dict(env)
        if channel:
            env["RPSDG_CHANNEL"] = "%d:%s" % (event_write, nonce.decode("ascii"))
        kills_before = oom_kills()
        started = time.monotonic()
        output, events, line_start, discarded = bytearray(), bytearray(), 0, 0
        deadline, test_deadline, reason = started + timeout, None, None
        process = subprocess.Popen(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out_write, stderr=out_write,
            pass_fds=(event_write,) if channel else (), start_new_session=True, preexec_fn=self.limit,
        )  # fmt: skip
        os.close(out_write)
        os.close(event_write)
        open_fds = {out_read, event_read}
        try:
            while True:
                ended = process.poll() is not None
                limits = [d for d in (deadline, test_deadline) if d is not None]
                wait = 0 if ended else max(0.0, min(limits) - time.monotonic())
                ready, _, _ = select.select(list(open_fds) + [self.host.source, self.wake_read], [], [], wait)
                if self.wake_read in ready:
                    os.read(self.wake_read, CHUNK)
                if self.host.source in ready:
                    self.host.listen()
                moved = False
                for fd in open_fds & set(ready):
                    data = os.read(fd, CHUNK)
                    moved = True
                    if not data:
                        open_fds.discard(fd)
                    elif fd == out_read:
                        room = output_limit - len(output)
                        output += data[:room]
                        discarded += max(0, len(data) - room)
                    else:
                        events += data
                        while True:
                            end = events.find(b"\n", line_start)
                            if end < 0:
                                break
                            # Only the plugin knows the nonce; lines without it are not its own.
                            if events.startswith(nonce, line_start) and test_timeout:
                                kind = events[line_start + len(nonce) : line_start + len(nonce) + 10]
                                if kind.startswith(b'["start"'):
                                    test_deadline = time.monotonic() + test_timeout
                                elif kind.startswith(b'["finish"') or kind.startswith(b'["session"'):
                                    test_deadline = None
                            line_start = end + 1
                if ended and not moved:
                    break
                now = time.monotonic()
                if discarded > 16 * output_limit or len(events) > EVENT_LIMIT:
                    reason = "output-flood"
                elif not ended and now >= deadline:
                    reason = "timeout"
                elif not ended and test_deadline is not None and now >= test_deadline:
                    reason = "test-timeout"
                if reason:
                    break
        finally:
            kill_descendants(process.pid)
            process.wait()
            os.close(out_read)
            os.close(event_read)
        if oom_kills() > kills_before:
            reason = "out-of-memory"
        own = b"".join(line[len(nonce) :] + b"\n" for line in events.split(b"\n") if line.startswith(nonce))
        result = {
            "returncode": process.returncode,
            "stopped": reason,
            "seconds": time.monotonic() - started,
            "truncated": discarded > 0,
        }
        return result, self.present(bytes(output)), self.present(own)

    def present(self, data):
        for shown_inside, shown_outside in self.presented:
            data = data.replace(shown_inside, shown_outside)
        return data

    def limit(self):
        for name, value in self.limits.items():
            kind = getattr(resource, "RLIMIT_" + name)
            hard = resource.getrlimit(kind)[1]
            if hard != resource.RLIM_INFINITY:
                value = min(value, hard)
            resource.setrlimit(kind, (value, value))


def oom_kills():
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


def kill_descendants(child=None):
    """Kill every process below this one. Orphans come to us, so the loop ends when none is left.

    All are reaped but `child`, whose exit status is still wanted.
    """
    me = os.getpid()
    while True:
        parents = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open("/proc/%s/stat" % name, "rb") as file:
                        fields = file.read().rpartition(b")")[2].split()
                    parents[int(name)] = (int(fields[1]), fields[0])
                except OSError:
                    continue
        family, grown = {me}, True
        while grown:
            more = {pid for pid, (parent, _) in parents.items() if parent in family} - family
            grown = bool(more)
            family |= more
        alive = [pid for pid in family - {me} if parents[pid][1] != b"Z"]
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        for pid in family - {me, child}:
            try:
                os.waitpid(pid, os.WNOHANG)  # only our own children; the others are reaped as they arrive
            except OSError:
                pass
        if not alive:
            return
        time.sleep(0.002)


if __name__ == "__main__":
    supervisor = Supervisor(Host())
    try:
        supervisor.serve()
    except HostGoneError:
        pass
    finally:
        kill_descendants()
