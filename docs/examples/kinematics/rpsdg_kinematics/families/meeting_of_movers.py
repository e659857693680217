"""When two movers meet."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_quadratic
from rpsdg.math_domains.algebra.rules.both_sides import DivideBothSides
from rpsdg.math_domains.algebra.rules.brackets import MultiplyOut
from rpsdg.math_domains.algebra.rules.candidates import DropOutsideDomain
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import BadTreeError, Tree, add, neg
from rpsdg_kinematics.motion import TIME
from rpsdg_kinematics.rules.meeting import ClosingSpeed

__all__ = ["MeetingOfMovers"]


class MeetingOfMovers(Family):
    """Find when two that move along a line are at the same place.

    Level 1 is a pursuit at constant speeds; then they come towards each other, one starts later, and one
    accelerates from rest, in the end with a gap to close.
    """

    topic = "physics/kinematics"
    unit = "s|seconds"
    asks = (
        "A motorboat at {fast} m/s follows a ferry that is {gap} m ahead and goes at {slow} m/s. "
        "After what time $t$ does it catch up?",
        "Two trains are {gap} m apart and come towards each other, at {fast} m/s and at {towards} m/s. "
        "After what time $t$ do they meet?",
        "A cyclist leaves at {slow} m/s; {late} s later a motorcyclist follows at {fast} m/s. "
        "After what time $t$ of riding does the second catch up?",
        "A car starts from rest with {a} m/s² just when a lorry passes it at {slow} m/s. "
        "After what time $t$ is it beside the lorry again?",
        "A police car starts from rest with {a} m/s² when a car at {slow} m/s is {gap} m ahead. "
        "After what time $t$ does it catch up?",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw when they meet, and then motions that make them."""
        time, slow = rng.randint(2, 30), rng.randint(2, 20)
        if level <= 3:
            return self._at_constant_speeds(rng, level, time, slow)
        by = 2 * rng.randint(1, 4)
        if level == 4:
            slow = by * time // 2
        gap = by * time * time // 2 - slow * time
        if gap < 0 or (gap == 0) != (level == 4):
            raise DrawAgainError
        ahead = add(gap, ("*", slow, TIME))
        position = ("/", ("*", by, ("^", TIME, 2)), 2)
        tape = Tape(("and", ("=", position, ahead), (">", TIME, 0)))
        return solve_quadratic(tape, (1,)).everywhere(DropOutsideDomain)

    def _at_constant_speeds(self, rng: Random, level: int, time: int, slow: int) -> Tape:
        fast = slow + rng.randint(2, 15)
        if level == 3:  # the motorcyclist's time is asked for, and the other one has been on the way longer
            late, left = divmod((fast - slow) * time, slow)
            if left or not late:
                raise DrawAgainError
            tape = Tape(("=", ("*", fast, TIME), ("*", slow, ("+", late, TIME)))).do(MultiplyOut, (2,))
        else:
            other: Tree = ("*", slow, TIME)
            gap = (fast - slow if level == 1 else fast + slow) * time
            tape = Tape(("=", ("*", fast, TIME), ("+", gap, other if level == 1 else neg(other))))
        tape.do(ClosingSpeed)
        return tape.everywhere(DivideBothSides)

    def told(self, problem: Tree) -> Mapping[str, Tree]:
        """Read speeds, gap and delay off the equation of both positions."""
        match problem:
            case ("=", ("*", int(fast), "t"), ("+", int(gap), ("*", int(slow), "t"))):
                return {"fast": fast, "gap": gap} | ({"slow": slow} if slow > 0 else {"towards": -slow})
            case ("=", ("*", int(fast), "t"), ("*", int(slow), ("+", int(late), "t"))):
                return {"fast": fast, "slow": slow, "late": late}
            case ("and", ("=", ("/", ("*", int(by), ("^", "t", 2)), 2), ahead), (">", "t", 0)):
                match ahead:
                    case ("*", int(slow), "t"):
                        return {"a": by, "slow": slow}
                    case ("+", int(gap), ("*", int(slow), "t")):
                        return {"a": by, "slow": slow, "gap": gap}
        raise BadTreeError(f"an equation of two positions was expected, not {problem!r}")
