"""What `rpsdg verify` says of a trace, in every domain."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FalseClaim"]


@dataclass(frozen=True)
class FalseClaim:
    """Something a trace says that is not so."""

    claim: str
    """Which claim: `id`, `problem`, `steps`, `evidence`, `answer`, …"""
    detail: str
    """What was claimed and what was found."""
