"""The judge of bugs: the original tests, run in a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ParamSpec, TypeVar

from rpsdg.sandbox.contract import Limits, Place, Recording, Sandbox, SandboxBrokeError, Session
from rpsdg.sandbox.environments import Environment
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.kernel import Judged, Outcome, Reason, Stopped, Verdict

from .baseline import OWN, Baseline, Way
from .calibration import WAYS, RunAll, some_of, take_baseline
from .coverage import Coverage, lines_of, of_program
from .grading.marking import COMPLETE
from .mutator import Edit
from .scope import mutable_files
from .unfinished import unfinished

__all__ = ["LINES", "TRIES", "TestBench", "TestVerdict", "UntrustedJudgeError", "slower"]


class UntrustedJudgeError(RpsdgError):
    """Green is not green, or red cannot be red: no verdict of this bench would mean anything."""

    code = ExitCode.FAILING_BASELINE


@dataclass(frozen=True)
class TestVerdict(Verdict):
    """Which steady tests do not pass."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    failing: frozenset[str]

    @property
    def solved(self) -> bool:
        """Whether every steady test passes."""
        return not self.failing

    def saw(self) -> dict[str, Any]:
        """Return the failing node ids."""
        return {"failing": sorted(self.failing)}


@dataclass(frozen=True)
class TestBench:
    """A project on the bench: its environment, its tests, and what is known of them."""

    __test__ = False

    sandbox: Sandbox
    place: Place
    environment: Environment
    tree: Tree
    """The solved state."""
    limits: Limits
    baseline: Baseline
    coverage: Coverage
    """Of the steady tests."""
    suite_timeout: float
    test_timeout: float
    durations: Mapping[str, float] = field(default_factory=dict)
    """Seconds each test took on the untouched program, by node id."""
    asked: frozenset[str] | None = None
    """The steady tests that judge; all of them where it is None."""
    recorded: Coverage | None = None
    """Of all dependable tests; only needed to rely on an earlier baseline."""

    @classmethod
    def calibrated(
        cls,
        sandbox: Sandbox,
        place: Place,
        environment: Environment,
        tree: Tree,
        limits: Limits,
        *,
        timeout: float,
        run_all: RunAll = lambda calls: [c() for c in calls],
        progress: Callable[[str], None] = lambda _: None,
    ) -> TestBench:
        """Take the baseline, then show that green is green and that red can be red.

        Args:
            sandbox, place, environment: where the tests run.
            tree: the untouched project.
            limits: what each run may use.
            timeout: seconds the untouched suite may take.
            run_all: runs several test runs, side by side if it likes.
            progress: told in a few words what is being done.

        Raises:
            NoTestsError, FailingBaselineError, HangingBaselineError, UntrustedJudgeError: see each.
        """
        nothing = Baseline("", (), {}), Coverage({}, {})
        bench = cls(sandbox, place, environment, tree, limits, *nothing, timeout, timeout)
        progress(f"running the untouched tests in {len(WAYS)} ways")
        baseline, reports = take_baseline(
            partial(_patient(bench.run_suite), tree),
            _patient(bench._run_some),
            run_all,
            timeout=timeout,
            clock=not environment.has("time-machine"),
        )
        slowest_run = max(report.seconds for report in reports)
        slowest_test = max((d for report in reports for d in report.durations.values()), default=0.0)
        # Generous, because a limit reached on a busy machine is never a verdict; a true hang pays for it.
        bench = replace(
            bench,
            baseline=baseline,
            suite_timeout=max(60.0, 10 * slowest_run),
            test_timeout=max(3.0, 10 * slowest_test),
            durations={n: max(r.durations.get(n, 0.0) for r in reports) for n in baseline.dependable},
        )
        progress("checking that green is green and red can be red")
        run = _patient(bench.run_suite)
        gold, forced, traced = run_all(
            [partial(run, tree), partial(run, _all_broken(tree)), partial(run, tree, record=LINES)]
        )
        bench.require_green(gold)
        if not bench.failing(forced):
            raise UntrustedJudgeError(
                "every module of the project was made to fail at import, and all tests still pass",
                hint="The tests import another copy of the project than the one in the source tree.",
            )
        if not traced.complete:
            traced = run(tree, record=LINES)  # a busy machine gets a second chance
        recorded = _coverage(tree, baseline, traced)
        return replace(bench, coverage=recorded.of(baseline.steady), recorded=recorded)

    def relying_on(self, listed: Baseline) -> TestBench:
        """Return the bench with a baseline that was recorded earlier in place of its own.

        Raises:
            UntrustedJudgeError: tests of the recorded baseline do not pass steadily now.
        """
        # An earlier one may hold tests that depend on the order; they pass as often as they are asked here.
        missing = set(listed.steady) - self.baseline.dependable
        if missing:
            raise UntrustedJudgeError(
                f"the recorded baseline lists tests that do not pass steadily here: {some_of(missing)}",
                hint="Are they unsteady, or is the machine overloaded? Try again with `--jobs 1`.",
            )
        return replace(self, baseline=listed, coverage=(self.recorded or self.coverage).of(listed.steady))

    def run_suite(self, tree: Tree, way: Way = OWN, *, record: Collection[Recording] = ()) -> TestReport:
        """Run the original suite on a tree, as much of it as judges, in a fresh sandbox."""
        with self.sandbox.open(self.place, self.limits) as session:
            session.load(tree)
            return self.suite(session, way, record=record)

    def suite(self, session: Session, way: Way = OWN, *, record: Collection[Recording] = ()) -> TestReport:
        """Run the original suite, as much of it as judges, in a session."""
        return self._run(session, self.asked, way, record)

    def reaching(self, edits: Sequence[Edit]) -> frozenset[str]:
        """Return the steady tests that, by what was recorded, run a line that some edits change.

        Args:
            edits: of the untouched program.
        """
        found: set[str] = set()
        for path in {edit.path for edit in edits}:
            lines = lines_of(self.tree[path].data, [edit for edit in edits if edit.path == path])
            found |= self.coverage.tests(path, lines)
        return frozenset(found)

    def covering(self, edits: Sequence[Edit], besides: Iterable[str] = ()) -> TestBench:
        """Return the bench on which only the tests that can reach some edits judge, and some besides."""
        return replace(self, asked=self.reaching(edits) | set(besides) & set(self.baseline.steady))

    def only(
        self,
        session: Session,
        nodes: Iterable[str],
        *,
        way: Way = OWN,
        record: Collection[Recording] = (),
    ) -> TestReport:
        """Run some tests of the suite, and no others, in a session."""
        return self._run(session, nodes, way, record)

    def _run(
        self, session: Session, nodes: Iterable[str] | None, way: Way, record: Collection[Recording]
    ) -> TestReport:
        return session.test(
            [*self.environment.pytest_options(), *COMPLETE],
            roots=self.environment.roots,
            only=None if nodes is None else sorted(nodes),
            timeout=self.suite_timeout * slower(record),
            test_timeout=self.test_timeout * slower(record),
            hash_seed=way.hash_seed,
            order_seed=way.order_seed,
            clock_ahead=way.clock_ahead,
            record=record,
        )

    def _run_some(self, nodes: Sequence[str], ways: Sequence[Way]) -> list[TestReport]:
        reports = []
        for way in ways:
            with self.sandbox.open(self.place, self.limits) as session:
                session.load(self.tree)
                reports.append(self.only(session, nodes, way=way))
        return reports

    def failing(self, report: TestReport) -> frozenset[str]:
        """Return the steady tests that judge and did not pass; one that is missing did not pass."""
        asked = self.baseline.steady if self.asked is None else self.asked
        return frozenset(node for node in asked if report.outcomes.get(node) != "passed")

    def judge(self, tree: Tree) -> Outcome:
        """Say which steady tests fail on a tree, or why there is no telling."""
        try:
            return self.outcome(self.run_suite(tree))
        except SandboxBrokeError as error:
            return Stopped(Reason.SANDBOX_FAILED, str(error))

    def outcome(self, report: TestReport) -> Outcome:
        """Turn a report of the complete suite into a verdict, or into the reason why it is none."""
        stopped = unfinished(report)
        if stopped is not None:
            return stopped
        failing = self.failing(report)
        if len(failing) == len(self.baseline.steady):
            return Stopped(Reason.BROKEN_COLLECTION, "no test passes any more")
        return Judged(TestVerdict(failing))

    def require_green(self, report: TestReport) -> None:
        """Raise UntrustedJudgeError unless a run of the solved state passed every steady test."""
        failing = self.failing(report)
        if failing or not report.complete:
            raise UntrustedJudgeError(
                f"the untouched project was to pass {len(self.baseline.steady)} tests again; "
                f"{len(failing)} did not: {some_of(failing)}",
                hint="Are the tests unsteady, or is the machine overloaded? Try `--jobs 1`.",
            )


