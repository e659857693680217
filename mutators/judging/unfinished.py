"""Why a test run says nothing about the tests."""

from __future__ import annotations

from rpsdg.sandbox.report import TestReport
from rpsdg.traces.kernel import Reason, Stopped

__all__ = ["NOTHING_COLLECTED", "unfinished"]

NOTHING_COLLECTED = 5
"""Pytest's exit status when it found no test."""


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
