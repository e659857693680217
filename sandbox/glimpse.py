"""What a zygote is asked and what it says: a first impression of a candidate, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Glimpse", "GlimpseOutcome", "Swap", "Warmth"]

GlimpseOutcome = Literal["green", "red", "hang", "stuck", "memory", "crash"]


@dataclass(frozen=True)
class Swap:
    """One function's new code, where nothing of the function runs at import."""

    path: str
    line: int
    """First line of the definition, decorators included: the same before and after the edit."""
    name: str
    """Without its owners."""
    source: bytes
    """The file, or as much of it as the definition needs to compile to the same code on the same lines."""


@dataclass(frozen=True)
class Warmth:
    """A zygote that is ready."""

    items: tuple[str, ...]
    """Node ids of the tests it collected."""
    threads: int
    """Its threads; a fork of more than one may wait for a lock for ever."""


@dataclass(frozen=True)
class Glimpse:
    """What became of a candidate in the zygote."""

    outcome: GlimpseOutcome
    """`green`: all tests passed; `red`: `node` did not; `hang`: `node` computed as long as it may; `stuck`:
    it waited much longer than that without computing; `memory`: it ran out of memory; `crash`: the process
    ended in it."""
    node: str | None
    failing: tuple[str, ...]
    """If red: the tests that did not pass, up to where the tests were run."""
    how: Literal["swap", "import"]
    """Whether a function was exchanged in the warm process, or the project imported anew."""
    seconds: float
    """From the fork to the result."""
    cpu: float
    """Seconds the fork computed."""
