"""How the baseline is taken: the untouched tests are run in several ways, and what differs is looked into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from rpsdg.sandbox.report import TestReport
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.kernel import Reason

from .baseline import ALONE, OWN, Baseline, Way, suspects
from .unfinished import NOTHING_COLLECTED, unfinished

__all__ = [
    "MIN_GREEN",
    "SLOW",
    "WAYS",
    "FailingBaselineError",
    "HangingBaselineError",
    "NoTestsError",
    "RunAll",
    "RunSome",
    "Runs",
    "by_themselves",
    "one_by_one",
    "require_green",
    "require_usable",
    "some_of",
    "take_baseline",
    "ways_of",
]

AHEAD = 400 * 86_400 + 7 * 3600
"""Seconds: another year, month, day of the month, day of the week and hour."""
WAYS = (
    OWN,
    Way("random order", hash_seed=2, order_seed=1),
    Way("that order backwards, another time and seed", hash_seed=1, order_seed=-1, clock_ahead=AHEAD),
)
"""The ways in which the untouched suite is run before any bug: each with other hashes and random numbers.

Of any two tests, each runs before the other in one of them.
"""
MIN_GREEN = 0.8
"""Share of the tests that must pass steadily for a project to be used."""
SLOW = 0.1
"""Share of the time that all tests may take together above which one test is slow."""

RunAll = Callable[[Sequence[Callable[[], TestReport]]], list[TestReport]]
"""Makes several test runs, side by side if it likes, and returns their reports in order."""
RunSome = Callable[[Sequence[str], Sequence[Way]], list[TestReport]]
"""Runs some tests of the suite in each of several ways."""
Runs = list[tuple[Way, TestReport]]


def one_by_one(calls: Sequence[Callable[[], TestReport]]) -> list[TestReport]:
    """Make test runs one after another."""
    return [call() for call in calls]


class NoTestsError(RpsdgError):
    """The project has no tests that pytest finds."""

    code = ExitCode.NO_TESTS


class FailingBaselineError(RpsdgError):
    """The project's tests do not pass as they are."""

    code = ExitCode.FAILING_BASELINE


class HangingBaselineError(RpsdgError):
    """The project's tests do not end."""

    code = ExitCode.HANGING_BASELINE


def take_baseline(
    run: Callable[[Way], TestReport],
    run_some: RunSome,
    run_all: RunAll,
    *,
    timeout: float,
    clock: bool = True,
) -> tuple[Baseline, list[TestReport]]:
    """Run the untouched suite in every one of WAYS and compare.

    A way that a great part of the tests, or pytest itself, cannot stand is left out and noted: bugs are
    judged in the suite's own order and in the present, so it says nothing against the project.

    Args:
        run: runs the complete suite.
        run_some: runs some of its tests in each of several ways.
        run_all: makes several runs.
        timeout: seconds that a run of the suite may take.
        clock: whether the tests' clock can be set.

    Returns:
        The baseline, and the reports of the runs that it comes from.

    Raises:
        NoTestsError, FailingBaselineError, HangingBaselineError: see each.
    """
    ways, notes = ways_of(clock)
    kept: Runs = []
    while ways:
        kept += zip(ways, run_all([partial(run, way) for way in ways]), strict=True)
        require_usable(kept[0][1], timeout)
        kept, left_out = _tolerated(kept)
        notes += left_out.values()
        ways = tuple(_gentler(way, len(notes) + n) for n, way in enumerate(left_out))
    unlike = suspects(kept)
    alone = by_themselves(unlike, kept, run_some) if unlike else []
    for _, report in kept:
        require_usable(report, timeout)
    baseline = Baseline.of(kept, alone, too_slow=SLOW * timeout, notes=notes)
    reports = [report for _, report in kept]
    require_green(baseline, reports)
    return baseline, reports


def ways_of(clock: bool) -> tuple[tuple[Way, ...], list[str]]:
    """Return the ways in which tests are run, and what is to be noted of them.

    Args:
        clock: whether the tests' clock can be set.
    """
    if clock:
        return WAYS, []
    ways = tuple(replace(way, clock_ahead=0) for way in WAYS)
    return ways, ["the clock was left alone: time-machine sets it by means of its own"]


def _gentler(way: Way, number: int) -> Way:
    """Return what is run instead of a way that could not be taken; each is one that was not taken yet."""
    if way.order_seed is not None and way.clock_ahead:
        return Way("own order, another time and seed", hash_seed=way.hash_seed, clock_ahead=way.clock_ahead)
    # As many runs as otherwise: what is flaky shows by being run again.
    return Way(f"own order, seed {number + 2}", hash_seed=number + 2)


