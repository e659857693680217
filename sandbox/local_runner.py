"""The local runner, for machines without a container engine: bubblewrap if there is one, limits always."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from .contract import (
    HOME,
    PREFIX,
    EnvironmentFailedError,
    Limits,
    Place,
    Sandbox,
    SandboxBrokeError,
    SandboxUnavailableError,
    Session,
)
from .owner import is_alive, owner
from .session import Connection, WireSession, boot_command
from .settings import Settings

__all__ = ["LocalSandbox"]

_MARKER = "environment.json"
"""Written last into an environment's folder: a folder without it is an unfinished one."""
_WORK = "rpsdg-work-"


class LocalSandbox(Sandbox):
    """Runs tests as processes of this machine.

    With bubblewrap a session sees its own file system, users, processes and no network. Without it
    only the resource limits hold, and `caveats` says so.
    """

    name = "local"

    def __init__(self, settings: Settings, *, bubblewrap: bool | None = None) -> None:
        """Prepare to run in `settings.cache`.

        Args:
            settings: what the user set.
            bubblewrap: whether to use it; None uses it where it works.
        """
        if not sys.platform.startswith("linux"):
            raise SandboxUnavailableError(
                f"the local sandbox needs Linux; this is {sys.platform}", hint="Use `--sandbox docker`."
            )
        self._settings = settings
        self._open: set[WireSession] = set()
        self._guard = threading.Lock()
        self._aborted = False
        self._wrap = shutil.which("bwrap")
        works = self._wrap is not None and bubblewrap is not False and self._bubblewrap_works()
        if bubblewrap and not works:
            raise SandboxUnavailableError(
                "bubblewrap is not installed or cannot make user namespaces here",
                hint="Install the package `bubblewrap`, and allow unprivileged user namespaces.",
            )
        if not works:
            self._wrap = None

    @property
    def bubblewrap(self) -> bool:
        """Whether sessions run inside bubblewrap."""
        return self._wrap is not None

    def base(self) -> str:
        """Return what identifies the interpreter and the way of isolation."""
        return f"local:{self._interpreter[0]}:{self._interpreter[1]}:{'bubblewrap' if self._wrap else 'plain'}"

    def python(self) -> str:
        """Return the version of the interpreter that environments are made with."""
        return self._interpreter[1]

    def find(self, key: str) -> Place | None:
        """Return the folder of a finished environment."""
        folder = self._folder(key)
        try:
            about = json.loads((folder / _MARKER).read_text())
        except (OSError, ValueError):
            return None
        return Place(str(folder), str(about["python"]))

    @contextmanager
    def build(self, key: str | None) -> Iterator[Session]:
        """Open a networked session that may write the environment's folder."""
        limits = self._settings.limits
        limits = Limits(memory=4 * limits.memory, processes=512, open_files=65536, disk=4 * limits.disk)
        parent = self._settings.cache / "environments"
        parent.mkdir(parents=True, exist_ok=True)
        if key is None:
            with tempfile.TemporaryDirectory(prefix=".scratch-", dir=parent) as scratch:
                with self._session(Path(scratch), limits, building=True) as session:
                    yield session
            return
        folder = self._folder(key)
        with (parent / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be building the same environment
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            with self._session(folder, limits, building=True) as session:
                yield session
            marker = folder / f".{_MARKER}"
            marker.write_text(json.dumps({"python": session.python}))
            marker.rename(folder / _MARKER)

    @contextmanager
    def open(self, place: Place, limits: Limits) -> Iterator[Session]:
        """Open a fresh session in an environment."""
        with self._session(Path(place.name), limits, building=False) as session:
            yield session

    def abort(self) -> None:
        """End every open session."""
        self._aborted = True
        with self._guard:
            sessions = list(self._open)
        for session in sessions:
            session.abort()

    def sweep(self) -> int:
        """Remove work folders whose run is dead."""
        removed = 0
        for folder in Path(tempfile.gettempdir()).glob(f"{_WORK}*"):
            with contextlib.suppress(OSError):
                if not is_alive((folder / "owner").read_text()):
                    shutil.rmtree(folder, ignore_errors=True)
                    removed += 1
        return removed

    def caveats(self) -> list[str]:
        """Return what this runner does not protect from."""
        common = [
            "There is no limit on the memory of all processes of a test together, only on each one's.",
            "Processes share the machine's kernel and cores; CPU use is limited in time, not in share.",
            "Code under test runs in pytest's process and could forge its own results.",
        ]
        if self._wrap:
            return common
        return [
            "Without bubblewrap the code under test can read your files and use the network.",
            "Without bubblewrap it can write wherever you can.",
            "Without bubblewrap it can signal your other processes.",
            *common,
        ]

    @cached_property
    def _interpreter(self) -> tuple[str, str]:
        """The base interpreter of environments: its path and full version."""
        wanted = self._settings.python
        current = f"{sys.version_info.major}.{sys.version_info.minor}"
        if wanted is None or wanted == current:
            # Not this process's own virtual environment: what it was made from.
            path = Path(sys.base_prefix) / "bin" / f"python{current}"
            if path.exists():
                return str(path), ".".join(map(str, sys.version_info[:3]))
        from uv import find_uv_bin

        found = subprocess.run(
            [find_uv_bin(), "python", "find", "--system", "--no-project", "--no-config", "--no-python-downloads", wanted or current],
            capture_output=True,
            text=True,
            check=False,
        )
        if found.returncode:
            raise EnvironmentFailedError(
                f"no Python {wanted or current} on this machine",
                hint="Install it, choose another with `--python`, or use `--sandbox docker`.",
            )
        path = Path(found.stdout.strip()).resolve()
        version = subprocess.run(
            [str(path), "-I", "-c", "import platform; print(platform.python_version())"],
            capture_output=True,
            text=True,
            check=True,
        )
        return str(path), version.stdout.strip()

    def _folder(self, key: str) -> Path:
        return self._settings.cache / "environments" / key[:24]

    def _bubblewrap_works(self) -> bool:
        command = [*self._wrapped(Limits(), []), "/usr/bin/env", "true"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
        return False

    @contextmanager
    def _session(self, folder: Path, limits: Limits, *, building: bool) -> Iterator[WireSession]:
        connection = self._start(folder, limits, building=building)
        session: WireSession | None = None
        try:
            session = WireSession(
                connection,
                limits=limits,
                prefix=PREFIX if self._wrap else str(folder),
                base=connection.base,
            )
            with self._guard:
                self._open.add(session)
            if self._aborted:
                session.abort()
            yield session
        finally:
            with self._guard:
                if session is not None:
                    self._open.discard(session)
            connection.kill()

    def _start(self, folder: Path, limits: Limits, *, building: bool) -> _Process:
        python = self._interpreter[0]
        if self._wrap is None:
            work = Path(tempfile.mkdtemp(prefix=_WORK))
            (work / "owner").write_text(owner())
            return _Process(boot_command(python), str(work))
        mounts = ["--bind" if building else "--ro-bind", str(folder), PREFIX]
        library = Path(python).parent.parent
        if not library.is_relative_to("/usr"):
            mounts += ["--ro-bind", str(library), str(library)]
        if building:
            mounts += ["--share-net"]
            for path in ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl", "/etc/ca-certificates"):
                mounts += ["--ro-bind-try", path, path]
        return _Process([*self._wrapped(limits, mounts), *boot_command(python)], "")

    def _wrapped(self, limits: Limits, mounts: list[str]) -> list[str]:
        command = [str(self._wrap), "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        command += ["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--hostname", "sandbox"]
        command += ["--ro-bind", "/usr", "/usr"]
        for name in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"):
            if Path(name).is_symlink():
                command += ["--symlink", str(Path(name).readlink()), name]
            elif Path(name).exists():
                command += ["--ro-bind", name, name]
        for etc in ("ld.so.cache", "ld.so.conf", "alternatives", "localtime", "nsswitch.conf", "mime.types"):
            command += ["--ro-bind-try", f"/etc/{etc}", f"/etc/{etc}"]
        command += ["--proc", "/proc", "--dev", "/dev"]
        for path, size in (("/testbed", limits.disk), ("/tmp", limits.disk), ("/run/rpsdg", 256 * 1024**2)):  # noqa: S108
            command += ["--size", str(size), "--tmpfs", path]
        command += ["--dir", HOME, "--ro-bind-try", str(self._passwd()), "/etc/passwd"]
        return [*command, *mounts, "--remount-ro", "/", "--chdir", "/testbed"]

    def _passwd(self) -> Path:
        path = self._settings.cache / "passwd"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"root:x:0:0::/:/bin/sh\ntester:x:1000:1000::{HOME}:/bin/sh\n")
        return path


class _Process(Connection):
    """The pipes of a supervisor that runs as a child process."""

    def __init__(self, command: list[str], base: str) -> None:
        self.base = base
        """The session's work folder; empty when it has a file system of its own."""
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath},
                cwd=base or "/",
                start_new_session=True,  # a Ctrl-C in the terminal is the host's to handle
                bufsize=0,
            )
        except OSError as error:
            raise SandboxBrokeError(f"the sandbox could not be started: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        self._killed = threading.Lock()

    def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            _, ready, _ = select.select([], [self._to], [], 60.0)
            if not ready:
                raise TimeoutError("the supervisor does not read")
            view = view[os.write(self._to, view[: 1 << 16]) :]

    def receive(self, size: int, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        data = bytearray()
        while len(data) < size:
            ready, _, _ = select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no answer within {timeout:.0f} s")
            part = os.read(self._from, min(size - len(data), 1 << 20))
            if not part:
                raise ConnectionResetError("the supervisor ended")
            data += part
        return bytes(data)

    def kill(self) -> None:
        if not self._killed.acquire(blocking=False):
            return
        # Its input ends, so the supervisor kills what it started and leaves; a hung one is killed.
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self.base:
            shutil.rmtree(self.base, ignore_errors=True)
