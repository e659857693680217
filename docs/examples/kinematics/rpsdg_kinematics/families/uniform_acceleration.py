"""How far something comes in a given time."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.trees import BadTreeError, Tree
from rpsdg_kinematics.motion import Motion
from rpsdg_kinematics.rules.motion import DistanceInTime, SpeedAfterTime

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
        if level == 3 or (level == 5 and rng.random() < 0.5):
            motion = Motion(rng.randint(20, 60), -rng.randint(1, 4))
        else:
            motion = Motion(0 if level == 1 else rng.randint(2, 30), rng.randint(2, 9 if level <= 2 else 4))
        if motion.gain * time % 2 or motion.start + motion.gain * time <= 0:
            raise DrawAgainError
        before, more = rng.randint(2, 20) if level == 5 else 0, rng.randint(2, 20) if level >= 4 else 0
        tape = Tape(_asked(motion, time, before, more))
        if more:
            kept = (3 if before else 2, 2)  # the second factor of the last stretch
            tape.do(SpeedAfterTime, kept).do(Evaluate, kept)
        return tape.everywhere(DistanceInTime).do(Evaluate)

    def told(self, problem: Tree) -> Mapping[str, Tree]:
        """Read the motion and the stretches before and after it off the problem."""
        motion, time, before, more = None, 0, 0, 0
        for stretch in problem[1:] if type(problem) is tuple and problem[0] == "+" else (problem,):
            match stretch:
                case ("int", velocity, _, _, int(time)):
                    motion = Motion.of(velocity)
                case ("*", int(more), ("subs", *_)):
                    pass
                case ("*", _, int(before)):
                    pass
        if motion is None or _asked(motion, time, before, more) != problem:
            raise BadTreeError(f"a motion for some time was expected, not {problem!r}")
        gain = {"a": motion.gain} if motion.gain > 0 else {"brake": -motion.gain}
        others = {"u": motion.start, "before": before, "more": more}
        return gain | {"time": time} | {name: value for name, value in others.items() if value}


def _asked(motion: Motion, time: int, before: int, more: int) -> Tree:
    """Return the distance covered in some seconds before, during and after an acceleration."""
    stretches = [motion.distance(time)]
    if before:
        stretches.insert(0, ("*", motion.start, before))
    if more:
        stretches.append(("*", more, motion.speed_at(time)))
    return stretches[0] if len(stretches) == 1 else ("+", *stretches)
