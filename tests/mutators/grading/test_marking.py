"""Marks, on reports that were made up: sandboxes have tests of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from rpsdg.mutators.grading.marking import Mark, Sheet, mark
from rpsdg.sandbox.contract import Session
from rpsdg.sandbox.report import TestReport
from rpsdg.sandbox.tree import Entry, Tree

BASE = Tree({"shop/till.py": Entry(b"x = 1\n"), "tests/test_till.py": Entry(b"")})
SHEET = Sheet(("t::a", "t::b"), ("t::c", "t::d", "t::e", "t::f"), ("-q",), (".",), 60.0, 5.0)
GREEN = TestReport(dict.fromkeys((*SHEET.fail_to_pass, *SHEET.pass_to_pass), "passed"))


class _Session:
    def __init__(self, report: TestReport) -> None:
        self.report = report
        self.loaded: list[Tree] = []

    def load(self, tree: Tree) -> None:
        self.loaded.append(tree)

    def test(self, arguments: Any, **options: Any) -> TestReport:
        assert sorted(options["only"]) == sorted(GREEN.outcomes)
        return self.report


def _marked(report: TestReport, offered: dict[str, bytes | None] | None = None) -> Mark:
    session = _Session(report)
    return mark(
        cast(Session, session), BASE, {"shop/till.py": b"x = 2\n"} if offered is None else offered, SHEET
    )


def test_everything_green_is_resolved() -> None:
    found = _marked(GREEN)
    assert (found.score, found.resolved, found.reason, found.taken) == (1.0, True, "", ("shop/till.py",))


def test_the_two_shares_are_multiplied() -> None:
    found = _marked(replace(GREEN, outcomes={**GREEN.outcomes, "t::a": "failed", "t::c": "skipped"}))
    assert (found.fail_to_pass, found.pass_to_pass, found.score) == (0.5, 0.75, 0.375)
    assert (found.resolved, found.failing) == (False, ("t::a", "t::c"))


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (replace(GREEN, forged="said twice", finished=False), "forged-report"),
        (replace(GREEN, stopped="timeout"), "timeout"),
        (replace(GREEN, finished=False, returncode=0), "crash"),
        (replace(GREEN, collected=("t::g",)), "crash"),
    ],
)
def test_a_run_without_an_end_is_worth_nothing(report: TestReport, reason: str) -> None:
    found = _marked(report)
    assert (found.score, found.reason) == (0.0, reason)


def test_what_changes_no_program_is_never_run() -> None:
    session = _Session(GREEN)
    for offered in ({}, {"tests/test_till.py": b"def test(): pass"}, {"shop/till.py": b"x = 1\n"}):
        found = mark(cast(Session, session), BASE, cast(Any, offered), SHEET)
        assert (found.score, found.reason) == (0.0, "no-change")
    assert session.loaded == []


def test_what_reaches_for_the_judge_is_never_run() -> None:
    found = _marked(GREEN, {"shop/till.py": b"import gc\n"})
    assert (found.score, found.reason, found.detail) == (
        0.0,
        "refused",
        "it reaches for `gc` in shop/till.py",
    )
