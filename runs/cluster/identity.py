"""What a process is made of, as far as results depend on it: every node must have what the driver has."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution, entry_points, requires
from pathlib import Path

from packaging.requirements import Requirement

import rpsdg

__all__ = ["Identity", "differences", "identity"]

Identity = Mapping[str, str]
"""Versions by name: of Python, of rpsdg with a digest of its code, of what it needs, of what adds to it."""
_ROOMS = ("traces", "mutators", "math_domains", "sandbox", "corpora", "runs")
_GROUPS = ("rpsdg.mutators", "rpsdg.families", "rpsdg.domains")


def identity(names: Iterable[str] | None = None) -> dict[str, str]:
    """Return what this process is made of.

    Args:
        names: of what; a node is asked for what the driver has. What rpsdg needs is read from its metadata,
            of which a worker may find another's: Ray has it look into the driver's working folder first.
    """
    return {name: _version(name) for name in (_names() if names is None else names)}


@cache
def _names() -> tuple[str, ...]:
    found = ["Python", "rpsdg"]
    for text in requires("rpsdg") or ():
        needed = Requirement(text)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            found.append(needed.name)
    for group in _GROUPS:
        found += [point.dist.name for point in entry_points(group=group) if point.dist is not None]
    return tuple(dict.fromkeys(found))


def differences(expected: Identity, found: Identity) -> list[str]:
    """Return in words what one process has and another has not.

    >>> differences({"Python": "3.12", "sympy": "1.14"}, {"Python": "3.11", "sympy": "1.14"})
    ['Python 3.12 is here, 3.11 there']
    """
    names = sorted({*expected, *found})
    return [
        f"{name} {expected.get(name, 'none')} is here, {found.get(name, 'none')} there"
        for name in names
        if expected.get(name) != found.get(name)
    ]


def _version(name: str) -> str:
    if name == "Python":
        return ".".join(platform.python_version_tuple()[:2])
    try:
        found = distribution(name).version
    except PackageNotFoundError:
        return "none"
    return f"{found} ({_code()})" if name == "rpsdg" else found


@cache
def _code() -> str:
    """Return a digest of the code: two checkouts may call themselves the same version."""
    root = Path(rpsdg.__file__).parent
    content = sha256()
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                content.update(f"{path.relative_to(root).as_posix()}\0".encode())
                content.update(sha256(path.read_bytes()).digest())
    return content.hexdigest()[:12]
