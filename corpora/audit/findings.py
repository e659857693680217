"""What an audit says."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that gives an answer away."""

    kind: str
    """`git`, `copy`, `quote`, `digest`, `cache`, `byte-code`, `leftover`, `time`, `image`, `network`,
    `statement`."""
    where: str
    """Path in the image, or the part of the task."""
    what: str
    """In a sentence."""
