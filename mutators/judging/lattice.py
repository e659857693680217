"""Judging every combination of the bugs of a walk, so that each step's worth is known from execution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rpsdg.mutators.mutator import Edit, Mutator
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.kernel import Reason, Stopped

from .judge import TestBench, TestVerdict

__all__ = ["Bugs", "Lattice", "climb", "hidden", "planted"]

Bugs = frozenset[int]
"""Some bugs of a walk, by their place in it."""


@dataclass(frozen=True)
class Lattice:
    """What the tests that judge say of every combination of bugs that holds at least one."""

    trees: Mapping[Bugs, Tree]
    reports: Mapping[Bugs, TestReport]
    failing: Mapping[Bugs, frozenset[str]]

    def repaired(self, left: Bugs, bug: int) -> frozenset[str]:
        """Return the tests that pass again when `bug` is mended while the bugs `left` stay."""
        return self.failing[left | {bug}] - self.failing.get(left, frozenset())


def planted(base: Tree, moves: Sequence[Mutator], bugs: Bugs) -> Tree:
    """Return the program with some of the bugs of a walk.

    Args:
        base: the untouched program.
        moves: every bug of the walk, each aimed at the untouched program.
        bugs: which of them to plant.

    Raises:
        MisplacedEditError: two of them meet in one place.
    """
    made: list[Edit] = []
    tree = base
    for bug in sorted(bugs):
        tree = moves[bug].rebased(made).apply(tree)
        made.extend(moves[bug].edits)
    return tree


def climb(
    bench: TestBench, moves: Sequence[Mutator], run: Callable[[Tree], TestReport] | None = None
) -> Lattice | Stopped:
    """Judge all combinations of the bugs, beginning with the prefixes of the walk.

    Refuses as soon as a bug turns out to be hidden: whatever the other bugs are, each of them must make
    tests fail that did not fail without it, and none that failed may pass because of it. Every order of
    mending them then makes visible progress at every step.
    """
    run = run or bench.run_suite
    everything = range(len(moves))
    trees: dict[Bugs, Tree] = {}
    reports: dict[Bugs, TestReport] = {}
    failing: dict[Bugs, frozenset[str]] = {}
    for bugs in _combinations(len(moves)):
        trees[bugs] = planted(bench.tree, moves, bugs)
        reports[bugs] = run(trees[bugs])
        outcome = bench.outcome(reports[bugs])
        if isinstance(outcome, Stopped):
            return outcome
        assert isinstance(outcome.verdict, TestVerdict)
        failing[bugs] = outcome.verdict.failing
        if not failing[bugs]:
            return Stopped(Reason.UNDETECTED, "no test fails")
        for bug in everything:
            problem = hidden(failing, bugs, bug)
            if problem:
                return Stopped(Reason.MASKED, problem)
    return Lattice(trees, reports, failing)


def hidden(failing: Mapping[Bugs, frozenset[str]], bugs: Bugs, bug: int) -> str | None:
    """Return why a bug cannot be seen beside others, or None if it can, as far as it was judged.

    Args:
        failing: the failing tests by combination, as far as they are known; none without any bug.
        bugs: the combination that was judged last.
        bug: one of the walk's bugs.
    """
    with_it, without = bugs | {bug}, bugs - {bug}
    if with_it not in failing or (without and without not in failing):
        return None
    near, far = failing.get(without, frozenset()), failing[with_it]
    others = f"beside bug {', '.join(str(other + 1) for other in sorted(without))}"
    if near - far:
        return f"bug {bug + 1} makes {min(near - far)} pass {others}"
    if near == far:
        return f"bug {bug + 1} makes no further test fail {others}"
    return None


def _combinations(count: int) -> Iterator[Bugs]:
    """Yield every non-empty combination once: prefixes first, as they are the walk, then by size."""
    prefixes = [frozenset(range(size)) for size in range(1, count + 1)]
    yield from prefixes
    for size in range(1, count):
        yield from (
            found for c in combinations(range(count), size) if (found := frozenset(c)) not in prefixes
        )
