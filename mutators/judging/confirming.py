"""Which tests confirm a candidate: the complete suite, or those that can reach its edit."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from rpsdg.traces.errors import UsageError
from rpsdg.traces.identity import digest
from rpsdg.traces.record import Confirmed

__all__ = ["FULL", "Confirming"]

Mode = Literal["full", "covering", "sample"]


@dataclass(frozen=True)
class Confirming:
    """How candidates are confirmed; what it costs in truth, `rpsdg stats` reports of every run."""

    mode: Mode = "full"
    share: float = 1.0
    """Of the candidates, those that the complete suite judges."""

    @classmethod
    def parse(cls, text: str) -> Confirming:
        """Read `full`, `covering` or `sample:P` with a share P between 0 and 1.

        >>> Confirming.parse("sample:0.05")
        Confirming(mode='sample', share=0.05)

        Raises:
            UsageError: it is none of them.
        """
        mode, colon, share = text.partition(":")
        try:
            if mode == "sample" and 0 < float(share) < 1:
                return cls("sample", float(share))
        except ValueError:
            pass
        if colon or mode not in {"full", "covering"}:
            raise UsageError(
                f"`{text}` is no way to confirm candidates",
                hint="Expected `full`, `covering`, or `sample:` and a share below 1, as in `sample:0.05`.",
            )
        return cls("full") if mode == "full" else cls("covering", 0.0)

    def __str__(self) -> str:
        return f"sample:{self.share:g}" if self.mode == "sample" else self.mode

    def judges(self, seed: int, index: int) -> Confirmed:
        """Say what judges a candidate, which depends on nothing but the seed and its place."""
        if self.share in {0.0, 1.0}:
            return "full" if self.share else "covering"
        drawn = Random(digest(["confirm", seed, index])).random()
        return "full" if drawn < self.share else "covering"


FULL = Confirming()
