"""Calls whose arguments are in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Function, functions
from rpsdg.mutators.reading.exchange import are_alike, exchanged
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SwappedArguments"]

_SYMMETRIC = frozenset(
    {
        "max",
        "min",
        "print",
        "isclose",
        "gcd",
        "lcm",
        "union",
        "intersection",
        "chain",
        "product",
        "isinstance",
    }
    | {"issubclass", "getattr", "setattr", "hasattr", "add", "mul", "hypot", "samefile", "update", "set"}
)
"""Functions for which order does not count, or counts so much that a swap fails at once everywhere."""

_BY_TEXT = frozenset({"replace", "sub", "subn", "maketrans", "slice"})
"""Functions that often get two literals of the same sort."""


class SwappedArguments(Mutator):
    """Swap two arguments: a call passes two values of the same sort in the wrong order.

    Plants
        Each of the two values is taken for the other.
    Shows as
        Results are right for symmetric inputs, and mirrored or negated for the others.
    """

    family = "arguments"
    sample = Sample(
        before="def power(base, exponent):\n    return pow(base, exponent)\n",
        after="def power(base, exponent):\n    return pow(exponent, base)\n",
        test="def test_square():\n    assert power(3, 2) == 9\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        around = {function.node: function for function in functions(source)}
        for call in source.nodes(cst.Call):
            definition = source.enclosing(call, cst.FunctionDef)
            if definition is None or _name(call) in _SYMMETRIC:
                continue
            for one, other in zip(call.args, call.args[1:], strict=False):
                if _may_swap(source, around[definition], call, one, other):
                    yield source.splice(*exchanged(source, one.value, other.value))

    def explain(self) -> str:
        return f"Two arguments are in the wrong order: write {shown(self.old)}, not {shown(self.new)}."


def _may_swap(source: Source, function: Function, call: cst.Call, one: cst.Arg, other: cst.Arg) -> bool:
    if one.keyword or one.star or other.keyword or other.star:
        return False
    _, _, new = exchanged(source, one.value, other.value)
    if b"\n" in new or b"#" in new or isinstance(one.value, cst.GeneratorExp | cst.Lambda | cst.NamedExpr):
        return False
    if source.text(one.value) == source.text(other.value):
        return False
    if len(call.args) == 2 and _name(call) in {"range", "randint", "pow", function.node.name.value}:
        return True
    if isinstance(one.value, cst.BaseNumber | cst.BaseString) and _name(call) not in _BY_TEXT:
        return False
    return are_alike(source, function, one.value, other.value)


def _name(call: cst.Call) -> str:
    match call.func:
        case cst.Name(name) | cst.Attribute(attr=cst.Name(name)):
            return name
        case _:
            return ""
