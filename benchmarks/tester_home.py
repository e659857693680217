"""Where mutation testers live while they are measured: an environment of their own, in a folder that goes."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from rpsdg.sandbox.environment import Environment, version_in
from rpsdg.sandbox.interpreters import find_interpreter
from rpsdg.sandbox.settings import Settings

from .limited_runs import Ended, run_limited

__all__ = ["TESTERS", "TesterHome", "make_home"]

TESTERS = {"mutmut": "3.8.1", "cosmic-ray": "8.7.0", "irradiate": "0.4.3"}
"""The versions that are measured; what is read of their results was learnt from these."""
ROOM = 2
"""Address space that they may have, for each byte of memory that our containers have: it is not all used."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TesterHome:
    """A virtual environment with testers, a project's test requirements, and pytest as in the sandbox."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    folder: Path
    """For whatever they write outside of the project."""
    python: str
    """Full version."""
    testers: Mapping[str, str]
    """Versions of those that could be installed."""
    roots: tuple[str, ...]
    """Folders of the project that hold its modules."""
    memory: int
    """Bytes of address space that each process may have."""

    def run(
        self,
        command: list[str],
        tree: Path,
        *,
        seconds: float,
        mark: str = "",
        after: float = 0.0,
        on_path: bool = False,
    ) -> Ended:
        """Run one of the testers' commands in a project's folder; see `run_limited`.

        Args:
            command: its name and arguments.
            tree: the project.
            seconds, mark, after: limits.
            on_path: whether the project's modules are put on the search path. A tester that makes a copy of
                the project puts that there itself.
        """
        env = {
            "PATH": f"{self.folder / 'env' / 'bin'}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",  # as in the sandbox
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "500",  # so that no mark is wrapped
        }
        if on_path:
            env["PYTHONPATH"] = os.pathsep.join(str(tree / root) for root in self.roots)
        return run_limited(command, tree, env, seconds=seconds, memory=self.memory, mark=mark, after=after)


def make_home(folder: Path, environment: Environment, settings: Settings) -> TesterHome:
    """Install the testers beside a project's test requirements, each that can be; the log says which cannot.

    The requirements are those of the project's environment in the sandbox, moved to newer versions where a
    tester asks for that; pytest stays as it is.
    """
    path, python = find_interpreter(environment.python) or (None, "")
    if path is None:
        _log.warning(f"no mutation tester can be installed: there is no Python {environment.python} here")
    testers = {} if path is None else _installed(folder, path, environment.lock, settings)
    return TesterHome(folder, python, testers, environment.roots, ROOM * settings.limits.memory)


def _installed(folder: Path, python: Path, lock: str, settings: Settings) -> dict[str, str]:
    (folder / "lock.txt").write_text(lock)
    uv = _Uv(folder / "env", settings)
    failed = uv.failure("venv", "--python", str(python), str(uv.env)) or uv.failure(
        *uv.installing, "--no-deps", "-r", str(folder / "lock.txt")
    )
    if failed:
        _log.warning(f"no mutation tester can be installed: {failed}")
        return {}
    testers: dict[str, str] = {}
    wanted = [f"pytest=={version_in(lock, 'pytest')}"]
    for name, version in TESTERS.items():
        # Together with those before it, so that it does not break them.
        if failed := uv.failure(*uv.installing, *wanted, f"{name}=={version}"):
            _log.warning(f"{name} {version} cannot be installed: {failed}")
            continue
        wanted.append(f"{name}=={version}")
        testers[name] = version
    return testers


@dataclass(frozen=True)
class _Uv:
    env: Path
    settings: Settings

    @property
    def installing(self) -> list[str]:
        return ["pip", "install", "--python", str(self.env / "bin" / "python")]

    def failure(self, *arguments: str) -> str:
        """Run the installer; return why it failed, empty if it did not."""
        env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
        if self.settings.index_url is not None:
            env["UV_DEFAULT_INDEX"] = self.settings.index_url
        if self.settings.ca_bundle is not None:
            env["SSL_CERT_FILE"] = str(self.settings.ca_bundle)
        try:
            done = subprocess.run(
                [find_uv_bin(), *arguments, "--quiet"],
                capture_output=True,
                text=True,
                check=False,
                env=env,
                timeout=self.settings.install_timeout,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
        said = " ".join(done.stderr.split())
        return "" if done.returncode == 0 else said or f"status {done.returncode}"
