from __future__ import annotations

import pytest

from rpsdg.experiments.localisation.truth import changed_lines, faulty_statements, hunks, statements_of
from rpsdg.mutators.judging.coverage import bits

BUGGY = b'''\
import re


def area(w, h=1):
    """Say how large."""
    if w < 0:
        raise ValueError(
            w
        )
    size = w * h
    return size


def other(x):
    return x
'''
RAN = sum(1 << line for line in (6, 10, 11))


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (b"w * h", b"w + h", {10}),  # what is changed
        (b"    size = w * h\n", b"    size = w * h\n    size = abs(size)\n", {10, 11}),  # around a gap
        (b"    return size\n", b"    size += 1\n    return size\n", {10, 11}),
        (b"    return size\n", b"    return size\n    pass\n", set()),  # never runs
        (b"h=1", b"h=2", {6}),  # a signature: the first statement that runs
        (b"            w\n", b"            h\n", set()),  # no failing test runs it
        (b"Say how large", b"The size", set()),  # no bug
        (b"import re\n", b"import re\nimport os\n", set()),  # in no function
        (b"def other", b"def more():\n    return 1\n\n\ndef other", set()),
        (b"size = w * h", b"size = w * h  # all of it", set()),
    ],
)
def test_statements_that_a_fix_points_at(old, new, lines):
    fixed = BUGGY.replace(old, new)
    assert fixed != BUGGY
    found = faulty_statements({"a.py": BUGGY}, {"a.py": fixed}, {"a.py": RAN})
    assert set(bits(found.get("a.py", 0))) == lines


def test_a_statement_of_several_lines_is_one():
    assert [set(bits(mask)) for mask in statements_of(BUGGY)][4] == {7, 8, 9}
    fixed = BUGGY.replace(b"            w\n", b"            h\n")
    found = faulty_statements({"a.py": BUGGY}, {"a.py": fixed}, {"a.py": RAN | 1 << 8})
    assert set(bits(found["a.py"])) == {7, 8, 9}


def test_only_lines_that_run_are_changed():
    fixed = BUGGY.replace(b"w * h", b"w + h").replace(b"Say how large", b"The size")
    assert [hunk.first for hunk in hunks(BUGGY, fixed)] == [10]
    assert changed_lines(BUGGY, fixed) == 2
