"""Two movers, seen from one of them."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.rewriting import Values, Working
from rpsdg.math_domains.terms import split, term
from rpsdg.math_domains.trees import Tree, add
from rpsdg_kinematics.motion import TIME

__all__ = ["ClosingSpeed"]


class ClosingSpeed(Working):
    """Take the speed at which a gap closes: the difference of two speeds, or their sum when both close it.

    8t = 60 + 5t becomes 3t = 60: a gap of 60 m closes at 3 m/s.
    """

    heads = frozenset({"="})
    law = ("Eq(p*t, d + q*t)", "Eq((p - q)*t, d)")
    brief = ("Find how fast the gap closes.",)
    step = (
        "Seen from one of them the other comes nearer, so the gap closes: {near}.",
        "What counts is how fast the gap between them closes: {near}.",
    )
    reason = (
        "Going the same way they come nearer by the difference of their speeds, else by the sum of both.",
        "In one second the gap shrinks by what one gains on the other.",
    )
    sample = ("Eq(3*t, 60)", "Eq(8*t, 60 + 5*t)")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Bring both distances that grow with the time to one side."""
        match of:
            case ("=", left, ("+", int(gap), right)):
                (fast, one), (slow, other) = split(left), split(right)
                if one == other == TIME and fast > slow:
                    return ("=", term(fast - slow, TIME), gap)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Let the gap run away, or come towards one, at small speeds."""
        match near:
            case ("=", left, int(gap)) if gap > 0 and split(left)[1] == TIME:
                speed = split(left)[0]
                for slow in (*range(-5, 0), *range(1, 6)):
                    if slow + speed > 0:
                        yield {"of": ("=", term(slow + speed, TIME), add(gap, term(slow, TIME)))}
