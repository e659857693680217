"""The judge of bugs: the original tests, run in a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import msgspec

from rpsdg.sandbox.contract import Limits, Place, Recording, Sandbox, SandboxBrokeError, Session
from rpsdg.sandbox.environments import Environment
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.identity import digest
from rpsdg.traces.kernel import Judged, Outcome, Reason, Stopped, Verdict

from .coverage import Coverage, of_program
from .scope import mutable_files

__all__ = [
    "LINES",
    "Baseline",
    "FailingBaselineError",
    "HangingBaselineError",
    "NoTestsError",
    "TestBench",
    "TestVerdict",
    "UntrustedJudgeError",
    "unfinished",
]

RUNS = 3
"""How often the tests are run before any bug, each time with another hash seed."""
MIN_GREEN = 0.8
"""Share of the tests that must pass steadily for a project to be used."""
NOTHING_COLLECTED = 5
"""Pytest's exit status when it found no test."""


class NoTestsError(RpsdgError):
    """The project has no tests that pytest finds."""

    code = ExitCode.NO_TESTS


class FailingBaselineError(RpsdgError):
    """The project's tests do not pass as they are."""

    code = ExitCode.FAILING_BASELINE


class HangingBaselineError(RpsdgError):
    """The project's tests do not end."""

    code = ExitCode.HANGING_BASELINE


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


class Baseline(msgspec.Struct, frozen=True):
    """What the tests of the untouched project do, run after run."""

    id: str
    """Digest of `steady`: the shared pass-to-pass list that traces refer to."""
    steady: tuple[str, ...]
    """Node ids that passed in every run, sorted."""
    quarantined: dict[str, str]
    """Node ids that take no part, with the reason."""

    @classmethod
    def of(cls, reports: Iterable[TestReport]) -> Baseline:
        """Compare runs; only what passed in all of them is steady."""
        runs = list(reports)
        nodes = sorted({node for report in runs for node in report.outcomes})
        steady, quarantined = [], {}
        for node in nodes:
            seen = [report.outcomes.get(node, "missing") for report in runs]
            if set(seen) == {"passed"}:
                steady.append(node)
            elif len(set(seen)) > 1:
                quarantined[node] = f"unsteady: {', '.join(seen)}"
            elif seen[0] not in {"skipped", "xfailed"}:
                quarantined[node] = f"{seen[0]} without any bug"
        return cls(digest(steady), tuple(steady), quarantined)


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
    suite_timeout: float
    test_timeout: float

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
        run_all: Callable[[Sequence[Callable[[], TestReport]]], list[TestReport]] = lambda calls: [
            c() for c in calls
        ],
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
        progress(f"running the untouched tests {RUNS} times")
        reports = run_all([partial(bench.run_suite, tree, hash_seed=seed) for seed in range(RUNS)])
        for report in reports:
            _require_usable(report, timeout)
        baseline = Baseline.of(reports)
        _require_green(baseline, reports)
        slowest_run = max(report.seconds for report in reports)
        slowest_test = max((d for report in reports for d in report.durations.values()), default=0.0)
        # Generous, because a limit reached on a busy machine is never a verdict; a true hang pays for it.
        bench = replace(
            bench,
            baseline=baseline,
            suite_timeout=max(60.0, 10 * slowest_run),
            test_timeout=max(10.0, 20 * slowest_test),
        )
        progress("checking that green is green and red can be red")
        gold, forced, traced = run_all(
            [
                partial(bench.run_suite, tree),
                partial(bench.run_suite, _all_broken(tree)),
                partial(bench.run_suite, tree, record=LINES),
            ]
        )
        bench.require_green(gold)
        if not bench.failing(forced):
            raise UntrustedJudgeError(
                "every module of the project was made to fail at import, and all tests still pass",
                hint="The tests import another copy of the project than the one in the source tree.",
            )
        if not traced.complete:
            traced = bench.run_suite(tree, record=LINES)  # a busy machine gets a second chance
        return replace(bench, coverage=_coverage(tree, baseline, traced))

    def relying_on(self, listed: Baseline) -> TestBench:
        """Return the bench with a baseline that was recorded earlier in place of its own.

        Raises:
            UntrustedJudgeError: tests of the recorded baseline do not pass steadily now.
        """
        missing = set(listed.steady) - set(self.baseline.steady)
        if missing:
            raise UntrustedJudgeError(
                f"the recorded baseline lists tests that do not pass steadily here: {_some(missing)}",
                hint="Are they unsteady, or is the machine overloaded? Try again with `--jobs 1`.",
            )
        return replace(self, baseline=listed, coverage=self.coverage.of(listed.steady))

    def run_suite(self, tree: Tree, *, hash_seed: int = 0, record: Collection[Recording] = ()) -> TestReport:
        """Run the original, complete suite on a tree, in a fresh sandbox."""
        with self.sandbox.open(self.place, self.limits) as session:
            session.load(tree)
            return session.test(
                [*self.environment.pytest_options(), *_COMPLETE],
                roots=self.environment.roots,
                timeout=self.suite_timeout * _slower(record),
                test_timeout=self.test_timeout * _slower(record),
                hash_seed=hash_seed,
                record=record,
            )

    def only(
        self, session: Session, nodes: Iterable[str], *, record: Collection[Recording] = ()
    ) -> TestReport:
        """Run some tests of the suite, and no others, in a session."""
        wanted = sorted(nodes)
        files = sorted({node.split("::")[0] for node in wanted})
        return session.test(
            [*self.environment.pytest_options(), *_COMPLETE, *files],
            roots=self.environment.roots,
            only=wanted,
            timeout=self.suite_timeout * _slower(record),
            test_timeout=self.test_timeout * _slower(record),
            record=record,
        )

    def failing(self, report: TestReport) -> frozenset[str]:
        """Return the steady tests that did not pass; one that is missing did not pass."""
        return frozenset(node for node in self.baseline.steady if report.outcomes.get(node) != "passed")

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
                f"{len(failing)} did not: {_some(failing)}",
                hint="Are the tests unsteady, or is the machine overloaded? Try `--jobs 1`.",
            )


