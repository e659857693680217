"""Checking a data set from scratch: every claim of every trace, trusting none of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import groupby, zip_longest
from typing import NamedTuple

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.mutators.actions import command_for, repeat, shown
from rpsdg.mutators.diffs import DiffError, apply_diff
from rpsdg.mutators.judge import Baseline, TestBench, TestVerdict
from rpsdg.mutators.rules import all_mutators
from rpsdg.mutators.solution import project_name, state_of
from rpsdg.mutators.statement import statement, telling_tests
from rpsdg.sandbox.contract import RefusedError, Sandbox
from rpsdg.sandbox.environments import Environment, prepare
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree, UnsafeTreeError
from rpsdg.traces.identity import content_hash, digest, mask, seal
from rpsdg.traces.kernel import Stopped
from rpsdg.traces.record import State, Trace

from .executor import in_order, side_by_side
from .progress import Reporter

__all__ = ["Checked", "FalseClaim", "verify"]


@dataclass(frozen=True)
class FalseClaim:
    """Something a trace says that is not so."""

    claim: str
    """Which claim: `id`, `problem`, `fix`, `steps`, `fail_to_pass`, `pass_to_pass`, `observation`, …"""
    detail: str
    """What was claimed and what was found."""


@dataclass(frozen=True)
class Checked:
    """A trace and its false claims; none if all of it is true."""

    trace: Trace
    false: tuple[FalseClaim, ...]


def verify(
    data: Dataset,
    settings: Settings,
    sandbox: Callable[[], Sandbox],
    *,
    jobs: int,
    timeout: float,
    report: Reporter,
) -> Generator[Checked, None, None]:
    """Yield every trace of a data set with what is false about it, in order.

    The environment is built from its recorded lock, the untouched tests are run again, and every command
    and edit of every trace is repeated in fresh sandboxes.

    Raises:
        RpsdgError: the data set is damaged, or an environment or baseline cannot be had again.
    """
    report.begin(0)
    box: Sandbox | None = None
    # The traces of a data set come grouped by environment, so one bench at a time is enough.
    for key, group in groupby(data.traces(), _place):
        box = box or sandbox()
        bench = _bench(data, key, box, settings, jobs, timeout, report)
        report.stage("checking traces")
        with closing(in_order(partial(check, bench), group, jobs, box.aborting)) as results:
            for trace, false in results:
                about = {"trace": trace.id, "claims": [claim.claim for claim in false]}
                report.outcome("false" if false else "true", counts=True, about=about)
                yield Checked(trace, false)


def check(bench: TestBench, trace: Trace) -> tuple[FalseClaim, ...]:
    """Return what is false about one trace."""
    false = list(_static(bench.tree, trace))
    buggy = _tree(bench.tree, trace.problem.state)
    if isinstance(buggy, Tree):
        try:
            false += list(_executed(bench, buggy, trace))
        except RefusedError as error:
            false.append(FalseClaim("steps", f"they cannot be repeated: {error}"))
    if content_hash(trace) != trace.content_hash:
        false.append(FalseClaim("content_hash", f"it is {content_hash(trace)}, not {trace.content_hash}"))
    return tuple(false)


def _static(base: Tree, trace: Trace) -> Iterator[FalseClaim]:
    """What can be refuted without running anything."""
    if seal(trace).id != trace.id:
        yield FalseClaim("id", f"it is {seal(trace).id}, not {trace.id}")
    if trace.checks is None or not trace.steps:
        yield FalseClaim("steps", "there are none, or no way to check them")
        return
    buggy = _tree(base, trace.problem.state)
    if not isinstance(buggy, Tree):
        yield FalseClaim("problem", f"its diff does not apply to the untouched tree: {buggy}")
        return
    if buggy == base:
        yield FalseClaim("problem", "its tree is the untouched one")
    try:
        fixed = apply_diff(buggy, trace.answer.text)
        if fixed != base:
            yield FalseClaim("fix", f"it leaves {', '.join(fixed.changed(base))} unlike the untouched tree")
    except (DiffError, UnsafeTreeError) as error:
        yield FalseClaim("fix", f"it does not apply to the problem: {error}")
    chain = [trace.problem.state, *(step.after for step in trace.steps)]
    starts = [step.before for step in trace.steps]
    if chain[:-1] != starts or chain[-1] != trace.answer.state:
        yield FalseClaim("steps", "they do not lead from the problem to the answer")
    if trace.answer.state != {"tree": base.digest, "diff": ""}:
        yield FalseClaim("answer", "its state is not the untouched tree")


def _executed(bench: TestBench, buggy: Tree, trace: Trace) -> Iterator[FalseClaim]:
    """What only running it can refute."""
    assert trace.checks is not None
    claimed = frozenset(trace.checks.fail_to_pass)
    report = bench.run_suite(buggy)
    outcome = bench.outcome(report)
    if isinstance(outcome, Stopped):
        report = bench.run_suite(buggy)  # a limit reached on a busy machine proves nothing
        outcome = bench.outcome(report)
    if isinstance(outcome, Stopped):
        yield FalseClaim(
            "fail_to_pass", f"the complete suite gives no verdict: {outcome.reason} ({outcome.detail})"
        )
        return
    assert isinstance(outcome.verdict, TestVerdict)
    failing = outcome.verdict.failing
    if claimed - failing or not claimed:
        yield FalseClaim("fail_to_pass", f"not failing on the problem: {_listed(claimed - failing)}")
    if failing - claimed:
        yield FalseClaim("pass_to_pass", f"not passing on the problem: {_listed(failing - claimed)}")
    seen = {"failing_before": len(failing), "failing_after": 0, "suite": len(bench.baseline.steady)}
    for evidence in (e for step in trace.steps for e in step.evidence):
        if evidence.saw != seen:
            yield FalseClaim("evidence", f"{evidence.judge} saw {seen}, not {evidence.saw}")
    yield from _described(bench, trace, sorted(failing), report)
    with bench.sandbox.open(bench.place, bench.limits) as session:
        session.load(buggy)
        for number, action in enumerate((a for step in trace.steps for a in step.actions), 1):
            try:
                again, _ = repeat(bench, session, action)
            except (RefusedError, KeyError, TypeError, ValueError) as error:
                yield FalseClaim("action", f"action {number} ({action.tool}) cannot be repeated: {error}")
                return
            if mask(again.observation) != mask(action.observation):
                difference = _first_difference(mask(action.observation), mask(again.observation))
                yield FalseClaim("observation", f"action {number} ({action.tool}): {difference}")
        if session.digest() != bench.tree.digest:
            yield FalseClaim("fix", "after the last action the tree is not the untouched one")
            return
        after = bench.only(session, failing | (claimed & frozenset(bench.baseline.steady)))
        red = [node for node in sorted(failing) if after.outcomes.get(node) != "passed"]
        if red:
            yield FalseClaim("fix", f"still not passing after it: {_listed(red)}")


def _described(
    bench: TestBench, trace: Trace, failing: list[str], report: TestReport
) -> Iterator[FalseClaim]:
    """What a trace tells in words: its moves, and a statement that must come from the run just made."""
    tree = bench.tree
    for step in reversed(trace.steps):
        try:
            move = all_mutators()[step.rule].aimed(step.aim)
            tree = move.apply(tree)
        except (LookupError, TypeError, ValueError) as error:
            yield FalseClaim("move", f"{step.rule} cannot be aimed there: {error}")
            return
        if step.before != state_of(bench.tree, tree):
            yield FalseClaim("move", f"{step.rule}, aimed there, leads to another state")
        if step.explanation != move.explain():
            yield FalseClaim("explanation", f"the rule says: {move.explain()}")
    if not failing:
        return  # said already: nothing fails on the problem
    told = telling_tests(failing, report)
    source = trace.provenance.source
    project = project_name(str(source.get("name")), source.get("version"))
    expected = statement(
        project, failing, told, report, shown(command_for(bench, told)), len(bench.baseline.steady)
    )
    if mask(trace.problem.statement) != mask(expected):
        difference = _first_difference(mask(trace.problem.statement), mask(expected))
        yield FalseClaim("statement", f"a failing run says otherwise: {difference}")


class _Place(NamedTuple):
    """What traces that can be checked on the same bench have in common: ids and a digest."""

    environment: str
    baseline: str
    tree: str
    version: str | None
    """The project's version, for builds that would ask git for it."""


