"""How a project comes onto the bench: its baseline, and the proof that green is green and red can be red."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ParamSpec, TypeVar

from rpsdg.mutators.scope import mutable_files
from rpsdg.sandbox.contract import Limits, Place, Sandbox, SandboxBrokeError
from rpsdg.sandbox.environments import Environment
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree

from .baseline import Baseline
from .calibration import WAYS, RunAll, one_by_one, require_green, take_baseline
from .coverage import Coverage, of_program
from .judge import LINES, TestBench, UntrustedJudgeError
from .recalibration import Before, baseline_after, reached_tests
from .unfinished import unfinished

__all__ = ["TRIES", "calibrated"]

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 3
"""Of a run whose sandbox breaks, until it is taken to be the doing of what runs in it."""
Progress = Callable[[str], None]


def calibrated(
    sandbox: Sandbox,
    place: Place,
    environment: Environment,
    tree: Tree,
    limits: Limits,
    *,
    timeout: float,
    run_all: RunAll = one_by_one,
    progress: Progress = lambda _: None,
    before: Before | None = None,
) -> TestBench:
    """Take the baseline of a project, then show that green is green and that red can be red.

    Args:
        sandbox, place, environment: where the tests run.
        tree: the untouched project.
        limits: what each run may use.
        timeout: seconds the untouched suite may take.
        run_all: runs several test runs, side by side if it likes.
        progress: told in a few words what is being done.
        before: an earlier state of the project. In the same environment, tests that nothing new reaches are
            taken to be as steady as they were there.

    Raises:
        NoTestsError, FailingBaselineError, HangingBaselineError, UntrustedJudgeError: see each.
    """
    nothing = Baseline("", (), {}), Coverage({}, {})
    blank = TestBench(sandbox, place, environment, tree, limits, *nothing, timeout, timeout)
    if before is None or not before.is_in(environment):
        return _anew(blank, run_all, progress)
    progress("running the untouched tests, and in other ways what a change reaches")
    proofs = _proofs(blank, run_all)
    return _after(before, blank, proofs, run_all) or _anew(blank, run_all, progress, proofs)


def _anew(
    blank: TestBench, run_all: RunAll, progress: Progress, proofs: Sequence[TestReport] = ()
) -> TestBench:
    """Return the bench of a project after all its tests were looked at; the proofs may be there already."""
    progress(f"running the untouched tests in {len(WAYS)} ways")
    baseline, reports = take_baseline(
        partial(_patient(blank.run_suite), blank.tree),
        _patient(blank.run_some),
        run_all,
        timeout=blank.suite_timeout,
        clock=_has_clock(blank),
    )
    bench = _limited(blank, baseline, reports)
    progress("checking that green is green and red can be red")
    gold, forced, traced = proofs or _proofs(bench, run_all)
    bench.require_green(gold)
    return _proved(bench, forced, traced)


def _after(
    before: Before, blank: TestBench, proofs: Sequence[TestReport], run_all: RunAll
) -> TestBench | None:
    """Return the bench of a project that was on one before; None if it is to be put there anew."""
    gold, forced, traced = proofs
    if unfinished(gold) is not None or not traced.complete:
        return None
    seen = _coverage(blank.tree, gold.outcomes, traced)
    asked = reached_tests(before, blank.tree, gold, seen)
    if asked is None:
        return None
    baseline = baseline_after(
        before.baseline,
        asked,
        gold,
        _patient(blank.run_some),
        run_all,
        timeout=blank.suite_timeout,
        clock=_has_clock(blank),
    )
    if baseline is None:
        return None
    require_green(baseline, [gold])
    return _proved(_limited(blank, baseline, [gold]), forced, traced)


def _has_clock(bench: TestBench) -> bool:
    return not bench.environment.has("time-machine")


def _limited(blank: TestBench, baseline: Baseline, reports: Sequence[TestReport]) -> TestBench:
    """Return a bench with a baseline, and with the time limits that follow from its runs."""
    slowest_run = max(report.seconds for report in reports)
    slowest_test = max((d for report in reports for d in report.durations.values()), default=0.0)
    # Generous, because a limit reached on a busy machine is never a verdict; a true hang pays for it.
    return replace(
        blank,
        baseline=baseline,
        suite_timeout=max(60.0, 10 * slowest_run),
        test_timeout=max(3.0, 10 * slowest_test),
        durations={n: max(r.durations.get(n, 0.0) for r in reports) for n in baseline.dependable},
    )


def _proofs(bench: TestBench, run_all: RunAll) -> list[TestReport]:
    """Run the suite as it is, on a program of which nothing works, and recorded."""
    tree, run = bench.tree, _patient(bench.run_suite)
    traced, gold, forced = run_all(  # what takes longest goes first
        [partial(run, tree, record=LINES), partial(run, tree), partial(run, _all_broken(tree))]
    )
    if not traced.complete:
        traced = run(tree, record=LINES)  # a busy machine gets a second chance
    return [gold, forced, traced]


def _proved(bench: TestBench, forced: TestReport, traced: TestReport) -> TestBench:
    """Return a bench that knows what its tests run, if it can see that nothing works."""
    if not bench.failing(forced):
        raise UntrustedJudgeError(
            "every module of the project was made to fail at import, and all tests still pass",
            hint="The tests import another copy of the project than the one in the source tree.",
        )
    recorded = _coverage(bench.tree, bench.baseline.dependable, traced)
    return replace(bench, coverage=recorded.of(bench.baseline.steady), recorded=recorded)


def _patient(run: Callable[P, R]) -> Callable[P, R]:
    """Return a run that is done again where the sandbox breaks: it is the untouched program that runs."""

    def again(*arguments: P.args, **options: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            with suppress(SandboxBrokeError):  # the last one tells
                return run(*arguments, **options)
        return run(*arguments, **options)

    return again


def _coverage(tree: Tree, nodes: Iterable[str], traced: TestReport) -> Coverage:
    """Return what a recorded run shows; where it or the recording broke off, the rest is unsure."""
    lines = {node: of_program(tree, traced.lines.get(node, {})) for node in sorted(nodes)}
    unsure = {node for node in lines if traced.outcomes.get(node) != "passed"}
    at_import = of_program(tree, traced.lines.get("", {}))
    return Coverage(lines, at_import, frozenset(unsure), traced.untraced & lines.keys())


def _all_broken(tree: Tree) -> Tree:
    """Return the tree with every module of the program failing at import: no test may pass that uses it."""
    line = b'raise RuntimeError("forced failure")\n'
    for path in mutable_files(tree):
        tree = tree.replace(path, line)
    return tree
