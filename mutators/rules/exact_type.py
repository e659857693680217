"""Type checks that know nothing of subclasses."""

from __future__ import annotations

import builtins
import collections.abc
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["ExactType"]

_ABSTRACT = {
    *(*collections.abc.__all__, "Number", "Real", "Rational", "Integral", "PathLike"),
    *("object", "basestring", "ABC", "IOBase"),
}
"""Classes that nothing is exactly an instance of."""
_FINAL = {"bool", "bytes", "bytearray", "complex", "float", "range", "slice", "memoryview", "frozenset"}
"""Classes that hardly anything is a subclass of."""


class ExactType(Mutator):
    """Compare types instead of asking `isinstance`: a subclass no longer counts.

    Plants
        An instance of a subclass is treated as something else.
    Shows as
        Right for every plain value; a subclass, such as `bool` for `int`, goes wrong.
    Seldom caught
        A test passes plain values; that a subclass should count too is seldom written down as a test.
    """

    family = "conditions"
    sample = Sample(
        before="def describe(x):\n    return 'number' if isinstance(x, int) else 'other'\n",
        after="def describe(x):\n    return 'number' if type(x) is int else 'other'\n",
        test="def test_truths_are_numbers():\n    assert describe(True) == 'number'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        if _has_own_type(source):
            return
        skipped = _ABSTRACT | _FINAL | _childless(source)
        for call in source.nodes(cst.Call):
            match call:
                case cst.Call(
                    func=cst.Name("isinstance"),
                    args=[
                        cst.Arg(value=value, star=""),
                        cst.Arg(value=cst.Name(name) | cst.Attribute(attr=cst.Name(name)) as kind),
                    ],
                ) if name not in skipped and name[:1] != "_" and b"\n" not in source.text(call):
                    yield from _exact(source, call, value, kind)

    def explain(self) -> str:
        return f"Subclasses count as well: write {shown(self.old)}, not {shown(self.new)}."


def _exact(
    source: Source, call: cst.Call, value: cst.BaseExpression, kind: cst.BaseExpression
) -> Iterator[Site]:
    one, other = b"type(" + source.outer_text(value) + b")", source.outer_text(kind)
    if isinstance(kind, cst.Name) and kind.value.islower() and not hasattr(builtins, kind.value):
        return  # a variable, which may well hold a tuple of types
    match source.parent(call):
        case cst.UnaryOperation(operator=cst.Not()) as negation:
            yield source.replace(negation, one + b" is not " + other)
        case cst.BooleanOperation() | cst.If() | cst.While() | cst.IfExp() | cst.CompIf() | cst.Return():
            yield source.replace(call, one + b" is " + other)
        case cst.Assign() | cst.Arg() | cst.Lambda() | cst.GeneratorExp() | cst.ListComp():
            yield source.replace(call, one + b" is " + other)
        case _:
            return


def _childless(source: Source) -> set[str]:
    """Return the classes of the file that none of its classes is derived from."""
    classes = list(source.nodes(cst.ClassDef))
    bases = {source.text(base.value).decode() for one in classes for base in one.bases}
    return {one.name.value for one in classes} - bases


def _has_own_type(source: Source) -> bool:
    """Say whether the file uses the name `type` for something else."""
    return any(
        isinstance(source.parent(name), cst.Param | cst.AssignTarget | cst.For | cst.CompFor)
        for name in source.every(cst.Name)
        if name.value == "type"
    )
