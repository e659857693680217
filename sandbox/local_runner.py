"""The local runner, for machines without a container engine: bubblewrap if there is one, limits always."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from .contract import (
    HOME,
    PREFIX,
    EnvironmentFailedError,
    Limits,
    Place,
    Sandbox,
    SandboxUnavailableError,
    Session,
)
from .inside.leftovers import remove
from .interpreters import find_interpreter
from .owner import is_alive, owner
from .process_connection import ProcessConnection
from .session import WireSession, abort_all, boot_command
from .settings import Settings

__all__ = ["LocalSandbox"]

_WORK = "rpsdg-work-"
_OWN_COUNT = (5, 14)
"""The first Linux that counts a user's processes in each user namespace apart."""
_MASKED = {"keys", "key-users", "timer_list", "sched_debug", "latency_stats", "kcore"}
"""Files of /proc that tell of other sessions; Docker hides them, too."""
_HOME_SIZE = 256 * 1024**2
_SHARED_MEMORY = 64 * 1024**2
_ACCOUNTS = {
    "passwd": f"root:x:0:0::/:/bin/sh\ntester:x:1000:1000::{HOME}:/bin/sh\n",
    "group": "root:x:0:\ntester:x:1000:\n",
}


class LocalSandbox(Sandbox):
    """Runs tests as processes of this machine.

    With bubblewrap a session sees its own file system, users, processes and no network. Without it
    only the resource limits hold, and `caveats` says so.
    """

    name = "local"
    has_system_packages = False

    def __init__(self, settings: Settings, *, bubblewrap: bool | None = None) -> None:
        """Prepare to run in `settings.cache`.

        Args:
            settings: what the user set.
            bubblewrap: whether to use it; None leaves it to `settings.bubblewrap`.
        """
        bubblewrap = settings.bubblewrap if bubblewrap is None else bubblewrap
        if not sys.platform.startswith("linux"):
            raise SandboxUnavailableError(
                f"the local sandbox needs Linux; this is {sys.platform}", hint="Use `--sandbox docker`."
            )
        self._settings = settings
        self._open: set[WireSession] = set()
        self._guard = threading.Lock()
        self._aborted = False
        self._spawner: ThreadPoolExecutor | None = None
        self._others: list[LocalSandbox] = []
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

    def base(self, system_packages: Sequence[str] = ()) -> str:
        """Return what identifies the interpreter and the way of isolation."""
        if system_packages:
            raise EnvironmentFailedError(
                f"the environment has Debian packages, which this machine's own are not to be changed for: "
                f"{' '.join(system_packages)}",
                hint="Use `--sandbox docker`.",
            )
        return (
            f"local:{self._interpreter[0]}:{self._interpreter[1]}:{'bubblewrap' if self._wrap else 'plain'}"
        )

    def python(self) -> str:
        """Return the version of the interpreter that environments are made with."""
        return self._interpreter[1]

    def with_python(self, minor: str) -> LocalSandbox | None:
        """Return a sandbox for another interpreter of this machine."""
        other = LocalSandbox(replace(self._settings, python=minor), bubblewrap=self.bubblewrap)
        try:
            if not other.python().startswith(f"{minor}."):
                return None
        except EnvironmentFailedError:
            return None
        self._others.append(other)
        return other

    def find(self, key: str) -> Place | None:
        """Return the folder of a finished environment."""
        folder = self._folder(key)
        try:
            about = json.loads(_marker(folder).read_text())
        except (OSError, ValueError):
            return None
        return Place(str(folder), str(about["python"]))

    def kept(self) -> list[str]:
        """Return the names of the finished environments."""
        return [path.stem for path in (self._settings.cache / "environments").glob("*.json")]

    def size(self, key: str) -> int:
        """Return what an environment's folder takes on the disk."""
        total = 0
        for folder, _, names in os.walk(self._folder(key)):
            for name in names:
                with contextlib.suppress(OSError):  # a test may have made something that cannot be looked at
                    total += Path(folder, name).lstat().st_blocks * 512
        return total

    def remove(self, key: str) -> None:
        """Remove an environment's folder."""
        folder = self._folder(key)
        if not _marker(folder).exists() and not folder.exists():
            return
        with (folder.parent / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be building the same environment
            _marker(folder).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def build(self, key: str | None, system_packages: Sequence[str] = ()) -> Iterator[Session]:
        """Open a networked session that may write the environment's folder."""
        self.base(system_packages)
        limits = self._settings.limits.for_building()
        parent = self._settings.cache / "environments"
        parent.mkdir(parents=True, exist_ok=True)
        if key is None:
            scratch = self._work_folder()
            try:
                with self._session(scratch, limits, building=True) as session:
                    yield session
            finally:
                _remove(scratch)
            return
        folder = self._folder(key)
        with (parent / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be building the same environment
            _marker(folder).unlink(missing_ok=True)
            _remove(folder)
            folder.mkdir()
            try:
                with self._session(folder, limits, building=True) as session:
                    yield session
            except BaseException:
                _remove(folder)
                raise
            partial = _marker(folder).with_suffix(".part")
            partial.write_text(json.dumps({"python": session.python}))
            partial.replace(_marker(folder))

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
        abort_all(sessions)

    def resume(self) -> None:
        """Allow sessions again."""
        self._aborted = False

    def close(self) -> None:
        """End every open session."""
        for other in self._others:
            other.close()
        self.abort()
        with self._guard:
            if self._spawner is not None:
                self._spawner.shutdown(wait=False)
                self._spawner = None

    def sweep(self) -> int:
        """Remove work folders whose run is dead, and environments that were never finished."""
        removed = 0
        for lock in (self._settings.cache / "environments").glob("*.lock"):
            folder = lock.with_suffix("")
            with lock.open("w") as file, contextlib.suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a live run holds it while it builds
                if folder.is_dir() and not _marker(folder).exists():
                    _remove(folder)
                    removed += 1
        for folder in Path(tempfile.gettempdir()).glob(f"{_WORK}*"):
            with contextlib.suppress(OSError):  # another run sweeps it at this moment
                if not is_alive((folder / "owner").read_text()):
                    _remove(folder)
                    removed += 1
        return removed

    def caveats(self) -> list[str]:
        """Return what this runner does not protect from."""
        common = [
            "The memory of all processes of a test together is looked at four times a second; "
            "in between more may be used.",
            "Processes share the machine's kernel and cores; CPU use is limited in time, not in share.",
            "Code under test runs in pytest's process and could forge its own results.",
            "Builds have this machine's network, its loopback included.",
        ]
        if self._wrap:
            return common
        return [
            "Without bubblewrap the code under test can read your files and use the network.",
            "Without bubblewrap it can write wherever you can.",
            "Without bubblewrap it can signal your other processes.",
            "Without bubblewrap only single files are limited in size, not all of them together.",
            *common,
        ]

    @cached_property
    def _interpreter(self) -> tuple[str, str]:
        """The base interpreter of environments: its path and full version."""
        wanted = self._settings.python or f"{sys.version_info.major}.{sys.version_info.minor}"
        found = find_interpreter(wanted)
        if found is None:
            raise EnvironmentFailedError(
                f"no Python {wanted} on this machine",
                hint="Install it, name it in RPSDG_PYTHONS, choose another with `--python`, or use "
                "`--sandbox docker`.",
            )
        return str(found[0]), found[1]

    def _folder(self, key: str) -> Path:
        # Resolved, because a program's output names a folder so.
        return (self._settings.cache / "environments").resolve() / key[:24]

    def _bubblewrap_works(self) -> bool:
        command = [*self._wrapped(Limits(), []), "/usr/bin/env", "true"]
        with contextlib.suppress(OSError, subprocess.SubprocessError):  # that is the answer
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
                own_user=self._wrap is not None and os.getuid() != 0 and _kernel() >= _OWN_COUNT,
                watch=True,
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
            connection.close()

    def _start(self, folder: Path, limits: Limits, *, building: bool) -> ProcessConnection:
        python = self._interpreter[0]
        if self._wrap is None:
            return self._spawn(boot_command(python), str(self._work_folder()))
        mounts = ["--bind" if building else "--ro-bind", str(folder), PREFIX]
        library = Path(python).parent.parent
        if library in {Path("/"), Path.home()}:
            raise EnvironmentFailedError(
                f"the interpreter {python} lies in `{library}`, and the tests would see all of that folder",
                hint="Use a Python that is installed in a folder of its own.",
            )
        if not library.is_relative_to("/usr"):
            mounts += ["--ro-bind", str(library), str(library)]
        if building:
            mounts += ["--share-net"]
            for path in ("/etc/resolv.conf", "/etc/hosts", "/etc/ssl", "/etc/ca-certificates"):
                mounts += ["--ro-bind-try", path, path]
        return self._spawn([*self._wrapped(limits, mounts, building=building), *boot_command(python)], "")

    def _spawn(self, command: list[str], base: str) -> ProcessConnection:
        # Bubblewrap dies with its parent, which for the kernel is the thread that started it. The caller's
        # thread may end before the session does; this one does not.
        with self._guard:
            if self._spawner is None:
                self._spawner = ThreadPoolExecutor(1, "rpsdg-spawner")
            spawner = self._spawner
        return spawner.submit(ProcessConnection, command, base).result()

    def _work_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=_WORK)).resolve()
        (folder / "owner").write_text(owner())
        return folder

    def _wrapped(self, limits: Limits, mounts: list[str], *, building: bool = False) -> list[str]:
        command = [str(self._wrap), "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        # The supervisor is process 1: the tests can neither kill nor stop it, and there is no other holder
        # of its streams.
        command += ["--as-pid-1"]
        command += ["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--hostname", "sandbox"]
        command += ["--ro-bind", "/usr", "/usr"]
        for name in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"):
            if Path(name).is_symlink():
                command += ["--symlink", str(Path(name).readlink()), name]
            elif Path(name).exists():
                command += ["--ro-bind", name, name]
        for etc in ("ld.so.cache", "ld.so.conf", "alternatives", "localtime", "nsswitch.conf", "mime.types"):
            command += ["--ro-bind-try", f"/etc/{etc}", f"/etc/{etc}"]
        command += ["--proc", "/proc", "--dev", "/dev", *_kernel_settings()]
        home = limits.disk if building else _HOME_SIZE
        for path, size in (
            ("/testbed", limits.disk),
            ("/tmp", limits.disk),
            ("/run/rpsdg", home),
            ("/dev/shm", _SHARED_MEMORY),
        ):
            command += ["--size", str(size), "--tmpfs", path]
        command += ["--remount-ro", "/dev", "--dir", HOME]
        for name in ("passwd", "group"):
            command += ["--ro-bind", str(self._account(name)), f"/etc/{name}"]
        return [*command, *mounts, "--remount-ro", "/", "--chdir", "/testbed"]

    def _account(self, name: str) -> Path:
        path = self._settings.cache.resolve() / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f".{name}.{os.getpid()}.{threading.get_ident()}")
            partial.write_text(_ACCOUNTS[name])
            partial.replace(path)
        return path


def _remove(folder: Path | str) -> None:
    """Remove a folder that code under test could write to, as far as that can be done."""
    with contextlib.suppress(OSError):  # gone already, or the next sweep tries again
        remove(str(folder))


def _marker(folder: Path) -> Path:
    """Return the file that says that an environment is finished.

    It lies beside the folder, where no build can put a link in its place.
    """
    return folder.with_name(f"{folder.name}.json")


def _kernel() -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])


def _kernel_settings() -> list[str]:
    """Return the mounts that keep the machine's settings in /proc from being changed.

    Bubblewrap started by root maps its user to root, and to the kernel that is who owns these files.
    """
    command: list[str] = []
    for entry in sorted(os.scandir("/proc"), key=lambda entry: entry.name):
        if entry.name.isdigit() or entry.is_symlink():
            continue
        if entry.is_dir() or entry.stat().st_mode & 0o222:
            command += ["--ro-bind-try", entry.path, entry.path]
        elif entry.name in _MASKED:
            command += ["--ro-bind", "/dev/null", entry.path]
    return command
