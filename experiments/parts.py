"""The parts of the page about efficacy. Each is a module that trains something and tells what came of it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

__all__ = ["PARTS", "Part", "part"]

PARTS = {
    "mathematics": "rpsdg.experiments.mathematics.part",
    "code": "rpsdg.experiments.localisation.part",
}
"""By name, in the order in which they stand on the page."""


class Part(Protocol):
    """What a module of a part has."""

    def run(self, work: Path, jobs: int, *, quick: bool) -> None:
        """Do what has not been done yet, and keep its results under `keeping.RESULTS`.

        Args:
            work: a folder for what is needed only to go on.
            jobs: how many processes may work at once, each with one thread.
            quick: the small version, which shows the same direction.
        """

    def section(self, pictures: Path, *, quick: bool) -> str:
        """Return the part of the page as Markdown, from the results that are kept; write its pictures.

        Args:
            pictures: a folder beside the page, of the same name without its ending.
            quick: of the small version.
        """


def part(name: str) -> Part:
    """Return the module of a part."""
    return cast(Part, import_module(PARTS[name]))
