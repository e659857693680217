"""From a program that a solver left to a mark: the original tests run on it, and their share is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rpsdg.sandbox.contract import Session
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Tree

from .reach import new_reach
from .submission import submit

__all__ = ["Mark", "Sheet", "mark", "refuse"]

_MOST = 20
"""Names that a mark lists."""


@dataclass(frozen=True)
class Sheet:
    """What one task is marked by. It never leaves the judge's side."""

    fail_to_pass: tuple[str, ...]
    pass_to_pass: tuple[str, ...]
    arguments: tuple[str, ...]
    """What stands behind `python -m pytest`."""
    roots: tuple[str, ...]
    """Folders of the tree on the module search path."""
    timeout: float
    """Seconds for all tests."""
    test_timeout: float
    """Seconds that one test may compute."""
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By path of an edited file, what its right version reaches for (see `reach`)."""


@dataclass(frozen=True)
class Mark:
    """What an answer is worth."""

    score: float
    """The two shares multiplied, from 0 to 1."""
    fail_to_pass: float = 0.0
    """Share of the tests that failed and pass now."""
    pass_to_pass: float = 0.0
    """Share of the tests that passed and still do."""
    reason: str = ""
    """A word for why there is nothing to count: `no-change`, `no-patch`, `bad-patch`, `refused`, or what kept
    the tests from coming to an end, such as `timeout` or `forged-report`; empty where tests were counted."""
    detail: str = ""
    failing: tuple[str, ...] = ()
    """The first tests that do not pass."""
    taken: tuple[str, ...] = ()
    """Files of the program that the answer changed."""
    ignored: tuple[str, ...] = ()
    """Changes that do not count, such as those of tests."""

    @property
    def resolved(self) -> bool:
        """Whether every test passes that has to."""
        return self.score == 1.0


def refuse(reason: str, detail: str = "", taken: Sequence[str] = (), ignored: Sequence[str] = ()) -> Mark:
    """Return the mark of an answer that is worth nothing."""
    return Mark(0.0, reason=reason, detail=detail, taken=tuple(taken), ignored=tuple(ignored)[:_MOST])


def mark(session: Session, base: Tree, offered: Mapping[str, bytes | None], sheet: Sheet) -> Mark:
    """Mark what a solver offers, in a session with an empty work space.

    Args:
        session: fresh, without network; nothing of the solver's has run in it.
        base: the program as it was handed out, with its tests.
        offered: see `submit`.
        sheet: what is asked.

    Raises:
        SandboxBrokeError: the sandbox gave way. What runs in it may be at fault.
    """
    work = submit(base, offered, sheet.roots)
    if not work.taken:
        return refuse("no-change", "no file of the program was changed", ignored=work.ignored)
    reached = new_reach(base, work.tree, work.taken, sheet.allowed)
    if reached:
        return refuse("refused", f"it reaches for {', '.join(reached[:_MOST])}", work.taken, work.ignored)
    session.load(work.tree)
    report = session.test(
        sheet.arguments,
        roots=sheet.roots,
        only=[*sheet.fail_to_pass, *sheet.pass_to_pass],
        timeout=sheet.timeout,
        test_timeout=sheet.test_timeout,
    )
    broken = _broken(report)
    if broken is not None:
        return refuse(*broken, work.taken, work.ignored)
    return _counted(report, sheet, work.taken, work.ignored)


def _broken(report: TestReport) -> tuple[str, str] | None:
    """Return why a report says nothing of the tests, as a word and a sentence."""
    where = f" in {report.running}" if report.running else ""
    if report.stopped is not None:
        return report.stopped, f"the run was ended{where}"
    if report.forged is not None:
        return "forged-report", report.forged
    if report.complete:
        return None
    last = (report.output.strip().splitlines() or ["(no output)"])[-1]
    return "crash", f"the tests ended early with status {report.returncode}{where}: {last[:200]}"


def _counted(report: TestReport, sheet: Sheet, taken: tuple[str, ...], ignored: tuple[str, ...]) -> Mark:
    passed = {node for node, outcome in report.outcomes.items() if outcome == "passed"}
    failing = [node for node in (*sheet.fail_to_pass, *sheet.pass_to_pass) if node not in passed]
    mended, kept = _share(sheet.fail_to_pass, passed), _share(sheet.pass_to_pass, passed)
    return Mark(
        mended * kept,
        fail_to_pass=mended,
        pass_to_pass=kept,
        failing=tuple(failing[:_MOST]),
        taken=taken,
        ignored=ignored[:_MOST],
    )


def _share(nodes: Sequence[str], passed: set[str]) -> float:
    return sum(node in passed for node in nodes) / len(nodes) if nodes else 1.0
