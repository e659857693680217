"""The tool calls of a solution: run, read, edit. Each is really done in the sandbox and observed there."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from rpsdg.sandbox.contract import Recording, RefusedError, Session
from rpsdg.sandbox.report import TestReport
from rpsdg.traces.record import Action

from .judge import TestBench, slower

__all__ = ["command_for", "edit", "read", "repeat", "run_tests", "shown"]

PYTEST = ("python", "-m", "pytest")
_OUT_OF_STACK = "RecursionError"
"""What pytest prints of a test that ran out of stack."""


def command_for(bench: TestBench, targets: list[str]) -> list[str]:
    """Return the command that runs some tests, as a person would type it."""
    return [*PYTEST, *bench.environment.pytest_options(), *targets]


def run_tests(
    bench: TestBench, session: Session, command: list[str], *, record: Collection[Recording] = ()
) -> tuple[Action, TestReport]:
    """Run a pytest command; what it printed is the observation, whatever else was recorded."""
    report = _run(bench, session, command, record)
    if record and _OUT_OF_STACK in report.output:
        # The recorder takes some of the stack and may be what has none left: that is not for others to see.
        plain = _run(bench, session, command, ())
        report = replace(plain, calls=report.calls, lines=report.lines, untraced=report.untraced)
    return Action(tool="run", input={"command": command}, observation=report.output), report


def _run(bench: TestBench, session: Session, command: list[str], record: Collection[Recording]) -> TestReport:
    return session.test(
        command[len(PYTEST) :],
        roots=bench.environment.roots,
        timeout=bench.suite_timeout * slower(record),
        test_timeout=bench.test_timeout * slower(record),
        record=record,
    )


def read(session: Session, path: str, first: int, last: int) -> Action:
    """Read lines `first` to `last` of a file, counted from 1; the observation numbers them."""
    lines = session.fetch(path).decode("utf-8", "replace").split("\n")
    shown = "".join(f"{number:>5}  {line}\n" for number, line in enumerate(lines[first - 1 : last], first))
    return Action(tool="read", input={"path": path, "first": first, "last": last}, observation=shown)


def edit(session: Session, path: str, old: str, new: str) -> Action:
    """Replace the one place where a file holds `old`.

    Raises:
        RefusedError: the file does not hold `old` exactly once.
    """
    text = session.fetch(path)
    count = text.count(old.encode())
    if count != 1:
        raise RefusedError(f"the text to replace stands {count} times in {path}, not once")
    session.write(path, text.replace(old.encode(), new.encode()))
    return Action(
        tool="edit",
        input={"path": path, "old": old, "new": new},
        observation=f"{path}: 1 place replaced.",
    )


def repeat(bench: TestBench, session: Session, action: Action) -> tuple[Action, TestReport | None]:
    """Do a recorded action again and return what is observed now."""
    values: dict[str, Any] = action.input
    match action.tool:
        case "run":
            return run_tests(bench, session, list(values["command"]))
        case "read":
            return read(session, str(values["path"]), int(values["first"]), int(values["last"])), None
        case "edit":
            return edit(session, str(values["path"]), str(values["old"]), str(values["new"])), None


def shown(command: list[str]) -> str:
    """Return a command as one line for a shell."""
    return shlex.join(command)
