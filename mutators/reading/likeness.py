"""How easily one name is taken for another."""

from __future__ import annotations

from collections.abc import Set
from itertools import takewhile

__all__ = ["alike", "closest", "is_counterpart", "is_plural", "spelling"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.5
_COUNTERPARTS = (
    *(("left", "right"), ("first", "last"), ("start", "end"), ("start", "stop"), ("begin", "end")),
    *(("low", "high"), ("lower", "upper"), ("min", "max"), ("width", "height"), ("row", "column")),
    *(("row", "col"), ("rows", "cols"), ("line", "column"), ("lineno", "column"), ("head", "tail")),
    *(("prev", "next"), ("previous", "next"), ("before", "after"), ("old", "new"), ("src", "dst")),
    *(("source", "target"), ("source", "destination"), ("parent", "child"), ("key", "value")),
    *(("input", "output"), ("in", "out"), ("read", "write"), ("reader", "writer"), ("top", "bottom")),
    *(("expected", "actual"), ("a", "b"), ("x", "y"), ("i", "j"), ("lhs", "rhs"), ("prefix", "suffix")),
    *(("args", "kwargs"), ("add", "remove"), ("push", "pop"), ("encode", "decode"), ("name", "path")),
    *(("major", "minor"), ("real", "imag"), ("numerator", "denominator"), ("open", "close")),
    *(("request", "response"), ("local", "remote"), ("host", "port"), ("stdout", "stderr")),
)
_TELL_NOTHING = frozenset(
    {"Assign", "If", "BooleanOperation", "Element", "DictElement", "isinstance", "str", "repr"}
)
"""Uses that values of any type have in common."""
_TWINS = frozenset(_COUNTERPARTS) | {(other, one) for one, other in _COUNTERPARTS}


def spelling(one: str, other: str) -> float:
    """Return which share of the longer name is a beginning or an end that both names have.

    >>> spelling("start_line", "end_line"), spelling("i", "j")
    (0.5, 0.5)
    """
    if len(one) == len(other) == 1:
        return 0.5
    shared = _common_head(one, other) + _common_head(one[::-1], other[::-1])
    return min(shared, len(one), len(other)) / max(len(one), len(other))


def alike(one: Set[str], other: Set[str]) -> float:
    """Return which share of all that is done with two values is done with both."""
    one, other = one - _TELL_NOTHING, other - _TELL_NOTHING
    return len(one & other) / max(len(one | other), 1)


def is_counterpart(one: str, other: str) -> bool:
    """Say whether two names differ in one word, and the two words make a pair.

    >>> is_counterpart("start_line", "end_line"), is_counterpart("line", "lines")
    (True, False)
    """
    words, others = one.lower().strip("_").split("_"), other.lower().strip("_").split("_")
    if len(words) != len(others):
        return False
    different = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and different[0] in _TWINS


def is_plural(one: str, other: str) -> bool:
    """Say whether one name stands for many of what the other stands for: they are of different types."""
    one, other = sorted((one, other), key=len)
    return other in {f"{one}s", f"{one}es", f"{one}_list", f"{one}list", f"all_{one}s", f"{one[:-1]}ies"}


def closest(name: str, others: set[str]) -> list[str]:
    """Return the names most easily taken for `name`, the likeliest first; two at most."""
    likeness = {
        other: spelling(name, other) + 0.5 * is_counterpart(name, other)
        for other in others
        if other.strip("_") != name.strip("_")  # itself, or the one that does its work
    }
    likely = [other for other, value in likeness.items() if value >= _LEAST_LIKENESS]
    return sorted(likely, key=lambda other: (-likeness[other], other))[:_ALTERNATIVES]


def _common_head(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
