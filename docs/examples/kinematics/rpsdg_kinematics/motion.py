"""A motion with constant acceleration, as it is told by its velocity: 20 - 4t starts at 20 m/s and brakes."""

from __future__ import annotations

from typing import NamedTuple

from rpsdg.math_domains.terms import split, term, terms
from rpsdg.math_domains.trees import Tree, add

__all__ = ["TIME", "Motion"]

TIME = "t"
"""Its name, in seconds."""


class Motion(NamedTuple):
    """Speed at the start in m/s, and what it gains in every second, in m/s²."""

    start: int
    gain: int

    @property
    def velocity(self) -> Tree:
        """The velocity as an expression in the time."""
        return add(self.start, term(self.gain, TIME))

    def distance(self, time: Tree) -> Tree:
        """Return the distance covered until a time: what is to be worked out."""
        return ("int", self.velocity, TIME, 0, time)

    def speed_at(self, time: Tree) -> Tree:
        """Return the speed at a time: what is to be worked out."""
        return ("subs", self.velocity, TIME, time)

    @classmethod
    def of(cls, velocity: Tree) -> Motion | None:
        """Return the motion that has this velocity; None if it is another kind of motion.

        >>> Motion.of(("+", 20, ("*", -4, "t")))
        Motion(start=20, gain=-4)
        """
        found = dict.fromkeys((1, TIME), 0)
        for value, body in map(split, terms(velocity)):
            if body not in found or type(value) is not int or found[body]:
                return None
            found[body] = value
        return cls(found[1], found[TIME])
