"""How far something comes while its speed changes."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.integrals.rules.definite import Evaluate
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import BadTreeError, Tree, add, div
from rpsdg_kinematics.motion import Motion
from rpsdg_kinematics.rules.motion import DistanceBetweenSpeeds, OfMotion

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
        motion = Motion(low, by) if level in {1, 3} else Motion(high, -by)
        asked = motion.distance(div(add(high, -low), by))
        if level == 5:
            asked = ("+", ("*", high, rng.randint(2, 4)), asked)
        return Tape(asked).everywhere(DistanceBetweenSpeeds).do(Evaluate)

    def told(self, problem: Tree) -> Mapping[str, Tree]:
        """Read the speeds, the acceleration and the time of reaction off the problem."""
        match problem:
            case ("+", ("*", _, reaction), ("int", *_) as asked):
                return {**self.told(asked), "reaction": reaction}
        match OfMotion.motion(problem):
            case Motion(start, gain), ("/", ("+", int(high), int(less)), _):
                told = {"last": high if gain > 0 else -less}
            case Motion(start, gain), ("/", int(high), _):
                told = {"last": high} if gain > 0 else {}
            case _:
                raise BadTreeError(f"a motion between two speeds was expected, not {problem!r}")
        return told | ({"u": start} if start else {}) | ({"a": gain} if gain > 0 else {"brake": -gain})
