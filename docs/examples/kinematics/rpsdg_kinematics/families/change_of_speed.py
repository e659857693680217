"""How far something comes while its speed changes."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import BadTreeError, Tree, add, div
from rpsdg_kinematics.motion import Motion
from rpsdg_kinematics.rules.motion import DistanceBetweenSpeeds

__all__ = ["ChangeOfSpeed"]


class ChangeOfSpeed(Family):
    """Find the distance on which the speed changes from one value to another at constant acceleration.

    Level 1 starts from rest; then it brakes to a stop, gets faster, gets slower, and stops after a moment in
    which nothing is done yet.
    """

    topic = "physics/kinematics"
    unit = "m|metres|meters"
    asks = (
        "An aeroplane accelerates from rest by {a} m/s² and takes off at {last} m/s. "
        "How long must the runway be?",
        "A bus brakes from {u} m/s by {brake} m/s². What distance does it take to stop?",
        "A train speeds up from {u} m/s to {last} m/s by {a} m/s². How far does it go meanwhile?",
        "A ship slows down from {u} m/s to {last} m/s by {brake} m/s². How far does it go meanwhile?",
        "A driver who goes at {u} m/s sees a deer and brakes {reaction} s later, by {brake} m/s². "
        "How far does the car go from that moment until it stops?",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw two speeds and an acceleration, and ask for the distance."""
        low = 0 if level in {1, 2, 5} else rng.randint(2, 20)
        high, by = low + rng.randint(4, 40), rng.randint(2, 9)
        if (high * high - low * low) % (2 * by):
            raise DrawAgainError
        speeds = (low, high) if level in {1, 3} else (high, low)
        reaction = rng.randint(2, 4) if level == 5 else 0
        return Tape(_asked(*speeds, by, reaction)).everywhere(DistanceBetweenSpeeds).do(Evaluate)

    def told(self, problem: Tree) -> Mapping[str, Tree]:
        """Read the speeds, the acceleration and the time of reaction off the problem."""
        reaction, asked = 0, problem
        match problem:
            case ("+", ("*", _, int(reaction)), asked):
                pass
        match asked:
            case ("int", velocity, _, _, ("/", ("+", int(high), int(less)), int(by))):
                low = -less
            case ("int", velocity, _, _, ("/", int(high), int(by))):
                low = 0
            case _:
                velocity, low, high, by = 0, 0, 0, 1
        faster = Motion.of(velocity) == Motion(low, by)
        first, last = (low, high) if faster else (high, low)
        if _asked(first, last, by, reaction) != problem:
            raise BadTreeError(f"a motion between two speeds was expected, not {problem!r}")
        told = {"u": first, "a" if faster else "brake": by, "last": last, "reaction": reaction}
        return {name: value for name, value in told.items() if value}


def _asked(first: int, last: int, by: int, reaction: int) -> Tree:
    """Return the distance covered while one reacts and then the speed changes from the first to the last."""
    motion = Motion(first, by if last > first else -by)
    asked = motion.distance(div(add(max(first, last), -min(first, last)), by))
    return ("+", ("*", first, reaction), asked) if reaction else asked
