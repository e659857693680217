from __future__ import annotations

import pytest

from rpsdg.experiments.localisation.kinds import NONE, PART, SEVERAL, WHOLE, planted
from rpsdg.mutators.mutator import ProjectMutator
from rpsdg.mutators.rules import all_mutators

RIGHT = b"""\
def total(prices, limit):
    if not prices:
        return 0
    whole = 0
    for price in prices:
        whole += price
    return min(whole, limit)
"""
GUARD = b"    if not prices:\n        return 0\n"
SAMPLED = [rule for rule, mutator in all_mutators().items() if not issubclass(mutator, ProjectMutator)]


@pytest.mark.parametrize("rule", SAMPLED[::9])
def test_what_a_mutator_makes_is_planted(rule):
    sample = all_mutators()[rule].sample
    found = planted({"program.py": sample.after.encode()}, {"program.py": sample.before.encode()})
    assert found.changes
    assert all(change.rule for change in found.changes)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ([GUARD], [b""], WHOLE),
        ([GUARD, b"min("], [b"", b"max("], SEVERAL),
        ([b"min(", b"return 0"], [b"max(", b"return 7 ** limit"], PART),
        ([b"    whole = 0\n"], [b"    whole = len(prices) ** 3 + 7\n"], NONE),
    ],
)
def test_how_much_of_a_bug_is_planted(old, new, kind):
    buggy = RIGHT
    for one, other in zip(old, new, strict=True):
        buggy = buggy.replace(one, other)
    assert planted({"a.py": buggy}, {"a.py": RIGHT}).kind == kind


def test_a_place_is_told_by_what_the_fix_does_there():
    (change,) = planted({"a.py": RIGHT.replace(GUARD, b"")}, {"a.py": RIGHT}).changes
    assert (change.family, change.shape, change.lines, change.rule) == (
        "branches",
        "adds",
        2,
        "dropped-guard",
    )
    (change,) = planted({"a.py": RIGHT.replace(b"return 0", b"return 7 ** limit")}, {"a.py": RIGHT}).changes
    assert (change.shape, change.lines, change.rule) == ("changes", 1, "")


def test_another_layout_of_the_same_code_is_the_same():
    buggy = RIGHT.replace(b"min(whole, limit)", b"max(\n        whole, limit\n    )")
    assert [one.rule for one in planted({"a.py": buggy}, {"a.py": RIGHT}).changes] == ["wrong-function"]
