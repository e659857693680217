"""The contract of a sandbox: what every runner promises, whatever holds it together underneath.

`rpsdg.sandbox.conformance` is the suite that every runner passes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from rpsdg.traces.errors import ExitCode, RpsdgError

from .glimpse import Glimpse, Swap, Warmth
from .lease import Lease
from .report import TestReport
from .tree import Tree

__all__ = [
    "HOME",
    "PREFIX",
    "TESTBED",
    "EnvironmentFailedError",
    "Executed",
    "Limits",
    "Place",
    "Recording",
    "RefusedError",
    "Sandbox",
    "SandboxAbortedError",
    "SandboxBrokeError",
    "SandboxUnavailableError",
    "Session",
    "StopReason",
]

TESTBED = "/testbed"
"""Where the tree lies, in every sandbox's output (the field's usual place)."""
PREFIX = "/opt/rpsdg"
"""Where the environment lies, in every sandbox's output: `env` is the virtual environment."""
HOME = "/run/rpsdg/home"
"""The home folder of the user that the tests run as."""

Recording = Literal["calls", "lines"]
"""What a test run can record besides outcomes: each is a field of `TestReport`, filled by the plugin in
`inside/` of that name."""
StopReason = Literal[
    "timeout", "test-timeout", "out-of-memory", "output-flood", "too-many-processes", "too-many-files"
]


class SandboxUnavailableError(RpsdgError):
    """The sandbox that was asked for does not work on this machine."""

    code = ExitCode.SANDBOX


class SandboxBrokeError(RpsdgError):
    """The sandbox ended or stopped answering in the middle of something: no statement about the tests."""

    code = ExitCode.SANDBOX


class RefusedError(SandboxBrokeError):
    """A request that cannot be met, such as reading a file that is not there; the sandbox itself works."""


class SandboxAbortedError(Exception):
    """The run was interrupted and `Sandbox.abort` closed the session."""


class EnvironmentFailedError(RpsdgError):
    """Dependencies that cannot be resolved, or a project that cannot be installed."""

    code = ExitCode.ENVIRONMENT


@dataclass(frozen=True)
class Limits:
    """What code in a sandbox may use. The same in every runner, as far as the runner can enforce it."""

    memory: int = 2 * 1024**3
    """Bytes of address space a process may have; all of a command's together may hold this and its disks."""
    processes: int = 256
    """Processes and threads at one time."""
    open_files: int = 1024
    cpus: float = 1.0
    """Cores a container may use; not enforced by the local runner."""
    cpu_seconds: int = 3600
    disk: int = 512 * 1024**2
    """Bytes the work space, and separately the temporary folder, may hold."""
    files: int = 250_000
    """Files and folders the work space, and separately the temporary folder, may hold."""
    output: int = 1024**2
    """Bytes kept of a command's output; sixteen times as much ends the command."""

    def rlimits(self) -> dict[str, int]:
        """Return the resource limits set on every command, by the name after `RLIMIT_`.

        Processes are not among them: the kernel counts a user's, and that user may have others elsewhere.
        """
        return {
            "AS": self.memory,
            "NOFILE": self.open_files,
            "CPU": self.cpu_seconds,
            "FSIZE": self.disk,
            "CORE": 0,
        }

    def for_building(self) -> Limits:
        """Return the limits of a build, which compiles and unpacks: there is more of everything."""
        return Limits(
            memory=4 * self.memory,
            processes=512,
            open_files=65536,
            disk=4 * self.disk,
            files=4 * self.files,
        )

    def together(self) -> dict[str, int]:
        """Return the limits on what all processes of a command use together."""
        return {"processes": self.processes, "memory": self.memory + 2 * self.disk, "files": self.files}


@dataclass(frozen=True)
class Executed:
    """A command that ran."""

    returncode: int
    output: str
    """Standard output and error together, paths as in TESTBED, PREFIX and HOME."""
    stopped: StopReason | None
    """Why it was killed, if it was."""
    seconds: float


@dataclass(frozen=True)
class Place:
    """An environment as one sandbox keeps it: an image tag, or a folder."""

    name: str
    python: str
    """Full version of the interpreter, such as `3.11.9`."""
    lease: Lease | None = field(default=None, compare=False, repr=False)
    """Keeps the environment from being evicted for as long as somebody holds this place."""


