"""Problems by number: `problems[i]` is a trace that depends on seed, family, level and i alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from random import Random

from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.levels import LEVELS
from rpsdg.traces.record import Trace

from .family import DrawAgainError, Family
from .mistake import go_wrong
from .place import MisplacedError
from .registry import all_mistakes
from .rewriting import Detail
from .streams import stream
from .tape import Tape
from .witnesses import Holds, Notes, judge_tape
from .writing import Origin, written

__all__ = ["BarrenFamilyError", "Problems"]

_DRAWS = 200
"""How often a family may draw again before something must be wrong with it."""
_VERSION = version("rpsdg")
_NOTES = Notes()
"""What the witnesses know of the problems before. Checking a trace (`checking.py`) starts anew."""


class BarrenFamilyError(RpsdgError):
    """A family that keeps drawing what makes no good problem: a fault of the family."""

    code = ExitCode.INTERNAL


@dataclass(frozen=True)
class Problems:
    """All problems of one family."""

    family: Family
    seed: int = 0
    level: int | None = None
    """Difficulty of all of them, from 1 to 5; None mixes the levels evenly."""
    detail: Detail = Detail.STEP
    """How much the explanations say."""
    wrong_steps: float = 0.0
    """The share of problems, from 0 to 1, whose solution is told with one proved mistake in it."""

    def __getitem__(self, index: int) -> Trace:
        """Return the problem with this number, worked, every step of it judged.

        Raises:
            IndexError: the number is negative.
            BarrenFamilyError: the family draws nothing that can be used.
        """
        if index < 0:
            raise IndexError("problems are numbered from 0")
        for attempt in range(_DRAWS):
            rng = stream(self.seed, self.family.name, self.level or 0, index, attempt)
            level = self.level or rng.choice(LEVELS)
            tape = _laid(self.family, rng, level)
            if tape is None:
                continue
            # Whether a mistake can be made is known sooner than whether all the steps hold.
            wrong = None
            if self.wrong_steps and rng.random() < self.wrong_steps:
                wrong = go_wrong(tape, all_mistakes(), rng, self.family.assuming, _NOTES)
                if wrong is None:
                    continue
            findings = judge_tape(tape.states, assuming=self.family.assuming, notes=_NOTES)
            if any(finding.holds is not Holds.YES for finding in findings):
                continue
            origin = Origin(_VERSION, self.seed, index, level, self.detail)
            return written(self.family, tape, findings, origin, rng, wrong)
        raise BarrenFamilyError(f"the family {self.family.name} drew {_DRAWS} times and made no problem")

    def __iter__(self) -> Iterator[Trace]:
        """Yield the problems in order, without end."""
        index = 0
        while True:
            yield self[index]
            index += 1


def _laid(family: Family, rng: Random, level: int) -> Tape | None:
    """Return a worked problem; None if it cannot be used."""
    try:
        tape = family.lay(rng, level)
    except (DrawAgainError, MisplacedError):
        return None
    return tape if tape.moves else None
