"""The judge of bugs: the original tests, run in a sandbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rpsdg.mutators.mutator import Edit
from rpsdg.sandbox.contract import Limits, Place, Recording, Sandbox, SandboxBrokeError, Session
from rpsdg.sandbox.environments import Environment
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.kernel import Judged, Outcome, Reason, Stopped, Verdict

from .baseline import OWN, Baseline, Way
from .calibration import some_of
from .coverage import Coverage, lines_of
from .unfinished import unfinished

__all__ = ["COMPLETE", "LINES", "TestBench", "TestVerdict", "UntrustedJudgeError", "slower"]

COMPLETE = ("--continue-on-collection-errors", "--maxfail=0")
"""Options with which one failure never hides another test."""


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

    def run_some(self, nodes: Sequence[str], ways: Sequence[Way]) -> list[TestReport]:
        """Run some tests of the untouched project in each of several ways, in fresh sandboxes."""
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


LINES: tuple[Recording, ...] = ("lines",)
"""What a run records for `coverage` and `features`."""


def slower(record: Collection[Recording]) -> int:
    """Return how much more time a recorded run is given."""
    return 10 if record else 1
