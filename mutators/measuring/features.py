"""What is measured of a bug while it is confirmed; `difficulty` makes a score of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rpsdg.mutators.functions import function_around
from rpsdg.mutators.judging.coverage import of_program
from rpsdg.mutators.judging.judge import TestBench
from rpsdg.mutators.mutator import Edit
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree

from .difficulty import knowledge
from .localization import faulty_lines, lines_after, ochiai_rank

__all__ = ["measured"]


def measured(
    bench: TestBench,
    buggy: Tree,
    *,
    planted: Sequence[Edit],
    fixes: Sequence[Edit],
    repaired: Sequence[str],
    others: Collection[str],
    told: Sequence[str],
    report: TestReport,
    recorded: TestReport,
) -> dict[str, float]:
    """Return the features of one bug.

    Args:
        bench: the program and its judge.
        buggy: the program with it, and with the bugs that were planted before it.
        planted: the edits of all these bugs, in the offsets of the untouched program and in order.
        fixes: what mends this bug, in the offsets of `buggy`.
        repaired: the tests that fail because of this bug alone.
        others: the tests that fail because of other bugs.
        told: those of them that were run for the solver.
        report: that run.
        recorded: the same run once more, recording lines. The other tests are taken to run the lines that
            they run in the untouched program.
    """
    paths = sorted({fix.path for fix in fixes})
    ran = {node: lines_after(bench.coverage.by_test.get(node, {}), planted, bench.tree) for node in repaired}
    ran |= {node: of_program(buggy, recorded.lines[node]) for node in told if node in recorded.lines}
    faulty = {}
    for path in paths:
        executed = 0
        for seen in ran.values():
            executed |= seen.get(path, 0)
        faulty[path] = faulty_lines(buggy[path].data, [f for f in fixes if f.path == path], executed)
    rank = ochiai_rank(bench.coverage, planted, ran, faulty, bench.tree, ignored=others)
    frames = {frame for node in told if (f := report.failures.get(node)) for frame in f.frames}
    files = {path for path, _ in frames if path in paths}
    around = [(fix.path, function_around(buggy[fix.path].data, fix.start)) for fix in fixes]
    in_function = [
        path for path, line in frames for place, f in around if path == place and f.first <= line <= f.last
    ]
    on_line = [path for path, line in frames if path in files and faulty[path] >> line & 1]
    narrowest = min((sum(m.bit_count() for m in seen.values()) for seen in ran.values()), default=0)
    return {
        "failing_tests": float(len(repaired)),
        "failing_share": round(len(repaired) / len(bench.baseline.steady), 6),
        "narrowest_test_lines": float(narrowest),
        "edit_bytes": float(sum(len(fix.old) + len(fix.new) for fix in fixes)),
        "fix_bytes": float(sum(len(fix.new) for fix in fixes)),
        "edit_lines": float(
            sum(max(f.old.strip(b"\n").count(b"\n"), f.new.strip(b"\n").count(b"\n")) + 1 for f in fixes)
        ),
        "edit_files": float(len(paths)),
        "edit_places": float(len(fixes)),
        "traceback_names_file": float(bool(files)),
        "traceback_names_function": float(bool(in_function)),
        "traceback_names_line": float(bool(on_line)),
        "ochiai_rank": rank.rank,
        "ochiai_of": float(rank.of),
        "knowledge": float(knowledge(buggy, fixes)),
    }
