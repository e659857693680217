"""What failures say: where tracebacks lead, and how tests come to fail."""

from __future__ import annotations

import math

from rpsdg.experiments.localisation.records import FailingTest

from .columns import Columns, place_shares
from .views import View

__all__ = ["failure_columns"]

_FAR = 20.0
"""Entries of a traceback that a statement is away from where it ends, if it is in none."""


def failure_columns(view: View) -> Columns:
    """Return how near tracebacks come to each statement and its function."""
    count, failing = len(view.suspects), len(view.failing)
    paths = {one.path for one in view.suspects}
    hit, near, inside, depth = [0.0] * count, [_FAR] * count, [0.0] * count, [_FAR] * count
    few, unique = [0.0] * count, [0.0] * count
    lines: dict[tuple[str, int], int] = {}
    for place, suspect in enumerate(view.suspects):
        mask = suspect.lines
        while mask:
            lowest = mask & -mask
            lines[suspect.path, lowest.bit_length() - 1] = place
            mask ^= lowest
    ended = 0
    for number, test in enumerate(view.failing):
        own = [frame for frame in test.frames if frame[0] in paths]
        ended += bool(test.frames) and test.frames[-1][0] in paths
        met: dict[int, int] = {}
        for away, frame in enumerate(reversed(own)):
            if frame in lines:
                met.setdefault(lines[frame], away)
        functions: dict[tuple[str, str, int], int] = {}
        for place, away in met.items():
            hit[place] += 1 / failing
            near[place] = min(near[place], float(away))
            functions[view.key(place)] = min(away, functions.get(view.key(place), away))
        for key, away in functions.items():
            for place in view.functions[key]:
                inside[place] += 1 / failing
                depth[place] = min(depth[place], float(away))
        size = sum(number in suspect.ran for suspect in view.suspects)
        for place, suspect in enumerate(view.suspects):
            if number in suspect.ran:
                few[place] = max(few[place], 1 / size)
                unique[place] += 1 / size
    asserted = sum(_is_assertion(test) for test in view.failing) / failing
    return {
        "share of tracebacks that have it": hit,
        "entries from where tracebacks end": near,
        "share of tracebacks that have its function": inside,
        "entries of its function from the end": depth,
        "share of tracebacks that end in the program": [ended / failing] * count,
        "share of failures that are assertions": [asserted] * count,
        "ends a traceback": [float(away == 0) for away in near],
        "ends a traceback by an exception": [float(away == 0) * (1 - asserted) for away in near],
        "rank by how little its tests run": place_shares(unique),
        "how little the shortest of its tests runs": [-math.log(value) if value else 0.0 for value in few],
    }


def _is_assertion(test: FailingTest) -> bool:
    return test.message.startswith(("AssertionError", "assert ", "Failed"))
