"""What goes wrong with the equations of motion."""

from __future__ import annotations

from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import split, term
from rpsdg.math_domains.trees import Tree, add, mul, power
from rpsdg_kinematics.motion import TIME, Motion
from rpsdg_kinematics.rules.meeting import ClosingSpeed
from rpsdg_kinematics.rules.motion import (
    DistanceBetweenSpeeds,
    DistanceInTime,
    OfMotion,
    SpeedAfterTime,
)

__all__ = [
    "FinalSpeedForMean", "HalfForgotten", "SignOfDecelerationLost", "SpeedsCombinedTheWrongWay",
    "SquareOfDifferenceOfSpeeds",
]  # fmt: skip


class HalfForgotten(Mistake):
    """Forget the half in s = ut + at²/2."""

    rules = (DistanceInTime,)
    sample = ("Integral(2 + 3*t, (t, 0, 4))", "2*4 + 3*4**2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write u t + a t²."""
        found = OfMotion.motion(move.far)
        if found is None:
            return None
        (start, gain), time = found
        return add(mul(start, time), mul(gain, power(time, 2)))


class FinalSpeedForMean(Mistake):
    """Multiply the time by the speed at the end, as if it had been that fast all the time."""

    rules = (DistanceInTime,)
    sample = ("Integral(2 + 3*t, (t, 0, 4))", "(2 + 3*4)*4")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write (u + a t) t."""
        found = OfMotion.motion(move.far)
        if found is None:
            return None
        motion, time = found
        return mul(SpeedAfterTime.equation(motion, time), time)


class SignOfDecelerationLost(Mistake):
    """Put a deceleration into the equation as if it made the motion faster."""

    rules = (DistanceInTime, SpeedAfterTime)
    sample = ("Integral(20 - 4*t, (t, 0, 5))", "20*5 + 4*5**2/2")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Take the gain for a positive one."""
        found = OfMotion.motion(move.far)
        if found is None or not isinstance(move, OfMotion):
            return None
        (start, gain), time = found
        return move.equation(Motion(start, -gain), time) if gain < 0 else None


class SquareOfDifferenceOfSpeeds(Mistake):
    """Square the difference of two speeds instead of taking the difference of their squares."""

    rules = (DistanceBetweenSpeeds,)
    sample = ("Integral(3 + 2*t, (t, 0, (7 - 3)/2))", "(7 - 3)**2/(2*2)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Write (v - u)²/2a."""
        match move.near:
            case ("/", ("+", ("^", int(high), 2), ("neg", ("^", int(low), 2))), below):
                return ("/", power(("+", high, -low), 2), below)
        return None


class SpeedsCombinedTheWrongWay(Mistake):
    """Add the speeds of two that go the same way, or subtract those of two that go towards each other."""

    rules = (ClosingSpeed,)
    sample = ("Eq(8*t, 60 + 5*t)", "Eq(13*t, 60)")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Change the sign of the speed that closes the gap less."""
        match move.far:
            case ("=", left, ("+", gap, right)):
                speed = split(left)[0] + split(right)[0]
                return ("=", term(speed, TIME), gap) if speed > 0 else None
        return None
