"""How far something comes in a given time."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.integrals.rules.definite import Evaluate
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import BadTreeError, Tree, mul
from rpsdg_kinematics.motion import Motion
from rpsdg_kinematics.rules.motion import DistanceInTime, OfMotion, SpeedAfterTime

__all__ = ["UniformAcceleration"]


class UniformAcceleration(Family):
    """Find the distance that is covered in a given time at constant acceleration.

    Level 1 starts from rest; then there is a speed at the start, a deceleration, a second stretch at the
    speed that was reached, and a third one before the acceleration.
    """

    topic = "physics/kinematics"
    unit = "m|metres|meters"
    asks = (
        "A rocket starts from rest and gains {a} m/s in every second. How far does it come in {time} s?",
        "On a planet where what falls gains {a} m/s in every second, a stone falls from rest for {time} s. "
        "How deep does it fall?",
        "A car goes at {u} m/s and then accelerates by {a} m/s² for {time} s. How far does it go meanwhile?",
        "A train brakes from {u} m/s by {brake} m/s² for {time} s. What distance does it cover?",
        "A train at {u} m/s speeds up by {a} m/s² for {time} s and keeps the new speed for another {more} s. "
        "How far does it come in all?",
        "A boat goes at {u} m/s for {before} s, speeds up by {a} m/s² for {time} s and keeps the new speed "
        "for another {more} s. What distance does it cover in all?",
        "A lorry goes at {u} m/s for {before} s, brakes by {brake} m/s² for {time} s and keeps the new speed "
        "for another {more} s. How far does it come in all?",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Draw a motion, and ask how far it leads."""
        time = rng.randint(3, 40 if level <= 2 else 12)
        braking = level == 3 or (level == 5 and rng.random() < 0.5)
        start = 0 if level == 1 else rng.randint(20, 60) if braking else rng.randint(2, 30)
        motion = Motion(
            start, -rng.randint(1, 4) if braking else rng.randint(2, 9) if level <= 2 else rng.randint(1, 4)
        )
        if motion.gain * time % 2 or motion.start + motion.gain * time <= 0:
            raise DrawAgainError
        stretches = [motion.distance(time)]
        if level >= 4:
            stretches.append(mul(rng.randint(2, 20), motion.speed_at(time)))
        if level == 5:
            stretches.insert(0, mul(motion.start, rng.randint(2, 20)))
        tape = Tape(stretches[0] if len(stretches) == 1 else ("+", *stretches))
        if level >= 4:  # the speed that is kept, the second factor of the last stretch
            tape.do(SpeedAfterTime, (len(stretches), 2)).do(Evaluate, (len(stretches), 2))
        return tape.everywhere(DistanceInTime).do(Evaluate)

    def told(self, problem: Tree) -> Mapping[str, Tree]:
        """Read the motion and the stretches before and after it off the problem."""
        told: dict[str, Tree] = {}
        for stretch in problem[1:] if type(problem) is tuple and problem[0] == "+" else (problem,):
            match stretch:
                case ("int", *_) if (found := OfMotion.motion(stretch)) is not None:
                    (start, gain), time = found
                    told |= {"a": gain} if gain > 0 else {"brake": -gain}
                    told |= {"time": time} | ({"u": start} if start else {})
                case ("*", int(more), ("subs", *_)):
                    told["more"] = more
                case ("*", int(_), int(before)):
                    told["before"] = before
                case _:
                    raise BadTreeError(f"a stretch of a motion was expected, not {stretch!r}")
        return told