LINES: tuple[Recording, ...] = ("lines",)
"""What a run records for `coverage` and `features`."""
_COMPLETE = ("--continue-on-collection-errors", "--maxfail=0")


def _slower(record: Collection[Recording]) -> int:
    """Return how much more time a recorded run is given."""
    return 10 if record else 1


def _coverage(tree: Tree, baseline: Baseline, traced: TestReport) -> Coverage:
    """Return what a recorded run shows; where it broke off, the rest is unsure."""
    lines = {node: of_program(tree, traced.lines.get(node, {})) for node in baseline.steady}
    unsure = {node for node in baseline.steady if traced.outcomes.get(node) != "passed"}
    return Coverage(lines, of_program(tree, traced.lines.get("", {})), frozenset(unsure))


def unfinished(report: TestReport) -> Stopped | None:
    """Return why a report is not about the tests, or None if it is."""
    where = f" in {report.running}" if report.running else ""
    match report.stopped:
        case "timeout" | "test-timeout":
            return Stopped(Reason.HANG, f"time limit reached{where}")
        case "out-of-memory":
            return Stopped(Reason.OUT_OF_MEMORY, f"killed for want of memory{where}")
        case "too-many-processes":
            return Stopped(Reason.TOO_MANY_PROCESSES, f"too many processes{where}")
        case "too-many-files":
            return Stopped(Reason.TOO_MANY_FILES, f"too many files{where}")
        case "output-flood":
            return Stopped(Reason.OUTPUT_FLOOD, f"too much output{where}")
    if report.forged is not None:
        return Stopped(Reason.FORGED_REPORT, report.forged)
    memory = [node for node, failure in report.failures.items() if failure.memory]
    if memory:
        return Stopped(Reason.OUT_OF_MEMORY, f"MemoryError in {memory[0]}")
    if report.complete:
        return None
    if report.finished or report.returncode in {2, 3, 4, NOTHING_COLLECTED}:
        last = (report.output.strip().splitlines() or ["(no output)"])[-1]
        return Stopped(
            Reason.BROKEN_COLLECTION, f"pytest ended with status {report.returncode}: {last[:200]}"
        )
    return Stopped(Reason.CRASH, f"the test process ended with status {report.returncode}{where}")


def _require_usable(report: TestReport, timeout: float) -> None:
    if report.stopped in {"timeout", "test-timeout"}:
        where = f"; `{report.running}` was running" if report.running else ""
        raise HangingBaselineError(
            f"the tests did not end within {timeout:.0f} s{where}",
            hint="Give them more time with `--timeout`, or leave the test out of the source.",
        )
    if report.returncode == NOTHING_COLLECTED or (report.complete and not report.collected):
        raise NoTestsError(
            "pytest finds no tests in this source",
            hint="A PyPI release must carry its tests in the sdist; many do not. Try the git repository.",
        )
    stopped = unfinished(report)
    if stopped is not None and not (report.complete and stopped.reason is Reason.OUT_OF_MEMORY):
        tail = "\n".join(report.output.strip().splitlines()[-20:])
        raise FailingBaselineError(
            f"the untouched tests could not be run (pytest ended with status {report.returncode}):\n{tail}",
            hint="A missing dependency? Add it to the project's test extra, or set RPSDG_SYSTEM_PACKAGES.",
        )


def _require_green(baseline: Baseline, reports: list[TestReport]) -> None:
    steady, counted = len(baseline.steady), len(baseline.steady) + len(baseline.quarantined)
    if not counted:
        raise NoTestsError(
            "every test of this source is skipped", hint="Which tests run here? See `pytest -rs`."
        )
    if steady < MIN_GREEN * counted or not steady:
        why = next(
            (f.message for r in reports for n, f in r.failures.items() if n in baseline.quarantined), ""
        )
        raise FailingBaselineError(
            f"only {steady} of {counted} tests pass steadily before any bug is injected; at least "
            f"{MIN_GREEN:.0%} must. Not green: {_some(baseline.quarantined)}\n{why[:500]}".rstrip(),
            hint="Do the tests need the network, a service or another version of a dependency?",
        )


def _all_broken(tree: Tree) -> Tree:
    """Return the tree with every module of the program failing at import: no test may pass that uses it."""
    line = b'raise RuntimeError("forced failure")\n'
    for path in mutable_files(tree):
        tree = tree.replace(path, line)
    return tree


def _some(nodes: Iterable[str]) -> str:
    names = sorted(nodes)
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