class Session(ABC):
    """One fresh, isolated work space with a tree in it. Not for use by two threads at once."""

    python: str
    """Full version of the interpreter the sandbox offers."""
    executable: str
    """Path of that interpreter inside the sandbox: what virtual environments are made with."""
    prefix: str
    """Where the environment lies inside this sandbox, for commands that are given absolute paths."""
    tree: str
    """Where the tree lies inside this sandbox."""
    home: str
    """The user's home folder inside this sandbox; its contents are never kept."""

    @abstractmethod
    def load(self, tree: Tree) -> None:
        """Put a tree into the empty work space. Generated files of the project's build are added."""

    @abstractmethod
    def write(self, path: str, data: bytes, mode: int | None = None) -> None:
        """Write a file of the tree (relative path, keeps its mode) or elsewhere (absolute path)."""

    @abstractmethod
    def fetch(self, path: str, limit: int = 64 * 1024**2) -> bytes:
        """Return the content of a file.

        Raises:
            SandboxBrokeError: there is no such file, or it is larger than `limit` bytes.
        """

    @abstractmethod
    def digest(self) -> str:
        """Return the digest of the tree as it lies on the sandbox's disk now (see `Tree.digest`)."""

    @abstractmethod
    def execute(
        self,
        command: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
    ) -> Executed:
        """Run a command at the root of the tree; time limits and floods are in the result.

        Raises:
            SandboxBrokeError: the sandbox itself ended or stopped answering.
            SandboxAbortedError: the run was interrupted.
        """

    @abstractmethod
    def test(
        self,
        arguments: Sequence[str],
        *,
        roots: Sequence[str] = (".",),
        only: Sequence[str] | None = None,
        timeout: float,
        test_timeout: float | None = None,
        hash_seed: int = 0,
        order_seed: int | None = None,
        clock_ahead: int = 0,
        record: Collection[Recording] = (),
    ) -> TestReport:
        """Run pytest in the environment and report every test.

        Args:
            arguments: what stands behind `python -m pytest`.
            roots: folders of the tree put on the module search path.
            only: node ids to keep; all others are deselected after collection, and files in which none of
                them lies are not looked into.
            timeout: seconds for the whole run.
            test_timeout: seconds that one test may compute; on the clock it may take three times as many.
            hash_seed: PYTHONHASHSEED of the run; the `random` module starts there before each test, too.
            order_seed: None keeps the suite's own order; a number stands for a random one of files, classes
                and functions, the same everywhere, and its negative for that order backwards.
            clock_ahead: seconds by which the tests' wall clock is ahead; monotonic clocks, file times and
                other processes keep the true time.
            record: what else to put into the report; it slows the run down.

        Raises:
            SandboxBrokeError, SandboxAbortedError: as for `execute`.
        """

    @abstractmethod
    def warm(self, arguments: Sequence[str], *, roots: Sequence[str] = (".",), timeout: float) -> Warmth:
        """Start a zygote on the tree: a process that has collected the tests and tries candidates in forks.

        `execute` and `test` end it.

        Args:
            arguments, roots: as for `test`.
            timeout: seconds it may take to collect the tests.

        Raises:
            RefusedError: the tests cannot be collected, or not in time.
            SandboxBrokeError, SandboxAbortedError: as for `execute`.
        """

    @abstractmethod
    def attempt(
        self,
        files: Mapping[str, bytes],
        tests: Sequence[tuple[str, float]],
        swap: Swap | None = None,
        *,
        through: bool = False,
    ) -> Glimpse:
        """Try a candidate in the zygote: run tests on the tree with some files changed, up to a red one.

        Code under test runs in the process that answers, and what one candidate does to the machine another
        may see: this is a first impression, not a verdict.

        Args:
            files: new content by path of existing files; they are as before when this returns.
            tests: node ids, in the order in which they are to run, with the seconds each may take.
            swap: the one function that differs, if a function is all that does and it did not run at import.
            through: whether to run all tests, red ones or not.

        Raises:
            RefusedError: there is no zygote (any more).
            SandboxBrokeError, SandboxAbortedError: as for `execute`.
        """

    @abstractmethod
    def sharing(self) -> AbstractContextManager[None]:
        """Let `test` fork off the zygote for as long as the context lasts, without ending it.

        Each run is a fresh process that need not load pytest again, with the outcome and the output of one
        that does; the candidates that come one after another share the sandbox. When the context is left
        without an error, the tree is put back as it was loaded.

        Raises:
            RefusedError: there is no zygote (any more); from `test`, too.
        """


class Sandbox(ABC):
    """A runner: builds environments and opens sessions in them. Safe for use by several threads."""

    name: ClassVar[Literal["docker", "local"]]
    has_system_packages: ClassVar[bool]
    """Whether environments can have Debian packages of their own."""

    @abstractmethod
    def base(self, system_packages: Sequence[str] = ()) -> str:
        """Return what identifies the interpreter and system below an environment.

        Raises:
            EnvironmentFailedError: the Debian packages cannot be installed.
        """

    @abstractmethod
    def python(self) -> str:
        """Return the full version of the interpreter that environments are made with."""

    @abstractmethod
    def with_python(self, minor: str) -> Sandbox | None:
        """Return a sandbox like this one for another minor version of Python, such as `3.12`.

        None if there is no such interpreter. Closing this sandbox closes that one.
        """

    @abstractmethod
    def find(self, key: str) -> Place | None:
        """Return the environment built under `key`, if there is one."""

    @abstractmethod
    def build(self, key: str | None, system_packages: Sequence[str] = ()) -> AbstractContextManager[Session]:
        """Open a session with a writable environment folder and network access.

        What lies under the session's `prefix` is kept under `key` when the context is left without an
        error; nothing else is. With the key None nothing is kept.
        """

    @abstractmethod
    def kept(self) -> list[str]:
        """Return how the keys of all environments begin; other users of an engine have theirs among them."""

    @abstractmethod
    def size(self, key: str) -> int:
        """Return the bytes that an environment takes on top of its base; 0 if there is none."""

    @abstractmethod
    def remove(self, key: str) -> None:
        """Remove an environment; one that is not there is no error.

        Raises:
            SandboxBrokeError: it is in use, or the engine is in trouble.
        """

    @abstractmethod
    def open(self, place: Place, limits: Limits) -> AbstractContextManager[Session]:
        """Open a fresh session without network in an environment."""

    @abstractmethod
    def abort(self) -> None:
        """End every open session now, from any thread, and refuse others: calls raise SandboxAbortedError."""

    @abstractmethod
    def resume(self) -> None:
        """Allow sessions again after `abort`."""

    @contextmanager
    def aborting(self) -> Iterator[None]:
        """End every open session, and refuse others for as long as the context lasts."""
        self.abort()
        try:
            yield
        finally:
            self.resume()

    @abstractmethod
    def close(self) -> None:
        """End every open session and leave nothing of this process behind."""

    @abstractmethod
    def sweep(self) -> int:
        """Remove what runs that died left behind; returns how many things were removed."""

    @abstractmethod
    def caveats(self) -> list[str]:
        """Return, in plain sentences, what this sandbox does not protect from."""
