"""Where the peers of `mathematics` live while they are measured: environments of their own, that go."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict

__all__ = ["Measured", "Peer", "PeersHome"]

_PROGRAM = Path(__file__).parent / "mathematics_peer.py"
_LIMIT = 300
"""Seconds on the clock that a peer may take beyond those it is measured for."""

_log = logging.getLogger(__name__)


class Peer(NamedTuple):
    """Something that is measured beside us."""

    name: str
    """As `mathematics_peer` knows it."""
    requirements: tuple[str, ...]
    """What is installed for it; peers with the same requirements share an environment."""


class Measured(TypedDict):
    """What a peer did."""

    version: str
    rate: float
    """Items a second of the processor."""


class PeersHome:
    """Environments in a folder, each made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        """Start with none."""
        self._folder = folder
        self._made: dict[tuple[str, ...], Path | None] = {}

    def measure(self, peer: Peer, seconds: float, seed: int, problems: Sequence[str] = ()) -> Measured | None:
        """Return how many items a second a peer makes; None, with a word in the log, where it cannot run.

        Args:
            peer: which.
            seconds: of the processor.
            seed: for whatever it draws.
            problems: for a solver, integrals in SymPy's notation.
        """
        python = self._python(peer.requirements)
        if python is None:
            return None
        command = [str(python), str(_PROGRAM), peer.name, str(seconds), str(seed)]
        try:
            done = subprocess.run(
                command,
                input="\n".join(problems),
                capture_output=True,
                text=True,
                check=True,
                timeout=seconds + _LIMIT,
            )
        except subprocess.SubprocessError as error:
            _log.warning(f"left out: {peer.name} does not run ({error})")
            return None
        found: Measured = json.loads(done.stdout.splitlines()[-1])
        return found

    def _python(self, requirements: tuple[str, ...]) -> Path | None:
        if requirements not in self._made:
            self._made[requirements] = self._installed(requirements)
        return self._made[requirements]

    def _installed(self, requirements: tuple[str, ...]) -> Path | None:
        env = self._folder / str(len(self._made))
        python = env / "bin" / "python"
        uv = [sys.executable, "-m", "uv"]
        install = [*uv, "pip", "install", "--quiet", "--python", str(python), *requirements]
        try:
            for command in ([*uv, "venv", "--quiet", "--python", sys.executable, str(env)], install):
                subprocess.run(command, check=True, capture_output=True, timeout=600)
        except (subprocess.SubprocessError, OSError) as error:
            _log.warning(f"left out: {' '.join(requirements)} cannot be installed ({error})")
            return None
        return python