def _tolerated(runs: Runs) -> tuple[Runs, dict[Way, str]]:
    """Return the runs that can be compared, and of each other way why it cannot be taken.

    A run in the suite's own order and in the present is never left out: what it says, it says of the project.
    """
    (_, own), *others = runs
    passed = set(own.with_outcome("passed"))
    needed = MIN_GREEN * (len(own.outcomes) - len(own.with_outcome("skipped", "xfailed")))
    losses = {way: passed - set(report.with_outcome("passed")) for way, report in others}
    plain = [way for way in losses if way.order_seed is None and not way.clock_ahead]
    left_out: dict[Way, str] = {}
    steady = most = passed.difference(*(losses[way] for way in plain))
    # The gentlest first, so that what is left out is what costs most.
    for way, report in sorted(others, key=lambda run: len(losses[run[0]])):
        if way in plain:
            continue
        stopped = unfinished(report)
        left = steady - losses[way]
        if stopped is not None and not (report.complete and stopped.reason is Reason.OUT_OF_MEMORY):
            left_out[way] = f"not run with {way.name}: {stopped.detail}"
        elif len(left) < needed <= len(most):
            lost = f"{len(losses[way])} of {len(passed)} tests do not stand it"
            left_out[way] = f"not run with {way.name}: {lost}, such as {some_of(losses[way])}"
        else:
            steady = left
    return [run for run in runs if run[0] not in left_out], left_out


def by_themselves(
    nodes: Sequence[str],
    suite: Runs,
    run_some: RunSome,
) -> Runs:
    """Run tests without the others, as always and with one thing changed at a time."""
    asked = [ALONE]
    seeds = sorted({way.hash_seed for way, _ in suite} - {0})
    asked += [Way(f"{ALONE.name}, seed {seed}", hash_seed=seed) for seed in seeds]
    times = sorted({way.clock_ahead for way, _ in suite} - {0})
    asked += [Way(f"{ALONE.name}, another time", clock_ahead=ahead) for ahead in times]
    runs = [*zip(asked, run_some(nodes, asked), strict=True)]
    # One that broke off would say of a test that it is missing, and nothing else.
    return runs if all(report.complete for _, report in runs) else []


def require_usable(report: TestReport, timeout: float) -> None:
    """Raise an error unless a run says something about the tests.

    Raises:
        NoTestsError, FailingBaselineError, HangingBaselineError: see each.
    """
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
    silent = set(report.collected) - report.outcomes.keys()
    if silent and report.finished and report.stopped is None and report.returncode in {0, 1}:
        raise FailingBaselineError(
            f"{len(silent)} of {len(report.collected)} collected tests were never reported: "
            f"{some_of(silent)}",
            hint="Does a plugin or a conftest of the project run the tests in a way of its own?",
        )
    stopped = unfinished(report)
    if stopped is not None and not (report.complete and stopped.reason is Reason.OUT_OF_MEMORY):
        tail = "\n".join(report.output.strip().splitlines()[-20:])
        raise FailingBaselineError(
            f"the untouched tests could not be run (pytest ended with status {report.returncode}):\n{tail}",
            hint="A missing dependency? Add it to the project's test extra, or set RPSDG_SYSTEM_PACKAGES.",
        )


def require_green(baseline: Baseline, reports: list[TestReport]) -> None:
    """Raise NoTestsError or FailingBaselineError unless enough of the tests are steady.

    Args:
        baseline: what is known of them.
        reports: the runs that it comes from.
    """
    steady, counted = len(baseline.steady), len(baseline.steady) + len(baseline.quarantined)
    if not counted:
        raise NoTestsError(
            "every test of this source is skipped", hint="Which tests run here? See `pytest -rs`."
        )
    if steady < MIN_GREEN * counted or not steady:
        why = next(
            (f.message for r in reports for n, f in r.failures.items() if n in baseline.quarantined), ""
        )
        kinds = ", ".join(f"{count} {kind}" for kind, count in baseline.kinds().items())
        raise FailingBaselineError(
            f"only {steady} of {counted} tests pass steadily before any bug is injected; at least "
            f"{MIN_GREEN:.0%} must. The others are: {kinds}, such as {some_of(baseline.quarantined)}\n"
            f"{why[:500]}".rstrip(),
            hint="Do the tests need the network, a service or another version of a dependency?",
        )


def some_of(nodes: Iterable[str]) -> str:
    """Return the first three of some ids, and how many more there are."""
    names = sorted(nodes)
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
