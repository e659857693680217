"""A session spoken over two byte streams: the host's end of what `inside/supervisor.py` answers."""

from __future__ import annotations

import json
import struct
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, get_args

from .contract import (
    HOME,
    PREFIX,
    TESTBED,
    Executed,
    Limits,
    Recording,
    RefusedError,
    SandboxAbortedError,
    SandboxBrokeError,
    Session,
)
from .glimpse import Glimpse, Swap, Warmth
from .report import TestReport, read_events
from .tree import Tree

__all__ = ["Connection", "WireSession", "abort_all", "boot_command", "inside_source"]

GRACE = 20.0
"""Seconds a supervisor may take on top of the limit it was given, before it counts as dead."""
TRIAL = 90.0
"""Seconds a candidate may take in the zygote besides its tests."""
MAX_ANSWER = 256 * 1024**2


class Connection(ABC):
    """The two byte streams to a supervisor, and the way to end it."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Send all of `data`. Raises OSError when the other side is gone."""

    @abstractmethod
    def receive(self, size: int, timeout: float) -> bytes:
        """Return exactly `size` bytes. Raises OSError when they do not come within `timeout` seconds."""

    @abstractmethod
    def kill(self) -> None:
        """End the sandbox and everything in it, at once. May be called from another thread, and twice."""


_SUPERVISOR = (
    "supervisor",
    "candidates",
    "confine",
    "frames",
    "leftovers",
    "notices",
    "processes",
    "streams",
    "watch",
)
"""The modules of `inside/` that are the supervisor; what it needs before the code under test exists."""
_VARIATIONS = ("clock", "order", "selection")
_PLUGIN = (
    "start",
    "channel",
    "plugin",
    "canary",
    "seeding",
    "compiled",
    "explaining",
    "forks",
    "link",
    "runner",
    "zygote",
    *_VARIATIONS,
    *get_args(Recording),
)
"""Those that pytest loads."""


def _supervisor() -> bytes:
    """Return what a sandbox executes: the source of each module by its name, as JSON."""
    return json.dumps(
        {"inside": "", **{f"inside.{name}": inside_source(name) for name in _SUPERVISOR}}
    ).encode()


def _plugin() -> dict[str, bytes]:
    """Return what pytest loads inside the sandbox, by the path it gets there."""
    sources = {f"rpsdg_inside/{name}.py": inside_source(name).encode() for name in _PLUGIN}
    return {"rpsdg_inside/__init__.py": b"", **sources}


def inside_source(name: str) -> str:
    """Return the text of a module of `inside/`."""
    return (files(__package__) / "inside" / f"{name}.py").read_text(encoding="utf-8")


def abort_all(sessions: Sequence[WireSession]) -> None:
    """End sessions from another thread, all at once: each may take a moment."""
    if sessions:
        with ThreadPoolExecutor(len(sessions)) as pool:
            list(pool.map(WireSession.abort, sessions))


_BOOT = """\
import json, os, sys
from importlib.util import spec_from_loader
data = b""
while len(data) < {size}:
    part = os.read(0, {size} - len(data))
    if not part: os._exit(0)
    data += part
class Loader:
    sources = json.loads(data.decode())
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in cls.sources: return spec_from_loader(name, cls, is_package="." not in name)
    @staticmethod
    def create_module(spec): pass
    @classmethod
    def exec_module(cls, module):
        exec(compile(cls.sources[module.__name__], module.__name__, "exec"), module.__dict__)
sys.meta_path.insert(0, Loader)
from inside.supervisor import main
main()
"""


def boot_command(python: str) -> list[str]:
    """Return the command that reads the supervisor from its standard input and becomes it."""
    return [python, "-I", "-S", "-c", _BOOT.replace("{size}", str(len(_supervisor())))]


