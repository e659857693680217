"""Ground truth: which statements of a buggy program its fix says are wrong.

A statement is faulty if the fix changes or removes a line of it. Where the fix only adds lines, something is
missing there: the nearest statement above and the nearest below that failing tests run are faulty, in the
same function,
since a person who was led to either would see the gap. A changed signature, which ran long before
the tests did, stands for the first statement of its function that they run. What the fix changes without
changing what runs (comments, docstrings, layout) counts for nothing, and neither does what no failing test
runs: no spectrum could point there. A method, an import or a constant that is missing altogether has no place
in a function, so its callers are meant only if the fix changes them.

Injected bugs and real ones are read by the same rules from the same two texts.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from rpsdg.mutators.bytecode import same_bytecode
from rpsdg.mutators.diffs import ends_alike
from rpsdg.mutators.functions import Function, function_at, functions_of
from rpsdg.mutators.judging.coverage import LineMask, statement_lines

__all__ = ["Hunk", "changed_lines", "faulty_statements", "hunks", "is_python", "statements_of"]


class Hunk(NamedTuple):
    """A run of lines that a fix changes; line numbers count from 1."""

    first: int
    """The first changed line of the buggy file; where lines are only added, the one that they push down."""
    old: tuple[bytes, ...]
    new_first: int
    """The same in the fixed file."""
    new: tuple[bytes, ...]

    @property
    def lines(self) -> LineMask:
        """The changed lines of the buggy file."""
        return (1 << (self.first + len(self.old))) - (1 << self.first)


def is_python(data: bytes) -> bool:
    """Say whether this Python can read a file."""
    try:
        ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def hunks(buggy: bytes, fixed: bytes) -> list[Hunk]:
    """Return the runs of lines that a fix changes so that something else runs."""
    before, after = buggy.splitlines(keepends=True), fixed.splitlines(keepends=True)
    head, tail = ends_alike(before, after)
    one, other = before[head : len(before) - tail], after[head : len(after) - tail]
    found = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        hunk = Hunk(head + i1 + 1, tuple(one[i1:i2]), head + j1 + 1, tuple(other[j1:j2]))
        if tag != "equal" and not _is_idle(before, hunk):
            found.append(hunk)
    return found


def _is_idle(before: Sequence[bytes], hunk: Hunk) -> bool:
    start, end = hunk.first - 1, hunk.first - 1 + len(hunk.old)
    changed = b"".join((*before[:start], *hunk.new, *before[end:]))
    return same_bytecode(b"".join(before), changed)  # False for half of a change that is no Python by itself


def changed_lines(buggy: bytes, fixed: bytes) -> int:
    """Return how many lines a fix adds and removes, blank ones and comments left out."""
    lines = [line.strip() for hunk in hunks(buggy, fixed) for line in (*hunk.old, *hunk.new)]
    return sum(1 for line in lines if line and not line.startswith(b"#"))


def statements_of(data: bytes) -> list[LineMask]:
    """Return the lines of each statement of a file, of compound ones the head alone, in the order of lines.

    Statements that share a line count as one.
    """
    apart: list[LineMask] = []
    for mask in sorted(set(statement_lines(data).values()), key=lambda mask: mask & -mask):
        if apart and apart[-1] & mask:
            apart[-1] |= mask
        else:
            apart.append(mask)
    return apart


def faulty_statements(
    buggy: Mapping[str, bytes], fixed: Mapping[str, bytes], executed: Mapping[str, LineMask]
) -> dict[str, LineMask]:
    """Return the lines of the faulty statements, by path.

    Args:
        buggy: the program's changed files before the fix, by path.
        fixed: the same after it.
        executed: the lines of the buggy program that failing tests run.
    """
    found: dict[str, LineMask] = {}
    for path, data in buggy.items():
        ran = executed.get(path, 0)
        pointed = 0
        for hunk in hunks(data, fixed[path]):
            pointed |= _pointed_at(data, fixed[path], hunk, ran)
        found[path] = sum(mask for mask in statements_of(data) if mask & pointed)
    return {path: mask for path, mask in found.items() if mask}


def _pointed_at(data: bytes, fixed: bytes, hunk: Hunk, ran: LineMask) -> LineMask:
    """Return lines of the statements that failing tests run and that one hunk says are wrong."""
    touched = [mask for mask in statements_of(data) if mask & hunk.lines]
    if not touched:
        added = next((n for n, line in enumerate(hunk.new) if line.strip()), 0)
        name = function_at(fixed, hunk.new_first + added).name
        inside = _body(data, [f for f in functions_of(data) if f.name == name and _holds(f, hunk.first)])
        return _around(hunk.first, ran & inside)
    pointed = 0
    for mask in touched:
        if mask & ran:
            pointed |= mask
            continue
        headed = [f for f in functions_of(data) if f.name and mask >> f.first & 1]
        below = ran & _body(data, headed)
        pointed |= below & -below
    return pointed


def _holds(function: Function, line: int) -> bool:
    return bool(function.name) and function.first <= line <= function.last + 1


def _body(data: bytes, functions: Sequence[Function]) -> LineMask:
    """Return the lines of the first of some functions, without those of the functions inside it."""
    if not functions:
        return 0
    outer = functions[0]
    inside = (1 << (outer.last + 1)) - (1 << outer.first)
    for one in functions_of(data):
        if one.name.startswith(f"{outer.name}.") and outer.first <= one.first <= outer.last:
            inside &= ~((1 << (one.last + 1)) - (1 << (one.first + 1)))
    return inside


def _around(line: int, ran: LineMask) -> LineMask:
    """Return the nearest lines above and from a line on that ran."""
    above, below = ran & ((1 << line) - 1), ran >> line << line
    return (1 << (above.bit_length() - 1) if above else 0) | (below & -below)
