"""What kind of change a bug is, told from the two versions of the program alone.

The two trees are walked side by side down to the smallest pair of nodes that differs, and that pair decides,
with the place where it stands: the same for bugs that people made and for those that mutators make.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from rpsdg.mutators.families import Family

from .changed_statements import family_of_blocks
from .treediff import Place, changed_blocks, same_lists

__all__ = ["EditSize", "classify", "edit_size"]


class EditSize(NamedTuple):
    """How large a change is."""

    lines: int
    """Lines added and lines removed, together."""
    hunks: int
    """Runs of changed lines: an unchanged line between two of them makes them two."""
    files: int


def classify(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Family:
    """Return what kind of change leads from the changed files as they were to what they are.

    It does not matter which of the two has the bug. What is no Python, or is nested too deeply, counts as
    rewritten.

    Args:
        before: content by path. Files that are equal in both take no part.
        after: the same paths.

    Raises:
        ValueError: the two do not differ, or only in what does not run, such as comments and layout.
    """
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    if len(changed) > 1 or any(path not in before or path not in after for path in changed):
        return Family.REWRITES
    for path in changed:
        try:
            one, other = changed_blocks(before[path], after[path])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return Family.REWRITES
        try:
            if not same_lists(one, other):
                return family_of_blocks(one, other, Place())
        except RecursionError:
            return Family.REWRITES
    raise ValueError("the two versions do not differ in anything that Python reads")


_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


def edit_size(diff: str) -> EditSize:
    """Return the size of a unified diff.

    >>> edit_size("--- a/x\\n+++ b/x\\n@@ -1,3 +1,3 @@\\n-a\\n+b\\n c\\n d\\n")
    EditSize(lines=2, hunks=1, files=1)
    """
    lines = hunks = files = 0
    old = new = 0  # lines of the hunk still to come: what looks like a header inside a hunk is content
    changing = False
    for line in diff.split("\n"):
        if old > 0 or new > 0:
            mark = line[:1]
            changed = mark in ("+", "-")
            if mark == "\\":
                continue
            old -= mark != "+"
            new -= mark != "-"
            lines += changed
            hunks += changed and not changing
            changing = changed
            continue
        changing = changing and line.startswith("\\")
        files += line.startswith("+++ ")
        head = _HUNK.match(line)
        if head is not None:
            old, new = (1 if count is None else int(count) for count in head.groups())
    return EditSize(lines, hunks, files)