P = ParamSpec("P")
R = TypeVar("R")
TRIES = 3
"""Of a run whose sandbox breaks, until it is taken to be the doing of what runs in it."""
LINES: tuple[Recording, ...] = ("lines",)
"""What a run records for `coverage` and `features`."""


def _patient(run: Callable[P, R]) -> Callable[P, R]:
    """Return a run that is done again where the sandbox breaks: it is the untouched program that runs."""

    def again(*arguments: P.args, **options: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            with suppress(SandboxBrokeError):  # the last one tells
                return run(*arguments, **options)
        return run(*arguments, **options)

    return again


def slower(record: Collection[Recording]) -> int:
    """Return how much more time a recorded run is given."""
    return 10 if record else 1


def _coverage(tree: Tree, baseline: Baseline, traced: TestReport) -> Coverage:
    """Return what a recorded run shows; where it or the recording broke off, the rest is unsure."""
    lines = {node: of_program(tree, traced.lines.get(node, {})) for node in sorted(baseline.dependable)}
    unsure = {node for node in lines if traced.outcomes.get(node) != "passed"}
    at_import = of_program(tree, traced.lines.get("", {}))
    return Coverage(lines, at_import, frozenset(unsure), traced.untraced & lines.keys())


def _all_broken(tree: Tree) -> Tree:
    """Return the tree with every module of the program failing at import: no test may pass that uses it."""
    line = b'raise RuntimeError("forced failure")\n'
    for path in mutable_files(tree):
        tree = tree.replace(path, line)
    return tree