class WireSession(Session):
    """A session whose supervisor was started with `boot_command` and is reached through a connection."""

    def __init__(
        self,
        connection: Connection,
        *,
        limits: Limits,
        prefix: str = PREFIX,
        base: str = "",
        presented: Sequence[tuple[str, str]] = (),
        variables: Mapping[str, str] | None = None,
        own_user: bool = False,
        watch: bool = False,
    ) -> None:
        """Start the conversation.

        Args:
            connection: to a supervisor that has just been started.
            limits: of every command.
            prefix: where the environment lies inside the sandbox.
            base: the work folder, where the sandbox has no file system of its own.
            presented: more pairs of texts, the first shown as the second in all output.
            variables: more environment variables of every command.
            own_user: whether the kernel counts this sandbox's processes apart from all others, so that its
                limit on a user's processes can be used.
            watch: whether the supervisor is to count what all processes use together.
        """
        self._connection = connection
        self._limits = limits
        self._variables = dict(variables or {})
        self._aborted = False
        self._sharing = False
        self.prefix = prefix
        self._deliver(_supervisor())
        plugins = _plugin()
        pairs = [*presented]
        if base:
            pairs += [(f"{base}/testbed", TESTBED), (f"{base}/home", HOME), (f"{base}/tmp", "/tmp")]
            pairs.append((f"{base}/plugins", f"{HOME.rpartition('/')[0]}/plugins"))
        if prefix != PREFIX:
            pairs.append((prefix, PREFIX))
        pairs.sort(key=lambda pair: -len(pair[0]))
        rlimits = limits.rlimits()
        if own_user:
            rlimits["NPROC"] = limits.processes
        started, _ = self._ask(
            {
                "do": "start",
                "base": base,
                "prefix": prefix,
                "presented": pairs,
                "limits": rlimits,
                "plugins": [(name, len(source)) for name, source in plugins.items()],
                "watch": limits.together() if watch else None,
            },
            b"".join(plugins.values()),
        )
        self.python, self.executable = str(started["python"]), str(started["executable"])
        self.tree, self.home, self._tmp = str(started["tree"]), str(started["home"]), str(started["tmp"])

    def abort(self) -> None:
        """End the session from another thread."""
        self._aborted = True
        self._connection.kill()

    def load(self, tree: Tree) -> None:
        """Put a tree into the empty work space."""
        self._ask({"do": "load"}, tree.to_tar())

    def write(self, path: str, data: bytes, mode: int | None = None) -> None:
        """Write a file."""
        self._ask({"do": "write", "path": path, "mode": mode}, data)

    def fetch(self, path: str, limit: int = 64 * 1024**2) -> bytes:
        """Return the content of a file."""
        return self._ask({"do": "fetch", "path": path, "limit": limit})[1]

    def digest(self) -> str:
        """Return the digest of the tree on the sandbox's disk."""
        return str(self._ask({"do": "digest"})[0]["digest"])

    def execute(
        self,
        command: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
    ) -> Executed:
        """Run a command."""
        answer, output = self._ask(
            {
                "do": "execute",
                "argv": list(command),
                "env": {**self._environment(), **(env or {})},
                "timeout": timeout,
                "output_limit": self._limits.output,
                "cwd": cwd,
            },
            timeout=timeout,
        )
        return Executed(
            returncode=int(answer["returncode"]),
            output=output.decode("utf-8", "replace"),
            stopped=answer["stopped"],
            seconds=float(answer["seconds"]),
        )

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
        """Run pytest in the environment and report every test."""
        plugins: dict[str, dict[str, int]] = {name: {} for name in sorted(record)}
        if order_seed is not None:
            plugins["order"] = {"seed": order_seed}
        if clock_ahead:
            plugins["clock"] = {"seconds": clock_ahead}
        answer, payload = self._ask(
            {
                "do": "test",
                "python": f"{self.prefix}/env/bin/python",
                "arguments": list(arguments),
                "env": {**self._searching(roots), "PYTHONHASHSEED": str(hash_seed)},
                "timeout": timeout,
                "test_timeout": test_timeout,
                "output_limit": self._limits.output,
                "only": None if only is None else list(only),
                "record": plugins,
                # A process that runs has its hash seed.
                "forked": self._sharing and hash_seed == 0,
            },
            timeout=timeout,
        )
        size = int(answer["output_size"])
        return read_events(
            payload[size:],
            returncode=int(answer["returncode"]),
            stopped=answer["stopped"],
            output=payload[:size].decode("utf-8", "replace"),
            seconds=float(answer["seconds"]),
            root=f"{TESTBED}/",
        )

    def warm(self, arguments: Sequence[str], *, roots: Sequence[str] = (".",), timeout: float) -> Warmth:
        """Start a zygote."""
        request = {
            "do": "warm",
            "python": f"{self.prefix}/env/bin/python",
            "arguments": list(arguments),
            "env": self._searching(roots),
            "timeout": timeout,
        }
        about, _ = self._ask(request, timeout=timeout)
        match about:
            case {"items": [*items], "threads": int(threads)}:
                return Warmth(tuple(map(str, items)), threads)
        raise RefusedError("the zygote says something else than a zygote does")

    def attempt(
        self,
        files: Mapping[str, bytes],
        tests: Sequence[tuple[str, float]],
        swap: Swap | None = None,
        *,
        through: bool = False,
    ) -> Glimpse:
        """Try a candidate in the zygote."""
        definition = None
        if swap is not None:
            definition = {"path": f"{self.tree}/{swap.path}", "line": swap.line, "name": swap.name}
        timeout = TRIAL + sum(limit for _, limit in tests)
        request = {
            "do": "try",
            "files": [(path, len(data)) for path, data in files.items()],
            "command": {"swap": definition, "tests": tests, "through": through},
            "timeout": timeout,
        }
        payload = b"".join([*files.values(), swap.source if swap else b""])
        about, _ = self._ask(request, payload, timeout=timeout)
        # Code under test runs in the process that reports.
        match {"failing": [], **about}:
            case {
                "outcome": "green" | "red" | "hang" | "stuck" | "memory" | "crash" as outcome,
                "node": str() | None as node,
                "failing": [*failing],
                "how": "swap" | "import" as how,
                "seconds": float(seconds),
                "cpu": float(cpu),
            } if (outcome == "red") <= isinstance(node, str):
                return Glimpse(outcome, node, tuple(map(str, failing)), how, seconds, cpu)
        raise RefusedError("what the zygote says of a candidate is no report")

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Let test runs be forks of the zygote."""
        self._sharing = True
        try:
            yield
        finally:
            self._sharing = False
        self._ask({"do": "restore"})

    def _searching(self, roots: Sequence[str]) -> dict[str, str]:
        search = [self.tree if root == "." else f"{self.tree}/{root}" for root in roots]
        return {**self._environment(), "PYTHONPATH": ":".join(search)}

    def _environment(self) -> dict[str, str]:
        # No byte code is written: a fixed file of the same size, edited within the same second, would
        # otherwise be run from the stale cache of the buggy one.
        return {
            "PATH": f"{self.prefix}/env/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": self.home,
            "TMPDIR": self._tmp,
            "USER": "tester",
            "LOGNAME": "tester",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "COLUMNS": "76",  # what is observed fits an ordinary terminal, indented
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            **self._variables,
        }

    def _ask(
        self, request: dict[str, Any], payload: bytes = b"", *, timeout: float = 60.0
    ) -> tuple[dict[str, Any], bytes]:
        head = json.dumps(request).encode()
        self._deliver(struct.pack(">II", len(head), len(payload)) + head + payload)
        try:
            sizes = self._connection.receive(8, timeout + GRACE)
            head_size, payload_size = struct.unpack(">II", sizes)
            too_much = head_size + payload_size > MAX_ANSWER
            answer = None if too_much else json.loads(self._connection.receive(head_size, GRACE))
            data = b"" if too_much else self._connection.receive(payload_size, GRACE)
        except (OSError, ValueError) as error:
            raise self._broken(error) from error
        if too_much:
            raise self._broken(OverflowError(f"an answer of {head_size + payload_size:,} bytes"))
        if not isinstance(answer, dict) or not answer.get("ok"):
            why = answer.get("error") if isinstance(answer, dict) else answer
            raise RefusedError(f"the sandbox refused `{request['do']}`: {why}")
        return answer, data

    def _deliver(self, data: bytes) -> None:
        try:
            self._connection.send(data)
        except OSError as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> Exception:
        if self._aborted:
            return SandboxAbortedError()
        self._connection.kill()
        return SandboxBrokeError(
            f"the sandbox ended or stopped answering ({type(error).__name__}: {error})",
            hint="Run `rpsdg doctor` to see whether the sandbox works here.",
        )
