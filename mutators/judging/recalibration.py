"""A baseline that is taken anew only for the tests that a change of the project can have reached.

What a test does by itself depends on the code that it runs. If a project's environment is still the same,
tests that run nothing new are as steady as they were; the others are run in every way, as all tests are for
a first baseline. The complete suite runs in its own order anyhow, and if a test that nothing new reaches does
not do there what it did before, the change has ways of its own, and all is taken anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

from rpsdg.mutators.scope import mutable_files
from rpsdg.sandbox.environments import Environment
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import digest

from .baseline import OWN, Baseline, Quarantine, Way, suspects
from .calibration import SLOW, RunAll, Runs, RunSome, by_themselves, ways_of
from .coverage import Coverage
from .reach import Reaches
from .unfinished import unfinished
from .units import UnitId, units_in

__all__ = ["Before", "baseline_after", "reached_tests"]

_MOST = 0.8
"""Share of the tests above which a baseline is taken as if for the first time."""
_SETTINGS = {".toml", ".cfg", ".ini", ".in", ".lock", ".txt"}
"""Of files at the root of a project, which may say how its tests run, or with what."""
_SILENT = {".pyi", ".md", ".rst"}
"""Of files that say nothing to the program beside them, unless they are tests themselves."""
_TAKEN_IN = {"conftest.py", "setup.py"}
"""What has a say in every test without being called."""


@dataclass(frozen=True)
class Before:
    """An earlier state of a project that was on the bench."""

    environment: Environment
    tree: Tree
    baseline: Baseline

    def is_in(self, environment: Environment) -> bool:
        """Say whether an environment has the same Python and packages."""
        return (self.environment.python, self.environment.lock) == (environment.python, environment.lock)


def reached_tests(before: Before, tree: Tree, own: TestReport, coverage: Coverage) -> frozenset[str] | None:
    """Return the tests to look at anew, or None if that may be all of them.

    Args:
        before: an earlier state.
        tree: the untouched project now.
        own: a complete run of its tests, in their own order.
        coverage: what they run of the program.
    """
    if any(_changes_all(path, tree, own) for path in before.tree.changed(tree)):
        return None
    changed = _changed_units(before.tree, tree)
    for path, name in changed:
        unit = units_in(tree, path).get(name)
        if unit is not None and unit.body & coverage.at_import.get(path, 0):
            return None
    reaches = Reaches(tree, coverage)
    steady, quarantined = frozenset(before.baseline.steady), before.baseline.quarantined
    found = set()
    for node, outcome in own.outcomes.items():
        if reaches.of_test(node) & changed:
            found.add(node)
        elif node in steady:
            if outcome != "passed":
                return None
        elif node not in quarantined and outcome not in {"skipped", "xfailed"}:
            return None
    return frozenset(found) if len(found) <= _MOST * len(own.outcomes) else None


def baseline_after(
    before: Baseline,
    asked: frozenset[str],
    own: TestReport,
    run_some: RunSome,
    run_all: RunAll,
    *,
    timeout: float,
    clock: bool = True,
) -> Baseline | None:
    """Return a baseline of which only some tests are looked at anew; None where that does not work out.

    Args:
        before: of an earlier state.
        asked: tests to look at.
        own: a complete run of the suite, in its own order.
        run_some: runs some tests in each of several ways.
        run_all: makes several runs.
        timeout: seconds that a run of the suite may take.
        clock: whether the tests' clock can be set.
    """
    ways, notes = ways_of(clock)
    if list(before.notes) != notes:
        return None  # the suite as a whole could not stand one of the ways
    # A test that is odd in company does not show it in that of a few.
    odd = {
        node: why
        for node, why in before.quarantined.items()
        if node in own.outcomes and not (node in asked and _is_failing(why))
    }
    looked_at = asked - odd.keys()
    runs: Runs = [(OWN, _part(own, looked_at))]
    if looked_at:
        others = run_all([partial(_one, run_some, sorted(looked_at), way) for way in ways[1:]])
        if any(unfinished(report) is not None for report in others):
            return None
        runs += zip(ways[1:], others, strict=True)
    unlike = suspects(runs)
    alone = by_themselves(unlike, runs, run_some) if unlike else []
    anew = Baseline.of(runs, alone, too_slow=SLOW * timeout)
    steady = sorted({*anew.steady, *(set(before.steady) & own.outcomes.keys()) - asked})
    return Baseline(digest(steady), tuple(steady), {**odd, **anew.quarantined}, tuple(notes))


def _changes_all(path: str, tree: Tree, own: TestReport) -> bool:
    """Say whether a changed file may have a say in tests that run nothing new."""
    whole = PurePosixPath(path)
    if whole.name in _TAKEN_IN:
        return True
    if whole.suffix == ".py":
        return False
    tests = {node.partition("::")[0] for node in own.outcomes}
    if path in tests:
        return True
    if len(whole.parts) == 1:
        return whole.suffix in _SETTINGS
    programs = {PurePosixPath(one).parts[0] for one in (*mutable_files(tree), *tests) if "/" in one}
    return whole.parts[0] in programs and whole.suffix not in _SILENT


def _changed_units(old: Tree, new: Tree) -> set[UnitId]:
    """Return the units that differ from those of their name, or had none."""
    return {
        (path, name)
        for path in old.changed(new)
        for name, unit in units_in(new, path).items()
        if (was := units_in(old, path).get(name)) is None or was.hash != unit.hash
    }


def _is_failing(why: Quarantine | str) -> bool:
    return isinstance(why, Quarantine) and why.kind == "failing"


def _part(report: TestReport, nodes: frozenset[str]) -> TestReport:
    """Return what a report says of some of its tests."""
    return replace(report, outcomes={node: one for node, one in report.outcomes.items() if node in nodes})


def _one(run_some: RunSome, nodes: Sequence[str], way: Way) -> TestReport:
    return run_some(nodes, [way])[0]
