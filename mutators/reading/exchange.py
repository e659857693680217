"""Which two values of one call can be taken for one another."""

from __future__ import annotations

import libcst as cst

from .attributes import Members, members
from .bindings import Function
from .kinds import clashing, kind_by_convention, kind_of, kinds
from .likeness import alike, is_counterpart, is_plural, spelling
from .source import Source

__all__ = ["are_alike", "exchanged"]

_LEAST_LIKENESS = 0.4
_LITERALS = (cst.BaseNumber, cst.BaseString)


def are_alike(source: Source, function: Function, one: cst.BaseExpression, other: cst.BaseExpression) -> bool:
    """Say whether two expressions may well be of one type, and are easily exchanged."""
    if source.text(one) == source.text(other):
        return False
    if isinstance(one, _LITERALS) != isinstance(other, _LITERALS):
        return False
    kind = _kind(source, function, one), _kind(source, function, other)
    if clashing(*kind):
        return False
    match one, other:
        case cst.Name(first), cst.Name(second):
            if {first, second} & {"self", "cls"}:
                return False
            uses = function.uses.get(first, frozenset()), function.uses.get(second, frozenset())
            return not is_plural(first, second) and (
                bool(kind[0]) == bool(kind[1])
                and (kind[0] == kind[1] != "" or _likeness(first, second) + alike(*uses) >= _LEAST_LIKENESS)
            )
        case cst.Attribute(attr=cst.Name(first)), cst.Attribute(attr=cst.Name(second)):
            known: Members = members(source)
            members_ = known.of(one).get(first), known.of(other).get(second)
            if members_[0] is None or members_[1] is None:
                return False
            return members_[0].likeness(members_[1]) >= _LEAST_LIKENESS
        case _:
            return kind[0] == kind[1] != ""


def exchanged(source: Source, one: cst.BaseExpression, other: cst.BaseExpression) -> tuple[int, int, bytes]:
    """Return where two expressions start and end, and that text with the two exchanged."""
    (first, end), (start, last) = source.outer(one), source.outer(other)
    return first, last, source.data[start:last] + source.data[end:start] + source.data[first:end]


def _likeness(one: str, other: str) -> float:
    return spelling(one, other) + (0.5 if is_counterpart(one, other) else 0.0)


def _kind(source: Source, function: Function, node: cst.BaseExpression) -> str:
    match node:
        case cst.Name(name):
            return kinds(source, function).get(name, "") or kind_of(node)
        case cst.Attribute(attr=cst.Name(name)):
            return kind_by_convention(name)
        case _:
            return kind_of(node)
