"""A project on the bench where answers are marked: shown to be green first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from rpsdg.mutators.diffs import DiffError, apply_diff
from rpsdg.mutators.judging.baseline import Baseline
from rpsdg.mutators.judging.judge import COMPLETE, UntrustedJudgeError
from rpsdg.sandbox.contract import Limits, Place, Sandbox, SandboxBrokeError
from rpsdg.sandbox.environment import Environment
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.record import Checks, Trace

from .marking import Mark, Sheet, mark, refuse
from .reach import reach

__all__ = ["GradingBench", "handed_out"]

TRIES = 3
"""Of an answer in whose run the sandbox breaks, until it is asked whose doing that is."""


@dataclass(frozen=True)
class GradingBench:
    """What the answers to tasks of one project are marked with. Safe for use by several threads."""

    sandbox: Sandbox
    place: Place
    environment: Environment
    tree: Tree
    """The untouched program."""
    limits: Limits
    baseline: Baseline
    timeout: float
    """Seconds for all tests; generous, as a limit that a busy machine reaches costs a right answer its
    mark."""
    test_timeout: float

    @classmethod
    def proven(
        cls,
        sandbox: Sandbox,
        place: Place,
        environment: Environment,
        tree: Tree,
        limits: Limits,
        baseline: Baseline,
        *,
        timeout: float,
    ) -> GradingBench:
        """Run the tests of the untouched program once: only where they all pass a mark means anything.

        Args:
            sandbox, place, environment, tree, limits, baseline: see the fields.
            timeout: seconds that run may take.

        Raises:
            UntrustedJudgeError: tests of the baseline do not pass here.
        """
        bench = cls(sandbox, place, environment, tree, limits, baseline, timeout, timeout)
        report = bench._green()
        slowest = max(report.durations.values(), default=0.0)
        times = max(120.0, 20 * report.seconds), max(10.0, 20 * slowest)
        return cls(sandbox, place, environment, tree, limits, baseline, *times)

    def sheet(self, trace: Trace) -> Sheet:
        """Return what a task is marked by."""
        checks = trace.checks
        assert checks is not None
        return self._sheet(checks, handed_out(self.tree, trace))

    def mark(self, trace: Trace, offered: Mapping[str, bytes | None]) -> Mark:
        """Mark an answer.

        Args:
            trace: the task.
            offered: see `submission.submit`.

        Raises:
            SandboxBrokeError, UntrustedJudgeError: the machinery gave way, which says nothing of the answer.
        """
        base, sheet = handed_out(self.tree, trace), self.sheet(trace)
        for _ in range(TRIES):
            with suppress(SandboxBrokeError), self.sandbox.open(self.place, self.limits) as session:
                return mark(session, base, offered, sheet)
        self._green()
        return refuse("crash", f"the sandbox broke {TRIES} times, and does not with the right program")

    def _green(self) -> TestReport:
        """Run the tests of the untouched program, which must all pass."""
        with self.sandbox.open(self.place, self.limits) as session:
            session.load(self.tree)
            report = session.test(
                [*self.environment.pytest_options(), *COMPLETE],
                roots=self.environment.roots,
                only=self.baseline.steady,
                timeout=self.timeout,
                test_timeout=self.test_timeout,
            )
        red = [node for node in self.baseline.steady if report.outcomes.get(node) != "passed"]
        if red or not report.complete:
            raise UntrustedJudgeError(
                f"{len(red)} of the {len(self.baseline.steady)} tests that mark answers do not pass on "
                f"the untouched program: {', '.join(red[:3]) or report.stopped or 'the run broke off'}",
                hint="Is the machine overloaded? `rpsdg verify` says more.",
            )
        return report

    def _sheet(self, checks: Checks, base: Tree) -> Sheet:
        failing = frozenset(checks.fail_to_pass)
        edited = base.changed(self.tree)
        return Sheet(
            fail_to_pass=checks.fail_to_pass,
            pass_to_pass=tuple(node for node in self.baseline.steady if node not in failing),
            arguments=(*self.environment.pytest_options(), *COMPLETE),
            roots=self.environment.roots,
            timeout=self.timeout,
            test_timeout=self.test_timeout,
            allowed={path: tuple(sorted(reach(self.tree[path].data))) for path in edited},
        )


def handed_out(tree: Tree, trace: Trace) -> Tree:
    """Return the program with the bugs of a trace: what a solver gets.

    Raises:
        DiffError: its diff does not apply to the untouched tree.
    """
    if trace.problem.state.get("tree") != tree.digest:
        raise DiffError(f"trace {trace.id[:12]} begins from another tree than its data set holds")
    return apply_diff(tree, str(trace.problem.state.get("diff", "")))
