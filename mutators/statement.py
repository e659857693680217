"""What a solver is told: the symptoms of a real failing run, never the edit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rpsdg.sandbox.report import Failure, TestReport

__all__ = ["STYLE", "statement", "telling_tests"]

STYLE = "failure-report"
SHOWN = 3
"""How many failing tests are run before the eyes of the reader."""
_PLAIN = re.compile(r"^[\w./-]+\.py(::\w+)+(\[[\w.,+-]*\])?$")


def telling_tests(failing: Sequence[str], report: TestReport) -> list[str]:
    """Choose the failing tests that say most in few words, the same ones every time."""

    def key(node: str) -> tuple[bool, bool, int, str]:
        failure = report.failures.get(node)
        return (
            _PLAIN.match(node) is None,  # can be named on a command line without trouble
            report.outcomes.get(node) != "failed",  # says what was expected, not that nothing could be loaded
            len(failure.message) if failure else 10_000,
            node,
        )

    return sorted(failing, key=key)[:SHOWN]


def statement(
    project: str, failing: Sequence[str], told: Sequence[str], report: TestReport, command: str, steady: int
) -> str:
    """Return the task in Markdown: what fails, how, and what must hold in the end.

    Args:
        project: name and version of the program.
        failing: every failing test.
        told: those that were run for the solver, most telling first.
        report: that run.
        command: the command of that run.
        steady: how many tests pass when the program is right.
    """
    first = told[0]
    name = first.rpartition("::")[2] or first
    lines = [f"# `{name}` fails in {project}", ""]
    lines += [f"Part of {project} no longer works as it should. `{command}` shows it:", ""]
    for node in told:
        lines += [f"- `{node}`", "", *_quoted(_message(node, report)), ""]
    others = len(failing) - len(told)
    if others:
        files = sorted({node.split("::")[0] for node in failing if node not in told})
        listed = ", ".join(f"`{path}`" for path in files[:3]) + (" and elsewhere" if len(files) > 3 else "")
        lines += [f"{others} more {'test fails' if others == 1 else 'tests fail'}, in {listed}.", ""]
    lines += [
        "The tests are right; the fault is in the program. Find it and mend it. All "
        f"{steady} tests that belong to a working {project} must pass.",
    ]
    return "\n".join(lines) + "\n"


def _message(node: str, report: TestReport) -> str:
    failure = report.failures.get(node) or _of_file(node, report)
    return failure.message if failure and failure.message else "The test could not be run."


def _of_file(node: str, report: TestReport) -> Failure | None:
    return next((f for path, f in report.failures.items() if path and node.startswith(path)), None)


def _quoted(message: str) -> list[str]:
    text = message.strip().splitlines()
    cut = [*text[:12], "…"] if len(text) > 12 else text
    return [f"      {line[:300]}".rstrip() for line in cut]
