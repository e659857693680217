"""What tests say about a buggy program in one recorded run: the same for real bugs and injected ones."""

from __future__ import annotations

import ast
from collections.abc import Collection

from rpsdg.mutators.judging.coverage import LineMask, bits, of_program
from rpsdg.mutators.judging.judge import LINES, TestBench
from rpsdg.mutators.syntax import tree_of
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree

from .records import FailingTest, Spectrum, texts
from .truth import faulty_statements

__all__ = ["observed", "spectrum_of"]

_LONGEST_MESSAGE = 2000


def observed(bench: TestBench, buggy: Tree) -> TestReport:
    """Run the complete suite on a buggy program and record the lines that each test runs."""
    return bench.run_suite(buggy, record=LINES)


def spectrum_of(
    report: TestReport,
    buggy: Tree,
    fixed: Tree,
    failing: Collection[str],
    steady: Collection[str],
    *,
    bug: str,
    group: str,
    family: str,
) -> Spectrum | None:
    """Return what a recorded run shows; None where failing tests run no line that the fix points at.

    Args:
        report: of the complete suite on the buggy program.
        buggy, fixed: the program before and after its fix; they differ in files of the program alone.
        failing: tests that fail because of the bug, and did so in this run.
        steady: tests that are known to pass on the fixed program, always; the others count for nothing.
        bug, group, family: see `Spectrum`.
    """
    lines = {node: of_program(buggy, report.lines.get(node, {})) for node in failing}
    executed: dict[str, LineMask] = {}
    for seen in lines.values():
        for path, mask in seen.items():
            executed[path] = executed.get(path, 0) | mask
    changed = [path for path in buggy.changed(fixed) if path in buggy and path in fixed]
    faulty = faulty_statements(
        {path: buggy[path].data for path in changed}, {path: fixed[path].data for path in changed}, executed
    )
    if not faulty:
        return None
    passing = [node for node in steady if node not in failing and report.outcomes.get(node) == "passed"]
    passed: dict[str, dict[int, int]] = {path: {} for path in executed}
    for node in passing:
        seen = of_program(buggy, report.lines.get(node, {}))
        for path in executed.keys() & seen.keys():
            for line in bits(seen[path] & executed[path]):
                passed[path][line] = passed[path].get(line, 0) + 1
    return Spectrum(
        bug=bug,
        group=group,
        family=family,
        sources={path: buggy[path].data for path, mask in sorted(executed.items()) if mask},
        failing=tuple(_failing(node, report, lines[node], buggy) for node in sorted(failing)),
        passing=len(passing),
        passed=passed,
        faulty=texts(faulty),
    )


def _failing(node: str, report: TestReport, ran: dict[str, LineMask], tree: Tree) -> FailingTest:
    failure = report.failures.get(node)
    return FailingTest(
        node,
        failure.message[:_LONGEST_MESSAGE] if failure else "",
        failure.frames if failure else (),
        texts(ran),
        _text_of(node, tree),
    )


def _text_of(node: str, tree: Tree) -> str:
    """Return the source of a test's function: the one of its name in its file, in its class if it has one."""
    path, *names = node.partition("[")[0].split("::")
    entry = tree.get(path)
    if entry is None or not names:
        return ""
    try:
        scope: ast.AST | None = tree_of(entry.data)
        for name in names:
            scope = next(
                (one for one in getattr(scope, "body", ()) if getattr(one, "name", "") == name), None
            )
        text = entry.data.decode()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    return "\n".join(text.splitlines()[scope.lineno - 1 : scope.end_lineno])
