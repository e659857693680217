"""Problems by number: `problems[i]` depends on seed, family, difficulty, split and i alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from random import Random

from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.record import Trace

from .canonical import skeleton_digest
from .curriculum import Dial, as_dial
from .family import DrawAgainError, Family
from .mistake import go_wrong
from .place import MisplacedError
from .registry import mistakes_with
from .rewriting import Detail
from .splitting import Split, split_of, splits_with
from .streams import chance, stream
from .tape import Tape
from .witnesses import Holds, Notes, judge_tape
from .writing import Origin, written

__all__ = ["BarrenFamilyError", "NoSuchProblemError", "Problems"]

_DRAWS = 200
"""How often a family may draw again before something must be wrong with it."""
_DRAWS_IN_SPLIT = 400
"""How often it may draw before a split is taken to have none of its problems at a level."""
_WITHOUT_MISTAKE = 25
"""How many good problems in which no mistake can be made show that none can be made at a level."""
_VERSION = version("rpsdg")
_NOTES = Notes()
"""What the witnesses know of the problems before. Checking a trace (`checking.py`) starts anew."""


class BarrenFamilyError(RpsdgError):
    """A family that keeps drawing what makes no good problem: a fault of the family."""

    code = ExitCode.INTERNAL


class NoSuchProblemError(RpsdgError):
    """A family that has no problems, or next to none, of those that are asked for."""

    code = ExitCode.EXHAUSTED


class _NothingHereError(Exception):
    """Nothing that is drawn at a level belongs to the split, or has a step in which a mistake can be made."""


@dataclass(frozen=True)
class Problems:
    """All problems of one family."""

    family: Family
    seed: int = 0
    level: Dial = None
    """Difficulty: a level from 1 to 5, or a number between two; a mixture; a curriculum; None for all."""
    detail: Detail = Detail.STEP
    """How much the explanations say."""
    wrong_steps: float = 0.0
    """The share of problems, from 0 to 1, whose solution is told with one proved mistake in it."""
    split: Split | None = None
    """Only problems of this one, which share no skeleton with those of any other, whatever the seeds."""

    def __getitem__(self, index: int) -> Trace:
        """Return the problem with this number, worked, every step of it judged.

        Raises:
            IndexError: the number is negative.
            NoSuchProblemError: the family has nothing in the split at this difficulty, or no mistake.
            BarrenFamilyError: the family draws nothing that can be used.
        """
        if index < 0:
            raise IndexError("problems are numbered from 0")
        dial = as_dial(self.level)
        level = dial.at(index).level(chance(self.seed, self.family.name, index))
        if self.split is None or self.split in splits_with(self.family.name):
            for other in sorted(dial.levels, key=lambda other: abs(other - level)):
                with suppress(_NothingHereError):
                    return self._drawn(index, other)
        where = "" if self.split is None else f" in `{self.split}`"
        how = " in which a mistake could be made" if self.wrong_steps else ""
        raise NoSuchProblemError(
            f"the family {self.family.name} has no problem of this difficulty{where}{how}"
        )

    def _drawn(self, index: int, level: int) -> Trace:
        # Settled once for each number: drawing again must not change the share.
        goes_wrong = chance(self.seed, self.family.name, index, "mistake") < self.wrong_steps
        elsewhere, harmless = False, 0
        for attempt in range(_DRAWS if self.split is None else _DRAWS_IN_SPLIT):
            rng = stream(self.seed, self.family.name, level, index, attempt)
            tape = _laid(self.family, rng, level)
            if tape is None:
                continue
            if self.split is not None and split_of(skeleton_digest(tape.problem)) is not self.split:
                elsewhere = True
                continue
            # Whether a mistake can be made is known sooner than whether all the steps hold.
            wrong = None
            if goes_wrong:
                wrong = go_wrong(tape, mistakes_with(self.family.name), rng, self.family.assuming, _NOTES)
                if wrong is None:
                    harmless += 1
                    if harmless == _WITHOUT_MISTAKE:
                        break
                    continue
            findings = judge_tape(tape.states, assuming=self.family.assuming, notes=_NOTES)
            if any(finding.holds is not Holds.YES for finding in findings):
                continue
            origin = Origin(_VERSION, self.seed, index, level, self.detail)
            return written(self.family, tape, findings, origin, rng, wrong)
        if elsewhere or harmless:
            raise _NothingHereError
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