def _place(trace: Trace) -> _Place:
    if trace.checks is None:
        raise DatasetError(f"trace {trace.id[:12]} does not say how to check it")
    version = trace.provenance.source.get("version")
    return _Place(
        trace.checks.environment,
        trace.checks.pass_to_pass,
        str(trace.answer.state.get("tree")),
        version if isinstance(version, str) else None,
    )


def _bench(
    data: Dataset, key: _Place, box: Sandbox, settings: Settings, jobs: int, timeout: float, report: Reporter
) -> TestBench:
    recorded = data.record("environments", key.environment, Environment)
    listed = data.record("baselines", key.baseline, Baseline)
    base = data.tree(key.tree)
    made, place = prepare(base, box, settings, version=key.version, recorded=recorded, progress=report.stage)
    if made.id != key.environment or digest(list(listed.steady)) != key.baseline:
        raise DatasetError(
            f"environment {key.environment[:12]} or baseline {key.baseline[:12]} is not what its id names",
            hint="Files under `environments/` or `baselines/` were changed.",
        )
    bench = TestBench.calibrated(
        box,
        place,
        made,
        base,
        settings.limits,
        timeout=timeout,
        run_all=partial(side_by_side, jobs=jobs, stopping=box.aborting),
        progress=report.stage,
    )
    return bench.relying_on(listed)


def _tree(base: Tree, state: State) -> Tree | str:
    if state.get("tree") != base.digest:
        return f"it starts from the tree {state.get('tree')}"
    try:
        return apply_diff(base, str(state.get("diff", "")))
    except (DiffError, UnsafeTreeError) as error:
        return str(error)


def _first_difference(claimed: str, found: str) -> str:
    pairs = zip_longest(claimed.split("\n"), found.split("\n"))
    number, (before, after) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    return f"line {number} was {before!r} and is {after!r} now"


def _listed(nodes: frozenset[str] | list[str]) -> str:
    names = sorted(nodes)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") or "none"
