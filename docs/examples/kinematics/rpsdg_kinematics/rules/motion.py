"""The three equations of motion with constant acceleration."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.trees import Tree, add, div, mul, neg, power
from rpsdg_kinematics.motion import TIME, Motion

__all__ = ["DistanceBetweenSpeeds", "DistanceInTime", "OfMotion", "SpeedAfterTime"]


class OfMotion(Working):
    """What the rules of this file share: the farther side is a motion, and a time."""

    @classmethod
    def motion(cls, of: Tree) -> tuple[Motion, Tree] | None:
        """Return the motion that an expression speaks of, and until when; None if it is another one."""
        match of:
            case ("int", velocity, str(name), 0, time) | ("subs", velocity, str(name), time) if name == TIME:
                motion = Motion.of(velocity)
                return None if motion is None else (motion, time)
        return None

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the equation of motion with numbers in it."""
        found = cls.motion(of)
        return None if found is None or not found[0].gain else cls.equation(*found)

    @classmethod
    @abstractmethod
    def equation(cls, motion: Motion, time: Tree) -> Tree | None:
        """Return what the equation says; None if it does not help."""

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the quantities of the motion."""
        found = self.motion(self.far)
        assert found is not None
        (start, gain), time = found
        typeset = latex or Latex()
        return self.say(detail, latex, _u=str(start), _a=str(gain), _time=typeset(time))


class SpeedAfterTime(OfMotion):
    """The speed after some time is that at the start and what every second adds: v = u + at.

    At 2 + 3t metres a second, the speed after 4 seconds is 2 + 3·4.
    """

    heads = frozenset({"subs"})
    law = ("Subs(u + a*t, t, T)", "u + a*T")
    brief = ("Find the speed.",)
    step = (
        "$v = u + at$: with $u = {_u}$ m/s, $a = {_a}$ m/s² and $t = {_time}$ s the speed in m/s is {near}.",
        "The speed starts at ${_u}$ m/s and changes by ${_a}$ m/s in each of ${_time}$ seconds: {near}.",
    )
    reason = ("At constant acceleration the speed changes by the same amount in every second.",)
    sample = ("2 + 3*4", "Subs(2 + 3*t, t, 4)")

    @classmethod
    def equation(cls, motion: Motion, time: Tree) -> Tree:
        """Return u + a t."""
        return add(motion.start, mul(motion.gain, time))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the second factor for the time."""
        match near:
            case ("+", int(start), ("*", int(gain), int(time))):
                yield {"of": Motion(start, gain).speed_at(time)}


class DistanceInTime(OfMotion):
    """The distance covered in some time is s = ut + at²/2, the area below the velocity.

    At 2 + 3t metres a second, one comes 2·4 + 3·4²/2 metres far in 4 seconds.
    """

    heads = frozenset({"int"})
    law = ("Integral(u + a*t, (t, 0, T))", "u*T + a*T**2/2")
    brief = ("Find the distance.",)
    step = (
        "$s = ut + \\frac{{1}}{{2}}at^{{2}}$: with $u = {_u}$ m/s, $a = {_a}$ m/s² and $t = {_time}$ s "
        "the distance, in m, is {near}.",
        "In ${_time}$ s, from ${_u}$ m/s on and with ${_a}$ m/s², it covers, in m, {near}.",
    )
    reason = (
        "The distance is the area below the graph of the velocity: a rectangle $ut$ and a triangle with the "
        "base $t$ and the height $at$.",
        "The mean speed is halfway between the first, $u$, and the last, $u + at$.",
    )
    sample = ("2*4 + 3*4**2/2", "Integral(2 + 3*t, (t, 0, 4))")

    @classmethod
    def equation(cls, motion: Motion, time: Tree) -> Tree | None:
        """Return u t + a t²/2."""
        if type(time) is not int:
            return None
        half = div(mul(abs(motion.gain), power(time, 2)), 2)
        return add(mul(motion.start, time), half if motion.gain > 0 else neg(half))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Recognise rectangle and triangle."""
        match near:
            case ("+", ("*", int(start), int(time)), ("/", ("*", int(gain), ("^", same, 2)), 2)):
                if same == time:
                    yield {"of": Motion(start, gain).distance(time)}


class DistanceBetweenSpeeds(OfMotion):
    """The distance on which the speed changes from u to v follows from v² = u² + 2as, without the time.

    From 3 to 7 m/s with 2 m/s² it takes (7² - 3²)/(2·2) metres.
    """

    heads = frozenset({"int"})
    law = ("Integral(u + a*t, (t, 0, (v - u)/a))", "(v**2 - u**2)/(2*a)")
    brief = ("Find the distance from the speeds.",)
    step = (
        "$v^{{2}} = u^{{2}} + 2as$, solved for the distance: with $u = {_u}$ m/s and $a = {_a}$ m/s² it is, "
        "in m, {near}.",
        "From both speeds and the acceleration of ${_a}$ m/s² the distance, in m, is {near}.",
    )
    reason = (
        "The mean speed is $\\frac{{u + v}}{{2}}$ and the time is $\\frac{{v - u}}{{a}}$; their product has "
        "the difference of the squares in it.",
    )
    sample = ("(7**2 - 3**2)/(2*2)", "Integral(3 + 2*t, (t, 0, (7 - 3)/2))")

    @classmethod
    def equation(cls, motion: Motion, time: Tree) -> Tree | None:
        """Return (v² - u²)/2a, or (u² - v²)/2k for a motion that brakes by k."""
        start, gain = motion
        match time:
            case ("/", ("+", int(high), int(less)), int(by)) if by == abs(gain):
                low = -less
            case ("/", int(high), int(by)) if by == abs(gain):
                low = 0
            case _:
                return None
        if start != (low if gain > 0 else high) or not 0 <= low < high:
            return None
        squares = add(power(high, 2), neg(power(low, 2)) if low else 0)
        return div(squares, mul(2, by))

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take the larger speed for the last one."""
        match near:
            case ("/", ("+", ("^", int(last), 2), ("neg", ("^", int(first), 2))), ("*", 2, int(gain))):
                time = ("/", ("+", last, -first), gain)
                yield {"of": Motion(first, gain).distance(time)}
