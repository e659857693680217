"""What one kind of file says, before it is merged with what the others say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Purpose", "Reading", "Wanted", "purpose_of"]

Purpose = Literal["runtime", "test", "dev", "other", "constraint"]
"""What a requirement is for. `other` (documentation, optional features) is kept for repairs to look up."""

_TEST = {"test", "tests", "testing", "test-requirements", "tests-require", "unittest", "unit-tests", "pytest"}
_DEV = {"dev", "develop", "development", "devel", "dev-requirements"}


def purpose_of(name: str) -> Purpose:
    """Return what an extra, a group or a file with this name is for.

    >>> [purpose_of(name) for name in ("Tests", "dev_requirements", "docs")]
    ['test', 'dev', 'other']
    """
    name = re.sub(r"[-_.\s]+", "-", name.strip().lower())
    return "test" if name in _TEST else "dev" if name in _DEV else "other"


@dataclass(frozen=True)
class Wanted:
    """One requirement as a project states it."""

    text: str
    """A PEP 508 requirement, or `.[a,b]` for the project itself with extras."""
    origin: str
    """The file and the place in it, such as `tox.ini [testenv] deps`."""
    purpose: Purpose


@dataclass(frozen=True)
class Reading:
    """What one kind of file says. What it does not say is None or empty."""

    name: str | None = None
    version: str | None = None
    requires_python: str | None = None
    classifiers: tuple[str, ...] = ()
    installable: bool = False
    """Whether there is a build to run."""
    wanted: tuple[Wanted, ...] = ()
    arguments: tuple[str, ...] = ()
    """Arguments of pytest, as options that leave it to the caller which files are collected."""
    origin: str = ""
    """Where the arguments are from."""
    unread: tuple[str, ...] = field(default=())
    """What was seen and not understood, in words."""
