"""How well spectra give a bug away: the rank of the faulty line among all lines that failing tests run.

Ochiai's coefficient, as used for fault localisation by Abreu, Zoeteweij and van Gemund ("On the Accuracy of
Spectrum-based Fault Localization", 2007): a line that *ef* of *f* failing and *ep* passing tests run is
suspicious by ef / sqrt(f * (ef + ep)).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from rpsdg.mutators.judging.coverage import Coverage, LineMask, bits
from rpsdg.mutators.mutator import Edit
from rpsdg.sandbox.tree import Tree

__all__ = ["Rank", "faulty_lines", "lines_after", "ochiai_rank"]


@dataclass(frozen=True)
class Rank:
    """Where the first faulty line stands in the list of suspicious lines."""

    rank: float
    """Its place from 1, the mean place where several lines are equally suspicious."""
    of: int
    """How many lines failing tests run."""


def ochiai_rank(
    coverage: Coverage,
    edits: Iterable[Edit],
    failing: Mapping[str, Mapping[str, LineMask]],
    faulty: Mapping[str, LineMask],
    base: Tree,
    ignored: Collection[str] = (),
) -> Rank:
    """Rank the faulty lines of a buggy program.

    Args:
        coverage: of the untouched program; passing tests are taken to run the same lines of the buggy one.
        edits: what made the program buggy, in the order of paths and offsets.
        failing: what each failing test runs in the buggy program.
        faulty: the faulty lines of the buggy program, by path.
        base: the untouched program.
        ignored: tests that count neither as failing nor as passing.
    """
    moves_by_path = _moves_by_path(edits, base)
    ef: dict[tuple[str, int], int] = {}
    for seen in failing.values():
        for path, mask in seen.items():
            for line in bits(mask):
                ef[path, line] = ef.get((path, line), 0) + 1
    passing: dict[str, dict[int, int]] = {}
    for path in {path for path, _ in ef}:
        counts = dict(coverage.counts.get(path, {}))
        for node in {*failing, *ignored}:
            for line in bits(coverage.by_test.get(node, {}).get(path, 0)):
                counts[line] = counts.get(line, 1) - 1
        moves = moves_by_path.get(path, [])
        passing[path] = {moved: n for line, n in counts.items() if (moved := _moved(line, moves)) is not None}
    total = len(failing)
    suspicion = {
        (path, line): n / math.sqrt(total * (n + passing[path].get(line, 0)))
        for (path, line), n in ef.items()
    }
    wanted = [
        suspicion[path, line] for path, mask in faulty.items() for line in bits(mask) if (path, line) in ef
    ]
    if not wanted:
        return Rank(len(ef) + 1.0, len(ef))
    best = max(wanted)
    before = sum(1 for value in suspicion.values() if value > best)
    tied = sum(1 for value in suspicion.values() if value == best)
    return Rank(before + (tied + 1) / 2, len(ef))


def faulty_lines(buggy: bytes, edits: Iterable[Edit], executed: LineMask) -> LineMask:
    """Return the lines a person would point at: what was written wrong, or where something is missing.

    Where code is missing, the lines around the gap are meant: the nearest ones above and below that run.

    Args:
        buggy: the file with the bug.
        edits: what puts the bug right, in this file.
        executed: the lines of the file that failing tests run.
    """
    mask = 0
    for edit in edits:
        first = buggy.count(b"\n", 0, edit.start) + 1
        last = first + edit.old.rstrip(b"\n").count(b"\n")
        mask |= (1 << (last + 1)) - (1 << first)
        if not edit.old.strip():
            above = executed & ((1 << first) - 1)
            below = executed >> first << first
            mask |= (1 << (above.bit_length() - 1)) if above else 0
            mask |= below & -below
    return mask


def lines_after(ran: Mapping[str, LineMask], edits: Iterable[Edit], base: Tree) -> dict[str, LineMask]:
    """Return where the lines that a test runs in the untouched program stand after some edits."""
    found = dict(ran)
    for path, moves in _moves_by_path(edits, base).items():
        lines = {_moved(line, moves) for line in bits(ran.get(path, 0))}
        found[path] = sum(1 << line for line in lines if line is not None)
    return found


def _moves_by_path(edits: Iterable[Edit], base: Tree) -> dict[str, list[_Shift]]:
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    return {path: _line_moves(base[path].data, of_file) for path, of_file in by_path.items()}


@dataclass(frozen=True)
class _Shift:
    """What one edit does to line numbers."""

    gone: range
    """The lines that it removes whole."""
    first: int
    """The first line behind it."""
    by: int
    """How far that line and those after it move down, earlier edits counted."""


def _line_moves(data: bytes, edits: Iterable[Edit]) -> list[_Shift]:
    """Return what edits of one file, in order, do to line numbers."""
    shifts, total = [], 0
    for edit in edits:
        total += edit.new.count(b"\n") - edit.old.count(b"\n")
        first = data.count(b"\n", 0, edit.start) + 1
        behind = data.count(b"\n", 0, edit.end) + 1
        whole = first + (edit.start > 0 and data[edit.start - 1 : edit.start] != b"\n")
        at_line_start = edit.end == 0 or data[edit.end - 1 : edit.end] == b"\n"
        gone = range(whole, behind) if not edit.new.strip() else range(0)
        shifts.append(_Shift(gone, behind if at_line_start else behind + 1, total))
    return shifts


def _moved(line: int, shifts: list[_Shift]) -> int | None:
    """Return where a line stands after the edits; None if it is gone."""
    by = 0
    for shift in shifts:
        if line in shift.gone:
            return None
        if line >= shift.first:
            by = shift.by
    return line + by
