"""The process that stays in the sandbox beside the code under test, and answers the host.

It ends when its input ends, so nothing outlives a host that was killed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import select
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import time
from typing import Any, Callable, Dict, List, Optional, Tuple, Union, cast

from .candidates import Born, Candidates, Work, ZygoteGoneError
from .confine import Confinement
from .frames import CHUNK, Answer, Host, HostGoneError, Json
from .leftovers import Leftovers, remove
from .processes import computed, kill_descendants, oom_kills, reap_orphans
from .streams import Events, Output
from .watch import Watch

EVENT_LIMIT = 64 * 1024 * 1024  # bytes a test run may send over its channel
CHANNEL = "{channel}"


class Supervisor:
    """The requests, one method each; `serve` reads them until the host goes away."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.base = ""
        self.paths: List[str] = []
        self.loaded = b""
        self.candidates: Optional[Candidates] = None
        self.wake_read, wake_write = os.pipe()
        os.set_blocking(self.wake_read, False)
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        self.confinement = Confinement()

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
        watch: Optional[Dict[str, int]] = None,
    ) -> Answer:
        """Take the settings of this sandbox; `payload` is what pytest loads, one source behind another.

        base: folder that holds testbed, tmp and home; "" where they lie at the root of the file system.
        presented: pairs of texts; the first is shown as the second in all output, so that
        output reads the same in every sandbox.
        plugins: path and size of each source.
        watch: limits on what all processes of a command use together, where the kernel keeps none.
        """
        self.base = base
        self.tree = os.path.join(base or "/", "testbed")
        self.home = os.path.join(base, "home") if base else "/run/rpsdg/home"
        self.tmp = os.path.join(base or "/", "tmp")
        self.plugins = os.path.join(os.path.dirname(self.home), "plugins")
        self.prefix = prefix
        library = (os.path.dirname(os.__file__), "/usr/lib/python%d.%d" % sys.version_info[:2])
        self.presented = [(a.encode("utf-8"), b.encode("utf-8")) for a, b in [*presented, library]]
        self.confinement.limits = limits
        for folder in (self.tree, self.home, self.tmp):
            os.makedirs(folder, exist_ok=True)
        # Without a base each of these is a file system of its own, whose files can be counted.
        counted = [] if base else [self.tree, self.tmp, self.home, "/dev/shm"]
        self.watch = None if watch is None else Watch(watch, counted)
        sources = io.BytesIO(payload)
        self.sources = {path: sources.read(size) for path, size in plugins}
        return {
            "python": platform.python_version(),
            "executable": sys.executable,
            "tree": self.tree,
            "home": self.home,
            "tmp": self.tmp,
        }, b""

    def put_plugins(self, **wishes: Any) -> None:
        """Put what pytest loads where it finds it, anew for every run: tests can write there."""
        if os.path.lexists(self.plugins):
            remove(self.plugins)
        for path, source in self.sources.items():
            full = os.path.join(self.plugins, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(source)
        for name, wish in wishes.items():
            with open(os.path.join(self.plugins, "rpsdg_inside", name + ".json"), "w") as text:
                json.dump(wish, text)

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

    def original(self, path: str) -> Optional[bytes]:
        """Return what was loaded for a path; None if it was no file."""
        with tarfile.open(fileobj=io.BytesIO(self.loaded)) as tar:
            try:
                source = None if tar.getmember(path).issym() else tar.extractfile(path)
            except KeyError:
                return None
            return None if source is None else source.read()

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
        return self.run(argv, env, cwd or self.tree, timeout, output_limit)

    def do_test(
        self,
        payload: bytes,
        python: str,
        arguments: List[str],
        env: Dict[str, str],
        timeout: float,
        test_timeout: Optional[float],
        output_limit: int,
        only: Optional[List[str]] = None,
        record: Optional[Json] = None,
        forked: bool = False,
    ) -> Answer:
        """Run pytest with the plugin; the answer's payload is its output, then the plugin's events.

        only: ids of the tests to run.
        record: what else pytest loads: the options of each plugin, by name.
        forked: whether the zygote is to bear the run.
        """
        if forked and self.candidates is None:
            raise ValueError("there is no zygote")
        self.put_plugins(only=only, record=record or {})
        if forked and self.candidates is not None:
            self.candidates.settle(self.plugins)
        leftovers = Leftovers([self.tree] if forked else [self.tree, self.home, self.tmp])
        # The interpreter starts without the tree on its search path: a `sitecustomize` of the tree's would
        # otherwise run before us.
        search = self.search(env)
        env = {name: value for name, value in env.items() if name != "PYTHONPATH"}
        start = os.path.join(self.plugins, "rpsdg_inside", "start.py")
        events = Events(os.urandom(16).hex().encode("ascii") + b" ", test_timeout)
        command = [python, start, CHANNEL, search, "-p", "rpsdg_inside.plugin", *arguments]
        try:
            result, output = self.run(command, env, self.tree, timeout, output_limit, events, forked)
        finally:
            leftovers.sweep()
            if self.candidates is not None:
                self.candidates.tidy(tree=False)
        result["output_size"] = len(output)
        return result, output + self.present(events.own())

    def search(self, env: Dict[str, str]) -> str:
        """Return where modules are looked for: what pytest loads of ours comes first."""
        return os.pathsep.join([self.plugins] + [p for p in (env.get("PYTHONPATH"),) if p])

    def do_warm(
        self, payload: bytes, python: str, arguments: List[str], env: Dict[str, str], timeout: float
    ) -> Answer:
        """Start a zygote."""
        if self.candidates is not None:
            raise ValueError("there is a zygote already")
        self.put_plugins()
        env = dict(env, PYTHONPATH=self.search(env))
        work = Work(
            self.tree,
            [self.home, self.tmp, self.plugins, *([] if self.base else ["/dev/shm"])],
            lambda path: self.do_fetch(b"", path, 1 << 30)[1],
            lambda path, data, mode: cast(None, self.do_write(data, path, mode)),
            lambda: cast(None, self.do_load(self.loaded)),
            self.original,
        )
        self.candidates = Candidates(
            python, arguments, env, work, self.confinement.apply, self.host, self.watch, self.home
        )
        return self.asking(lambda zygote: zygote.start(timeout))

    def do_try(self, payload: bytes, files: List[Tuple[str, int]], command: Json, timeout: float) -> Answer:
        """Try a candidate in the zygote."""
        return self.asking(lambda zygote: zygote.attempt(payload, files, command, timeout))

    def do_restore(self, payload: bytes) -> Answer:
        """Put the tree back as it was loaded, for the zygote's next candidate."""

        def restore(zygote: Candidates) -> Json:
            zygote.tidy()
            return {}

        return self.asking(restore)

    def asking(self, question: Callable[[Candidates], Json]) -> Answer:
        """Ask the zygote something; one that does not answer is gone."""
        if self.candidates is None:
            raise ValueError("there is no zygote")
        try:
            return question(self.candidates), b""
        except ZygoteGoneError:
            self.candidates = None
            raise

    def run(
        self,
        argv: List[str],
        env: Dict[str, str],
        cwd: str,
        timeout: float,
        output_limit: int,
        events: Optional[Events] = None,
        forked: bool = False,
    ) -> Tuple[Json, bytes]:
        """Run a command to its end or a limit's, and leave no process of it behind: a zygote is ended, too.

        With `events` the command gets a channel for them, whose file descriptor takes the place of the
        argument CHANNEL, and their nonce as its standard input. Where it is `forked` the zygote bears it,
        as it does `start.py`, and stays.
        """
        if self.candidates is not None and not forked:
            self.candidates.end()
            self.candidates = None
        out_read, out_write = os.pipe()
        event_read, event_write = os.pipe()
        given, passed = subprocess.DEVNULL, cast(Tuple[int, ...], ())
        if events is not None:
            behind = argv[argv.index(CHANNEL) + 1 :]
            argv = [str(event_write) if argument == CHANNEL else argument for argument in argv]
            passed = (event_write,)
            given, nonce_write = os.pipe()
            os.write(nonce_write, events.nonce)
            os.close(nonce_write)
        kills_before = oom_kills()
        started = time.monotonic()
        process: Union[subprocess.Popen[bytes], Born]
        try:
            if forked:
                process = self.borne(behind, env, [given, out_write, event_write])
            else:
                process = subprocess.Popen(
                    argv, cwd=cwd, env=env, stdin=given, stdout=out_write, stderr=out_write,
                    pass_fds=passed, start_new_session=True, preexec_fn=self.confinement.apply,
                )  # fmt: skip
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            # What a shell would say: no fault of the sandbox's.
            status = 126 if isinstance(error, PermissionError) else 127
            said = self.present(("%s: %s\n" % (error.filename, error.strerror)).encode("utf-8", "replace"))
            for fd in (out_read, event_read):
                os.close(fd)
            return {"returncode": status, "stopped": None, "seconds": 0.0, "truncated": False}, said
        except BaseException:
            for fd in (out_read, event_read):
                os.close(fd)
            raise
        finally:
            for fd in (out_write, event_write, *([] if given == subprocess.DEVNULL else [given])):
                os.close(fd)
        output = Output(output_limit)
        try:
            reason = self.attend(process, out_read, output, event_read, events, started + timeout)
        finally:
            self.end_run(process)
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
        return result, self.present(bytes(output.data))

    def borne(self, arguments: List[str], env: Dict[str, str], files: List[int]) -> Born:
        """Let the zygote bear a run of pytest."""
        if self.candidates is None:
            raise ValueError("there is no zygote")
        try:
            return self.candidates.bear(arguments, env, files)
        except ZygoteGoneError:
            self.candidates = None
            raise

    def end_run(self, process: Union[subprocess.Popen[bytes], Born]) -> None:
        """End what a command left running, and the zygote with it if there is no other way."""
        if self.candidates is None:
            kill_descendants(process.pid)
            return
        process.poll()  # its exit status, before it is ended with the others
        try:
            self.candidates.end_strangers()
        except ZygoteGoneError:
            self.candidates = None

    def attend(
        self,
        process: Union[subprocess.Popen[bytes], Born],
        out_read: int,
        output: Output,
        event_read: int,
        events: Optional[Events],
        deadline: float,
    ) -> Optional[str]:
        """Read what a process says until it ends by itself (None) or has to be stopped (why)."""
        open_fds = {out_read, event_read}
        while True:
            ended = process.poll() is not None
            alarms = [deadline]
            if events is not None and events.due is not None:
                alarms.append(events.due)
            if self.watch is not None:
                alarms.append(self.watch.due())
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
                elif events is not None:
                    events.take(data)
            if ended and not moved:
                return None
            now = time.monotonic()
            if output.discarded > 16 * output.limit or (events and len(events.data) > EVENT_LIMIT):
                return "output-flood"
            if ended:
                continue
            if now >= deadline:
                return "timeout"
            if events and events.due is not None and now >= events.due and events.too_long(computed()):
                return "test-timeout"
            if self.watch is not None and now >= self.watch.due():
                passed = self.watch.look()
                if passed is not None:
                    return passed

    def present(self, data: bytes) -> bytes:
        """Return output with this sandbox's paths as they are in every sandbox."""
        for shown_inside, shown_outside in self.presented:
            data = data.replace(shown_inside, shown_outside)
        return data


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
            try:
                remove(supervisor.base)
            except OSError:
                pass  # the host tries, too
