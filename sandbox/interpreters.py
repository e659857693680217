"""Which Python interpreters this machine has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from uv import find_uv_bin

__all__ = ["VERSIONS", "find_interpreter", "find_interpreters"]

VERSIONS = tuple(f"3.{minor}" for minor in range(8, 15))
"""The minor versions of Python that projects may need: what runs inside a sandbox is made for each."""
_UV = ("python", "find", "--system", "--no-project", "--no-config", "--no-python-downloads")


def find_interpreter(version: str, environ: Mapping[str, str] | None = None) -> tuple[Path, str] | None:
    """Return an interpreter of a version, and its full version; None if there is none.

    Looked at, in this order: what RPSDG_PYTHONS names (interpreters, or folders of installations, separated
    by colons), this process's own, what lies on the PATH, pyenv's, and what uv knows of. Nothing is
    downloaded.

    Args:
        version: such as `3.12`, or `3.12.1` for no other.
        environ: environment variables; this process's own by default.
    """
    env = os.environ if environ is None else environ
    for path in _candidates(version, env):
        found = _asked(path, env.get("PATH", os.defpath))
        if found is not None and f"{found[1]}.".startswith(f"{version}."):
            return found
    return None


def find_interpreters(environ: Mapping[str, str] | None = None) -> dict[str, Path]:
    """Return an interpreter of every one of VERSIONS that this machine has."""
    found = {version: find_interpreter(version, environ) for version in VERSIONS}
    return {version: one[0] for version, one in found.items() if one is not None}


def _candidates(version: str, env: Mapping[str, str]) -> Iterator[Path]:
    minor = ".".join(version.split(".")[:2])
    name = f"python{minor}"
    for text in filter(None, env.get("RPSDG_PYTHONS", "").split(":")):
        path = Path(text)
        yield from [*sorted(path.glob(f"*/bin/{name}")), path / "bin" / name] if path.is_dir() else [path]
    # Not this process's own virtual environment: what it was made from.
    yield Path(sys.base_prefix) / "bin" / name
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        yield Path(folder) / name
    home = Path(env.get("PYENV_ROOT") or Path(env.get("HOME", "/nowhere")) / ".pyenv")
    numbered = [(re.findall(r"\d+", path.name), path) for path in home.glob(f"versions/{minor}.*")]
    for _, path in sorted(numbered, key=lambda pair: [int(n) for n in pair[0]], reverse=True):
        yield path / "bin" / name
    done = subprocess.run(
        [find_uv_bin(), *_UV, version], capture_output=True, text=True, check=False, env=dict(env)
    )
    if done.returncode == 0:
        yield Path(done.stdout.strip())


@cache
def _asked(path: Path, search: str) -> tuple[Path, str] | None:
    """Return the path and version that an interpreter says it has; None if it is none.

    What lies on the PATH may be a stand-in that only says which versions there would be.
    """
    if not path.is_file():
        return None
    code = "import os, platform, sys; print(os.path.realpath(sys.executable), platform.python_version())"
    try:
        says = subprocess.run(
            [str(path), "-I", "-c", code],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env={"PATH": search},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    where, _, version = says.stdout.strip().rpartition(" ")
    if says.returncode or not Path(where).is_file():
        return None
    return Path(where), version
