"""From a candidate to a trace: judge it, look at it, mend it, and write down what was really seen."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from rpsdg.sandbox.contract import Session
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.identity import mask, seal
from rpsdg.traces.kernel import Reason, Stopped, Walk
from rpsdg.traces.record import Answer, Checks, Evidence, Problem, Provenance, State, Step, Trace

from .actions import PYTEST, command_for, edit, read, run_tests, shown
from .bytecode import same_bytecode
from .diffs import make_diff
from .judge import TestBench, TestVerdict, unfinished
from .mutator import Mutator
from .statement import STYLE, statement, telling_tests
from .syntax import parse_tree

__all__ = ["DOMAIN", "Origin", "confirm", "project_name", "state_of"]

DOMAIN = "code/bugfix"


@dataclass(frozen=True)
class Origin:
    """Where a candidate comes from, for its provenance."""

    generator: str
    """Version of rpsdg."""
    seed: int
    project: str
    """Name and version, as a statement calls them."""
    source: dict[str, Any]
    """Kind, name, version, commit and licence of the source."""


def project_name(name: str, version: object) -> str:
    """Return what statements call a program, such as `toolz 1.0.0`."""
    return f"{name} {version}" if version else name


def confirm(bench: TestBench, move: Mutator, index: int, origin: Origin) -> Trace | Stopped:
    """Inject one bug, and return its trace if the tests detect it and its fix restores them.

    The complete suite judges the bug in one fresh sandbox. In a second one the failing tests fail
    again, the edit is undone, the tree on the sandbox's disk must be the untouched one to the byte, and
    the failing tests must pass. Whatever does not end so is returned with its reason.

    Raises:
        SandboxBrokeError: a sandbox ended or stopped answering; this says nothing about the candidate.
    """
    buggy = move.apply(bench.tree)
    if same_bytecode(bench.tree[move.path].data, buggy[move.path].data):
        return Stopped(Reason.SAME_BYTECODE, "the edit changes nothing that runs")
    first = bench.run_suite(buggy)
    outcome = bench.outcome(first)
    if isinstance(outcome, Stopped):
        return outcome
    verdict = outcome.verdict
    if not isinstance(verdict, TestVerdict) or verdict.solved:
        return Stopped(Reason.UNDETECTED, "no test fails")
    with bench.sandbox.open(bench.place, bench.limits) as session:
        return _solve(bench, session, move, buggy, verdict, first, index, origin)


def _solve(
    bench: TestBench,
    session: Session,
    move: Mutator,
    buggy: Tree,
    verdict: TestVerdict,
    first: TestReport,
    index: int,
    origin: Origin,
) -> Trace | Stopped:
    failing = sorted(verdict.failing)
    told = telling_tests(failing, first)
    command = command_for(bench, told)
    old, new = _lines_around(buggy[move.path].data, bench.tree[move.path].data)
    top, bottom = _region(buggy[move.path].data, move.start)

    session.load(buggy)
    seen_failing, report = run_tests(bench, session, command)
    if unfinished(report) and not _only_broken(report):
        return Stopped(Reason.UNSTEADY, "the failing tests could not be run by themselves")
    again = bench.only(session, failing) if len(failing) > len(told) else report
    passed = [node for node in failing if again.outcomes.get(node) == "passed"]
    if passed:
        return Stopped(Reason.UNSTEADY, f"failed in the complete suite, passed by itself: {passed[0]}")
    other = [node for node in told if _message(first, node) != _message(report, node)]
    if other:
        return Stopped(Reason.UNSTEADY, f"fails in another way each time: {other[0]}")
    looked = read(session, move.path, top, bottom)
    edited = edit(session, move.path, old, new)
    if session.digest() != bench.tree.digest:
        return Stopped(Reason.TREE_CHANGED, "after the fix the tree is not the untouched one")
    seen_passing, report = run_tests(bench, session, command)
    after = bench.only(session, failing) if len(failing) > len(told) else report
    red = [node for node in failing if after.outcomes.get(node) != "passed"]
    if red:
        return Stopped(Reason.FIX_NOT_CONFIRMED, f"still not passing after the fix: {red[0]}")

    walk = Walk((bench.tree,)).then(move)
    (back,) = walk.reversed()
    first_line = bench.tree[move.path].data.count(b"\n", 0, move.start) + 1
    step = Step(
        rule=move.rule,
        aim=move.aim(),
        before=state_of(bench.tree, back.before),
        after=state_of(bench.tree, back.after),
        explanation=move.explain(),
        evidence=(
            Evidence(
                judge="tests",
                strength="executed",
                saw={"failing_before": len(failing), "failing_after": 0, "suite": len(bench.baseline.steady)},
            ),
        ),
        actions=(seen_failing, looked, edited, seen_passing),
    )
    trace = Trace(
        id="",
        content_hash="",
        domain=DOMAIN,
        problem=Problem(
            statement=statement(
                origin.project, failing, told, first, shown(command), len(bench.baseline.steady)
            ),
            style=STYLE,
            state=step.before,
        ),
        steps=(step,),
        answer=Answer(state=step.after, text=make_diff(buggy, bench.tree)),
        checks=Checks(
            environment=bench.environment.id,
            command=(*PYTEST, *bench.environment.pytest_options()),
            fail_to_pass=tuple(failing),
            pass_to_pass=bench.baseline.id,
        ),
        features=_features(move, failing, told, first, bench),
        provenance=Provenance(
            generator=origin.generator,
            seed=origin.seed,
            index=index,
            source={
                **origin.source,
                "path": move.path,
                "first_line": first_line,
                "last_line": first_line + move.old.count(b"\n"),
            },
            environment={"python": bench.environment.python, "id": bench.environment.id},
        ),
    )
    return seal(trace)


def state_of(base: Tree, tree: Tree) -> State:
    """Return how a trace writes a tree down: the base it comes from, and the diff."""
    return {"tree": base.digest, "diff": make_diff(base, tree)}


def _message(report: TestReport, node: str) -> str | None:
    failure = report.failures.get(node)
    return mask(failure.message) if failure else None


def _only_broken(report: TestReport) -> bool:
    """Say whether a run of chosen tests ended early only because their file could not be collected."""
    return report.stopped is None and report.finished and "broken" in report.outcomes.values()


def _features(
    move: Mutator, failing: list[str], told: list[str], report: TestReport, bench: TestBench
) -> dict[str, float]:
    frames = [frame for node in told if (f := report.failures.get(node)) for frame in f.frames]
    line = bench.tree[move.path].data.count(b"\n", 0, move.start) + 1
    named = [number for path, number in frames if path.endswith(move.path)]
    return {
        "failing_tests": float(len(failing)),
        "failing_share": round(len(failing) / len(bench.baseline.steady), 6),
        "edit_bytes": float(len(move.old) + len(move.new)),
        "edit_lines": float(max(move.old.count(b"\n"), move.new.count(b"\n")) + 1),
        "traceback_names_file": float(bool(named)),
        "traceback_names_line": float(line in named),
    }


def _lines_around(buggy: bytes, fixed: bytes) -> tuple[str, str]:
    """Return the lines that differ, with as many lines before and after as make them the only such place."""
    old, new = buggy.decode().splitlines(keepends=True), fixed.decode().splitlines(keepends=True)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    text = "".join(old)
    while True:
        before, after = "".join(old[head : len(old) - tail]), "".join(new[head : len(new) - tail])
        if (before and text.count(before) == 1) or not (head or tail):
            return before, after
        head, tail = max(0, head - 1), max(0, tail - 1)


def _region(buggy: bytes, start: int) -> tuple[int, int]:
    """Return first and last line of the function or class around a byte offset, 60 lines at most."""
    line = buggy.count(b"\n", 0, start) + 1
    total = buggy.count(b"\n") + 1
    best = (max(1, line - 10), min(total, line + 10))
    size = total + 1
    for node in ast.walk(parse_tree(buggy)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            last = node.end_lineno or node.lineno
            if first <= line <= last and last - first < size:
                best, size = (first, last), last - first
    if best[1] - best[0] > 60:
        best = (max(best[0], line - 30), min(best[1], line + 30))
    return best
