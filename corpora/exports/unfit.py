"""How a format says that it has no room for something."""

from __future__ import annotations

__all__ = ["UnfitError"]


class UnfitError(Exception):
    """A trace, or one record of it, that a format has no room for: counted by its reason, and left out.

    The reason is a few words that many traces share, such as `no wrong answer`.
    """
