"""What a benchmark yields: one number of ours beside one of a peer's, and where they were measured."""

from __future__ import annotations

import functools
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal, TypedDict

__all__ = ["Better", "Figure", "Machine", "Spread", "compare", "machine", "versions_of"]

Better = Literal["more", "less", "neither"]


class Machine(TypedDict):
    """What a figure was measured on."""

    cpu: str
    cores: int
    memory: str
    os: str
    python: str


class Spread(TypedDict):
    """Lowest and highest value over the repetitions, for each side."""

    ours: tuple[float, float]
    peer: tuple[float, float]


@dataclass(frozen=True)
class Figure:
    """One answer in numbers; as JSON it has exactly these fields."""

    figure: str
    """What was measured, such as `toolz 1.0.0: confirmed traces per core-minute`."""
    ours: float
    peer: float
    ratio: float | None
    """How many times better ours is: above 1 we win. That is ours/peer where more is better, and peer/ours
    where less is better; None where neither is, or where it would divide by zero."""
    unit: str
    spread: Spread | None
    """None for a count that repetitions do not spread."""
    machine: Machine
    versions: dict[str, str]
    """Versions of the packages that the numbers depend on."""


def compare(
    figure: str,
    ours: float,
    peer: float,
    *,
    unit: str,
    better: Better,
    versions: dict[str, str],
    repeated: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Figure:
    """Return the figure for two numbers measured on this machine just now.

    Args:
        figure: what was measured.
        ours, peer: the two numbers.
        unit: of both.
        better: whether more or less of it is better, or neither.
        versions: of the packages that matter.
        repeated: the values of the single repetitions, ours and the peer's.

    >>> compare("time", 2.0, 3.0, unit="s", better="less", versions={}).ratio
    1.5
    """
    above, below = (peer, ours) if better == "less" else (ours, peer)
    ratio = above / below if better != "neither" and below else None
    spread: Spread | None = None
    if repeated is not None:
        spread = {
            "ours": (min(repeated[0]), max(repeated[0])),
            "peer": (min(repeated[1]), max(repeated[1])),
        }
    return Figure(figure, ours, peer, ratio, unit, spread, machine(), versions)


@functools.cache
def machine() -> Machine:
    """Return what this machine is."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count() or 1,
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 1024**3:.1f} GiB",
        "os": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def versions_of(*packages: str) -> dict[str, str]:
    """Return the installed version of each package."""
    return {package: version(package) for package in packages}


def _cpu() -> str:
    # `platform.processor()` is empty or just the architecture on most Linux systems.
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
