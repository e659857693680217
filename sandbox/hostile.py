"""What the hostile suite is made of: one thing that code under test may try, and where it gets its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from .contract import Sandbox
from .local_runner import LocalSandbox

__all__ = ["EVERYWHERE", "LOCAL", "PLAIN", "HostileCase", "Walls", "walls_of"]

Walls = Literal["docker", "bubblewrap", "plain"]
"""The ways of isolation: Docker, and the local sandbox with and without bubblewrap."""
EVERYWHERE: frozenset[Walls] = frozenset(get_args(Walls))
LOCAL: frozenset[Walls] = frozenset({"bubblewrap", "plain"})
PLAIN: frozenset[Walls] = frozenset({"plain"})


@dataclass(frozen=True)
class HostileCase:
    """One thing that code under test may try."""

    name: str
    tries: str
    """What it does; completes a sentence that begins with "code that"."""
    ends: str
    """How that ends where it is contained."""
    check: str
    """The check of the conformance suite that tries it (`conformance.name_of`)."""
    open: frozenset[Walls] = frozenset()
    """Where it is not contained."""


def walls_of(sandbox: Sandbox) -> Walls:
    """Return what holds the code that runs in a sandbox."""
    if isinstance(sandbox, LocalSandbox):
        return "bubblewrap" if sandbox.bubblewrap else "plain"
    return "docker"
