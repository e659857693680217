"""How hard a bug is to find and mend, from what was measured while it was confirmed."""

from __future__ import annotations

import json
import keyword
import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from rpsdg.mutators.functions import function_around
from rpsdg.mutators.mutator import Edit
from rpsdg.mutators.scope import mutable_files
from rpsdg.sandbox.tree import Tree
from rpsdg.traces.levels import Cuts

__all__ = ["DEFAULT_CUTS", "SHARES", "knowledge", "score", "score_of", "walk_score"]

_LOCAL, _SAME_FILE, _CROSS_FILE, _DOMAIN = range(4)
_WORD = re.compile(r"""#.*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\w+""")
SHARES = {
    "few": 0.10,
    "trace": 0.20,
    "rank": 0.25,
    "edit": 0.15,
    "knowledge": 0.20,
    "guard": 0.10,
}
"""What each part counts for in a score; they add up to 1."""


def score(features: Mapping[str, float]) -> float:
    """Return the difficulty of one bug, from 0 (the traceback names a typo) to 1.

    Each part grows with what a solver must do: search when few tests fail, no traceback leads there, and many
    lines are more suspicious; write when the edit is long; know when its words stand nowhere near; and hit
    exactly when the tests catch wrong patches.
    """
    parts = {
        "few": 1 - min(1.0, math.log2(1 + features["failing_tests"]) / 6),
        "trace": 1 - _nearness(features),
        "rank": min(1.0, math.log2(max(1.0, features["ochiai_rank"])) / 7),
        "edit": min(1.0, math.log2(1 + features["fix_bytes"]) / 9),
        "knowledge": features["knowledge"] / _DOMAIN,
        "guard": features.get("grader_strength", 0.5),
    }
    return round(sum(SHARES[name] * value for name, value in parts.items()), 6)


def score_of(features: Mapping[str, float]) -> float | None:
    """Return the difficulty that the features of a trace make; None if they are no such features."""
    try:
        if "steps" not in features:
            return score(features)
        return walk_score(features[f"score_{number}"] for number in range(1, int(features["steps"]) + 1))
    except (KeyError, ValueError, OverflowError):
        return None


def walk_score(scores: Iterable[float]) -> float:
    """Return the difficulty of several bugs at once: harder than each of them, and never above 1."""
    easy = 1.0
    for value in scores:
        easy *= 1 - value
    return round(1 - easy, 6)


def knowledge(buggy: Tree, edits: Iterable[Edit]) -> int:
    """Return where the words that the fix needs are to be found.

    0: in the function itself; 1: in the same file; 2: in another file of the program; 3: nowhere, so they
    must be known or worked out.

    Args:
        buggy: the program with the bug.
        edits: what puts it right, in the offsets of the buggy files.
    """
    worst = _LOCAL
    for edit in edits:
        words = _words(edit.new) - _words(edit.old)
        data = buggy[edit.path].data
        around = function_around(data, edit.start)
        lines = data.split(b"\n")
        if words <= _words(b"\n".join(lines[around.first - 1 : around.last])):
            continue
        if words <= _words(data):
            worst = max(worst, _SAME_FILE)
            continue
        elsewhere = frozenset().union(*(_words(buggy[path].data) for path in mutable_files(buggy)))
        worst = max(worst, _CROSS_FILE if words <= elsewhere else _DOMAIN)
    return worst


def _nearness(features: Mapping[str, float]) -> float:
    for name, value in (("line", 1.0), ("function", 0.65), ("file", 0.3)):
        if features[f"traceback_names_{name}"]:
            return value
    return 0.0


@lru_cache(maxsize=512)
def _words(code: bytes) -> frozenset[str]:
    """Return the names, numbers and strings of some code, which need not be whole."""
    # Not by `tokenize`: its tokens of f-strings and of broken code differ between versions of Python.
    found = {word for word in _WORD.findall(code.decode("utf-8", "replace")) if not word.startswith("#")}
    return frozenset(found - set(keyword.kwlist) - {"0", "1", "self"})


def _default() -> Cuts:
    recorded: Any = json.loads((files(__package__) / "levels.json").read_bytes())
    return msgspec.convert(recorded, Cuts)


DEFAULT_CUTS = _default()
