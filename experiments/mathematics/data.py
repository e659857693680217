"""The problems of an experiment, all from the API of `rpsdg math`: to train on, and to be tested with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from rpsdg.math_domains.curriculum import LevelMix
from rpsdg.math_domains.grading import Problem
from rpsdg.math_domains.problems import NoSuchProblemError, Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.math_domains.rewriting import Detail
from rpsdg.math_domains.splitting import Split, splits_with
from rpsdg.traces.levels import LEVELS
from rpsdg.traces.record import Trace

from .config import Arm, Experiment
from .elsewhere import Posed, posed_by
from .telling import Told, prompt, tell

__all__ = ["HARDER", "HELD_OUT", "LONGER", "SEEN", "Pool", "TestSet"]

SEEN, HELD_OUT, HARDER, LONGER = "seen shapes", "held-out skeletons", "harder levels", "longer tapes"
_TRAIN_SEED, _TEST_SEED, _OTHER_SEED = 1, 2, 3
"""Of `rpsdg math`. Problems are the same for every seed of a model."""
_MISSES = 400
"""So many problems in a row that are repeats or do not fit, and there are no others."""


@dataclass(frozen=True)
class TestSet:
    """Problems that nobody trained on."""

    name: str
    posed: tuple[Posed, ...]


@dataclass
class Pool:
    """The problems to train on, in the order of their numbers, and the test sets."""

    experiment: Experiment
    traces: list[Trace] = field(init=False)
    """The right solutions, told briefly: their states are those of every detail."""

    def __post_init__(self) -> None:
        wanted, seen = self.experiment.problems, set[str]()
        makers = [
            self._maker(family, wanted.train_levels, _TRAIN_SEED, Split.TRAIN)
            for family in wanted.families
            if Split.TRAIN in splits_with(family)
        ]
        self.traces = list(_fresh(makers, seen, wanted.train, lambda _: True))
        self._seen = seen

    def told(self, arm: Arm, some: Sequence[Trace] | None = None) -> list[Told]:
        """Return the problems, or some of them, as an arm tells them, in the order of the pool."""
        right = self.traces if some is None else some
        if arm.detail:
            right = [self._again(trace, Detail(arm.detail)) for trace in right]
        if not arm.wrong_steps:
            return [tell(trace, arm.detail) for trace in right]
        told = []
        for number, trace in enumerate(right):
            # Spread evenly: the same share of every family, since families take turns.
            is_due = int((number + 1) * arm.wrong_steps) > int(number * arm.wrong_steps)
            told.append(tell(trace, arm.detail, self.mistaken(trace) if is_due else None))
        return told

    def mistaken(self, trace: Trace) -> Trace | None:
        """Return the same problem with a wrong step in its solution; None where none can be made in it."""
        with suppress(NoSuchProblemError):
            wrong = self._again(trace, Detail.BRIEF, wrong_steps=1.0)
            if wrong.provenance.source["canonical"] == trace.provenance.source["canonical"]:
                return wrong
        return None

    def levels(self) -> list[int]:
        """Return the level of every problem."""
        return [int(trace.provenance.source["level"]) for trace in self.traces]

    def test_sets(self) -> Iterator[TestSet]:
        """Yield the test sets. None shares a problem with the training set or with another."""
        wanted = self.experiment.problems
        easy, hard = wanted.train_levels, wanted.harder_levels
        longest = max(len(trace.steps) for trace in self.traces)
        kinds: list[tuple[str, tuple[int, ...], Split, Callable[[Trace], bool]]] = [
            (SEEN, easy, Split.TRAIN, lambda _: True),
            (HELD_OUT, easy, Split.TEST, lambda _: True),
            (HARDER, hard, Split.TRAIN, lambda trace: len(trace.steps) <= longest),
            (LONGER, hard, Split.TRAIN, lambda trace: len(trace.steps) > longest),
        ]
        for name, levels, split, fits in kinds:
            makers = [
                self._maker(family, levels, _TEST_SEED, split)
                for family in wanted.families
                if split in splits_with(family)
            ]
            found = tuple(
                Posed(prompt(trace), Problem.of(trace))
                for trace in _fresh(makers, self._seen, wanted.test, fits)
            )
            if found:
                yield TestSet(name, found)
        asked = {prompt(trace) for trace in self.traces}
        for name in wanted.elsewhere:
            posed = (one for one in posed_by(name, wanted.test) if one.asked not in asked)
            yield TestSet(name, tuple(posed))

    def more(self) -> Iterator[Trace]:
        """Yield problems of the shapes that are trained on, which are in no other set."""
        wanted = self.experiment.problems
        makers = [
            self._maker(family, wanted.train_levels, _OTHER_SEED, Split.TRAIN)
            for family in wanted.families
            if Split.TRAIN in splits_with(family)
        ]
        yield from _fresh(makers, set(self._seen), 100 * wanted.test, lambda _: True)

    def _maker(self, family: str, levels: tuple[int, ...], seed: int, split: Split) -> Problems:
        mix = LevelMix(tuple(float(level in levels) for level in LEVELS))
        return Problems(all_families()[family], seed, mix, Detail.BRIEF, split=split)

    def _again(self, trace: Trace, detail: Detail, wrong_steps: float = 0.0) -> Trace:
        """Return the problem with the same number, told otherwise."""
        family, level = str(trace.provenance.source["family"]), int(trace.provenance.source["level"])
        maker = self._maker(family, (level,), trace.provenance.seed, Split.TRAIN)
        return Problems(
            maker.family, maker.seed, maker.level, detail, wrong_steps=wrong_steps, split=Split.TRAIN
        )[trace.provenance.index]


def _fresh(
    makers: list[Problems], seen: set[str], wanted: int, fits: Callable[[Trace], bool]
) -> Iterator[Trace]:
    """Yield problems that were not seen before, the families by turns, until there are enough."""
    numbers = [count() for _ in makers]
    made, missed = 0, [0] * len(makers)
    while made < wanted and min(missed, default=_MISSES) < _MISSES:
        for place, maker in enumerate(makers):
            while missed[place] < _MISSES and made < wanted:
                try:
                    trace = maker[next(numbers[place])]
                except NoSuchProblemError:
                    missed[place] = _MISSES
                    break
                canonical = str(trace.provenance.source["canonical"])
                if canonical not in seen and fits(trace):
                    seen.add(canonical)
                    made, missed[place] = made + 1, 0
                    yield trace
                    break
                missed[place] += 1
