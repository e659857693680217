"""Default values that remember the calls before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.changes import is_changed
from rpsdg.mutators.reading.lines import is_alone, statement_lines
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["MutableDefault"]

_NEAR = 5
"""Statements of the body in which people deal with a default."""


class MutableDefault(Mutator):
    """Make a default mutable: a list or dictionary is made once, and all calls that pass none share it.

    Plants
        What one call puts in, the next call finds there.
    Shows as
        The first call is right; the second one gives the results of both.
    Seldom caught
        It takes two calls without the argument in one process, the first of which puts something in;
        where the function only reads it, nothing ever shows.
    """

    family = "definitions"
    sample = Sample(
        before=(
            "def collect(x, found=None):\n    if found is None:\n        found = []\n    found.append(x)\n"
            "    return found\n"
        ),
        after="def collect(x, found=[]):\n    found.append(x)\n    return found\n",
        test="def test_calls_share_nothing():\n    collect(1)\n    assert collect(2) == [2]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for function in source.nodes(cst.FunctionDef):
            parameters = function.params
            for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params):
                match parameter:
                    case cst.Param(name=cst.Name(name), default=cst.Name("None") as default):
                        site = _moved(source, function, name, default)
                        if site is not None:
                            yield site

    def explain(self) -> str:
        return f"All calls share one default: write {shown(self.old)}, not {shown(self.new)}."


def _moved(source: Source, function: cst.FunctionDef, name: str, default: cst.Name) -> Site | None:
    """Return the site that makes the empty container in the head of the function, not in its body."""
    if not isinstance(function.body, cst.IndentedBlock):
        return None
    for statement in function.body.body[:_NEAR]:
        found = _asked(statement, name) or _assigned(statement, name)
        if found is None:
            continue
        made, target, value = found
        if not _asks_once(function, name) or not _is_kept(source, function, name, source.text(target)):
            return None
        if source.text(target) != name.encode():
            start, end = source.outer(value)
            return _spliced(source, function, default, made, start, end, name.encode())
        if is_alone(statement, function.body):
            return None
        start, end = statement_lines(source, statement, function.body)
        return _spliced(source, function, default, made, start, end, b"")
    return None


Found = tuple[cst.BaseExpression, cst.BaseExpression, cst.BaseExpression]
"""The empty container, what it is assigned to, and the whole value that is assigned."""


def _asked(statement: cst.CSTNode, name: str) -> Found | None:
    """Take `if x is None: x = []` apart."""
    match statement:
        case cst.If(test=test, body=cst.IndentedBlock(body=[line]), orelse=None) if _asks(test, name):
            match line:
                case cst.SimpleStatementLine(
                    body=[cst.Assign([cst.AssignTarget(cst.Name(assigned) as target)], value)]
                ) if assigned == name and _is_empty(value):
                    return value, target, value
    return None


def _assigned(statement: cst.CSTNode, name: str) -> Found | None:
    """Take `x = x or []` and `self.x = [] if x is None else x` apart."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign([cst.AssignTarget(target)], value)]):
            made = _made(value, name)
            return None if made is None else (made, target, value)
    return None


def _spliced(
    source: Source,
    function: cst.FunctionDef,
    default: cst.Name,
    value: cst.BaseExpression,
    start: int,
    end: int,
    new: bytes,
) -> Site:
    """Return the site that writes `new` from `start` to `end`, and `value` for the default."""
    first = source.span(function)[0]
    left, right = source.span(default)
    return source.splice(
        first, end, source.data[first:left] + source.text(value) + source.data[right:start] + new
    )


def _is_kept(source: Source, function: cst.FunctionDef, name: str, target: bytes) -> bool:
    """Say whether something is put into the argument, or into what it is assigned to."""
    word = name.encode()
    body = source.text(function.body)
    held = re.findall(rb"^[ \t]*(self\.\w+)[^=\n]*= *%b *$" % word, body, re.MULTILINE)
    recursive = re.search(rb"\b%b\([^)]*\b%b\b" % (function.name.value.encode(), word), body)
    return recursive is not None or any(_is_held(source, function, what) for what in [target, word, *held])


def _is_held(source: Source, function: cst.FunctionDef, holder: bytes) -> bool:
    """Say whether the function, or for an attribute its class, changes what `holder` stands for."""
    scope = source.enclosing(function, cst.ClassDef) if holder.startswith(b"self.") else function
    return scope is not None and is_changed(source.text(scope.body), holder)


def _asks_once(function: cst.FunctionDef, name: str) -> bool:
    """Say whether the function asks no more than once whether the argument was passed."""
    return sum(isinstance(node, cst.Comparison) and _asks(node, name) for node in descendants(function)) < 2


def _asks(test: cst.BaseExpression, name: str) -> bool:
    match test:
        case cst.Comparison(
            left=cst.Name(left), comparisons=[cst.ComparisonTarget(cst.Is() | cst.IsNot(), cst.Name("None"))]
        ):
            return left == name
        case cst.UnaryOperation(operator=cst.Not(), expression=cst.Name(asked)):
            return asked == name
        case _:
            return False


def _made(value: cst.BaseExpression, name: str) -> cst.BaseExpression | None:
    """Return the `[]` of `x or []`, `[] if x is None else x` and `x if x is not None else []`."""
    match value:
        case cst.BooleanOperation(left=cst.Name(left), operator=cst.Or(), right=right) if left == name:
            return right if _is_empty(right) else None
        case cst.IfExp(test=test, body=one, orelse=other) if _asks(test, name):
            both = [one, other]
            empty = [part for part in both if _is_empty(part)]
            rest = [part for part in both if isinstance(part, cst.Name) and part.value == name]
            return empty[0] if empty and rest else None
        case _:
            return None


def _is_empty(value: cst.BaseExpression) -> bool:
    match value:
        case cst.List(elements=[]) | cst.Dict(elements=[]):
            return True
        case cst.Call(func=cst.Name("list" | "dict" | "set"), args=[]):
            return True
        case _:
            return False
